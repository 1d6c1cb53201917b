"""Two environments side by side, or one and an export: do they have what the guard relies on, alike?"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from practice_guard.commands.options import command
from practice_guard.core import errors
from practice_guard.core.errors import UsageError
from practice_guard.core.later import later
from practice_guard.core.steps import Step

if TYPE_CHECKING:
    from practice_guard import files, settings
    from practice_guard.commands.call import Call
    from practice_guard.core.comparing import Facts, differences, exported, facts
    from practice_guard.core.snapshots import archive
    from practice_guard.render import comparison as render
else:
    files, settings = later("practice_guard", "files", "settings")
    differences, exported, facts = later("practice_guard.core.comparing", "differences", "exported", "facts")
    (archive,) = later("practice_guard.core.snapshots", "archive")
    (render,) = later("practice_guard.render", "comparison")

app = typer.Typer()

_EXPORT = ".pgs"
"""How exports are called in all that is printed; a file of another name is one where it has a directory or is there."""


@dataclass(frozen=True)
class _Side:
    """One of the two: an environment with a call of its own, or an export's file."""

    name: str
    call: Call | None = None
    file: Path | None = None


@command(app, "compare")
def compare(
    call: Call,
    left: Annotated[str, typer.Argument(metavar="ENV", help="An environment, or the file of an export.")],
    right: Annotated[str, typer.Argument(metavar="ENV", help="Another one; one of the two must be an environment.")],
) -> None:
    """Compare what the guard relies on in two environments. Writes nothing.

    One of the two may be an export.
    """
    sides = _sides(call, left, right)
    call.env = _aimed(sides)
    one, other = (_facts(call, each) for each in sides)
    _check_two(sides)
    call.heading = replace(call.heading, meant=call.env)
    habits = next(each.call.request.habits for each in sides if each.call)
    call.answer(render.comparison(differences.compare(one, other, habits), verbose=call.verbose))


def _sides(call: Call, left: str, right: str) -> tuple[_Side, _Side]:
    """Find out what is meant, before anything is connected to or read.

    Raises:
        UsageError: an environment is not known or not set, both are the same, or neither is one.
    """
    if call.env is not None:
        raise UsageError("compare takes the names of two environments by themselves, and no --env.")
    one, other = (_side(call, each) for each in (left, right))
    if one.file and other.file:
        raise UsageError("Two exports are not compared: one of the two must be an environment.")
    if one.name == other.name:
        raise UsageError(f"There is nothing to compare: both are {one.name}.")
    for each in (one, other):
        if each.call:
            each.call.aim()
    return one, other


def _side(call: Call, wanted: str) -> _Side:
    """Take what is named for an environment, where there is one; else for an export, where it looks like a file."""
    path = Path(wanted)
    try:
        name = settings.environment_of(settings.load(), wanted)
    except UsageError:
        if path.suffix == _EXPORT or path.name != wanted or path.exists():
            return _Side(wanted, file=path)
        raise
    return _Side(name, replace(call, env=name, discreet=True))


def _facts(call: Call, side: _Side) -> Facts:
    """Read one side; what goes wrong names it, and neither its host nor its database.

    Raises:
        GuardError: it cannot be read.
    """
    if side.call is None:
        with files.reading(side.file or Path(side.name)) as given:
            return exported.facts(archive.read(given), side.name)
    try:
        with side.call.reading(sets=False) as database:
            return facts.read(side.call.guard(database))
    except (errors.DatabaseError, errors.SchemaError, errors.WrongDatabaseError) as error:
        call.env = side.name
        raise _named(error, side.name, side.call.target.host) from error
    finally:
        side.call.progress.closes()


def _named(error: errors.GuardError, name: str, host: str) -> errors.GuardError:
    """Say of which side an error is; what the driver says of the server has its host in it."""
    if not error.data.get("sqlstate") and (isinstance(error, errors.UnreachableError) or host in error.message):
        said = (type(error).__doc__ or "").strip()
        step = Step("validate-safety", why="says where it is looked for")
        return type(error)(f"{name}: {said} Nothing was compared.", next_steps=(step,))
    return type(error)(f"{name}: {error.message}", next_steps=error.next_steps, **error.data)


def _check_two(sides: tuple[_Side, _Side]) -> None:
    """Refuse two names of one database; a standby is another than its primary.

    Raises:
        UsageError: both are the same.
    """
    places = [each.call.place for each in sides if each.call]
    known = {(place.system, place.oid, place.read_only) for place in places}
    if len(known) < len(places):
        names = " and ".join(each.name for each in sides)
        raise UsageError(
            f"There is nothing to compare: {names} are one database.",
            next_steps=(f"Compare the URLs of {names} in the environment and in .env.",),
        )


def _aimed(sides: tuple[_Side, _Side]) -> str:
    """Return the environment that next steps are aimed at: the first one."""
    return next(each.name for each in sides if each.call)

"""What is protected, and what is not."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from practice_guard.commands.options import command
from practice_guard.core.later import later

if TYPE_CHECKING:
    from practice_guard import files, settings
    from practice_guard.commands.call import Call
    from practice_guard.core import application
    from practice_guard.core.application import Coverage, coverage, declared, sections
    from practice_guard.core.database import Connection
    from practice_guard.render import protected as render
else:
    files, settings = later("practice_guard", "files", "settings")
    (application,) = later("practice_guard.core", "application")
    coverage, declared, sections = later("practice_guard.core.application", "coverage", "declared", "sections")
    (render,) = later("practice_guard.render", "protected")

app = typer.Typer()


@command(app, "protected")
def protected_command(
    call: Call,
    write: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Write what is missing into this settings file: a section for each table that nobody protects.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """List what is protected, and what is not. Writes nothing, but for a settings file that --write names."""
    text = _told_by(call, write) if write else ""
    with call.database() as database:
        guard = call.guard(database)
        found = guard.reads(lambda: coverage.survey(database, guard.look()))
        written = _written(call, database, write, text, found) if write else None
    call.answer(render.protected(found, str(write or settings.config_of(call.settings)), written, verbose=call.verbose))


def _told_by(call: Call, path: Path) -> str:
    """Let a file be the settings file of this call, and return its text; one that is not there says nothing.

    Raises:
        UsageError: it is no plain file, cannot be read, or is not understood.
    """
    files.check_plain(path)
    text = "" if files.free(path) else files.read_text(path)
    call.declared = declared.parse(text, str(path), settings.load().database_schema)
    return text


def _written(call: Call, database: Connection, path: Path, before: str, found: Coverage) -> tuple[str, ...]:
    """Add to a file the sections that it lacks, and return the names of their sets.

    Raises:
        UsageError: what it would be is refused by this database, or it cannot be written; then it is as it was.
    """
    missing = [each for proposal in found.proposals for each in proposal.sections]
    if missing:
        text = sections.appended(before, missing)
        application.check_declared(database, declared.parse(text, str(path), call.schema), call.schema)
        files.put_in_place(path, None if files.free(path) else before.encode(), text.encode())
    return tuple(each.name for each in missing)

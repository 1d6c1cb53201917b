"""Files of decisions to edit, and of plans: written, and never over what a person has made of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, TypeVar

from practice_guard.core.errors import UsageError
from practice_guard.core.later import later
from practice_guard.core.model import Team

if TYPE_CHECKING:
    from practice_guard import files
    from practice_guard.core import decisions as decided
    from practice_guard.core import restore
    from practice_guard.core.identity import Decisions, Habits
    from practice_guard.core.restore import Plan
else:
    (files,) = later("practice_guard", "files")
    decided, restore = later("practice_guard.core", "decisions", "restore")

T = TypeVar("T")


def read(path: Path | None) -> Decisions | None:
    """Read a person's decisions; None where no file is named.

    Raises:
        UsageError: the file cannot be read or understood.
    """
    return decided.parse(files.read_text(path), str(path)) if path else None


def draft(plan: Plan, steps: Sequence[str], now: Sequence[Team], habits: Habits) -> str:
    """Write a decision file for every team that rows wait for, whichever list it is from; each team once."""
    own = plan.resolutions[plan.snapshot]
    matches = dict(enumerate(own.matches.values()))
    seen = {match.old.identity for match in own.unmatched()}
    waiting, leagues_too = set(), False
    for each in plan.in_bucket(restore.Bucket.PENDING):
        leagues_too |= each.team is None
        if match := plan.match(each):
            waiting.add(match.old.identity)
            if match.old.identity not in seen:
                seen.add(match.old.identity)
                matches[len(matches)] = match
    return decided.draft(replace(own, matches=matches), waiting, steps, now, habits, leagues_too=leagues_too)


def check(path: Path) -> None:
    """Refuse to write a draft over what a person has decided already."""
    there = check_ours(path, "draft", lambda path: decided.parse(files.read_text(path), str(path)))
    if there and (there.entries or there.values or there.renamings):
        raise UsageError(f"{path} is there already, with decisions in it. Name another file for --write-decisions.")


def check_ours(path: Path, what: str, load: Callable[[Path], T]) -> T | None:
    """Read what is in a file's place as what it is to become; None where nothing is."""
    if files.free(path):
        return None
    refused = UsageError(f"{path} is there already and is no {what} as it was written. Name another file.")
    if not files.plain(path):
        raise refused
    try:
        return load(path)
    except UsageError as error:
        raise refused from error


@contextmanager
def new(path: Path, check: Callable[[Path], None]) -> Iterator[BinaryIO]:
    """Write a file, if what is in its place may still go: a person may have edited it while the plan was made."""
    with files.writing(path, replace=True) as file:
        yield file
        check(path)

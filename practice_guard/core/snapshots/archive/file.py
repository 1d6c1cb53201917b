"""An export's file: read through and checked first, and then again as often as its rows are wanted."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import BinaryIO

from practice_guard.core.errors import DamagedSnapshotError
from practice_guard.core.snapshots.archive import envelope
from practice_guard.core.snapshots.archive.reader import Reading
from practice_guard.core.snapshots.archive.writer import Archive, NamedRow
from practice_guard.core.snapshots.snapshot import Snapshot


def read(file: BinaryIO, over: Callable[[Iterable[NamedRow]], Iterable[NamedRow]] = iter) -> Archive:
    """Read an export through and check all that can be checked without a database.

    Args:
        file: can be gone back in. Its rows are read anew whenever they are asked for, so that it must stay open.
        over: is handed the rows as they are read.

    Raises:
        errors.DamagedSnapshotError: it is no export, or not as it was written; says what is wrong with it.
    """
    with _said():
        envelope.check(file)
        reading = Reading(file)
        deque(over(reading.rows()), maxlen=0)
        return Archive(
            reading.snapshot, reading.team_lists(), lambda: _again(file, reading.snapshot), reading.entries()
        )


def _again(file: BinaryIO, snapshot: Snapshot) -> Iterator[NamedRow]:
    with _said():
        reading = Reading(file)
        if reading.snapshot != snapshot:
            raise DamagedSnapshotError("it was changed while it was read.")
        yield from reading.rows()


@contextmanager
def _said() -> Iterator[None]:
    """Say of an export what is wrong with it."""
    try:
        yield
    except DamagedSnapshotError as error:
        raise unusable(error.message) from None


def unusable(what: str) -> DamagedSnapshotError:
    """Return the error that says what is wrong with an export."""
    return DamagedSnapshotError(f"This export cannot be used: {what} Nothing was written.")

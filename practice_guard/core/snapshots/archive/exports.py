"""A snapshot out of the database, into a file."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

from practice_guard.core import lines
from practice_guard.core.application import TeamList
from practice_guard.core.database import Database, Query, identifier, statement, stream
from practice_guard.core.errors import DamagedSnapshotError
from practice_guard.core.snapshots import digests, verification
from practice_guard.core.snapshots.archive import writer
from practice_guard.core.snapshots.archive.file import read
from practice_guard.core.snapshots.archive.writer import Archive, NamedRow, StoredRow
from practice_guard.core.snapshots.entries import Entries, kept_entries
from practice_guard.core.snapshots.lists import team_lists
from practice_guard.core.snapshots.sets import StoredSet, as_text
from practice_guard.core.snapshots.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written into a file, and is to be read back from it.

    Attributes:
        snapshot: which.
        lists: the team lists as they were read from the database.
        entries: the lists of other parents, in the same way.
        tally: over the rows as they were read from the database (see `_tallied`).
    """

    snapshot: Snapshot
    lists: Mapping[str, TeamList]
    entries: Mapping[str, Entries]
    tally: int


@dataclass(frozen=True, slots=True)
class Size:
    """A file's bytes: how many, and their SHA-256 sum."""

    count: int
    sha256: str


def export(database: Database, snapshot: Snapshot, file: BinaryIO, *, now: datetime, tool_version: str) -> Exported:
    """Write a snapshot into an empty file, a row at a time. Reads only; `confirm` is to be called outside.

    Args:
        database: in an open transaction.
        snapshot: which one.
        file: can be written, read, and gone back in.
        now: the time.
        tool_version: the program's.

    Raises:
        errors.DamagedSnapshotError: the snapshot is not whole; a damaged one is not passed on.
    """
    verification.verify(database, snapshot)
    kept = team_lists(database, snapshot.lists)
    tally = _Tally()
    entries: Mapping[str, Entries] = {}
    if digests.knows_parents(snapshot.digest_version):
        entries = kept_entries(database, snapshot)
    archive = Archive(snapshot, kept, lambda: tally.over(_rows(database, snapshot)), entries)
    writer.dump(archive, file, exported_at=now, tool_version=tool_version)
    return Exported(snapshot, kept, entries, tally.sum)


def confirm(file: BinaryIO, exported: Exported) -> Size:
    """Read an export back from where it was written, and compare it with what was read from the database.

    It takes its time, and the server ends a session that has a transaction open and asks nothing.

    Raises:
        errors.DamagedSnapshotError: the file does not hold what was to be written.
    """
    tally, snapshot = _Tally(), exported.snapshot
    back = read(file, tally.over)
    read_back = (back.lists, back.entries, tally.sum, back.snapshot.digest)
    if read_back != (exported.lists, exported.entries, exported.tally, snapshot.digest):
        raise DamagedSnapshotError(f"The export of {snapshot.id}, read back, is not what was to be written.")
    found = hashlib.sha256()
    file.seek(0)
    for piece in lines.pieces(file):
        found.update(piece)
    return Size(file.tell(), found.hexdigest())


class _Tally:
    """A sum over rows, by which two readings of them are compared within this process."""

    def __init__(self) -> None:
        self.sum = 0

    def over(self, rows: Iterable[NamedRow]) -> Iterator[NamedRow]:
        """Hand rows on."""
        for name, row in rows:
            origins = json.dumps(row.origins, sort_keys=True) if row.origins else None
            self.sum = hash((self.sum, name, row.number, row.carried, origins, row.values))
            yield name, row


def _rows(database: Database, snapshot: Snapshot) -> Iterator[NamedRow]:
    for name, stored in sorted(snapshot.copies.items()):
        for row in stream(database, _reading(stored)):
            yield name, _row(*row)


def _reading(stored: StoredSet) -> Query:
    values = ", ".join(as_text(column) for column in stored.columns)
    return Query(statement(__name__, "read_rows", rows=identifier(stored.rows_table), values=values))


def _row(number: int, carried: bool, origins: str | None, found: Sequence[str | None]) -> StoredRow:
    return StoredRow(number, carried, json.loads(origins) if origins else None, tuple(found))

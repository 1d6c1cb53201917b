"""A snapshot from a file, back into the database (design, "Snapshots"): containers and schemas get lost."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from operator import itemgetter

from practice_guard.core import errors
from practice_guard.core.database import Access, Database, columns, identifier, statement
from practice_guard.core.errors import DamagedSnapshotError
from practice_guard.core.guarding import Guard
from practice_guard.core.model import Author
from practice_guard.core.records import About, Place, installation, ledger
from practice_guard.core.snapshots import copies, verification, writing
from practice_guard.core.snapshots.archive.file import unusable
from practice_guard.core.snapshots.archive.writer import Archive, NamedRow, StoredRow
from practice_guard.core.snapshots.entries import kept_entries, store_entries
from practice_guard.core.snapshots.lists import store_list, team_lists
from practice_guard.core.snapshots.sets import StoredSet
from practice_guard.core.snapshots.snapshot import Snapshot
from practice_guard.core.snapshots.snapshot import read as stored_snapshot

IMPORT = "import"
"""The ledger's word for an import."""

_ROWS_AT_ONCE = 5_000
_LETTERS_AT_ONCE = 8 * 1024**2
_OF_THE_VALUES = ("0A", "22", "23", "42", "54")
"""Classes of SQLSTATE that say that a value or a type is not what it should be, or more than the server can do."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did.

    Attributes:
        snapshot: as it is in the database now.
        already_there: it was there before, whole, and nothing was written.
        place: the database, as it is marked now.
        told_otherwise: it was taken in another database than this one, and was taken in because that was asked for.
    """

    snapshot: Snapshot
    already_there: bool
    place: Place
    told_otherwise: bool


def load(guard: Guard, archive: Archive, *, into_other: bool = False) -> Imported:
    """Put a snapshot from a file into the database, in one transaction that proves it before it ends.

    Where the database has lost the guard's tables they are made anew, under the UUID they had.

    Args:
        guard: where and on whose behalf.
        archive: the snapshot.
        into_other: take it in although it was taken in another database or environment.

    Raises:
        errors.WrongDatabaseError: it was taken in another database or environment, or this one is marked for another.
        errors.DamagedSnapshotError: it is not what its digest says, or another snapshot of that id is there.
        errors.LockedError: another guard is at work.
    """
    database, author = guard.database, guard.author

    def work(_within: float) -> Imported:
        return _load(database, archive, author, into_other=into_other)

    try:
        done = guard.alone(Access.WRITE, work)
    except (errors.StatementError, errors.SchemaError) as error:
        if str(error.data.get("sqlstate", ""))[:2] not in _OF_THE_VALUES:
            raise
        raise unusable(f"PostgreSQL does not take what is in it. {error.message}") from error
    with database.transaction(Access.WRITE):
        verified = writing.confirm(database, done.snapshot, author.done)
    return replace(done, snapshot=verified)


def _load(database: Database, archive: Archive, author: Author, *, into_other: bool) -> Imported:
    snapshot, place = archive.snapshot, installation.locate(database)
    differences = _differences(snapshot, place, author.environment)
    if differences and not into_other:
        raise errors.WrongDatabaseError(
            f"Snapshot {snapshot.id} was not taken here: {'; '.join(differences)}. Nothing was written.",
            next_steps=("Only if its rows belong here: import it again, with --into-other-database.",),
        )
    if (here := stored_snapshot(database, snapshot.id)) is not None:
        return Imported(_same(database, here, snapshot), True, place, bool(differences))
    uuid = None if differences else str(snapshot.fingerprint["uuid"])
    place = installation.ensure(database, author.environment, author.now, uuid=uuid)
    known_lists = team_lists(database, tuple(archive.lists))
    for name, found in archive.lists.items():
        there = known_lists[name]
        if there.teams or there.leagues:
            if there != found:
                raise unusable(f"its team list {name} is another than the one that is here.")
        else:
            store_list(database, name, found)
    _store_entries(database, archive)
    held = snapshot.copies
    copies.create(database, list(held.values()))
    for name, rows in _batches(archive.rows()):
        _write_rows(database, held[name], rows)
    if fault := copies.fault(database, held.values(), snapshot.digest_version):
        raise unusable(f"once in PostgreSQL, {fault}")
    new = replace(snapshot, imported_at=author.now)
    if verification.digest(database, new) != snapshot.digest:
        raise unusable("its digest is not that of its description and its team lists.")
    writing.record(database, new)
    result = {"rows": snapshot.rows, "fingerprint": dict(snapshot.fingerprint), "told_otherwise": bool(differences)}
    ledger.write(database, IMPORT, author, About(result, snapshot.id, snapshot.digest))
    return Imported(new, False, place, bool(differences))


def _store_entries(database: Database, archive: Archive) -> None:
    """Keep the lists of other parents; those that are kept already must be the same."""
    if not archive.entries:
        return
    there = kept_entries(database, replace(archive.snapshot, sets={}))
    for name, found in archive.entries.items():
        for parent, entries in there[name].items():
            if entries != list(found.get(parent, ())):
                raise unusable(f"its {parent} in the list {name} are others than those that are here.")
        store_entries(database, name, found)


def _differences(snapshot: Snapshot, place: Place, environment: str) -> list[str]:
    """Say what tells the database a snapshot was taken in from this one; its name may have changed."""
    there = snapshot.fingerprint
    found = []
    if snapshot.environment != environment:
        found.append(f"it is of {snapshot.environment}, and this is {environment}")
    if there["system"] != place.system:
        found.append(f"that server's identifier was {there['system']}, and this one's is {place.system}")
    elif there["oid"] != place.oid:
        found.append(
            f"that database was {there['name']} (oid {there['oid']}), and this is {place.name} (oid {place.oid})"
        )
    if place.uuid is not None and there["uuid"] != place.uuid:
        found.append(f"the guard's UUID there was {there['uuid']}, and here it is {place.uuid}")
    return found


def _same(database: Database, here: Snapshot, snapshot: Snapshot) -> Snapshot:
    if here.digest != snapshot.digest:
        raise DamagedSnapshotError(
            f"Another snapshot {snapshot.id} is in this database already: its digest is {here.digest[:12]}, and the "
            f"export's is {snapshot.digest[:12]}. Nothing was written."
        )
    verification.verify(database, here)
    return here


def _batches(rows: Iterable[NamedRow]) -> Iterator[tuple[str, list[StoredRow]]]:
    """Put rows that follow one another in one set together, as many as one statement writes."""
    for name, own in groupby(rows, key=itemgetter(0)):
        some: list[StoredRow] = []
        length = 0
        for _, row in own:
            some.append(row)
            length += sum(len(value) for value in row.values if value is not None)
            if len(some) == _ROWS_AT_ONCE or length > _LETTERS_AT_ONCE:
                yield name, some
                some, length = [], 0
        if some:
            yield name, some


def _write_rows(database: Database, stored: StoredSet, some: Sequence[StoredRow]) -> None:
    names = [f"v{place}" for place in range(len(stored.columns))]
    text = statement(
        __name__,
        "write_rows",
        rows=identifier(stored.rows_table),
        columns=columns(column.name for column in stored.columns),
        values=", ".join(f"u.{name}::{column.stored_as}" for name, column in zip(names, stored.columns, strict=True)),
        arrays=", ".join(f"%({name})s::text[]" for name in names),
        names=", ".join(names),
    )
    values: dict[str, object] = {name: [row.values[place] for row in some] for place, name in enumerate(names)}
    origins = [json.dumps(row.origins) if row.origins is not None else None for row in some]
    here = {"rows": [row.number for row in some], "carried": [row.carried for row in some], "origins": origins}
    database.execute(text, values | here)

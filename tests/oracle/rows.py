"""The rows of protected sets, as a snapshot keeps them and as the tables have them."""

from __future__ import annotations

import json
from collections.abc import Sequence

from practice_guard.core.application import BoundSet
from practice_guard.core.database import Database, Query, Row, ask_each, columns, identifier, statement
from practice_guard.core.snapshots import Snapshot, StoredSet
from tests.oracle.plans import Kept, Live


def content_of(bound: BoundSet, stored: StoredSet) -> tuple[str, ...]:
    """Return the columns that say what a row is, of those that the snapshot has where the set names none."""
    if bound.set.content:
        return bound.content
    kept = {column.name for column in stored.columns}
    return tuple(name for name in bound.content if name in kept)


def _created(bound: BoundSet) -> str:
    return f"t.{identifier(bound.created)}::text" if bound.created else "NULL::text"


def kept_rows(database: Database, snapshot: Snapshot, sets: Sequence[BoundSet]) -> dict[str, list[Kept]]:
    """Return a snapshot's rows of those sets that it has, by set. Ids that name no older list are of its own."""
    there = [bound for bound in sets if bound.name in snapshot.sets]
    found = ask_each(database, [_kept(bound, snapshot.sets[bound.name]) for bound in there])
    return {
        bound.name: [_read(bound, snapshot.id, row) for row in rows] for bound, rows in zip(there, found, strict=True)
    }


def _kept(bound: BoundSet, stored: StoredSet) -> Query:
    text = statement(
        __name__,
        "kept_rows",
        key=identifier(stored.key),
        content=columns(content_of(bound, stored), of="t", cast="::text"),
        created=_created(bound),
        references=bound.parts["references"],
        rows=identifier(stored.rows_table),
    )
    return Query(text)


def _read(bound: BoundSet, list_name: str, row: Row) -> Kept:
    number, carried, origins, key, content, created, ids = row
    refs = tuple(None if found is None else (list_name, found) for found in ids)
    if origins:
        older = {name: (each["list"], each["id"]) for name, each in json.loads(origins).items()}
        refs = tuple(older.get(each.column, ref) for each, ref in zip(bound.references, refs, strict=True))
    return Kept(number, key, content, created, refs, carried)


def live_rows(database: Database, sets: Sequence[BoundSet], snapshot: Snapshot) -> dict[str, list[Live]]:
    """Return the tables' protected rows by set, and those that have a primary key of the snapshot's."""
    there = [bound for bound in sets if bound.name in snapshot.sets]
    found = ask_each(database, [_live(bound, snapshot.sets[bound.name]) for bound in there])
    return {
        bound.name: [Live(key, content, at, tuple(refs), protected) for key, content, at, refs, protected in rows]
        for bound, rows in zip(there, found, strict=True)
    }


def _live(bound: BoundSet, stored: StoredSet) -> Query:
    content = content_of(bound, stored)
    text = statement(
        __name__,
        "live_rows",
        **bound.parts,
        content=columns(content, of="t", cast="::text"),
        created=_created(bound),
        rows=identifier(stored.rows_table),
    )
    return Query(text)

"""The rows of a protected set, as a snapshot keeps them and as the table has them."""

from __future__ import annotations

import json

from practice_guard.core.application import BoundSet
from practice_guard.core.database import Database, columns, identifier, statement
from practice_guard.core.restore.plans import Kept, Live
from practice_guard.core.snapshots import StoredSet


def content_of(bound: BoundSet, stored: StoredSet | None) -> tuple[str, ...]:
    """Return the columns that say what a row is, of those that the snapshot has where the set names none."""
    if bound.set.content or stored is None:
        return bound.content
    kept = {column.name for column in stored.columns}
    return tuple(name for name in bound.content if name in kept)


def _created(bound: BoundSet) -> str:
    return f"t.{identifier(bound.created)}::text" if bound.created else "NULL::text"


def kept_rows(database: Database, stored: StoredSet, bound: BoundSet, list_name: str) -> list[Kept]:
    """Return a snapshot's rows of one set; `list_name` is the team list of ids that name no older one."""
    text = statement(
        __name__,
        "kept_rows",
        key=identifier(stored.key),
        content=columns(content_of(bound, stored), of="t", cast="::text"),
        created=_created(bound),
        references=bound.parts["references"],
        rows=identifier(stored.rows_table),
    )
    names = [reference.column for reference in bound.references]
    rows: list[Kept] = []
    for number, carried, origins, key, content, created, ids in database.execute(text):
        refs = tuple(None if found is None else (list_name, found) for found in ids)
        if origins:
            older = json.loads(origins)
            older_refs = {name: (each["list"], each["id"]) for name, each in older.items()}
            refs = tuple(older_refs.get(name, ref) for name, ref in zip(names, refs, strict=True))
        rows.append(Kept(number, key, content, created, refs, carried))
    return rows


def live_rows(database: Database, bound: BoundSet, stored: StoredSet | None = None) -> list[Live]:
    """Return the table's protected rows, and those that have a primary key of the snapshot's, if one is given."""
    text = statement(
        __name__,
        "live_rows" if stored else "live_rows_alone",
        **bound.parts,
        content=columns(content_of(bound, stored), of="t", cast="::text"),
        created=_created(bound),
        rows=identifier(stored.rows_table if stored else ""),
    )
    return [
        Live(key, content, at, tuple(refs), protected) for key, content, at, refs, protected in database.execute(text)
    ]

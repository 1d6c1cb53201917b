"""The ETL's own tables, kept as they were beside the protected rows, so that a rollback can put them back.

What protected sets hold of such a table is theirs and is not kept twice: a table's copy is of all its other rows.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from practice_guard.core import errors
from practice_guard.core.application import Application, Table
from practice_guard.core.database import Database, ask_each, identifier, statement
from practice_guard.core.snapshots import digests
from practice_guard.core.snapshots.copies import as_stored
from practice_guard.core.snapshots.sets import LONGEST_NAME, StoredColumn, StoredSet, rows_table, stored_as
from practice_guard.core.words import near

_LONGEST = 30
"""Letters of a table's name that the name of its copy has room for, beside the snapshot's id."""


@dataclass(frozen=True, slots=True)
class Whole:
    """One of the ETL's own tables, and the condition that a row `t` of it is of no protected set."""

    table: Table
    condition: str


def tables(app: Application, more: Collection[str]) -> list[Whole]:
    """Return the ETL's own tables that are there, and others; none that is protected as a whole.

    Args:
        app: what there is.
        more: the names of the others, each of which must be there.

    Raises:
        errors.SchemaError: one is missing, or is no table of its own, so that nobody could put its rows back.
    """
    found: list[Whole] = []
    for name in sorted({*filter(app.catalog.has, app.catalog.etl_tables), *more}):
        if name not in app.catalog.tables:
            raise errors.SchemaError(
                f"PRACTICE_GUARD_ETL_TABLES names {name}, and there is no such table in {app.catalog.schema}"
                f"{near(name, app.catalog.tables)}. Nothing was written.",
                next_steps=("Name the table that is meant in PRACTICE_GUARD_ETL_TABLES, or take it out.",),
            )
        table, held = app.catalog.table(name), [each for each in app.sets if each.table.name == name]
        if any(not each.set.condition for each in held):
            continue
        if table.kind not in "rp" or table.is_part or table.heirs:
            what = "a part of another table" if table.is_part else "no table of its own"
            raise errors.SchemaError(
                f"{table.qualified} is {what}, so that its rows could not be put back. Nothing was written."
            )
        others = (f"NOT coalesce({each.parts['condition']}, false)" for each in held)
        found.append(Whole(table, " AND ".join(others) or "true"))
    return found


def write(database: Database, snapshot: str, found: Sequence[Whole], version: int) -> dict[str, StoredSet]:
    """Copy tables into tables of the snapshot's own, and compare each copy with its source, in rows and digest.

    Args:
        database: where; what is read is locked, or seen as it was at one moment.
        snapshot: the new snapshot's id.
        found: the tables.
        version: of the digests.

    Returns:
        what the snapshot holds of each, by what the guard calls it.

    Raises:
        errors.DamagedSnapshotError: a copy differs from its table.
    """
    new = [(each, _described(each, snapshot)) for each in found]
    if not new:
        return {}
    database.execute(";\n".join(_copying(*each) for each in new))
    sources = [digests.of_table(stored, each.table.quoted, each.condition, version) for each, stored in new]
    copies = [digests.of_both(stored, version) for _, stored in new]
    there, copied = ask_each(database, sources), ask_each(database, copies)
    written: dict[str, StoredSet] = {}
    for (each, stored), (source,), (copy,) in zip(new, there, copied, strict=True):
        if copy[:2] != source:
            raise errors.DamagedSnapshotError(
                f"The copy of {each.table.qualified} differs from the table; nothing was kept."
            )
        written[each.table.name] = replace(stored, rows=source[0], digest=copy[3])
    return written


def called(table: str) -> str:
    """Return the name under which a snapshot has a table's copy, which is none that a protected set has."""
    if len(table.encode()) <= _LONGEST:
        return f"table {table}"
    return f"table {hashlib.sha256(table.encode()).hexdigest()[:_LONGEST]}"


def _described(each: Whole, snapshot: str) -> StoredSet:
    kept = tuple(StoredColumn(one.name, one.type, stored_as(one)) for one in each.table.stored)
    name = called(each.table.name)
    definition: Mapping[str, object] = {
        "table": each.table.qualified,
        "key": "",
        "condition": each.condition.replace("%%", "%"),
        "references": {},
        "content": [],
        "etl_deletes": True,
        "whole": True,
        **({"schema": each.table.schema} if each.table.elsewhere else {}),
    }
    copy = rows_table(snapshot, name)
    if len(copy.encode()) > LONGEST_NAME:
        raise errors.UsageError(f"The name of the table {each.table.name} is too long for a copy.")
    return StoredSet(name, definition, kept, copy, 0, 0, 0, "")


def _copying(each: Whole, stored: StoredSet) -> str:
    values = ", ".join(f"{as_stored(one)} AS {identifier(one.name)}" for one in stored.columns)
    parts = {"table": each.table.quoted, "condition": each.condition}
    return statement(__name__, "copy_table", rows=identifier(stored.rows_table), values=values, **parts)

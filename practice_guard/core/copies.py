"""A snapshot's copy of one protected set, in a typed table of its own that people can read with plain SQL."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace

from practice_guard.core import errors
from practice_guard.core.catalog import Column
from practice_guard.core.database import Database
from practice_guard.core.protected import Bound
from practice_guard.core.sql import columns, condition, identifier, statement

GUARD_COLUMNS = (("guard_row", "bigint"), ("guard_carried", "boolean"), ("guard_from", "jsonb"))
"""What a copy has beside the table's own columns."""


@dataclass(frozen=True, slots=True)
class StoredColumn:
    """A column of a protected table as it was, and the type under which the snapshot keeps its values."""

    name: str
    type: str
    stored_as: str


@dataclass(frozen=True, slots=True)
class StoredSet:
    """What a snapshot holds of one protected set. `rows` counts the carried ones too; `teams` counts distinct ids."""

    name: str
    definition: Mapping[str, object]
    columns: tuple[StoredColumn, ...]
    rows_table: str
    rows: int
    carried: int
    teams: int
    digest: str

    @property
    def key(self) -> str:
        """The primary key column."""
        return str(self.definition["key"])


@dataclass(frozen=True, slots=True)
class Carry:
    """What a set's new snapshot takes over from an earlier one.

    Attributes:
        rows: numbers of the earlier snapshot's rows that are not in the live table, with their origins.
        anchors: keys of live rows without their team, with their origins.
    """

    rows: tuple[tuple[int, str], ...] = ()
    anchors: tuple[tuple[str, str], ...] = ()


def write(database: Database, bound: Bound, snapshot: str, older: StoredSet | None, carry: Carry) -> StoredSet:
    """Copy a set's rows into a table of the snapshot's own and carry over what still waits in an older snapshot.

    The copy is compared with its source, in rows and digest, before anything is carried into it.

    Raises:
        errors.DamagedSnapshotError: the copy differs from the table.
    """
    rows_table = f"s{snapshot.replace('-', '_')}_{bound.name}"
    if len(rows_table.encode()) > 63:  # noqa: PLR2004  (PostgreSQL cuts longer names, and two of them become one)
        raise errors.UsageError(f"The name of the protected set {bound.name} is too long; 40 letters are the most.")
    rows, names = identifier(rows_table), [column.name for column in bound.stored]
    kept = tuple(StoredColumn(each.name, each.type, _stored_type(each)) for each in bound.stored)
    select = ", ".join(
        f"t.{identifier(each.name)}{'::text AS ' + identifier(each.name) if not each.built_in else ''}"
        for each in bound.stored
    )
    where = condition(bound.set.condition)
    key = identifier(bound.key.name)
    source = {"table": bound.table.quoted, "condition": where}
    database.execute(statement("snapshot", "create_rows", rows=rows, key=key, columns=select, **source))
    database.execute(statement("snapshot", "key_rows", rows=rows))
    as_text = columns(names, of="t", cast="::text")
    original = database.execute(statement("snapshot", "digest", columns=as_text, **source))[0]
    copy = {"table": f"practice_guard.{rows}", "condition": "true"}
    if database.execute(statement("snapshot", "digest", columns=as_text, **copy))[0] != original:
        raise errors.DamagedSnapshotError(f"The copy of {bound.name} differs from the table; nothing was kept.")
    if carry.rows and older is not None:
        _carry(database, rows, older, names, carry)
    if carry.anchors:
        keys, origins = zip(*carry.anchors, strict=True)
        text = statement("snapshot", "anchor_rows", rows=rows, key=key)
        database.execute(text, {"keys": list(keys), "origins": list(origins)})
    first = identifier(bound.references[0].column)
    count = database.execute(statement("snapshot", "count_teams", rows=rows, column=first))[0][0]
    stored = StoredSet(
        bound.name,
        _definition(bound),
        kept,
        rows_table,
        original[0] + len(carry.rows),
        len(carry.rows),
        count,
        "",
    )
    return replace(stored, digest=_digest(database, stored)[1])


def verify(database: Database, snapshot: str, stored: StoredSet) -> None:
    """Read a copy back and compare it with what is known of it.

    Raises:
        errors.DamagedSnapshotError: the table is missing, or rows were lost, added or changed.
    """
    damaged = f"Snapshot {snapshot} is damaged: "
    table = f"practice_guard.{identifier(stored.rows_table)}".replace("%%", "%")
    found = database.execute(statement("snapshot", "stored_columns"), {"table": table})
    if not found:
        raise errors.DamagedSnapshotError(f"{damaged}its table {stored.rows_table} is gone.")
    expected = [*GUARD_COLUMNS, *((column.name, column.stored_as) for column in stored.columns)]
    if found != expected:
        raise errors.DamagedSnapshotError(f"{damaged}the columns of {stored.rows_table} were changed.")
    rows, digest = _digest(database, stored)
    if rows != stored.rows:
        raise errors.DamagedSnapshotError(f"{damaged}{stored.name} has {rows} rows where {stored.rows} were stored.")
    if digest != stored.digest:
        raise errors.DamagedSnapshotError(f"{damaged}rows of {stored.name} were changed.")


def _carry(database: Database, rows: str, older: StoredSet, names: Sequence[str], carry: Carry) -> None:
    known = {column.name for column in older.columns}
    common = [name for name in names if name in known]
    numbers, origins = zip(*carry.rows, strict=True)
    text = statement(
        "snapshot",
        "carry_rows",
        rows=rows,
        columns=columns(common),
        old_columns=columns(common, of="t"),
        old_rows=identifier(older.rows_table),
    )
    database.execute(text, {"rows": list(numbers), "origins": list(origins)})


def _stored_type(column: Column) -> str:
    return column.type if column.built_in else "text"


def _definition(bound: Bound) -> dict[str, object]:
    return {
        "table": f"{bound.table.schema}.{bound.table.name}",
        "key": bound.key.name,
        "condition": bound.set.condition,
        "references": {each.column: str(each.target) for each in bound.references},
        "content": list(bound.content),
        "etl_deletes": bound.set.etl_deletes,
    }


def _digest(database: Database, stored: StoredSet) -> tuple[int, str]:
    names = [name for name, _ in GUARD_COLUMNS] + [column.name for column in stored.columns]
    text = statement(
        "snapshot",
        "digest",
        table=f"practice_guard.{identifier(stored.rows_table)}",
        columns=columns(names, of="t", cast="::text"),
        condition="true",
    )
    count, digest = database.execute(text)[0]
    return count, digest


def values(stored: StoredSet) -> dict[str, object]:
    """Return what the guard's tables keep of a set, by column."""
    return {
        "name": stored.name,
        "definition": json.dumps(dict(stored.definition), sort_keys=True),
        "columns": json.dumps([asdict(column) for column in stored.columns], sort_keys=True),
        "rows_table": stored.rows_table,
        "rows": stored.rows,
        "carried": stored.carried,
        "teams": stored.teams,
        "digest": stored.digest,
    }

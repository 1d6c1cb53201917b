"""A snapshot's copy of one protected set, in a typed table of its own that people can read with plain SQL."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import cast

from practice_guard.core import errors
from practice_guard.core.application.catalog import Column, Target
from practice_guard.core.application.protected import Bound
from practice_guard.core.database.connection import Database
from practice_guard.core.database.statements import columns, condition, identifier, literal, statement

GUARD_COLUMNS = (("guard_row", "bigint"), ("guard_carried", "boolean"), ("guard_from", "jsonb"))
"""What a copy has beside the table's own columns."""

LONGEST_NAME = 63
"""Bytes of a name in PostgreSQL, which cuts longer ones, so that two of them become one."""

_KEPT_BY_NAME = frozenset(
    {
        "regclass", "regcollation", "regconfig", "regdictionary", "regnamespace", "regoper", "regoperator", "regproc",
        "regprocedure", "regrole", "regtype", "aclitem",
    }
)  # fmt: skip
"""Built-in types whose values name things that can be renamed or dropped: kept as text, as types not built in are."""


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

    @property
    def types(self) -> dict[str, str]:
        """The columns' types in the protected table, by name."""
        return {column.name: column.type for column in self.columns}

    @property
    def witness(self) -> bool:
        """Whether the rows are the ETL's own, kept to tell which is which, and count as nobody's."""
        return self.definition.get("witness") is True

    @property
    def references(self) -> frozenset[str]:
        """The columns that point at teams and leagues."""
        return frozenset(cast("Mapping[str, str]", self.definition["references"]))

    @property
    def table(self) -> str:
        """The protected table, with its schema."""
        return str(self.definition["table"])


@dataclass(frozen=True, slots=True)
class Carry:
    """What a set's new snapshot takes over from an earlier one.

    Attributes:
        rows: numbers of the earlier snapshot's rows that are not in the live table, with their origins.
        anchors: keys of live rows without their team, with their origins.
        lossy: rows are carried on also where the table can no longer take them as they were.
    """

    rows: tuple[tuple[int, str], ...] = ()
    anchors: tuple[tuple[str, str], ...] = ()
    lossy: bool = False


def rows_table(snapshot: str, name: str) -> str:
    """Return the name of the table that keeps a snapshot's rows of one set."""
    return f"s{snapshot.replace('-', '_')}_{name}"


def create(database: Database, stored: StoredSet) -> None:
    """Make the empty table for a set's rows.

    Raises:
        errors.UsageError: the set's name is too long.
        errors.SchemaError: the protected table has a column that the guard needs for itself.
    """
    if len(stored.rows_table.encode()) > LONGEST_NAME:
        raise errors.UsageError(f"The name of the protected set {stored.name} is too long; 40 letters are the most.")
    for column in stored.columns:
        if column.name in dict(GUARD_COLUMNS):
            raise errors.SchemaError(f"{stored.table} has a column {column.name}, which the guard needs for itself.")
    definitions = ",\n    ".join(f"{identifier(each.name)} {each.stored_as}" for each in stored.columns)
    text = statement("snapshot", "create_rows", rows=identifier(stored.rows_table), definitions=definitions)
    database.execute(text)


def write(database: Database, bound: Bound, snapshot: str, older: StoredSet | None, carry: Carry) -> StoredSet:
    """Copy a set's rows into a table of the snapshot's own and carry over what still waits in an older snapshot.

    The copy is compared with its source, in rows and digest, before anything is carried into it.

    Raises:
        errors.DamagedSnapshotError: the copy differs from the table.
        errors.SchemaError: a row that waits cannot be carried on as it is, because the table has changed.
    """
    kept = tuple(StoredColumn(each.name, each.type, _stored_type(each)) for each in bound.stored)
    stored = StoredSet(bound.name, _definition(bound), kept, rows_table(snapshot, bound.name), 0, 0, 0, "")
    create(database, stored)
    rows, key, names = identifier(stored.rows_table), identifier(bound.key.name), [each.name for each in kept]
    source = {"table": bound.table.quoted, "condition": condition(bound.set.condition)}
    values = ", ".join(f"t.{identifier(each.name)}{'' if each.stored_as == each.type else '::text'}" for each in kept)
    text = statement("snapshot", "copy_rows", rows=rows, columns=columns(names), key=key, values=values, **source)
    database.execute(text)
    as_text = columns(names, of="t", cast="::text")
    original = database.execute(statement("snapshot", "digest", columns=as_text, **source))[0]
    copy = {"table": f"practice_guard.{rows}", "condition": "true"}
    if database.execute(statement("snapshot", "digest", columns=as_text, **copy))[0] != original:
        raise errors.DamagedSnapshotError(f"The copy of {bound.name} differs from the table; nothing was kept.")
    if carry.rows and older is not None:
        _carry(database, bound, stored, older, carry, original[0])
    if carry.anchors:
        keys, origins = zip(*carry.anchors, strict=True)
        text = statement("snapshot", "anchor_rows", rows=rows, key=key)
        database.execute(text, {"keys": list(keys), "origins": list(origins)})
    first = identifier(bound.references[0].column)
    count = database.execute(statement("snapshot", "count_teams", rows=rows, column=first))[0][0]
    stored = replace(stored, rows=original[0] + len(carry.rows), carried=len(carry.rows), teams=count)
    return replace(stored, digest=digest(database, stored)[1])


def damage(database: Database, stored: StoredSet) -> str:
    """Read a copy back, compare it with what is known of it, and say what is wrong; empty for a whole one."""
    table = f"practice_guard.{identifier(stored.rows_table)}".replace("%%", "%")
    found = database.execute(statement("snapshot", "stored_columns"), {"table": table})
    if not found:
        return f"its table {stored.rows_table} is gone."
    expected = [*GUARD_COLUMNS, *((column.name, column.stored_as) for column in stored.columns)]
    if found != expected:
        return f"the columns of {stored.rows_table} were changed."
    rows, sums = digest(database, stored)
    if rows < stored.rows:
        return f"{stored.rows - rows} of {stored.rows} rows of {stored.name} are lost."
    if rows > stored.rows:
        return f"{rows - stored.rows} rows were added to the {stored.rows} of {stored.name}."
    return f"rows of {stored.name} were changed." if sums != stored.digest else ""


def _carry(database: Database, bound: Bound, stored: StoredSet, older: StoredSet, carry: Carry, last: int) -> None:
    """Take rows over, numbered on from `last`; each must arrive to the letter as it was.

    A column that is new and may not be NULL gets its default, as it did in the rows that are in the table.
    """
    now = {column.name: column for column in stored.columns}
    common = [column for column in older.columns if column.name in now]
    gone = [column for column in older.columns if column.name not in now]
    drifted = [column for column in common if column.stored_as != now[column.name].stored_as]
    values = [
        f"t.{identifier(each.name)}{'::text::' + now[each.name].stored_as if each in drifted else ''}"
        for each in common
    ]
    numbers, origins = zip(*sorted(carry.rows), strict=True)
    names = [column.name for column in common]
    parts = {"rows": identifier(stored.rows_table), "old_rows": identifier(older.rows_table)}
    places: dict[str, object] = {"rows": list(numbers), "numbers": list(range(last + 1, last + 1 + len(numbers)))}
    given = _defaults(database, bound, frozenset(older.types))
    text = statement(
        "snapshot",
        "carry_rows",
        columns=columns([*names, *given]),
        values=", ".join([*values, *given.values()]),
        **parts,
    )
    changes = "; ".join(
        [f"{each.name} is gone" for each in gone]
        + [f"{each.name} was {each.type} and is {now[each.name].type} now" for each in drifted]
    )
    refusal = errors.SchemaError(
        f"{len(numbers)} rows of {stored.name} wait for their team and cannot be carried on as they are, because "
        f"{stored.table} has changed: {changes}. Nothing was written.",
        next_steps=(
            "practice-guard restore --dry-run   # which rows they are",
            "practice-guard backup --accept-current   # carry on what the table can still take",
        ),
    )
    try:
        database.execute(text, {**places, "origins": list(origins)})
    except (errors.StatementError, errors.SchemaError) as error:
        raise refusal from error
    if carry.lossy:
        return
    alike = statement(
        "snapshot",
        "carried_alike",
        old_columns=columns(names, of="t", cast="::text"),
        new_columns=columns(names, of="n", cast="::text"),
        nothing_lost=" AND ".join(f"t.{identifier(each.name)} IS NULL" for each in gone) or "true",
        **parts,
    )
    if database.execute(alike, places)[0][0] != len(numbers):
        raise refusal


def _defaults(database: Database, bound: Bound, known: frozenset[str]) -> dict[str, str]:
    """Return the defaults, as SQL, of columns that are new and may not be NULL; nothing that counts on."""
    new = [
        column
        for column in bound.stored
        if column.name not in known and column.not_null and column.has_default and not column.sequence
    ]
    if not new:
        return {}
    names = {"table": bound.table.oid, "columns": [column.name for column in new]}
    found: dict[str, str] = dict(database.execute(statement("snapshot", "defaults"), names))
    casts = {column.name: "" if _stored_type(column) == column.type else "::text" for column in new}
    return {name: f"({text.replace('%', '%%')}){casts[name]}" for name, text in found.items()}


def _stored_type(column: Column) -> str:
    by_name = column.type.removesuffix("[]") in _KEPT_BY_NAME
    return column.type if column.built_in and not by_name else "text"


def _definition(bound: Bound) -> dict[str, object]:
    return {
        "table": f"{bound.table.schema}.{bound.table.name}",
        "key": bound.key.name,
        "condition": bound.set.condition,
        "references": {each.column: str(each.target) for each in bound.references},
        "hangs_on": bound.references[0].column,
        "content": list(bound.content),
        "etl_deletes": bound.set.etl_deletes,
        **({"witness": True} if bound.set.witness else {}),
    }


def digest(database: Database, stored: StoredSet) -> tuple[int, str]:
    """Return how many rows a copy has, and the digest over their canonical texts with the guard's own columns."""
    names = [name for name, _ in GUARD_COLUMNS] + [column.name for column in stored.columns]
    text = statement(
        "snapshot",
        "digest",
        table=f"practice_guard.{identifier(stored.rows_table)}",
        columns=columns(names, of="t", cast="::text"),
        condition="true",
    )
    count, found = database.execute(text)[0]
    return count, found


def read_by_people(stored: StoredSet, snapshot: str) -> str:
    """Return the statement with which a person reads a set's rows, each with the team or league that it hung on."""
    references = cast("Mapping[str, str]", stored.definition["references"])
    column = str(stored.definition.get("hangs_on") or next(iter(references)))
    target = references[column]
    lists = {Target.TEAMS: "team_lists", Target.LEAGUES: "league_lists"}
    rows = identifier(stored.rows_table)
    if target not in lists:
        return f"SELECT * FROM practice_guard.{rows} ORDER BY guard_row;".replace("%%", "%")  # noqa: S608  (quoted)
    names = {Target.TEAMS: ("league", "club", "series", "name"), Target.LEAGUES: ("code",)}[Target(target)]
    text = statement(
        "snapshot",
        "read_by_people",
        names=columns(names, of="t"),
        rows=rows,
        lists=identifier(lists[Target(target)]),
        column=literal(column),
        snapshot=literal(snapshot),
        reference=identifier(column),
    )
    return "\n".join(line for line in text.splitlines() if not line.startswith("--")).replace("%%", "%")


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

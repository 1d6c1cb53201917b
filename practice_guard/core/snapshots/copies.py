"""A set's rows copied into a snapshot's table, and read back to see whether they are whole."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from practice_guard.core import errors
from practice_guard.core.application import LEAGUES, TEAMS, BoundSet
from practice_guard.core.database import Database, Query, ask_each, columns, identifier, statement
from practice_guard.core.snapshots import digests
from practice_guard.core.snapshots.adopting import Adoption, adopt
from practice_guard.core.snapshots.sets import (
    GUARD_COLUMNS,
    LONGEST_NAME,
    StoredColumn,
    StoredSet,
    rows_table,
    stored_as,
)
from practice_guard.core.snapshots.snapshot import Snapshot
from practice_guard.core.steps import Step
from practice_guard.core.words import agreeing, counted

_COLLATED = re.compile(r"(?:text|character|bpchar|name)\b")
"""The built-in types that have a collation, arrays of them too."""


@dataclass(frozen=True, slots=True)
class Carry:
    """What a set's new snapshot takes over from an earlier one.

    Attributes:
        rows: the query of the earlier snapshot's rows that are not in the live table: `row`, their numbers, and
            `origins`; None for none.
        anchors: the query of live rows without their team: `key`, their primary keys, and `origins`; None for none.
        count: how many rows there are.
        lists: the team lists that the origins speak of.
        lossy: rows are carried on also where the table can no longer take them as they were.
    """

    rows: Query | None = None
    anchors: Query | None = None
    count: int = 0
    lists: frozenset[str] = frozenset()
    lossy: bool = False


@dataclass(frozen=True, slots=True)
class Inheritance:
    """What a snapshot takes over: from which one, and by set which rows and origins; and whose lists explain more."""

    previous: Snapshot | None = None
    carries: Mapping[str, Carry] = field(default_factory=dict)
    adoption: Adoption | None = None


def create(database: Database, sets: Sequence[StoredSet]) -> None:
    """Make the empty tables for the rows of sets.

    Raises:
        errors.UsageError: a set's name is too long.
        errors.SchemaError: a protected table has a column that the guard needs for itself.
    """
    _make(database, sets, [_creating(stored) for stored in sets])


def _make(database: Database, sets: Sequence[StoredSet], texts: Sequence[str]) -> None:
    for stored in sets:
        _check_names(stored)
    if texts:
        database.execute(";\n".join(texts))


def _check_names(stored: StoredSet) -> None:
    if len(stored.rows_table.encode()) > LONGEST_NAME:
        raise errors.UsageError(f"The name of the protected set {stored.name} is too long; 40 letters are the most.")
    for column in stored.columns:
        if column.name in dict(GUARD_COLUMNS):
            raise errors.SchemaError(f"{stored.table} has a column {column.name}, which the guard needs for itself.")


def _creating(stored: StoredSet) -> str:
    definitions = ",\n    ".join(f"{identifier(each.name)} {each.stored_as}" for each in stored.columns)
    return statement(__name__, "create_rows", rows=identifier(stored.rows_table), definitions=definitions)


def write(
    database: Database,
    snapshot: str,
    sets: Sequence[BoundSet],
    inheritance: Inheritance,
    version: int,
) -> dict[str, StoredSet]:
    """Copy the rows of sets into tables of the snapshot's own and carry over what still waits in an older snapshot.

    The copies are compared with their sources, in rows and digest; what is carried into them is told apart for that.

    Args:
        database: where; what is read is locked.
        snapshot: the new snapshot's id.
        sets: the sets.
        inheritance: what is carried over from an older snapshot.
        version: of the digests.

    Raises:
        errors.DamagedSnapshotError: a copy differs from its table.
        errors.SchemaError: a row that waits cannot be carried on as it is, because the table has changed.
    """
    new = [(bound, _described(bound, snapshot, database.schema)) for bound in sets]
    older = inheritance.previous.sets if inheritance.previous else {}
    carries, adoption = inheritance.carries, inheritance.adoption
    _make(database, [stored for _, stored in new], [_copying(*each) for each in new])
    sources = [row for (row,) in ask_each(database, [digests.of_source(*each, version) for each in new])]
    for (bound, stored), (rows, _) in zip(new, sources, strict=True):
        carry = carries.get(bound.name, Carry())
        if carry.rows and bound.name in older:
            _carry(database, bound, stored, older[bound.name], carry, rows)
        if carry.anchors:
            parts = {"rows": identifier(stored.rows_table), "anchors": carry.anchors.text, **bound.parts}
            database.execute(statement(__name__, "anchor_rows", **parts), carry.anchors.parameters)
    if adoption is not None:
        adopt(database, snapshot, new, adoption)
    copied = [digests.of_both(stored, version) for _, stored in new]
    found = [row for (row,) in ask_each(database, [*copied, *(_count_of_teams(*each) for each in new)])]
    written: dict[str, StoredSet] = {}
    copies, teams = found[: len(new)], found[len(new) :]
    for (bound, stored), source, copy, (count, *_) in zip(new, sources, copies, teams, strict=True):
        if copy[:2] != source:
            raise errors.DamagedSnapshotError(f"The copy of {bound.name} differs from the table; nothing was kept.")
        carried = carries.get(bound.name, Carry()).count
        written[stored.name] = replace(stored, rows=source[0] + carried, carried=carried, teams=count, digest=copy[3])
    return written


def analyse(database: Database, sets: Iterable[StoredSet]) -> None:
    """Have the server look at copies that are new to it."""
    tables = [_joined_by(stored) for stored in sets]
    if tables:
        database.execute(statement(__name__, "analyse", tables=", ".join(tables)))


def _joined_by(stored: StoredSet) -> str:
    names = dict.fromkeys(("guard_row", *([stored.key] if stored.key else []), *sorted(stored.references)))
    return f"practice_guard.{identifier(stored.rows_table)} ({columns(names)})"


def _described(bound: BoundSet, snapshot: str, schema: str) -> StoredSet:
    kept = tuple(StoredColumn(each.name, each.type, stored_as(each)) for each in bound.stored)
    return StoredSet(bound.name, _definition(bound, schema), kept, rows_table(snapshot, bound.name), 0, 0, 0, "")


def _copying(bound: BoundSet, stored: StoredSet) -> str:
    values = ", ".join(f"{as_stored(each)} AS {identifier(each.name)}" for each in stored.columns)
    return statement(__name__, "copy_rows", rows=identifier(stored.rows_table), values=values, **bound.parts)


def as_stored(column: StoredColumn) -> str:
    """Return the expression for a value of `t`, as a copy keeps it."""
    name = f"t.{identifier(column.name)}" + ("" if column.stored_as == column.type else "::text")
    # A copy that had the collation of its source would keep people from dropping that.
    return f'{name} COLLATE "default"' if _COLLATED.match(column.stored_as) else name


def fault(database: Database, sets: Collection[StoredSet], version: int) -> str:
    """Read copies back, compare them with what is known of them, and say what is first wrong; empty for whole ones.

    `version` is that of their digests.
    """
    there = _columns_of(database, list(sets))
    sound = [stored for stored in sets if there[stored.name] == _columns_as_described(stored)]
    found = ask_each(database, [digests.of_copy(stored, version) for stored in sound])
    sums = {stored.name: row for stored, (row,) in zip(sound, found, strict=True)}
    for stored in sets:
        if not there[stored.name]:
            return f"its table {stored.rows_table} is gone."
        if stored.name not in sums:
            return f"the columns of {stored.rows_table} were changed."
        if wrong := _difference(stored, *sums[stored.name]):
            return wrong
    return ""


def _columns_as_described(stored: StoredSet) -> list[tuple[str, str]]:
    return [*GUARD_COLUMNS, *((column.name, column.stored_as) for column in stored.columns)]


def _difference(stored: StoredSet, rows: int, digest: str) -> str:
    if rows < stored.rows:
        lost = stored.rows - rows
        return f"{lost:,} of {counted(stored.rows, 'row')} of {stored.name} {agreeing(lost, 'is', 'are')} lost."
    if rows > stored.rows:
        added = rows - stored.rows
        were = agreeing(added, "was", "were")
        return f"{counted(added, 'row')} {were} added to the {stored.rows:,} of {stored.name}."
    return f"rows of {stored.name} were changed." if digest != stored.digest else ""


def _columns_of(database: Database, sets: Sequence[StoredSet]) -> dict[str, list[tuple[str, str]]]:
    """Return the columns that copies really have, with their types, by set; none where the table is gone."""
    tables = [f"practice_guard.{identifier(stored.rows_table)}".replace("%%", "%") for stored in sets]
    found: dict[str, list[tuple[str, str]]] = {stored.name: [] for stored in sets}
    for place, name, type_ in database.execute(statement(__name__, "stored_columns"), {"tables": tables}):
        found[sets[place - 1].name].append((name, type_))
    return found


def _carry(database: Database, bound: BoundSet, stored: StoredSet, older: StoredSet, carry: Carry, last: int) -> None:
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
    names = [column.name for column in common]
    taken = carry.rows or Query("")
    parts = {
        "rows": identifier(stored.rows_table),
        "old_rows": identifier(older.rows_table),
        "taken": taken.text,
        "last": str(last),
    }
    given = _defaults(database, bound, frozenset(older.types))
    text = statement(
        __name__,
        "carry_rows",
        columns=columns([*names, *given]),
        values=", ".join([*values, *given.values()]),
        **parts,
    )
    changes = "; ".join(
        [f"{each.name} is gone" for each in gone]
        + [f"{each.name} was {each.type} and is {now[each.name].type} now" for each in drifted]
    )
    wait = agreeing(carry.count, "waits for its team and cannot", "wait for their team and cannot")
    refusal = errors.SchemaError(
        f"{counted(carry.count, 'row')} of {stored.name} {wait} be carried on unchanged, because "
        f"{stored.table} has changed: {changes}. Nothing was written.",
        next_steps=(
            Step("restore", "--dry-run", why="which rows they are"),
            Step("backup", "--accept-current", why="carry on what the table can still take"),
        ),
    )
    try:
        database.execute(text, taken.parameters)
    except (errors.StatementError, errors.SchemaError) as error:
        raise refusal from error
    if carry.lossy:
        return
    alike = statement(
        __name__,
        "carried_alike",
        old_columns=columns(names, of="t", cast="::text"),
        new_columns=columns(names, of="n", cast="::text"),
        nothing_lost=" AND ".join(f"t.{identifier(each.name)} IS NULL" for each in gone) or "true",
        **parts,
    )
    if database.execute(alike, taken.parameters)[0][0] != carry.count:
        raise refusal


def _defaults(database: Database, bound: BoundSet, known: frozenset[str]) -> dict[str, str]:
    """Return the defaults, as SQL, of columns that are new and may not be NULL; nothing that counts on."""
    new = [
        column
        for column in bound.stored
        if column.name not in known and column.not_null and column.has_default and not column.sequence
    ]
    if not new:
        return {}
    names = {"table": bound.table.oid, "columns": [column.name for column in new]}
    found: dict[str, str] = dict(database.execute(statement(__name__, "defaults"), names))
    casts = {column.name: "" if stored_as(column) == column.type else "::text" for column in new}
    return {name: f"({text.replace('%', '%%')}){casts[name]}" for name, text in found.items()}


def _definition(bound: BoundSet, schema: str) -> dict[str, object]:
    outward = {str(each.target) for each in bound.references if each.parent is None}
    led_to = sorted(outward - {TEAMS.name, LEAGUES.name})
    return {
        "table": bound.table.qualified,
        "key": bound.key.name,
        "condition": bound.set.condition,
        "references": {each.column: str(each.target) for each in bound.references},
        "hangs_on": bound.references[0].column,
        "content": list(bound.content),
        "etl_deletes": bound.set.etl_deletes,
        **({"parents": led_to} if led_to else {}),
        **({"schema": schema} if bound.table.elsewhere else {}),
    }


def _count_of_teams(bound: BoundSet, stored: StoredSet) -> Query:
    return Query(statement(__name__, "count_teams", rows=identifier(stored.rows_table), **bound.parts))

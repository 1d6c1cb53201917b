"""A set's rows copied into a snapshot's table, and read back to see whether they are whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from practice_guard.core import errors
from practice_guard.core.application import BoundSet
from practice_guard.core.database import Database, Query, Row, ask_each, columns, identifier, statement
from practice_guard.core.snapshots.sets import (
    GUARD_COLUMNS,
    LONGEST_NAME,
    StoredColumn,
    StoredSet,
    rows_table,
    stored_as,
)
from practice_guard.core.steps import Step
from practice_guard.core.words import agreeing, counted

_GUARDS = [name for name, _ in GUARD_COLUMNS]


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


def create(database: Database, sets: Sequence[StoredSet]) -> None:
    """Make the empty tables for the rows of sets.

    Raises:
        errors.UsageError: a set's name is too long.
        errors.SchemaError: a protected table has a column that the guard needs for itself.
    """
    texts = [_creating(stored) for stored in sets]
    if texts:
        database.execute(";\n".join(texts))


def _creating(stored: StoredSet) -> str:
    if len(stored.rows_table.encode()) > LONGEST_NAME:
        raise errors.UsageError(f"The name of the protected set {stored.name} is too long; 40 letters are the most.")
    for column in stored.columns:
        if column.name in dict(GUARD_COLUMNS):
            raise errors.SchemaError(f"{stored.table} has a column {column.name}, which the guard needs for itself.")
    definitions = ",\n    ".join(f"{identifier(each.name)} {each.stored_as}" for each in stored.columns)
    return statement(__name__, "create_rows", rows=identifier(stored.rows_table), definitions=definitions)


def write(
    database: Database,
    snapshot: str,
    sets: Sequence[BoundSet],
    older: Mapping[str, StoredSet],
    carries: Mapping[str, Carry],
) -> dict[str, StoredSet]:
    """Copy the rows of sets into tables of the snapshot's own and carry over what still waits in an older snapshot.

    The copies are compared with their sources, in rows and digest, before anything is carried into them.

    Args:
        database: where; what is read is locked.
        snapshot: the new snapshot's id.
        sets: the sets.
        older: what the older snapshot holds, by set.
        carries: what is carried over, by set.

    Raises:
        errors.DamagedSnapshotError: a copy differs from its table.
        errors.SchemaError: a row that waits cannot be carried on as it is, because the table has changed.
    """
    new = [(bound, _described(bound, snapshot)) for bound in sets]
    create(database, [stored for _, stored in new])
    copying = ",\n".join(_copying(bound, stored) for bound, stored in new)
    database.execute(statement(__name__, "copy_all", copying=copying))
    sums = _both(database, [_digest_of_source(bound) for bound, _ in new], [_digest_of_copy(each) for _, each in new])
    counts: dict[str, int] = {}
    for (bound, stored), (original, copy) in zip(new, sums, strict=True):
        if copy != original:
            raise errors.DamagedSnapshotError(f"The copy of {bound.name} differs from the table; nothing was kept.")
        carry = carries.get(bound.name, Carry())
        counts[bound.name] = original[0] + carry.count
        if carry.rows and bound.name in older:
            _carry(database, bound, stored, older[bound.name], carry, original[0])
        if carry.anchors:
            parts = {"rows": identifier(stored.rows_table), "anchors": carry.anchors.text, **bound.parts}
            database.execute(statement(__name__, "anchor_rows", **parts), carry.anchors.parameters)
    texts, teams = [_digest_of_copy(each, _GUARDS) for _, each in new], [_count_of_teams(*each) for each in new]
    return {
        stored.name: replace(
            stored,
            rows=counts[stored.name],
            carried=carries.get(stored.name, Carry()).count,
            teams=count,
            digest=digest,
        )
        for (_, stored), ((_, digest), (count, _)) in zip(new, _both(database, texts, teams), strict=True)
    }


def _both(database: Database, first: Sequence[Query], second: Sequence[Query]) -> list[tuple[Row, Row]]:
    """Ask two questions about each set; both are answered by one row."""
    found = [row for (row,) in ask_each(database, [*first, *second])]
    return list(zip(found[: len(first)], found[len(first) :], strict=True))


def _described(bound: BoundSet, snapshot: str) -> StoredSet:
    kept = tuple(StoredColumn(each.name, each.type, stored_as(each)) for each in bound.stored)
    return StoredSet(bound.name, _definition(bound), kept, rows_table(snapshot, bound.name), 0, 0, 0, "")


def _copying(bound: BoundSet, stored: StoredSet) -> str:
    values = (f"t.{identifier(each.name)}{'' if each.stored_as == each.type else '::text'}" for each in stored.columns)
    return statement(
        __name__,
        "copy_rows",
        set=identifier(bound.name),
        rows=identifier(stored.rows_table),
        columns=columns(each.name for each in stored.columns),
        values=", ".join(values),
        **bound.parts,
    )


def fault(database: Database, sets: Sequence[StoredSet]) -> str:
    """Read copies back, compare them with what is known of them, and say what is first wrong; empty for whole ones."""
    there = _columns_of(database, sets)
    as_described = {
        stored.name: there[stored.name]
        == [*GUARD_COLUMNS, *((column.name, column.stored_as) for column in stored.columns)]
        for stored in sets
    }
    sums = digests(database, [stored for stored in sets if as_described[stored.name]])
    for stored in sets:
        if not there[stored.name]:
            return f"its table {stored.rows_table} is gone."
        if not as_described[stored.name]:
            return f"the columns of {stored.rows_table} were changed."
        if wrong := _difference(stored, *sums[stored.name]):
            return wrong
    return ""


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


def _definition(bound: BoundSet) -> dict[str, object]:
    return {
        "table": f"{bound.table.schema}.{bound.table.name}",
        "key": bound.key.name,
        "condition": bound.set.condition,
        "references": {each.column: str(each.target) for each in bound.references},
        "hangs_on": bound.references[0].column,
        "content": list(bound.content),
        "etl_deletes": bound.set.etl_deletes,
        **({"witness": True} if bound.set.companion else {}),
    }


def digests(database: Database, sets: Sequence[StoredSet]) -> dict[str, tuple[int, str]]:
    """Return, by set, how many rows copies have, and the digest over their texts with the guard's own columns."""
    found = ask_each(database, [_digest_of_copy(stored, _GUARDS) for stored in sets])
    return {stored.name: (count, digest) for stored, ((count, digest),) in zip(sets, found, strict=True)}


def _digest_of_copy(stored: StoredSet, besides: Sequence[str] = ()) -> Query:
    names = [*besides, *(column.name for column in stored.columns)]
    table = f"practice_guard.{identifier(stored.rows_table)}"
    return _digest(names, table, "true")


def _digest_of_source(bound: BoundSet) -> Query:
    return _digest([each.name for each in bound.stored], bound.parts["table"], bound.parts["condition"])


def _digest(names: Sequence[str], table: str, meeting: str) -> Query:
    as_text = columns(names, of="t", cast="::text")
    return Query(statement(__name__, "digest", table=table, columns=as_text, condition=meeting))


def _count_of_teams(bound: BoundSet, stored: StoredSet) -> Query:
    return Query(statement(__name__, "count_teams", rows=identifier(stored.rows_table), **bound.parts))

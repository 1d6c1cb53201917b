"""A set's rows copied into a snapshot's table, and read back to see whether they are whole."""

from __future__ import annotations

from dataclasses import dataclass, replace

from practice_guard.core import errors
from practice_guard.core.application import BoundSet
from practice_guard.core.database import Database, columns, identifier, statement
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
    text = statement(__name__, "create_rows", rows=identifier(stored.rows_table), definitions=definitions)
    database.execute(text)


def write(database: Database, bound: BoundSet, snapshot: str, older: StoredSet | None, carry: Carry) -> StoredSet:
    """Copy a set's rows into a table of the snapshot's own and carry over what still waits in an older snapshot.

    The copy is compared with its source, in rows and digest, before anything is carried into it.

    Raises:
        errors.DamagedSnapshotError: the copy differs from the table.
        errors.SchemaError: a row that waits cannot be carried on as it is, because the table has changed.
    """
    kept = tuple(StoredColumn(each.name, each.type, stored_as(each)) for each in bound.stored)
    stored = StoredSet(bound.name, _definition(bound), kept, rows_table(snapshot, bound.name), 0, 0, 0, "")
    create(database, stored)
    rows, names = identifier(stored.rows_table), [each.name for each in kept]
    values = ", ".join(f"t.{identifier(each.name)}{'' if each.stored_as == each.type else '::text'}" for each in kept)
    database.execute(statement(__name__, "copy_rows", rows=rows, columns=columns(names), values=values, **bound.parts))
    as_text = columns(names, of="t", cast="::text")
    original = database.execute(statement(__name__, "digest", columns=as_text, **bound.parts))[0]
    copy = {"table": f"practice_guard.{rows}", "condition": "true"}
    if database.execute(statement(__name__, "digest", columns=as_text, **copy))[0] != original:
        raise errors.DamagedSnapshotError(f"The copy of {bound.name} differs from the table; nothing was kept.")
    if carry.rows and older is not None:
        _carry(database, bound, stored, older, carry, original[0])
    if carry.anchors:
        keys, origins = zip(*carry.anchors, strict=True)
        text = statement(__name__, "anchor_rows", rows=rows, **bound.parts)
        database.execute(text, {"keys": list(keys), "origins": list(origins)})
    count = database.execute(statement(__name__, "count_teams", rows=rows, **bound.parts))[0][0]
    stored = replace(stored, rows=original[0] + len(carry.rows), carried=len(carry.rows), teams=count)
    return replace(stored, digest=digest(database, stored)[1])


def fault(database: Database, stored: StoredSet) -> str:
    """Read a copy back, compare it with what is known of it, and say what is wrong; empty for a whole one."""
    table = f"practice_guard.{identifier(stored.rows_table)}".replace("%%", "%")
    found = database.execute(statement(__name__, "stored_columns"), {"table": table})
    if not found:
        return f"its table {stored.rows_table} is gone."
    expected = [*GUARD_COLUMNS, *((column.name, column.stored_as) for column in stored.columns)]
    if found != expected:
        return f"the columns of {stored.rows_table} were changed."
    rows, sums = digest(database, stored)
    if rows < stored.rows:
        lost = stored.rows - rows
        return f"{lost:,} of {counted(stored.rows, 'row')} of {stored.name} {agreeing(lost, 'is', 'are')} lost."
    if rows > stored.rows:
        added = rows - stored.rows
        were = agreeing(added, "was", "were")
        return f"{counted(added, 'row')} {were} added to the {stored.rows:,} of {stored.name}."
    return f"rows of {stored.name} were changed." if sums != stored.digest else ""


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
    numbers, origins = zip(*sorted(carry.rows), strict=True)
    names = [column.name for column in common]
    parts = {"rows": identifier(stored.rows_table), "old_rows": identifier(older.rows_table)}
    places: dict[str, object] = {"rows": list(numbers), "numbers": list(range(last + 1, last + 1 + len(numbers)))}
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
    wait = agreeing(len(numbers), "waits for its team and cannot", "wait for their team and cannot")
    refusal = errors.SchemaError(
        f"{counted(len(numbers), 'row')} of {stored.name} {wait} be carried on unchanged, because "
        f"{stored.table} has changed: {changes}. Nothing was written.",
        next_steps=(
            Step("restore", "--dry-run", why="which rows they are"),
            Step("backup", "--accept-current", why="carry on what the table can still take"),
        ),
    )
    try:
        database.execute(text, {**places, "origins": list(origins)})
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
    if database.execute(alike, places)[0][0] != len(numbers):
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


def digest(database: Database, stored: StoredSet) -> tuple[int, str]:
    """Return how many rows a copy has, and the digest over their canonical texts with the guard's own columns."""
    names = [name for name, _ in GUARD_COLUMNS] + [column.name for column in stored.columns]
    text = statement(
        __name__,
        "digest",
        table=f"practice_guard.{identifier(stored.rows_table)}",
        columns=columns(names, of="t", cast="::text"),
        condition="true",
    )
    count, found = database.execute(text)[0]
    return count, found

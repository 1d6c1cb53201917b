"""Whether the rows of a table can be guarded: its kind, its key, and the columns that a set needs."""

from __future__ import annotations

import re
from collections.abc import Iterable

from practice_guard.core import errors
from practice_guard.core.application.catalog import Catalog, Column, Table
from practice_guard.core.application.protected import BUILT_IN, ProtectedSet
from practice_guard.core.database import Database, Query, ask_each, identifier, statement

WHOLE = ("smallint", "integer", "bigint")
"""Types that number rows."""

_OWN = re.compile(r"guard_(?:row|carried|from|known|all_known|plainly|there|protected|version|fault|goal\d*)")
"""What the guard's statements call columns of their own beside all of a table's."""

_NEEDED = ("practices", "practice_times")
"""What the guard is there for: never left out unless a person says so."""


def key_of(table: Table) -> Column | None:
    """Return the column that tells a table's rows apart; None where there is none.

    It is the primary key; else a whole number, never NULL, that is a unique key alone; else the one of the primary
    key's columns that a sequence numbers, as where a table is in parts by date. Then nothing forbids that a number
    stands twice, which `check_told_apart` looks for.
    """
    if alone := _alone(table):
        return alone
    numbered = [name for name in table.primary_key if table.columns[name].sequence]
    return table.columns[numbered[0]] if len(numbered) == 1 else None


def _alone(table: Table) -> Column | None:
    if len(table.primary_key) == 1:
        return table.columns[table.primary_key[0]]
    unique = [key.columns[0] for key in table.unique_keys if key.usable and len(key.columns) == 1]
    named = [table.columns[name] for name in unique if name is not None]
    numbers = [column for column in named if column.not_null and column.base in WHOLE]
    return min(numbers, key=lambda column: (column.name not in table.primary_key, column.name), default=None)


def fault(protected: ProtectedSet, catalog: Catalog) -> str:
    """Say why rows of a set cannot be guarded in the table that is there; nothing where they can."""
    columns = [each.column for each in protected.references]
    try:
        table = catalog.table(protected.table, columns[0], *protected.content)
    except errors.SchemaError as error:
        return error.message
    key = key_of(table)
    if key is None:
        return without_key(table)
    for name in (key.name, *columns, *protected.content, *([protected.label] if protected.label else [])):
        if name in table.columns and table.columns[name].generated:
            return (
                f"{table.qualified}.{name} ({table.columns[name].type}) is generated, so that no snapshot "
                "keeps it, and the set needs it."
            )
    for name in columns:
        if name in table.columns and not points(table.columns[name]):
            return (
                f"{table.qualified}.{name} is {table.columns[name].type}; what points at teams, leagues or "
                "other rows is a whole number."
            )
    return _odd_name(table) or inherited(table)


def without_key(table: Table) -> str:
    """Say that nothing tells the rows of a table apart."""
    return (
        f"{table.qualified} has no primary key of one column, and none in which a sequence numbers the "
        "rows; its rows cannot be told apart."
    )


def points(column: Column) -> bool:
    """Whether a column can hold the number of another row."""
    return column.base in WHOLE or column.base.startswith("numeric")


def inherited(table: Table) -> str:
    """Say why rows of a table that others inherit cannot be guarded; nothing where it has no heirs."""
    if not table.heirs:
        return ""
    heirs = [f"{name} (with {', '.join(own)})" if own else name for name, own in table.heirs]
    without = "without what it has alone, " if any(own for _, own in table.heirs) else ""
    return (
        f"{table.qualified} is inherited by {', '.join(heirs)}: a row of an heir would be put back {without}"
        f"in {table.name} itself, and its key may stand in both. Partitions are guarded."
    )


def _odd_name(table: Table) -> str:
    named = next((name for name in table.columns if _OWN.fullmatch(name)), "")
    return (
        f"{table.qualified} has a column {named}, which the guard needs for itself: call it otherwise." if named else ""
    )


def may_be_left_out(protected: ProtectedSet) -> bool:
    """Whether a set is left out where its rows cannot be guarded: built in, and none that the guard is there for."""
    return _is_built_in(protected) and protected.name not in _NEEDED


def _is_built_in(protected: ProtectedSet) -> bool:
    """Whether the guard knows a set by itself and nobody has said anything of it."""
    return protected.source == "built in" and protected.name in {each.name for each in BUILT_IN}


def refuse(protected: ProtectedSet, why: str) -> errors.SchemaError:
    """Make the error that says why a set cannot be guarded, and the way out."""
    way = "take it out of practice_guard.toml"
    if _is_built_in(protected):
        way = f'leave it out, with not_protected = ["{protected.name}"] in practice_guard.toml'
    return errors.SchemaError(why, next_steps=(f"Change the table, or {way}: nobody guards its rows then.",))


def check_told_apart(database: Database, sets: Iterable[tuple[ProtectedSet, Table, Column]]) -> None:
    """Find out whether keys stand once in their tables where no unique key says so; else there is nothing to ask.

    Raises:
        errors.SchemaError: one stands twice.
    """
    loose = [each for each in sets if _alone(each[1]) is None]
    texts = [statement(__name__, "doubled", key=identifier(key.name), table=table.quoted) for _, table, key in loose]
    for (protected, table, key), rows in zip(loose, ask_each(database, [Query(text) for text in texts]), strict=True):
        if rows:
            named = f"{table.qualified}.{key.name} ({key.type})"
            raise refuse(
                protected, f"{named} is {rows[0][0]} in more than one row; the rows cannot be told apart by it."
            )

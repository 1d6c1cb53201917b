"""What users declare an import to renumber, held against a database before it is used."""

from __future__ import annotations

from typing import NoReturn

from practice_guard.core.application.catalog import Catalog, Table
from practice_guard.core.application.declared import Declared
from practice_guard.core.application.declared_parents import FIELDS
from practice_guard.core.application.parents import TEAMS, Parent
from practice_guard.core.application.protected import Reference
from practice_guard.core.application.shapes import as_its_key, inherited, may_lead, numbers_rows
from practice_guard.core.database import Access, Database, columns, identifier, statement
from practice_guard.core.errors import SchemaError, UsageError
from practice_guard.core.words import counted, near

_LONGEST = 60
"""Letters of a value that an example shows."""


def check(database: Database, catalog: Catalog, declared: Declared, *, apart: bool) -> None:
    """Hold the declared parents against a database. Opens transactions of its own, in which nothing can be written.

    Args:
        database: the application's.
        catalog: its schema.
        declared: what a settings file says.
        apart: ask whether the columns that say what a row is tell all rows apart.

    Raises:
        UsageError: a table or column is not there or of the wrong kind, or rows cannot be told apart; says file and
            line, and what there is.
    """
    for each in declared.parents:
        table = _table(catalog, declared, each)
        _check_columns(catalog, declared, each, table)
        if apart:
            _check_apart(database, declared, each, table)


def leads_elsewhere(catalog: Catalog, table: str, column: str, said: str) -> str:
    """Return the table that a column's foreign keys lead to, where none of them leads to the one that is said."""
    found = [
        key.parent
        for key in catalog.tables[table].foreign_keys
        for own, theirs in key.pairs
        if own == column
        and key.parent in catalog.tables
        and (key.single or (theirs,) == catalog.tables[key.parent].primary_key)
    ]
    whole = [each for each in found if not catalog.tables[each].is_part]
    return "" if said in found or not whole else whole[0]


def right_word(declared: Declared, column: str, table: str) -> str:
    """Say how a set points at a table: by the field of a parent, or in `points_at`."""
    names = {each.table: each.name for each in declared.every_parent}
    sets = {each.table: each.name for each in declared.everything}
    if table not in names | sets:
        return f"declare {table} as a [[parent]], with the columns that say what a row is, or as a [[protected]] set"
    name = names.get(table) or sets[table]
    built_in = table in names and name in ("teams", "leagues", "clubs", "series", "players")
    return f'write {name} = ["{column}"]' if built_in else f'write points_at = {{ {column} = "{name}" }}'


def _refuse(declared: Declared, each: Parent, of: str, what: str) -> NoReturn:
    place = declared.lines.get((each.name, of)) or declared.lines[each.name, ""]
    raise UsageError(f"{place}: {what.rstrip('.')}. Nothing was done.")


def _table(catalog: Catalog, declared: Declared, each: Parent) -> Table:
    """Return a parent's table, whose rows a whole number, a uuid or a text tells apart."""
    try:
        table = catalog.table(each.table)
    except SchemaError as error:
        _refuse(declared, each, "table", error.message)
    keys = [table.columns[name] for name in table.primary_key]
    if len(keys) != 1 or not numbers_rows(keys[0]):
        kinds = ", ".join(f"{key.name} ({key.type})" for key in keys)
        there = f"its primary key is {kinds}" if keys else "it has no primary key"
        what = f"what points at rows of {each.table} cannot be followed: {there}"
        _refuse(declared, each, "table", f"{what}; a parent needs one of one column, a whole number, a uuid or a text")
    if heirs := inherited(table):
        _refuse(declared, each, "table", heirs)
    return table


def _check_columns(catalog: Catalog, declared: Declared, each: Parent, table: Table) -> None:
    leads = dict(each.leads)
    tables = {parent.name: parent.table for parent in declared.every_parent}
    parents = {parent.table: parent.name for parent in declared.every_parent}
    for name in each.same:
        of = _field_of(declared, each, name)
        if name not in table.columns:
            what = f"the table {table.qualified} has no column {name}{near(name, table.columns)}"
            _refuse(declared, each, of, f"{what}; it has {', '.join(table.columns)}")
        column = table.columns[name]
        if column.generated:
            what = f"{each.table}.{name} ({column.type}) is generated, so that no snapshot keeps it"
            _refuse(declared, each, of, f"{what}; name the columns that it is made of")
        if (name,) == table.primary_key:
            what = f"{each.table}.{name} is the primary key, which an import makes anew"
            _refuse(declared, each, of, f"{what}: it says nothing of what a row is")
        led = Reference(name, next((one for one in declared.every_parent if one.name == leads.get(name)), TEAMS))
        if name in leads and not may_lead(column, led, catalog):
            kind = as_its_key(led, catalog)
            _refuse(declared, each, of, f"{each.table}.{name} is {column.type}; what leads to {leads[name]} is {kind}")
        found = leads_elsewhere(catalog, each.table, name, tables[leads[name]] if name in leads else "")
        if found and (name in leads or found in parents):
            what = f"{each.table}.{name} has a foreign key to {found}"
            if found not in parents:
                _refuse(declared, each, of, f"{what}, which is no parent")
            said = f'{name} = "{parents[found]}"'
            word = f"points_at = {{ {said} }}" if name in FIELDS else said
            _refuse(declared, each, of, f"{what}, which an import renumbers too: write {word}")


def _field_of(declared: Declared, each: Parent, column: str) -> str:
    """Return the field that says most of a column of `same`, as far as the file has one."""
    if column not in FIELDS and (each.name, column) in declared.lines:
        return column
    return "points_at" if column in dict(each.leads) and (each.name, "points_at") in declared.lines else "same"


def _check_apart(database: Database, declared: Declared, each: Parent, table: Table) -> None:
    """Refuse columns that say the same of two rows; those of which they say nothing at all are nobody's."""
    text = statement(
        __name__,
        "alike",
        table=table.quoted,
        columns=columns(each.same, of="t", cast="::text"),
        any=" OR ".join(f"t.{identifier(name)} IS NOT NULL" for name in each.same),
    )
    with database.transaction(Access.READ):
        found = database.execute(text)
    if not found:
        return
    values, times = found[0]
    said = " and ".join(f"{name} {_shown(value)}" for name, value in zip(each.same, values, strict=True))
    what = f"the columns {', '.join(each.same)} do not tell the rows of {each.table} apart"
    _refuse(declared, each, "same", f"{what}: {counted(times, 'row')} have {said}; name more columns")


def _shown(value: str | None) -> str:
    if value is None:
        return "NULL"
    return repr(value if len(value) <= _LONGEST else f"{value[:_LONGEST]}…")

"""What users declare to be protected, held against a database before it is used.

A condition is trusted SQL: whoever writes the file decides what is protected. PostgreSQL itself parses it, and runs it
where nothing can be written; names of tables and columns are always quoted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import combinations
from typing import NoReturn

from practice_guard.core.application import catalog as catalogs
from practice_guard.core.application import elsewhere, parents_check
from practice_guard.core.application.catalog import SCHEMA, Catalog, Table
from practice_guard.core.application.declared import Declared
from practice_guard.core.application.leagues import NamedColumn
from practice_guard.core.application.parents import Parent
from practice_guard.core.application.protected import BUILT_IN, ProtectedSet, Reference
from practice_guard.core.application.shapes import (
    A_NUMBER,
    WHOLE,
    as_its_key,
    inherited,
    key_of,
    may_lead,
    without_key,
)
from practice_guard.core.database import Access, Database, condition, statement
from practice_guard.core.errors import DatabaseError, GuardError, SchemaError, UsageError
from practice_guard.core.words import agreeing, counted, near

_FAULTS = re.compile(r"(?!42501)(0A|21|22|25006|42|P0)")
"""SQLSTATEs that are the condition's fault: its syntax, names, types and values, and that it writes."""


def check_declared(database: Database, declared: Declared, schema: str = SCHEMA, *, apart: bool = True) -> None:
    """Find out whether what is declared is there. Opens transactions of its own, in which nothing can be written.

    Args:
        database: the application's.
        declared: what a settings file says.
        schema: the application's schema.
        apart: ask whether the rows of a parent can be told apart. After an import, two that cannot are no reason to
            leave all other rows as it left them.

    Raises:
        UsageError: a table or column is unknown or of the wrong type, a column leads elsewhere than is said, a
            condition cannot be parsed, writes, or takes rows that another set has; says file, line and the nearest name
            there is.
    """
    if not (declared.described or declared.columns or declared.parents):
        return
    with database.transaction(Access.READ):
        catalog = catalogs.read(database, schema, declared.every_parent, (each.table for each in declared.everything))
        elsewhere.check(database, catalog, declared)
    parents_check.check(database, catalog, declared, apart=apart)
    for column in declared.columns:
        if not catalog.has("teams"):
            raise UsageError(f"{column.place}: there is no table {catalog.schema}.teams. Nothing was done.")
        _check_named(catalog.table("teams"), column)
    for each in declared.described:
        _check_columns(catalog, declared, each)
        _check_leads(catalog, declared, each)
        _check_condition(database, catalog, declared, each)
    for one, other in combinations(_there(catalog, declared.everything), 2):
        if one.table == other.table and other in declared.described:
            _check_apart(database, catalog, declared, one, other)


def _check_named(teams: Table, named: NamedColumn) -> None:
    """Refuse a column of `teams` that a league's section names and that is not there, or says no yes or no."""
    table, what = teams.qualified, ""
    if named.name not in teams.columns:
        what = f"the table {table} has no column {named.name}{near(named.name, teams.columns)}"
    elif named.of == "active" and (found := teams.columns[named.name]).base != "boolean":
        what = f"{table}.{named.name} is {found.type}; what says whether a team still plays is true or false"
    if what:
        raise UsageError(f"{named.place}: {what}. Nothing was done.")


def _there(catalog: Catalog, sets: Iterable[ProtectedSet]) -> list[ProtectedSet]:
    return [each for each in sets if each.table in catalog.tables]


def _refuse(declared: Declared, name: str, of: str, what: str) -> NoReturn:
    place = declared.lines.get((name, of)) or declared.lines[name, ""]
    raise UsageError(f"{place}: {what.rstrip('.')}. Nothing was done.")


def _check_columns(catalog: Catalog, declared: Declared, each: ProtectedSet) -> None:
    try:
        table = catalog.table(each.table)
    except SchemaError as error:
        _refuse(declared, each.name, "table", error.message)
    columns = [one.column for one in each.references]
    key = key_of(table, columns)
    if key is None:
        _refuse(declared, each.name, "table", without_key(table, columns))
    if heirs := inherited(table):
        _refuse(declared, each.name, "table", heirs)
    fields = {
        one.column: _field_of(declared, each, one) for one in each.references if _meant(declared, table, each, one)
    }
    fields |= dict.fromkeys(each.points_at, "points_at")
    others = dict.fromkeys(each.content, "same") | ({each.label: "label"} if each.label else {})
    stamped = dict.fromkeys(sorted(each.set_by_triggers), "set_by_triggers")
    for name, of in {**stamped, **others, **fields}.items():
        if name not in table.columns:
            what = f"the table {table.qualified} has no column {name}{near(name, table.columns)}"
            _refuse(declared, each.name, of, what)
    for name, of in {key.name: "table", **others}.items():
        if table.columns[name].generated:
            what = f"{each.table}.{name} ({table.columns[name].type}) is generated, so that no snapshot keeps it"
            _refuse(declared, each.name, of, f"{what}; name the columns that it is made of" if of == "same" else what)
    for name in stamped.keys() & {*table.primary_key, *fields, *each.content}:
        what = f"{each.table}.{name} says which row it is or where it belongs; triggers cannot be let set it"
        _refuse(declared, each.name, "set_by_triggers", what)
    led = {one.column: one for one in each.references}
    for name, of in fields.items():
        _check_number(catalog, declared, each, table, led.get(name) or Reference(name, each.name), of)


def _meant(declared: Declared, table: Table, each: ProtectedSet, reference: Reference) -> bool:
    """Whether a reference must be there: what a built-in set has of its own counts where its table has the column."""
    said = (each.name, _field_of(declared, each, reference)) in declared.lines
    own = {one.column for built_in in BUILT_IN if built_in.name == each.name for one in built_in.references}
    return said or reference.column not in own or reference.column in table.columns


def _field_of(declared: Declared, each: ProtectedSet, reference: Reference) -> str:
    """Return the field that names a reference's column, as far as the file has one."""
    target = str(reference.target)
    first = reference == each.references[0] and (each.name, "parent_column") in declared.lines
    if reference.parent is not None or first:
        return "parent_column"
    return target if (each.name, target) in declared.lines else "points_at"


def _check_leads(catalog: Catalog, declared: Declared, each: ProtectedSet) -> None:
    """Refuse a column whose foreign keys lead elsewhere than the file says: its rows would be pointed at others."""
    tables = {other.name: other.table for other in declared.everything}
    for reference in each.references:
        target = reference.target
        said = target.table if isinstance(target, Parent) else tables.get(target, "")
        if found := parents_check.leads_elsewhere(catalog, each.table, reference.column, said):
            what = f"{each.table}.{reference.column} has a foreign key to {found}"
            word = parents_check.right_word(declared, reference.column, found)
            _refuse(declared, each.name, _field_of(declared, each, reference), f"{what}: {word}")
    for column, of in each.points_at.items():
        if found := parents_check.leads_elsewhere(catalog, each.table, column, tables[of]):
            word = parents_check.right_word(declared, column, found)
            what = f"{each.table}.{column} has a foreign key to {found}"
            _refuse(declared, each.name, "points_at", f"{what}: {word}")


def _check_number(
    catalog: Catalog, declared: Declared, each: ProtectedSet, table: Table, reference: Reference, of: str
) -> None:
    name = reference.column
    found, kind = table.columns[name], as_its_key(reference, catalog)
    fits = found.base in WHOLE if kind == A_NUMBER else may_lead(found, reference, catalog)
    if not fits or found.generated:
        is_now = "generated" if found.generated else found.type
        what = "other rows" if of in ("parent_column", "points_at") else of
        _refuse(declared, each.name, of, f"{each.table}.{name} is {is_now}; what points at {what} is {kind}")


def _check_condition(database: Database, catalog: Catalog, declared: Declared, each: ProtectedSet) -> None:
    """Have PostgreSQL parse and run a condition where nothing can be written, in a transaction of its own."""
    text = statement(
        __name__, "try_condition", table=catalog.table(each.table).quoted, condition=condition(each.condition)
    )
    try:
        with database.transaction(Access.READ):
            database.execute(text)
    except (DatabaseError, SchemaError) as error:
        state = str(error.data.get("sqlstate") or "")
        if not _FAULTS.match(state):
            raise
        hint = _near_column(catalog, each, error)
        _refuse(declared, each.name, "condition", f"the condition of {each.name} does not work{hint}: {error.message}")


def _near_column(catalog: Catalog, each: ProtectedSet, error: GuardError) -> str:
    found = re.search(r'column (?:"([^"]+)"|(\S+)) does not exist', error.message)
    if not found:
        return ""
    name = (found[1] or found[2]).rpartition(".")[2].strip('"')
    return near(name, catalog.table(each.table).columns)


def _check_apart(
    database: Database, catalog: Catalog, declared: Declared, one: ProtectedSet, other: ProtectedSet
) -> None:
    """Refuse two sets that have a row in common: both would put it back where the table was emptied."""
    text = statement(
        __name__,
        "in_both",
        table=catalog.table(other.table).quoted,
        one=condition(one.condition),
        other=condition(other.condition),
    )
    with database.transaction(Access.READ):
        both = database.execute(text)[0][0]
    if both:
        rows = f"{counted(both, 'row')} of {other.table} {agreeing(both, 'is', 'are')}"
        what = f"{rows} in {one.name} and in {other.name}; a row can be in one of them"
        _refuse(declared, other.name, "condition", what)

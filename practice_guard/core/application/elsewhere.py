"""What settings name in other schemas than the application's, held against a database before it is used."""

from __future__ import annotations

from practice_guard.core.application.catalog import Catalog
from practice_guard.core.application.declared import Declared
from practice_guard.core.application.rights import Lacking, Right, Wanted, grants, lacking
from practice_guard.core.database import Database, statement
from practice_guard.core.errors import AccessError, UsageError
from practice_guard.core.words import near

_OWN = "practice_guard"


def check(database: Database, catalog: Catalog, declared: Declared) -> None:
    """Find out whether the tables of other schemas that settings name are there, and whether this role may read them.

    Args:
        database: in an open transaction. Nothing is asked of it where settings name no other schema.
        catalog: its schema.
        declared: what a settings file says.

    Raises:
        UsageError: a schema or table is not there; says file, line and the nearest name there is.
        AccessError: rights to read one are missing; says which, and what grants them.
    """
    named = [(each.name, each.table) for each in declared.parents]
    named += [(each.name, each.table) for each in declared.described]
    for name, table in named:
        if "." in table and table not in catalog.tables:
            what = _missing(database, catalog, table)
            place = declared.lines.get((name, "table")) or declared.lines[name, ""]
            raise UsageError(f"{place}: {what}. Nothing was done.")
    meant = {table for _, table in named}
    tables = [each for each in catalog.elsewhere if each.name in meant and each.kind in "rp"]
    if tables and (missing := lacking(database, [Wanted("table", "SELECT", each.oid) for each in tables])):
        raise _refused(missing)


def _refused(missing: Lacking) -> AccessError:
    return AccessError(
        f"This role may not read what the settings name in other schemas; it lacks {_listed(missing.rights)}. "
        "Nothing was done.",
        next_steps=tuple(grants(missing)),
    )


def _listed(rights: tuple[Right, ...]) -> str:
    return ", ".join(map(str, rights))


def _missing(database: Database, catalog: Catalog, table: str) -> str:
    """Say what there is not, and what is called most like it."""
    rows: list[tuple[str, list[str]]] = [
        (schema, names) for schema, names in database.execute(statement(__name__, "schemas"))
    ]
    there = dict(rows)
    fitting = [schema for schema in there if table.startswith(f"{schema}.")]
    if table.startswith((f"{_OWN}.", "pg_", "information_schema.")):
        schema = table.partition(".")[0]
        return f"{table} is no table of an application: the schema {schema} is {_whose(schema)} own"
    if not fitting:
        names = [*there, *(f"{schema}.{name}" for schema, names in there.items() for name in names)]
        schema = table.partition(".")[0]
        nearest = near(schema, there) or near(table, (*names, *catalog.tables))
        return f"there is no schema {schema}, and no table {catalog.schema}.{table}{nearest}"
    schema = max(fitting, key=len)
    return f"there is no table {table}{near(table, [f'{schema}.{name}' for name in there[schema]])}"


def _whose(schema: str) -> str:
    return "the guard's" if schema == _OWN else "PostgreSQL's"

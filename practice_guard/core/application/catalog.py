"""What the database has: tables, columns, keys, and who references teams and leagues."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from practice_guard.core import errors
from practice_guard.core.application.keys import Exclusion, ForeignKey, UniqueKey
from practice_guard.core.application.parents import BUILT_IN_PARENTS, LEAGUES, TEAMS, Parent
from practice_guard.core.database import PUBLIC, Database, identifier, statement
from practice_guard.core.words import near

REQUIRED = {
    "leagues": ("id", "league_id"),
    "clubs": ("id", "name"),
    "series": ("id", "name"),
    "teams": ("id", "club_id", "series_id", "league_id", "team_name"),
    "schedule": ("id", "home_team", "home_team_id", "league_id", "match_date", "match_time", "location"),
}
"""Tables and columns without which a league cannot be guarded; every other table is optional."""

ETL_TABLES = frozenset(
    {
        "leagues", "clubs", "series", "club_leagues", "series_leagues", "teams",
        "players", "series_stats", "match_scores", "player_history", "schedule",
    }
)  # fmt: skip
"""What the nightly ETL deletes and imports again (rally-database, "What the ETL does")."""


_NO_NUMBERS = ("uuid", "text", "character", "bytea", "bit", "boolean", "date", "time", "interval", "json", "inet")
"""How types are called that are no numbers."""

SCHEMA = PUBLIC
"""The schema of the application's tables where nothing else is said."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column; `built_in` is false for a type that a DROP TYPE could take away, `sequence` is what numbers it.

    `under` is the type that a domain is made of; `loose` where texts of other letters count as the same.
    """

    name: str
    type: str
    not_null: bool
    generated: bool
    identity: str
    has_default: bool
    built_in: bool
    sequence: str | None = None
    under: str | None = None
    loose: bool = False

    @property
    def base(self) -> str:
        """Its type, or what the domain that it is of is made of."""
        return self.under or self.type

    @property
    def is_moment(self) -> bool:
        """Whether it says when something was: a time without a zone may be hours from the server's clock."""
        return self.type == "timestamp with time zone"


@dataclass(frozen=True, slots=True)
class Trigger:
    """A trigger that users made. `kind` is PostgreSQL's `tgtype`; `certain` when it surely lets no row through."""

    name: str
    enabled: bool
    kind: int
    certain: bool

    @property
    def fires(self) -> bool:
        """Whether it fires when rows are put in or changed."""
        return self.enabled and bool(self.kind & (_ON_INSERT | _ON_UPDATE))

    @property
    def on_delete(self) -> bool:
        """Whether it fires when rows are removed."""
        return self.enabled and bool(self.kind & _ON_DELETE)

    @property
    def each_row(self) -> bool:
        """Whether it fires for each row, and so may change it."""
        return self.fires and bool(self.kind & _EACH_ROW)

    @property
    def before(self) -> bool:
        """Whether it fires before each row is written, so that it may swallow it too."""
        return self.each_row and bool(self.kind & _BEFORE)

    @property
    def on_insert(self) -> bool:
        """Whether it fires when rows are put in."""
        return bool(self.kind & _ON_INSERT)

    @property
    def on_update(self) -> bool:
        """Whether it fires when rows are changed."""
        return bool(self.kind & _ON_UPDATE)


_EACH_ROW, _BEFORE, _ON_INSERT, _ON_DELETE, _ON_UPDATE = 1, 2, 4, 8, 16


@dataclass(frozen=True, slots=True)
class RewriteRule:
    """A rule that rewrites what puts rows in or changes them; `certain` when it does something else instead, always."""

    name: str
    on_insert: bool
    on_update: bool
    certain: bool


@dataclass(frozen=True, slots=True)
class Table:
    """A relation of the application's schema, or of another. `kind` is PostgreSQL's letter; r and p are tables.

    `name` is what settings and messages call it: with the schema before a dot where that is not the application's.
    `is_part` where it is a partition of another; `heirs` inherit it and are none, each with the columns of its own.
    `computed` are generated columns and indexes whose expressions may fail for a row, `of_parts` the rules that only
    some of its parts have: each with its kind and name. `rights` are those of SELECT, UPDATE and INSERT that this role
    has, SELECT only where it sees all rows.
    """

    schema: str
    name: str
    oid: int
    kind: str
    row_security: bool
    primary_key: tuple[str, ...]
    columns: Mapping[str, Column]
    foreign_keys: tuple[ForeignKey, ...] = ()
    unique_keys: tuple[UniqueKey, ...] = ()
    triggers: tuple[Trigger, ...] = ()
    checks: tuple[str, ...] = ()
    rules: tuple[RewriteRule, ...] = ()
    is_part: bool = False
    heirs: tuple[tuple[str, tuple[str, ...]], ...] = ()
    exclusions: tuple[Exclusion, ...] = ()
    computed: tuple[str, ...] = ()
    of_parts: tuple[str, ...] = ()
    rights: frozenset[str] = frozenset(("SELECT", "UPDATE", "INSERT"))
    elsewhere: bool = False

    @property
    def relation(self) -> str:
        """What PostgreSQL calls it within its schema."""
        return self.name[len(self.schema) + 1 :] if self.elsewhere else self.name

    @property
    def qualified(self) -> str:
        """Its name with the schema, as people write it."""
        return self.name if self.elsewhere else f"{self.schema}.{self.name}"

    @property
    def untold(self) -> tuple[str, ...]:
        """Its rules of which only a write shows what they say of a row, each with its kind and name."""
        unique = (
            f"UNIQUE {each.name}"
            for each in self.unique_keys
            if each.valid and (each.partial or each.nulls_alike or None in each.columns)
        )
        triggers = (f"TRIGGER {each.name}" for each in self.triggers if each.fires)
        rules = (f"RULE {each.name}" for each in self.rules)
        return (*self.checks, *unique, *triggers, *rules, *self.computed, *self.of_parts)

    @property
    def untold_of_removal(self) -> tuple[str, ...]:
        """The same of what removes a row."""
        return tuple(f"TRIGGER {each.name}" for each in self.triggers if each.on_delete)

    @property
    def quoted(self) -> str:
        """The qualified name, ready for a statement."""
        return identifier(self.schema, self.relation)

    @property
    def stored(self) -> tuple[Column, ...]:
        """The columns that hold values of their own: generated ones are computed from them."""
        return tuple(column for column in self.columns.values() if not column.generated)


@dataclass(frozen=True, slots=True)
class Catalog:
    """The application's schema as it was when read; `declared` are the parents that settings add, as far as there.

    `tables` has that schema's by their own names, and those of other schemas that settings name as `schema.table`;
    foreign keys call them so too.
    """

    schema: str
    tables: Mapping[str, Table]
    declared: tuple[Parent, ...] = ()

    @property
    def etl_tables(self) -> frozenset[str]:
        """The tables that the import deletes and writes again: a league's, and those of declared parents."""
        of_league = ETL_TABLES if self.is_of_league else frozenset()
        return of_league | {each.table for each in self.declared}

    @property
    def is_of_league(self) -> bool:
        """Whether it is a league's; without teams all that there is to guard hangs on declared parents.

        A league whose teams somebody dropped is no shop: most of what a league must have is there then.
        """
        there = sum(self.has(name) for name in REQUIRED)
        return not self.declared or self.has(TEAMS.table) or 2 * there > len(REQUIRED)

    def has(self, table: str, *columns: str) -> bool:
        """Whether there is such a table (not a view) with all these columns."""
        found = self.tables.get(table)
        return found is not None and found.kind in "rp" and all(column in found.columns for column in columns)

    @property
    def elsewhere(self) -> tuple[Table, ...]:
        """The relations of other schemas that settings name."""
        return tuple(table for table in self.tables.values() if table.elsewhere)

    def table(self, name: str, *columns: str) -> Table:
        """Return a table that must be there with these columns.

        Raises:
            errors.SchemaError: it is missing, is no table, or lacks a column; says the nearest name there is.
        """
        found = self.tables.get(name)
        if found is None:
            raise errors.SchemaError(
                f"The table {name if '.' in name else f'{self.schema}.{name}'} does not exist in this database"
                f"{near(name, self.tables)}.",
                next_steps=(
                    "Aim at the environment that has it, with --env; or name its schema in PRACTICE_GUARD_SCHEMA.",
                ),
            )
        if found.kind not in "rp":
            kind = {"v": "a view", "m": "a materialized view", "f": "a foreign table"}[found.kind]
            raise errors.SchemaError(f"{found.qualified} is {kind}, not a table; its rows cannot be guarded.")
        for column in columns:
            if column not in found.columns:
                raise errors.SchemaError(
                    f"The table {found.qualified} has no column {column}{near(column, found.columns)}.",
                    next_steps=(f"\\d {found.quoted}   -- in psql: the columns that it has",),
                )
        return found


def read(
    database: Database, schema: str = SCHEMA, parents: Iterable[Parent] = (), tables: Iterable[str] = ()
) -> Catalog:
    """Read the application's schema, and what settings name in others.

    Args:
        database: where.
        schema: its name.
        parents: what an import renumbers; where settings add to it, there need be no teams.
        tables: the tables of protected sets; those of other schemas have theirs before a dot.

    Raises:
        errors.SchemaError: a required table or column is missing, or is not a table, or a table of the same name
            stands earlier in the role's search path and would be met by the application instead.
    """
    parents, tables = tuple(parents), tuple(tables)
    named = {*tables, *(each.table for each in parents)}
    catalog, hidden = _read(database, schema, parents, tables)
    for name, needed in REQUIRED.items() if catalog.is_of_league else ():
        catalog.table(name, *needed)
    for parent in (TEAMS, LEAGUES):
        if catalog.has(parent.table, "id"):
            _check_numbered(catalog.tables[parent.table])
    for name, other in hidden.items():
        if name not in named and other in catalog.tables:
            continue  # settings name the one that is met, and not the one that is hidden
        raise errors.SchemaError(
            f"{other} stands before {schema}.{name} in this role's search path: the application and the guard "
            "would not see the same table."
        )
    return catalog


def as_it_is(
    database: Database, schema: str = SCHEMA, parents: Iterable[Parent] = (), tables: Iterable[str] = ()
) -> Catalog:
    """Read what `read` does, whatever is missing in it: to be looked at, not to be guarded."""
    return _read(database, schema, tuple(parents), tables)[0]


def _read(
    database: Database, schema: str, parents: Sequence[Parent], tables: Iterable[str]
) -> tuple[Catalog, dict[str, str]]:
    """Return what there is, and by a table's name what stands before it in the role's search path."""
    named = {*tables, *(each.table for each in parents)}
    asked = {"schema": schema, "others": sorted(name for name in named if "." in name)}
    found: dict[str, Table] = {}
    hidden: dict[str, str] = {}
    for of, name, *table, other in database.execute(statement(__name__, "catalog"), asked):
        found[name] = replace(_table(of or schema, name, *table), elsewhere=of is not None)
        if other is not None:
            hidden[name] = other
    built_in = {each.name for each in BUILT_IN_PARENTS}
    catalog = Catalog(schema, found)
    declared = tuple(each for each in parents if each.name not in built_in and catalog.has(each.table))
    return replace(catalog, declared=declared), hidden


def _check_numbered(table: Table) -> None:
    """Refuse ids that are no numbers: a snapshot knows teams and leagues by numbers, and so do their imports."""
    kind = table.columns["id"].base
    if kind.startswith(_NO_NUMBERS):
        raise errors.SchemaError(
            f"{table.qualified}.id is of type {kind}; teams and leagues are known by whole numbers only, so "
            "that what hangs on them cannot be protected here."
        )


def _table(
    schema: str, name: str, oid: int, kind: str, row_security: bool, primary_key: Sequence[str] | None, *listed: str
) -> Table:
    columns, foreign_keys, unique_keys, triggers, checks, rules, family, more = map(json.loads, listed)
    (is_part, heirs, rights), (exclusions, computed, of_parts) = family, more
    return Table(
        schema, name, oid, kind, row_security, tuple(primary_key or ()), {each[0]: Column(*each) for each in columns},
        tuple(
            ForeignKey(each, of, tuple(own), to, on_delete, valid, enforced, tuple(theirs), late, identifier(*its))
            for each, of, own, to, on_delete, valid, enforced, theirs, late, *its in foreign_keys
        ),
        tuple(_unique_key(*each) for each in unique_keys),
        tuple(Trigger(*each) for each in triggers), tuple(checks), tuple(RewriteRule(*each) for each in rules),
        is_part, tuple((heir, tuple(own)) for heir, own in heirs),
        tuple(Exclusion(tuple(own), *rest) for own, *rest in exclusions), tuple(computed), tuple(of_parts),
        frozenset(rights),
    )  # fmt: skip


def _unique_key(name: str, keyed: Sequence[str | None], *rest: Any) -> UniqueKey:
    primary, valid, immediate, partial, operators, collations, nulls_alike = rest
    return UniqueKey(
        name, tuple(keyed), primary, valid, immediate, partial, tuple(operators), tuple(collations), nulls_alike
    )

"""What the database has: tables, columns, keys, and who references teams and leagues."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from practice_guard.core import errors
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

    `under` is the type that a domain is made of.
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

    @property
    def base(self) -> str:
        """Its type, or what the domain that it is of is made of."""
        return self.under or self.type

    @property
    def is_moment(self) -> bool:
        """Whether it says when something was: a time without a zone may be hours from the server's clock."""
        return self.type == "timestamp with time zone"


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """A foreign key. `on_delete` is PostgreSQL's letter: a, r, c(ascade), n(ull), d(efault)."""

    name: str
    table: str
    columns: tuple[str, ...]
    parent: str
    on_delete: str
    validated: bool
    enforced: bool
    parent_columns: tuple[str, ...]
    deferrable: bool = False

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """Its columns, each with the one of the parent that it must be found in."""
        return tuple(zip(self.columns, self.parent_columns, strict=True))

    @property
    def single(self) -> bool:
        """Whether one column alone leads to the parent."""
        return len(self.columns) == 1

    @property
    def leading(self) -> tuple[str, ...]:
        """The columns that say which row of the parent it is: the only one, or that with the parent's number."""
        return self.columns if self.single else tuple(own for own, theirs in self.pairs if theirs == "id")

    def leads(self, number: str, ours: Collection[str]) -> tuple[str, str] | None:
        """Return the pair of columns that says which row of the parent it is, beside columns that lead elsewhere.

        Args:
            number: the column that numbers the parent's rows.
            ours: the columns that lead elsewhere: a set's own references.

        Returns:
            that with the parent's number, or the only one; None where no column alone says it.
        """
        pairs = [pair for pair in self.pairs if pair[0] not in ours]
        numbered = [pair for pair in pairs if pair[1] == number]
        return numbered[0] if numbered else pairs[0] if len(pairs) == 1 else None


@dataclass(frozen=True, slots=True)
class UniqueKey:
    """A unique constraint or index; `usable` when valid, not deferrable and not partial, as ON CONFLICT needs it.

    `operators` say, column by column, when two values are the same, and `collations` under which one ("" for none):
    both as SQL that needs no search path.
    """

    name: str
    columns: tuple[str | None, ...]
    primary: bool
    valid: bool
    immediate: bool
    partial: bool
    operators: tuple[str, ...] = ()
    collations: tuple[str, ...] = ()
    nulls_alike: bool = False

    @property
    def usable(self) -> bool:
        """Whether INSERT … ON CONFLICT can rely on it."""
        return self.valid and self.immediate and not self.partial


@dataclass(frozen=True, slots=True)
class Exclusion:
    """What keeps rows apart and is none of the unique keys: an exclusion constraint, or a unique index of one part.

    `by_equality` where rows stand in each other's way only if all columns are the same; a column is None where it is
    an expression.
    """

    columns: tuple[str | None, ...]
    by_equality: bool
    immediate: bool


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
    """A relation of the application's schema. `kind` is PostgreSQL's letter; r and p are tables.

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
        return identifier(self.schema, self.name)

    @property
    def stored(self) -> tuple[Column, ...]:
        """The columns that hold values of their own: generated ones are computed from them."""
        return tuple(column for column in self.columns.values() if not column.generated)


@dataclass(frozen=True, slots=True)
class Catalog:
    """The application's schema as it was when read; `declared` are the parents that settings add, as far as there."""

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

    def table(self, name: str, *columns: str) -> Table:
        """Return a table that must be there with these columns.

        Raises:
            errors.SchemaError: it is missing, is no table, or lacks a column; says the nearest name there is.
        """
        found = self.tables.get(name)
        if found is None:
            raise errors.SchemaError(
                f"The table {self.schema}.{name} does not exist in this database{near(name, self.tables)}.",
                next_steps=(
                    "Aim at the environment that has it, with --env; or name its schema in PRACTICE_GUARD_SCHEMA.",
                ),
            )
        if found.kind not in "rp":
            kind = {"v": "a view", "m": "a materialized view", "f": "a foreign table"}[found.kind]
            raise errors.SchemaError(f"{self.schema}.{name} is {kind}, not a table; its rows cannot be guarded.")
        for column in columns:
            if column not in found.columns:
                raise errors.SchemaError(
                    f"The table {self.schema}.{name} has no column {column}{near(column, found.columns)}.",
                    next_steps=(f"\\d {found.quoted}   -- in psql: the columns that it has",),
                )
        return found


def read(database: Database, schema: str = SCHEMA, parents: Iterable[Parent] = ()) -> Catalog:
    """Read the application's schema.

    Args:
        database: where.
        schema: its name.
        parents: what an import renumbers; where settings add to it, there need be no teams.

    Raises:
        errors.SchemaError: a required table or column is missing, or is not a table, or a table of the same name
            stands earlier in the role's search path and would be met by the application instead.
    """
    catalog, hidden = _read(database, schema, parents)
    for name, needed in REQUIRED.items() if catalog.is_of_league else ():
        catalog.table(name, *needed)
    for parent in (TEAMS, LEAGUES):
        if catalog.has(parent.table, "id"):
            _check_numbered(catalog.tables[parent.table])
    for name, other in hidden.items():
        raise errors.SchemaError(
            f"{other} stands before {schema}.{name} in this role's search path: the application and the guard "
            "would not see the same table."
        )
    return catalog


def as_it_is(database: Database, schema: str = SCHEMA, parents: Iterable[Parent] = ()) -> Catalog:
    """Read the application's schema as `read` does, whatever is missing in it: to be looked at, not to be guarded."""
    return _read(database, schema, parents)[0]


def _read(database: Database, schema: str, parents: Iterable[Parent]) -> tuple[Catalog, dict[str, str]]:
    """Return the schema, and by a table's name what stands before it in the role's search path."""
    tables: dict[str, Table] = {}
    hidden: dict[str, str] = {}
    for name, *table, other in database.execute(statement(__name__, "catalog"), {"schema": schema}):
        tables[name] = _table(schema, name, *table)
        if other is not None:
            hidden[name] = other
    built_in = {each.name for each in BUILT_IN_PARENTS}
    catalog = Catalog(schema, tables)
    declared = tuple(each for each in parents if each.name not in built_in and catalog.has(each.table))
    catalog = replace(catalog, declared=declared)
    return catalog, hidden


def _check_numbered(table: Table) -> None:
    """Refuse ids that are no numbers: a snapshot knows teams and leagues by numbers, and so do their imports."""
    kind = table.columns["id"].base
    if kind.startswith(_NO_NUMBERS):
        raise errors.SchemaError(
            f"{table.schema}.{table.name}.id is of type {kind}; teams and leagues are known by whole numbers only, so "
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
            ForeignKey(each, of, tuple(own), parent, on_delete, validated, enforced, tuple(theirs), deferrable)
            for each, of, own, parent, on_delete, validated, enforced, theirs, deferrable in foreign_keys
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

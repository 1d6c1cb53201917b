"""What the database has: tables, columns, keys, and who references teams and leagues."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from practice_guard.core import errors
from practice_guard.core.database import Database, identifier, statement
from practice_guard.core.model import Text
from practice_guard.core.words import near

REQUIRED = {
    "leagues": ("id", "league_id"),
    "clubs": ("id", "name"),
    "series": ("id", "name"),
    "teams": ("id", "club_id", "series_id", "league_id", "team_name"),
    "schedule": ("id", "home_team", "home_team_id", "league_id", "match_date", "match_time", "location"),
}
"""Tables and columns without which the guard cannot work; every other table is optional."""

ETL_TABLES = frozenset(
    {
        "leagues", "clubs", "series", "club_leagues", "series_leagues", "teams",
        "players", "series_stats", "match_scores", "player_history", "schedule",
    }
)  # fmt: skip
"""What the nightly ETL deletes and imports again (rally-database, "What the ETL does")."""


class PointsAt(Text):
    """What a column points at."""

    TEAMS = "teams"
    LEAGUES = "leagues"


SCHEMA = "public"
"""The schema of the application's tables where nothing else is said."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column; `built_in` is false for a type that a DROP TYPE could take away, `sequence` is what numbers it."""

    name: str
    type: str
    not_null: bool
    generated: bool
    identity: str
    has_default: bool
    built_in: bool
    sequence: str | None = None


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """A single-column foreign key. `on_delete` is PostgreSQL's letter: a, r, c(ascade), n(ull), d(efault)."""

    name: str
    table: str
    column: str
    parent: str
    on_delete: str
    validated: bool
    enforced: bool
    parent_column: str


@dataclass(frozen=True, slots=True)
class UniqueKey:
    """A unique constraint or index; `usable` when valid, not deferrable and not partial, as ON CONFLICT needs it."""

    name: str
    columns: tuple[str | None, ...]
    primary: bool
    valid: bool
    immediate: bool
    partial: bool

    @property
    def usable(self) -> bool:
        """Whether INSERT … ON CONFLICT can rely on it."""
        return self.valid and self.immediate and not self.partial


@dataclass(frozen=True, slots=True)
class Table:
    """A relation of the application's schema. `kind` is PostgreSQL's letter; r and p are tables."""

    schema: str
    name: str
    oid: int
    kind: str
    row_security: bool
    primary_key: tuple[str, ...]
    columns: Mapping[str, Column]
    foreign_keys: tuple[ForeignKey, ...] = ()
    unique_keys: tuple[UniqueKey, ...] = ()
    triggers: tuple[tuple[str, bool], ...] = ()

    @property
    def quoted(self) -> str:
        """The qualified name, ready for a statement."""
        return identifier(self.schema, self.name)

    @property
    def stored(self) -> tuple[Column, ...]:
        """The columns that hold values of their own: generated ones are computed from them."""
        return tuple(column for column in self.columns.values() if not column.generated)


@dataclass(frozen=True, slots=True)
class Pointer:
    """A column that references teams or leagues, by foreign key or, where it has none, by its name."""

    table: str
    column: str
    target: PointsAt
    by_foreign_key: bool


@dataclass(frozen=True, slots=True)
class Catalog:
    """The application's schema as it was when read."""

    schema: str
    tables: Mapping[str, Table]

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

    def pointers(self) -> list[Pointer]:
        """Every column that references teams or leagues, by foreign key or by name, sorted by table and column."""
        found: dict[tuple[str, str], Pointer] = {}
        for table in self.tables.values():
            if table.kind not in "rp":
                continue
            for column in table.columns.values():
                target = _target_by_name(column)
                if target and table.name != target:
                    found[table.name, column.name] = Pointer(table.name, column.name, target, by_foreign_key=False)
            for key in table.foreign_keys:
                if key.parent in (PointsAt.TEAMS, PointsAt.LEAGUES):
                    pointer = Pointer(table.name, key.column, PointsAt(key.parent), by_foreign_key=True)
                    found[table.name, key.column] = pointer
        return [found[key] for key in sorted(found)]


def read(database: Database, schema: str = SCHEMA) -> Catalog:
    """Read the application's schema.

    Raises:
        errors.SchemaError: a required table or column is missing, or is not a table, or a table of the same name
            stands earlier in the role's search path and would be met by the application instead.
    """
    names = {"schema": schema}
    columns: defaultdict[str, dict[str, Column]] = defaultdict(dict)
    for table, *column in database.execute(statement(__name__, "columns"), names):
        columns[table][column[0]] = Column(*column)
    foreign_keys: defaultdict[str, list[ForeignKey]] = defaultdict(list)
    for row in database.execute(statement(__name__, "foreign_keys"), names):
        key = ForeignKey(*row)
        foreign_keys[key.table].append(key)
    unique_keys: defaultdict[str, list[UniqueKey]] = defaultdict(list)
    for table, name, keyed, *rest in database.execute(statement(__name__, "unique_keys"), names):
        unique_keys[table].append(UniqueKey(name, tuple(keyed), *rest))
    triggers: defaultdict[str, list[tuple[str, bool]]] = defaultdict(list)
    for table, name, enabled in database.execute(statement(__name__, "triggers"), names):
        triggers[table].append((name, enabled))
    tables = {
        name: Table(
            schema, name, oid, kind, row_security, tuple(key or ()), columns[name],
            tuple(foreign_keys[name]), tuple(unique_keys[name]), tuple(triggers[name]),
        )
        for name, oid, kind, row_security, key in database.execute(statement(__name__, "tables"), names)
    }  # fmt: skip
    catalog = Catalog(schema, tables)
    for name, needed in REQUIRED.items():
        catalog.table(name, *needed)
    _refuse_shadows(database, catalog)
    return catalog


def _refuse_shadows(database: Database, catalog: Catalog) -> None:
    path = database.execute(statement(__name__, "search_path"))[0][0] or []
    if catalog.schema not in path:
        return
    found = {"tables": sorted(catalog.tables), "path": path, "schema": catalog.schema}
    for name, other in database.execute(statement(__name__, "shadows"), found):
        raise errors.SchemaError(
            f"{other} stands before {catalog.schema}.{name} in this role's search path: the application and the guard "
            "would not see the same table."
        )


def _target_by_name(column: Column) -> PointsAt | None:
    """Guess what an integer column points at, as the application names such columns."""
    if column.type not in ("integer", "bigint", "smallint"):
        return None
    if column.name == "team_id" or column.name.endswith("_team_id"):
        return PointsAt.TEAMS
    if column.name in ("league_id", "league_context") or column.name.endswith("_league_id"):
        return PointsAt.LEAGUES
    return None

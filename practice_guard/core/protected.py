"""Which rows are protected, what they point at, and what makes two of them the same row (design)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from practice_guard.core import errors
from practice_guard.core.catalog import Catalog, Column, Table, Target


@dataclass(frozen=True, slots=True)
class Reference:
    """A column of a protected row that points at a team or a league."""

    column: str
    target: Target


@dataclass(frozen=True, slots=True)
class ProtectedSet:
    """A table, a condition, the columns that point at teams and leagues, and what a row is.

    Attributes:
        name: how the set is called in commands and JSON.
        table: its table, in the application's schema.
        references: the first decides where a row belongs; the others follow.
        content: the columns that say, besides the team, what the row is; empty where the primary key says it.
        condition: trusted SQL over the table's columns; empty for all rows.
        etl_deletes: whether the ETL deletes such rows, so that an absent one is the ETL's doing.
        label: the column that names the team in words, for the candidates of a row without a team.
    """

    name: str
    table: str
    references: tuple[Reference, ...]
    content: tuple[str, ...] = ()
    condition: str = ""
    etl_deletes: bool = False
    label: str | None = None


def _teams(*columns: str) -> tuple[Reference, ...]:
    return tuple(Reference(column, Target.TEAMS) for column in columns)


def _leagues(*columns: str) -> tuple[Reference, ...]:
    return tuple(Reference(column, Target.LEAGUES) for column in columns)


BUILT_IN = (
    ProtectedSet(
        "practices",
        "schedule",
        _teams("home_team_id", "away_team_id") + _leagues("league_id"),
        content=("home_team", "match_date", "match_time", "location"),
        condition="home_team ILIKE '%practice%'",
        etl_deletes=True,
        label="home_team",
    ),
    ProtectedSet(
        "practice_times",
        "practice_times",
        _teams("team_id") + _leagues("league_id"),
        content=("day_of_week", "start_time", "end_time", "location"),
    ),
    ProtectedSet("captain_messages", "captain_messages", _teams("team_id")),
    ProtectedSet("polls", "polls", _teams("team_id")),
    ProtectedSet("league_contexts", "users", _leagues("league_context"), condition="league_context IS NOT NULL"),
)
"""Protected without any setting, each where its table exists."""


@dataclass(frozen=True, slots=True)
class Bound:
    """A protected set as it is in one database: its table, the key that numbers its rows, its columns there."""

    set: ProtectedSet
    table: Table
    key: Column
    references: tuple[Reference, ...]
    created: str | None

    @property
    def name(self) -> str:
        """The set's name."""
        return self.set.name

    @property
    def stored(self) -> tuple[Column, ...]:
        """The columns whose values a snapshot keeps."""
        return self.table.stored

    @property
    def content(self) -> tuple[str, ...]:
        """The columns that say what a row is; the primary key where the set names none."""
        return self.set.content or (self.key.name,)

    @property
    def may_vanish(self) -> bool:
        """Whether an import can take rows along: it deletes them, or a foreign key deletes them with their team."""
        cascades = any(
            key.on_delete == "c" and key.parent in (Target.TEAMS, Target.LEAGUES) for key in self.table.foreign_keys
        )
        return self.set.etl_deletes or cascades


def bind(sets: Iterable[ProtectedSet], catalog: Catalog) -> tuple[list[Bound], list[str]]:
    """Find the sets in a database.

    Returns:
        the sets whose table exists, and the names of those whose table does not.

    Raises:
        errors.SchemaError: a set's table exists but is no table, lacks a column the set needs, or has not exactly one
            primary key column.
    """
    bound: list[Bound] = []
    skipped: list[str] = []
    for protected in sets:
        if protected.table not in catalog.tables:
            skipped.append(protected.name)
            continue
        first, *others = protected.references
        table = catalog.table(protected.table, first.column, *protected.content)
        if len(table.primary_key) != 1:
            raise errors.SchemaError(
                f"{table.schema}.{table.name} has no primary key of one column; its rows cannot be told apart."
            )
        references = (first, *(other for other in others if other.column in table.columns))
        created = "created_at" if "created_at" in table.columns else None
        bound.append(Bound(protected, table, table.columns[table.primary_key[0]], references, created))
    return bound, skipped

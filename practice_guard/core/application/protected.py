"""Which rows are protected, what they point at, and what makes two of them the same row (design)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from practice_guard.core import errors
from practice_guard.core.application.catalog import ETL_TABLES, Catalog, Column, Table, Target
from practice_guard.core.database.statements import identifier, statement


@dataclass(frozen=True, slots=True)
class Reference:
    """A column of a protected row that points at a team, a league, or a row of another protected set, by its name."""

    column: str
    target: Target | str

    @property
    def parent(self) -> str | None:
        """The protected set whose rows it points at; None where it points at teams or leagues."""
        return None if isinstance(self.target, Target) else self.target


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
        source: where the definition comes from: `built in`, or the file and line.
        witness: the rows are the ETL's own and others point at them; a snapshot keeps those, so that after an import it
            is known which is which. They are never written and count as nobody's.
    """

    name: str
    table: str
    references: tuple[Reference, ...]
    content: tuple[str, ...] = ()
    condition: str = ""
    etl_deletes: bool = False
    label: str | None = None
    source: str = "built in"
    witness: bool = False

    @property
    def parents(self) -> tuple[str, ...]:
        """The protected sets on whose rows these hang."""
        return tuple(each.parent for each in self.references if each.parent is not None)


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
    ProtectedSet("poll_choices", "poll_choices", (Reference("poll_id", "polls"),)),
    ProtectedSet(
        "poll_responses",
        "poll_responses",
        (Reference("poll_id", "polls"), Reference("choice_id", "poll_choices"), Reference("player_id", "players")),
    ),
    ProtectedSet("players", "players", _teams("team_id"), content=("tenniscores_player_id",), witness=True),
    ProtectedSet(
        "league_contexts",
        "users",
        _leagues("league_context"),
        content=("id",),
        condition="league_context IS NOT NULL",
    ),
)
"""Protected without any setting, each where its table exists."""

_SET_BY_TRIGGERS = frozenset({"updated_at"})
"""Columns that change without anybody changing the row."""


@dataclass(frozen=True, slots=True)
class Bound:
    """A protected set as it is in one database.

    Attributes:
        set: its definition.
        table: its table.
        key: the column that numbers its rows.
        references: those of the definition whose columns and targets are there.
        tables: the tables that the references point at, in their order.
        created: the column with the time at which a row was made; None where there is none.
        cascades: a foreign key deletes rows along with what the ETL deletes, straight or by way of other tables.
        truncates: a foreign key leads to the ETL's tables, so that TRUNCATE … CASCADE there empties this one.
    """

    set: ProtectedSet
    table: Table
    key: Column
    references: tuple[Reference, ...]
    tables: tuple[str, ...]
    created: str | None
    cascades: bool = False
    truncates: bool = False

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
        """The columns that say what a row is: the set's; else the primary key, while an import leaves such rows alone.

        Where an import can take rows along, another row may come to have the key: then it is all other columns.
        """
        if self.set.content:
            return self.set.content
        pointing = {self.key.name, *(each.column for each in self.references)}
        others = tuple(
            column.name for column in self.stored if column.name not in pointing and column.name not in _SET_BY_TRIGGERS
        )
        return others if others and (self.may_vanish or self.truncates) else (self.key.name,)

    @property
    def may_vanish(self) -> bool:
        """Whether an import can take rows along: it deletes them, or a foreign key deletes them with what it does."""
        return self.set.etl_deletes or self.cascades


def bind(sets: Iterable[ProtectedSet], catalog: Catalog) -> tuple[list[Bound], list[str]]:
    """Find the sets in a database, without the witnesses.

    Returns:
        the sets whose table exists, those that others hang on first; and the names of those whose table, or whose
        parents' table, does not.

    Raises:
        errors.SchemaError: a set's table exists but is no table, lacks a column the set needs, or has not exactly one
            primary key column, or not one that numbers rows that others hang on.
        errors.UsageError: a set hangs on one that there is not, or on itself.
    """
    bound, skipped = _bind(sets, catalog)
    return [each for each in bound.values() if not each.set.witness], skipped


def witnesses(sets: Iterable[ProtectedSet], catalog: Catalog) -> list[Bound]:
    """Find the witnesses that rows of other sets point at, each for the rows that they point at."""
    bound, _ = _bind(sets, catalog)
    found: list[Bound] = []
    for each in bound.values():
        pointing = [
            statement(
                "restore",
                "pointed_at",
                key=identifier(each.key.name),
                column=identifier(reference.column),
                table=other.table.quoted,
            )
            for other in bound.values()
            for reference in other.references
            if reference.parent == each.name
        ]
        if each.set.witness and pointing:
            condition = " OR ".join(pointing).replace("%%", "%")
            found.append(replace(each, set=replace(each.set, condition=condition)))
    return found


def _bind(sets: Iterable[ProtectedSet], catalog: Catalog) -> tuple[dict[str, Bound], list[str]]:
    bound: dict[str, Bound] = {}
    skipped: list[str] = []
    absent: set[str | None] = set()
    cascading, truncating = _reached(catalog, cascading=True), _reached(catalog, cascading=False)
    for protected in in_order(sets):
        if not _is_there(protected, catalog) or protected.references[0].parent in absent:
            absent.add(protected.name)
            if not protected.witness:
                skipped.append(protected.name)
            continue
        first, *others = protected.references
        table = catalog.table(protected.table, first.column, *protected.content)
        if len(table.primary_key) != 1:
            raise errors.SchemaError(
                f"{table.schema}.{table.name} has no primary key of one column; its rows cannot be told apart."
            )
        there = (other for other in others if other.column in table.columns and other.parent not in absent)
        references = (first, *there)
        bound[protected.name] = Bound(
            protected,
            table,
            table.columns[table.primary_key[0]],
            references,
            tuple(_table_of(protected, each, bound) for each in references),
            "created_at" if "created_at" in table.columns else None,
            cascades=table.name in cascading,
            truncates=table.name in truncating,
        )
    return bound, skipped


def _is_there(protected: ProtectedSet, catalog: Catalog) -> bool:
    """Whether a set's table exists; a witness without its columns is none."""
    if protected.witness:
        return catalog.has(protected.table, protected.references[0].column, *protected.content)
    return protected.table in catalog.tables


def in_order(sets: Iterable[ProtectedSet]) -> list[ProtectedSet]:
    """Put sets after those that their rows hang on, and leave their order alone otherwise.

    Raises:
        errors.UsageError: a set hangs on one that there is not, or by way of others on itself.
    """
    known = {each.name: each for each in sets}
    ordered: dict[str, ProtectedSet] = {}

    def place(each: ProtectedSet, above: tuple[str, ...]) -> None:
        if each.name in above:
            raise errors.UsageError(
                f"Protected sets hang on each other, so that none can be first: {', '.join(above)}."
            )
        for parent in each.parents:
            if parent not in known:
                raise errors.UsageError(f"The protected set {each.name} hangs on {parent}, which is no protected set.")
            place(known[parent], (*above, each.name))
        ordered[each.name] = each

    for each in known.values():
        place(each, ())
    return list(ordered.values())


def _table_of(protected: ProtectedSet, reference: Reference, bound: Mapping[str, Bound]) -> str:
    """Return the table that a reference points at; one with protected rows must be numbered."""
    if reference.parent is None:
        return str(reference.target)
    parent = bound[reference.parent]
    if parent.key.type not in ("smallint", "integer", "bigint"):
        raise errors.SchemaError(
            f"Rows of {protected.name} hang on {parent.name}, whose primary key {parent.key.name} is "
            f"{parent.key.type}: only whole numbers can be followed."
        )
    return parent.table.name


def _reached(catalog: Catalog, *, cascading: bool) -> frozenset[str]:
    """Return the tables that foreign keys lead from to the ETL's: those that cascade only, or whatever they do."""
    reached = set(ETL_TABLES)
    keys = [key for table in catalog.tables.values() for key in table.foreign_keys]
    followed = [key for key in keys if key.on_delete == "c" or not cascading]
    while grown := {key.table for key in followed if key.parent in reached} - reached:
        reached |= grown
    return frozenset(reached - ETL_TABLES)

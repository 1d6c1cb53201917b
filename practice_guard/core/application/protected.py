"""Which rows are protected, what they point at, and what makes two of them the same row (design)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from practice_guard.core import errors
from practice_guard.core.application.parents import CLUBS, LEAGUES, PLAYERS, SERIES, TEAMS, Parent


@dataclass(frozen=True, slots=True)
class Reference:
    """A column of a protected row that points at a team, a league, or a row of another protected set, by its name."""

    column: str
    target: Parent | str

    @property
    def parent(self) -> str | None:
        """The protected set whose rows it points at; None where it points at what an import renumbers."""
        return None if isinstance(self.target, Parent) else self.target

    @property
    def outward(self) -> Parent:
        """What an import renumbers that it points at.

        Raises:
            TypeError: it points at a protected set's rows.
        """
        if not isinstance(self.target, Parent):
            raise TypeError(f"{self.column} points at {self.target}, which no import renumbers.")
        return self.target


@dataclass(frozen=True, slots=True)
class ProtectedSet:
    """A table, a condition, the columns that point at teams and leagues, and what a row is.

    Attributes:
        name: how the set is called in commands and JSON.
        table: its table, in the application's schema; in another one, `schema.table`.
        references: the first decides where a row belongs; the others follow.
        content: the columns that say, besides the team, what the row is; empty where the primary key says it.
        condition: trusted SQL over the table's columns; empty for all rows.
        etl_deletes: whether the ETL deletes such rows, as a person says; None where nobody does. Only where it never
            does, and nothing speaks against that, is an absent one a user's doing without more (design, "Restore").
        label: the column that names the team in words, for the candidates of a row without a team.
        source: where the definition comes from: `built in`, or the file and line.
        narrowed: a further condition, and the columns without which it says nothing.
        given_up: by column, the values that a person has given up to find a team or league for: they stay as they are.
        set_by_triggers: the columns that a person says are set by triggers whenever a row is written.
        incidental: built in besides what the guard is there for. It has those of its references that the table has, is
            left out where it has none, where a right is missing, or where settings declare a set of its table.
        points_at: by column, the protected set whose rows a number is of that no foreign key holds; the own one too.
    """

    name: str
    table: str
    references: tuple[Reference, ...]
    content: tuple[str, ...] = ()
    condition: str = ""
    etl_deletes: bool | None = None
    label: str | None = None
    source: str = "built in"
    narrowed: tuple[str, tuple[str, ...]] = ("", ())
    given_up: Mapping[str, frozenset[int]] = field(default_factory=lambda: MappingProxyType({}), hash=False)
    set_by_triggers: frozenset[str] = frozenset()
    points_at: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}), hash=False)
    incidental: bool = False

    def within(self, columns: Collection[str]) -> ProtectedSet:
        """Return the set with the whole of its condition, as far as its table has the columns for it."""
        more, needed = self.narrowed
        if not more or not all(column in columns for column in needed):
            return self
        whole = f"({self.condition}) AND ({more})" if self.condition else more
        return replace(self, condition=whole, narrowed=("", ()))

    @property
    def is_built_in(self) -> bool:
        """Whether nobody has said anything of it."""
        return self.source == "built in"

    @property
    def parents(self) -> tuple[str, ...]:
        """The protected sets on whose rows these hang."""
        return tuple(each.parent for each in self.references if each.parent is not None)


def _teams(*columns: str) -> tuple[Reference, ...]:
    return tuple(Reference(column, TEAMS) for column in columns)


def _leagues(*columns: str) -> tuple[Reference, ...]:
    return tuple(Reference(column, LEAGUES) for column in columns)


def _clubs(*columns: str) -> tuple[Reference, ...]:
    return tuple(Reference(column, CLUBS) for column in columns)


def _series(*columns: str) -> tuple[Reference, ...]:
    return tuple(Reference(column, SERIES) for column in columns)


def _players(*columns: str) -> tuple[Reference, ...]:
    return tuple(Reference(column, PLAYERS) for column in columns)


def _filled(*columns: str) -> str:
    return " OR ".join(f"{column} IS NOT NULL" for column in columns)


_OTHERS = _leagues("league_id") + _clubs("club_id") + _series("series_id")

BUILT_IN = (
    ProtectedSet(
        "practices",
        "schedule",
        _teams("home_team_id", "away_team_id") + _leagues("league_id") + _clubs("club_id") + _series("series_id"),
        content=("home_team", "match_date", "match_time", "location"),
        condition="home_team ILIKE '%practice%'",
        # A team may be called Malpractice - 7: what has an away team, by name and by id, is a match.
        narrowed=("coalesce(away_team, '') = '' OR away_team_id IS NULL", ("away_team", "away_team_id")),
        etl_deletes=True,
        label="home_team",
    ),
    ProtectedSet(
        "practice_times",
        "practice_times",
        _teams("team_id") + _leagues("league_id") + _clubs("club_id") + _series("series_id"),
        content=("day_of_week", "start_time", "end_time", "location"),
    ),
    ProtectedSet("captain_messages", "captain_messages", _teams("team_id") + _OTHERS),
    ProtectedSet("polls", "polls", _teams("team_id") + _OTHERS),
    ProtectedSet("poll_choices", "poll_choices", (Reference("poll_id", "polls"),)),
    ProtectedSet(
        "poll_responses",
        "poll_responses",
        (Reference("poll_id", "polls"), Reference("choice_id", "poll_choices"), Reference("player_id", PLAYERS)),
    ),
    ProtectedSet(
        "league_contexts",
        "users",
        _leagues("league_context"),
        content=("id",),
        condition="league_context IS NOT NULL",
        etl_deletes=False,  # an account that is gone was closed: only what it points at is protected
    ),
    ProtectedSet(
        "user_teams",
        "users",
        _teams("team_id"),
        content=("id",),
        condition=_filled("team_id"),
        etl_deletes=False,
        incidental=True,
    ),
    ProtectedSet(
        "user_contexts",
        "user_contexts",
        _teams("team_id") + _leagues("league_id") + _series("series_id") + _clubs("club_id"),
        content=("user_id",),
        etl_deletes=False,
        incidental=True,
    ),
    ProtectedSet(
        "player_availability",
        "player_availability",
        _players("player_id") + _series("series_id") + _teams("team_id") + _leagues("league_id"),
        incidental=True,
    ),
    ProtectedSet(
        "pickup_games",
        "pickup_games",
        _clubs("club_id") + _leagues("league_id") + _series("series_id", "series_low", "series_high"),
        incidental=True,
    ),
    ProtectedSet(
        "user_instructions",
        "user_instructions",
        _series("series_id") + _teams("team_id") + _leagues("league_id"),
        incidental=True,
    ),
    ProtectedSet(
        "lineup_escrow",
        "lineup_escrow",
        _teams("initiator_team_id", "recipient_team_id"),
        incidental=True,
    ),
    ProtectedSet("saved_lineups", "saved_lineups", _teams("team_id") + _OTHERS, incidental=True),
    ProtectedSet("food", "food", _clubs("club_id") + _teams("team_id") + _leagues("league_id"), incidental=True),
    ProtectedSet("beer", "beer", _clubs("club_id") + _teams("team_id") + _leagues("league_id"), incidental=True),
)
"""Protected without any setting, each where its table exists."""


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

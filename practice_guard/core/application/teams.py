"""Team lists, read from the application: all teams and leagues, and who plays where."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from practice_guard.core.application.catalog import Catalog, Table
from practice_guard.core.application.rosters import WrittenRosters, written
from practice_guard.core.database import Database, Row, identifier, statement
from practice_guard.core.errors import SchemaError
from practice_guard.core.identity import Habits, League
from practice_guard.core.model import Rosters, Team

_TEXT, _FLAG = "text", "boolean"


@dataclass(frozen=True)
class TeamList:
    """All teams and leagues of a database at one time, and the outside ids of the teams' players.

    Attributes:
        teams: by their ids.
        leagues: the leagues' codes, by id.
        rosters: the outside ids of a team's players, by the team's id, where it has any.
        active: by a team's id whether it still plays, where the database says so.
    """

    teams: tuple[Team, ...]
    leagues: Mapping[int, str]
    rosters: Rosters
    active: Mapping[int, bool] = field(default_factory=dict)

    @classmethod
    def of(cls, rows: Iterable[Row]) -> TeamList:
        """Make a list of its rows, in any order.

        Args:
            rows: whether it is a team's; the id; then a league's code, or a team's league, club, series, name, alias,
                the ids of its players as a JSON array, or None where it has none, its outside id, and whether it is
                active, or None where nothing says so.
        """
        teams: list[Team] = []
        leagues: dict[int, str] = {}
        rosters: dict[int, str] = {}
        active: dict[int, bool] = {}
        for is_team, number, *texts, outside, plays in rows:
            # Lists have nearly all texts in common, with one another and within themselves.
            *names, players = (text and sys.intern(text) for text in texts)
            if not is_team:
                leagues[number] = names[0]
                continue
            league, club, series, name, alias = names
            teams.append(Team(number, league, club, series, name, alias, outside))
            if players:
                rosters[number] = players
            if plays is not None:
                active[number] = plays
        teams.sort(key=lambda team: team.id)
        return cls.telling_apart(teams, dict(sorted(leagues.items())), WrittenRosters(rosters), active)

    @classmethod
    def telling_apart(
        cls, teams: Iterable[Team], leagues: Mapping[int, str], rosters: Rosters, active: Mapping[int, bool]
    ) -> TeamList:
        """Make a list in which a team is `inactive` that plays no more, where one that plays has its name and place."""
        listed = tuple(teams)
        idle = {number for number, plays in active.items() if not plays}
        if idle:
            playing = {_called(team) for team in listed if active.get(team.id)}
            listed = tuple(
                replace(team, inactive=True) if team.id in idle and _called(team) in playing else team
                for team in listed
            )
        return cls(listed, leagues, rosters, active)

    @cached_property
    def ids(self) -> frozenset[int]:
        """The ids of the teams."""
        return frozenset(team.id for team in self.teams)

    def players_of(self, team: int) -> str | None:
        """Return the outside ids of a team's players as a JSON array; None where it has none."""
        return written(self.rosters, team)


def _called(team: Team) -> tuple[str | None, ...]:
    return team.league, team.club, team.series, team.name


def read(database: Database, catalog: Catalog, habits: Habits | None = None) -> TeamList:
    """Read the teams, leagues and rosters as they are now; what there is no table of is empty.

    Args:
        database: in an open transaction.
        catalog: its schema.
        habits: which columns have a team's outside id and whether it still plays, league by league.

    Raises:
        SchemaError: a column is not there that the habits name.
    """
    habits = habits or Habits()
    if not catalog.has("teams"):
        return TeamList.of(_leagues_alone(database, catalog))
    besides = _besides(catalog.table("teams"), habits)
    quoted = {name: catalog.table(name).quoted for name in ("teams", "leagues", "clubs", "series")}
    alias = "t.team_alias" if "team_alias" in catalog.table("teams").columns else "NULL"
    rosters = statement(__name__, "no_rosters")
    if catalog.has("players", "team_id", "tenniscores_player_id"):
        rosters = statement(__name__, "rosters", players=catalog.table("players").quoted)
    text = statement(
        __name__,
        "team_list",
        alias=alias,
        besides=", ".join(["NULL", *(f"t.{identifier(name)}::{kind}" for name, kind in besides)]),
        nothing=", ".join(["NULL", *(f"NULL::{kind}" for _, kind in besides)]),
        rosters=rosters,
        **quoted,
    )
    return TeamList.of(_own(database.execute(text), besides, habits))


def _leagues_alone(database: Database, catalog: Catalog) -> Iterator[Row]:
    """Yield the leagues of a database without teams, as lists are made of them."""
    if catalog.has("leagues", "id", "league_id"):
        text = statement(__name__, "leagues_alone", leagues=catalog.table("leagues").quoted)
        yield from ((False, number, code, None, None) for number, code in database.execute(text))


def _besides(table: Table, habits: Habits) -> list[tuple[str, str]]:
    """Return the columns that any league keeps an outside id in, and those that say whether a team plays."""
    usual = League()
    found: list[tuple[str, str]] = []
    for kind, default, named in (
        (_TEXT, usual.outside_id, {each.outside_id for each in habits.leagues}),
        (_FLAG, usual.active, {each.active for each in habits.leagues}),
    ):
        if missing := sorted(named - {default} - table.columns.keys()):
            raise SchemaError(f"The table {table.qualified} has no column {missing[0]}.")
        there = [name for name in sorted({default} | named) if name in table.columns]
        found += [(name, kind) for name in there if kind == _TEXT or table.columns[name].base == _FLAG]
    return found


def _own(rows: Iterable[Row], besides: Sequence[tuple[str, str]], habits: Habits) -> Iterator[Row]:
    """Yield rows as lists are made of, with what the columns of a team's own league say."""
    places = {column: place for place, column in enumerate(besides, 1)}
    by_league: dict[str | None, tuple[int, int]] = {}
    for is_team, number, league, club, series, name, alias, players, *said in rows:
        if league not in by_league:
            own = habits.of(league)
            by_league[league] = places.get((own.outside_id, _TEXT), 0), places.get((own.active, _FLAG), 0)
        outside, plays = by_league[league]
        given = (said[outside] or "").strip() or None
        yield is_team, number, league, club, series, name, alias, players, given, said[plays]

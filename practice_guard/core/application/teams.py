"""Team lists, read from the application: all teams and leagues, and who plays where."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from practice_guard.core.application.catalog import Catalog
from practice_guard.core.application.rosters import WrittenRosters, written
from practice_guard.core.database import Database, Row, statement
from practice_guard.core.model import Rosters, Team


@dataclass(frozen=True)
class TeamList:
    """All teams and leagues of a database at one time, and the outside ids of the teams' players."""

    teams: tuple[Team, ...]
    leagues: Mapping[int, str]
    rosters: Rosters

    @classmethod
    def of(cls, rows: Iterable[Row]) -> TeamList:
        """Make a list of its rows, in any order.

        Args:
            rows: whether it is a team's; the id; then a league's code, or a team's league, club, series, name, alias
                and the ids of its players as a JSON array, or None where it has none.
        """
        teams: list[Team] = []
        leagues: dict[int, str] = {}
        rosters: dict[int, str] = {}
        for is_team, number, *texts in rows:
            # Lists have nearly all texts in common, with one another and within themselves.
            *names, players = (text and sys.intern(text) for text in texts)
            if not is_team:
                leagues[number] = names[0]
                continue
            league, club, series, name, alias = names
            teams.append(Team(number, league, club, series, name, alias))
            if players:
                rosters[number] = players
        teams.sort(key=lambda team: team.id)
        return cls(tuple(teams), dict(sorted(leagues.items())), WrittenRosters(rosters))

    @cached_property
    def ids(self) -> frozenset[int]:
        """The ids of the teams."""
        return frozenset(team.id for team in self.teams)

    def players_of(self, team: int) -> str | None:
        """Return the outside ids of a team's players as a JSON array; None where it has none."""
        return written(self.rosters, team)


def read(database: Database, catalog: Catalog) -> TeamList:
    """Read the teams, leagues and rosters as they are now; rosters are empty where `players` is missing."""
    quoted = {name: catalog.table(name).quoted for name in ("teams", "leagues", "clubs", "series")}
    alias = "t.team_alias" if "team_alias" in catalog.table("teams").columns else "NULL"
    rosters = statement(__name__, "no_rosters")
    if catalog.has("players", "team_id", "tenniscores_player_id"):
        rosters = statement(__name__, "rosters", players=catalog.table("players").quoted)
    return TeamList.of(database.execute(statement(__name__, "team_list", alias=alias, rosters=rosters, **quoted)))

"""Team lists, read from the application: all teams and leagues, and who plays where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from practice_guard.core.application.catalog import Catalog
from practice_guard.core.database import Database, Query, ask_each, statement
from practice_guard.core.model import Rosters, Team


@dataclass(frozen=True, slots=True)
class TeamList:
    """All teams and leagues of a database at one time, and the outside ids of the teams' players."""

    teams: tuple[Team, ...]
    leagues: Mapping[int, str]
    rosters: Rosters

    @property
    def ids(self) -> frozenset[int]:
        """The ids of the teams."""
        return frozenset(team.id for team in self.teams)


def read(database: Database, catalog: Catalog) -> TeamList:
    """Read the teams, leagues and rosters as they are now; rosters are empty where `players` is missing."""
    quoted = {name: catalog.table(name).quoted for name in ("teams", "leagues", "clubs", "series")}
    alias = "t.team_alias" if "team_alias" in catalog.table("teams").columns else "NULL"
    texts = [
        statement(__name__, "team_list", alias=alias, **quoted),
        statement(__name__, "league_list", leagues=quoted["leagues"]),
    ]
    if catalog.has("players", "team_id", "tenniscores_player_id"):
        texts.append(statement(__name__, "rosters", players=catalog.table("players").quoted))
    rows, leagues, *others = ask_each(database, [Query(text) for text in texts])
    rosters = {team: frozenset(ids) for found in others for team, *_, ids in found}
    return TeamList(tuple(Team(*team) for *team, _ in rows), {number: code for number, code, *_ in leagues}, rosters)

"""Team lists, kept under the id of the snapshot that took them."""

from __future__ import annotations

from practice_guard.core.application import TeamList
from practice_guard.core.database import Database, statement
from practice_guard.core.model import Team

_SEPARATOR = "\x1f"


def store_list(database: Database, name: str, found: TeamList) -> None:
    """Keep a team list under the id of the snapshot that took it."""
    teams = found.teams
    database.execute(
        statement(__name__, "store_teams"),
        {
            "list": name,
            "separator": _SEPARATOR,
            "ids": [team.id for team in teams],
            "leagues": [team.league for team in teams],
            "clubs": [team.club for team in teams],
            "series": [team.series for team in teams],
            "names": [team.name for team in teams],
            "aliases": [team.alias for team in teams],
            "players": [_SEPARATOR.join(sorted(found.rosters.get(team.id, ()))) or None for team in teams],
        },
    )
    codes = {"list": name, "ids": list(found.leagues), "codes": list(found.leagues.values())}
    database.execute(statement(__name__, "store_leagues"), codes)


def team_list(database: Database, name: str) -> TeamList:
    """Read a kept team list."""
    rows = database.execute(statement(__name__, "stored_teams"), {"list": name})
    leagues = database.execute(statement(__name__, "stored_leagues"), {"list": name})
    rosters = {row[0]: frozenset(row[6]) for row in rows if row[6]}
    return TeamList(tuple(Team(*row[:6]) for row in rows), {row[0]: row[1] for row in leagues}, rosters)

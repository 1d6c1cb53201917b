"""Team lists, kept under the id of the snapshot that took them."""

from __future__ import annotations

from collections.abc import Sequence

from practice_guard.core.application import TeamList
from practice_guard.core.database import Database, Query, Row, ask_each, statement
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


def team_lists(database: Database, names: Sequence[str]) -> dict[str, TeamList]:
    """Read kept team lists, by name; one that is not kept is empty."""
    wanted = {"lists": list(names)}
    teams, leagues = ask_each(
        database,
        [Query(statement(__name__, "stored_teams"), wanted), Query(statement(__name__, "stored_leagues"), wanted)],
    )
    return {name: _read(name, teams, leagues) for name in names}


def _read(name: str, teams: Sequence[Row], leagues: Sequence[Row]) -> TeamList:
    own = [row for of, *row in teams if of == name]
    rosters = {row[0]: frozenset(row[6]) for row in own if row[6]}
    codes = {number: code for of, number, code, *_ in leagues if of == name}
    return TeamList(tuple(Team(*row[:6]) for row in own), codes, rosters)

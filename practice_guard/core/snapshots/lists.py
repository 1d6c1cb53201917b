"""Team lists, kept under the id of the snapshot that took them."""

from __future__ import annotations

import json
from collections.abc import Sequence

from practice_guard.core.application import TeamList
from practice_guard.core.database import Database, Row, statement

AT_ONCE = 10_000
"""Teams that are sent in one statement."""


def store_list(database: Database, name: str, found: TeamList) -> None:
    """Keep a team list under the id of the snapshot that took it."""
    for start in range(0, len(found.teams), AT_ONCE):
        teams = [
            (team.id, team.league, team.club, team.series, team.name, team.alias, found.players_of(team.id))
            for team in found.teams[start : start + AT_ONCE]
        ]
        database.execute(
            statement(__name__, "store_teams"), {"list": name, "teams": json.dumps(teams, ensure_ascii=False)}
        )
    codes = {"list": name, "ids": list(found.leagues), "codes": list(found.leagues.values())}
    database.execute(statement(__name__, "store_leagues"), codes)


def team_lists(database: Database, names: Sequence[str]) -> dict[str, TeamList]:
    """Read kept team lists, by name; one that is not kept is empty."""
    rows: dict[str, list[Row]] = {name: [] for name in names}
    for name, *row in database.execute(statement(__name__, "stored_lists"), {"lists": list(names)}):
        rows[name].append(tuple(row))
    return {name: TeamList.of(rows.pop(name)) for name in names}

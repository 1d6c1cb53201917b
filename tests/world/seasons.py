"""Small leagues in which several files of tests play."""

from __future__ import annotations

from collections.abc import Iterable

from practice_guard.core.model import Team
from tests.world.builders import League


def two_teams(league: League, *, players: Iterable[str] = ()) -> tuple[Team, Team]:
    """One with two practices, and players if there are any, and one of another league with one practice."""
    first = league.has_team(players=players)
    second = league.has_team(club="Wilmette", series="Series H(2)", league="CNSWPL", name="Wilmette H(2)")
    league.captain_schedules_practices(first, 2)
    league.captain_schedules_practice(second)
    return first, second


def two_neighbours(league: League) -> list[Team]:
    """Two clubs of one league, each with a team with two practices and a recurring one."""
    return _playing(league, [league.has_team(), league.has_team(club="Wilmette", series="Chicago 11")], 2)


def teams_in_a_row(league: League, count: int, *, practices: int) -> list[Team]:
    """So many teams of one club, each with so many practices and a recurring one."""
    return _playing(league, [league.has_team(series=f"Chicago {number}") for number in range(1, count + 1)], practices)


def _playing(league: League, teams: list[Team], practices: int) -> list[Team]:
    for team in teams:
        league.captain_schedules_practices(team, practices)
        league.captain_sets_practice_time(team)
    return teams

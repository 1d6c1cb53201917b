"""A guard that hears of carpools after imports have run."""

from __future__ import annotations

import pytest

from practice_guard.core.application import BUILT_IN
from tests.world.builders import League, ScratchDatabase
from tests.world.carpools import CARPOOLS, NAMES, drives
from tests.world.guarding import Guard


@pytest.fixture
def before(league: League, database: ScratchDatabase) -> Guard:
    """A guard that has never heard of carpools; each of three teams has some, and practices."""
    database.rows("CREATE TABLE carpools (id serial PRIMARY KEY, team_id int, league_id int, driver text)")
    for number, club in enumerate(NAMES, 1):
        team = league.has_team(club=club, league="NSTF" if club == "Wilmette" else "APTA_CHICAGO")
        league.captain_schedules_practices(team, 2)
        drives(database, number, team=team.id)
    return Guard(database)


@pytest.fixture
def guard(before: Guard) -> Guard:
    """The same guard, to which carpools have been declared."""
    return Guard(before.database, sets=[*BUILT_IN, CARPOOLS])

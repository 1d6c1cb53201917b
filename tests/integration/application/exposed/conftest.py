"""A season with which nothing is wrong."""

from __future__ import annotations

import pytest

from tests.world.builders import League, ScratchDatabase


@pytest.fixture
def season(league: League, database: ScratchDatabase) -> ScratchDatabase:
    """One team with a player and two practices, and nothing that nobody protects."""
    team = league.has_team(players=["one"])
    league.captain_schedules_practices(team, 2)
    return database

"""A season that a rollback goes back to."""

from __future__ import annotations

import pytest

from tests.world.builders import League, ScratchDatabase
from tests.world.guarding import Guard
from tests.world.rolling_back import Season, a_season


@pytest.fixture
def season(database: ScratchDatabase, league: League, guard: Guard) -> Season:
    """A league with what users made, and a guard."""
    return a_season(database, league, guard)

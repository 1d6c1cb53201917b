"""Fixtures of the tests on a real PostgreSQL."""

from __future__ import annotations

import psycopg
import pytest

from practice_guard.core.model import Team
from tests.world.builders import League, Row, ScratchDatabase
from tests.world.guarding import Guard


@pytest.fixture
def connection(database: ScratchDatabase) -> psycopg.Connection[Row]:
    """A session of the test's database, in autocommit mode; closed after the test."""
    return database.connect()


@pytest.fixture
def guard(database: ScratchDatabase) -> Guard:
    """A guard of the test's database."""
    return Guard(database)


@pytest.fixture
def tennaqua(league: League) -> Team:
    """A team of the club Tennaqua."""
    return league.has_team()

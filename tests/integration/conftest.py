"""Fixtures of the tests on a real PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from practice_guard.core.model import Team
from tests.conftest import Cluster
from tests.world.builders import League, Row, ScratchDatabase
from tests.world.guarding import Guard
from tests.world.roles import a_role


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


@pytest.fixture
def role(cluster: Cluster) -> Iterator[str]:
    """A role that can log in and do nothing else; gone after its databases."""
    with a_role(cluster) as name:
        yield name

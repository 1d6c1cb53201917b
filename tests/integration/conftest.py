"""Fixtures of the tests on a real PostgreSQL."""

from __future__ import annotations

import psycopg
import pytest

from tests.builders import Row, ScratchDatabase


@pytest.fixture
def connection(database: ScratchDatabase) -> psycopg.Connection[Row]:
    """A session of the test's database, in autocommit mode; closed after the test."""
    return database.connect()

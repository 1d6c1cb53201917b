"""Fixtures of the tests on a real PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import resources
from itertools import count

import psycopg
import pytest

from practice_guard.core.model import Team
from tests.conftest import Cluster
from tests.world.builders import League, Row, ScratchDatabase
from tests.world.guarding import Guard
from tests.world.roles import a_role

_numbers = count(1)
Makes = Callable[[str], ScratchDatabase]


@pytest.fixture
def encoded(cluster: Cluster) -> Iterator[Makes]:
    """Makes databases of an encoding, with the application's schema; dropped after the test."""
    made: list[ScratchDatabase] = []

    def make(encoding: str) -> ScratchDatabase:
        name = f"practice_guard_{encoding.lower()}_{next(_numbers)}"
        make_it = "CREATE DATABASE {} TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C' ENCODING "
        cluster.run(f"{make_it} '{encoding}'", name)
        made.append(
            ScratchDatabase(f"{cluster.url_of(name)}{'&' if '?' in cluster.url else '?'}client_encoding=UTF8", name)
        )
        ddl = resources.files("practice_guard.demo").joinpath("schema.sql").read_bytes()
        made[-1].session().execute(ddl)
        return made[-1]

    yield make
    for database in made:
        database.close()
        cluster.run("DROP DATABASE {} WITH (FORCE)", database.name)


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

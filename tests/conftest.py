"""A PostgreSQL for each test process, and a database of its own for each test that asks for one.

PRACTICE_GUARD_TEST_URL names a server to use instead; PRACTICE_GUARD_TEST_PG the embedded one's version.
"""

from __future__ import annotations

import itertools
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from importlib import resources
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from psycopg import sql

from practice_guard.demo import server as embedded
from practice_guard.demo.server import Server
from tests.world.builders import League, ScratchDatabase

pytest.register_assert_rewrite("tests.oracle.examples", "tests.oracle.properties")
_numbers = itertools.count(1)

# A program that may keep no compiled code compiles itself anew each time it is started, and tests start hundreds.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False


@dataclass(frozen=True)
class Cluster:
    """The server of this test process. `server` is None when it is not ours to stop or crash."""

    url: str
    server: Server | None = None

    def url_of(self, database: str) -> str:
        return urlunsplit(urlsplit(self.url)._replace(path=f"/{database}"))

    def run(self, statement: str, *names: str) -> None:
        """Runs a statement on databases, which must not be in a transaction."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))

    def clone(self, name: str, template: str) -> None:
        """Makes a database like another, in the way that is quickest: on a server of ours no checkpoint costs much."""
        strategy = "" if self.server is None else " STRATEGY FILE_COPY"
        self.run("CREATE DATABASE {} TEMPLATE {}" + strategy, name, template)


@pytest.fixture(scope="session", autouse=True)
def hangups_are_heard() -> Iterator[None]:
    """Under nohup this process ignores SIGHUP, and so would every program that a test starts and hangs up on."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL) if hasattr(signal, "SIGHUP") else None
    yield
    if before is not None:
        signal.signal(signal.SIGHUP, before)


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    with ExitStack() as stack:
        url = os.environ.get("PRACTICE_GUARD_TEST_URL")
        if url:
            yield Cluster(url)
        else:
            version = int(os.environ.get("PRACTICE_GUARD_TEST_PG", "16"))
            server = stack.enter_context(embedded.running(version))
            yield Cluster(server.url(), server)


@pytest.fixture(scope="session")
def template(cluster: Cluster) -> Iterator[str]:
    """The name of a database with the application's schema and no rows."""
    name = f"practice_guard_template_{os.getpid()}"
    cluster.run("CREATE DATABASE {}", name)
    ddl = resources.files("practice_guard.demo").joinpath("schema.sql").read_bytes()
    with psycopg.connect(cluster.url_of(name), autocommit=True) as connection:
        connection.execute(ddl)
    yield name
    cluster.run("DROP DATABASE {} WITH (FORCE)", name)


@pytest.fixture
def make_database(cluster: Cluster, template: str) -> Iterator[Callable[[], ScratchDatabase]]:
    """Makes as many databases as a test wants, and drops them after it."""
    made: list[ScratchDatabase] = []

    def make() -> ScratchDatabase:
        name = f"practice_guard_test_{os.getpid()}_{next(_numbers)}"
        cluster.clone(name, template)
        made.append(ScratchDatabase(cluster.url_of(name), name, cluster.server))
        return made[-1]

    yield make
    for database in made:
        database.close()
        cluster.run("DROP DATABASE IF EXISTS {} WITH (FORCE)", database.name)


@pytest.fixture
def database(make_database: Callable[[], ScratchDatabase]) -> ScratchDatabase:
    """A database with the application's schema and no rows."""
    return make_database()


@pytest.fixture
def league(database: ScratchDatabase) -> League:
    """Builds leagues in `database`."""
    return League(database)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Slow tests first: one that begins when all else is done keeps a single process at work, and the others idle."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Where nothing may be skipped (PRACTICE_GUARD_NO_SKIPS), a skipped test fails the run."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("PRACTICE_GUARD_NO_SKIPS") and reporter and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED

"""The server that is measured on, and the two databases there: the guard's, and one for plain SQL."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from practice_guard.demo import server as embedded

Session = psycopg.Connection[Any]


@dataclass
class Database:
    """A database whose state can be kept under a name, and had back as often as is wanted.

    It comes back under its own object id, so that for the guard it is the same database.
    """

    server: Server
    name: str
    states: dict[str, str] = field(default_factory=dict)
    _oid: int | None = None

    @property
    def url(self) -> str:
        """Where it is."""
        return urlunsplit(urlsplit(self.server.url)._replace(path=f"/{self.name}"))

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A session in autocommit mode, which binds parameters itself, so that several statements go at once."""
        with psycopg.connect(self.url, autocommit=True, cursor_factory=psycopg.ClientCursor) as session:
            yield session

    def create(self) -> None:
        """Make it, empty."""
        self._make("CREATE DATABASE {}")

    def create_as(self, other: Database) -> None:
        """Make it as another one is now."""
        self._make("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy", other.name)

    def _make(self, text: str, *names: str) -> None:
        self.server.run(text, self.name, *names)
        with self.session() as session:
            row = session.execute("SELECT oid FROM pg_database WHERE datname = current_database()").fetchone()
        self._oid = row[0] if row else None

    def keep(self, state: str) -> None:
        """Keep what it is now under a name."""
        if state not in self.states:
            self.states[state] = f"{self.name}_{state}"
            self.server.run("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy", self.states[state], self.name)

    def become(self, state: str) -> None:
        """Make it what was kept under a name."""
        self.server.run("DROP DATABASE {} WITH (FORCE)", self.name)
        text = f"CREATE DATABASE {{}} OID {self._oid} TEMPLATE {{}} STRATEGY file_copy"
        self.server.run(text, self.name, self.states[state])

    def drop(self) -> None:
        """Remove it, and all that was kept."""
        for name in (self.name, *self.states.values()):
            self.server.run("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)


@dataclass(frozen=True)
class Log:
    """A server's log from some byte on."""

    path: Path
    begin: int

    def text(self) -> str:
        """What came in so far."""
        with self.path.open("rb") as file:
            file.seek(self.begin)
            return file.read().decode(errors="replace")


@dataclass(frozen=True)
class Server:
    """A running server. `own` says that it was started for this, with the settings that PostgreSQL comes with."""

    url: str
    own: bool
    log: Path | None = None

    def database(self, purpose: str) -> Database:
        """A database of this process's, not yet made."""
        return Database(self, f"practice_guard_bench_{os.getpid()}_{purpose}")

    def run(self, text: str, *names: str) -> None:
        """Run a statement about databases."""
        with psycopg.connect(self.url, autocommit=True) as session:
            session.execute(sql.SQL(text).format(*map(sql.Identifier, names)))

    @contextmanager
    def logging(self) -> Iterator[Log]:
        """Have it log every statement with its time, in sessions that begin within the block; its own server alone."""
        if self.log is None:
            raise ValueError("the log of a server that was found is not known")
        log = Log(self.log, self.log.stat().st_size)
        self.run("ALTER ROLE CURRENT_USER SET log_min_duration_statement = 0")
        try:
            yield log
        finally:
            self.run("ALTER ROLE CURRENT_USER RESET log_min_duration_statement")

    def facts(self) -> dict[str, object]:
        """What a reader of the figures must know of it: its version, and settings that weigh."""
        with psycopg.connect(self.url, autocommit=True) as session:
            found: dict[str, object] = dict(session.execute(_FACTS).fetchall())
        return {**found, "own": self.own}


_FACTS = """
SELECT name, current_setting(name) FROM unnest(ARRAY['server_version', 'fsync', 'shared_buffers', 'work_mem',
       'max_wal_size', 'max_parallel_workers_per_gather', 'jit']) AS name
"""


@contextmanager
def running(url: str | None, version: int) -> Iterator[Server]:
    """The server named, which must let this account make databases and switch triggers off; else one of our own."""
    if url:
        yield Server(url, own=False)
        return
    with embedded.running(version, quick=False) as started:
        yield Server(started.url(), own=True, log=started.directory / "log")

"""Table locks: all of them in time or none, whatever each of them was waited for."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest

from practice_guard.core import errors
from practice_guard.core.database import Access, Connection, Timeouts, connect, locks
from tests.world.builders import Row, ScratchDatabase

TABLES = ["public.clubs", "public.leagues"]
TIMEOUTS = "SELECT pg_catalog.current_setting('statement_timeout'), pg_catalog.current_setting('lock_timeout')"


@pytest.fixture
def ours(database: ScratchDatabase) -> Iterator[Connection]:
    with connect(database.url, application="test", timeouts=Timeouts(lock=60.0, statement=60.0)) as found:
        yield found


@contextmanager
def held_for(connection: psycopg.Connection[Row], table: str, seconds: float) -> Iterator[None]:
    connection.execute("BEGIN")
    connection.execute(f"LOCK TABLE {table} IN ROW EXCLUSIVE MODE".encode())
    release = threading.Timer(seconds, lambda: connection.execute("ROLLBACK"))
    release.start()
    yield
    release.join()


def test_each_had_in_time_and_all_together_too_late_is_too_late(database: ScratchDatabase, ours: Connection) -> None:
    """Else the server would look for a deadlock first, and end the ETL."""
    one, other = database.connect(), database.connect()
    with (
        held_for(one, TABLES[0], 1.5),
        held_for(other, TABLES[1], 3.0),
        pytest.raises(errors.LockTimeoutError) as raised,
        ours.transaction(Access.WRITE, within=2.0),
    ):
        locks.tables(ours, [("SHARE", TABLES)], within=2.0)
    assert raised.value.data["tables"] == TABLES


def test_the_second_kind_of_lock_has_what_the_first_has_left(database: ScratchDatabase, ours: Connection) -> None:
    one, other = database.connect(), database.connect()
    with (
        held_for(one, TABLES[0], 1.5),
        held_for(other, TABLES[1], 3.0),
        pytest.raises(errors.LockTimeoutError),
        ours.transaction(Access.WRITE, within=2.0),
    ):
        locks.tables(ours, [("SHARE", TABLES[:1]), ("SHARE ROW EXCLUSIVE", TABLES[1:])], within=2.0)


def test_time_outs_are_afterwards_what_they_were(ours: Connection) -> None:
    with ours.transaction(Access.WRITE, within=2.0):
        locks.tables(ours, [("SHARE", TABLES)], within=2.0)
        assert ours.execute(TIMEOUTS) == [("1min", "2s")]


def test_the_view_of_the_data_is_open_until_the_locks_are_had(database: ScratchDatabase, ours: Connection) -> None:
    with ours.transaction(Access.SNAPSHOT, within=2.0):
        locks.tables(ours, [("ACCESS SHARE", TABLES)], within=2.0)
        database.connect().execute("INSERT INTO clubs (name) VALUES ('Tennaqua')")
        assert ours.execute("SELECT count(*) FROM public.clubs") == [(1,)]


def test_a_statement_that_a_person_ended_is_no_lock_that_was_not_had(
    database: ScratchDatabase, ours: Connection
) -> None:
    holder = database.connect()
    holder.execute("BEGIN")
    holder.execute("LOCK TABLE clubs IN ROW EXCLUSIVE MODE")
    ended = threading.Timer(0.5, lambda: database.rows("SELECT pg_cancel_backend(%(pid)s)", pid=ours.backend))
    ended.start()
    with pytest.raises(errors.StatementError, match="57014"), ours.transaction(Access.WRITE, within=30.0):
        locks.tables(ours, [("SHARE", TABLES)], within=30.0)
    ended.join()

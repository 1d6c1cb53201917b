"""The core through a caller's own connection: nothing of the caller's is changed, and nothing is left behind."""

from __future__ import annotations

import datetime as dt
import sqlite3
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import psycopg2
import pytest

from practice_guard.core import errors
from practice_guard.core.database import locks, savepoints
from practice_guard.core.database.borrowed import Borrowed
from practice_guard.core.database.port import CANONICAL, Access
from tests.world.builders import ScratchDatabase
from tests.world.callers import CONNECT, ask, caller

WATCHED = (*CANONICAL, "lock_timeout", "statement_timeout", "transaction_read_only", "transaction_isolation")
UNUSUAL = {
    "TimeZone": "America/Chicago",
    "DateStyle": "SQL, DMY",
    "IntervalStyle": "iso_8601",
    "bytea_output": "escape",
    "extra_float_digits": "0",
    "search_path": '"$user", public, pg_temp',
    "lock_timeout": "7s",
    "statement_timeout": "90s",
}
AWKWARD = ["a'b", "c\\d", None, "50 %", 'G "1"', "Hinsdale, PC", "{}", "NULL", "", " ", "Île\n"]


def settings_of(cursor: Any) -> dict[str, str]:
    return {name: ask(cursor, f"SELECT current_setting('{name}')") for name in WATCHED}


def has_unusual_settings(cursor: Any) -> None:
    """Half of them for the session, half for the transaction."""
    for number, (name, value) in enumerate(UNUSUAL.items()):
        cursor.execute("SELECT set_config(%s, %s, %s)", (name, value, number % 2 == 0))


def a_savepoint_is_left(cursor: Any) -> bool:
    """Asks PostgreSQL, which aborts the transaction when there is none."""
    try:
        cursor.execute("RELEASE SAVEPOINT practice_guard")
    except cursor.connection.Error as error:
        if "does not exist" in str(error):
            return False
        raise
    return True


def in_one_transaction(port: Borrowed, access: Access, *statements: str) -> None:
    with port.transaction(access):
        for text in statements:
            port.execute(text)


@pytest.mark.parametrize("habit", CONNECT)
def test_settings_are_the_callers_again(database: ScratchDatabase, habit: str) -> None:
    with caller(database, habit) as cursor:
        has_unusual_settings(cursor)
        before, port = settings_of(cursor), Borrowed(cursor)

        for access in Access:
            with port.transaction(access):
                assert port.execute("SELECT current_setting('TimeZone'), current_setting('DateStyle')") == [
                    ("UTC", "ISO, YMD")
                ]
            assert settings_of(cursor) == before

        cursor.connection.commit()
        for_the_session = [name for number, name in enumerate(UNUSUAL) if number % 2]
        assert {name: settings_of(cursor)[name] for name in for_the_session} == {
            name: before[name] for name in for_the_session
        }


@pytest.mark.parametrize("access", Access)
@pytest.mark.parametrize("habit", ["psycopg2", "psycopg"])
def test_an_error_leaves_the_callers_work_and_settings(database: ScratchDatabase, habit: str, access: Access) -> None:
    with caller(database, habit) as cursor:
        has_unusual_settings(cursor)
        cursor.execute("INSERT INTO clubs (name) VALUES ('Tennaqua')")
        before, port = settings_of(cursor), Borrowed(cursor)

        with pytest.raises(errors.SchemaError):
            in_one_transaction(
                port, access, "SET LOCAL lock_timeout = '1ms'", "SELECT no_such_column FROM public.clubs"
            )

        assert settings_of(cursor) == before
        assert ask(cursor, "SELECT count(*) FROM clubs") == 1
        assert not a_savepoint_is_left(cursor)


@pytest.mark.parametrize("access", Access)
@pytest.mark.parametrize("habit", ["psycopg2", "psycopg"])
def test_no_savepoint_is_left(database: ScratchDatabase, habit: str, access: Access) -> None:
    with caller(database, habit) as cursor:
        port = Borrowed(cursor)
        with port.transaction(access), port.transaction(access):
            port.execute("SELECT 1")
        assert not a_savepoint_is_left(cursor)


@pytest.mark.parametrize("habit", CONNECT)
def test_what_is_written_is_the_callers_to_commit_or_undo(database: ScratchDatabase, habit: str) -> None:
    for finish, expected in (("rollback", 0), ("commit", 1)):
        with caller(database, habit) as cursor:
            port = Borrowed(cursor)
            with port.transaction(Access.WRITE):
                port.execute("INSERT INTO public.clubs (name) VALUES (%(name)s)", {"name": "100 % Tennis"})
            assert database.count("clubs") == 0
            getattr(cursor.connection, finish)()
        assert database.count("clubs") == expected


@pytest.mark.parametrize("habit", ["psycopg2", "psycopg"])
def test_postgresql_refuses_a_write_of_what_only_reads(database: ScratchDatabase, habit: str) -> None:
    with caller(database, habit) as cursor:
        port = Borrowed(cursor)
        with pytest.raises(errors.AccessError), port.transaction(Access.READ):
            port.execute("INSERT INTO public.clubs (name) VALUES ('Tennaqua')")
        cursor.execute("INSERT INTO clubs (name) VALUES ('Tennaqua')")  # the caller still may
        cursor.connection.commit()
    assert database.count("clubs") == 1


@pytest.mark.parametrize("habit", CONNECT)
def test_rows_are_the_same_whatever_the_caller_likes(database: ScratchDatabase, habit: str) -> None:
    with caller(database, habit) as cursor:
        port = Borrowed(cursor)
        with port.transaction(Access.READ):
            (row,) = port.execute(
                "SELECT 1 AS a, 2 AS a, %(list)s::text[], %(none)s::text[], %(numbers)s::bigint[],"
                " %(now)s::timestamptz, '100 %%', true",
                {
                    "list": AWKWARD,
                    "none": [],
                    "numbers": [1, None, -(2**62)],
                    "now": dt.datetime(2026, 1, 5, 12, tzinfo=dt.timezone.utc),
                },
            )
        assert row == (
            1,
            2,
            AWKWARD,
            [],
            [1, None, -(2**62)],
            dt.datetime(2026, 1, 5, 12, tzinfo=dt.timezone.utc),
            "100 %",
            True,
        )
        assert type(row) is tuple


@pytest.mark.parametrize("habit", ["psycopg2", "psycopg"])
def test_a_lock_not_had_in_time_leaves_the_callers_work(database: ScratchDatabase, habit: str) -> None:
    other = database.connect()
    with caller(database, habit) as cursor, other.transaction():
        other.execute("LOCK TABLE teams IN ACCESS EXCLUSIVE MODE")
        cursor.execute("INSERT INTO clubs (name) VALUES ('Tennaqua')")
        port = Borrowed(cursor)

        with pytest.raises(errors.LockTimeoutError):
            locks.attempt(port, Access.WRITE, lambda within: takes_a_lock(port, within), patience=0.6)

        assert ask(cursor, "SELECT count(*) FROM clubs") == 1
        assert not a_savepoint_is_left(cursor)


@pytest.mark.parametrize("habit", ["psycopg2", "psycopg"])
def test_a_lock_is_tried_for_again_within_the_callers_transaction(database: ScratchDatabase, habit: str) -> None:
    other = database.connect()
    other.execute("BEGIN")
    other.execute("LOCK TABLE teams IN ACCESS EXCLUSIVE MODE")
    release = threading.Timer(1.0, lambda: other.execute("COMMIT"))
    with caller(database, habit) as cursor:
        cursor.execute("INSERT INTO clubs (name) VALUES ('Tennaqua')")
        port = Borrowed(cursor)
        release.start()
        assert locks.attempt(port, Access.WRITE, lambda within: takes_a_lock(port, within), patience=20.0)
        release.join()
        cursor.connection.commit()
    assert database.count("clubs") == 1


def takes_a_lock(port: Borrowed, within: float) -> bool:
    locks.tables(port, [("SHARE", ["public.teams"])], within=within)
    return True


@pytest.mark.parametrize("habit", ["psycopg2", "psycopg"])
def test_an_aborted_transaction_is_refused_and_left_as_it_is(database: ScratchDatabase, habit: str) -> None:
    with caller(database, habit) as cursor:
        with pytest.raises(cursor.connection.Error):
            cursor.execute("SELECT no_such_column FROM clubs")
        with pytest.raises(errors.UsageError, match="roll it back"), Borrowed(cursor).transaction(Access.READ):
            pass
        cursor.connection.rollback()


@pytest.mark.parametrize("habit", ["psycopg2", "psycopg"])
def test_an_error_swallowed_inside_is_not_taken_for_success(database: ScratchDatabase, habit: str) -> None:
    for access in Access:
        with caller(database, habit) as cursor:
            port = Borrowed(cursor)
            with pytest.raises(errors.GuardError), port.transaction(access), suppress(errors.SchemaError):
                port.execute("SELECT no_such_column FROM public.clubs")


@pytest.mark.parametrize("habit", ["psycopg2", "psycopg"])
@pytest.mark.parametrize("level", ["REPEATABLE READ", "SERIALIZABLE"])
def test_writing_needs_to_see_what_others_commit(database: ScratchDatabase, habit: str, level: str) -> None:
    with caller(database, habit) as cursor:
        cursor.execute(f"SET TRANSACTION ISOLATION LEVEL {level}")
        port = Borrowed(cursor)
        with port.transaction(Access.READ):
            port.execute("SELECT 1")
        for access in (Access.WRITE, Access.SNAPSHOT):
            with pytest.raises(errors.UsageError, match="READ COMMITTED"), port.transaction(access):
                pass
        assert not a_savepoint_is_left(cursor)


@pytest.mark.parametrize("encoding", ["LATIN1", "SQL_ASCII"])
@pytest.mark.parametrize("habit", ["psycopg2", "psycopg"])
def test_an_encoding_that_loses_names_is_refused(database: ScratchDatabase, habit: str, encoding: str) -> None:
    separator = "&" if "?" in database.url else "?"
    connection = CONNECT[habit](f"{database.url}{separator}client_encoding={encoding}")
    with pytest.raises(errors.UsageError, match="UTF8"), Borrowed(connection).transaction(Access.READ):
        pass
    connection.close()


@pytest.mark.parametrize("habit", CONNECT)
def test_an_autocommit_connection_gets_one_transaction(database: ScratchDatabase, habit: str) -> None:
    with caller(database, habit) as cursor:
        cursor.connection.autocommit = True
        port = Borrowed(cursor)
        with port.whole():
            with port.transaction(Access.WRITE):
                port.execute("INSERT INTO public.clubs (name) VALUES ('Tennaqua')")
            assert database.count("clubs") == 0
        assert database.count("clubs") == 1

        with pytest.raises(errors.SchemaError), port.whole():
            fails_after_a_write(port)
        assert database.count("clubs") == 1
        waiting = "datname = current_database() AND state LIKE 'idle in transaction%'"
        assert database.count("pg_stat_activity", waiting) == 0


def fails_after_a_write(port: Borrowed) -> None:
    in_one_transaction(port, Access.WRITE, "INSERT INTO public.clubs (name) VALUES ('Wilmette')")
    in_one_transaction(port, Access.WRITE, "SELECT no_such_column FROM public.clubs")


@pytest.mark.parametrize("habit", ["psycopg2", "psycopg"])
def test_a_transaction_that_the_caller_began_on_an_autocommit_connection_is_the_callers(
    database: ScratchDatabase, habit: str
) -> None:
    with caller(database, habit) as cursor:
        cursor.connection.autocommit = True
        cursor.execute("BEGIN")
        port = Borrowed(cursor)
        with port.whole(), port.transaction(Access.WRITE):
            port.execute("INSERT INTO public.clubs (name) VALUES ('Tennaqua')")
        cursor.execute("ROLLBACK")
    assert database.count("clubs") == 0


def children_need_parents(database: ScratchDatabase) -> None:
    database.rows("CREATE TABLE parents (id int PRIMARY KEY)")
    database.rows("CREATE TABLE children (parent int REFERENCES parents DEFERRABLE INITIALLY DEFERRED)")


@pytest.mark.parametrize("habit", ["psycopg2", "psycopg"])
def test_deferred_constraints_wait_for_the_callers_commit(database: ScratchDatabase, habit: str) -> None:
    children_need_parents(database)
    with caller(database, habit) as cursor:
        cursor.execute("INSERT INTO children VALUES (1)")
        port = Borrowed(cursor)
        with port.transaction(Access.WRITE):
            port.notice_constraints()
            port.check_constraints()
        cursor.execute("INSERT INTO parents VALUES (1)")
        cursor.connection.commit()
    assert database.count("children") == 1


@pytest.mark.parametrize("habit", ["psycopg2", "psycopg"])
def test_what_breaks_them_beside_a_caller_that_kept_them_is_refused(database: ScratchDatabase, habit: str) -> None:
    children_need_parents(database)
    with caller(database, habit) as cursor:
        cursor.execute("INSERT INTO parents VALUES (1)")
        cursor.execute("INSERT INTO children VALUES (1)")
        port = Borrowed(cursor)
        with port.transaction(Access.WRITE):
            port.notice_constraints()
            with savepoints.taken_back(port):
                port.execute("INSERT INTO public.children VALUES (2)")
                with pytest.raises(errors.SchemaError, match="children_parent_fkey"):
                    port.check_constraints()
            port.check_constraints()
        cursor.execute("INSERT INTO children VALUES (3)")
        cursor.execute("INSERT INTO parents VALUES (3)")
        cursor.connection.commit()
    assert database.rows("SELECT parent FROM children ORDER BY parent") == [(1,), (3,)], "they are deferred still"


@pytest.mark.parametrize("habit", ["psycopg2", "psycopg"])
def test_a_lost_connection_is_said_to_be_lost(database: ScratchDatabase, habit: str) -> None:
    with caller(database, habit) as cursor:
        port, pid = Borrowed(cursor), ask(cursor, "SELECT pg_backend_pid()")
        assert port.backend == pid
        with pytest.raises(errors.UnreachableError), port.transaction(Access.WRITE):
            asks_after_the_server_ended_the_session(port, database, pid)


def asks_after_the_server_ended_the_session(port: Borrowed, database: ScratchDatabase, pid: int) -> None:
    database.rows("SELECT pg_terminate_backend(%(pid)s, 5000)", pid=pid)
    port.execute("SELECT 1")


def test_other_drivers_are_refused() -> None:
    with pytest.raises(errors.UsageError, match="psycopg or psycopg2"):
        Borrowed(sqlite3.connect(":memory:").cursor())


def test_a_connection_does_as_well_as_a_cursor(database: ScratchDatabase) -> None:
    connection = psycopg2.connect(database.url)
    port: Callable[..., Any] = Borrowed(connection).execute
    assert port("SELECT 1") == [(1,)]
    connection.close()

"""How the functions inside an ETL behave towards locks, environments, loggers and autocommit connections."""

from __future__ import annotations

import logging
import threading

import psycopg
import pytest

from practice_guard import etl
from practice_guard.core import errors
from practice_guard.core.database import locks
from tests.world.builders import League, ScratchDatabase, practices_by_natural_key
from tests.world.callers import (
    ALL_ROWS,
    LogsItself,
    ask,
    caller,
    the_teams_are_recreated,
)

pytestmark = pytest.mark.usefixtures("impatient")


def test_another_guard_at_work_is_waited_for_no_longer_than_said(season: League, database: ScratchDatabase) -> None:
    other = database.connect()
    logger = LogsItself()
    with caller(database) as cursor, other.transaction():
        other.execute("LOCK TABLE schedule IN ACCESS EXCLUSIVE MODE")
        cursor.execute("INSERT INTO clubs (name) VALUES ('Lakeshore')")
        with pytest.raises(errors.LockTimeoutError):
            etl.create_enhanced_practice_time_backup(cursor, logger)
        assert ask(cursor, "SELECT count(*) FROM clubs WHERE name = 'Lakeshore'") == 1
    assert any("could not be locked" in line for line in logger.said("ERROR"))


@pytest.mark.parametrize(
    ("holder", "own", "works"),
    [
        ("practice_guard:run:7", "practice_guard_etl:7", True),
        ("practice_guard:run:7", "practice_guard_etl:6", False),
        ("practice_guard:run:7", "import_all_jsons", False),
        ("practice_guard:backup", "practice_guard_etl:7", False),
    ],
)
def test_only_the_run_that_started_the_etl_shares_its_lock(
    season: League, database: ScratchDatabase, holder: str, own: str, works: bool
) -> None:
    run = database.connect(application_name=holder)
    run.execute("SELECT pg_advisory_lock(%(key)s, %(number)s)", locks.KEYS)
    with caller(database) as cursor:
        cursor.execute("SELECT set_config('application_name', %s, false)", (own,))
        if works:
            assert etl.create_enhanced_practice_time_backup(cursor) == ALL_ROWS
        else:
            with pytest.raises(errors.LockedError, match=holder):
                etl.create_enhanced_practice_time_backup(cursor)


def test_a_restore_waits_for_a_user_who_is_quick(
    season: League, database: ScratchDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PRACTICE_GUARD_LOCK_TIMEOUT", "20")
    user = database.connect()
    with caller(database) as cursor:
        rows = etl.create_enhanced_practice_time_backup(cursor)
        the_teams_are_recreated(cursor)
        user.execute("BEGIN")
        user.execute("INSERT INTO practice_times (day_of_week) VALUES ('Sunday')")
        done = threading.Timer(1.5, lambda: user.execute("ROLLBACK"))
        done.start()
        etl.restore_practice_times_with_fallback(cursor)
        done.join()
        assert etl.validate_practice_time_health(cursor, rows)["is_healthy"]


@pytest.mark.parametrize("habit", ["psycopg2", "psycopg"])
def test_on_an_autocommit_connection_each_call_is_a_transaction(
    season: League, database: ScratchDatabase, habit: str
) -> None:
    before = practices_by_natural_key(database)
    with caller(database, habit) as cursor:
        cursor.connection.autocommit = True
        rows = etl.create_enhanced_practice_time_backup(cursor)
        assert database.count("practice_guard.snapshots") == 1
        cursor.execute("BEGIN")
        the_teams_are_recreated(cursor)
        cursor.execute("COMMIT")
        etl.restore_practice_times_with_fallback(cursor)
        assert practices_by_natural_key(database) == before
        assert etl.validate_practice_time_health(cursor, rows)["is_healthy"]
        etl.cleanup_enhanced_backup_tables(cursor)


def test_the_environment_is_the_processs(
    season: League, database: ScratchDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RAILWAY_ENVIRONMENT_NAME", "production")
    with caller(database) as cursor:
        etl.create_enhanced_practice_time_backup(cursor)
        assert ask(cursor, "SELECT environment FROM practice_guard.installation") == "railway"

        monkeypatch.setenv("PRACTICE_GUARD_ENV", "staging")
        for call in (
            etl.create_enhanced_practice_time_backup,
            etl.restore_practice_times_with_fallback,
            etl.cleanup_enhanced_backup_tables,
            etl.validate_team_id_preservation_post_etl,
        ):
            with pytest.raises(errors.WrongDatabaseError, match="marked as railway"):
                call(cursor)
        safe, issues = etl.validate_etl_safety_preconditions(cursor)
        assert not safe
        assert any("marked as railway" in issue for issue in issues)


def test_a_server_elsewhere_is_not_taken_for_local(
    season: League, database: ScratchDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("practice_guard.core.database.borrowed.Borrowed.host", "db.example.org")
    with caller(database) as cursor:
        with pytest.raises(errors.UsageError, match="PRACTICE_GUARD_ENV"):
            etl.create_enhanced_practice_time_backup(cursor)
        monkeypatch.setenv("PRACTICE_GUARD_ENV", "production")
        etl.create_enhanced_practice_time_backup(cursor)
        assert ask(cursor, "SELECT environment FROM practice_guard.installation") == "railway"


def test_an_etl_that_logs_itself_is_told_everything(season: League, database: ScratchDatabase) -> None:
    logger = LogsItself()
    with caller(database) as cursor:
        rows = etl.create_enhanced_practice_time_backup(cursor, logger)
        the_teams_are_recreated(cursor)
        etl.validate_practice_time_health(cursor, rows, logger)
        etl.restore_practice_times_with_fallback(cursor, logger)
    assert any(line.startswith("Snapshot ") for line in logger.said("INFO"))
    assert any("rows of practices are not there" in line for line in logger.said("ERROR"))
    assert any(line.startswith("Restored from ") for line in logger.said("INFO"))
    assert {level for level, _ in logger.lines} <= {"INFO", "WARNING", "ERROR"}


def test_a_standard_logger_is_told_too(
    season: League, database: ScratchDatabase, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    with caller(database) as cursor:
        etl.create_enhanced_practice_time_backup(cursor, logging.getLogger("etl"))
    assert any(record.getMessage().startswith("Snapshot ") for record in caplog.records)


def test_a_logger_that_cannot_log_is_refused_before_anything_is_done(season: League, database: ScratchDatabase) -> None:
    with psycopg.connect(database.url) as connection:
        with pytest.raises(errors.UsageError, match="info, warning and error"):
            etl.create_enhanced_practice_time_backup(connection.cursor(), logger=object())
        assert connection.info.transaction_status == 0


@pytest.mark.parametrize("habit", ["psycopg2", "psycopg"])
def test_a_closed_connection_is_said_to_be_closed(season: League, database: ScratchDatabase, habit: str) -> None:
    logger = LogsItself()
    with caller(database, habit) as cursor:
        cursor.connection.close()
        assert etl.validate_etl_safety_preconditions(cursor, logger) == (
            False,
            ["The caller's connection is closed."],
        )
        with pytest.raises(errors.UnreachableError, match="closed"):
            etl.create_enhanced_practice_time_backup(cursor, logger)
    assert logger.said("ERROR") == ["The caller's connection is closed."] * 2

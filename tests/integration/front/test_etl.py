"""The functions that an ETL calls inside its own transaction (issue "Inside the ETL")."""

from __future__ import annotations

from typing import Any

import pytest

from practice_guard import etl
from practice_guard.core import errors
from practice_guard.core.database import statement
from tests.world import builders
from tests.world.builders import League, ScratchDatabase, practices_by_natural_key
from tests.world.callers import (
    ALL_ROWS,
    CONNECT,
    PRACTICES,
    LogsItself,
    ask,
    caller,
    the_etl_imports,
    the_teams_are_recreated,
)

pytestmark = pytest.mark.usefixtures("impatient")


@pytest.mark.parametrize("habit", [habit for habit in CONNECT if habit.startswith("psycopg2")])
@pytest.mark.parametrize("commits", [True, False])
def test_an_etl_keeps_every_practice_on_its_team(
    season: League, database: ScratchDatabase, habit: str, commits: bool
) -> None:
    before, website = practices_by_natural_key(database), builders.the_website_now(database)
    with caller(database, habit) as cursor:
        assert etl.validate_etl_safety_preconditions(cursor) == (True, [])
        assert etl.create_enhanced_practice_time_backup(cursor) == ALL_ROWS
        the_etl_imports(cursor, website, commits=commits)

        success, stats = etl.validate_team_id_preservation_post_etl(cursor)
        assert not success
        assert (stats["total"], stats["preserved"], stats["lost"], stats["preservation_rate"]) == (16, 0, 16, 0.0)

        restored = etl.restore_practice_times_with_fallback(cursor)
        assert restored == {
            "direct": 0, "fallback": ALL_ROWS, "total": ALL_ROWS, "pending": 0, "deleted": 0, "given_up": 0,
            "written": ALL_ROWS,
        }  # fmt: skip
        health = etl.validate_practice_time_health(cursor, ALL_ROWS)
        assert health["is_healthy"]
        assert etl.cleanup_enhanced_backup_tables(cursor) == []
        cursor.connection.commit()
    assert practices_by_natural_key(database) == before


@pytest.mark.parametrize("habit", CONNECT)
def test_every_habit_of_a_caller_is_served(season: League, database: ScratchDatabase, habit: str) -> None:
    before = practices_by_natural_key(database)
    with caller(database, habit) as cursor:
        rows = etl.create_enhanced_practice_time_backup(cursor)
        the_teams_are_recreated(cursor)
        assert etl.restore_practice_times_with_fallback(cursor, dry_run=True)["written"] > 0
        assert etl.restore_practice_times_with_fallback(cursor)["fallback"] > 0
        assert etl.validate_practice_time_health(cursor, rows)["is_healthy"]
        cursor.connection.commit()
    assert practices_by_natural_key(database) == before


@pytest.mark.parametrize("habit", ["psycopg2", "psycopg"])
def test_the_callers_rollback_undoes_everything(season: League, database: ScratchDatabase, habit: str) -> None:
    before = database.all_rows()
    with caller(database, habit) as cursor:
        the_whole_cycle(cursor)
        cursor.connection.rollback()
    assert database.all_rows() == before


@pytest.mark.parametrize("habit", ["psycopg2", "psycopg"])
def test_nothing_is_committed_behind_the_callers_back(season: League, database: ScratchDatabase, habit: str) -> None:
    before = database.all_rows()
    with caller(database, habit) as cursor:
        the_whole_cycle(cursor)
        assert database.all_rows() == before, "nor is there any table of the guard's"


def the_whole_cycle(cursor: Any) -> None:
    rows = etl.create_enhanced_practice_time_backup(cursor)
    the_teams_are_recreated(cursor)
    etl.restore_practice_times_with_fallback(cursor)
    etl.validate_practice_time_health(cursor, rows)
    etl.cleanup_enhanced_backup_tables(cursor)


def test_no_second_connection_is_opened(season: League, database: ScratchDatabase) -> None:
    with caller(database) as cursor:
        rows = etl.create_enhanced_practice_time_backup(cursor)
        the_teams_are_recreated(cursor)
        etl.restore_practice_times_with_fallback(cursor)
        etl.validate_practice_time_health(cursor, rows)
        # the test's own and the caller's
        sessions = "datname = current_database() AND backend_type = 'client backend'"
        assert database.count("pg_stat_activity", sessions) == 2


def test_a_dry_run_writes_nothing_and_says_what_would_be_done(season: League, database: ScratchDatabase) -> None:
    with caller(database) as cursor:
        etl.create_enhanced_practice_time_backup(cursor)
        the_teams_are_recreated(cursor)
        cursor.connection.commit()
        before = database.everything()
        shown = etl.restore_practice_times_with_fallback(cursor, dry_run=True)
        cursor.connection.commit()
        assert database.everything() == before
        assert etl.restore_practice_times_with_fallback(cursor) == shown


@pytest.mark.parametrize("habit", ["psycopg2", "psycopg"])
def test_an_etl_that_turns_foreign_keys_off_is_coped_with(
    season: League, database: ScratchDatabase, habit: str
) -> None:
    """Cascades do not work then, nor do triggers; nothing of the guard may rely on them."""
    before = practices_by_natural_key(database)
    with caller(database, habit) as cursor:
        cursor.execute("SET session_replication_role = replica")
        logger = LogsItself()
        assert etl.validate_etl_safety_preconditions(cursor, logger) == (True, [])
        assert not any("session_replication_role" in line for line in logger.said("WARNING"))
        for _ in range(16):
            rows = etl.create_enhanced_practice_time_backup(cursor)
            the_teams_are_recreated(cursor)
            etl.restore_practice_times_with_fallback(cursor)
            assert etl.validate_practice_time_health(cursor, rows)["is_healthy"]
            cursor.connection.commit()
        removed = etl.cleanup_enhanced_backup_tables(cursor)
        assert len(removed) == 2
        assert ask(cursor, "SHOW session_replication_role") == "replica"
        cursor.connection.commit()
    assert database.count("practice_guard.snapshots") == 14
    assert database.count("practice_guard.ledger", "kind = 'cleanup'") == 1, "history tells of it"
    kept = "snapshot NOT IN (SELECT id FROM practice_guard.snapshots)"
    assert database.count("practice_guard.snapshot_sets", kept) == 0
    tables = database.count("pg_tables", "schemaname = 'practice_guard' AND tablename LIKE 's20%'")
    assert tables == database.count("practice_guard.snapshot_sets") > 14
    assert practices_by_natural_key(database) == before


def test_damage_is_not_made_the_truth(season: League, database: ScratchDatabase) -> None:
    logger = LogsItself()
    with caller(database) as cursor:
        etl.create_enhanced_practice_time_backup(cursor)
        the_teams_are_recreated(cursor)
        cursor.connection.commit()
        with pytest.raises(errors.HealthError, match="not in place") as refused:
            etl.create_enhanced_practice_time_backup(cursor, logger)
        finding = refused.value.data["findings"][0]  # type: ignore[index]
        step = "practice-guard restore --dry-run --env local"
        assert (finding.code, finding.fix) == ("import-not-restored", step)
        assert refused.value.next_steps == (step,)
        assert any(line.endswith(f"Fix: {step}") for line in logger.said("ERROR"))
        safe, issues = etl.validate_etl_safety_preconditions(cursor)
        assert not safe
        assert any("not in place" in issue and issue.endswith(f"Fix: {step}") for issue in issues)
        cursor.execute("SELECT 1")  # the transaction is still usable
    assert database.count("practice_guard.snapshots") == 1


def test_without_a_snapshot_nothing_is_said_to_be_fine(season: League, database: ScratchDatabase) -> None:
    with caller(database) as cursor:
        for check in (
            etl.validate_team_id_preservation_post_etl,
            etl.restore_practice_times_with_fallback,
        ):
            with pytest.raises(errors.NoSnapshotError):
                check(cursor)
        cursor.execute("DELETE FROM schedule")
        health = etl.validate_practice_time_health(cursor, PRACTICES)
        assert (health["post_etl_count"], health["lost"], health["is_healthy"]) == (0, PRACTICES, False)
        assert health["verdict"] == "refused"


def test_a_database_that_cannot_be_checked_is_not_safe(database: ScratchDatabase) -> None:
    database.rows("ALTER TABLE teams RENAME COLUMN team_name TO name")
    with caller(database) as cursor:
        safe, issues = etl.validate_etl_safety_preconditions(cursor)
        cursor.execute("SELECT 1")
    assert not safe
    assert "team_name" in issues[0]


@pytest.mark.parametrize("own_count", [True, False])
def test_health_counts_what_its_caller_counts(season: League, database: ScratchDatabase, own_count: bool) -> None:
    with caller(database) as cursor:
        rows = etl.create_enhanced_practice_time_backup(cursor)
        count = ask(cursor, "SELECT count(*) FROM schedule WHERE home_team ILIKE '%practice%'") if own_count else rows
        assert count == (PRACTICES if own_count else ALL_ROWS)
        the_teams_are_recreated(cursor)
        lost = etl.validate_practice_time_health(cursor, count)
        assert (lost["post_etl_count"], lost["difference"]) == (count - PRACTICES, -PRACTICES)
        assert (lost["is_healthy"], lost["verdict"], lost["lost"]) == (False, "refused", PRACTICES)
        assert lost["orphaned_count"] == 2  # a message and a recurring practice on vanished teams
        assert lost["issues"]

        etl.restore_practice_times_with_fallback(cursor)
        health = etl.validate_practice_time_health(cursor, count)
        assert {name: health[name] for name in ("pre_etl_count", "post_etl_count", "difference")} == {
            "pre_etl_count": count,
            "post_etl_count": count,
            "difference": 0,
        }
        assert (health["is_healthy"], health["verdict"], health["score"], health["issues"]) == (True, "fine", 100, [])


def test_practices_that_no_snapshot_knows_are_missed(season: League, database: ScratchDatabase) -> None:
    """Last night's snapshot is all there is, and a captain was busy since; the count is the only witness."""
    team = builders.teams_now(database)[0]
    with caller(database) as cursor:
        etl.create_enhanced_practice_time_backup(cursor)
        cursor.connection.commit()
        for week in range(4):
            builders.the_app_writes_a_practice(database, team, builders.MONDAY.replace(month=3, day=1 + week))
        the_teams_are_recreated(cursor)
        etl.restore_practice_times_with_fallback(cursor)
        health = etl.validate_practice_time_health(cursor, PRACTICES + 4)
    assert (health["is_healthy"], health["verdict"], health["lost"]) == (False, "refused", 4)


def test_rows_that_wait_are_pending_and_not_lost(season: League, database: ScratchDatabase) -> None:
    website = builders.the_website_now(database)
    with caller(database) as cursor:
        rows = etl.create_enhanced_practice_time_backup(cursor)
        the_etl_imports(cursor, website, "drop-series=Chicago 22")
        restored = etl.restore_practice_times_with_fallback(cursor)
        assert (restored["pending"], restored["total"]) == (3, ALL_ROWS)
        assert restored["direct"] + restored["fallback"] + restored["pending"] == restored["total"]
        health = etl.validate_practice_time_health(cursor, rows)
        assert (health["verdict"], health["is_healthy"], health["lost"], health["pending"]) == ("waiting", False, 0, 3)

        again = etl.create_enhanced_practice_time_backup(cursor)
        assert again == ALL_ROWS
        the_etl_imports(cursor, website)
        etl.restore_practice_times_with_fallback(cursor)
        assert etl.validate_practice_time_health(cursor, again)["is_healthy"]
        cursor.connection.commit()


def test_a_user_who_writes_during_the_backup_does_not_spoil_it(
    season: League, database: ScratchDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the caller's READ COMMITTED each statement sees its own state; the copy is then taken again."""
    team = builders.teams_now(database)[0]
    written: list[int] = []

    def a_captain_is_busy(room: str, name: str, /, **parts: str) -> str:
        if name == "hashed" and not written:
            written.append(builders.the_app_writes_a_practice(database, team, builders.MONDAY.replace(month=4)))
        return statement(room, name, **parts)

    monkeypatch.setattr("practice_guard.core.snapshots.digests.statement", a_captain_is_busy)
    with caller(database) as cursor:
        assert etl.create_enhanced_practice_time_backup(cursor) == ALL_ROWS + 1
        cursor.connection.commit()
    assert database.count("practice_guard.snapshots") == 1

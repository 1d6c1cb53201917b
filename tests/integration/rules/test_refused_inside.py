"""Rows that the database refuses in the middle of an ETL's own transaction, whatever driver that has."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from practice_guard import etl
from practice_guard.core.model import Team
from tests.integration.rules.test_refused import HOWS, OLD, the_past_is_closed
from tests.world.builders import League, ScratchDatabase, practices_by_natural_key
from tests.world.callers import LogsItself, caller, the_teams_are_recreated

HABITS = ["psycopg", "psycopg2", "psycopg2 dict"]
OF_ITS_OWN = "captain_messages", "message = 'The ETL was here'"


@pytest.fixture(autouse=True)
def aimed(place: Path) -> None:
    """Told nothing, as an ETL of this machine is."""


@pytest.fixture
def season(league: League, tennaqua: Team) -> League:
    """Four practices, and one of long ago."""
    league.captain_schedules_practices(tennaqua, 4)
    league.captain_schedules_practice(tennaqua, date=OLD)
    league.has_user()
    return league


def the_etl_imports(cursor: Any) -> None:
    """The teams anew, with the tables' own rules on again, and a row of the ETL's own."""
    the_teams_are_recreated(cursor)
    cursor.execute("SET session_replication_role = origin")
    cursor.execute(
        "INSERT INTO captain_messages (team_id, captain_user_id, message)"
        " SELECT (SELECT min(id) FROM teams), min(id), 'The ETL was here' FROM users"
    )


@pytest.mark.parametrize("habit", HABITS)
@pytest.mark.parametrize("how", HOWS)
def test_the_row_waits_and_the_rest_and_the_etls_own_rows_stay(
    season: League, database: ScratchDatabase, habit: str, how: str
) -> None:
    the_past_is_closed(database, how)
    logger = LogsItself()
    with caller(database, habit) as cursor:
        rows = etl.create_enhanced_practice_time_backup(cursor)
        the_etl_imports(cursor)
        restored = etl.restore_practice_times_with_fallback(cursor, logger)
        health = etl.validate_practice_time_health(cursor, rows)
        cursor.connection.commit()
    assert (restored["pending"], restored["written"], restored["total"]) == (1, 4, 5)
    assert (health["verdict"], health["pending"], health["lost"]) == ("waiting", 1, 0)
    said = " ".join(logger.said("WARNING"))
    assert ("only_now" if how == "check" else "the past is closed") in said
    assert database.count(*OF_ITS_OWN) == 1
    assert database.count("schedule", "home_team_id IN (SELECT id FROM teams)") == 4


@pytest.mark.parametrize("habit", HABITS)
def test_where_nothing_is_refused_all_of_them_stay(season: League, database: ScratchDatabase, habit: str) -> None:
    before = practices_by_natural_key(database)
    with caller(database, habit) as cursor:
        rows = etl.create_enhanced_practice_time_backup(cursor)
        the_etl_imports(cursor)
        assert etl.restore_practice_times_with_fallback(cursor)["pending"] == 0
        assert etl.validate_practice_time_health(cursor, rows)["is_healthy"]
        cursor.connection.commit()
    assert database.count(*OF_ITS_OWN) == 1
    assert practices_by_natural_key(database) == before


@pytest.mark.parametrize("habit", HABITS)
def test_a_block_that_is_protected_ends_well_and_says_that_it_waits(
    season: League, database: ScratchDatabase, habit: str
) -> None:
    the_past_is_closed(database, "check")
    with caller(database, habit) as cursor:
        with etl.protect(cursor.connection) as done:
            the_etl_imports(cursor)
        cursor.connection.commit()
    assert done.restored is not None
    assert (done.restored["pending"], done.restored["written"]) == (1, 4)
    assert done.health is not None
    assert done.health["verdict"] == "waiting"
    assert database.count(*OF_ITS_OWN) == 1


@pytest.mark.parametrize("habit", HABITS)
def test_the_callers_rollback_takes_back_what_was_written_without_it(
    season: League, database: ScratchDatabase, habit: str
) -> None:
    the_past_is_closed(database, "check")
    before = database.all_rows()
    with caller(database, habit) as cursor:
        etl.create_enhanced_practice_time_backup(cursor)
        the_etl_imports(cursor)
        assert etl.restore_practice_times_with_fallback(cursor)["pending"] == 1
        cursor.connection.rollback()
    assert database.all_rows() == before

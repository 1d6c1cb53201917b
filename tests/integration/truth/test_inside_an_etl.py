"""What is gone when an ETL calls the guard is its doing only where an import ran, or may have."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from practice_guard import etl
from tests.world import around
from tests.world.builders import League, ScratchDatabase
from tests.world.callers import caller
from tests.world.seasons import two_neighbours

ONE_GOES = "DELETE FROM captain_messages WHERE id = (SELECT min(id) FROM captain_messages)"
MESSAGES = 12


@pytest.fixture
def guarded(league: League, database: ScratchDatabase, place: Path) -> ScratchDatabase:
    """Two teams with messages, and a snapshot that somebody has taken by hand."""
    for team in two_neighbours(league):
        for number in range(MESSAGES // 2):
            league.captain_writes_message(team, f"Message {number}")
    assert around.says("backup").status == 0
    return database


def left(database: ScratchDatabase) -> int:
    return database.count("captain_messages")


def restored_by_hand(database: ScratchDatabase) -> dict[str, Any]:
    """The drop-in restore on a connection of its own, as somebody calls it from a shell."""
    with caller(database) as cursor:
        done = etl.restore_practice_times_with_fallback(cursor)
        cursor.connection.commit()
    return done


def test_what_a_user_deleted_stays_deleted_where_no_import_ran(guarded: ScratchDatabase) -> None:
    guarded.rows(ONE_GOES)
    done = restored_by_hand(guarded)
    assert (left(guarded), done["written"], done["deleted"]) == (MESSAGES - 1, 0, 1)
    with caller(guarded) as cursor:
        health = etl.validate_practice_time_health(cursor, 4)
    assert (health["is_healthy"], health["deleted"], health["lost"]) == (True, 1, 0)


def test_a_practice_of_a_captain_is_no_import(guarded: ScratchDatabase) -> None:
    guarded.rows("DELETE FROM schedule WHERE id = (SELECT min(id) FROM schedule)")
    guarded.rows("UPDATE schedule SET match_time = '20:00' WHERE id = (SELECT max(id) FROM schedule)")
    assert restored_by_hand(guarded)["deleted"] == 1
    assert guarded.count("schedule") == 3


def test_what_goes_in_the_transaction_of_the_backup_is_the_imports_doing(guarded: ScratchDatabase) -> None:
    with caller(guarded) as cursor:
        etl.create_enhanced_practice_time_backup(cursor)
        cursor.execute(ONE_GOES)
        assert etl.restore_practice_times_with_fallback(cursor, dry_run=True)["written"] == 1
        assert etl.restore_practice_times_with_fallback(cursor)["deleted"] == 0
        cursor.connection.commit()
    assert left(guarded) == MESSAGES


@pytest.mark.parametrize("trace", [around.NOTHING_IS_NEW[0], "UPDATE clubs SET name = name"])
def test_what_goes_between_two_calls_is_the_imports_doing_where_it_wrote_anything(
    guarded: ScratchDatabase, trace: str
) -> None:
    with caller(guarded) as cursor:
        cursor.connection.autocommit = True
        etl.create_enhanced_practice_time_backup(cursor)
        cursor.execute(trace)
        cursor.execute(ONE_GOES)
        assert etl.restore_practice_times_with_fallback(cursor)["deleted"] == 0
    assert left(guarded) == MESSAGES


def test_what_a_user_deletes_after_the_nightly_restore_stays_deleted(guarded: ScratchDatabase) -> None:
    with caller(guarded) as cursor:
        cursor.connection.autocommit = True
        etl.create_enhanced_practice_time_backup(cursor)
        cursor.execute(around.NOTHING_IS_NEW[0])
        cursor.execute("DELETE FROM captain_messages")
        etl.restore_practice_times_with_fallback(cursor)
    assert left(guarded) == MESSAGES
    guarded.rows(ONE_GOES)
    assert restored_by_hand(guarded)["deleted"] == 1
    assert left(guarded) == MESSAGES - 1

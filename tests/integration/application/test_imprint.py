"""What proves that no import ran, and so that a user deleted a row: the burden of proof is on `deleted`."""

from __future__ import annotations

import pytest

from practice_guard.core.restore import Bucket
from tests.world import builders
from tests.world.builders import League, ScratchDatabase
from tests.world.guarding import Guard


@pytest.fixture
def guarded(league: League) -> Guard:
    """Three practices of a team without a single match, backed up."""
    league.captain_schedules_practices(league.has_team(), 3)
    guard = Guard(league.database)
    guard.has_backed_up()
    return guard


def bucket_of_absent_rows(guard: Guard) -> set[Bucket]:
    return {row.bucket for row in guard.plans_rows() if row.live_key is None}


def test_without_an_import_a_row_that_is_gone_was_deleted_by_a_user(guarded: Guard, database: ScratchDatabase) -> None:
    database.rows("DELETE FROM schedule")
    assert bucket_of_absent_rows(guarded) == {Bucket.DELETED}


def test_an_import_that_kept_every_id_and_emptied_the_schedule_is_an_import(
    guarded: Guard, database: ScratchDatabase
) -> None:
    """Triggers off, every team updated to what it was, no match anywhere: only the rows' versions tell."""
    database.rows("SET session_replication_role = replica")
    database.rows("DELETE FROM schedule")
    database.rows("UPDATE teams SET team_name = team_name")
    assert bucket_of_absent_rows(guarded) == {Bucket.INSERT}


def test_matches_imported_anew_are_an_import(league: League, database: ScratchDatabase) -> None:
    home, away = league.has_team(), league.has_team(club="Wilmette")
    league.captain_schedules_practices(home, 3)
    league.has_match(home, away)
    guard = Guard(database)
    guard.has_backed_up()
    database.rows("DELETE FROM schedule")
    league.has_match(home, away)
    assert bucket_of_absent_rows(guard) == {Bucket.INSERT}


def test_after_a_restore_what_is_gone_was_deleted_by_a_user(guarded: Guard, database: ScratchDatabase) -> None:
    builders.the_etl_recreates_everything(database)
    guarded.restores()
    (practice,) = database.rows("SELECT min(id) FROM schedule")[0]
    builders.a_user_deletes_practice(database, practice)
    assert bucket_of_absent_rows(guarded) == {Bucket.DELETED}
    assert guarded.restores().written == 0
    builders.the_etl_recreates_everything(database)
    assert bucket_of_absent_rows(guarded) == {Bucket.INSERT}

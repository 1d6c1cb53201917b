"""What an operator does to tables is no import, and what a user deletes besides is deleted."""

from __future__ import annotations

import pytest

from practice_guard.core.model import Verdict
from tests.world import builders
from tests.world.builders import League, ScratchDatabase, practices_by_natural_key
from tests.world.guarding import Guard
from tests.world.seasons import teams_in_a_row

CARE = {
    "VACUUM FULL": "VACUUM FULL schedule",
    "VACUUM FULL of the teams": "VACUUM FULL teams",
    "VACUUM FULL of everything": "VACUUM FULL",
    "CLUSTER": "CLUSTER schedule USING schedule_pkey",
    "a type": "ALTER TABLE schedule ALTER COLUMN location TYPE varchar(900)",
    "a type that writes all anew": "ALTER TABLE schedule ALTER COLUMN id TYPE bigint",
    "when rows were made": "ALTER TABLE schedule ALTER COLUMN created_at TYPE timestamptz",
    "when rows were made, and back": "ALTER TABLE schedule ALTER COLUMN created_at TYPE timestamp",
    "a type of the teams": "ALTER TABLE teams ALTER COLUMN team_name TYPE varchar(900)",
}


@pytest.fixture
def guarded(league: League, database: ScratchDatabase) -> Guard:
    teams_in_a_row(league, 3, practices=6)
    guard = Guard(database)
    guard.has_backed_up()
    return guard


@pytest.mark.parametrize("care", CARE)
def test_a_row_that_a_user_deletes_is_deleted_whatever_is_done_to_the_table(
    guarded: Guard, database: ScratchDatabase, care: str
) -> None:
    database.rows(CARE[care])
    builders.a_user_deletes_practice(database, database.value("SELECT min(id) FROM schedule"))
    after = practices_by_natural_key(database)

    health = guarded.judges_health()

    assert (health.sets["practices"].deleted, health.total.lost) == (1, 0)
    assert health.verdict is not Verdict.REFUSED
    assert guarded.restores().written == 0
    assert practices_by_natural_key(database) == after
    assert guarded.backs_up().snapshot is not None


@pytest.mark.parametrize("care", [name for name in CARE if "VACUUM" in name or "CLUSTER" in name])
def test_what_an_import_takes_comes_back_whatever_was_done_to_the_table(
    guarded: Guard, database: ScratchDatabase, care: str
) -> None:
    before = practices_by_natural_key(database)
    database.rows(CARE[care])
    builders.the_etl_recreates_everything(database)
    assert guarded.judges_health().total.deleted == 0
    guarded.restores()
    assert practices_by_natural_key(database) == before

"""The server's own work, which gives way to whoever waits for it, is in nobody's way."""

from __future__ import annotations

import pytest

from practice_guard.core.checks.safety import Result
from tests.conftest import Cluster
from tests.world import maintenance
from tests.world.builders import League, ScratchDatabase
from tests.world.inspecting import SoundLeague, a_sound_league


@pytest.fixture
def sound(database: ScratchDatabase, league: League) -> SoundLeague:
    return a_sound_league(database, league)


def a_hundred_thousand_transactions_pass(sound: SoundLeague) -> None:
    sound.database.rows("CREATE TABLE passing (number int)")
    sound.database.rows(
        "DO $$ BEGIN FOR number IN 1..100000 LOOP "
        "BEGIN INSERT INTO passing VALUES (number); EXCEPTION WHEN division_by_zero THEN END; "
        "END LOOP; END $$"
    )
    sound.database.rows("DROP TABLE passing")


def test_an_autovacuum_is_in_nobodys_way(cluster: Cluster, sound: SoundLeague) -> None:
    with maintenance.autovacuum_takes_its_time(cluster.url, sound.database):
        assert sound.says("locks-in-the-way").status is Result.PASSED


def test_one_that_prevents_wraparound_gives_way_to_nobody(cluster: Cluster, sound: SoundLeague) -> None:
    sound.runs("ALTER TABLE schedule SET (autovacuum_freeze_max_age = 100000)")
    a_hundred_thousand_transactions_pass(sound)
    with maintenance.autovacuum_takes_its_time(cluster.url, sound.database):
        finding = sound.finds("locks-in-the-way")
    assert "(autovacuum worker) has ShareUpdateExclusiveLock on schedule" in finding.what

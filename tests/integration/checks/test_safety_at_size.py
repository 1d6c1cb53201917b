"""In a league of real size, named as the real ones are, the checks cry wolf at nothing."""

from __future__ import annotations

import psycopg
import pytest

from practice_guard.core.checks.safety import Result
from practice_guard.demo import league as leagues
from practice_guard.demo import load
from tests.world import builders
from tests.world.builders import League, ScratchDatabase
from tests.world.guarding import Guard
from tests.world.inspecting import SoundLeague


@pytest.fixture
def real(database: ScratchDatabase, league: League) -> SoundLeague:
    with psycopg.connect(database.url) as connection:
        load.into(connection, leagues.build())
    first, second, *_ = builders.teams_now(database)
    return SoundLeague(database, league, Guard(database), first, second)


@pytest.mark.slow
def test_a_real_league_is_safe_before_its_first_backup_and_after_it(real: SoundLeague) -> None:
    expected = {"foreign-key-missing", "unprotected-table", "rows-without-league"}
    assert {finding.code for finding in real.asks().findings} == {"no-snapshot", *expected}
    real.guard.has_backed_up()
    said = real.asks()
    assert {finding.code for finding in said.findings} == expected
    assert said.safe


@pytest.mark.slow
def test_labels_raise_no_alarm_after_a_relabelled_season(real: SoundLeague) -> None:
    real.guard.has_backed_up()
    builders.the_etl_relabels_the_season(real.database)
    real.guard.restores()
    assert real.says("label-names-another-team").status is Result.PASSED


@pytest.mark.slow
def test_labels_tell_when_ids_were_handed_out_anew(real: SoundLeague) -> None:
    builders.the_etl_runs(real.database, "recycle", "dangling")
    said = real.asks()
    assert not said.safe
    assert next(finding.rows for finding in said.findings if finding.code == "label-names-another-team") > 1000

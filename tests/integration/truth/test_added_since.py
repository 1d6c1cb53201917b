"""What users added between an old snapshot and an import nobody can count: it is said, and said only then."""

from __future__ import annotations

import datetime as dt

import pytest

from practice_guard.core.application.imprint import Imprint
from practice_guard.core.model import Finding, Team
from tests.world import around, builders
from tests.world.builders import League, ScratchDatabase
from tests.world.guarding import Guard

SEASON = 6
LATER = dt.date(2026, 9, 7)


def the_etl_runs_a_day_later(database: ScratchDatabase) -> None:
    """An import whose teams say that they were made a day after now."""
    builders.the_etl_recreates_everything(database)
    database.rows("UPDATE teams SET created_at = created_at + interval '1 day', updated_at = now() + interval '1 day'")


def told(guard: Guard) -> list[Finding]:
    """What health says of additions, after so long."""
    return [each for each in guard.judges_health().findings if each.code == "additions-unknown"]


@pytest.fixture
def of_old(league: League, guard: Guard, tennaqua: Team, monkeypatch: pytest.MonkeyPatch) -> Guard:
    """A season's snapshot by a program that noted nothing by which somebody could tell whether an import ran since."""
    league.captain_schedules_practices(tennaqua, SEASON)
    with monkeypatch.context() as then:
        then.setattr(Imprint, "dump", lambda _imprint: "")
        guard.has_backed_up()
    return guard


def test_an_import_long_after_the_snapshot_is_told_with_the_time_between(
    database: ScratchDatabase, league: League, guard: Guard, tennaqua: Team
) -> None:
    league.captain_schedules_practices(tennaqua, SEASON)
    guard.has_backed_up()
    league.captain_schedules_practice(tennaqua, LATER)
    the_etl_runs_a_day_later(database)
    guard.restores()

    health = guard.judges_health()
    (told,) = (finding for finding in health.findings if finding.code == "additions-unknown")
    assert "day" in told.what or "hours" in told.what
    assert guard.plans().snapshot in told.what


def test_an_import_right_after_the_snapshot_leaves_nothing_uncounted(
    database: ScratchDatabase, league: League, guard: Guard, tennaqua: Team
) -> None:
    league.captain_schedules_practices(tennaqua, SEASON)
    guard.has_backed_up()
    builders.the_etl_recreates_everything(database)
    guard.restores()

    assert "additions-unknown" not in {finding.code for finding in guard.judges_health().findings}
    assert database.count("schedule") == SEASON


def test_where_nobody_can_tell_of_imports_the_age_of_the_snapshot_is_told(
    database: ScratchDatabase, of_old: Guard
) -> None:
    builders.the_etl_recreates_everything(database)
    of_old.restores()

    health = of_old.later(days=3).judges_health()
    (said,) = (each for each in health.findings if each.code == "additions-unknown")
    assert f"Snapshot {of_old.finds().id} is 3 days old" in said.what
    assert "nobody can tell" in said.what
    assert any("nobody can count" in each for each in health.besides)


def test_where_nobody_can_tell_of_imports_a_fresh_snapshot_leaves_nothing_uncounted(
    database: ScratchDatabase, of_old: Guard
) -> None:
    builders.the_etl_recreates_everything(database)
    of_old.restores()
    assert not told(of_old.later(days=9 / 24 / 60))
    assert told(of_old.later(days=11 / 24 / 60))


@pytest.mark.parametrize("restored", [True, False])
def test_where_every_row_is_in_place_nothing_is_uncounted(of_old: Guard, restored: bool) -> None:
    if restored:
        assert of_old.restores().written == 0
    assert not told(of_old.later(days=3))


@pytest.mark.usefixtures("place")
@pytest.mark.parametrize("option", ["--dry-run", "--yes"])
def test_a_restore_says_what_nobody_can_count(database: ScratchDatabase, of_old: Guard, option: str) -> None:
    builders.the_etl_recreates_everything(database)
    said = around.says("restore", option)
    assert "additions-unknown" in said.codes
    assert said.document["verdict"].endswith("since the snapshot, before an import, nobody can count.")

"""What users added between an old snapshot and an import nobody can count: it is said, and said only then."""

from __future__ import annotations

import datetime as dt

from practice_guard.core.model import Team
from tests.world import builders
from tests.world.builders import League, ScratchDatabase
from tests.world.guarding import Guard

SEASON = 6
LATER = dt.date(2026, 9, 7)


def the_etl_runs_a_day_later(database: ScratchDatabase) -> None:
    """An import whose teams say that they were made a day after now."""
    builders.the_etl_recreates_everything(database)
    database.rows("UPDATE teams SET created_at = created_at + interval '1 day', updated_at = now() + interval '1 day'")


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
    assert guard.plans().uncounted is not None


def test_an_import_right_after_the_snapshot_leaves_nothing_uncounted(
    database: ScratchDatabase, league: League, guard: Guard, tennaqua: Team
) -> None:
    league.captain_schedules_practices(tennaqua, SEASON)
    guard.has_backed_up()
    builders.the_etl_recreates_everything(database)
    guard.restores()

    assert "additions-unknown" not in {finding.code for finding in guard.judges_health().findings}
    assert guard.plans().uncounted is None
    assert database.count("schedule") == SEASON

"""The main job: an ETL recreates every team, and every practice is afterwards on its right team, once."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from practice_guard.core.model import Verdict
from tests.world import builders
from tests.world.builders import League, ScratchDatabase, practices_by_natural_key
from tests.world.guarding import Guard


@pytest.fixture
def season(league: League) -> League:
    """A few teams in the real naming habits, each with practices, and matches between them."""
    places = [
        ("Tennaqua", "Chicago 22", "APTA_CHICAGO", "Tennaqua - 22"),
        ("Tennaqua", "Chicago 11", "APTA_CHICAGO", "Tennaqua - 11"),
        ("Tennaqua", "Division 11", "APTA_CHICAGO", "Tennaqua - 11 (Division 11)"),
        ("Hinsdale PC", "Chicago 13 SW", "APTA_CHICAGO", "Hinsdale PC I - 13 SW"),
        ("Tennaqua", "Series 2B", "NSTF", "Tennaqua S2B"),
        ("Wilmette", "Series H(2)", "CNSWPL", "Wilmette H(2)"),
        ("Midtown", "3.0 & Under Thur", "CITA", "Midtown - Chicago"),
    ]
    teams = [league.has_team(club=club, series=series, league=code, name=name) for club, series, code, name in places]
    for number, team in enumerate(teams):
        league.captain_schedules_practices(team, 3 + number)
        league.captain_sets_practice_time(team)
    league.has_match(teams[0], teams[1])
    league.captain_writes_message(teams[0])
    league.captain_asks(teams[1])
    league.has_user(league="APTA_CHICAGO")
    return league


def all_placed_as(before: object, database: ScratchDatabase) -> bool:
    return practices_by_natural_key(database) == before


@pytest.mark.parametrize("etl", builders.ETLS)
def test_every_practice_is_back_on_its_team_once(
    season: League, database: ScratchDatabase, etl: Callable[[ScratchDatabase], None]
) -> None:
    guard, before = Guard(database), practices_by_natural_key(database)
    guard.has_backed_up()
    etl(database)
    assert not all_placed_as(before, database)

    guard.restores()

    assert all_placed_as(before, database)
    assert guard.judges_health().verdict is Verdict.FINE
    assert guard.judges_health().score == 100


def test_a_second_restore_changes_nothing(season: League, database: ScratchDatabase) -> None:
    guard = Guard(database)
    guard.has_backed_up()
    builders.the_etl_recreates_everything(database)
    guard.restores()
    after = practices_by_natural_key(database)

    assert guard.restores().written == 0
    assert practices_by_natural_key(database) == after


def test_a_night_after_night(season: League, database: ScratchDatabase) -> None:
    guard, before = Guard(database), practices_by_natural_key(database)
    for _ in range(3):
        guard.has_backed_up()
        builders.the_etl_recreates_everything(database)
        guard.restores()
    assert all_placed_as(before, database)


def test_rows_of_a_vanished_series_wait_and_come_back(season: League, database: ScratchDatabase) -> None:
    guard, before = Guard(database), practices_by_natural_key(database)
    website = builders.the_website_now(database)
    guard.has_backed_up()
    builders.the_etl_lacks_series(database, "Chicago 22")
    waiting = guard.restores().plan.counts()["pending"]
    assert waiting > 0
    assert guard.judges_health().verdict is Verdict.WAITING

    carried = guard.has_backed_up()
    assert carried.carried == 3  # the practices; the other sets' rows are still in their tables
    builders.the_etl_recreates_everything(database)
    guard.restores()
    assert guard.has_backed_up().carried == 3

    builders.the_etl_runs(database, source=website)
    guard.restores()
    assert all_placed_as(before, database)
    assert guard.judges_health().verdict is Verdict.FINE


def test_after_an_import_that_emptied_everything_all_rows_wait_and_the_next_night_goes_on(
    season: League, database: ScratchDatabase
) -> None:
    guard, before = Guard(database), practices_by_natural_key(database)
    website = builders.the_website_now(database)
    kept = guard.has_backed_up()
    builders.the_etl_empties_everything(database)
    guard.restores()
    assert guard.judges_health().verdict is Verdict.WAITING

    carried = guard.has_backed_up()
    assert (carried.rows, carried.carried > 0) == (kept.rows, True)
    builders.the_etl_runs(database, source=website)
    guard.restores()
    assert all_placed_as(before, database)
    assert guard.judges_health().verdict is Verdict.FINE

"""A match of a team whose name has the word in it is no practice, and the strategy's count is its own."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from practice_guard import etl
from practice_guard.core.application import BUILT_IN
from practice_guard.core.model import Verdict
from tests.world import builders
from tests.world.builders import League, ScratchDatabase
from tests.world.callers import caller, the_teams_are_recreated
from tests.world.guarding import Guard

STRATEGYS_COUNT = "SELECT count(*) FROM schedule WHERE home_team ILIKE '%practice%'"


@pytest.fixture
def season(league: League) -> League:
    """A team called *Malpractice - 7* with practices and home matches."""
    odd = league.has_team(club="Malpractice", series="Chicago 7")
    other = league.has_team(club="Wilmette", series="Chicago 7")
    for team in (odd, other):
        league.captain_schedules_practices(team, 3)
    for week in range(2):
        league.has_match(odd, other, builders.MONDAY + dt.timedelta(weeks=week))
    return league


def test_a_match_is_no_practice_and_does_not_come_back_twice(season: League, database: ScratchDatabase) -> None:
    guard = Guard(database)
    assert guard.has_backed_up().sets["practices"].rows == 6
    builders.the_etl_recreates_everything(database)
    database.rows("DELETE FROM schedule")
    odd, other = builders.teams_now(database)
    for week in (1, 2):
        season.has_match(odd, other, builders.MONDAY + dt.timedelta(weeks=week))
    assert {odd.name, other.name} == {"Malpractice - 7", "Wilmette - 7"}
    guard.restores()
    assert database.count("schedule", f"home_team = '{odd.name}'") == 2
    assert database.count("schedule") == 8
    assert guard.judges_health().verdict is Verdict.FINE


def test_a_practice_of_such_a_team_is_a_practice(season: League, database: ScratchDatabase) -> None:
    guard = Guard(database)
    guard.has_backed_up()
    builders.the_etl_recreates_everything(database)
    guard.restores()
    assert database.count("schedule", "home_team = 'Malpractice Practice - Chicago 7'") == 3


@pytest.mark.usefixtures("place")
@pytest.mark.parametrize(("too_many", "healthy"), [(0, True), (5, False)])
def test_the_strategys_own_count_is_compared_with_its_own(
    season: League, database: ScratchDatabase, too_many: int, healthy: bool
) -> None:
    with caller(database) as cursor:
        cursor.execute(STRATEGYS_COUNT)
        before = cursor.fetchone()[0]
        assert before == 8
        etl.create_enhanced_practice_time_backup(cursor)
        cursor.execute("CREATE TEMP TABLE matches AS SELECT * FROM schedule WHERE away_team_id IS NOT NULL")
        the_teams_are_recreated(cursor)
        cursor.execute("INSERT INTO schedule SELECT * FROM matches")
        cursor.execute(
            "UPDATE schedule SET (home_team_id, away_team_id) = (SELECT min(id), max(id) FROM teams)"
            " WHERE away_team_id IS NOT NULL"
        )
        etl.restore_practice_times_with_fallback(cursor)
        said = etl.validate_practice_time_health(cursor, before + too_many)
        cursor.connection.commit()
    assert said["is_healthy"] is healthy, said


@pytest.mark.usefixtures("place")
@pytest.mark.parametrize("restored", [False, True])
def test_it_says_which_call_is_missing_where_rows_are_away(
    season: League, database: ScratchDatabase, restored: bool
) -> None:
    with caller(database) as cursor:
        before = etl.create_enhanced_practice_time_backup(cursor)
        the_teams_are_recreated(cursor)
        if restored:
            etl.restore_practice_times_with_fallback(cursor)
        said = etl.validate_practice_time_health(cursor, before)
        cursor.connection.commit()
    named = any("restore_practice_times_with_fallback was not called" in each for each in said["issues"])
    assert (said["is_healthy"], named) == (restored, not restored)


def test_what_an_older_version_took_for_practices_is_left_out_and_told(
    season: League, database: ScratchDatabase
) -> None:
    """Its condition was the word alone: the matches are rows of its snapshot, and have been played since."""
    everything = [replace(each, narrowed=("", ())) for each in BUILT_IN]
    assert Guard(database, sets=everything).has_backed_up().sets["practices"].rows == 8
    builders.the_etl_recreates_everything(database)
    database.rows("DELETE FROM schedule")

    made = Guard(database).restores().plan

    assert (made.counts("practices")["insert"], made.counts("practices")["given_up"]) == (6, 2)
    assert sum(each.rows for each in made.sums if "none of the rows that are protected now" in each.note) == 2
    assert database.count("schedule") == 6

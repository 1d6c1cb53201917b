"""The demo's ETL does what the real one does to a league (database document, "What the ETL does")."""

from __future__ import annotations

import datetime as dt

import psycopg
import pytest

from practice_guard.core.model import Team
from tests import builders
from tests.builders import League, ScratchDatabase


@pytest.fixture
def three_teams(league: League) -> list[Team]:
    """Three clubs' teams in one series, and a match between two."""
    teams = [
        league.has_team(club=club, players=[f"{club}-1", f"{club}-2"]) for club in ("Tennaqua", "Wilmette", "Glenview")
    ]
    league.has_match(teams[0], teams[1])
    for team in teams:
        league.captain_schedules_practices(team, 2)
    return teams


def test_a_nightly_import_gives_new_ids_and_takes_the_practices(
    database: ScratchDatabase, three_teams: list[Team]
) -> None:
    before = builders.teams_now(database)
    builders.the_etl_recreates_everything(database)
    after = builders.teams_now(database)
    assert [team.identity for team in after] == [team.identity for team in before]
    assert not {team.id for team in before} & {team.id for team in after}
    assert not builders.practices_by_natural_key(database)
    assert database.count("schedule") == 1
    assert database.count("players") == 6
    assert database.count("leagues", "id = 1") == 0


def test_recycled_ids_belong_to_other_teams(database: ScratchDatabase, three_teams: list[Team]) -> None:
    before = {team.id: team.identity for team in builders.teams_now(database)}
    builders.the_etl_recycles_ids(database)
    after = {team.id: team.identity for team in builders.teams_now(database)}
    assert before.keys() == after.keys()
    assert set(before.values()) == set(after.values())
    assert all(before[number] != after[number] for number in before)


def test_practices_kept_on_old_ids_hang_on_nothing(database: ScratchDatabase, three_teams: list[Team]) -> None:
    builders.the_etl_leaves_practices_on_old_ids(database)
    practices = builders.practices_by_natural_key(database)
    assert practices.total() == 6
    assert all(practice.vanished and practice.league == "vanished" for practice in practices)


def test_practices_set_null_hang_on_nothing(database: ScratchDatabase, three_teams: list[Team]) -> None:
    builders.the_etl_leaves_practices_without_team(database)
    practices = builders.practices_by_natural_key(database)
    assert practices.total() == 6
    assert all(practice.team is None and not practice.vanished for practice in practices)


def test_an_import_that_fails_half_way_leaves_half_of_the_teams(
    database: ScratchDatabase, three_teams: list[Team]
) -> None:
    builders.the_etl_fails_half_way(database)
    assert [team.club for team in builders.teams_now(database)] == ["Tennaqua"]


def test_a_bare_name_moves_when_the_first_team_of_that_name_drops_out(
    database: ScratchDatabase, league: League
) -> None:
    for series in ("Chicago 11", "Division 11"):
        name = "Tennaqua - 11" + (" (Division 11)" if series == "Division 11" else "")
        league.has_team(series=series, name=name)
    builders.the_etl_recreates_everything(database)
    assert [team.name for team in builders.teams_now(database)] == ["Tennaqua - 11", "Tennaqua - 11 (Division 11)"]
    builders.the_etl_lacks_series(database, "Chicago 11")
    (team,) = builders.teams_now(database)
    assert (team.series, team.name) == ("Division 11", "Tennaqua - 11")


def test_a_relabelled_season_changes_name_and_series_at_once(database: ScratchDatabase, league: League) -> None:
    league.has_team()
    league.has_team(club="Tennaqua", series="S2B", league="NSTF", name="Tennaqua S2B")
    builders.the_etl_relabels_the_season(database)
    assert {(team.name, team.series) for team in builders.teams_now(database)} == {
        ("Tennaqua 22", "Series 22"),
        ("Tennaqua S2B", "S2B"),
    }


def test_renaming_series_keeps_team_ids(database: ScratchDatabase, league: League) -> None:
    before = league.has_team()
    builders.the_etl_runs(database, "rename-series")
    (after,) = builders.teams_now(database)
    assert (after.id, after.name, after.series) == (before.id, before.name, "Series 22")


def test_the_application_goes_on_after_an_import(database: ScratchDatabase, league: League) -> None:
    team = league.has_team()
    builders.the_etl_recreates_everything(database)
    builders.the_app_writes_a_practice(database, team, dt.date(2026, 2, 2))
    ((practice, count),) = builders.practices_by_natural_key(database).items()
    assert (practice.team, count) == (team.identity, 1)


def test_a_crash_ends_sessions_and_keeps_what_was_committed(database: ScratchDatabase, league: League) -> None:
    if database.server is None:
        pytest.skip("the server is not ours to crash")
    league.has_team()
    session = database.session()
    database.server.crash()
    with pytest.raises(psycopg.OperationalError):
        session.execute("SELECT 1")
    assert database.count("teams") == 1

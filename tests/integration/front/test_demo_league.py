"""The demo's ETL does what the real one does to a league (database document, "What the ETL does")."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from pathlib import Path

import psycopg
import pytest

from practice_guard.core.model import Team
from practice_guard.demo import check, load
from practice_guard.demo import league as world_of
from practice_guard.demo.league import World
from practice_guard.demo.source import Source
from practice_guard.demo.variant import Variant
from tests.world import builders
from tests.world.builders import League, ScratchDatabase


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


def test_a_bare_name_stays_where_it_is_when_ids_have_changed_places(database: ScratchDatabase, league: League) -> None:
    named = {"Division 11": "Tennaqua - 11 (Division 11)", "Chicago 11": "Tennaqua - 11"}
    for series, name in named.items():
        league.has_team(series=series, name=name)
    builders.the_etl_recreates_everything(database)
    assert {team.series: team.name for team in builders.teams_now(database)} == named


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


def test_the_real_size_is_that_of_the_application() -> None:
    world = world_of.build()
    assert len(world.source.leagues) == 4
    assert len(world.teams) == 930
    assert len({team.club for team in world.teams}) == 83
    assert len({team.series for team in world.teams}) == 201
    assert len({player.id for player in world.source.players}) == 10_300
    assert len(world.source.matches) == 7_300
    assert 25_000 < len(world.practices) < 25_500
    assert 0.03 < sum(practice.league is None for practice in world.practices) / len(world.practices) < 0.1
    assert 0 < len(world.practices) - len(set(world.practices)) < 20
    with_players = {player.team for player in world.source.players}
    assert sum(team.key not in with_players for team in world.source.teams) / 930 == pytest.approx(0.4, abs=0.01)
    assert len({team.league for team in world.source.teams if team.key in with_players}) == 3


def test_a_world_is_the_same_for_the_same_seed() -> None:
    assert world_of.build(world_of.SMALL, seed=7) == world_of.build(world_of.SMALL, seed=7)
    assert world_of.build(world_of.SMALL, seed=7) != world_of.build(world_of.SMALL, seed=8)


@pytest.fixture
def small_world(database: ScratchDatabase) -> World:
    world = world_of.build(world_of.SMALL)
    with psycopg.connect(database.url) as connection:
        load.into(connection, world)
    return world


def test_a_loaded_world_is_what_was_built(database: ScratchDatabase, small_world: World) -> None:
    assert {team.identity for team in builders.teams_now(database)} == set(small_world.teams)
    placed = builders.practices_by_natural_key(database)
    assert Counter((p.team, p.date, p.time, p.label, p.location, p.league) for p in placed.elements()) == Counter(
        (p.team, p.date, p.time, p.label, p.location, p.league) for p in small_world.practices
    )
    assert database.count("captain_messages") == len(small_world.messages) == 5
    assert database.count("poll_responses") == sum(len(poll.responses) for poll in small_world.polls) > 0


def test_a_source_read_back_imports_the_same_teams(
    database: ScratchDatabase, small_world: World, tmp_path: Path
) -> None:
    builders.the_website_now(database).write(tmp_path / "source.json")
    builders.the_etl_runs(database, "recycle", source=Source.load(tmp_path / "source.json"))
    builders.the_etl_recreates_everything(database)
    assert {team.identity for team in builders.teams_now(database)} == set(small_world.teams)


@pytest.fixture
def before(database: ScratchDatabase, three_teams: list[Team]) -> check.Inventory:
    """What was there, seen by the demo's check, before anything happened."""
    return check.inventory(database.session())


COPY = (
    "INSERT INTO schedule (match_date, match_time, home_team, location, league_id, home_team_id)"
    " SELECT match_date, match_time, home_team, location, league_id"
)
OF_ONE = "FROM schedule WHERE id = %(id)s"


def tally(database: ScratchDatabase, before: check.Inventory) -> check.Tally:
    return check.compare(before, check.inventory(database.session()), lambda team: team)["practices"]


def test_the_check_finds_every_row_in_place(database: ScratchDatabase, before: check.Inventory) -> None:
    assert tally(database, before) == check.Tally(6, placed=6, lost=0, wrong_team=0, duplicated=0, waiting=0, added=0)
    assert tally(database, before).true


@pytest.mark.parametrize(
    ("damage", "wrong"),
    [
        ("DELETE FROM schedule WHERE id = %(id)s", "lost"),
        ("UPDATE schedule SET home_team_id = NULL, league_id = NULL WHERE id = %(id)s", "lost"),
        ("UPDATE schedule SET home_team_id = home_team_id + 1 WHERE id = %(id)s", "wrong_team"),
        (f"{COPY}, home_team_id + 1 {OF_ONE}", "duplicated"),
        (f"{COPY}, home_team_id {OF_ONE}", "duplicated"),
    ],
)
def test_the_check_finds_one_row_that_is_not(
    database: ScratchDatabase, before: check.Inventory, damage: str, wrong: str
) -> None:
    practice = database.value("SELECT min(id) FROM schedule WHERE home_team ILIKE '%practice%'")
    database.rows(damage, id=practice)
    found = tally(database, before)
    assert getattr(found, wrong) == 1
    assert found.lost + found.wrong_team + found.duplicated == 1
    assert found.placed == (6 if wrong == "duplicated" else 5)
    assert not found.true


def test_rows_of_a_team_that_the_import_lacks_wait(database: ScratchDatabase, league: League) -> None:
    stays, goes = league.has_team(), league.has_team(series="Chicago 2")
    for team in (stays, goes):
        league.captain_writes_message(team)
    before = check.inventory(database.session())
    source = builders.the_website_now(database)
    builders.the_etl_lacks_series(database, "Chicago 2")
    new = builders.team_now(database, stays.identity)
    database.rows("UPDATE captain_messages SET team_id = %(new)s WHERE team_id = %(old)s", new=new.id, old=stays.id)
    heir = check.heirs(source, Variant.parse(["drop-series=Chicago 2"]))
    found = check.compare(before, check.inventory(database.session()), heir)["captain_messages"]
    assert (found.expected, found.placed, found.waiting, found.true) == (1, 1, 1, True)
    database.rows("UPDATE captain_messages SET team_id = %(new)s", new=new.id)
    found = check.compare(before, check.inventory(database.session()), heir)["captain_messages"]
    assert (found.wrong_team, found.true) == (1, False)

"""Which teams kept their id and are still the same team; the five fates add up, and nothing is not 100 percent."""

from __future__ import annotations

import pytest

from practice_guard.core.checks.preservation import Preservation
from practice_guard.core.model import Fate, Severity, Verdict
from tests.world import builders
from tests.world.builders import League, ScratchDatabase
from tests.world.guarding import Guard


@pytest.fixture
def guarded(league: League) -> Guard:
    """Three teams with practices in two leagues, and one without any; backed up."""
    for series in ("Chicago 22", "Chicago 11"):
        league.captain_schedules_practices(league.has_team(series=series), 10)
    league.captain_schedules_practices(league.has_team(league="NSTF", series="Series 2B", name="Tennaqua S2B"), 5)
    league.has_team(club="Wilmette", league="NSTF", series="Series 2B", name="Wilmette S2B")
    guard = Guard(league.database)
    guard.has_backed_up()
    return guard


def adds_up(report: Preservation) -> bool:
    for counts in (report.teams, report.concerned, report.rows, *report.leagues.values()):
        assert counts["total"] == sum(counts[str(fate)] for fate in Fate)
    return True


def test_without_an_import_all_are_kept(guarded: Guard) -> None:
    report = guarded.checks_preservation()
    assert adds_up(report)
    assert (report.verdict, report.rate) == (Verdict.FINE, 100)
    assert (report.teams["kept"], report.concerned["kept"], report.rows["kept"]) == (4, 3, 25)


def test_rows_that_hang_on_no_team_are_counted_apart(guarded: Guard, database: ScratchDatabase) -> None:
    assert not guarded.checks_preservation().teamless
    database.rows(
        "INSERT INTO users (email, password_hash, league_context) SELECT 'a@example.org', '', min(id) FROM leagues"
    )
    guarded.has_backed_up()
    report = guarded.checks_preservation()
    assert report.teamless == {"league_contexts": 1}
    assert (report.rows["total"], report.protected["league_contexts"]["total"]) == (25, 0)


def test_recreated_teams_are_renumbered(guarded: Guard, database: ScratchDatabase) -> None:
    builders.the_etl_recreates_everything(database)
    report = guarded.checks_preservation()
    assert adds_up(report)
    assert (report.verdict, report.rate, report.teams["renumbered"]) == (Verdict.REFUSED, 0, 4)


def test_ids_handed_to_other_teams_are_not_preserved_ones(guarded: Guard, database: ScratchDatabase) -> None:
    before = {team.id: team.identity for team in builders.teams_now(database)}
    builders.the_etl_recycles_ids(database)
    now = {team.id: team.identity for team in builders.teams_now(database)}
    moved = sum(now[number] != identity for number, identity in before.items() if number in now)
    assert moved
    report = guarded.checks_preservation()
    assert adds_up(report)
    assert report.verdict is Verdict.REFUSED
    assert report.teams["reused"] == moved
    assert "ids-reused" in {finding.code for finding in report.findings}


def test_the_rate_decides(guarded: Guard, database: ScratchDatabase) -> None:
    database.rows("UPDATE teams SET id = 4711 WHERE team_name = 'Nobody'")
    database.rows("SET session_replication_role = replica")
    database.rows("UPDATE teams SET id = 4711 WHERE team_name = 'Tennaqua S2B'")
    database.rows("SET session_replication_role = origin")
    assert guarded.checks_preservation().rate == 80
    assert guarded.checks_preservation(min_rate=80).verdict is Verdict.FINE
    assert guarded.checks_preservation(min_rate=80.1).verdict is Verdict.REFUSED


def test_a_vanished_league_is_said_first(guarded: Guard, database: ScratchDatabase) -> None:
    builders.the_etl_lacks_league(database, "NSTF")
    report = guarded.checks_preservation()
    assert adds_up(report)
    assert report.findings[0].code == "league-vanished"
    assert report.findings[0].what.startswith("2 teams")
    assert report.leagues["NSTF"]["missing"] == 2


def test_one_row_among_many_is_never_rounded_away(league: League, database: ScratchDatabase) -> None:
    kept, moved = league.has_team(), league.has_team(club="Wilmette")
    league.captain_schedules_practice(moved)
    database.rows(
        "INSERT INTO schedule (match_date, match_time, home_team, location, home_team_id)"
        " SELECT DATE '2026-01-05' + i, '19:00', 'Tennaqua Practice - Chicago 22', 'Tennaqua', %(team)s"
        " FROM generate_series(1, 25000) AS i",
        team=kept.id,
    )
    guard = Guard(database)
    guard.has_backed_up()
    database.rows("SET session_replication_role = replica")
    database.rows("UPDATE teams SET id = 4711 WHERE id = %(id)s", id=moved.id)
    report = guard.checks_preservation(min_rate=100)
    assert (report.rows["renumbered"], report.rate, report.verdict) == (1, 99.99, Verdict.REFUSED)


def test_a_series_with_a_team_left_has_not_vanished(league: League, database: ScratchDatabase) -> None:
    league.has_team()
    league.captain_schedules_practices(league.has_team(club="Wilmette"), 3)
    guard = Guard(database)
    guard.has_backed_up()
    builders.the_etl_lacks_team(database, "Wilmette - 22")
    assert codes(guard.checks_preservation()) == {"ids-not-preserved"}
    guard.restores()
    assert {finding.code for finding in guard.judges_health().findings} == {"rows-pending"}


def test_a_league_whose_only_team_has_another_name_has_not_vanished(league: League, database: ScratchDatabase) -> None:
    league.captain_schedules_practices(league.has_team(), 3)
    guard = Guard(database)
    guard.has_backed_up()
    database.rows("UPDATE teams SET team_name = 'Sharks'")
    report = guard.checks_preservation()
    assert (report.teams["missing"], codes(report)) == (1, {"ids-not-preserved"})


def test_a_finding_that_the_settings_make_an_error_refuses(guarded: Guard, database: ScratchDatabase) -> None:
    raised = {"series-vanished": Severity.ERROR}
    builders.the_etl_lacks_series(database, "Chicago 11")
    assert guarded.checks_preservation(min_rate=0).verdict is Verdict.FINE
    refused = guarded.checks_preservation(min_rate=0, overrides=raised)
    assert (refused.verdict, refused.preserved) == (Verdict.REFUSED, False)


def test_settings_do_not_lower_the_rate_that_is_asked_for(guarded: Guard, database: ScratchDatabase) -> None:
    builders.the_etl_recreates_everything(database)
    report = guarded.checks_preservation(overrides={"ids-not-preserved": Severity.INFO})
    assert report.verdict is Verdict.REFUSED
    assert {finding.severity for finding in report.findings if finding.code == "ids-not-preserved"} == {Severity.ERROR}


def codes(report: Preservation) -> set[str]:
    return {finding.code for finding in report.findings}


def test_nothing_to_compare_is_no_hundred_percent(league: League, database: ScratchDatabase) -> None:
    league.has_team()
    guard = Guard(database)
    guard.has_backed_up_nothing()
    report = guard.checks_preservation()
    assert (report.rate, report.verdict) == (None, Verdict.REFUSED)
    assert [finding.code for finding in report.findings] == ["nothing-to-compare"]

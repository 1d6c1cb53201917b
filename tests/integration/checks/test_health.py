"""Is every protected row there, once, on the right team? Each answer with its safe and its unsafe twin."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from practice_guard.core.checks import Health, health
from practice_guard.core.database import Connection
from practice_guard.core.findings import NOTHING, Overrides
from practice_guard.core.model import Severity, Verdict
from tests.world import builders
from tests.world.builders import League, ScratchDatabase
from tests.world.guarding import Guard


def errors_of(report: Health) -> list[str]:
    return [finding.code for finding in report.findings if finding.severity is Severity.ERROR]


def codes_of(report: Health) -> set[str]:
    return {finding.code for finding in report.findings}


@pytest.fixture
def guarded(league: League) -> Guard:
    """Two teams with ten practices each, backed up."""
    for series in ("Chicago 22", "Chicago 11"):
        league.captain_schedules_practices(league.has_team(series=series), 10)
    guard = Guard(league.database)
    guard.has_backed_up()
    return guard


def test_an_hourly_run_on_an_ordinary_day_is_green(guarded: Guard, database: ScratchDatabase) -> None:
    first = builders.teams_now(database)[0]
    builders.the_app_writes_a_practice(database, first, dt.date(2026, 9, 1))
    (gone,) = database.rows("SELECT min(id) FROM schedule")[0]
    builders.a_user_deletes_practice(database, gone)
    builders.a_user_moves_practice(database, gone + 1, date=dt.date(2026, 9, 8))

    report = guarded.judges_health()

    assert (report.verdict, report.score) == (Verdict.FINE, 100)
    assert (report.total.added, report.total.deleted) == (1, 1)
    assert codes_of(report) == {"rows-added", "rows-deleted", "rows-edited"}


def test_lost_rows(guarded: Guard, database: ScratchDatabase) -> None:
    builders.the_etl_recreates_everything(database)
    report = guarded.judges_health()
    assert (report.verdict, report.total.lost, report.score) == (Verdict.REFUSED, 20, 0)
    assert errors_of(report) == ["rows-lost"]
    assert report.leagues["APTA_CHICAGO"].lost == 20
    assert {amiss.lost for amiss in report.teams.values()} == {10}


def test_orphaned_rows(guarded: Guard, database: ScratchDatabase) -> None:
    builders.the_etl_leaves_practices_without_team(database)
    report = guarded.judges_health()
    assert (report.verdict, report.total.orphaned, report.total.lost) == (Verdict.REFUSED, 20, 0)
    assert errors_of(report) == ["rows-orphaned"]


def test_a_row_whose_league_alone_is_gone_is_not_said_to_have_no_team(
    guarded: Guard, database: ScratchDatabase
) -> None:
    database.rows("SET session_replication_role = replica")
    database.rows("UPDATE schedule SET league_id = 4711 WHERE id = (SELECT min(id) FROM schedule)")
    report = guarded.judges_health()
    (finding,) = report.findings
    assert (finding.code, finding.what) == (
        "rows-orphaned",
        "1 row of practices hangs on no team or league that exists.",
    )


def test_a_row_on_a_wrong_team_is_seen_although_every_count_is_right(guarded: Guard, database: ScratchDatabase) -> None:
    one, other = (team.id for team in builders.teams_now(database))
    builders.the_etl_recycles_ids(database)
    guarded.restores()
    assert guarded.judges_health().verdict is Verdict.FINE
    now = [team.id for team in builders.teams_now(database)]
    database.rows("UPDATE schedule SET home_team_id = CASE home_team_id WHEN %(a)s THEN %(b)s ELSE %(a)s END"
                  " WHERE home_team ILIKE '%%practice%%'", a=now[0], b=now[1])  # fmt: skip
    report = guarded.judges_health()
    assert report.total.after == 20
    assert report.total.wrong_team == 20
    assert report.verdict is Verdict.REFUSED
    assert errors_of(report) == ["rows-on-wrong-team", "label-names-another-team"]
    assert {one, other} == {team.id for team in builders.teams_now(database)}


def test_rows_that_are_there_twice(guarded: Guard, database: ScratchDatabase) -> None:
    database.rows(
        "INSERT INTO schedule (match_date, match_time, home_team, away_team, location, league_id, home_team_id)"
        " SELECT match_date, match_time, home_team, away_team, location, league_id, home_team_id FROM schedule LIMIT 4"
    )
    report = guarded.judges_health()
    assert (report.verdict, report.total.duplicated, report.total.added) == (Verdict.REFUSED, 4, 0)
    assert errors_of(report) == ["rows-duplicated"]


def test_a_table_grown_beyond_reason_is_an_error_even_when_nothing_is_orphaned(
    guarded: Guard, database: ScratchDatabase, league: League
) -> None:
    team = builders.teams_now(database)[0]
    league.captain_schedules_practices(team, 39, dt.date(2030, 1, 7))
    assert guarded.judges_health().verdict is Verdict.FINE
    league.captain_schedules_practices(team, 1, dt.date(2040, 1, 2))
    report = guarded.judges_health()
    assert errors_of(report) == ["table-grown"]
    (grown,) = (finding for finding in report.findings if finding.code == "table-grown")
    assert (grown.rows, grown.what) == (60, "60 rows of practices are there where 20 were: 3 times as many.")
    assert report.score == 99


def test_three_polls_where_one_was_are_an_ordinary_day(guarded: Guard, database: ScratchDatabase) -> None:
    team = builders.teams_now(database)[0]
    asked = f"INSERT INTO polls (team_id, question) VALUES ({team.id}, 'Which night?')"
    database.rows(asked)
    guarded.has_backed_up()
    database.rows(asked)
    database.rows(asked)
    report = guarded.judges_health()
    assert (report.verdict, report.score) == (Verdict.FINE, 100)
    assert "table-grown" not in codes_of(report)


def test_pending_rows_are_status_waiting_also_when_a_whole_league_is_gone(
    league: League, database: ScratchDatabase
) -> None:
    league.captain_schedules_practices(league.has_team(), 2)
    league.captain_schedules_practices(league.has_team(league="NSTF", series="Series 2B", name="Tennaqua S2B"), 3)
    guard = Guard(database)
    guard.has_backed_up()
    builders.the_etl_lacks_league(database, "NSTF")
    guard.restores()
    report = guard.judges_health()
    assert (report.verdict, report.total.pending) == (Verdict.WAITING, 3)
    assert codes_of(report) == {"rows-pending", "league-vanished"}
    assert report.score < 100


def test_a_league_that_is_not_the_teams(guarded: Guard, database: ScratchDatabase, league: League) -> None:
    league.has_team(league="NSTF", series="Series 2B", name="Tennaqua S2B")
    assert "league-disagrees" not in codes_of(guarded.judges_health())
    database.rows("UPDATE schedule SET league_id = (SELECT id FROM leagues WHERE league_id = 'NSTF')"
                  " WHERE id = (SELECT min(id) FROM schedule)")  # fmt: skip
    report = guarded.judges_health()
    assert "league-disagrees" in codes_of(report)
    assert (report.verdict, errors_of(report)) == (Verdict.REFUSED, ["rows-on-wrong-team"])
    guarded.restores()
    assert "league-disagrees" not in codes_of(guarded.judges_health())


def examined(
    guard: Guard, *, baseline: int | None = None, fail_on_warning: bool = False, overrides: Overrides = NOTHING
) -> Health:
    def work(connection: Connection) -> Health:
        aimed = replace(guard.at(connection), overrides=overrides)
        return health.examine(aimed, aimed.look(), baseline=baseline, fail_on_warning=fail_on_warning)

    return guard.reads(work)


def test_a_number_to_compare_with(guarded: Guard, database: ScratchDatabase) -> None:
    assert examined(guarded, baseline=20).verdict is Verdict.FINE
    missing = examined(guarded, baseline=27)
    assert (missing.verdict, missing.total.lost) == (Verdict.REFUSED, 7)


def test_nothing_to_compare_with(league: League, database: ScratchDatabase) -> None:
    team = league.has_team()
    league.captain_schedules_practices(team, 3)
    guard = Guard(database)
    assert codes_of(examined(guard)) == {"no-snapshot"}
    assert examined(guard).verdict is Verdict.FINE
    assert examined(guard, fail_on_warning=True).verdict is Verdict.REFUSED
    database.rows("UPDATE schedule SET home_team_id = NULL")
    assert errors_of(examined(guard)) == ["rows-orphaned"]


def test_nothing_at_all_is_not_healthy(league: League, database: ScratchDatabase) -> None:
    team = league.has_team()
    guard = Guard(database)
    report = examined(guard)
    assert (report.verdict, report.score, errors_of(report)) == (Verdict.REFUSED, 0, ["nothing-to-compare"])
    assert examined(guard, baseline=0).verdict is Verdict.FINE
    league.captain_schedules_practices(team, 3)
    guard.has_backed_up()
    database.rows("DELETE FROM schedule")
    report = examined(guard)
    assert report.total.deleted == 3
    assert (report.verdict, errors_of(report)) == (Verdict.REFUSED, ["nothing-left"])
    assert report.score < 100


def test_without_a_snapshot_the_score_is_never_full(league: League, database: ScratchDatabase) -> None:
    league.captain_schedules_practices(league.has_team(), 3)
    guard = Guard(database)
    assert (examined(guard).score, examined(guard, baseline=3).score) == (99, 99)
    guard.has_backed_up()
    assert examined(guard).score == 100


def test_a_row_that_waits_on_a_wrong_team_lowers_the_score_once(guarded: Guard, database: ScratchDatabase) -> None:
    (taken,) = database.rows("SELECT min(id) FROM teams")[0]
    database.rows("UPDATE teams SET team_name = 'Somebody else' WHERE id = %(id)s", id=taken)
    report = guarded.judges_health()
    assert (report.total.wrong_team, report.total.pending) == (10, 10)
    assert (report.verdict, report.score) == (Verdict.REFUSED, 50)


def test_rows_that_nobody_sees_are_not_made_healthy_by_a_setting(guarded: Guard, database: ScratchDatabase) -> None:
    builders.the_etl_leaves_practices_without_team(database)
    assert examined(guarded, overrides={"rows-orphaned": Severity.INFO}).verdict is Verdict.REFUSED


def test_settings_raise_a_finding_but_never_lower_what_says_that_rows_were_lost(
    guarded: Guard, database: ScratchDatabase
) -> None:
    builders.the_etl_recreates_everything(database)
    lowered = examined(guarded, overrides={"rows-lost": Severity.INFO})
    assert lowered.verdict is Verdict.REFUSED
    guarded.restores()
    (gone,) = database.rows("SELECT min(id) FROM schedule WHERE home_team ILIKE '%practice%'")[0]
    builders.a_user_deletes_practice(database, gone)
    assert examined(guarded).verdict is Verdict.FINE
    assert examined(guarded, overrides={"rows-deleted": Severity.ERROR}).verdict is Verdict.REFUSED


def test_a_row_that_a_user_edited_and_an_import_put_on_a_wrong_team_is_on_a_wrong_team(
    guarded: Guard, database: ScratchDatabase
) -> None:
    one, other = (team.id for team in builders.teams_now(database))
    (practice,) = database.rows("SELECT min(id) FROM schedule WHERE home_team_id = %(one)s", one=one)[0]
    builders.a_user_moves_practice(database, practice, date=dt.date(2026, 9, 8))
    assert guarded.judges_health().verdict is Verdict.FINE
    database.rows("SET session_replication_role = replica")
    database.rows("UPDATE teams SET id = -id")
    database.rows("UPDATE teams SET id = CASE id WHEN %(a)s THEN %(b)s ELSE %(d)s END", a=-one, b=other, d=one)
    database.rows("SET session_replication_role = origin")
    assert guarded.judges_health().total.wrong_team == 20
    guarded.restores()
    assert guarded.judges_health().verdict is Verdict.FINE

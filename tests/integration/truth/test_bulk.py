"""Much is not little: what one bad statement deletes does not become the truth, and an ordinary day does."""

from __future__ import annotations

import pytest

from practice_guard.core.guarding import Request
from practice_guard.core.model import Verdict
from practice_guard.core.upkeep import Rule, cleanup
from tests.world import around, builders
from tests.world.backing_up import codes, refused_for
from tests.world.builders import League, ScratchDatabase, practices_by_natural_key
from tests.world.guarding import Guard
from tests.world.seasons import teams_in_a_row

ONE_BAD_STATEMENT = "DELETE FROM schedule WHERE id % 10 <> 0"


@pytest.fixture
def guarded(league: League, database: ScratchDatabase) -> Guard:
    """Five teams with twelve practices each, and a small league of one team; backed up."""
    teams_in_a_row(league, 5, practices=12)
    other = league.has_team(club="Wilmette", series="Series H(2)", league="CNSWPL", name="Wilmette H(2)")
    league.captain_schedules_practices(other, 24)
    guard = Guard(database)
    guard.has_backed_up()
    return guard


def kept(guard: Guard, *, keep_last: int = 1) -> list[str]:
    """The snapshots that a cleanup leaves, newest first."""
    rulings = guard.with_connection(lambda connection: cleanup.apply(guard.at(connection), Rule(keep_last)))
    return [each.snapshot.id for each in rulings if not each.goes]


def test_what_one_statement_deletes_is_not_taken_for_a_wish(guarded: Guard, database: ScratchDatabase) -> None:
    before = guarded.finds()
    database.rows(ONE_BAD_STATEMENT)

    health = guarded.judges_health()
    (finding,) = (each for each in health.findings if each.code == "deleted-in-bulk")
    taken = refused_for("deleted-in-bulk", guarded)

    assert health.verdict is Verdict.REFUSED
    assert health.score < 100
    assert finding.rows == health.sets["practices"].deleted > 20
    assert before.id in finding.what
    assert len(finding.examples) == 3
    assert taken.previous == before
    assert kept(guarded) == [before.id]


def test_what_one_statement_deletes_comes_back_when_it_is_asked_for(guarded: Guard, database: ScratchDatabase) -> None:
    before = practices_by_natural_key(database)
    database.rows(ONE_BAD_STATEMENT)
    guarded.restores(request=Request(include_deleted=True))
    assert practices_by_natural_key(database) == before
    assert guarded.judges_health().verdict is Verdict.FINE


def test_what_a_person_accepts_is_the_truth_and_lets_the_older_snapshot_go(
    guarded: Guard, database: ScratchDatabase
) -> None:
    database.rows(ONE_BAD_STATEMENT)
    taken = guarded.backs_up(accept_current=True)
    assert taken.snapshot is not None
    assert taken.snapshot.accepted_current
    assert "deleted-in-bulk" in codes(taken)
    assert kept(guarded) == [taken.snapshot.id]
    again = guarded.backs_up()
    assert again.snapshot is not None
    assert "deleted-in-bulk" not in codes(again)


@pytest.mark.parametrize("condition", ["home_team LIKE '%Chicago 1'", "match_date < '2026-01-15'"])
def test_one_captains_season_is_an_ordinary_day(guarded: Guard, database: ScratchDatabase, condition: str) -> None:
    gone = database.count("schedule", condition)
    assert 0 < gone <= 20
    database.rows(f"DELETE FROM schedule WHERE {condition}")

    health, taken = guarded.judges_health(), guarded.backs_up()

    assert health.sets["practices"].deleted == gone
    assert "deleted-in-bulk" not in [each.code for each in health.findings]
    assert health.verdict is Verdict.FINE
    assert any("deleted by users" in each for each in health.besides)
    assert taken.snapshot is not None
    assert "deleted-in-bulk" not in codes(taken)


def test_a_closed_league_is_bulk_and_is_accepted_once(guarded: Guard, database: ScratchDatabase) -> None:
    database.rows("DELETE FROM schedule WHERE home_team LIKE 'Wilmette%'")
    (finding,) = (each for each in refused_for("deleted-in-bulk", guarded).findings if each.code == "deleted-in-bulk")
    assert "all of CNSWPL" in finding.what
    assert guarded.backs_up(accept_current=True).snapshot is not None
    assert guarded.judges_health().verdict is Verdict.FINE
    assert guarded.has_backed_up().sets["practices"].rows == 60


def test_what_an_import_takes_in_bulk_comes_back_and_is_nobodys_deletion(
    guarded: Guard, database: ScratchDatabase
) -> None:
    before = practices_by_natural_key(database)
    builders.the_etl_recreates_everything(database)
    health = guarded.judges_health()
    assert health.total.deleted == 0
    assert "deleted-in-bulk" not in [each.code for each in health.findings]
    guarded.restores()
    assert practices_by_natural_key(database) == before


@pytest.mark.usefixtures("place")
def test_a_run_refuses_what_one_statement_deleted_until_a_person_accepts_it(
    guarded: Guard, database: ScratchDatabase
) -> None:
    database.rows(ONE_BAD_STATEMENT)
    etl = around.an_import(database.url, *around.NOTHING_IS_NEW)
    refused = around.runs_around(etl)
    assert (refused.status, refused.document["result"]["etl_exit_code"]) == (3, None)
    assert "deleted-in-bulk" in refused.errors()
    accepted = around.runs_around(etl, "--accept-current")
    assert (accepted.status, accepted.document["result"]["etl_exit_code"]) == (0, 0)
    assert around.runs_around(etl).status == 0


@pytest.mark.usefixtures("place")
@pytest.mark.parametrize("command", ["health", "backup"])
def test_the_next_step_shows_what_was_deleted(guarded: Guard, database: ScratchDatabase, command: str) -> None:
    assert around.says("restore", "--dry-run").document["result"]["rows"]["deleted"] == 0
    database.rows(ONE_BAD_STATEMENT)
    said = around.says(command)
    assert said.document["next_steps"] == ["practice-guard restore --dry-run --include-deleted --env local"]
    gone = guarded.judges_health().sets["practices"].deleted
    assert (
        command == "backup" or said.document["verdict"] == f"Not healthy, score 99: 1 error, {gone} deleted by users."
    )

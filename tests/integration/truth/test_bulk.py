"""Much is not little: what one bad statement deletes does not become the truth, and an ordinary day does."""

from __future__ import annotations

from pathlib import Path

import pytest

from practice_guard.core.guarding import Request
from practice_guard.core.model import Verdict
from practice_guard.core.upkeep import Rule, cleanup
from tests.world import around, builders
from tests.world.backing_up import codes, refused_for
from tests.world.builders import League, Row, ScratchDatabase, practices_by_natural_key
from tests.world.damage.country import SETS
from tests.world.guarding import Guard
from tests.world.lineups import DECLARED, KINDS, Kind, each_practice_has_a_lineup, somebody_declares_lineups
from tests.world.seasons import teams_in_a_row

KIND = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)


@pytest.fixture
def guarded(league: League, database: ScratchDatabase) -> Guard:
    """Five teams with twelve practices each, and a small league of one team, with as many lineups; backed up."""
    teams_in_a_row(league, 5, practices=12)
    other = league.has_team(club="Wilmette", series="Series H(2)", league="CNSWPL", name="Wilmette H(2)")
    league.captain_schedules_practices(other, 24)
    each_practice_has_a_lineup(database)
    guard = Guard(database, SETS)
    guard.has_backed_up()
    return guard


def one_bad_statement_runs(database: ScratchDatabase, kind: Kind) -> None:
    database.rows(f"DELETE FROM {kind.table} WHERE id % 10 <> 0")


def rows_of(database: ScratchDatabase, kind: Kind) -> list[Row]:
    """All rows of a set with the names of their teams."""
    return database.rows(
        f"SELECT x.*, t.team_name FROM {kind.table} x LEFT JOIN teams t ON t.id = x.{kind.team} ORDER BY x.id"
    )


def kept(guard: Guard, *, keep_last: int = 1) -> list[str]:
    """The snapshots that a cleanup leaves, newest first."""
    rulings = guard.with_connection(lambda connection: cleanup.apply(guard.at(connection), Rule(keep_last)))
    return [each.snapshot.id for each in rulings if not each.goes]


@KIND
def test_what_one_statement_deletes_is_not_taken_for_a_wish(
    guarded: Guard, database: ScratchDatabase, kind: Kind
) -> None:
    before = guarded.finds()
    one_bad_statement_runs(database, kind)

    health = guarded.judges_health()
    (finding,) = (each for each in health.findings if each.code == "deleted-in-bulk")
    taken = refused_for("deleted-in-bulk", guarded)

    assert health.verdict is Verdict.REFUSED
    assert health.score < 100
    assert finding.rows == health.sets[kind.name].deleted == health.total.deleted > 20
    assert before.id in finding.what
    assert len(finding.examples) == 3
    assert taken.previous == before
    assert kept(guarded) == [before.id]


@KIND
def test_what_one_statement_deletes_comes_back_when_it_is_asked_for(
    guarded: Guard, database: ScratchDatabase, kind: Kind
) -> None:
    before = rows_of(database, kind)
    one_bad_statement_runs(database, kind)
    assert guarded.restores().written == 0
    guarded.restores(request=Request(include_deleted=True))
    assert rows_of(database, kind) == before
    assert guarded.judges_health().verdict is Verdict.FINE


@KIND
def test_what_a_person_accepts_is_the_truth_and_lets_the_older_snapshot_go(
    guarded: Guard, database: ScratchDatabase, kind: Kind
) -> None:
    one_bad_statement_runs(database, kind)
    taken = guarded.backs_up(accept_current=True)
    assert taken.snapshot is not None
    assert taken.snapshot.accepted_current
    assert "deleted-in-bulk" in codes(taken)
    assert kept(guarded) == [taken.snapshot.id]
    again = guarded.backs_up()
    assert again.snapshot is not None
    assert "deleted-in-bulk" not in codes(again)


@KIND
@pytest.mark.parametrize("condition", ["{says} LIKE '%Chicago 1%'", "id % 12 IN (1, 2)"])
def test_one_captains_season_is_an_ordinary_day(
    guarded: Guard, database: ScratchDatabase, kind: Kind, condition: str
) -> None:
    gone = database.rows(f"DELETE FROM {kind.table} WHERE {condition.format(says=kind.says)} RETURNING id")
    assert 0 < len(gone) <= 20

    health, taken = guarded.judges_health(), guarded.backs_up()

    assert health.sets[kind.name].deleted == health.total.deleted == len(gone)
    assert "deleted-in-bulk" not in [each.code for each in health.findings]
    assert health.verdict is Verdict.FINE
    assert f"{len(gone)} deleted by users" in health.besides
    assert taken.snapshot is not None
    assert "deleted-in-bulk" not in codes(taken)


@KIND
def test_a_closed_league_is_bulk_and_is_accepted_once(guarded: Guard, database: ScratchDatabase, kind: Kind) -> None:
    database.rows(f"DELETE FROM {kind.table} WHERE {kind.says} LIKE 'Wilmette%'")
    (finding,) = (each for each in refused_for("deleted-in-bulk", guarded).findings if each.code == "deleted-in-bulk")
    assert "all of CNSWPL" in finding.what
    assert guarded.backs_up(accept_current=True).snapshot is not None
    assert guarded.judges_health().verdict is Verdict.FINE
    assert guarded.has_backed_up().sets[kind.name].rows == 60


@KIND
def test_what_an_import_takes_in_bulk_comes_back_and_is_nobodys_deletion(
    guarded: Guard, database: ScratchDatabase, kind: Kind
) -> None:
    before = practices_by_natural_key(database), database.rows("SELECT note FROM lineups ORDER BY 1")
    builders.the_etl_recreates_everything(database)
    if kind is DECLARED:
        one_bad_statement_runs(database, kind)
    health = guarded.judges_health()
    assert health.total.deleted == 0
    assert "deleted-in-bulk" not in [each.code for each in health.findings]
    guarded.restores()
    assert (practices_by_natural_key(database), database.rows("SELECT note FROM lineups ORDER BY 1")) == before
    assert database.count("lineups", "team_id NOT IN (SELECT id FROM teams)") == 0


@KIND
def test_a_run_refuses_what_one_statement_deleted_until_a_person_accepts_it(
    guarded: Guard, database: ScratchDatabase, place: Path, kind: Kind
) -> None:
    somebody_declares_lineups(place)
    one_bad_statement_runs(database, kind)
    etl = around.an_import(database.url, *around.NOTHING_IS_NEW)
    refused = around.runs_around(etl)
    assert (refused.status, refused.document["result"]["etl_exit_code"]) == (3, None)
    assert "deleted-in-bulk" in refused.errors()
    accepted = around.runs_around(etl, "--accept-current")
    assert (accepted.status, accepted.document["result"]["etl_exit_code"]) == (0, 0)
    assert around.runs_around(etl).status == 0


@KIND
@pytest.mark.parametrize("command", ["health", "backup"])
def test_the_next_step_shows_what_was_deleted(
    guarded: Guard, database: ScratchDatabase, place: Path, command: str, kind: Kind
) -> None:
    somebody_declares_lineups(place)
    assert around.says("restore", "--dry-run").document["result"]["rows"]["deleted"] == 0
    one_bad_statement_runs(database, kind)
    said = around.says(command)
    assert said.document["next_steps"] == ["practice-guard restore --dry-run --include-deleted --env local"]
    gone = guarded.judges_health().sets[kind.name].deleted
    assert (
        command == "backup" or said.document["verdict"] == f"Not healthy, score 99: 1 error, {gone} deleted by users."
    )

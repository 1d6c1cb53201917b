"""Rows that a statement points at another team: counted as moved, and never as each on its team once."""

from __future__ import annotations

import pytest

from practice_guard.core.model import Team, Verdict
from tests.world.backing_up import codes, refused_for
from tests.world.builders import League, ScratchDatabase
from tests.world.guarding import Guard
from tests.world.seasons import teams_in_a_row


@pytest.fixture
def teams(league: League) -> list[Team]:
    """Five teams with twelve practices and a recurring one each."""
    return teams_in_a_row(league, 5, practices=12)


@pytest.fixture
def guarded(teams: list[Team], database: ScratchDatabase) -> Guard:
    guard = Guard(database)
    guard.has_backed_up()
    return guard


def somebody_points(database: ScratchDatabase, rows: int, team: Team) -> None:
    """So many practices of other teams, the first ones, at this team."""
    database.rows(
        "UPDATE schedule SET home_team_id = %(team)s WHERE id IN"
        " (SELECT id FROM schedule WHERE home_team_id <> %(team)s ORDER BY id LIMIT %(rows)s)",
        team=team.id,
        rows=rows,
    )


def test_rows_pointed_at_another_team_in_bulk_stop_a_backup(
    guarded: Guard, database: ScratchDatabase, teams: list[Team]
) -> None:
    somebody_points(database, 27, teams[4])
    health = guarded.judges_health()
    (finding,) = (each for each in health.findings if each.code == "moved-in-bulk")

    assert health.verdict is Verdict.REFUSED
    assert (health.total.moved, finding.rows) == (27, 27)
    assert len(finding.examples) == 3
    assert any("27 moved by hand" in each for each in health.besides)
    assert "label-names-another-team" in [each.code for each in health.findings]
    refused_for("moved-in-bulk", guarded)


def test_what_was_moved_in_bulk_is_accepted_once(guarded: Guard, database: ScratchDatabase, teams: list[Team]) -> None:
    somebody_points(database, 27, teams[4])
    accepted = guarded.backs_up(accept_current=True)
    assert accepted.snapshot is not None
    assert "moved-in-bulk" in codes(accepted)
    assert guarded.backs_up().snapshot is not None
    assert guarded.judges_health().total.moved == 0


@pytest.mark.parametrize("rows", [1, 5])
def test_a_few_rows_pointed_at_another_team_are_a_warning(
    guarded: Guard, database: ScratchDatabase, teams: list[Team], rows: int
) -> None:
    somebody_points(database, rows, teams[4])
    health = guarded.judges_health()
    (finding,) = (each for each in health.findings if each.code == "rows-moved")

    assert health.total.moved == finding.rows == rows
    assert "moved-in-bulk" not in [each.code for each in health.findings]
    assert any("moved by hand" in each for each in health.besides)
    taken = guarded.backs_up()
    assert taken.snapshot is not None
    assert "rows-moved" in codes(taken)


def test_rows_that_nobody_moved_are_each_on_their_team(guarded: Guard) -> None:
    health = guarded.judges_health()
    assert (health.verdict, health.total.moved, health.besides) == (Verdict.FINE, 0, ())


def test_no_restore_moves_back_what_somebody_moved(
    guarded: Guard, database: ScratchDatabase, teams: list[Team]
) -> None:
    somebody_points(database, 5, teams[4])
    assert guarded.restores().written == 0
    assert database.count("schedule", f"home_team_id = {teams[4].id}") == 12 + 5

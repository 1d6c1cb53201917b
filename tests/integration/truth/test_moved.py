"""Rows that a statement points at another team: counted as moved, and never as each on its team once."""

from __future__ import annotations

from pathlib import Path

import pytest

from practice_guard.core.model import Severity, Team, Verdict
from tests.world import around
from tests.world.backing_up import codes, refused_for
from tests.world.builders import League, ScratchDatabase
from tests.world.damage.country import SETS
from tests.world.guarding import Guard
from tests.world.lineups import KINDS, PRACTICES, Kind, each_practice_has_a_lineup, somebody_declares_lineups
from tests.world.seasons import teams_in_a_row

KIND = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)


@pytest.fixture
def teams(league: League) -> list[Team]:
    """Five teams with twelve practices, and as many lineups, and a recurring practice each."""
    made = teams_in_a_row(league, 5, practices=12)
    each_practice_has_a_lineup(league.database)
    return made


@pytest.fixture
def guarded(teams: list[Team], database: ScratchDatabase) -> Guard:
    guard = Guard(database, SETS)
    guard.has_backed_up()
    return guard


def somebody_points(database: ScratchDatabase, rows: int, team: Team, kind: Kind = PRACTICES) -> None:
    """So many rows of other teams, the first ones, at this team."""
    database.rows(
        f"UPDATE {kind.table} SET {kind.team} = %(team)s WHERE id IN"
        f" (SELECT id FROM {kind.table} WHERE {kind.team} <> %(team)s ORDER BY id LIMIT %(rows)s)",
        team=team.id,
        rows=rows,
    )


def severities(guard: Guard) -> dict[str, Severity]:
    return {each.code: each.severity for each in guard.judges_health().findings}


def reads(text: str) -> tuple[str, str]:
    """What a person reads first of one finding and last of all: the lines of what was moved, and of the verdict."""
    lines = text.strip().splitlines()
    (moved,) = (each for each in lines if "[rows-moved]" in each or "[moved-in-bulk]" in each)
    return moved, lines[-1]


@KIND
def test_rows_pointed_at_another_team_in_bulk_stop_a_backup(
    guarded: Guard, database: ScratchDatabase, teams: list[Team], kind: Kind
) -> None:
    somebody_points(database, 27, teams[4], kind)
    health = guarded.judges_health()
    (finding,) = (each for each in health.findings if each.code == "moved-in-bulk")

    assert (health.verdict, finding.severity) == (Verdict.REFUSED, Severity.ERROR)
    assert (health.total.moved, health.sets[kind.name].moved, finding.rows) == (27, 27, 27)
    assert len(finding.examples) == 3
    assert "27 moved by hand" in health.besides
    assert ("label-names-another-team" in severities(guarded)) is (kind is PRACTICES)
    refused_for("moved-in-bulk", guarded)


@KIND
def test_what_was_moved_in_bulk_is_accepted_once(
    guarded: Guard, database: ScratchDatabase, teams: list[Team], kind: Kind
) -> None:
    somebody_points(database, 27, teams[4], kind)
    accepted = guarded.backs_up(accept_current=True)
    assert accepted.snapshot is not None
    assert "moved-in-bulk" in codes(accepted)
    assert guarded.backs_up().snapshot is not None
    assert guarded.judges_health().total.moved == 0


@KIND
@pytest.mark.parametrize("rows", [1, 20])
def test_a_few_rows_pointed_at_another_team_are_a_warning(
    guarded: Guard, database: ScratchDatabase, teams: list[Team], rows: int, kind: Kind
) -> None:
    somebody_points(database, rows, teams[4], kind)
    health = guarded.judges_health()
    (finding,) = (each for each in health.findings if each.code == "rows-moved")

    assert health.total.moved == health.sets[kind.name].moved == finding.rows == rows
    assert finding.severity is Severity.WARNING
    assert "moved-in-bulk" not in severities(guarded)
    assert f"{rows} moved by hand" in health.besides
    taken = guarded.backs_up()
    assert taken.snapshot is not None
    assert "rows-moved" in codes(taken)


def test_rows_that_nobody_moved_are_each_on_their_team(guarded: Guard) -> None:
    health = guarded.judges_health()
    assert (health.verdict, health.total.moved, health.besides) == (Verdict.FINE, 0, ())


@KIND
def test_no_restore_moves_back_what_somebody_moved(
    guarded: Guard, database: ScratchDatabase, teams: list[Team], kind: Kind
) -> None:
    somebody_points(database, 5, teams[4], kind)
    assert guarded.restores().written == 0
    assert kind.count(database, f"{kind.team} = {teams[4].id}") == 12 + 5


@KIND
@pytest.mark.parametrize("rows", [1, 20])
def test_a_person_reads_of_a_few_moved_rows_as_a_warning(
    guarded: Guard, database: ScratchDatabase, teams: list[Team], place: Path, kind: Kind, rows: int
) -> None:
    """A practice says the name of its team itself, so that one on another team is an error all the same."""
    somebody_declares_lineups(place)
    somebody_points(database, rows, teams[4], kind)

    status, text = around.prints("health")
    moved, verdict = reads(text)

    hang = "hangs on another team than" if rows == 1 else "hang on other teams than"
    assert moved == f"warning  {rows} of 60 rows of {kind.name} {hang} in snapshot {guarded.finds().id}.  [rows-moved]"
    assert f"now on {teams[4].name} ({teams[4].club}, {teams[4].series}, {teams[4].league})" in text
    where = "125 protected rows, of which not each is where it was"
    if kind is PRACTICES:
        assert status == 3
        assert verdict.startswith(f"NO  Not healthy, score 99: 1 error, {rows} moved by hand; {rows} row")
    else:
        assert status == 0
        assert verdict == f"OK  Healthy, score 100: {where}: {rows} moved by hand."
    assert "each on its team once" not in text


@KIND
@pytest.mark.parametrize("rows", [21, 27])
def test_a_person_reads_of_rows_moved_in_bulk_as_an_error(
    guarded: Guard, database: ScratchDatabase, teams: list[Team], place: Path, kind: Kind, rows: int
) -> None:
    somebody_declares_lineups(place)
    somebody_points(database, rows, teams[4], kind)

    status, text = around.prints("health")
    moved, verdict = reads(text)

    on = f"hang on other teams than in snapshot {guarded.finds().id}"
    assert status == 3
    assert moved == f"error  {rows} of 60 rows of {kind.name} {on}.  [moved-in-bulk]"
    if kind is PRACTICES:
        assert verdict.startswith(f"NO  Not healthy, score 99: 2 errors, {rows} moved by hand; {rows} rows")
    else:
        assert verdict == f"NO  Not healthy, score 99: 1 error, {rows} moved by hand."
    assert "each on its team once" not in text


def test_a_person_reads_that_each_row_is_on_its_team_where_nobody_moved_one(guarded: Guard, place: Path) -> None:
    somebody_declares_lineups(place)
    status, text = around.prints("health")
    assert status == 0
    assert text.strip().splitlines()[-1] == "OK  Healthy, score 100: 125 protected rows, each on its team once."
    assert "moved" not in text

"""Rows that say something else than they did: told, and in bulk never the truth unasked."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest

from practice_guard.core.findings import pages
from practice_guard.core.model import Severity, Verdict
from tests.world import around, builders
from tests.world.backing_up import codes, refused_for
from tests.world.builders import League, ScratchDatabase
from tests.world.damage.country import SETS
from tests.world.guarding import Guard
from tests.world.lineups import each_practice_has_a_lineup, somebody_declares_lineups
from tests.world.seasons import teams_in_a_row

PUT_BACK = "practices are taken for matches"
"""An away team that an import wrote a restore takes away."""

WRITTEN_OVER = {
    "none of them is a practice any more": "UPDATE schedule SET home_team = replace(home_team, 'Practice', 'Training')",
    "they are all at one place": "UPDATE schedule SET location = 'Somewhere'",
    PUT_BACK: "UPDATE schedule SET away_team = t.team_name, away_team_id = t.id"
    " FROM (SELECT id, team_name FROM teams ORDER BY id LIMIT 1) AS t",
    "a set that is declared": "UPDATE lineups SET note = upper(note)",
}
"""What an import or a person writes over, in one statement."""


@pytest.fixture
def guarded(league: League, database: ScratchDatabase) -> Guard:
    """Five teams with twelve practices each and as many rows of a declared set."""
    teams_in_a_row(league, 5, practices=12)
    each_practice_has_a_lineup(database)
    guard = Guard(database, SETS)
    guard.has_backed_up()
    return guard


@pytest.mark.parametrize(
    ("statement", "habit"),
    [
        pytest.param(statement, habit, id=f"{name}, {habit or 'no import'}")
        for name, statement in WRITTEN_OVER.items()
        for habit in ("", "dangling", "dangling recycle")
        if not (habit and name == PUT_BACK)
    ],
)
def test_what_is_written_over_in_bulk_is_never_green(
    guarded: Guard, database: ScratchDatabase, statement: str, habit: str
) -> None:
    if habit:
        builders.the_etl_runs(database, *habit.split())
    database.rows(statement)
    if habit:
        guarded.restores()

    health = guarded.judges_health()
    (finding,) = (each for each in health.findings if each.code == "edited-in-bulk")

    assert health.verdict is Verdict.REFUSED
    assert health.total.edited == finding.rows == 60
    assert health.score < 100
    assert len(finding.examples) == 3
    assert any("60 edited since" in each for each in health.besides)
    assert not (habit and "No import was seen" in finding.why)
    refused_for("edited-in-bulk", guarded)
    accepted = guarded.backs_up(accept_current=True)
    assert accepted.snapshot is not None
    assert guarded.backs_up().snapshot is not None


@pytest.mark.parametrize(
    "condition", ["id = 1", "home_team LIKE '%Chicago 1'"], ids=["one", "one captain's whole season"]
)
def test_an_ordinary_edit_is_told_and_stops_nothing(guarded: Guard, database: ScratchDatabase, condition: str) -> None:
    rows = database.count("schedule", condition)
    database.rows(f"UPDATE schedule SET match_time = '18:30' WHERE {condition}")

    health = guarded.judges_health()
    (finding,) = (each for each in health.findings if each.code == "rows-edited")

    assert (health.verdict, health.total.edited, finding.severity) == (Verdict.FINE, rows, Severity.INFO)
    assert health.besides == (f"{rows} edited since",)
    assert "2026-01-05, 19:00:00, Tennaqua (schedule id 1)" in finding.examples[0]
    taken = guarded.backs_up()
    assert taken.snapshot is not None
    assert "edited-in-bulk" not in codes(taken)
    assert guarded.judges_health().besides == ()


def test_a_row_that_was_touched_and_says_the_same_is_not_edited(guarded: Guard, database: ScratchDatabase) -> None:
    database.rows("UPDATE schedule SET home_team = home_team")
    assert guarded.judges_health().total.edited == 0


@pytest.mark.usefixtures("guarded")
def test_what_a_refused_backup_advises_shows_every_row(database: ScratchDatabase, place: Path) -> None:
    """As does what the page says of it."""
    somebody_declares_lineups(place)
    database.rows("UPDATE schedule SET location = 'Somewhere'")
    (finding,) = (each for each in around.says("backup").document["findings"] if each["code"] == "edited-in-bulk")
    advised = shlex.split(finding["fix"].splitlines()[0], comments=True)
    assert " ".join(advised[1:-2]) in pages.page("edited-in-bulk").text

    assert around.says(*advised[1:-2]).status == 0
    written = [json.loads(line) for line in (place / "plan.json").read_text().splitlines()]
    assert [each["says"][-8:] for each in written if each.get("bucket") == "edited"] == ["Tennaqua"] * 60

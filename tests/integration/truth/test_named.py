"""Each finding of health names rows as people know them, and the snapshot that it compared with, with its age."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from practice_guard.core.model import Finding
from tests.world import builders
from tests.world.builders import League, ScratchDatabase
from tests.world.guarding import Guard

TENNAQUA = "Tennaqua - 22 (Tennaqua, Chicago 22, APTA_CHICAGO)"
WILMETTE = "Wilmette H(2) (Wilmette, Series H(2), CNSWPL)"


@dataclass(frozen=True)
class Case:
    """What happens, and what a row of it is called in the finding."""

    happens: Callable[[ScratchDatabase], object]
    says: str


def another_league(database: ScratchDatabase) -> None:
    database.rows("UPDATE schedule SET league_id = (SELECT id FROM leagues WHERE league_id = 'CNSWPL')")


def another_team(database: ScratchDatabase) -> None:
    database.rows(
        "UPDATE schedule SET home_team = 'Tennaqua Practice - Chicago 9'"
        " WHERE home_team = 'Tennaqua Practice - Chicago 22'"
    )


def everything_goes(database: ScratchDatabase) -> None:
    database.rows("DELETE FROM schedule")


CASES = {
    "league-disagrees": Case(another_league, f"{TENNAQUA}: Tennaqua Practice - Chicago 22, 2026-01-05, 19:00:00"),
    "label-names-another-team": Case(another_team, "Tennaqua Practice - Chicago 9, 2026-01-05, 19:00:00"),
    "nothing-left": Case(everything_goes, f"{TENNAQUA}: Tennaqua Practice - Chicago 22, 2026-01-05, 19:00:00"),
    "series-vanished": Case(
        lambda database: builders.the_etl_lacks_series(database, "Chicago 22"),
        f"{TENNAQUA}: Tennaqua Practice - Chicago 22, 2026-01-05, 19:00:00",
    ),
    "league-vanished": Case(
        lambda database: builders.the_etl_lacks_league(database, "CNSWPL"),
        f"{WILMETTE}: Wilmette Practice - Series H(2), 2026-01-05, 19:00:00",
    ),
}


@pytest.fixture
def guarded(league: League, guard: Guard) -> Guard:
    """Two leagues; in the first two series of a club. Only some of the teams have practices."""
    league.captain_schedules_practices(league.has_team(), 4)
    league.has_team(series="Chicago 9")
    other = league.has_team(club="Wilmette", series="Series H(2)", league="CNSWPL", name="Wilmette H(2)")
    league.captain_schedules_practices(other, 2)
    guard.has_backed_up()
    return guard


def found(guard: Guard, code: str) -> Finding:
    (finding,) = (each for each in guard.judges_health().findings if each.code == code)
    return finding


@pytest.mark.parametrize("code", CASES)
def test_a_finding_names_rows_and_what_it_compared_with(guarded: Guard, database: ScratchDatabase, code: str) -> None:
    CASES[code].happens(database)
    finding = found(guarded.later(days=3), code)
    assert finding.examples[0].startswith(CASES[code].says)
    assert all("(schedule id " in each for each in finding.examples)
    assert 2 <= len(finding.examples) <= 3
    assert f"Compared with snapshot {guarded.finds().id}, taken 3 days ago." in finding.why

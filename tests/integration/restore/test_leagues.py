"""What points at a league follows it to another spelling of its code, where settings or a person say so."""

from __future__ import annotations

import pytest

from practice_guard.core import decisions
from practice_guard.core.guarding import Request
from practice_guard.core.identity import Habits
from practice_guard.core.identity import League as Ways
from practice_guard.core.model import Evidence
from practice_guard.core.restore.plans import Bucket
from tests.world import builders
from tests.world.builders import League, ScratchDatabase
from tests.world.guarding import Guard

ALIAS = Habits((Ways("NSTF", code_aliases=("NORTH_SHORE",)),))
HEIR = '[[league]]\nleague = "NSTF"\nheir = { league = "NORTH_SHORE" }\n'


@pytest.fixture
def respelt(guard: Guard, league: League, database: ScratchDatabase) -> ScratchDatabase:
    """Two users and two practices of NSTF, whose code is NORTH_SHORE since; and one user of a league that stays."""
    team = league.has_team(league="NSTF", series="Series 2B", name="Tennaqua S2B")
    league.captain_schedules_practices(team, 2)
    league.has_team(league="CITA", series="3.0")
    for code in ("NSTF", "NSTF", "CITA"):
        league.has_user(league=code)
    guard.has_backed_up()
    database.rows("UPDATE leagues SET league_id = 'NORTH_SHORE' WHERE league_id = 'NSTF'")
    builders.the_etl_recreates_everything(database)
    return database


def contexts(database: ScratchDatabase) -> list[str | None]:
    rows = database.rows("SELECT l.league_id FROM users u LEFT JOIN leagues l ON l.id = u.league_context ORDER BY u.id")
    return [row[0] for row in rows]


def leagues_of_practices(database: ScratchDatabase) -> set[str | None]:
    rows = database.rows(
        "SELECT l.league_id FROM schedule s LEFT JOIN leagues l ON l.id = s.league_id"
        " WHERE s.home_team ILIKE '%practice%'"
    )
    return {row[0] for row in rows}


def test_a_league_under_another_code_waits_while_nobody_says_that_it_is(guard: Guard, respelt: ScratchDatabase) -> None:
    counts = guard.plans().counts("league_contexts")
    assert counts["pending"] == 2
    guard.restores()
    assert "NORTH_SHORE" not in leagues_of_practices(respelt)


@pytest.mark.parametrize(
    "request_",
    [Request(habits=ALIAS), Request(decisions=decisions.parse(HEIR))],
    ids=["a declared spelling", "a decision"],
)
def test_users_and_practices_follow_their_league(guard: Guard, respelt: ScratchDatabase, request_: Request) -> None:
    assert guard.restores(request=request_).plan.counts()["pending"] == 0
    assert contexts(respelt) == ["NORTH_SHORE", "NORTH_SHORE", "CITA"]
    assert leagues_of_practices(respelt) == {"NORTH_SHORE"}
    assert guard.plans(request=request_).writes() == 0


def test_a_plan_says_by_what_a_user_follows_a_league(guard: Guard, respelt: ScratchDatabase) -> None:
    for request, evidence in (
        (Request(habits=ALIAS), {Evidence.EXACT}),
        (Request(decisions=decisions.parse(HEIR)), {Evidence.DECISION, Evidence.EXACT}),
    ):
        rows = [row for row in guard.plans_rows(request=request) if row.set == "league_contexts"]
        assert {row.evidence for row in rows} == evidence
        assert Bucket.PENDING not in {row.bucket for row in rows}


def test_a_spelling_says_nothing_where_both_leagues_are_there(
    guard: Guard, respelt: ScratchDatabase, league: League
) -> None:
    league.has_team(league="NSTF", series="Series 9", name="Winmere 9")
    plan = guard.plans(request=Request(habits=ALIAS))
    assert plan.counts("practices")["pending"] == 2
    guard.restores(request=Request(habits=ALIAS))
    assert contexts(respelt) == ["NSTF", "NSTF", "CITA"]

"""A row that must wait and may not stand on nothing: the database has a rule against that, so it stays where it is."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from practice_guard.core.guarding import Request, Scope
from practice_guard.core.model import Team, Verdict
from practice_guard.render.restoring import waiting
from tests.world.builders import League, ScratchDatabase, swap_ids, team_now
from tests.world.guarding import Guard

ONE_TEAM = Request(scope=Scope(teams=frozenset({"Tennaqua - 22"})))
NO_ROW_WITHOUT_A_TEAM = "ALTER TABLE practice_times ADD CONSTRAINT some_team CHECK (team_id IS NOT NULL)"


@pytest.fixture
def exchanged(league: League, database: ScratchDatabase, guard: Guard, tennaqua: Team) -> Mapping[int, Team]:
    """Two teams that meet on the same Monday, and one of them on a Tuesday too, whose ids an import has exchanged."""
    other = league.has_team(club="Wilmette", series="Chicago 11")
    monday = league.captain_sets_practice_time(tennaqua)
    tuesday = league.captain_sets_practice_time(tennaqua, "Tuesday")
    theirs = league.captain_sets_practice_time(other)
    database.rows("UPDATE practice_times SET location = 'The same hall'")
    guard.has_backed_up()
    swap_ids(database, tennaqua.id, other.id)
    return {monday: tennaqua, tuesday: tennaqua, theirs: other}


def team_of(database: ScratchDatabase, row: int) -> int | None:
    """Whose a practice time is now, by id."""
    team: int | None = database.value("SELECT team_id FROM practice_times WHERE id = %(row)s", row=row)
    return team


def all_are_in_place(database: ScratchDatabase, belongs: Mapping[int, Team]) -> bool:
    return all(team_of(database, row) == team_now(database, team.identity).id for row, team in belongs.items())


def test_it_is_left_on_the_team_of_others_and_health_says_so(
    database: ScratchDatabase, guard: Guard, exchanged: Mapping[int, Team]
) -> None:
    database.rows(NO_ROW_WITHOUT_A_TEAM)
    monday, tuesday, _ = exchanged
    left_on = team_of(database, monday)

    done = guard.restores(request=ONE_TEAM)

    assert (done.plan.counts()["relink"], done.plan.counts()["pending"], done.written) == (1, 1, 1)
    (entry,) = waiting(done.plan)
    assert (entry["rows"], entry["reason"]) == (1, "refused")
    assert "some_team" in str(entry["message"])
    assert team_of(database, monday) == left_on
    assert team_of(database, tuesday) == team_now(database, exchanged[tuesday].identity).id
    health = guard.judges_health()
    assert health.verdict is Verdict.REFUSED
    assert health.total.wrong_team == 2, "the one that stays, and the one that was not asked for"
    assert "rows-on-wrong-team" in {each.code for each in health.findings}


def test_where_it_may_stand_on_nothing_it_waits_there(
    database: ScratchDatabase, guard: Guard, exchanged: Mapping[int, Team]
) -> None:
    monday, *_ = exchanged
    done = guard.restores(request=ONE_TEAM)
    assert (done.plan.counts()["relink"], done.plan.counts()["pending"], done.written) == (1, 1, 2)
    assert team_of(database, monday) is None


@pytest.mark.parametrize("ruled", [True, False])
def test_a_restore_of_everything_puts_it_in_its_place(
    database: ScratchDatabase, guard: Guard, exchanged: Mapping[int, Team], ruled: bool
) -> None:
    if ruled:
        database.rows(NO_ROW_WITHOUT_A_TEAM)
    guard.restores(request=ONE_TEAM)
    done = guard.restores()
    assert done.plan.counts()["pending"] == 0
    assert all_are_in_place(database, exchanged)
    assert guard.judges_health().healthy

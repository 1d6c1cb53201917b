"""Of a set that an import has left nothing of, every row is planned as ever, whether its line is laid down or not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from practice_guard.core import restore, snapshots
from practice_guard.core.application import look
from practice_guard.core.database import Access, Connection
from practice_guard.core.guarding import Request
from practice_guard.core.restore import Workings
from tests import oracle
from tests.oracle.comparison import differences, judged, planned
from tests.world import builders
from tests.world.builders import MONDAY, League, ScratchDatabase, practices_by_natural_key
from tests.world.guarding import Guard

SERIES = ("Chicago 11", "Chicago 22", "Chicago 33")
WITHOUT = "Chicago 44"
A_TEAM = 4
"""Practices of each team."""


@pytest.fixture
def guard(database: ScratchDatabase, league: League) -> Guard:
    """A backup of three teams' practices, and an import that took them all and gave every team another id."""
    for series in SERIES:
        league.captain_schedules_practices(league.has_team(series=series), A_TEAM)
    league.has_team(series=WITHOUT)
    found = Guard(database)
    found.has_backed_up()
    builders.the_etl_recreates_everything(database)
    return found


def laid_down(workings: Workings) -> int | None:
    """How many practices have a line of their own in the plan; None where all have."""
    if not workings.sheets["practices"].bare:
        return None
    return int(workings.scratch.execute(f"SELECT count(*) FROM {workings.scratch.table('plan_practices')}")[0][0])


def beside_the_judge(guard: Guard) -> tuple[int | None, list[str]]:
    """How many practices have a line of their own, and in what the plan is another than the judge's."""

    def work(database: Connection) -> tuple[int | None, list[str]]:
        snapshot, app = snapshots.find(database, "latest"), look(database, guard.sets)
        workings = restore.work_out(database, snapshot, app)
        lines, seen = laid_down(workings), planned(workings)
        return lines, list(differences(seen, judged(oracle.plan(database, snapshot, app, Request()))))

    return guard.reads(work)


def as_on_a_standby(guard: Guard) -> str:
    """The digest of the plan where no tables can be made for it."""
    return guard.reads(
        lambda database: restore.plan(database, snapshots.find(database, "latest"), look(database, guard.sets)).digest,
        Access.READ,
    )


def _a_captain_writes_one_anew(database: ScratchDatabase) -> None:
    builders.the_app_writes_a_practice(database, builders.teams_now(database)[0], MONDAY)


def _a_match_has_taken_a_key(database: ScratchDatabase) -> None:
    database.rows("INSERT INTO schedule (id, home_team) VALUES (1, 'Match')")


def _a_practice_of_nobodys_has_taken_a_key(database: ScratchDatabase) -> None:
    database.rows(
        "INSERT INTO schedule (id, home_team, home_team_id)"
        " SELECT 1, 'Another Practice', max(id) FROM teams WHERE id NOT IN (SELECT max(id) FROM teams)"
    )


WAYS: dict[str, tuple[Callable[[ScratchDatabase], None], int]] = {
    "nothing is left": (lambda _: None, 0),
    "a captain wrote one anew": (_a_captain_writes_one_anew, A_TEAM),
    "a match has taken a key": (_a_match_has_taken_a_key, 1),
    "a practice of another team has taken a key": (_a_practice_of_nobodys_has_taken_a_key, A_TEAM + 1),
    "a team is gone": (lambda it: builders.the_etl_lacks_series(it, SERIES[0]), A_TEAM),
}


@pytest.mark.parametrize("way", WAYS)
def test_only_what_is_not_plain_is_laid_down_and_all_is_planned_as_the_judge_says(
    guard: Guard, database: ScratchDatabase, way: str
) -> None:
    happens, lines = WAYS[way]
    happens(database)
    assert beside_the_judge(guard) == (lines, [])


def test_what_only_a_standby_may_ask_is_the_same_plan(guard: Guard, database: ScratchDatabase) -> None:
    _a_match_has_taken_a_key(database)
    assert guard.works_out(laid_down) == 1
    assert guard.plans().digest == as_on_a_standby(guard)


def test_a_practice_that_hangs_on_nothing_may_be_anybodys(guard: Guard, database: ScratchDatabase) -> None:
    database.rows("INSERT INTO schedule (home_team) VALUES ('Tennaqua Practice - Chicago 22')")
    assert beside_the_judge(guard) == (None, [])


def test_where_half_is_left_every_row_is_laid_down(guard: Guard, database: ScratchDatabase) -> None:
    team = builders.teams_now(database)[0]
    for week in range(len(SERIES) * A_TEAM // 2 + 1):
        builders.the_app_writes_a_practice(database, team, MONDAY + timedelta(weeks=week))
    assert beside_the_judge(guard) == (None, [])


@pytest.mark.parametrize("way", ["nothing is left", "a match has taken a key", "a captain wrote one anew"])
def test_a_plan_is_the_same_whether_its_lines_were_laid_down_or_not(
    guard: Guard, database: ScratchDatabase, way: str
) -> None:
    """What users write on another team between the dry run and the restore does not make the plan stale."""
    WAYS[way][0](database)
    saved = guard.saves()
    before = guard.plans().digest
    (another,) = (team for team in builders.teams_now(database) if team.identity.series == WITHOUT)
    for week in range(len(SERIES) * A_TEAM):
        builders.the_app_writes_a_practice(database, another, MONDAY + timedelta(weeks=week))
    assert guard.works_out(laid_down) is None
    assert guard.plans().digest == before == as_on_a_standby(guard)
    guard.restores(saved=saved)
    home = {team.id for team in builders.teams_now(database) if team.identity.series in SERIES}
    assert database.count("schedule", f"home_team_id IN ({', '.join(map(str, home))})") == len(SERIES) * A_TEAM


def test_what_was_not_laid_down_is_put_back_and_taken_back(guard: Guard, database: ScratchDatabase) -> None:
    applied = guard.restores()
    assert applied.written == len(SERIES) * A_TEAM
    assert len(practices_by_natural_key(database)) == applied.written
    assert guard.plans().writes() == 0
    assert applied.ledger
    guard.takes_back(applied.ledger)
    assert not practices_by_natural_key(database)

"""Of a set that an import has left nothing of, every row is planned as ever, whether its line is laid down or not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from practice_guard.core import errors, restore, snapshots
from practice_guard.core.application import TEAMS, ProtectedSet, Reference, look
from practice_guard.core.database import Access, Connection
from practice_guard.core.guarding import Request
from practice_guard.core.model import Team
from practice_guard.core.restore import Workings, summing
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


def laid_down(workings: Workings, name: str = "practices") -> int | None:
    """How many rows of a set have a line of their own in the plan; None where all have."""
    if not workings.sheets[name].bare:
        return None
    return int(workings.scratch.execute(f"SELECT count(*) FROM {workings.scratch.table(f'plan_{name}')}")[0][0])


def beside_the_judge(
    guard: Guard, name: str = "practices", request: Request | None = None
) -> tuple[int | None, list[str]]:
    """How many rows of a set have a line of their own, and in what the plan is another than the judge's."""

    def work(database: Connection) -> tuple[int | None, list[str]]:
        snapshot, app = snapshots.find(database, "latest"), look(database, guard.sets)
        workings = restore.work_out(database, snapshot, app, request)
        lines, seen = laid_down(workings, name), planned(workings)
        return lines, list(differences(seen, judged(oracle.plan(database, snapshot, app, request or Request()))))

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


def test_a_row_that_the_database_would_refuse_is_laid_down(
    guard: Guard, league: League, database: ScratchDatabase
) -> None:
    guard.restores()
    for team in builders.teams_now(database)[:3]:
        league.captain_writes_message(team)
    guard.has_backed_up()
    database.rows("DELETE FROM captain_messages")
    database.rows("DELETE FROM users WHERE id = (SELECT max(id) FROM users)")
    assert beside_the_judge(guard, "captain_messages", Request(include_deleted=True)) == (1, [])


def test_a_row_that_a_restore_gave_another_key_may_be_what_has_that_key(
    guard: Guard, database: ScratchDatabase
) -> None:
    _a_match_has_taken_a_key(database)
    guard.restores()
    (given,) = database.rows("SELECT max(id) FROM schedule")[0]
    builders.the_etl_recreates_everything(database)
    another = team_of(database, WITHOUT)
    database.rows(
        "INSERT INTO schedule (id, home_team, home_team_id) VALUES (%(key)s, 'Another Practice', %(team)s)",
        key=given, team=another.id,
    )  # fmt: skip
    assert beside_the_judge(guard) == (1, [])


def test_two_rows_of_one_key_are_laid_down_side_by_side(guard: Guard, database: ScratchDatabase) -> None:
    """One was carried on and waits; the other was written under its key when the sequence began anew."""
    builders.the_etl_lacks_series(database, SERIES[0])
    guard.restores()
    carried = guard.has_backed_up()
    assert carried.sets["practices"].carried == A_TEAM
    another = team_of(database, WITHOUT)
    database.rows(
        "INSERT INTO schedule (id, home_team, home_team_id, match_date)"
        " VALUES (1, 'Another Practice', %(team)s, '2026-02-02')",
        team=another.id,
    )
    guard.has_backed_up()
    builders.the_etl_recreates_everything(database)
    assert beside_the_judge(guard) == (A_TEAM + 1, [])


COURTS = ProtectedSet(
    "courts",
    "courts",
    (Reference("team_id", TEAMS),),
    ("court",),
    condition="state = 'open'",
    etl_deletes=True,
)
"""A condition over what does not say what a row is: one that is not protected any more may be one of the snapshot's."""


def test_what_has_the_key_of_a_row_that_waited_makes_its_team_busy(
    guard: Guard, league: League, database: ScratchDatabase
) -> None:
    database.rows(
        "CREATE TABLE courts (id int PRIMARY KEY, team_id int, court text, state text DEFAULT 'open',"
        " created_at timestamptz DEFAULT now())"
    )
    guard = replace(guard, sets=(*guard.sets, COURTS))
    guard.restores()
    reserved(database, team_of(database, SERIES[0]), 1)
    guard.has_backed_up()
    builders.the_etl_lacks_series(database, SERIES[0])
    database.rows("DELETE FROM courts")
    for key in (5, 6, 7):
        reserved(database, team_of(database, SERIES[1]), key)
        reserved(database, team_of(database, SERIES[2]), 10 + key)
    guard.restores()
    carried = guard.has_backed_up()
    assert carried.sets["courts"].carried == 1
    builders.the_etl_recreates_everything(database)
    database.rows("DELETE FROM courts")
    reserved(database, team_of(database, SERIES[1]), 1, "court 5", "closed")
    assert beside_the_judge(guard, "courts") == (1 + 3, [])


def reserved(database: ScratchDatabase, team: Team, key: int, court: str | None = None, state: str = "open") -> None:
    database.rows(
        "INSERT INTO courts (id, team_id, court, state) VALUES (%(key)s, %(team)s, %(court)s, %(state)s)",
        key=key, team=team.id, court=court or f"court {key}", state=state,
    )  # fmt: skip


def team_of(database: ScratchDatabase, series: str) -> Team:
    (found,) = (team for team in builders.teams_now(database) if team.identity.series == series)
    return found


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
    another = team_of(database, WITHOUT)
    for week in range(len(SERIES) * A_TEAM):
        builders.the_app_writes_a_practice(database, another, MONDAY + timedelta(weeks=week))
    assert guard.works_out(laid_down) is None
    assert guard.plans().digest == before == as_on_a_standby(guard)
    guard.restores(saved=saved)
    home = {team.id for team in builders.teams_now(database) if team.identity.series in SERIES}
    assert database.count("schedule", f"home_team_id IN ({', '.join(map(str, home))})") == len(SERIES) * A_TEAM


@pytest.mark.parametrize(
    "import_", [builders.the_etl_recreates_everything, builders.the_etl_leaves_practices_without_team]
)
def test_a_row_whose_line_is_lost_is_not_taken_for_one_that_needs_none(
    guard: Guard, database: ScratchDatabase, import_: Callable[[ScratchDatabase], None]
) -> None:
    guard.restores()
    guard.has_backed_up()
    import_(database)
    _a_captain_writes_one_anew(database)

    def a_line_is_lost(workings: Workings) -> None:
        sheet, lists = workings.sheets["practices"], workings.snapshot.lists
        assert sheet.bare or sheet.sparse
        assert summing.sums(workings.scratch, [sheet], lists)
        plan = workings.scratch.table("plan_practices")
        assert workings.scratch.execute(
            f"DELETE FROM {plan} WHERE row = (SELECT min(row) FROM {plan}) RETURNING bucket"
        )
        with pytest.raises(errors.RestoreError, match="do not add up"):
            summing.sums(workings.scratch, [sheet], lists)

    guard.works_out(a_line_is_lost)


def test_what_was_not_laid_down_is_put_back_and_taken_back(guard: Guard, database: ScratchDatabase) -> None:
    applied = guard.restores()
    assert applied.written == len(SERIES) * A_TEAM
    assert len(practices_by_natural_key(database)) == applied.written
    assert guard.plans().writes() == 0
    assert applied.ledger
    guard.takes_back(applied.ledger)
    assert not practices_by_natural_key(database)

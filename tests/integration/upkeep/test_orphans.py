"""Rows of a set that was declared after an import: adopted by the lists of an older snapshot, they find their teams."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import pytest

from practice_guard.core import errors
from practice_guard.core.application import BUILT_IN, LEAGUES, TEAMS, ProtectedSet, Reference
from practice_guard.core.checks import safety
from practice_guard.core.model import Severity, Verdict
from practice_guard.core.snapshots import Snapshot
from practice_guard.core.upkeep import Backup, Rule, cleanup
from tests.world import builders
from tests.world.backing_up import codes
from tests.world.builders import League, ScratchDatabase
from tests.world.guarding import Guard
from tests.world.keeping import nothing_written, refused

CARPOOLS = ProtectedSet("carpools", "carpools", (Reference("team_id", TEAMS), Reference("league_id", LEAGUES)))
CLUBS = ("Tennaqua", "Wilmette", "Hinsdale PC")


@pytest.fixture
def before(league: League, database: ScratchDatabase) -> Guard:
    """A guard that has never heard of carpools; each of three teams has some, and practices."""
    database.rows("CREATE TABLE carpools (id serial PRIMARY KEY, team_id int, league_id int, driver text)")
    for number, club in enumerate(CLUBS, 1):
        team = league.has_team(club=club, league="NSTF" if club == "Wilmette" else "APTA_CHICAGO")
        league.captain_schedules_practices(team, 2)
        drives(database, number, team=team.id)
    return Guard(database)


@pytest.fixture
def guard(before: Guard) -> Guard:
    """The same guard, to which carpools have been declared."""
    return Guard(before.database, sets=[*BUILT_IN, CARPOOLS])


def drives(database: ScratchDatabase, times: int, *, team: int) -> None:
    """Each carpool says in words whose it is, which no import changes."""
    for _ in range(times):
        database.rows(
            "INSERT INTO carpools (team_id, league_id, driver)"
            " SELECT t.id, t.league_id, t.team_name FROM teams AS t WHERE t.id = %(team)s",
            team=team,
        )


def whose(database: ScratchDatabase) -> Counter[tuple[str, ...]]:
    """The carpools by their own words, and by the team and league that they point at."""
    return Counter(
        database.rows(
            "SELECT c.driver, t.team_name, l.league_id FROM carpools AS c"
            " LEFT JOIN teams AS t ON t.id = c.team_id LEFT JOIN leagues AS l ON l.id = c.league_id"
        )
    )


def imported(guard: Guard, *, times: int = 1) -> None:
    """Nights on which an import ran and the guard put back what it knew of."""
    for _ in range(times):
        builders.the_etl_recreates_everything(guard.database)
        guard.restores()
        guard.has_backed_up()


def adopted(taken: Backup) -> dict[tuple[str, str], int]:
    """The rows that were adopted, by column and by what their id was."""
    assert taken.adoption is not None
    sums: Counter[tuple[str, str]] = Counter()
    for each in taken.adoption.adopted:
        sums[each.orphan.column, each.was.partition(" (")[0]] += each.orphan.rows
    return dict(sums)


ALL = {
    ("team_id", "Tennaqua - 22"): 1,
    ("team_id", "Wilmette - 22"): 2,
    ("team_id", "Hinsdale PC - 22"): 3,
    ("league_id", "APTA_CHICAGO"): 4,
    ("league_id", "NSTF"): 2,
}


@pytest.mark.parametrize("imports", [1, 2])
def test_rows_declared_after_imports_are_placed_by_the_list_from_before_them(
    before: Guard, guard: Guard, imports: int
) -> None:
    first, right = before.has_backed_up(), whose(guard.database)
    imported(before, times=imports)

    taken = guard.adopts(first.id)

    assert taken.snapshot is not None, taken.findings
    assert adopted(taken) == ALL
    assert set(taken.snapshot.lists) == {taken.snapshot.id, first.id}
    assert taken.adoption and all(each.today and not each.waits for each in taken.adoption.adopted)
    assert codes(taken) == []
    guard.restores()
    assert whose(guard.database) == right
    assert guard.judges_health().verdict is Verdict.FINE


def test_rows_that_waited_in_a_snapshot_already_are_adopted_too(before: Guard, guard: Guard) -> None:
    first, right = before.has_backed_up(), whose(guard.database)
    imported(before)
    guard.has_backed_up()
    builders.the_etl_recreates_everything(guard.database)
    guard.restores()
    assert guard.judges_health().total.pending == 6

    assert adopted(guard.adopts(first.id)) == ALL

    guard.restores()
    assert whose(guard.database) == right


def test_latest_is_a_snapshot_too(before: Guard, guard: Guard) -> None:
    before.has_backed_up()
    right = whose(guard.database)
    builders.the_etl_recreates_everything(guard.database)
    before.restores()
    assert adopted(guard.adopts("latest")) == ALL
    guard.restores()
    assert whose(guard.database) == right


def test_an_import_that_nobody_restored_is_restored_first(before: Guard, guard: Guard) -> None:
    first = before.has_backed_up()
    builders.the_etl_recreates_everything(guard.database)
    with nothing_written(guard.database):
        taken = guard.adopts(first.id)
    assert (taken.snapshot, "import-not-restored" in codes(taken)) == (None, True)


def test_what_is_shown_first_writes_nothing_and_is_what_is_adopted(before: Guard, guard: Guard) -> None:
    first = before.has_backed_up()
    imported(before)
    kept = guard.database.all_rows()
    shown = guard.would_adopt(first.id).adoption
    assert guard.database.all_rows() == kept
    assert guard.adopts(first.id, shown=shown).adoption == shown


def test_nothing_else_is_adopted_than_what_was_shown(before: Guard, guard: Guard) -> None:
    first = before.has_backed_up()
    imported(before)
    shown = guard.would_adopt(first.id).adoption
    guard.database.rows("DELETE FROM carpools WHERE id = (SELECT min(id) FROM carpools)")
    with refused(errors.StalePlanError, "than were shown", guard.database):
        guard.adopts(first.id, shown=shown)


def test_who_waits_keeps_the_origin_until_the_team_comes_back(before: Guard, guard: Guard) -> None:
    first, right = before.has_backed_up(), whose(guard.database)
    imported(before)
    everything = builders.source_of(guard.database)
    builders.the_etl_imports(guard.database, everything.without_club("Hinsdale PC"))
    before.restores()
    taken = guard.adopts(first.id)
    assert taken.adoption is not None
    waiting = [each for each in taken.adoption.adopted if each.waits]
    assert [(each.orphan.rows, each.was.partition(" (")[0]) for each in waiting] == [(3, "Hinsdale PC - 22")]

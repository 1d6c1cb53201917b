"""What the core tells who watches: its steps in their order, with the rows that each goes through."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from practice_guard.core import guarding, restore
from practice_guard.core.checks import health, safety
from practice_guard.core.checks.safety import CHECKS
from practice_guard.core.database import Access
from practice_guard.core.upkeep import Rule, backup, cleanup
from tests.world import builders
from tests.world.builders import League, ScratchDatabase
from tests.world.guarding import Guard


class Watching:
    """Writes down what it is told."""

    def __init__(self) -> None:
        self.steps: dict[str, int | None] = {}

    def begins(self, step: str, rows: int | None = None) -> None:
        self.steps[step] = rows

    def done(self, rows: int) -> None: ...

    def ends(self) -> None: ...


@pytest.fixture
def guarded(database: ScratchDatabase, league: League) -> Guard:
    league.captain_schedules_practices(league.has_team(), 5)
    guard = Guard(database)
    guard.has_backed_up()
    return guard


def told_of(guard: Guard, work: Callable[[guarding.Guard], object]) -> dict[str, int | None]:
    watching = Watching()
    guard.with_connection(lambda connection: work(replace(guard.at(connection), watcher=watching)))
    return watching.steps


def reading(work: Callable[[guarding.Guard], object]) -> Callable[[guarding.Guard], object]:
    def inside(guard: guarding.Guard) -> object:
        with guard.database.transaction(Access.READ):
            return work(guard)

    return inside


def test_a_backup_compares_copies_and_reads_back(guarded: Guard) -> None:
    assert list(told_of(guarded, backup.take).items()) == [
        ("comparing with the last snapshot", 5),
        ("copying rows", 5),
        ("reading the copy back", 5),
    ]


def test_a_restore_tells_how_many_rows_it_writes(guarded: Guard, database: ScratchDatabase) -> None:
    builders.the_etl_recreates_everything(database)
    snapshot = guarded.finds()
    assert list(told_of(guarded, lambda guard: restore.apply(guard, snapshot)).items()) == [
        ("verifying the snapshot", 5),
        ("planning", 5),
        ("checking the tables", None),
        ("writing rows", 5),
        ("proving, writing the ledger", 5),
    ]


class WatchingLocks(Watching):
    """Writes down as well whether users would have to wait as a step begins."""

    def __init__(self, database: ScratchDatabase) -> None:
        super().__init__()
        self._database = database
        self.waiting: dict[str, bool] = {}

    def begins(self, step: str, rows: int | None = None) -> None:
        super().begins(step, rows)
        (self.waiting[step],) = self._database.rows(
            "SELECT EXISTS (SELECT FROM pg_locks WHERE relation = 'schedule'::regclass AND granted"
            " AND mode = 'ShareRowExclusiveLock')"
        )[0]


def test_users_wait_for_what_a_restore_plans_and_writes_and_not_for_its_verifying(
    guarded: Guard, database: ScratchDatabase
) -> None:
    builders.the_etl_recreates_everything(database)
    snapshot, watching = guarded.finds(), WatchingLocks(database)
    guarded.with_connection(
        lambda connection: restore.apply(replace(guarded.at(connection), watcher=watching), snapshot)
    )
    assert [step for step, waiting in watching.waiting.items() if not waiting] == ["verifying the snapshot"]
    assert "writing rows" in watching.waiting


def test_health_verifies_first(guarded: Guard) -> None:
    steps = told_of(guarded, reading(lambda guard: health.examine(guard, guard.look())))
    assert list(steps.items()) == [("verifying the snapshot", 5), ("looking for every row", 5)]


def test_each_check_is_a_step_of_its_own(guarded: Guard) -> None:
    assert list(told_of(guarded, reading(safety.examine))) == list(CHECKS)


def test_a_cleanup_looks_for_rows_that_wait_before_it_removes_anything(guarded: Guard) -> None:
    guarded.later(days=1).has_backed_up()
    steps = told_of(guarded.later(days=2), lambda guard: cleanup.apply(guard, Rule(1)))
    assert list(steps.items()) == [
        ("verifying snapshots", None),
        ("looking for rows that wait", 5),
        ("removing snapshots", None),
    ]

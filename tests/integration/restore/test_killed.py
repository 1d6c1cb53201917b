"""Broken off at any request: afterwards the state before or the state after, and what was said of it is true."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import psycopg
import pytest

from practice_guard.core import errors
from practice_guard.core.database import Connection, Timeouts, connect
from practice_guard.core.restore import transaction, undo
from practice_guard.core.snapshots import find
from practice_guard.core.upkeep import Rule, backup, cleanup
from tests.world import builders
from tests.world.builders import League, ScratchDatabase, practices_by_natural_key
from tests.world.guarding import Guard
from tests.world.seasons import teams_in_a_row
from tests.world.wire import Fault, When, Wire, wire_to

State = Mapping[str, object]
STRIDE = int(os.environ.get("PRACTICE_GUARD_TEST_STRIDE", "3"))
"""Of the requests far from a commit every so manieth is tried, in turn before and after; near it, all, both."""


def application(found: State) -> State:
    return {name: rows for name, rows in found.items() if name.startswith("public.")}


@dataclass
class Sweep:
    """One command, run over a wire that breaks at one request after the other."""

    database: ScratchDatabase
    wire: Wire
    command: Callable[[Connection], object]
    rewind: Callable[[], None]
    points: int = 0
    ends: dict[str, int] = field(default_factory=dict)

    def requests(self) -> list[str]:
        """The requests of an undisturbed run."""
        self.wire.break_at(None)
        with connect(self.wire.url, application="sweep") as connection:
            self.command(connection)
        return list(self.wire.requests)

    def points_of(self, requests: list[str]) -> list[tuple[int, When]]:
        writes = [
            number for number, text in enumerate(requests, 1) if text == "COMMIT" and self._writes(requests, number)
        ]
        near = {commit + offset for commit in writes for offset in (-2, -1, 0, 1, 2, 3)}
        found: list[tuple[int, When]] = []
        for number in range(1, len(requests) + 1):
            if number in near:
                found += [(number, "before"), (number, "after")]
            elif number % STRIDE == 0:
                found.append((number, "before" if number // STRIDE % 2 else "after"))
        return found

    @staticmethod
    def _writes(requests: list[str], commit: int) -> bool:
        opening = next(text for text in reversed(requests[:commit]) if text.startswith("BEGIN"))
        return "READ WRITE" in opening

    def run(self, fault: Fault) -> tuple[State, State, object]:
        """Break it once; the states before and after, and what came of it."""
        before = self.database.all_rows()
        self.wire.break_at(fault)
        end: object
        try:
            with connect(self.wire.url, application="sweep", timeouts=Timeouts(lock=5, statement=5)) as connection:
                end = self.command(connection)
        except errors.GuardError as error:
            end = error
        self._settle()
        self.points += 1
        self.ends[type(end).__name__] = self.ends.get(type(end).__name__, 0) + 1
        return before, self.database.all_rows(), end

    def _settle(self) -> None:
        """Wait until the server has noticed that its client is gone."""
        gone = (
            "SELECT count(*) = 0 FROM pg_stat_activity"
            " WHERE application_name = 'sweep' AND datname = current_database()"
        )
        for _ in range(400):
            if self.database.value(gone):
                return
            self.database.rows("SELECT pg_sleep(0.01)")
        raise AssertionError("a session is left behind")


@pytest.fixture
def wire(database: ScratchDatabase) -> Iterator[Wire]:
    with wire_to(database.url) as found:
        yield found


@pytest.fixture
def guard(database: ScratchDatabase, league: League) -> Guard:
    """A backup of a few rows of every kind, and an import that hands out the ids anew."""
    teams_in_a_row(league, 2, practices=2)
    found = Guard(database)
    found.has_backed_up()
    builders.the_etl_recycles_ids(database)
    return found


def takes_back(guard: Guard, entry: int) -> object:
    return guard.with_connection(lambda found: undo.apply(guard.at(found), entry))


@pytest.mark.timeout(280)
def test_a_restore_broken_off_anywhere(guard: Guard, database: ScratchDatabase, wire: Wire) -> None:
    kept = guard.finds()

    def command(connection: Connection) -> object:
        return transaction.apply(guard.at(connection), kept)

    def rewind() -> None:
        (entry,) = database.rows("SELECT max(id) FROM practice_guard.ledger")
        takes_back(guard, entry[0])

    sweep = Sweep(database, wire, command, rewind)
    requests = sweep.requests()
    whole = practices_by_natural_key(database)
    rewind()
    for at, when in sweep.points_of(requests):
        before, after, end = sweep.run(Fault(at, when))
        where = f"request {at} of {len(requests)} ({requests[at - 1][:60]!r}), {when}: {end!r}"
        if isinstance(end, transaction.Applied):
            assert practices_by_natural_key(database) == whole, where
            assert database.count("practice_guard.ledger", f"id = {end.ledger} AND kind = 'restore'") == 1, where
        else:
            assert isinstance(end, errors.UnreachableError), where
            assert after == before, where
        written = guard.restores().written
        assert written == (0 if isinstance(end, transaction.Applied) else 6), where
        assert practices_by_natural_key(database) == whole, where
        if written == 0:
            database.rows("DELETE FROM practice_guard.ledger WHERE id = (SELECT max(id) FROM practice_guard.ledger)")
        rewind()
    print(f"\nrestore: {len(requests)} requests, {sweep.points} points, {sweep.ends}")
    assert sweep.ends["UnreachableError"] > 10
    assert sweep.ends["Applied"] >= 4  # a lost answer to COMMIT, and what is read back after it


@pytest.mark.timeout(280)
def test_an_undo_broken_off_anywhere(guard: Guard, database: ScratchDatabase, wire: Wire) -> None:
    entry = guard.restores().ledger
    restored = database.all_rows("public")
    current = [entry]

    def command(connection: Connection) -> object:
        return undo.apply(guard.at(connection), current[0])

    def rewind() -> None:
        current[0] = guard.restores().ledger

    sweep = Sweep(database, wire, command, rewind)
    requests = sweep.requests()
    damaged = database.all_rows("public")
    rewind()
    assert database.all_rows("public") == restored
    for at, when in sweep.points_of(requests):
        before, after, end = sweep.run(Fault(at, when))
        where = f"request {at} of {len(requests)} ({requests[at - 1][:60]!r}), {when}: {end!r}"
        if isinstance(end, undo.Undone):
            assert application(after) == damaged, where
            rewind()
        else:
            assert isinstance(end, errors.UnreachableError), where
            assert after == before, where
    print(f"\nundo: {len(requests)} requests, {sweep.points} points, {sweep.ends}")
    assert sweep.ends["UnreachableError"] > 10
    assert sweep.ends["Undone"] >= 4


@pytest.mark.timeout(280)
def test_a_backup_broken_off_anywhere(guard: Guard, database: ScratchDatabase, wire: Wire) -> None:
    guard.restores()

    def command(connection: Connection) -> object:
        return backup.take(guard.at(connection))

    sweep = Sweep(database, wire, command, lambda: None)
    requests = sweep.requests()
    verified = "SELECT count(*) FROM practice_guard.snapshots WHERE verified_at IS NOT NULL"
    for at, when in sweep.points_of(requests):
        had = database.value(verified)
        before, after, end = sweep.run(Fault(at, when))
        where = f"request {at} of {len(requests)} ({requests[at - 1][:60]!r}), {when}: {end!r}"
        assert application(after) == application(before), where
        if isinstance(end, backup.Backup):
            assert end.snapshot is not None, where
            assert database.value(verified) == had + 1, where
            assert guard.finds().id == end.snapshot.id, where
        else:
            assert isinstance(end, (errors.UnreachableError, errors.UnknownOutcomeError)), where
            assert database.value(verified) == had, where
        guard.reads(find)
    print(f"\nbackup: {len(requests)} requests, {sweep.points} points, {sweep.ends}")
    assert guard.restores().written == 0
    assert sweep.ends["UnreachableError"] > 10


@pytest.mark.timeout(280)
def test_a_cleanup_broken_off_anywhere(guard: Guard, database: ScratchDatabase, wire: Wire) -> None:
    guard.restores()

    def fill() -> None:
        for _ in range(2):
            guard.has_backed_up()

    def command(connection: Connection) -> object:
        rule: Any = Rule(keep_last=1)
        return cleanup.apply(guard.at(connection), rule)

    fill()
    sweep = Sweep(database, wire, command, fill)
    requests = sweep.requests()
    fill()
    for at, when in sweep.points_of(requests):
        before, after, end = sweep.run(Fault(at, when))
        where = f"request {at} of {len(requests)} ({requests[at - 1][:60]!r}), {when}: {end!r}"
        assert application(after) == application(before), where
        if isinstance(end, errors.GuardError):
            assert isinstance(end, errors.UnreachableError), where
            assert after == before, where
        else:
            assert database.count("practice_guard.snapshots") == 1, where
            fill()
    print(f"\ncleanup: {len(requests)} requests, {sweep.points} points, {sweep.ends}")
    assert guard.restores().written == 0


def test_a_server_that_ends_the_session_or_cancels_leaves_nothing(
    guard: Guard, database: ScratchDatabase, wire: Wire
) -> None:
    """The administrator's two ways to end somebody, at requests all through the restore."""
    kept = guard.finds()

    def command(connection: Connection) -> object:
        return transaction.apply(guard.at(connection), kept)

    def do(function: str) -> Callable[[], None]:
        def run() -> None:
            with psycopg.connect(database.url, autocommit=True) as other:
                other.execute(f"SELECT {function}(pid) FROM pg_stat_activity WHERE application_name = 'sweep'".encode())

        return run

    sweep = Sweep(database, wire, command, lambda: None)
    for number, function in enumerate(("pg_terminate_backend", "pg_cancel_backend") * 6):
        before, after, end = sweep.run(Fault(8 + 9 * number, "before", do(function)))
        if isinstance(end, errors.GuardError):
            assert after == before
        else:
            (entry,) = database.rows("SELECT max(id) FROM practice_guard.ledger")
            takes_back(guard, entry[0])
    assert guard.restores().written == 6

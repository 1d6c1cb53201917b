"""Eight guards at once, an application that goes on writing, an ETL that comes in between, and locks in the way."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta

import psycopg
import pytest

from practice_guard.core import errors
from practice_guard.core.restore.transaction import Applied
from tests.world import builders
from tests.world.builders import MONDAY, League, ScratchDatabase, practices_by_natural_key
from tests.world.guarding import Guard
from tests.world.seasons import teams_in_a_row


@pytest.fixture
def guard(database: ScratchDatabase, league: League) -> Guard:
    """A backup of three teams' practices, and an import."""
    teams_in_a_row(league, 3, practices=5)
    found = Guard(database)
    found.has_backed_up()
    builders.the_etl_recreates_everything(database)
    return found


def outcome(guard: Guard) -> Applied | errors.GuardError:
    try:
        return guard.restores()
    except errors.GuardError as error:
        return error


def test_of_eight_at_once_one_restores(guard: Guard, database: ScratchDatabase) -> None:
    with ThreadPoolExecutor(8) as pool:
        done = list(pool.map(lambda _: outcome(Guard(database)), range(8)))
    written = [each.written for each in done if isinstance(each, Applied)]
    refused = [each for each in done if not isinstance(each, Applied)]
    assert sorted(written, reverse=True)[0] == 18
    assert set(sorted(written, reverse=True)[1:]) <= {0}
    assert all(isinstance(each, errors.LockedError) for each in refused), refused
    assert (database.count("schedule"), database.count("practice_times")) == (15, 3)
    assert database.count("practice_guard.ledger") == len(written)


def test_another_guard_at_work_is_named(guard: Guard, database: ScratchDatabase) -> None:
    other = database.connect(application_name="practice_guard:run")
    other.execute("BEGIN")
    other.execute("SELECT pg_advisory_xact_lock(1886545255, 1)")
    with pytest.raises(errors.LockedError, match=r"process \d+ \(practice_guard:run"):
        guard.restores()
    other.execute("ROLLBACK")
    assert guard.restores().written == 18


def test_the_application_goes_on_writing(guard: Guard, database: ScratchDatabase) -> None:
    """Not one of its statements fails, and what it wrote is there as it wrote it."""
    team = builders.teams_now(database)[0]
    stop, failed = threading.Event(), []
    written: list[int] = []

    def write() -> None:
        with psycopg.connect(database.url, autocommit=True) as connection:
            number = 0
            while not stop.is_set():
                number += 1
                try:
                    row = connection.execute(
                        "INSERT INTO schedule (home_team, match_date, home_team_id) VALUES (%s, %s, %s) RETURNING id",
                        (f"Own Practice {number}", MONDAY, team.id),
                    ).fetchone()
                    assert row is not None
                    written.append(row[0])
                    if number % 3 == 0:
                        gone = written.pop()
                        connection.execute("DELETE FROM schedule WHERE id = %s", (gone,))
                except psycopg.Error as error:
                    failed.append(error)

    threads = [threading.Thread(target=write) for _ in range(2)]
    for thread in threads:
        thread.start()
    guard.patience = 20
    counts = [guard.restores().plan.counts() for _ in range(3)]
    stop.set()
    for thread in threads:
        thread.join()
    assert not failed
    assert [each["insert"] for each in counts] == [15, 0, 0]
    own = {row[0] for row in database.rows("SELECT id FROM schedule WHERE home_team LIKE 'Own%%'")}
    assert own == set(written)
    assert database.count("schedule", "home_team LIKE 'Tennaqua Practice%'") == 15


@contextmanager
def somebody_holds(database: ScratchDatabase, statement: str) -> Iterator[psycopg.Connection[builders.Row]]:
    connection = database.connect(application_name="import_all_jsons_to_database")
    connection.execute("BEGIN")
    connection.execute(statement.encode())
    yield connection
    connection.execute("ROLLBACK")


@pytest.mark.parametrize(
    "held",
    [
        "LOCK TABLE schedule IN ACCESS EXCLUSIVE MODE",
        "LOCK TABLE schedule IN ROW EXCLUSIVE MODE",
        "UPDATE teams SET team_alias = 'x'",
        "LOCK TABLE teams IN ACCESS EXCLUSIVE MODE",
        "SELECT FROM practice_times FOR UPDATE",
        "SELECT FROM teams FOR UPDATE",
    ],
)
def test_a_lock_in_the_way_is_named_in_time_and_nothing_written(
    guard: Guard, database: ScratchDatabase, held: str
) -> None:
    guard.patience = 1.5
    database.rows("ANALYZE")  # what the server knows of its catalogue decides where a function of it is called
    with somebody_holds(database, held):
        began = time.monotonic()
        with pytest.raises(errors.LockTimeoutError, match=r"process \d+ \(import_all_jsons_to_database"):
            guard.restores()
        assert time.monotonic() - began < 5
        if "ACCESS" not in held:
            assert database.count("schedule") == 0
    assert guard.restores().written == 18


def test_a_lock_that_goes_in_time_is_waited_for(guard: Guard, database: ScratchDatabase) -> None:
    guard.patience = 15
    with somebody_holds(database, "LOCK TABLE schedule IN ROW EXCLUSIVE MODE") as holder:
        threading.Timer(1.0, lambda: holder.execute("ROLLBACK")).start()
        assert guard.restores().written == 18


def test_the_etl_never_loses_a_deadlock(guard: Guard, database: ScratchDatabase) -> None:
    """Twenty duels: the ETL takes the tables in the other order, and waits for the guard in the midst of it."""
    stop = threading.Event()
    ended: Counter[str] = Counter()

    def run_etl(first: str, second: str) -> None:
        with psycopg.connect(database.url, autocommit=True) as connection:
            while not stop.is_set():
                try:
                    with connection.transaction():
                        connection.execute(f"LOCK TABLE {first} IN ROW EXCLUSIVE MODE".encode())
                        time.sleep(0.03)
                        connection.execute(f"LOCK TABLE {second} IN ROW EXCLUSIVE MODE".encode())
                        ended["etl done"] += 1
                except psycopg.errors.DeadlockDetected:
                    ended["etl victim"] += 1
                time.sleep(0.03)

    threads = [threading.Thread(target=run_etl, args=order) for order in (("schedule", "teams"), ("teams", "schedule"))]
    for thread in threads:
        thread.start()
    guard.patience = 0.3
    for _ in range(20):
        ended[type(outcome(guard)).__name__] += 1
    stop.set()
    for thread in threads:
        thread.join()
    assert ended["etl done"] > 20
    assert ended["etl victim"] == 0, ended
    assert ended["Applied"] + ended["LockTimeoutError"] == 20, ended
    print(f"\nduels: {dict(ended)}")
    guard.patience = 10
    guard.restores()
    assert (database.count("schedule"), database.count("practice_times")) == (15, 3)


def test_a_night_of_everything_at_once(guard: Guard, database: ScratchDatabase) -> None:
    """Restores while imports run: whatever the order, afterwards everything is in place."""
    before = practices_by_natural_key(database)
    assert not before
    website = builders.the_website_now(database)
    with ThreadPoolExecutor(2) as pool:
        restored = [pool.submit(outcome, Guard(database, patience=5)) for _ in range(2)]
        builders.the_etl_runs(database, source=website)
        ends = [each.result() for each in restored]
    assert all(isinstance(each, (Applied, errors.GuardError)) for each in ends)
    guard.patience = 10
    guard.restores()
    teams = {row.team for row in practices_by_natural_key(database)}
    assert (database.count("schedule"), len(teams), None in teams) == (15, 3, False)
    dates = {row.date for row in practices_by_natural_key(database)}
    assert dates == {MONDAY + timedelta(weeks=week) for week in range(5)}

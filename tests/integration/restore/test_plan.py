"""A plan that is shown is the plan that is applied, or nothing is; on a standby too."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote, urlsplit

import psycopg
import pytest

from practice_guard.core import errors, restore, snapshots
from practice_guard.core.application import look
from practice_guard.core.database import Access, Connection, connect
from practice_guard.core.guarding import Request
from practice_guard.core.restore import planfile, transaction, undo
from practice_guard.core.restore.planfile import SavedPlan
from practice_guard.core.restore.plans import Plan
from practice_guard.demo import server as embedded
from tests.world import builders
from tests.world.builders import MONDAY, League, ScratchDatabase
from tests.world.guarding import NOON, Guard
from tests.world.seasons import two_neighbours

TUESDAY = MONDAY + timedelta(days=1)


@pytest.fixture
def guard(database: ScratchDatabase, league: League) -> Guard:
    """A backup of two teams' rows of every kind, and an import that left the practices without team."""
    for team in two_neighbours(league):
        league.captain_writes_message(team)
    found = Guard(database)
    found.has_backed_up()
    builders.the_etl_leaves_practices_without_team(database)
    builders.a_user_deletes_practice(database, 4)
    return found


def saved_plan(guard: Guard, request: Request | None = None) -> SavedPlan:
    return guard.saves(request)


def test_planning_writes_nothing_and_tells_exactly(guard: Guard, database: ScratchDatabase) -> None:
    before = database.everything()
    made = guard.plans()
    assert database.everything() == before
    done = guard.restores()
    assert (done.plan.digest, done.plan.counts(), done.written) == (made.digest, made.counts(), made.writes())
    assert done.written == 4 + 2 + 2


def test_the_plan_that_was_shown_is_applied_once(guard: Guard, database: ScratchDatabase) -> None:
    saved = saved_plan(guard)
    guard.restores(saved=saved)
    after = database.everything()
    with pytest.raises(errors.StalePlanError, match="applied already"):
        guard.restores(saved=saved)
    undone = guard.with_connection(lambda found: undo.apply(guard.at(found), 1))
    assert undone.ledger
    with pytest.raises(errors.StalePlanError, match="applied already"):
        guard.restores(saved=saved)
    assert after["public.teams"] == database.everything()["public.teams"]


def _renames_a_team(database: ScratchDatabase) -> None:
    database.rows("UPDATE teams SET team_name = 'Another' WHERE team_name = 'Tennaqua - 22'")


CHANGES: dict[str, tuple[Callable[[ScratchDatabase], object], str]] = {
    "a row deleted": (lambda it: builders.a_user_deletes_practice(it, 1), "live_key"),
    "a row edited": (lambda it: builders.a_user_moves_practice(it, 1, date=TUESDAY), "bucket relink is now edited"),
    "a row put back by hand": (
        lambda it: it.rows("UPDATE schedule SET home_team_id = (SELECT min(id) FROM teams) WHERE id = 1"), "before",
    ),
    "a league filled in": (
        lambda it: it.rows("UPDATE schedule SET league_id = (SELECT id FROM leagues) WHERE id = 1"), "before",
    ),
    "the missing row written by the application": (
        lambda it: builders.the_app_writes_a_practice(it, builders.teams_now(it)[1], MONDAY + timedelta(weeks=1)),
        "bucket insert is now intact",
    ),
    "the primary key taken": (
        lambda it: it.rows("INSERT INTO schedule (id, home_team) VALUES (4, 'Match')"), "new_key False is now True",
    ),
    "a team renamed": (_renames_a_team, "bucket relink is now pending"),
    "a team renumbered": (lambda it: builders.the_etl_runs(it, "dangling"), "after"),
    "a team gone": (lambda it: builders.the_etl_runs(it, "dangling", "drop-series=Chicago 22"), "now pending"),
    "another set": (lambda it: it.rows("DELETE FROM practice_times WHERE id = 1"), "practice_times row 1"),
    "a backup and a restore": (lambda it: Guard(it).restores(), "relink is now intact"),
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_a_database_that_has_moved_is_refused_and_told(guard: Guard, database: ScratchDatabase, change: str) -> None:
    saved = saved_plan(guard)
    make, said = CHANGES[change]
    make(database)
    before = database.everything()
    with pytest.raises(errors.StalePlanError, match="Nothing was written") as caught:
        guard.restores(saved=saved)
    assert said in str(caught.value)
    assert database.everything() == before


def test_what_does_not_concern_the_plan_does_not_stop_it(guard: Guard, database: ScratchDatabase) -> None:
    saved = saved_plan(guard)
    builders.the_app_writes_a_practice(database, builders.teams_now(database)[0], TUESDAY)
    database.rows("UPDATE users SET email = 'new@example.org' WHERE id = 1")
    assert guard.restores(saved=saved).written == len([row for row in saved.rows.values() if row["bucket"] != "intact"])


def test_the_plan_of_another_database_is_refused(
    guard: Guard, make_database: Callable[[], ScratchDatabase], database: ScratchDatabase
) -> None:
    other = make_database()
    League(other).captain_schedules_practice(League(other).has_team())
    theirs = Guard(other)
    theirs.has_backed_up()
    saved = saved_plan(guard)
    before = other.everything()
    with pytest.raises(errors.StalePlanError, match="another database"):
        theirs.restores(saved=saved)
    assert other.everything() == before


@pytest.fixture
def standby(database: ScratchDatabase) -> Iterator[str]:
    """The URL of `database` on a read replica of the test's server, made with pg_basebackup."""
    if database.server is None:
        pytest.skip("the server given is not ours to replicate")
    programs = embedded._programs(database.server.version) / "bin"
    account = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
    where = Path(tempfile.mkdtemp(prefix="standby-", dir="/dev/shm"))
    options = {"user": account and account.pw_uid, "group": account and account.pw_gid}
    if account:
        os.chown(where, account.pw_uid, account.pw_gid)
        programs = embedded._reachable_programs(programs.parent, where) / "bin"
    hba = database.server.directory / "data" / "pg_hba.conf"
    assert "replication" in hba.read_text()
    subprocess.run(
        [programs / "pg_basebackup", "-h", database.server.directory, "-U", "postgres", "-D", where / "data", "-R",
         "-X", "stream", "-c", "fast"],
        check=True, capture_output=True, extra_groups=[] if account else None, **options,  # type: ignore[call-overload]
    )  # fmt: skip
    (where / "data").chmod(0o700)
    process = subprocess.Popen(
        [programs / "postgres", "-D", where / "data", "-c", f"unix_socket_directories={where}", "-c",
         "listen_addresses=", "-c", "max_connections=60", "-c", "hot_standby=on"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, extra_groups=[] if account else None, **options,
    )  # type: ignore[call-overload]  # fmt: skip
    url = f"postgresql://postgres:@{urlsplit(database.url).path}?host={quote(str(where), safe='/')}"
    try:
        _caught_up(url, str(database.value("SELECT pg_current_wal_lsn()::text")))
        yield url
    finally:
        process.terminate()
        process.wait(20)
        shutil.rmtree(where, ignore_errors=True)


def _caught_up(url: str, position: str) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            with psycopg.connect(url, autocommit=True) as connection:
                done = connection.execute("SELECT pg_last_wal_replay_lsn() >= %s::text::pg_lsn", (position,)).fetchone()
                if done == (True,):
                    return
        except psycopg.OperationalError:
            pass
        time.sleep(0.05)
    raise AssertionError("the standby did not catch up")


def test_a_standby_plans_the_same_and_refuses_to_restore(guard: Guard, standby: str) -> None:
    def plan(connection: Connection) -> tuple[Plan, SavedPlan]:
        with connection.transaction(Access.PLAN):
            kept = snapshots.find(connection)
            snapshots.verify(connection, kept)
            made = restore.work_out(connection, kept, look(connection, guard.sets))
            assert made.scratch.chained
            restore.check_fits(made)
            return made.plan, planfile.load(planfile.dump(made, Request(), NOON))

    with connect(standby, application="test") as connection:
        made, saved = plan(connection)
        assert made.digest == guard.plans().digest
        for attempt in (
            lambda: transaction.apply(guard.at(connection), guard.finds()),
            lambda: undo.apply(guard.at(connection), 1),
        ):
            with pytest.raises(errors.AccessError, match="standby") as caught:
                attempt()
            assert "--dry-run" in str(caught.value.next_steps[0])
    assert guard.restores(saved=saved).plan.digest == made.digest

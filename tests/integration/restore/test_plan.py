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
from io import BytesIO
from pathlib import Path
from urllib.parse import quote, urlsplit

import psycopg
import pytest

from practice_guard.core import errors, restore, snapshots
from practice_guard.core.application import look
from practice_guard.core.database import Access, Connection, connect
from practice_guard.core.guarding import Request
from practice_guard.core.restore import drift, planfile, transaction, undo
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


def test_a_plan_is_told_by_team_whatever_the_order_of_the_servers_hashes(league: League) -> None:
    for number in range(60):
        league.captain_schedules_practices(league.has_team(series=f"Chicago {number}"), 1)
    kept = Guard(league.database)
    kept.has_backed_up()
    builders.the_etl_recreates_everything(league.database)
    teams = [each.team[1] for each in kept.plans().of("practices") if each.team]
    assert len(teams) == 60
    assert teams == sorted(teams)


def test_the_plan_that_was_shown_is_applied_once(guard: Guard, database: ScratchDatabase) -> None:
    saved = saved_plan(guard)
    guard.restores(saved=saved)
    after = database.everything()
    with pytest.raises(errors.StalePlanError, match="applied already") as refused:
        guard.restores(saved=saved)
    assert refused.value.next_steps, "what to type next"
    undone = guard.with_connection(lambda found: undo.apply(guard.at(found), 1))
    assert undone.ledger
    with pytest.raises(errors.StalePlanError, match="applied already"):
        guard.restores(saved=saved)
    assert after["public.teams"] == database.everything()["public.teams"]


def _renames_a_team(database: ScratchDatabase) -> None:
    database.rows("UPDATE teams SET team_name = 'Another' WHERE team_name = 'Tennaqua - 22'")


CHANGES: dict[str, tuple[Callable[[ScratchDatabase], object], str]] = {
    "a row deleted": (
        lambda it: builders.a_user_deletes_practice(it, 1),
        (
            "Tennaqua - 22 (Tennaqua, Chicago 22, APTA_CHICAGO): 1 row of practices that was to be"
            " re-linked is to be put back now"
        ),
    ),
    "a row edited": (
        lambda it: builders.a_user_moves_practice(it, 1, date=TUESDAY),
        "that was to be re-linked is to be left as edited now",
    ),
    "a row put back by hand": (
        lambda it: it.rows("UPDATE schedule SET home_team_id = (SELECT min(id) FROM teams) WHERE id = 1"),
        "is to be re-linked still, but only ids moved (the ids pointed at now)",
    ),
    "a league filled in": (
        lambda it: it.rows("UPDATE schedule SET league_id = (SELECT id FROM leagues) WHERE id = 1"),
        "is to be re-linked still, but only ids moved (the ids pointed at now)",
    ),
    "the missing row written by the application": (
        lambda it: builders.the_app_writes_a_practice(it, builders.teams_now(it)[1], MONDAY + timedelta(weeks=1)),
        "that was to be put back is in place now",
    ),
    "the primary key taken": (
        lambda it: it.rows("INSERT INTO schedule (id, home_team) VALUES (4, 'Match')"),
        "is to be put back still, but the old primary key is taken",
    ),
    "a team renamed": (
        _renames_a_team,
        "2 rows of practices, 1 of captain_messages, 1 of practice_times that were to be re-linked are waiting now",
    ),
    "a team renumbered": (
        lambda it: builders.the_etl_runs(it, "dangling"),
        "are to be re-linked still, but only ids moved (the ids to point at)",
    ),
    "a team gone": (
        lambda it: builders.the_etl_runs(it, "dangling", "drop-series=Chicago 22"),
        "that were to be re-linked are waiting now",
    ),
    "another set": (
        lambda it: it.rows("DELETE FROM practice_times WHERE id = 1"),
        "1 row of practice_times that was to be re-linked is to be put back now",
    ),
    "a backup and a restore": (lambda it: Guard(it).restores(), "that were to be re-linked are in place now"),
}


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


def test_a_plan_says_of_each_row_what_it_is_and_whose(guard: Guard) -> None:
    lines = list(saved_plan(guard).rows())
    practices = {line["row"]: line for line in lines if line["set"] == "practices"}
    gone = next(line for line in practices.values() if line["bucket"] == "insert")
    assert gone["says"] == "Wilmette Practice - Chicago 11, 2026-01-12, 19:00:00, Wilmette", gone
    assert (gone["was"], gone["club"]) == ("Wilmette - 11 (Wilmette, Chicago 11, APTA_CHICAGO)", "Wilmette")
    assert [line["says"] for line in lines if line["set"] == "captain_messages"] == [
        "captain_messages 1",
        "captain_messages 2",
    ]


def test_a_plan_of_many_sets_is_compared_with_itself_without_a_move(guard: Guard) -> None:
    saved = saved_plan(guard)
    assert guard.works_out(lambda workings: len(drift.moved(saved, workings))) == 1
    assert "no row ends elsewhere" in guard.works_out(lambda workings: drift.moved(saved, workings)[0])


def test_what_does_not_concern_the_plan_does_not_stop_it(guard: Guard, database: ScratchDatabase) -> None:
    saved = saved_plan(guard)
    builders.the_app_writes_a_practice(database, builders.teams_now(database)[0], TUESDAY)
    database.rows("UPDATE users SET email = 'new@example.org' WHERE id = 1")
    assert guard.restores(saved=saved).written == len([row for row in saved.rows() if row["bucket"] != "intact"])


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
            restore.check_columns(made)
            file = BytesIO()
            planfile.dump(made, Request(), NOON, file)
            return made.plan, planfile.load(file)

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

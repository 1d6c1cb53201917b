"""A restore, or the making of its plan, that is told to end or ended by force: all or nothing, and no lock left."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from tests.world.builders import ScratchDatabase, practices_by_natural_key
from tests.world.program import PROGRAM, Guard, started
from tests.world.wire import Fault, When, Wire, wire_to


@pytest.fixture
def wire(damaged: ScratchDatabase) -> Iterator[Wire]:
    with wire_to(damaged.url) as found:
        yield found


def restoring(url: str, directory: Path, *options: str) -> AbstractContextManager[subprocess.Popen[str]]:
    """A restore at work in a process of its own."""
    return started([*PROGRAM, "restore", *options], directory, {"PRACTICE_GUARD_LOCAL_URL": url})


def is_soon(seconds: float) -> bool:
    """Two seconds; more on a machine that has other work, where a process needs that long to end at all.

    How much work there is, is said by the average load, which lags behind, and by the start of such a process now.
    """
    if seconds < 2.0:
        return True
    began = time.monotonic()
    subprocess.run([sys.executable, "-c", "import practice_guard.cli, practice_guard.commands.call"], check=True)
    starting = time.monotonic() - began
    return seconds < 2.0 * max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1), starting)


def no_session_is_left(database: ScratchDatabase, within: float) -> bool:
    until = time.monotonic() + within
    left = (
        "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'practice_guard:%%' AND datname = %(name)s"
    )
    while time.monotonic() < until:
        if database.value(left, name=database.name) == 0:
            return True
        time.sleep(0.02)
    return False


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
@pytest.mark.parametrize("there", [False, True], ids=["nothing there", "a plan there"])
def test_a_plan_that_is_ended_by_force_while_it_is_made_leaves_what_was_there(
    guard: Guard, damaged: ScratchDatabase, tmp_path: Path, sent: signal.Signals, *, there: bool
) -> None:
    """Only where nothing can be tidied up does a file stay beside it, under no name that anybody asks for."""
    if there:
        assert guard("restore", "--dry-run", "--out", "plan.json").status == 0
    before = {each.name: each.read_bytes() for each in tmp_path.iterdir()}
    holder = damaged.connect()
    holder.execute("BEGIN")
    holder.execute("LOCK TABLE schedule IN ACCESS EXCLUSIVE MODE")
    with restoring(damaged.url, tmp_path, "--dry-run", "--out", "plan.json") as process:
        until = time.monotonic() + 60
        while not list(tmp_path.glob(".practice-guard-*")) and time.monotonic() < until:
            time.sleep(0.02)
        assert len(list(tmp_path.iterdir())) == len(before) + 1
        process.send_signal(sent)
        assert process.wait(60) != 0
    after = {each.name: each.read_bytes() for each in tmp_path.iterdir()}
    if sent == signal.SIGKILL:
        after = {name: data for name, data in after.items() if not name.startswith(".practice-guard-")}
    assert after == before


@pytest.mark.parametrize(
    ("request_", "when", "done"),
    [(10, "before", False), (-5, "after", False), (-1, "before", False), (0, "before", None), (0, "after", True)],
)
def test_killed_at_any_request_it_is_all_or_nothing(
    guard: Guard, damaged: ScratchDatabase, wire: Wire, tmp_path: Path, request_: int, when: When, done: bool | None
) -> None:
    """Counted from the front, or from the COMMIT (0); killed just before it is sent on, it may come to either."""
    if request_ <= 0:
        wire.break_at(None)
        env = {"PRACTICE_GUARD_LOCAL_URL": wire.url}
        first = guard("restore", "--json", env=env).json["result"]["ledger"]
        opened = next(number for number, text in enumerate(wire.requests, 1) if "READ WRITE" in text)
        request_ += wire.requests.index("COMMIT", opened) + 1
        assert any("ledger_rows" in text for text in wire.requests[opened:request_])
        assert guard("restore", "--undo", str(first)).status == 0
    before = damaged.count("schedule")
    killed: list[int] = []

    def kill() -> None:
        os.kill(killed[0], signal.SIGKILL)

    wire.break_at(Fault(request_, when, kill))
    with restoring(wire.url, tmp_path) as process:
        killed.append(process.pid)
        assert process.wait(60) == -signal.SIGKILL
    assert no_session_is_left(damaged, within=5)
    assert damaged.count("schedule") in (before, before + 6)
    if done is not None:
        assert damaged.count("schedule") == (before + 6 if done else before)
    assert guard("restore").status == 0
    assert sum(practices_by_natural_key(damaged).values()) == 6
    assert guard("health").status == 0


@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT"])
@pytest.mark.parametrize("busy", ["a long statement", "a lock in the way", "a stalled wire"])
def test_told_to_end_it_ends_soon_and_leaves_no_lock(
    guard: Guard, damaged: ScratchDatabase, wire: Wire, tmp_path: Path, name: str, busy: str
) -> None:
    if busy == "a long statement":
        damaged.rows("CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS"
                     " $$ BEGIN PERFORM pg_sleep(20); RETURN NEW; END $$")  # fmt: skip
        damaged.rows("CREATE TRIGGER slow BEFORE INSERT ON schedule FOR EACH ROW EXECUTE FUNCTION slow()")
        at_work = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()"
    elif busy == "a lock in the way":
        holder = damaged.connect()
        holder.execute("BEGIN")
        holder.execute("LOCK TABLE schedule IN ROW EXCLUSIVE MODE")
        at_work = "SELECT count(*) FROM pg_locks WHERE NOT granted"
    else:
        wire.break_at(Fault(20, "after", "stall"))
        at_work = "SELECT 0"
    with restoring(wire.url if busy == "a stalled wire" else damaged.url, tmp_path, "--json") as process:
        until = time.monotonic() + 60
        while time.monotonic() < until:
            if damaged.value(at_work) or (wire.fault and wire.fault.fired):
                break
            time.sleep(0.02)
        else:
            raise AssertionError("it was not at work")
        began = time.monotonic()
        process.send_signal(getattr(signal, name))
        status = process.wait(20)
        took = time.monotonic() - began
        assert is_soon(took), took
        assert status == 128 + getattr(signal, name)
        told = json.loads(process.stdout.read() if process.stdout else "")
        assert (told["command"], told["exit_code"], told["result"]) == ("restore", status, None)
        assert f"told to end, by {name}. An open transaction was taken back" in told["verdict"]
    if busy != "a stalled wire":
        assert no_session_is_left(damaged, within=3)
    if busy == "a lock in the way":
        holder.execute("ROLLBACK")
    damaged.rows("DROP TRIGGER IF EXISTS slow ON schedule")
    assert damaged.count("schedule") == 0

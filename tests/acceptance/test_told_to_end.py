"""A command that is sent a signal says so, to people, to programs and to Railway's log, and says it once."""

from __future__ import annotations

import fcntl
import json
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from tests.world.builders import League, ScratchDatabase
from tests.world.nights import until
from tests.world.program import PROGRAM, Guard, started

_SMALLEST_PIPE = 4096


def program(
    database: ScratchDatabase, directory: Path, *arguments: str, **env: str
) -> AbstractContextManager[subprocess.Popen[str]]:
    """The program at work."""
    return started([*PROGRAM, *arguments], directory, {"PRACTICE_GUARD_LOCAL_URL": database.url, **env})


@contextmanager
def kept_waiting(database: ScratchDatabase) -> Iterator[None]:
    """Whatever reads the schedule waits meanwhile."""
    holder = database.connect()
    holder.execute("BEGIN")
    holder.execute("LOCK TABLE schedule IN ACCESS EXCLUSIVE MODE")
    yield
    holder.execute("ROLLBACK")


def ended_at_work(
    database: ScratchDatabase, process: subprocess.Popen[str], number: signal.Signals
) -> tuple[int, str, str]:
    """Status, standard output and standard error of a command that is sent a signal while it waits for a lock."""
    until(lambda: database.rows("SELECT pid FROM pg_locks WHERE NOT granted"))
    process.send_signal(number)
    out, errors = process.communicate(timeout=20)
    return process.returncode, out, errors


@pytest.fixture(autouse=True)
def practices(league: League) -> None:
    league.captain_schedules_practices(league.has_team(), 3)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
@pytest.mark.parametrize("command", ["backup", "health", "validate-safety"])
def test_a_program_gets_one_document(
    database: ScratchDatabase, tmp_path: Path, command: str, number: signal.Signals
) -> None:
    with kept_waiting(database), program(database, tmp_path, command, "--json") as process:
        status, out, errors = ended_at_work(database, process, number)
    told = json.loads(out)
    assert status == told["exit_code"] == 128 + number
    assert (told["command"], told["ok"], told["result"], errors) == (command, False, None, "")
    assert f"told to end, by {number.name}" in told["verdict"]
    assert not database.rows("SELECT oid FROM pg_namespace WHERE nspname = 'practice_guard'")


def test_a_person_is_told_on_standard_error(database: ScratchDatabase, tmp_path: Path) -> None:
    with kept_waiting(database), program(database, tmp_path, "backup") as process:
        status, out, errors = ended_at_work(database, process, signal.SIGTERM)
    assert (status, out) == (143, "")
    assert "told to end, by SIGTERM. An open transaction was taken back" in " ".join(errors.split())
    assert "Traceback" not in errors


def test_the_log_has_it_as_an_error(database: ScratchDatabase, tmp_path: Path) -> None:
    railway = {"RAILWAY_ENVIRONMENT_NAME": "local", "RAILWAY_SERVICE_NAME": "web"}
    with kept_waiting(database), program(database, tmp_path, "backup", "--env", "local", **railway) as process:
        status, out, _ = ended_at_work(database, process, signal.SIGTERM)
    lines = [json.loads(line) for line in out.splitlines()]
    assert status == 143
    assert [line["exit_code"] for line in lines if "told to end" in line["message"]] == [143], lines
    assert {line["level"] for line in lines if "told to end" in line["message"]} == {"error"}


def test_what_has_begun_to_answer_gives_no_second_answer(
    guard: Guard, database: ScratchDatabase, tmp_path: Path
) -> None:
    whole = guard("validate-safety", "--json").stdout
    assert len(whole) > _SMALLEST_PIPE
    with program(database, tmp_path, "validate-safety", "--json") as process:
        assert process.stdout is not None
        fcntl.fcntl(process.stdout.fileno(), fcntl.F_SETPIPE_SZ, _SMALLEST_PIPE)
        names = "SELECT pid FROM pg_stat_activity WHERE application_name = 'practice_guard:validate-safety'"
        until(lambda: database.rows(names))
        until(lambda: not database.rows(names))
        time.sleep(0.5)
        process.terminate()
        out, _ = process.communicate(timeout=20)
    assert process.returncode == 143
    assert out.count('"schema_version"') == 1

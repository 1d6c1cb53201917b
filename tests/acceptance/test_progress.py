"""What a person sees of a command while it is at work, and what is left of that."""

from __future__ import annotations

import json
import signal
import sys
from pathlib import Path

import pytest

from tests.world.builders import League, ScratchDatabase
from tests.world.program import PROGRAM, Guard
from tests.world.terminal import AtTerminal

pytestmark = pytest.mark.usefixtures("backed_up")


@pytest.fixture
def backed_up(guard: Guard, league: League) -> None:
    league.captain_schedules_practices(league.has_team(), 5)
    assert guard("backup").status == 0


def at_terminal(database: ScratchDatabase, directory: Path, *command: str) -> AtTerminal:
    return AtTerminal(command or PROGRAM, directory, {"PRACTICE_GUARD_LOCAL_URL": database.url})


def told(database: ScratchDatabase) -> str:
    return f"local, {database.name} on "


def test_without_a_terminal_what_is_soon_over_leaves_standard_error_to_errors(guard: Guard) -> None:
    for words in (("health",), ("health", "--quiet"), ("health", "--json"), ("restore",)):
        assert guard(*words).stderr == ""


def test_railways_log_has_the_database_at_once(guard: Guard, database: ScratchDatabase) -> None:
    outcome = guard("health", env={"RAILWAY_ENVIRONMENT_NAME": "local"})
    first = json.loads(outcome.stdout.splitlines()[0])
    assert first["message"].startswith(f"health reads {told(database)}")
    assert first["level"] == "info"
    assert outcome.stderr == ""


def test_at_a_terminal_the_database_is_seen_at_once_and_gone_in_the_end(
    guard: Guard, database: ScratchDatabase, tmp_path: Path
) -> None:
    seen = at_terminal(database, tmp_path, *PROGRAM, "health")
    left = seen.to_its_end()
    assert f"health reads {told(database)}" in seen.wrote
    assert "health reads" not in "\n".join(left)
    assert left[0].startswith("health  local")
    assert left[-1] == guard("health").stdout.splitlines()[-1]
    assert seen.process.returncode == 0


def test_through_a_pipe_nothing_but_the_output_is_seen(database: ScratchDatabase, tmp_path: Path) -> None:
    seen = at_terminal(database, tmp_path, "sh", "-c", f"'{sys.executable}' -m practice_guard health | cat")
    assert "Healthy" in "\n".join(seen.to_its_end())
    assert "health reads" not in seen.wrote


def test_the_etl_has_the_terminal_to_itself(database: ScratchDatabase, tmp_path: Path) -> None:
    etl = ("sh", "-c", "printf 'teams: '; sleep 1; echo 930")
    seen = at_terminal(database, tmp_path, *PROGRAM, "run", "-y", "--", *etl)
    left = seen.to_its_end()
    assert f"run writes in {told(database)}" in seen.wrote
    assert "run writes in" not in "\n".join(left)
    assert "teams: 930" in left


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_step_that_takes_long_is_named_and_gone_when_the_guard_is_told_to_end(
    number: signal.Signals, database: ScratchDatabase, tmp_path: Path
) -> None:
    with database.connect() as other, other.transaction():
        other.execute("LOCK TABLE schedule")
        seen = at_terminal(database, tmp_path, *PROGRAM, "backup", "--lock-timeout", "60")
        seen.until(lambda wrote: f"backup writes in {told(database)}" in wrote and "reading, 1 s" in wrote)
        seen.process.send_signal(number)
        left = seen.to_its_end()
    assert "backup writes in" not in "\n".join(left)
    assert f"by {number.name}" in "\n".join(left)
    assert seen.process.returncode == 128 + number

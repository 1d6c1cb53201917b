"""What tests fork is what they would start in full: the same program in the same place, with the same end."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.world import forking
from tests.world.program import PROGRAM, USUAL, clean_environment, in_bytes

NOWHERE = {"PRACTICE_GUARD_LOCAL_URL": "postgresql:///nowhere?host=/nowhere"}
NO_URL: Mapping[str, str] = {}


def both(
    directory: Path, *arguments: str, env: Mapping[str, str] = NOWHERE, stdin: bytes = b""
) -> tuple[subprocess.CompletedProcess[bytes], subprocess.CompletedProcess[bytes]]:
    """A program that is forked, and one that is started in full."""
    environment = clean_environment(env)
    nursery = forking.nursery(USUAL, environment, stdin)
    assert nursery is not None
    full = subprocess.run(
        [*PROGRAM, *arguments], env=environment, cwd=directory, input=stdin, capture_output=True, check=False
    )
    return nursery.run(arguments, environment, directory, stdin, 60.0), full


@pytest.mark.parametrize("line", ["", "--version", "health --help", "health", "health --json", "nonsense", "mark"])
def test_it_says_what_one_started_in_full_says(tmp_path: Path, line: str) -> None:
    forked, full = both(tmp_path, *line.split())
    assert (forked.returncode, forked.stdout, forked.stderr) == (full.returncode, full.stdout, full.stderr)
    assert forked.stdout + forked.stderr


def test_it_has_the_environment_and_the_directory_of_its_own(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("PRACTICE_GUARD_LOCAL_URL=postgresql:///elsewhere?host=/elsewhere\n")
    for env, named in ((NO_URL, b"/elsewhere"), (NOWHERE, b"/nowhere")):
        forked, full = both(tmp_path, "health", env=env)
        assert named in forked.stderr
        assert (forked.returncode, forked.stderr) == (full.returncode, full.stderr)


def test_it_reads_what_it_is_given(tmp_path: Path) -> None:
    forked, full = both(tmp_path, "mark", "--env", "railway", env={"PRACTICE_GUARD_RAILWAY_URL": "x"}, stdin=b"no\n")
    assert (forked.returncode, forked.stdout, forked.stderr) == (full.returncode, full.stdout, full.stderr)


def test_it_is_killed_when_its_time_is_over(tmp_path: Path) -> None:
    environment = clean_environment(NOWHERE)
    nursery = forking.nursery(USUAL, environment, b"")
    assert nursery is not None
    with pytest.raises(subprocess.TimeoutExpired):
        nursery.run([], environment, tmp_path, b"", 0.0, "import time; time.sleep(600)")


@pytest.mark.parametrize("name", ["PYTHONHASHSEED", "LC_ALL", "NO_COLOR", "PGHOST", "_PRACTICE_GUARD_COMPLETE"])
def test_what_may_be_read_earlier_is_started_in_full(name: str) -> None:
    assert forking.nursery(USUAL, clean_environment(), b"") is not None
    assert forking.nursery(USUAL, clean_environment({name: "1"}), b"") is None


def test_more_than_a_pipe_takes_is_started_in_full(tmp_path: Path) -> None:
    assert forking.nursery(USUAL, clean_environment(), b"x" * 65_537) is None
    done = in_bytes([*PROGRAM, "snapshots", "inspect", "-"], tmp_path, NOWHERE, stdin=b"x" * 65_537)
    assert done.returncode > 0


SAYS_AND_ENDS = """
import os, sys
print(sys.argv, sys.path[0], __name__, os.getcwd(), flush=True)
os.kill(os.getpid(), 9 if sys.stdin.read() else 15)
"""


@pytest.mark.parametrize(("stdin", "status"), [(b"", -15), (b"x", -9)])
def test_code_is_run_as_an_interpreter_runs_it(tmp_path: Path, stdin: bytes, status: int) -> None:
    environment, words = clean_environment(NOWHERE), ["a", "b c"]
    nursery = forking.nursery(USUAL, environment, stdin)
    assert nursery is not None
    command = [sys.executable, "-c", SAYS_AND_ENDS, *words]
    full = subprocess.run(command, env=environment, cwd=tmp_path, input=stdin, capture_output=True, check=False)
    forked = nursery.run(words, environment, tmp_path, stdin, 60.0, SAYS_AND_ENDS)
    assert (forked.returncode, forked.stdout, forked.stderr) == (full.returncode, full.stdout, full.stderr)
    assert forked.returncode == status

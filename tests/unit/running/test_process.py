"""The ETL's process, without any database: how it ends, what it leaves, and the lock that it inherits."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from practice_guard.core import errors
from practice_guard.core.running import process
from practice_guard.core.running.lockfile import LockFile
from practice_guard.core.running.process import Etl
from tests.world.nights import ends_by_force, shell, until

PYTHON = {"PATH": os.environ["PATH"]}


def ends(script: str, *, timeout: float | None = None, grace: float = 0.5, once: Path | None = None) -> process.Ended:
    """Run a script; where its time is limited, it ends when the file `once` is there and no sooner."""

    def started(_pid: int) -> None:
        until(lambda: once is None or once.exists())

    return process.run(Etl(shell(script), PYTHON, timeout=timeout, grace=grace), started=started)


@pytest.mark.parametrize(("script", "status"), [("true", 0), ("exit 3", 3), ("kill -9 $$", 137), ("kill -15 $$", 143)])
def test_its_status_is_what_a_shell_would_say(script: str, status: int) -> None:
    ended = ends(script)
    assert (ended.exit_code, ended.failed, ended.started, ended.timed_out) == (status, status != 0, True, False)


def test_what_cannot_be_started_has_the_shells_status(tmp_path: Path) -> None:
    file = tmp_path / "etl"
    file.write_text("#!/no/such/interpreter\n")
    assert process.run(Etl([str(file)], {})).exit_code == process.NOT_EXECUTABLE
    file.chmod(0o700)
    assert process.run(Etl([str(file)], {})).exit_code == process.NOT_FOUND
    assert process.run(Etl([str(tmp_path)], {})).exit_code == process.NOT_EXECUTABLE
    assert not process.run(Etl(["/no/such/etl"], {})).started


def test_its_time_is_limited() -> None:
    began = time.monotonic()
    ended = ends("sleep 60", timeout=0.3)
    assert (ended.exit_code, ended.timed_out) == (143, True)
    assert time.monotonic() - began < 10


def test_one_that_ignores_sigterm_is_killed(tmp_path: Path) -> None:
    deaf = tmp_path / "deaf"
    ended = ends(f"trap '' TERM; touch {deaf}; while :; do sleep 0.1; done", timeout=0.3, once=deaf)
    assert (ended.exit_code, ended.timed_out) == (137, True)


def test_one_that_was_stopped_and_says_all_went_well_is_not_believed(tmp_path: Path) -> None:
    ready = tmp_path / "ready"
    script = f"trap 'exit 0' TERM; touch {ready}; while :; do sleep 0.05; done"
    ended = ends(script, timeout=0.5, grace=20.0, once=ready)
    assert (ended.exit_code, ended.failed) == (143, True)
    assert "SIGTERM" not in ended.says, "it ended by itself"


def test_what_it_leaves_behind_is_ended(tmp_path: Path) -> None:
    left = tmp_path / "left"
    ended = ends(f"sh -c 'trap \"\" TERM; while :; do sleep 0.1; done' & echo $! >{left}; exit 0")
    pid = int(left.read_text())
    try:
        assert (ended.exit_code, ended.left) == (0, True)
        assert "left behind" in ended.says
        until(lambda: not _running(pid), seconds=5)
    finally:
        ends_by_force(pid)


def _running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_no_shell_is_involved(tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    code = "import sys; open(sys.argv[1], 'w').write(' '.join(sys.argv[2:]))"
    words = [sys.executable, "-c", code, str(seen), "$(id)", "; rm -rf /", "*"]
    assert process.run(Etl(words, PYTHON)).exit_code == 0
    assert seen.read_text() == "$(id) ; rm -rf / *"


@pytest.mark.parametrize(("second", "status"), [(False, 7), (True, 137)])
def test_the_first_signal_is_passed_on_and_the_second_ends_it(tmp_path: Path, second: bool, status: int) -> None:
    ready, deaf = tmp_path / "ready", tmp_path / "deaf"
    handler = f"touch {deaf}" if second else "exit 7"
    script = f"trap '{handler}' TERM; touch {ready}; while :; do sleep 0.05; done"
    code = (
        "from practice_guard.core.running import process; import sys\n"
        f"sys.exit(process.run(process.Etl(['/bin/sh', '-c', {script!r}], {PYTHON!r}, grace=0.5)).exit_code)"
    )
    guard = subprocess.Popen([sys.executable, "-c", code])
    try:
        until(ready.exists)
        guard.terminate()
        if second:
            until(deaf.exists)  # two signals at once would be one
            assert guard.poll() is None
            guard.terminate()
        assert guard.wait(20) == status
    finally:
        guard.kill()
        guard.wait()


def test_handlers_are_as_they_were_afterwards() -> None:
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)}
    ends("true")
    assert {number: signal.getsignal(number) for number in before} == before


def test_a_lock_is_held_as_long_as_whoever_inherited_it_lives(tmp_path: Path) -> None:
    path, environment = tmp_path / "own" / "lock", dict[str, str](PYTHON)
    with LockFile(path) as lock:
        assert lock.descriptor is not None
        lock.name_holder("process 1 (the ETL of run 7)")
        heir = _heir(lock.descriptor, environment)
    try:
        with pytest.raises(errors.LockedError, match=r"process 1 \(the ETL of run 7\)"):
            LockFile(path).__enter__()
    finally:
        heir.kill()
        heir.wait()
    with LockFile(path):
        pass
    assert path.stat().st_mode & 0o077 == 0
    assert path.parent.stat().st_mode & 0o077 == 0


def _heir(descriptor: int, environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(["sleep", "60"], pass_fds=(descriptor,), env=dict(environment))


def test_a_lock_file_that_somebody_laid_a_trap_in_is_refused(tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.write_text("mine")
    (tmp_path / "lock").symlink_to(target)
    with pytest.raises(errors.UsageError, match="cannot be made"):
        LockFile(tmp_path / "lock").__enter__()
    assert target.read_text() == "mine"


def test_a_full_disk_takes_only_the_words_from_a_lock(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with LockFile(path) as lock:
        own, lock.descriptor = lock.descriptor, os.open("/dev/full", os.O_RDWR)
        lock.name_holder("process 1 (the ETL)")
        os.close(lock.descriptor)
        lock.descriptor = own
        with pytest.raises(errors.LockedError):
            LockFile(path).__enter__()

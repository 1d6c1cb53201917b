"""The ETL as a process: in a session of its own, its output untouched, ended when the guard is told to end.

POSIX only: sessions, process groups and flock are what it is made of.
"""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

NOT_FOUND, NOT_EXECUTABLE, SIGNALLED = 127, 126, 128
GRACE = 10.0
"""Seconds between SIGTERM and SIGKILL."""

TICK = 0.05


@dataclass(frozen=True, slots=True)
class Ended:
    """How the ETL ended.

    Attributes:
        exit_code: its status as a shell would give it: 126 and 127 when it was not started, 128+n for signal n. An ETL
            that was stopped and yet ended with 0 has 128+n too: nobody knows how far it came.
        seconds: how long it ran.
        started: whether there was a process at all.
        stopped_by: the signal that the guard was sent and passed on, or with which it ended the ETL itself.
        timed_out: it was ended because its time was over.
        left: processes of its were still alive when it had ended, and were ended.
        says: one line for people.
    """

    exit_code: int
    seconds: float
    started: bool = True
    stopped_by: int | None = None
    timed_out: bool = False
    left: bool = False
    says: str = ""

    @property
    def failed(self) -> bool:
        """Whether it did anything but end by itself with status 0."""
        return self.exit_code != 0


@dataclass
class _Stop:
    """What is to be done to the process group when the guard is sent signals."""

    group: int | None = None
    received: list[int] = field(default_factory=list)
    sent: list[int] = field(default_factory=list)

    def receive(self, number: int, _frame: object = None) -> None:
        """Pass the first signal on; any further one ends the ETL at once."""
        self.received.append(number)
        if self.group is not None:
            self.send(number if len(self.received) == 1 else signal.SIGKILL)

    def send(self, number: int) -> None:
        self.sent.append(number)
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.group or 0, number)

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Receive the signals that would end the guard; elsewhere than in the main thread nothing is received.

        A hangup that is ignored (`nohup`) stays ignored, by the ETL too, which inherits that.
        """
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        heeded = signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN
        numbers = (signal.SIGTERM, signal.SIGINT, *([signal.SIGHUP] if heeded else []))
        before = {number: signal.signal(number, self.receive) for number in numbers}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def signal_in(stop: BaseException) -> int | None:
    """Return the signal that an unwinding stands for, as Python, shells and our handlers have it; None for none."""
    if isinstance(stop, KeyboardInterrupt):
        return signal.SIGINT
    code = stop.code if isinstance(stop, SystemExit) else None
    return code - SIGNALLED if isinstance(code, int) and code > SIGNALLED else None


@dataclass(frozen=True, slots=True)
class Etl:
    """An ETL that is to be run.

    Attributes:
        command: the program and its arguments; empty for a resumed run.
        environment: its environment variables.
        output: the file descriptor for its standard output; None for the guard's own.
        timeout: seconds that it may run; None for any time.
        grace: seconds between its SIGTERM and SIGKILL.
    """

    command: Sequence[str]
    environment: Mapping[str, str]
    output: int | None = None
    timeout: float | None = None
    grace: float = GRACE


def run(etl: Etl, *, keep_open: Sequence[int] = (), started: Callable[[int], None] = lambda _pid: None) -> Ended:
    """Run an ETL to its end, without a shell, and end what is left of its process group.

    Args:
        etl: what to run.
        keep_open: file descriptors that it inherits, a lock's say.
        started: told its process id.
    """
    stop, began = _Stop(), time.monotonic()
    with stop.listening():
        try:
            process = subprocess.Popen(  # noqa: S603  (running the user's command is the purpose; no shell)
                list(etl.command),
                env=dict(etl.environment),
                stdout=etl.output,
                start_new_session=True,
                pass_fds=tuple(keep_open),
            )
        except OSError as error:
            code = NOT_FOUND if isinstance(error, FileNotFoundError) else NOT_EXECUTABLE
            says = f"The ETL was not started: {etl.command[0]}: {error.strerror or error}."
            return Ended(code, 0.0, started=False, says=says)
        stop.group = process.pid
        if stop.received:
            stop.send(stop.received[0])
        started(process.pid)
        timed_out = _wait(process, stop, began, etl)
        seconds = time.monotonic() - began
        left = _sweep(process.pid, etl.grace)
    return _ended(process.returncode, seconds, stop, timed_out=timed_out, left=left)


def _wait(process: subprocess.Popen[bytes], stop: _Stop, began: float, etl: Etl) -> bool:
    """Wait for the end; return whether it had to be forced because the time was over."""
    try:
        process.wait(None if etl.timeout is None else max(0.0, began + etl.timeout - time.monotonic()))
    except subprocess.TimeoutExpired:
        stop.send(signal.SIGTERM)
        try:
            process.wait(etl.grace)
        except subprocess.TimeoutExpired:
            stop.send(signal.SIGKILL)
            process.wait()
        return True
    return False


def _sweep(group: int, grace: float) -> bool:
    """End what the ETL left in its process group, which must not write while rows are put back; True if anything."""
    if _gone(group, within=1.0):
        return False
    for number in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(group, number)
        if _gone(group, within=grace if number == signal.SIGTERM else 1.0):
            break
    return True


def _gone(group: int, *, within: float) -> bool:
    until = time.monotonic() + within
    while True:
        with suppress(ChildProcessError):  # as process 1 of a container, orphans are ours to bury
            os.waitpid(-group, os.WNOHANG)
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        except PermissionError:
            return False
        if time.monotonic() >= until:
            return False
        time.sleep(TICK)


def _ended(code: int, seconds: float, stop: _Stop, *, timed_out: bool, left: bool) -> Ended:
    by = stop.received[0] if stop.received else (signal.SIGTERM if timed_out else None)
    status = SIGNALLED - code if code < 0 else code
    if status == 0 and by is not None:
        status = SIGNALLED + by
    name = signal.Signals(-code).name if code < 0 else ""
    says = f"The ETL was ended by {name}." if name else f"The ETL ended with status {code}."
    if timed_out:
        says = f"The ETL did not end in time and was ended{f' by {name}' if name else ''}."
    elif by is not None:
        says = f"The guard was sent {signal.Signals(by).name} and passed it on. {says}"
    if left:
        says += " Processes that it had left behind were ended too."
    return Ended(status, seconds, True, by, timed_out, left, says)

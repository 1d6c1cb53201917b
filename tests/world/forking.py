"""The program as a process of its own, forked from one that has imported the libraries already (`nursery`).

It is what `python -m practice_guard` is in all that a test can see, and starts in a fraction of the time. Where the
environment has anything else than usual that an interpreter or a library may read before the program is at work, or
standard output is no pipe, it has to be started in full.
"""

from __future__ import annotations

import atexit
import json
import os
import selectors
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from io import FileIO
from pathlib import Path
from threading import Lock

_NURSERY = Path(__file__).with_name("nursery.py").read_text()
_READ_LATER = ("PRACTICE_GUARD_", "RAILWAY_", "DATABASE_", "TMPDIR", "PYTEST_", "DEMO_PG")
"""What nobody reads before the program is at work, by how the names begin."""
_PIPE = 65_536
"""Bytes that a pipe takes before anybody reads."""


class Nursery:
    """Forks the program, in environments that differ from its own only in what is read late."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._early = _read_early(environment)
        self._asking, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-c", _NURSERY],
                env=dict(self._early),
                stdin=theirs.fileno(),
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
            )
        atexit.register(self._close)

    def takes(self, environment: Mapping[str, str]) -> bool:
        """Whether a program with this environment differs in nothing from one that is started in full."""
        return _read_early(environment) == self._early

    def run(
        self,
        arguments: Sequence[str],
        environment: Mapping[str, str],
        directory: Path,
        stdin: bytes,
        seconds: float,
        code: str | None = None,
    ) -> subprocess.CompletedProcess[bytes]:
        """Run the program to its end, as `subprocess.run` does.

        Args:
            arguments: its command line, from the name of the command on.
            environment: all of its environment.
            directory: where it runs.
            stdin: what is on its standard input, no more than a pipe takes.
            seconds: after which it is killed.
            code: what is run instead of the program, with these arguments.

        Returns:
            how it ended and what it wrote.

        Raises:
            subprocess.TimeoutExpired: it was killed.
        """
        wanted = {
            "arguments": list(arguments),
            "environment": dict(environment),
            "directory": str(directory),
            "code": code,
        }
        with ExitStack() as stack:
            ours, theirs = map(stack.enter_context, socket.socketpair())
            answers = stack.enter_context(ours.makefile("rb"))
            (its_in, our_in), (our_out, its_out), (our_err, its_err) = (_pipe(stack) for _ in range(3))
            socket.send_fds(self._asking, [b"?"], [theirs.fileno()])
            streams = [each.fileno() for each in (its_in, its_out, its_err)]
            socket.send_fds(ours, [json.dumps(wanted).encode() + b"\n"], streams)
            for each in (theirs, its_in, its_out, its_err):
                each.close()
            with suppress(BrokenPipeError):
                our_in.write(stdin)
            our_in.close()
            process = int(answers.readline())
            said = _read(our_out, our_err, until=time.monotonic() + seconds)
            if said is None:
                os.kill(process, signal.SIGKILL)
                raise subprocess.TimeoutExpired(list(arguments), seconds)
            return subprocess.CompletedProcess(list(arguments), int(answers.readline()), *said)

    def _close(self) -> None:
        self._asking.close()
        self._process.communicate()


_nurseries: list[Nursery] = []
_one_at_a_time = Lock()


def nursery(usual: Mapping[str, str], environment: Mapping[str, str], stdin: bytes) -> Nursery | None:
    """Return who can fork a program; None where it has to be started in full.

    Args:
        usual: the environment of most programs, always the same.
        environment: the program's.
        stdin: what is on its standard input.
    """
    with _one_at_a_time:
        if not _nurseries:
            _nurseries.append(Nursery(usual))
    return _nurseries[0] if _nurseries[0].takes(environment) and len(stdin) <= _PIPE else None


def _read_early(environment: Mapping[str, str]) -> frozenset[tuple[str, str]]:
    return frozenset(each for each in environment.items() if not each[0].startswith(_READ_LATER))


def _pipe(stack: ExitStack) -> tuple[FileIO, FileIO]:
    """Open a pipe: where it is read, and where it is written."""
    reading, writing = os.pipe()
    return stack.enter_context(FileIO(reading, "rb")), stack.enter_context(FileIO(writing, "wb"))


def _read(*streams: FileIO, until: float) -> list[bytes] | None:
    """Read all to their ends; None where the time comes first."""
    said = dict.fromkeys(streams, b"")
    with selectors.DefaultSelector() as selector:
        for stream in streams:
            selector.register(stream, selectors.EVENT_READ)
        while selector.get_map():
            ready = selector.select(max(0.0, until - time.monotonic()))
            if not ready:
                return None
            for key, _ in ready:
                more = os.read(key.fd, _PIPE)
                said[key.fileobj] += more  # type: ignore[index]
                if not more:
                    selector.unregister(key.fileobj)
    return list(said.values())

"""The installed program as a process of its own, in a clean environment."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Protocol

from tests.world import command_lines, forking

SECONDS = 120.0
PROGRAM = (sys.executable, "-m", "practice_guard")
NOTHING: Mapping[str, str] = MappingProxyType({})
_OURS = ("PRACTICE_GUARD", "RAILWAY", "DATABASE", "PG", "NO_COLOR", "FORCE_COLOR", "COLUMNS", "TERM")


@dataclass(frozen=True)
class Outcome:
    """What a command printed, and its exit status."""

    status: int
    stdout: str
    stderr: str

    @property
    def json(self) -> dict[str, Any]:
        """The one document on standard output."""
        document = json.loads(self.stdout)
        assert isinstance(document, dict)
        return document

    def can_be_copied(self, environment: str) -> None:
        """Every command line in it can be typed as it stands, and is aimed where the command was."""
        assert "Step(" not in self.stdout + self.stderr, self
        for line in command_lines.printed(self.stdout, self.stderr):
            command_lines.check(line, environment)

    def __str__(self) -> str:
        return f"status {self.status}\n--- standard output\n{self.stdout}\n--- standard error\n{self.stderr}"


class Guard(Protocol):
    """Runs the program: `guard("restore", "--dry-run")`."""

    def __call__(
        self,
        *arguments: str,
        env: Mapping[str, str] | None = None,
        stdin: str = "",
        cwd: Path | None = None,
    ) -> Outcome: ...


def clean_environment(env: Mapping[str, str] = NOTHING) -> dict[str, str]:
    """Ours, without anything that could point the program at a database or change its output, and with what is said."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
    return {**kept, "TERM": "dumb", "PYTHONWARNINGS": "error", **env}


USUAL: Mapping[str, str] = MappingProxyType(clean_environment())
"""The environment of a program of which nothing is said, as it is before any test."""


def outcome_of(
    command: Sequence[str],
    directory: Path,
    env: Mapping[str, str] = NOTHING,
    *,
    stdin: str = "",
    seconds: float = SECONDS,
) -> Outcome:
    """Runs a command to its end."""
    done = in_bytes(command, directory, env, stdin=stdin.encode(), seconds=seconds)
    return Outcome(done.returncode, done.stdout.decode(), done.stderr.decode())


def in_bytes(
    command: Sequence[str],
    directory: Path,
    env: Mapping[str, str] = NOTHING,
    *,
    stdin: bytes = b"",
    stdout: Any = subprocess.PIPE,
    seconds: float = SECONDS,
) -> subprocess.CompletedProcess[bytes]:
    """Runs a command to its end, with bytes on its standard input and output."""
    environment = clean_environment(env)
    if tuple(command[: len(PROGRAM)]) == PROGRAM and stdout == subprocess.PIPE:
        nursery = forking.nursery(USUAL, environment, stdin)
        if nursery is not None:
            return nursery.run(command[len(PROGRAM) :], environment, directory, stdin, seconds)
    return subprocess.run(
        command,
        env=environment,
        cwd=directory,
        input=stdin,
        stdout=stdout,
        stderr=subprocess.PIPE,
        timeout=seconds,
        check=False,
    )


def outcome_of_code(code: str, arguments: Sequence[str], directory: Path, env: Mapping[str, str]) -> Outcome:
    """Runs code in which the program is changed and begun, as `python -c` does, to its end."""
    environment = clean_environment(env)
    nursery = forking.nursery(USUAL, environment, b"")
    if nursery is None:
        return outcome_of([sys.executable, "-c", code, *arguments], directory, env)
    done = nursery.run(arguments, environment, directory, b"", SECONDS, code)
    return Outcome(done.returncode, done.stdout.decode(), done.stderr.decode())


def start(
    command: Sequence[str], directory: Path, env: Mapping[str, str] = NOTHING, *, nohup: bool = False
) -> subprocess.Popen[str]:
    """Leaves a command at work; with `nohup`, as it stays at work when its terminal is closed."""
    return subprocess.Popen(
        command,
        env=clean_environment(env),
        cwd=directory,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=_hears_no_hangup if nohup else None,  # noqa: PLW1509  (who asks for it has no threads)
    )


def _hears_no_hangup() -> None:
    signal.signal(signal.SIGHUP, signal.SIG_IGN)


@contextmanager
def started(
    command: Sequence[str], directory: Path, env: Mapping[str, str] = NOTHING
) -> Iterator[subprocess.Popen[str]]:
    """A command at work; afterwards it is killed, if it still is."""
    process = start(command, directory, env)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()

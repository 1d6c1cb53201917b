"""The installed program as whole processes, and the imports that each command makes, alone."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from scripts.benches.launch import TIMED_OUT

_LAUNCHER = Path(__file__).with_name("launch.py")
_OURS = ("PRACTICE_GUARD", "RAILWAY", "DATABASE", "PG", "NO_COLOR", "FORCE_COLOR", "COLUMNS", "PYTHON")
_KIB_A_MB = 1024
_LAST_WORDS = 2000

# Which modules a command has imported at its end, in the order in which they were begun.
_LISTING = """
import atexit, sys
def listed():
    sys.stderr.write("modules " + " ".join(name for name in sys.modules if name.isascii()) + "\\n")
atexit.register(listed)
from practice_guard import cli
cli.main()
"""
_IMPORTING = """
import importlib, sys
for name in sys.argv[1:]:
    try:
        importlib.import_module(name)
    except ImportError:
        pass
"""


class CommandFailedError(Exception):
    """A command did not end as it must, so that its time says nothing."""


@dataclass(frozen=True, slots=True)
class Spent:
    """What a process took: seconds, and megabytes of memory at most. `output` and `complaint` are what it printed."""

    seconds: float
    megabytes: float
    output: str = ""
    complaint: str = ""


@dataclass
class Program:
    """Runs the program in an environment of its own, each command as a process.

    Attributes:
        directory: where it runs; nothing is in it.
        limit: seconds after which a command is ended.
    """

    directory: Path
    limit: float
    _modules: dict[tuple[str, ...], list[str]] = field(default_factory=dict)

    def run(self, url: str, *arguments: str, status: int = 0) -> Spent:
        """Run one of its commands on a database; it must end with this status."""
        beside = Path(sys.executable).with_name("practice-guard")
        command = (str(beside),) if beside.exists() else (sys.executable, "-m", "practice_guard")
        return self.spend(*command, *arguments, url=url, status=status)

    def learn(self, url: str, *arguments: str, status: int = 0) -> None:
        """Run one of its commands, and see what it imports."""
        told = self._process((sys.executable, "-c", _LISTING, *arguments), url, status)
        line = next(line for line in told.complaint.splitlines() if line.startswith("modules "))
        self._modules[arguments] = [name for name in line.split()[1:] if name != "__main__"]

    def imports(self, *arguments: str) -> Spent:
        """Import what a command imports, as `learn` has seen it, and nothing else."""
        return self.spend(sys.executable, "-c", _IMPORTING, *self._modules[arguments])

    def python(self) -> Spent:
        """Start Python, and nothing else."""
        return self.spend(sys.executable, "-c", "pass")

    def spend(self, *command: str, url: str = "", status: int = 0) -> Spent:
        """Run any command.

        Raises:
            CommandFailedError: it ended with another status, or not in time.
        """
        return self._process(command, url, status)

    def _process(self, command: Sequence[str], url: str, status: int) -> Spent:
        environment = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
        environment |= {"TERM": "dumb", "PRACTICE_GUARD_LOCAL_URL": url}
        with tempfile.TemporaryDirectory() as files:
            out, err = Path(files, "out"), Path(files, "err")
            launched = [sys.executable, "-I", "-S", str(_LAUNCHER), str(self.limit), str(out), str(err), *command]
            done = subprocess.run(  # noqa: S603 - our own programs
                launched, env=environment, cwd=self.directory, stdout=subprocess.PIPE, text=True, check=True
            )
            output, complaint = out.read_text(), err.read_text()
        seconds, kib, ended = done.stdout.split()
        if int(ended) != status:
            how = f"was ended after {self.limit:g} s" if int(ended) == TIMED_OUT else f"ended with {ended}"
            last = (complaint or output)[-_LAST_WORDS:]
            raise CommandFailedError(f"{' '.join(command[-3:])} {how}, not with {status}: {last}")
        return Spent(float(seconds), int(kib) / _KIB_A_MB, output, complaint)

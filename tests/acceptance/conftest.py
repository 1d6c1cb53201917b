"""The installed program as a process of its own, in a clean environment."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import pytest

from tests.world import command_lines

SECONDS = 120.0
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


def clean_environment() -> dict[str, str]:
    """Ours, without anything that could point the program at a database or change its output."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
    return {**kept, "TERM": "dumb", "PYTHONWARNINGS": "error"}


@pytest.fixture
def guard(request: pytest.FixtureRequest, tmp_path: Path) -> Guard:
    """The program, pointed at the test's `database` as `local`, if the test has one, and run in an empty directory."""
    settings = {}
    if "database" in request.fixturenames:
        settings["PRACTICE_GUARD_LOCAL_URL"] = request.getfixturevalue("database").url

    def run(*arguments: str, env: Mapping[str, str] | None = None, stdin: str = "", cwd: Path | None = None) -> Outcome:
        done = subprocess.run(
            [sys.executable, "-m", "practice_guard", *arguments],
            env={**clean_environment(), **settings, **(env or {})},
            input=stdin,
            cwd=cwd or tmp_path,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        outcome = Outcome(done.returncode, done.stdout, done.stderr)
        outcome.can_be_copied(command_lines.aimed_at(arguments, env or {}))
        return outcome

    return run

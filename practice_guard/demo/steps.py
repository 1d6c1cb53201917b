"""The demo's steps: the guard's commands and the ETL, each as a process of its own, and the status each should have."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from practice_guard.demo.variant import Variant

ETL = "ETL"
"""The name of the step that is not the guard's."""

_SECONDS = 300.0
_COPY = "DATABASE_URL"
"""Stands for the URL that a rehearsal gives its ETL, in words that a shell takes as they are."""
_POINTERS = ("PRACTICE_GUARD_", "RAILWAY", "DATABASE", "PG")


@dataclass(frozen=True)
class Step:
    """A command to run: what it is for, how it is typed, how it is run, and the statuses that are right here."""

    name: str
    purpose: str
    typed: str
    arguments: Sequence[str]
    expected: frozenset[int]


@dataclass(frozen=True)
class Outcome:
    """What a step printed, in which time (seconds), and its status."""

    step: Step
    status: int
    output: str
    errors: str
    seconds: float

    @property
    def ok(self) -> bool:
        """Whether the status is one of those expected."""
        return self.status in self.step.expected

    def document(self) -> Any:
        """What it printed as JSON, or as it is where it is no JSON."""
        try:
            return json.loads(self.output)
        except ValueError:
            return self.output


def plan(url: str, source: Path, variant: Variant, *, json: bool, rehearsed: bool = False) -> list[Step]:
    """Returns the steps in their order, around an ETL that reads `source`; with `rehearsed`, tried on a copy first."""
    wrong, fine, waiting = frozenset({3}), frozenset({0}), frozenset({4})
    kept = bool({"upsert", "rename-series"} & variant.names)
    severe = not kept and bool({"drop-league", "fail-half-way", "empty"} & variant.names)
    lacking = severe or (not kept and bool({"drop-series", "drop-team"} & variant.names))
    restored = healthy = waiting if lacking else fine
    undone = fine
    if {"relabel", "rename-teams", "rename-series"} & variant.names:
        # Clubs that differ by case alone cannot be told apart by names that are only alike; some wait for a person.
        restored = healthy = fine | waiting
    if severe:
        # A whole league or table that is not there may count as an error of its own.
        healthy = waiting | wrong
    guard = [
        ("validate-safety", (), "May the ETL run?", fine),
        ("backup", (), "Remember every protected row, and who its team is.", fine),
        ("check-preservation", (), "Which teams are still the same under the same id?", fine if kept else wrong),
        ("restore", ("--dry-run",), "What would a restore do? Writes nothing.", restored),
        ("restore", (), "Every row back on its right team.", restored),
        ("restore", ("--undo", "1", "--dry-run"), "Was that wrong? What would taking it back do?", undone),
        ("restore", ("--undo", "1"), "Back to what the import left.", undone),
        ("restore", (), "And every row back again.", restored),
        ("health", (), "Is every row there, once, on the right team?", healthy),
        ("cleanup", (), "Which snapshots may go?", fine),
    ]
    steps = [
        _guard(name, extra, purpose, expected, extra_options=("--json",) if json else ())
        for name, extra, purpose, expected in guard
    ]
    night = etl(url, source, variant)
    tried = healthy | night.expected if severe else restored
    first = [rehearsal(source, variant, tried, extra_options=("--json",) if json else ())] if rehearsed else []
    return [*steps[:2], *first, night, *steps[2:]]


def etl(url: str, source: Path, variant: Variant) -> Step:
    """Returns the step that runs the ETL."""
    words = [name for name in sorted(variant.names - {"recreate"}) if name not in dict(variant.values)]
    words += [f"{name}={value}" for name, value in variant.values]
    arguments = ["-m", "practice_guard.demo.etl", "--url", url, "--source", str(source)]
    arguments += [part for word in words for part in ("--variant", word)]
    if "fail-half-way" in variant:
        arguments += ["--commit-every", "50"]
    typed = "python " + " ".join(map(shlex.quote, arguments))
    expected = frozenset({1}) if "fail-half-way" in variant else frozenset({0})
    return Step(ETL, "The nightly import, in a process that knows nothing of the guard.", typed, arguments, expected)


def rehearsal(source: Path, variant: Variant, expected: frozenset[int], *, extra_options: Sequence[str]) -> Step:
    """Returns the step that tries the night on a copy, with an ETL that reads its URL from DATABASE_URL."""
    words = shlex.join(etl(_COPY, source, variant).arguments).replace(_COPY, '"$DATABASE_URL"')
    purpose = "The whole night on a throw-away copy: what would become of every row?"
    guard = _guard("rehearse", (), purpose, expected, extra_options=extra_options)
    python = shlex.quote(sys.executable)
    return Step(
        guard.name,
        guard.purpose,
        f"{guard.typed} -- sh -c {shlex.quote(f'python {words}')}",
        [*guard.arguments, "--", "/bin/sh", "-c", f"exec {python} {words}"],
        guard.expected,
    )


def health() -> Step:
    """Returns the step that asks for the guard's own count of rows, as JSON."""
    return _guard("health", (), "", frozenset({0, 3, 4}), extra_options=("--json",))


def _guard(
    name: str, extra: Sequence[str], purpose: str, expected: frozenset[int], *, extra_options: Sequence[str]
) -> Step:
    words = [name, *extra, "--env", "local", *extra_options]
    title = " ".join((name, *extra))
    return Step(title, purpose, " ".join(("practice-guard", *words)), ["-m", "practice_guard", *words], expected)


def run(step: Step, url: str, directory: Path, *, width: int = 80) -> Outcome:
    """Runs a step in an empty environment but for the database's URL, and waits for its end.

    Args:
        step: what to run.
        url: the database, given to the guard as its `local` one.
        directory: where to run it; no .env must be there.
        width: columns that its text may take.
    """
    began = time.monotonic()
    try:
        done = subprocess.run(  # noqa: S603 - our own program and arguments
            [sys.executable, *step.arguments],
            env=environment(os.environ, url, width),
            cwd=directory,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Outcome(step, 124, "", f"It did not end within {_SECONDS:.0f} seconds.\n", time.monotonic() - began)
    return Outcome(step, done.returncode, done.stdout, done.stderr, time.monotonic() - began)


def environment(ours: Mapping[str, str], url: str, width: int) -> dict[str, str]:
    """Returns our environment without anything that could point a command at another database."""
    kept = {name: value for name, value in ours.items() if not name.startswith(_POINTERS)}
    return {**kept, "PRACTICE_GUARD_LOCAL_URL": url, "COLUMNS": str(width), "PYTHONIOENCODING": "utf-8"}

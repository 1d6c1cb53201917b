"""The statements that a server was kept busy by, read from its log."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_ENTRY = re.compile(r"\d{4}-\d\d-\d\d [\d:.]+ \S+ \[\d+\] ")
_DURATION = re.compile(r"LOG:  duration: ([\d.]+) ms  (statement|parse|bind|execute)[^:]*: (.*)", re.DOTALL)
_RUNS = ("statement", "execute")
"""What is logged of a run; its parsing and binding are logged beside it, with seconds of their own."""
_A_SECOND = 1000


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement, its spaces taken together; the seconds of all its runs, and how many these were."""

    text: str
    seconds: float
    runs: int


def slowest(log: str, most: int) -> list[Statement]:
    """So many of the statements in a log that took longest, all runs of the same text taken together.

    The log is as PostgreSQL writes it with its own line prefix and `log_min_duration_statement`.
    """
    seconds: dict[str, float] = {}
    runs: dict[str, int] = {}
    for step, took, text in _logged(log):
        seconds[text] = seconds.get(text, 0.0) + took
        runs[text] = runs.get(text, 0) + (step in _RUNS)
    longest = sorted(seconds, key=lambda text: -seconds[text])[:most]
    return [Statement(text, seconds[text], runs[text]) for text in longest]


def _logged(log: str) -> Iterator[tuple[str, float, str]]:
    for entry in _ENTRY.split(log):
        if found := _DURATION.match(entry):
            text = re.sub(r"/\*.*?\*/|--[^\n]*", " ", found[3])
            yield found[2], float(found[1]) / _A_SECOND, " ".join(text.split())

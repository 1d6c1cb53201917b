"""A million rows and fifty thousand teams, beside what a person would type."""

from __future__ import annotations

from collections.abc import Iterator

from scripts.benches.bench import Bench
from scripts.benches.measures import Goal, Line, Table

_TIMES = {
    "backup": ("CREATE TABLE AS", 3.0),
    "restore": ("INSERT ... SELECT", 1.6),
    "check-preservation": ("scan and hash join", 3.0),
    "restore --dry-run": ("scan and hash join", 3.0),
    "health": ("scan and hash join", 3.0),
    "validate-safety": ("scan with teams, leagues", 4.0),
}
_MEGABYTES = 260.0


def million(bench: Bench) -> Table:
    """Whole processes beside one statement each over the same rows, commits included."""
    return Table(f"million: {bench.large}, whole processes", tuple(_lines(bench)))


def _lines(bench: Bench) -> Iterator[Line]:
    costs = bench.costs(bench.large)
    for name, (against, times) in _TIMES.items():
        yield Line(name, costs[name].ours, against, costs[name].beside, Goal(times))
    for name, cost in costs.items():
        yield Line(f"{name}: peak memory", cost.memory, goal=Goal(_MEGABYTES, "value"), unit="MB")

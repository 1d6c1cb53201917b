"""The commands of a night in the real league, beside the imports that they make."""

from __future__ import annotations

from collections.abc import Iterator

from scripts.benches.bench import Bench
from scripts.benches.measures import Goal, Line, Table

_TIMES = {
    "validate-safety": 2.0,
    "check-preservation": 2.0,
    "restore --dry-run": 2.0,
    "health": 2.0,
    "backup": 2.5,
    "second backup": 3.0,
    "restore": 4.0,
}
_MEGABYTES = 90.0


def commands(bench: Bench) -> Table:
    """Whole processes beside their imports alone; one statement for the same rows; and the memory they take."""
    return Table(f"commands: {bench.night}, whole processes", tuple(_lines(bench)))


def _lines(bench: Bench) -> Iterator[Line]:
    costs = bench.costs(bench.night)
    for name, times in _TIMES.items():
        yield Line(name, costs[name].ours, "its imports alone", costs[name].alone, Goal(times))
    for name in _TIMES:
        if beside := costs[name].beside:
            yield Line(name, costs[name].ours, "one statement", beside)
    for name in _TIMES:
        yield Line(f"{name}: peak memory", costs[name].memory, goal=Goal(_MEGABYTES, "value"), unit="MB")

"""The start of the program: what a person feels who asks for help."""

from __future__ import annotations

from scripts.benches.bench import Bench
from scripts.benches.measures import Goal, Line, Sample, Table

_OPTIONS = ("--version", "--help")
_MILLISECONDS = 120.0
_A_SECOND = 1000.0
_TIMES_THE_RUNS = 3


def start(bench: Bench) -> Table:
    """`--version` and `--help` beside Python alone, in milliseconds, turn by turn."""
    took: dict[str, list[float]] = {name: [] for name in ("", *_OPTIONS)}
    for name in _OPTIONS:
        bench.program.run("", name)
    for _ in range(bench.runs * _TIMES_THE_RUNS):
        took[""].append(bench.program.python().seconds * _A_SECOND)
        for name in _OPTIONS:
            took[name].append(bench.program.run("", name).seconds * _A_SECOND)
    goal = Goal(_MILLISECONDS, "difference")
    return Table(
        "start: the program that does nothing",
        tuple(
            Line(name, Sample.of(took[name]), "python -c pass", Sample.of(took[""]), goal, "ms") for name in _OPTIONS
        ),
    )

"""Which statements of a command keep the server busy."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scripts.benches.bench import Bench
from scripts.benches.cycle import STEPS
from scripts.benches.measures import Line, Sample, Table
from scripts.benches.slowest import Statement, slowest
from scripts.benches.stage import say

_MOST = 5
_LETTERS = 400


def statements(bench: Bench) -> Table:
    """The longest statements of each command at the large size, once; their texts are below the table."""
    title = f"statements: {bench.large}, the longest of each command by the server's log"
    if not bench.server.own:
        return Table(title, (), {"none": "a server that was not started for this keeps its log to itself"})
    stage = bench.stage(bench.large)
    lines: list[Line] = []
    texts: dict[str, object] = {}
    for state, steps in STEPS.items():
        stage.guard.become(state)
        for step in steps:
            say(f"statements: {step.name}")
            with bench.server.logging() as log:
                spent = stage.program.run(stage.guard.url, *step.arguments, status=step.status)
            lines.append(Line(f"{step.name}, logged", Sample.of([spent.seconds])))
            found = slowest(log.text(), _MOST)
            lines += _lines(step.name, found)
            texts |= {f"{step.name} {place}": each.text[:_LETTERS] for place, each in enumerate(found, 1)}
    return Table(title, tuple(lines), texts)


def _lines(name: str, found: Sequence[Statement]) -> Iterator[Line]:
    for place, each in enumerate(found, 1):
        yield Line(f"  {name} {place}, {each.runs} x", Sample.of([each.seconds]))

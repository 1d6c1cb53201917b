"""The application's first strategy, a join on name or alias or pattern, on the same restore."""

from __future__ import annotations

from practice_guard.core.database import statement
from scripts.benches.bench import Bench
from scripts.benches.measures import Goal, Line, Sample, Table
from scripts.benches.server import Database
from scripts.benches.stage import IMPORTED, say

_TIMES = 20.0
_KINDS = {"first_strategy": "any league", "first_strategy_in_league": "in its league"}


def strategy(bench: Bench) -> Table:
    """Its seconds beside the guard's, and the rows that each leaves on a wrong team."""
    stage = bench.stage(bench.night)
    ours: list[float] = []
    theirs: dict[str, list[float]] = {kind: [] for kind in _KINDS}
    left: dict[str, tuple[int, int]] = {}
    for run in range(bench.runs):
        say(f"strategy: {run + 1} of {bench.runs}")
        stage.guard.become(IMPORTED)
        ours.append(stage.program.run(stage.guard.url, "restore").seconds)
        for kind, took in theirs.items():
            stage.plain.become(IMPORTED)
            took.append(stage.query(kind))
            left[kind] = _practices(stage.plain)
    restore, goal = Sample.of(ours), Goal(_TIMES, at_least=True)
    rows, wrong = _practices(stage.guard)
    lines = []
    for kind, where in _KINDS.items():
        their_rows, their_wrong = left[kind]
        lines += [
            Line(f"name or alias or pattern, {where}", Sample.of(theirs[kind]), "restore", restore, goal),
            Line("  rows it leaves", _one(their_rows), "restore", _one(rows), unit="rows", compared=False),
            Line("  rows on a wrong team", _one(their_wrong), "restore", _one(wrong), unit="rows", compared=False),
        ]
    return Table(f"strategy: the first strategy's join beside the restore, {bench.night}", tuple(lines))


def _practices(database: Database) -> tuple[int, int]:
    with database.session() as session:
        rows, wrong = session.execute(statement("scripts.benches.plain", "practices"), {}).fetchall()[0]
    return rows, wrong


def _one(value: int) -> Sample:
    return Sample.of([float(value)])

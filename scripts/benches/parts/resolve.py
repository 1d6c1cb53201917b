"""Who is who among as many teams as nobody has yet, without a database."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from scripts.benches.bench import Bench
from scripts.benches.measures import Line, Sample, Table
from scripts.benches.stage import say

_FILE = Path(__file__).parent.parent / "resolving.py"


def resolve(bench: Bench) -> Table:
    """Seconds of each case, those of the processor beside them, and the memory of them all."""
    seconds: dict[str, list[float]] = {}
    processor: dict[str, list[float]] = {}
    megabytes = []
    matched = {}
    for run in range(bench.runs):
        say(f"resolve: {run + 1} of {bench.runs}")
        spent = bench.program.spend(sys.executable, str(_FILE), str(bench.large.teams))
        megabytes.append(spent.megabytes)
        for case in json.loads(spent.output):
            seconds.setdefault(case["what"], []).append(case["seconds"])
            processor.setdefault(case["what"], []).append(case["processor"])
            matched[case["what"]] = case["matched"]
    lines = [
        Line(f"{what}: {matched[what]:,} matched", Sample.of(took), "of CPU", Sample.of(processor[what]))
        for what, took in seconds.items()
    ]
    memory = Line("peak memory, six lists of teams in it", Sample.of(megabytes), unit="MB")
    teams = f"{bench.large.teams:,}"
    return Table(f"resolve: {teams} old teams against {teams} new ones", (*lines, memory))

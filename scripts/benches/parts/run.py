"""The guard in `run`: its own seconds beside an ETL's."""

from __future__ import annotations

import json
import sys

from scripts.benches import league
from scripts.benches.bench import Bench
from scripts.benches.measures import Goal, Line, Sample, Table
from scripts.benches.stage import GUARDED, say

_ETL_SECONDS = 18.0
_PERCENT = 5.0
_IMPORT = """
import os, sys
from pathlib import Path
import psycopg
with psycopg.connect(os.environ["PRACTICE_GUARD_LOCAL_URL"], cursor_factory=psycopg.ClientCursor) as session:
    session.execute(Path(sys.argv[1]).read_text())
"""


def run(bench: Bench) -> Table:
    """The guard's own seconds around an import, as its report has them, in percent of an ETL of 18 s."""
    stage = bench.stage(bench.night)
    statement = bench.program.directory / "import.sql"
    statement.write_text(league.import_text(), encoding="utf-8")
    etl = (sys.executable, "-c", _IMPORT, str(statement))
    percents: list[float] = []
    own: list[float] = []
    phases: dict[str, list[float]] = {}
    for number in range(bench.runs):
        say(f"run: {number + 1} of {bench.runs}")
        stage.guard.become(GUARDED)
        spent = bench.program.run(stage.guard.url, "run", "--json", "--", *etl)
        result = json.loads(spent.output)["result"]
        own.append(result["guard_seconds"])
        percents.append(100 * own[-1] / _ETL_SECONDS)
        for phase in result["phases"]:
            phases.setdefault(phase["name"], []).append(phase["seconds"])
    lines = [
        Line(
            f"the guard, in percent of {_ETL_SECONDS:g} s", Sample.of(percents), goal=Goal(_PERCENT, "value"), unit="%"
        ),
        Line("the guard", Sample.of(own)),
        *(Line(f"  {name}", Sample.of(seconds)) for name, seconds in phases.items()),
    ]
    return Table(f"run: the guard beside an ETL, {bench.night}", tuple(lines))

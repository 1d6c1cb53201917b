"""What the guard costs, beside what plain SQL costs: `scripts/bench [PART …]`."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from scripts.benches import printed
from scripts.benches.bench import Bench
from scripts.benches.league import Size
from scripts.benches.measures import Table
from scripts.benches.parts import PARTS
from scripts.benches.program import Program
from scripts.benches.server import running

NIGHT = (25_110, 930)
"""Practices and teams of the real league in a full season."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure the parts named, or all, and print what came of it."""
    options = _parser().parse_args(arguments)
    parts = [name for name in PARTS if name in options.parts] if options.parts else list(PARTS)
    with running(options.url, options.pg) as server, tempfile.TemporaryDirectory(prefix="bench-") as directory:
        facts = server.facts()
        if not options.json:
            _print(printed.server(facts, options.runs))
        bench = Bench(server, Program(Path(directory), options.limit), _night(options), _large(options), options.runs)
        try:
            tables = {name: _measured(bench, name, quiet=options.json) for name in parts}
        finally:
            bench.clear()
    if options.json:
        document = {
            "schema_version": 1,
            "server": facts,
            "machine": {"cpus": os.cpu_count(), "python": platform.python_version()},
            "runs": options.runs,
            "parts": {name: table.document() for name, table in tables.items()},
        }
        _print(json.dumps(document, indent=2))


def _measured(bench: Bench, name: str, *, quiet: bool) -> Table:
    table = PARTS[name](bench)
    if not quiet:
        for line in printed.table(table):
            _print(line)
    return table


def _large(options: argparse.Namespace) -> Size:
    return Size(options.rows, options.teams, options.players, options.matches)


def _night(options: argparse.Namespace) -> Size:
    rows, teams = NIGHT
    return Size(min(rows, options.rows), min(teams, options.teams), options.players, options.matches)


def _print(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", choices=[[], *PARTS], help=f"{', '.join(PARTS)} (all)")
    parser.add_argument("--rows", type=int, default=1_000_000, help="practices at most (1000000)")
    parser.add_argument("--teams", type=int, default=50_000, help="teams at most (50000)")
    parser.add_argument("--players", type=int, default=11, help="players a team, on average (11)")
    parser.add_argument("--matches", type=int, default=8, help="the ETL's own rows in schedule, a team (8)")
    parser.add_argument("--runs", "--rounds", type=int, default=5, help="how often each thing is measured (5)")
    parser.add_argument("--limit", type=float, default=1800.0, metavar="SECONDS", help="for one command (1800)")
    parser.add_argument("--url", help="a server to use, 15 or newer, as its superuser, instead of one of its own")
    version = int(os.environ.get("PRACTICE_GUARD_TEST_PG", "16"))
    parser.add_argument("--pg", type=int, default=version, help="its own server's version: 16 or 18")
    parser.add_argument("--json", action="store_true", help="one JSON document")
    return parser


if __name__ == "__main__":
    main()

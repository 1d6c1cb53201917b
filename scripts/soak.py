"""Campaigns over thousands of generated worlds, on a PostgreSQL of their own: `scripts/soak [NAME]`."""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import resources

import psycopg
from psycopg import sql

from practice_guard.demo import server
from tests.oracle.comparison import Campaign
from tests.world.builders import ScratchDatabase
from tests.world.hostile.arena import Arena
from tests.world.hostile.houses import HOUSES

SEEDS = 2000
EVERY = 30.0
"""Seconds between two lines that say how far it is."""


@dataclass(frozen=True)
class Part:
    """Which seeds, and how many failures are enough."""

    seeds: range
    failures: int


def soak_plans(part: Part) -> int:
    """Compare plans, row by row, with the oracle's."""
    campaign, failed, told = Campaign(), 0, time.monotonic()
    with _arenas() as arenas:
        for done, seed in enumerate(part.seeds, 1):
            if found := campaign.compare(arenas[seed % len(arenas)], seed):
                failed += 1
                _say(found)
            if failed >= part.failures:
                break
            if time.monotonic() > told + EVERY:
                told = time.monotonic()
                _say(f"{done:,} of {len(part.seeds):,} worlds, {failed} of them with a difference")
    _table("seen", campaign.counted)
    _table("what the guard would not do", campaign.refused, campaign.first)
    _say(f"never seen: {', '.join(campaign.unseen) or 'nothing'}")
    _say(f"{campaign.counted['worlds']:,} worlds, {failed} with a difference")
    return failed


@contextmanager
def _arenas() -> Iterator[list[Arena]]:
    """A database for each house."""
    ddl = resources.files("practice_guard.demo").joinpath("schema.sql").read_bytes()
    with server.running() as running:
        arenas: list[Arena] = []
        for house in HOUSES:
            name = f"soak_{house.name}"
            with psycopg.connect(running.url(), autocommit=True) as connection:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
            database = ScratchDatabase(running.url(name), name, running)
            database.session().execute(ddl)
            arenas.append(Arena(database, house))
        try:
            yield arenas
        finally:
            for arena in arenas:
                arena.close()


def _table(title: str, counted: Counter[str], first: Mapping[str, str] | None = None) -> None:
    _say(f"{title}:")
    for name in sorted(counted):
        _say(f"  {counted[name]:10,}  {name}{f' ({first[name]})' if first else ''}")


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


CAMPAIGNS: dict[str, Callable[[Part], int]] = {"plans": soak_plans}


def main() -> int:
    """Run the campaign named, or all; 1 where one found something."""
    parser = argparse.ArgumentParser(prog="scripts/soak", description=__doc__)
    parser.add_argument("name", nargs="?", choices=sorted(CAMPAIGNS))
    parser.add_argument("--seeds", type=int, default=SEEDS, help=f"how many worlds ({SEEDS})")
    parser.add_argument("--from", type=int, default=0, dest="first", help="the first seed (0)")
    parser.add_argument("--failures", type=int, default=5, help="end after so many differences (5)")
    asked = parser.parse_args()
    part = Part(range(asked.first, asked.first + asked.seeds), asked.failures)
    return min(1, sum(CAMPAIGNS[name](part) for name in ([asked.name] if asked.name else CAMPAIGNS)))


if __name__ == "__main__":
    sys.exit(main())

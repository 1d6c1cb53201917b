"""Benchmarks of the core, each printing a table of its own: `scripts/bench [NAME]`."""

from __future__ import annotations

import argparse
import resource
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from practice_guard.core.identity import Resolution, Witnesses, resolve, with_candidates
from practice_guard.core.model import Rosters, Team

TEAMS = 50_000
SERIES_A_CLUB = 20
PLAYERS_A_TEAM = 8


def bench_resolve() -> None:
    """Resolve 50,000 old teams against 50,000 new ones."""
    _say(f"resolve: {TEAMS:,} old teams against {TEAMS:,} new ones")
    _say(f"{'':48}{'seconds':>8}{'of CPU':>8}{'matched':>10}")
    old = [_team(number) for number in range(TEAMS)]
    same = [replace(team, id=team.id + 7) for team in old]
    relabelled = [
        replace(
            team, name=(team.name or "").replace(" - ", " "), series=(team.series or "").replace("Chicago", "Series")
        )
        for team in same
    ]
    foreign = [
        replace(team, name=f"K{team.name}", club=f"K{team.club}", series=f"Level {number % SERIES_A_CLUB}")
        for number, team in enumerate(same)
    ]
    before, after = _rosters(old), _rosters(same)
    _measure("recreated under new ids", lambda: resolve(old, same))
    _measure("relabelled at once", lambda: resolve(old, relabelled))
    _measure("relabelled, with 8 players a team", lambda: resolve(old, relabelled, witnesses=Witnesses(before, after)))
    _measure("half of them left out, with candidates", lambda: _with_candidates(old, relabelled[: TEAMS // 2]))
    _measure("nobody there under any name, with candidates", lambda: _with_candidates(old, foreign))
    _say(f"  at most {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024:,} MB, six lists of teams included")


def _team(number: int) -> Team:
    club, series = divmod(number, SERIES_A_CLUB)
    return Team(
        number, "APTA_CHICAGO", f"Club {club}", f"Chicago {series}", f"Club {club} - {series}", f"Series {series}"
    )


def _rosters(teams: Sequence[Team]) -> Rosters:
    return {
        team.id: frozenset(f"player-{number * PLAYERS_A_TEAM + place}" for place in range(PLAYERS_A_TEAM))
        for number, team in enumerate(teams)
    }


def _with_candidates(old: Sequence[Team], new: Sequence[Team]) -> Resolution:
    return with_candidates(resolve(old, new), new)


def _measure(what: str, work: Callable[[], Resolution]) -> None:
    started, worked = time.perf_counter(), time.process_time()
    resolution = work()
    seconds, processor = time.perf_counter() - started, time.process_time() - worked
    _say(f"  {what:46}{seconds:8.1f}{processor:8.1f}{len(resolution.heirs):10,}")


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


BENCHES: dict[str, Callable[[], None]] = {"resolve": bench_resolve}


def main() -> None:
    """Run the benchmark named, or all."""
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument("name", nargs="?", choices=sorted(BENCHES))
    name = parser.parse_args().name
    for bench in [name] if name else BENCHES:
        BENCHES[bench]()


if __name__ == "__main__":
    main()

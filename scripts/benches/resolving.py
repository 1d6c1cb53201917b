"""Resolves as many teams as it is told to, in several ways, and prints what each took as JSON."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from practice_guard.core.identity import Resolution, Witnesses, resolve, with_candidates
from practice_guard.core.model import Rosters, Team

SERIES_A_CLUB = 20
PLAYERS_A_TEAM = 8


def cases(teams: int) -> list[dict[str, object]]:
    """Resolve so many old teams against as many new ones."""
    old = [_team(number) for number in range(teams)]
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
    return [
        _measure("recreated under new ids", lambda: resolve(old, same)),
        _measure("relabelled at once", lambda: resolve(old, relabelled)),
        _measure("with 8 players a team", lambda: resolve(old, relabelled, witnesses=Witnesses(before, after))),
        _measure("half left out", lambda: _with_candidates(old, relabelled[: teams // 2])),
        _measure("nobody there", lambda: _with_candidates(old, foreign)),
    ]


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


def _measure(what: str, work: Callable[[], Resolution]) -> dict[str, object]:
    started, worked = time.perf_counter(), time.process_time()
    resolution = work()
    seconds, processor = time.perf_counter() - started, time.process_time() - worked
    return {"what": what, "seconds": seconds, "processor": processor, "matched": len(resolution.heirs)}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(cases(int(sys.argv[1]))))

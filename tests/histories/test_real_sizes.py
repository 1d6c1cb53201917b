"""The leagues of the demo, at their real size: series left out on either side, and a season's relabelling."""

from __future__ import annotations

from random import Random

from practice_guard.core.identity import Resolution, resolve
from practice_guard.core.model import Team
from practice_guard.demo import league, source
from practice_guard.demo.source import Source, SourceTeam

WORLD = league.build(league.REAL, seed=1)
PAIRS = 400


def listed(teams: Source, chance: Random) -> tuple[list[Team], dict[int, str]]:
    """The team list that an import makes, and, hidden from the program, the true team behind each id."""
    kept = source.named(teams.teams)
    ids = chance.sample(range(1, 5000), len(kept))
    made = [
        Team(id_, team.league, team.club, team.series, name, team.alias)
        for id_, (team, name) in zip(ids, kept, strict=True)
    ]
    return made, {id_: team.key for id_, (team, _) in zip(ids, kept, strict=True)}


def wrong(resolution: Resolution, before: dict[int, str], now: dict[int, str]) -> list[str]:
    """The matches with another true team."""
    return [f"{before[old]} -> {now[new]}" for old, new in resolution.heirs.items() if before[old] != now[new]]


def some_series_left_out(chance: Random) -> Source:
    series = sorted({(team.league, team.series) for team in WORLD.source.teams})
    gone = set(chance.sample(series, chance.randint(1, len(series) // 2)))

    def is_there(team: SourceTeam) -> bool:
        return (team.league, team.series) not in gone

    return WORLD.source.keeping(is_there)


def test_four_hundred_pairs_of_imports_that_left_out_series() -> None:
    matched = needless = waiting = 0
    for seed in range(PAIRS):
        chance = Random(seed)
        (old, before), (new, now) = (listed(some_series_left_out(chance), chance) for _ in range(2))
        resolution = resolve(old, new)
        assert not wrong(resolution, before, now)
        there = set(now.values())
        matched += len(resolution.heirs)
        waiting += sum(match.new is None for match in resolution.matches.values())
        needless += sum(match.new is None and before[id_] in there for id_, match in resolution.matches.items())
    print(f"\n{PAIRS} pairs: {matched} matched, none wrong, {waiting} waiting, {needless} of them needlessly")
    assert waiting > 10_000
    assert needless < 0.015 * matched, "bare names that moved to another series, of which the demo has many"


def test_a_season_is_relabelled_but_for_twins() -> None:
    """Of two teams that differ only in the case of their club, and whose labels all change, neither is taken."""
    chance = Random(1)
    old, before = listed(WORLD.source, chance)
    new, now = listed(source.relabelled_source(WORLD.source), chance)
    resolution = resolve(old, new)
    assert not wrong(resolution, before, now)
    waiting = [match.old for match in resolution.matches.values() if match.new is None]
    assert {(team.club or "").casefold() for team in waiting} <= {"park ridge cc"}
    assert len(resolution.heirs) == len(old) - len(waiting) > 900

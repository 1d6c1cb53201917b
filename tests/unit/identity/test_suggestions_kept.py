"""A suggestion is kept: pasted, it settles as many teams as it said, and changes no match that it did not tell of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from random import Random

import pytest

from practice_guard.core import toml
from practice_guard.core.application import leagues
from practice_guard.core.identity import Habits, Witnesses, resolve, suggest
from practice_guard.core.model import Team
from tests.world import operations
from tests.world.generate import history

SEEDS = 12


def as_they_are(teams: Sequence[Team]) -> Sequence[Team]:
    return teams


def in_levels(teams: Sequence[Team]) -> Sequence[Team]:
    return [replace(team, series=f"Level {str(team.series).rpartition(' ')[2]}") for team in teams]


def of_parks(teams: Sequence[Team]) -> Sequence[Team]:
    return [
        replace(team, club=f"{team.club} Park", name=str(team.name).replace(str(team.club), f"{team.club} Park"))
        for team in teams
    ]


def under_other_codes(teams: Sequence[Team]) -> Sequence[Team]:
    return [replace(team, league=f"{team.league} OF THE LAKES") for team in teams]


@pytest.mark.parametrize("respelt", [as_they_are, in_levels, of_parks, under_other_codes])
def test_what_a_suggestion_says_comes_true(respelt: Callable[[Sequence[Team]], Sequence[Team]]) -> None:
    suggestions = 0
    for seed in range(SEEDS):
        lived = history(Random(seed), operations.ORDINARY, between=3)
        for old, imported in lived.pairs():
            new = respelt(imported.teams)
            witnesses = Witnesses(old.rosters, imported.rosters) if seed % 3 else None
            before = resolve(old.teams, new, witnesses=witnesses).heirs
            for each in suggest(old.teams, new, Habits(), witnesses):
                suggestions += 1
                said = toml.parse(each.section, "")["league"]
                habits = leagues.read("", toml.Lines(each.section), said).habits
                after = resolve(old.teams, new, witnesses=witnesses, habits=habits).heirs
                assert len(after.keys() - before.keys()) == each.settled, (seed, each)
                changed = sum(after.get(at) != heir for at, heir in before.items())
                assert (f"{changed} match" in each.against[0]) == (changed > 0), (seed, each)
    assert suggestions > SEEDS or respelt is as_they_are

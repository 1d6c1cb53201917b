"""The program's plans are the judge's, row by row, in worlds in which imports, users and vandals have been at work.

`scripts/soak plans` compares thousands of them; the same seed is the same world there.
"""

from __future__ import annotations

import pytest

from tests.oracle import pairing
from tests.oracle.comparison import Campaign
from tests.world.builders import ScratchDatabase
from tests.world.hostile.arena import Arena
from tests.world.hostile.houses import HOUSES, House
from tests.world.planting import Bug, planted

WORLDS = 154


@pytest.mark.parametrize("house", HOUSES, ids=lambda house: house.name)
def test_every_row_is_planned_as_the_judge_says(database: ScratchDatabase, house: House) -> None:
    arena, campaign = Arena(database, house), Campaign()
    for seed in range(HOUSES.index(house), WORLDS, len(HOUSES)):
        found = campaign.compare(arena, seed)
        assert not found, found
    assert campaign.counted["rows"] > WORLDS
    arena.close()


def nothing() -> None:
    """The comparison itself must notice."""


BUGS = [
    Bug(
        "rows adrift choose before own keys",
        pairing,
        "known = {each.key for each in own.values()}",
        "known = set()",
        nothing,
    ),
]


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.name)
def test_a_judge_of_another_mind_is_heard(database: ScratchDatabase, bug: Bug) -> None:
    arena, campaign = Arena(database, HOUSES[0]), Campaign()
    with planted(bug):
        assert any(campaign.compare(arena, seed) for seed in range(0, 3 * WORLDS, len(HOUSES)))
    arena.close()

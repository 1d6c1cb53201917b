"""The program's plans are the judge's, row by row, in worlds in which imports, users and vandals have been at work.

`scripts/soak plans` compares thousands of them; the same seed is the same world there.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from types import ModuleType

import pytest

from practice_guard.core.database import Access
from tests.oracle import collisions, goals, pairing, planning
from tests.oracle.comparison import Campaign
from tests.world.builders import ScratchDatabase
from tests.world.hostile.arena import Arena
from tests.world.hostile.houses import HOUSES, House
from tests.world.planting import Bug, planted

WORLDS = 105
CHAINED = 21
ONCE_ANOTHER = (1353, 1426)
"""Worlds of a campaign in which a row without a time, on its old id, was taken for one that has a time."""


@contextmanager
def arena_of(database: ScratchDatabase, seed: int) -> Iterator[Arena]:
    """Where the world of a seed is played."""
    arena = Arena(database, HOUSES[seed % len(HOUSES)])
    with closing(arena):
        yield arena


@pytest.mark.parametrize("house", HOUSES, ids=lambda house: house.name)
@pytest.mark.parametrize(
    ("access", "worlds", "least"),
    [
        pytest.param(Access.PLAN, WORLDS, 100, id="in tables of its own"),
        pytest.param(Access.READ, CHAINED, 20, id="in one question, as on a standby"),
    ],
)
def test_every_row_is_planned_as_the_judge_says(
    database: ScratchDatabase, house: House, access: Access, worlds: int, least: int
) -> None:
    seeds, campaign = range(HOUSES.index(house), worlds, len(HOUSES)), Campaign(access=access)
    with arena_of(database, seeds[0]) as arena:
        for seed in seeds:
            found = campaign.compare(arena, seed)
            assert not found, found
    assert campaign.counted["rows"] > least * len(seeds), "worlds with nothing in them say nothing"
    assert access is not Access.PLAN or campaign.counted["bare sets"], "none that an import had emptied"


@pytest.mark.parametrize("seed", ONCE_ANOTHER)
def test_rows_that_both_have_no_time_are_of_one_time(database: ScratchDatabase, seed: int) -> None:
    with arena_of(database, seed) as arena:
        found = Campaign().compare(arena, seed)
        assert not found, found


def unnoticed() -> None:
    """What notices is the comparison itself, and not another test."""


def mistake(name: str, module: ModuleType, right: str, wrong: str) -> Bug:
    return Bug(name, module, right, wrong, unnoticed)


MISTAKES = (
    (1, mistake("what users deleted is not known", planning, "            proven,", "            frozenset(),")),
    (16, mistake("a weaker evidence first", pairing, "_Round(True, False), _Round(False, True, True),",
                "_Round(False, True, True), _Round(True, False),")),
    (10, mistake("the time does not order", pairing, 'return (each.created or "", int', 'return ("", int')),
    (7, mistake("another bucket", pairing, "Bucket.EDITED if edited else Bucket.RELINK, goal.id",
                "Bucket.RELINK, goal.id")),
    (13, mistake("own rows do not stand back", pairing, "sorted(waiting(), key=lambda row: row.row in own), strangers",
                "waiting(), strangers")),
    (12, mistake("where a restore put a row", pairing, "in (row.refs[0][1], rules.put.get(live.key))",
                 "in (row.refs[0][1],)")),
    (4, mistake("a parent under a new key", goals, "NewKey.of(row.row) if row.new_key else int(row.key)",
                 "int(row.key)")),
    (7, mistake("the last of two goes first", collisions, "if each.row > min(each.mates, default=each.row)]",
                "if each.row < max(each.mates, default=each.row)]")),
    (97, mistake("the key that a restore gave", pairing, "{row.row: row.key for row in rows}, rules.renumbered):",
                 "{row.row: row.key for row in rows},):")),
)  # fmt: skip
"""Mistakes of a judge, each with a world in which it shows."""


@pytest.mark.parametrize(("seed", "bug"), [pytest.param(*each, id=each[1].name) for each in MISTAKES])
def test_another_mind_is_noticed(database: ScratchDatabase, seed: int, bug: Bug) -> None:
    with arena_of(database, seed) as arena:
        assert not Campaign().compare(arena, seed)
        with planted(bug):
            assert Campaign().compare(arena, seed)

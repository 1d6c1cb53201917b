"""Where there is no snapshot nobody knows what was lost or moved, and the verdict says so."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.world import around
from tests.world.builders import League, ScratchDatabase
from tests.world.seasons import two_neighbours

NOT_COMPARED = "what was lost or moved nobody can say: there is no snapshot to compare with"


@pytest.fixture
def unguarded(league: League, database: ScratchDatabase, place: Path) -> ScratchDatabase:
    two_neighbours(league)
    return database


def test_the_verdict_says_that_nothing_was_compared(unguarded: ScratchDatabase) -> None:
    said = around.says("health")
    assert said.status == 0
    assert said.document["verdict"] == f"No row is without a team, score 99: {NOT_COMPARED}."


def test_the_verdict_says_that_only_a_number_was_compared(unguarded: ScratchDatabase) -> None:
    said = around.says("health", "--baseline", "4")
    assert said.status == 0
    assert "only the number of practices was compared, with 4: what else" in said.document["verdict"]


def test_a_refusal_says_that_nothing_was_compared(unguarded: ScratchDatabase) -> None:
    said = around.says("health", "--fail-on", "warning")
    assert said.status == 3
    assert "each on its team once" not in said.document["verdict"]


@pytest.mark.parametrize("options", [(), ("--baseline", "4")])
def test_labels_are_checked_all_the_same(unguarded: ScratchDatabase, options: tuple[str, ...]) -> None:
    unguarded.rows("UPDATE schedule SET home_team_id = (SELECT max(id) FROM teams)")
    said = around.says("health", *options)
    assert said.status == 3
    assert said.errors() == {"label-names-another-team"}
    assert "2 rows of practices labelled with the name of another team" in said.document["verdict"]
    assert "nobody can say" in said.document["verdict"]


def test_with_a_snapshot_nothing_is_unknown(unguarded: ScratchDatabase) -> None:
    around.says("backup")
    assert around.says("health").document["verdict"].endswith("each on its team once.")

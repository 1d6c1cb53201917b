"""The ETL's tables and the protected rows as they were, whatever an import has done since."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.world import builders
from tests.world.builders import ScratchDatabase
from tests.world.rolling_back import Season

Import = Callable[[ScratchDatabase], None]
IMPORTS: dict[str, Import] = {
    "recreates everything": builders.the_etl_recreates_everything,
    "keeps ids": builders.the_etl_keeps_ids,
    "recycles ids": builders.the_etl_recycles_ids,
    "sets NULL": builders.the_etl_leaves_practices_without_team,
    "leaves old ids": builders.the_etl_leaves_practices_on_old_ids,
    "relabels the season": builders.the_etl_relabels_the_season,
    "fails half-way": builders.the_etl_fails_half_way,
    "empties everything": builders.the_etl_empties_everything,
    "lacks a league": lambda database: builders.the_etl_lacks_league(database, "NSTF"),
    "lacks a series": lambda database: builders.the_etl_lacks_series(database, "Chicago 22"),
}


@pytest.mark.parametrize("owner", [False, True], ids=["a superuser", "an owner"])
@pytest.mark.parametrize("name", IMPORTS)
def test_every_row_of_every_table_is_as_it_was(role: str, season: Season, name: str, owner: bool) -> None:
    if owner:
        season.is_seen_by(role)
    season.is_kept_in_full()
    before = season.rows
    IMPORTS[name](season.database)
    assert season.rows != before
    done = season.goes_back()
    assert season.rows == before
    assert done.plan.counts()["pending"] == 0
    assert season.guard.judges_health().total.orphaned == 0

"""What is reported after the ETL is what is true after it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.world import around, builders
from tests.world.builders import League, ScratchDatabase, practices_by_natural_key
from tests.world.seasons import two_teams


@pytest.mark.parametrize("comes_back", [True, False])
def test_rows_that_waited_before_the_etl_are_told_only_if_they_still_wait(
    league: League, database: ScratchDatabase, place: Path, comes_back: bool
) -> None:
    two_teams(league)
    before = practices_by_natural_key(database)
    assert around.says("backup").status == 0
    builders.the_etl_lacks_series(database, "Series H(2)")
    around.says("restore", "--yes")
    assert "rows-pending" in around.says("validate-safety").codes

    if comes_back:
        back = (
            "INSERT INTO teams (club_id, series_id, league_id, team_name, display_name) SELECT c.id, s.id, l.id,"
            " 'Wilmette H(2)', 'Wilmette H(2)' FROM clubs c, series s, leagues l WHERE c.name = 'Wilmette'"
            " AND s.name = 'Series H(2)' AND l.league_id = 'CNSWPL'"
        )
        missing = (
            "INSERT INTO clubs (name) SELECT 'Wilmette' WHERE NOT EXISTS (SELECT FROM clubs WHERE name = 'Wilmette')",
            (
                "INSERT INTO series (name, display_name) SELECT 'Series H(2)', 'Series H(2)'"
                " WHERE NOT EXISTS (SELECT FROM series WHERE name = 'Series H(2)')"
            ),
            (
                "INSERT INTO leagues (league_id, league_name) SELECT 'CNSWPL', 'CNSWPL'"
                " WHERE NOT EXISTS (SELECT FROM leagues WHERE league_id = 'CNSWPL')"
            ),
        )
        done = around.runs_around(around.an_import(database.url, *missing, back))
    else:
        done = around.runs_around(around.an_import(database.url, *around.NOTHING_IS_NEW))

    assert (practices_by_natural_key(database) == before) is comes_back
    assert ("rows-pending" in done.codes) is not comes_back

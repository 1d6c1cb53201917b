"""What hangs on teams by two columns and goes with them comes back, every row of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.world import around
from tests.world.builders import League, ScratchDatabase

DECLARED = '[[protected]]\nname = "gear"\ntable = "gear"\nteams = ["team_id"]\nleagues = ["league_id"]\n'
ONE_LEAGUE_ANEW = (
    (
        "CREATE TEMP TABLE imported AS SELECT t.* FROM teams t JOIN leagues l ON l.id = t.league_id"
        " WHERE l.league_id = 'CNSWPL'"
    ),
    "DELETE FROM teams WHERE id IN (SELECT id FROM imported)",
    (
        "INSERT INTO teams (club_id, series_id, league_id, team_name, display_name)"
        " SELECT club_id, series_id, league_id, team_name, display_name FROM imported"
    ),
)
GEAR = (
    "SELECT t.team_name, l.league_id, x.kind FROM gear x LEFT JOIN teams t ON t.id = x.team_id"
    " LEFT JOIN leagues l ON l.id = x.league_id ORDER BY 1, 2, 3"
)


@pytest.fixture
def gear(league: League, database: ScratchDatabase, place: Path) -> ScratchDatabase:
    """Three teams of two leagues with two nets each."""
    database.rows("ALTER TABLE teams ADD UNIQUE (id, league_id)")
    database.rows(
        "CREATE TABLE gear (id serial PRIMARY KEY, team_id int, league_id int, kind text,"
        " FOREIGN KEY (team_id, league_id) REFERENCES teams (id, league_id) ON DELETE CASCADE)"
    )
    for club, code in (("Tennaqua", "APTA_CHICAGO"), ("Wilmette", "APTA_CHICAGO"), ("Midtown", "CNSWPL")):
        league.has_team(club=club, league=code)
    database.rows(
        "INSERT INTO gear (team_id, league_id, kind) SELECT id, league_id, k FROM teams, unnest('{a,b}'::text[]) k"
    )
    (place / "practice_guard.toml").write_text(DECLARED)
    return database


def test_rows_that_went_with_one_leagues_teams_come_back_by_run(
    gear: ScratchDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PRACTICE_GUARD_SEVERITIES", '{"foreign-key-cascades": "warning"}')
    before = gear.rows(GEAR)
    done = around.runs_around(around.an_import(gear.url, *ONE_LEAGUE_ANEW))
    assert gear.rows(GEAR) == before
    assert (len(before), done.status, done.errors()) == (6, 0, set())


def test_rows_that_went_with_one_leagues_teams_come_back_by_commands(gear: ScratchDatabase) -> None:
    before = gear.rows(GEAR)
    assert around.says("backup").status == 0
    for each in ONE_LEAGUE_ANEW:
        gear.rows(each)
    assert gear.count("gear") == 4
    assert around.says("health").status == 3
    assert around.says("restore", "--yes").status == 0
    assert gear.rows(GEAR) == before
    assert around.says("health").status == 0


def test_a_row_that_a_person_deletes_stays_deleted(gear: ScratchDatabase) -> None:
    assert around.says("backup").status == 0
    gear.rows("DELETE FROM gear WHERE id = 6")
    assert around.says("restore", "--yes").status == 0
    assert gear.count("gear") == 5

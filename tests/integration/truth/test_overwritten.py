"""An import that writes one league into all rows: each goes back to its own, none of the snapshot included."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.world import around, builders
from tests.world.builders import League, Row, ScratchDatabase
from tests.world.guarding import Guard

CODES = ("APTA_CHICAGO", "CNSWPL", "NSTF")
FIRST_LEAGUE = "UPDATE schedule SET league_id = (SELECT min(id) FROM leagues)"


@pytest.fixture
def guarded(league: League, database: ScratchDatabase) -> Guard:
    """A team of each of three leagues with practices, one of which says no league."""
    for number, code in enumerate(CODES):
        team = league.has_team(club=f"Club {number}", series=f"Chicago {number}", league=code)
        league.captain_schedules_practices(team, 5)
        league.captain_schedules_practice(team, builders.MONDAY.replace(month=9), with_league=False)
    guard = Guard(database)
    guard.has_backed_up()
    return guard


def leagues(database: ScratchDatabase) -> Counter[Row]:
    return Counter(
        database.rows(
            "SELECT x.home_team, x.match_date, l.league_id FROM schedule x LEFT JOIN leagues l ON l.id = x.league_id"
        )
    )


def but_right_by_their_team(before: Counter[Row], written: str) -> Counter[Row]:
    """Rows that said no league, where what the import wrote is the league of their team."""
    club = f"Club {CODES.index(written)} "
    return Counter(
        {
            (label, date, written if code is None and label.startswith(club) else code): count
            for (label, date, code), count in before.items()
        }
    )


def an_import_writes_over_the_leagues(database: ScratchDatabase) -> str:
    """The code of the league that it wrote into all rows."""
    database.rows("SET session_replication_role = replica")
    database.rows(FIRST_LEAGUE)
    database.rows("RESET session_replication_role")
    return str(database.value("SELECT league_id FROM leagues ORDER BY id LIMIT 1"))


@pytest.mark.parametrize("habit", ["dangling", "dangling recycle", "dangling upsert"])
def test_an_overwritten_league_goes_back_after_an_import(guarded: Guard, database: ScratchDatabase, habit: str) -> None:
    before = leagues(database)
    builders.the_etl_runs(database, *habit.split())
    written = an_import_writes_over_the_leagues(database)
    assert len({code for _, _, code in leagues(database)}) == 1

    guarded.restores()

    assert leagues(database) == but_right_by_their_team(before, written)
    assert sum(count for row, count in leagues(database).items() if row[2] is None) == 2
    assert guarded.judges_health().besides == ()


@pytest.mark.usefixtures("place")
def test_a_run_puts_back_the_league_that_its_import_overwrote(guarded: Guard, database: ScratchDatabase) -> None:
    before = leagues(database)
    done = around.runs_around(around.an_import(database.url, *around.NOTHING_IS_NEW, FIRST_LEAGUE))
    written = str(database.value("SELECT league_id FROM leagues ORDER BY id LIMIT 1"))
    assert leagues(database) == but_right_by_their_team(before, written)
    assert (done.status, done.errors()) == (0, set())


def test_a_league_that_is_right_by_the_rows_team_is_left(guarded: Guard, database: ScratchDatabase) -> None:
    """The league of a row that said none, or another one than its team's, was put right by somebody."""
    database.rows("UPDATE schedule AS x SET league_id = t.league_id FROM teams AS t WHERE t.id = x.home_team_id")
    after = leagues(database)
    guarded.restores()
    assert leagues(database) == after

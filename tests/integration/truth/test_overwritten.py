"""An import that writes one league into all rows: each goes back to its own, none of the snapshot included."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.world import around, builders
from tests.world.builders import League, Row, ScratchDatabase
from tests.world.damage.country import SETS
from tests.world.guarding import Guard
from tests.world.lineups import KINDS, Kind, each_practice_has_a_lineup, somebody_declares_lineups

CODES = ("APTA_CHICAGO", "CNSWPL", "NSTF")
FIRST_LEAGUE = "UPDATE {} SET league_id = (SELECT min(id) FROM leagues)"
KIND = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)


@pytest.fixture
def guarded(league: League, database: ScratchDatabase) -> Guard:
    """A team of each of three leagues with practices and as many lineups, one of each says no league."""
    for number, code in enumerate(CODES):
        team = league.has_team(club=f"Club {number}", series=f"Chicago {number}", league=code)
        league.captain_schedules_practices(team, 5)
        league.captain_schedules_practice(team, builders.MONDAY.replace(month=9), with_league=False)
    each_practice_has_a_lineup(database)
    guard = Guard(database, SETS)
    guard.has_backed_up()
    return guard


def leagues(database: ScratchDatabase, kind: Kind) -> Counter[Row]:
    """The league that each row says, beside what else it says and its id."""
    return Counter(
        database.rows(
            f"SELECT x.{kind.says}, x.id, l.league_id FROM {kind.table} x LEFT JOIN leagues l ON l.id = x.league_id"
        )
    )


def but_right_by_their_team(before: Counter[Row], written: str) -> Counter[Row]:
    """Rows that said no league, where what the import wrote is the league of their team."""
    club = f"Club {CODES.index(written)} "
    return Counter(
        {
            (label, row, written if code is None and label.startswith(club) else code): count
            for (label, row, code), count in before.items()
        }
    )


def an_import_writes_over_the_leagues(database: ScratchDatabase, kind: Kind) -> str:
    """The code of the league that it wrote into all rows."""
    database.rows("SET session_replication_role = replica")
    database.rows(FIRST_LEAGUE.format(kind.table))
    database.rows("RESET session_replication_role")
    return str(database.value("SELECT league_id FROM leagues ORDER BY id LIMIT 1"))


@KIND
@pytest.mark.parametrize("habit", ["dangling", "dangling recycle", "dangling upsert"])
def test_an_overwritten_league_goes_back_after_an_import(
    guarded: Guard, database: ScratchDatabase, habit: str, kind: Kind
) -> None:
    before = leagues(database, kind)
    builders.the_etl_runs(database, *habit.split())
    written = an_import_writes_over_the_leagues(database, kind)
    assert len({code for _, _, code in leagues(database, kind)}) == 1

    guarded.restores()

    assert leagues(database, kind) == but_right_by_their_team(before, written)
    assert sum(count for row, count in leagues(database, kind).items() if row[2] is None) == 2
    assert guarded.judges_health().besides == ()


@KIND
def test_a_run_puts_back_the_league_that_its_import_overwrote(
    guarded: Guard, database: ScratchDatabase, place: Path, kind: Kind
) -> None:
    somebody_declares_lineups(place)
    before = leagues(database, kind)
    statements = (*around.NOTHING_IS_NEW, FIRST_LEAGUE.format(kind.table))
    done = around.runs_around(around.an_import(database.url, *statements))
    written = str(database.value("SELECT league_id FROM leagues ORDER BY id LIMIT 1"))
    assert leagues(database, kind) == but_right_by_their_team(before, written)
    assert (done.status, done.errors()) == (0, set())


@KIND
def test_a_league_that_is_right_by_the_rows_team_is_left(guarded: Guard, database: ScratchDatabase, kind: Kind) -> None:
    """The league of a row that said none, or another one than its team's, was put right by somebody."""
    before = leagues(database, kind)
    database.rows(f"UPDATE {kind.table} AS x SET league_id = t.league_id FROM teams AS t WHERE t.id = x.{kind.team}")
    after = leagues(database, kind)
    assert after != before
    guarded.restores()
    assert leagues(database, kind) == after


@KIND
@pytest.mark.parametrize("row", [1, 7])
def test_a_row_that_a_user_moved_stays_when_only_its_league_goes_back(
    guarded: Guard, database: ScratchDatabase, row: int, kind: Kind
) -> None:
    """A restore that corrected its league has not put it on its team, and twice is as once."""
    table, team = kind.table, kind.team
    another = f"SELECT max(id) FROM teams WHERE id <> {team}"
    database.rows(f"UPDATE {table} SET {team} = ({another}) WHERE id = %(row)s", row=row)
    there = database.rows(f"SELECT id, {team} FROM {table} ORDER BY id")
    an_import_writes_over_the_leagues(database, kind)
    for _ in range(2):
        guarded.restores()
        assert database.rows(f"SELECT id, {team} FROM {table} ORDER BY id") == there
        assert not [each for each in guarded.plans_rows() if each.writes]
        assert guarded.judges_health().total.moved == guarded.judges_health().sets[kind.name].moved == 1

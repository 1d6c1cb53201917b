"""An ETL that ended well and did nothing here has imported into another database, or only ordered an import."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.world import around
from tests.world.builders import League, ScratchDatabase
from tests.world.seasons import two_teams

READS_ITS_URL = (
    "import os, psycopg; psycopg.connect(os.environ['DATABASE_URL']).execute(\"SELECT nextval('teams_id_seq')\")"
)


@pytest.fixture
def guarded(league: League, database: ScratchDatabase, place: Path) -> ScratchDatabase:
    two_teams(league)
    return database


def test_an_etl_that_wrote_into_another_database_is_not_well(
    guarded: ScratchDatabase, make_database: Callable[[], ScratchDatabase]
) -> None:
    other = make_database()
    league = League(other)
    two_teams(league)
    done = around.runs_around(around.an_import(other.url, *around.THE_TEAMS_ARE_NEW))
    assert done.status == 3
    assert done.errors() == {"import-not-seen"}
    assert "The ETL went well" not in done.document["verdict"]


def test_a_command_that_only_orders_an_import_is_not_well(guarded: ScratchDatabase) -> None:
    done = around.runs_around([sys.executable, "-c", "print('ordered')"])
    assert (done.status, done.errors()) == (3, {"import-not-seen"})


IMPORTS = {
    "new ids": around.THE_TEAMS_ARE_NEW,
    "everything as it is": around.NOTHING_IS_NEW,
    "one name": ("UPDATE teams SET team_alias = 'Another' WHERE id = (SELECT min(id) FROM teams)",),
    "an upsert that changes nothing": (
        (
            "INSERT INTO leagues (league_id, league_name) SELECT league_id, league_name FROM leagues"
            " ON CONFLICT (league_id) DO NOTHING"
        ),
    ),
}


@pytest.mark.parametrize("kind", IMPORTS)
def test_an_import_that_writes_or_numbers_anything_is_seen(guarded: ScratchDatabase, kind: str) -> None:
    done = around.runs_around(around.an_import(guarded.url, *IMPORTS[kind]))
    assert (done.status, "import-not-seen" in done.codes) == (0, False)


def test_what_users_write_meanwhile_is_no_import(guarded: ScratchDatabase) -> None:
    statement = "UPDATE users SET email = 'another@example.org'"
    done = around.runs_around(around.an_import(guarded.url, statement))
    assert "import-not-seen" in done.errors()


A_CAPTAIN_WRITES = {
    "a new practice": (
        "INSERT INTO schedule (match_date, match_time, home_team, away_team, location, league_id, home_team_id)"
        " SELECT match_date + 7, match_time, home_team, away_team, location, league_id, home_team_id FROM schedule"
        " ORDER BY id LIMIT 1"
    ),
    "a practice on another day": (
        "UPDATE schedule SET match_date = match_date + 1 WHERE id = (SELECT min(id) FROM schedule)"
    ),
}


@pytest.mark.parametrize("kind", A_CAPTAIN_WRITES)
def test_what_a_captain_writes_meanwhile_is_no_import(guarded: ScratchDatabase, kind: str) -> None:
    done = around.runs_around(around.an_import(guarded.url, A_CAPTAIN_WRITES[kind]))
    assert "import-not-seen" in done.errors()


def test_a_match_of_the_table_that_captains_share_is_an_import(guarded: ScratchDatabase) -> None:
    statement = (
        "INSERT INTO schedule (id, match_date, home_team, away_team, home_team_id, away_team_id)"
        " SELECT 999999, '2026-03-02', 'Tennaqua - 22', 'Wilmette H(2)', min(id), max(id) FROM teams"
    )
    done = around.runs_around(around.an_import(guarded.url, statement))
    assert (done.status, "import-not-seen" in done.codes) == (0, False)


def test_a_failing_etl_is_not_said_to_have_imported_elsewhere(guarded: ScratchDatabase) -> None:
    done = around.runs_around([sys.executable, "-c", "raise SystemExit(7)"])
    assert done.status != 0
    assert "import-not-seen" not in done.codes


def test_the_settings_lower_it(guarded: ScratchDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRACTICE_GUARD_SEVERITIES", '{"import-not-seen": "warning"}')
    done = around.runs_around([sys.executable, "-c", "pass"])
    assert (done.status, done.errors()) == (0, set())
    assert "import-not-seen" in done.codes


def test_the_etl_is_given_the_guards_own_url(guarded: ScratchDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nowhere")
    etl = [sys.executable, "-c", READS_ITS_URL]
    assert around.runs_around(etl).status != 0
    done = around.runs_around(etl, "--etl-url-env", "DATABASE_URL")
    assert (done.status, "import-not-seen" in done.codes) == (0, False)

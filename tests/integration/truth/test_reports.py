"""What is reported after the ETL is what is true after it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.world import around, builders
from tests.world.backing_up import has_lost_a_row_since_an_earlier_version
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


EACH_ONCE = "on their teams, each once"


@pytest.fixture
def backed_up(league: League, place: Path) -> None:
    two_teams(league)
    assert around.says("backup").status == 0


@pytest.mark.parametrize(
    ("by_the_import", "says"),
    [
        ((), EACH_ONCE),
        (("UPDATE schedule SET location = 'Somewhere' WHERE id = 1",), "1 edited since"),
        (
            (
                "CREATE TABLE notes (id serial PRIMARY KEY, team_id int REFERENCES teams)",
                "INSERT INTO notes (team_id) SELECT id FROM teams",
            ),
            "1 column is not followed (notes.team_id)",
        ),
    ],
    ids=["nothing", "an edit", "a column that nobody follows"],
)
@pytest.mark.usefixtures("backed_up")
def test_the_last_line_of_a_run_says_what_health_would_say(
    database: ScratchDatabase, by_the_import: tuple[str, ...], says: str
) -> None:
    done = around.runs_around(around.an_import(database.url, *around.NOTHING_IS_NEW, *by_the_import))
    assert done.status == 0
    assert says in done.document["verdict"]
    assert (EACH_ONCE in done.document["verdict"]) == (says == EACH_ONCE)


@pytest.mark.parametrize("amiss", [0, 1])
@pytest.mark.usefixtures("backed_up")
def test_what_is_to_be_said_besides_is_said_of_rows_that_wait_or_are_amiss_too(
    database: ScratchDatabase, amiss: int
) -> None:
    builders.the_etl_lacks_series(database, "Series H(2)")
    assert around.says("restore", "--yes").status == 4
    database.rows("UPDATE schedule SET location = 'Somewhere' WHERE id = 1")
    if amiss:
        database.rows("UPDATE schedule SET home_team_id = NULL, league_id = NULL WHERE id = 2")
    said = around.says("health").document["verdict"]
    assert ("1 row amiss" if amiss else "nothing is wrong, but 1 row waits") in said
    assert "1 edited since" in said
    assert EACH_ONCE not in said


@pytest.mark.parametrize("command", ["run", "health"])
@pytest.mark.usefixtures("backed_up")
def test_rows_of_which_nobody_knows_who_took_them_are_missed_until_a_person_says_otherwise(
    database: ScratchDatabase, command: str
) -> None:
    """A snapshot of an earlier version says nothing of what its database looked like."""
    snapshot = has_lost_a_row_since_an_earlier_version(database)

    for _ in range(2):
        if command == "run":
            done = around.runs_around(around.an_import(database.url, *around.NOTHING_IS_NEW))
        else:
            assert around.says("backup").status == 0
            done = around.says("health")
        assert done.status == 0
        assert f"rows of snapshot {snapshot} are not there" in done.document["verdict"]
        assert EACH_ONCE not in done.document["verdict"]

    assert around.says("backup", "--accept-current").status == 0
    assert snapshot not in around.says("health").document["verdict"]


IMPORTS = {"new ids": around.THE_TEAMS_ARE_NEW, "everything as it is": around.NOTHING_IS_NEW}
MOVES_A_MESSAGE = "UPDATE captain_messages SET team_id = (SELECT max(id) FROM teams) WHERE message = 'Bring balls'"
SO_BEFORE = {
    "unprotected-table": "INSERT INTO activity_log (team_id, action_type) SELECT id, 'login' FROM teams",
    "foreign-key-missing": "ALTER TABLE polls DROP CONSTRAINT IF EXISTS polls_team_id_fkey",
    "rows-moved": MOVES_A_MESSAGE,
    "foreign-key-cascades": (
        "ALTER TABLE captain_messages ADD FOREIGN KEY (team_id) REFERENCES teams (id) ON DELETE CASCADE"
    ),
}
"""What makes each finding of the checks before the ETL; none of them refuses it, one by a setting."""


@pytest.fixture
def two_teams_and_a_poll(league: League, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRACTICE_GUARD_SEVERITIES", '{"foreign-key-cascades": "warning"}')
    first, _ = two_teams(league)
    league.captain_writes_message(first)
    league.captain_asks(first)
    assert around.says("backup").status == 0


@pytest.mark.parametrize("taking", IMPORTS)
@pytest.mark.parametrize("code", SO_BEFORE)
@pytest.mark.usefixtures("two_teams_and_a_poll")
def test_nothing_that_was_found_before_the_etl_is_told_after_it(
    database: ScratchDatabase, code: str, taking: str
) -> None:
    database.rows(SO_BEFORE[code])
    before = around.says("validate-safety")
    assert (before.status, code in before.codes) == (0, True)

    status, text = around.prints("run", etl=around.an_import(database.url, *IMPORTS[taking]))

    assert status == 0
    assert code not in text
    assert "would be" not in text
    assert "The ETL went well." in text.strip().splitlines()[-1]


@pytest.mark.parametrize("code", SO_BEFORE)
@pytest.mark.usefixtures("two_teams_and_a_poll")
def test_what_was_found_before_the_etl_is_told_where_it_was_not_started(database: ScratchDatabase, code: str) -> None:
    database.rows(SO_BEFORE[code])
    database.rows("UPDATE schedule SET home_team_id = NULL WHERE id = 1")
    status, text = around.prints("run", etl=around.an_import(database.url, *around.NOTHING_IS_NEW))
    assert status == 3
    assert f"[{code}]" in text
    assert "The ETL was not started" in text.strip().splitlines()[-1]


@pytest.mark.usefixtures("two_teams_and_a_poll")
def test_what_users_deleted_before_the_etl_is_not_told_after_it(database: ScratchDatabase) -> None:
    database.rows("DELETE FROM schedule WHERE id = 1")
    done = around.runs_around(around.an_import(database.url, *around.THE_TEAMS_ARE_NEW))
    assert (done.status, "rows-deleted" in done.codes) == (0, False)
    assert done.document["result"]["health"]["deleted"] == 0
    assert database.count("schedule") == 2

"""What hangs on nothing for good: a person can say so, and what has not grown is a warning."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.world import around
from tests.world.builders import League, ScratchDatabase

GIVEN_UP = '[[protected]]\nname = "polls"\ngive_up = { team_id = [731] }\n'


@pytest.fixture
def stale(league: League, database: ScratchDatabase, place: Path) -> ScratchDatabase:
    """A poll on a team of long ago beside one on a team that is there."""
    team = league.has_team()
    league.captain_schedules_practices(team, 3)
    league.captain_asks(team, "Which day suits you?")
    poll = league.captain_asks(team, "Long ago?")
    database.rows("UPDATE polls SET team_id = 731 WHERE id = %(poll)s", poll=poll)
    return database


def test_what_was_so_before_the_first_snapshot_and_has_not_grown_is_a_warning(stale: ScratchDatabase) -> None:
    before = around.says("validate-safety")
    assert "rows-on-vanished-team" in before.codes
    assert "rows-on-vanished-team" not in before.errors()
    assert "give_up = { team_id = [731] }" in before.words
    assert around.says("backup").status == 0
    assert "rows-on-vanished-team" not in around.says("validate-safety").errors()


def test_what_has_grown_since_the_snapshot_is_an_error(stale: ScratchDatabase) -> None:
    assert around.says("backup").status == 0
    stale.rows("INSERT INTO polls (team_id, question) VALUES (731, 'One more?')")
    assert "rows-on-vanished-team" in around.says("validate-safety").errors()


def test_what_a_person_gives_up_is_not_found_any_more(stale: ScratchDatabase, place: Path) -> None:
    (place / "practice_guard.toml").write_text(GIVEN_UP)
    assert "rows-on-vanished-team" not in around.says("validate-safety").codes
    done = around.runs_around(around.an_import(stale.url, *around.NOTHING_IS_NEW))
    assert "rows-on-vanished-team" not in done.codes
    assert stale.count("polls", "team_id = 731") == 1


def test_a_decisions_file_gives_up_by_set_and_value(stale: ScratchDatabase, place: Path) -> None:
    """A poll on an id that no list has, and gone: it waits for a person, with its two choices."""
    assert around.says("backup").status == 0
    (place / "decisions.toml").write_text('[[value]]\nset = "polls"\ncolumn = "team_id"\nvalue = 731\ngive_up = true\n')
    stale.rows("DELETE FROM polls WHERE question = 'Long ago?'")
    the_teams_are_new(stale)
    asked = around.says("restore", "--dry-run").document["result"]
    decided = around.says("restore", "--decisions", "decisions.toml").document["result"]
    assert (asked["rows"]["pending"], asked["rows"]["given_up"]) == (3, 0)
    assert (decided["rows"]["pending"], decided["rows"]["given_up"]) == (0, 3)
    assert around.says("health").status == 0


def test_a_value_that_means_everybody_is_given_up_like_any_other(stale: ScratchDatabase, place: Path) -> None:
    stale.rows("UPDATE polls SET team_id = 0 WHERE team_id = 731")
    assert "give_up = { team_id = [0] }" in around.says("validate-safety").words
    (place / "practice_guard.toml").write_text(GIVEN_UP.replace("731", "0"))
    assert around.says("backup").status == 0
    the_teams_are_new(stale)
    done = around.says("restore")
    assert (done.status, done.document["result"]["rows"]["pending"]) == (0, 0)
    assert stale.count("polls", "team_id = 0") == 1


def the_teams_are_new(database: ScratchDatabase) -> None:
    for each in around.THE_TEAMS_ARE_NEW:
        database.rows(each)

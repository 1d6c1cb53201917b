"""What practice_guard.toml says of leagues is heard by every command, and a mistake in it stops all of them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from practice_guard import etl
from tests.world.builders import League, ScratchDatabase
from tests.world.callers import caller
from tests.world.program import Guard

CYCLE = ("validate-safety", "backup", "check-preservation", "restore", "health", "cleanup", "protected")
OWN = '[[league]]\ncode = "LAKE"\noutside_id = "federation_id"\nclub_words = ["TC"]\n'


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    """The settings file of the directory in which the program runs; it says where a league keeps its outside ids."""
    file = tmp_path / "practice_guard.toml"
    file.write_text(OWN)
    return file


@pytest.fixture
def season(league: League, database: ScratchDatabase) -> League:
    """A team with two practices, of a league that keeps outside ids in a column of its own."""
    league.captain_schedules_practices(league.has_team(league="LAKE"), 2)
    database.rows("ALTER TABLE teams ADD federation_id int DEFAULT 4711")
    return league


def kept_ids(database: ScratchDatabase) -> list[str | None]:
    """The outside ids in the newest list that was kept."""
    return [
        outside
        for (outside,) in database.rows(
            "SELECT outside_id FROM practice_guard.team_lists"
            " WHERE list = (SELECT id FROM practice_guard.snapshots ORDER BY number DESC LIMIT 1)"
        )
    ]


def test_a_backup_and_a_run_keep_outside_ids_from_the_leagues_own_column(
    season: League, database: ScratchDatabase, guard: Guard, settings: Path
) -> None:
    assert guard("backup").status == 0
    assert kept_ids(database) == ["4711"]
    other = season.has_team(club="Winmere", league="LAKE")
    database.rows("UPDATE teams SET federation_id = 4712 WHERE id = %(id)s", id=other.id)
    guard("run", "--", "true")
    assert sorted(map(str, kept_ids(database))) == ["4711", "4712"]


def test_an_etl_that_calls_the_guard_itself_is_heard_too(
    season: League, database: ScratchDatabase, settings: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PRACTICE_GUARD_CONFIG", str(settings))
    with caller(database) as cursor:
        etl.create_enhanced_practice_time_backup(cursor)
        cursor.connection.commit()
    assert kept_ids(database) == ["4711"]


def test_a_saved_plan_keeps_the_habits_that_it_was_made_with(
    season: League, database: ScratchDatabase, guard: Guard, settings: Path, tmp_path: Path
) -> None:
    assert guard("backup").status == 0
    database.rows("UPDATE schedule SET home_team_id = NULL")
    assert guard("restore", "--dry-run", "--out", "plan.json").status == 0
    habits = json.loads((tmp_path / "plan.json").read_text().splitlines()[0])["request"]["habits"]
    assert [(each["code"], each["outside_id"], each["club_words"]) for each in habits] == [
        ("LAKE", "federation_id", ["TC"])
    ]
    settings.unlink()
    done = guard("restore", "--plan", "plan.json", "--json")
    assert done.status == 0, done
    assert done.json["result"]["rows"]["relink"] == 2


@pytest.mark.parametrize("command", CYCLE)
def test_a_mistake_ends_every_command_with_its_line(
    season: League, database: ScratchDatabase, guard: Guard, settings: Path, command: str
) -> None:
    before = database.everything()
    settings.write_text(OWN + 'serie_words = ["Liga"]\n')
    refused = guard(command, "--json")
    assert (refused.status, refused.json["exit_code"], refused.json["result"]) == (2, 2, None)
    message = refused.json["verdict"]
    assert message.startswith("practice_guard.toml, line 5: a league has no 'serie_words' (the nearest name there is ")
    assert "; it has code, series_words, ordinals, " in message
    assert database.everything() == before


@pytest.mark.parametrize("command", [each for each in CYCLE if each != "cleanup"])
def test_a_column_that_is_not_there_ends_every_command_with_its_line(
    season: League, database: ScratchDatabase, guard: Guard, settings: Path, command: str
) -> None:
    before = database.everything()
    settings.write_text(OWN.replace("federation_id", "federation"))
    refused = guard(command)
    assert refused.status == 2
    assert (
        "practice_guard.toml, line 3: the table public.teams has no column federation"
        " (the nearest name there is federation_id). Nothing was done." in refused.stderr
    )
    assert database.everything() == before


def test_a_label_is_read_in_the_words_of_its_league(
    league: League, database: ScratchDatabase, guard: Guard, settings: Path
) -> None:
    """A practice of the second level hangs on the third level's team; its label has the level's other word."""
    league.has_team(club="Winmere", series="Liga 2", league="LAKE", name="Winmere 2")
    other = league.has_team(club="Winmere", series="Liga 3", league="LAKE", name="Winmere 3")
    league.captain_schedules_practices(other, 1)
    database.rows("UPDATE schedule SET home_team = 'Winmere Practice - Staffel 2'")
    assert "label-names-another-team" not in codes_of(guard)
    settings.write_text('[[league]]\ncode = "LAKE"\nseries_words = ["Liga", "Staffel"]\n')
    assert "label-names-another-team" in codes_of(guard)


def codes_of(guard: Guard) -> list[str]:
    return [finding["code"] for finding in guard("health", "--json").json["findings"]]

"""Absence is not a wish: what an import takes comes back, however it takes it, and what a person deletes stays gone."""

from __future__ import annotations

from pathlib import Path
from typing import NoReturn

import pytest

import practice_guard
from practice_guard.core import errors
from practice_guard.core.running import phases
from tests.world import around
from tests.world.builders import League, ScratchDatabase
from tests.world.callers import caller

OWNED = ("captain_messages", "polls", "poll_choices", "gear")
DECLARED = """
[[protected]]
name = "gear"
table = "gear"
teams = ["team_id"]
"""
TAKES_ORPHANS = (
    "DELETE FROM captain_messages WHERE team_id NOT IN (SELECT id FROM teams)",
    "DELETE FROM poll_choices WHERE poll_id IN (SELECT id FROM polls WHERE team_id NOT IN (SELECT id FROM teams))",
    "DELETE FROM polls WHERE team_id NOT IN (SELECT id FROM teams)",
    "DELETE FROM gear WHERE team_id NOT IN (SELECT id FROM teams)",
)
"""Statement by statement, as an import does that tidies up; nothing cascades."""

TAKES_EVERYTHING = tuple(f"DELETE FROM {table}" for table in reversed(OWNED))
IMPORTS = {
    "new ids, and the orphans go": (*around.THE_TEAMS_ARE_NEW, *TAKES_ORPHANS),
    "ids stay, and all rows go": (*around.NOTHING_IS_NEW, *TAKES_EVERYTHING),
}


@pytest.fixture
def owned(league: League, database: ScratchDatabase, place: Path) -> dict[str, list[object]]:
    """Three teams with practices, messages, polls and a declared table; what users see of it."""
    database.rows(
        "CREATE TABLE gear (id serial PRIMARY KEY, team_id int, kind text, created_at timestamptz DEFAULT now())"
    )
    for number in range(1, 4):
        team = league.has_team(series=f"Chicago {number}")
        league.captain_schedules_practices(team, 4)
        for message in range(5):
            league.captain_writes_message(team, f"Message {message} of {number}")
        league.captain_asks(team, f"Question {number}")
        database.rows("INSERT INTO gear (team_id, kind) VALUES (%(team)s, 'net')", team=team.id)
    (place / "practice_guard.toml").write_text(DECLARED)
    return seen(database)


def seen(database: ScratchDatabase) -> dict[str, list[object]]:
    """What users own beside practices, by the names of its teams."""
    asked = {
        "messages": "SELECT t.team_name, x.message FROM captain_messages x LEFT JOIN teams t ON t.id = x.team_id",
        "choices": "SELECT t.team_name, p.question, c.choice_text FROM poll_choices c JOIN polls p ON p.id = c.poll_id"
        " LEFT JOIN teams t ON t.id = p.team_id",
        "gear": "SELECT t.team_name, x.kind FROM gear x LEFT JOIN teams t ON t.id = x.team_id",
    }
    return {name: sorted(database.rows(text), key=repr) for name, text in asked.items()}


def deleted(health: around.Said) -> int:
    return sum(each["deleted"] for each in health.document["result"]["protected"].values())


@pytest.mark.parametrize("taking", IMPORTS)
def test_what_the_import_deletes_inside_a_run_comes_back(
    owned: dict[str, list[object]], database: ScratchDatabase, taking: str
) -> None:
    done = around.runs_around(around.an_import(database.url, *IMPORTS[taking]))
    assert seen(database) == owned
    assert (done.status, done.errors()) == (0, set())
    assert "rows-deleted" not in done.codes


@pytest.mark.parametrize("taking", IMPORTS)
def test_what_the_import_deletes_inside_an_etl_comes_back(
    owned: dict[str, list[object]], database: ScratchDatabase, taking: str
) -> None:
    with caller(database) as cursor:
        with practice_guard.protect(cursor.connection):
            for each in IMPORTS[taking]:
                cursor.execute(each)
        cursor.connection.commit()
    assert seen(database) == owned


@pytest.mark.parametrize("taking", IMPORTS)
def test_what_the_import_deletes_between_two_commands_comes_back_or_is_not_green(
    owned: dict[str, list[object]], database: ScratchDatabase, taking: str
) -> None:
    assert around.says("backup").status == 0
    for each in IMPORTS[taking]:
        database.rows(each)
    database.rows("RESET session_replication_role")
    assert around.says("health").status == 3
    around.says("restore", "--yes")
    refused = {around.says("health").status, around.says("backup").status} == {3}
    assert seen(database) == owned or refused


def never_says_that_no_import_ran(backup: around.Said) -> bool:
    return "No import ran" not in backup.words and "did not take them" not in backup.words


def test_the_next_backup_never_says_that_no_import_ran_and_what_the_run_saved_is_in_it(
    owned: dict[str, list[object]], database: ScratchDatabase
) -> None:
    done = around.runs_around(around.an_import(database.url, *IMPORTS["ids stay, and all rows go"]))
    database.rows("DELETE FROM captain_messages WHERE message = 'Message 1 of 1'")
    backup = around.says("backup")
    assert never_says_that_no_import_ran(backup)
    assert (backup.status, backup.errors()) == (0, set())
    assert [(each["code"], each["rows"]) for each in backup.document["findings"]] == [("rows-deleted", 1)]
    assert backup.document["result"]["rows"] == done.document["result"]["backup"]["rows"] - 1

    snapshot = done.document["result"]["snapshot"]
    assert around.says("restore", "--snapshot", snapshot, "--include-deleted", "--yes").status == 0
    assert seen(database) == owned


@pytest.mark.parametrize(
    ("taking", "refusal", "options"),
    [
        ("new ids, and the orphans go", "import-not-restored", ()),
        ("ids stay, and all rows go", "nothing-left", ("--include-deleted",)),
    ],
)
def test_the_next_backup_refuses_what_no_restore_followed_and_all_of_it_can_be_restored(
    owned: dict[str, list[object]], database: ScratchDatabase, taking: str, refusal: str, options: tuple[str, ...]
) -> None:
    first = around.says("backup").document["result"]["snapshot"]
    for each in IMPORTS[taking]:
        database.rows(each)
    database.rows("RESET session_replication_role")

    backup = around.says("backup")

    assert never_says_that_no_import_ran(backup)
    assert (backup.status, backup.errors()) == (3, {refusal})
    assert backup.document["next_steps"] == [" ".join(("practice-guard restore --dry-run", *options, "--env local"))]
    assert f"latest stays {first}" in backup.document["verdict"]
    assert around.says("restore", *options, "--yes").status == 0
    assert seen(database) == owned
    assert around.says("backup").status == 0


@pytest.mark.parametrize("taking", IMPORTS)
def test_the_next_backup_refuses_after_a_run_that_could_not_restore_and_the_run_is_finished(
    owned: dict[str, list[object]], database: ScratchDatabase, monkeypatch: pytest.MonkeyPatch, taking: str
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(phases, "put_back", stops)
        assert around.runs_around(around.an_import(database.url, *IMPORTS[taking])).status not in (0, 3)
    assert seen(database) != owned

    backup = around.says("backup")

    assert never_says_that_no_import_ran(backup)
    assert (backup.status, backup.errors()) == (3, {"import-not-restored"})
    assert around.says("run", "--resume").status == 0
    assert seen(database) == owned
    assert around.says("backup").status == 0


def stops(*_: object) -> NoReturn:
    """A restore that ends before it has begun."""
    raise errors.SchemaError("The restore was stopped.")


def test_what_a_person_deletes_singly_stays_deleted(owned: dict[str, list[object]], database: ScratchDatabase) -> None:
    assert around.says("backup").status == 0
    database.rows("DELETE FROM captain_messages WHERE message = 'Message 1 of 1'")
    database.rows("DELETE FROM gear WHERE id = 1")
    after = seen(database)

    assert around.says("restore", "--yes").status == 0
    health = around.says("health")

    assert seen(database) == after
    assert health.status == 0
    assert deleted(health) == 2
    assert around.says("backup").status == 0


def test_what_a_person_deleted_before_a_run_stays_deleted(
    owned: dict[str, list[object]], database: ScratchDatabase
) -> None:
    assert around.says("backup").status == 0
    database.rows("DELETE FROM captain_messages WHERE message = 'Message 1 of 1'")
    after = seen(database)
    done = around.runs_around(around.an_import(database.url, *IMPORTS["new ids, and the orphans go"]))
    assert done.status == 0
    assert seen(database) == after

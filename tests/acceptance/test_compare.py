"""`compare`: two environments of one program, told apart by their names alone."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest

from practice_guard import settings
from tests.world import command_lines
from tests.world.builders import League, ScratchDatabase
from tests.world.program import PROGRAM, Guard, Outcome, outcome_of

NOWHERE = "postgresql://captain:sesame@127.0.0.1:9/league"


class Both:
    """Two databases as `local` and `staging`, and the program that compares them."""

    def __init__(self, guard: Guard, local: ScratchDatabase, staging: ScratchDatabase, directory: Path) -> None:
        self.guard, self.staging, self.directory = guard, staging, directory
        self.env = {
            "PRACTICE_GUARD_LOCAL_URL": local.url,
            "PRACTICE_GUARD_STAGING_URL": staging.url,
            "PRACTICE_GUARD_RAILWAY_URL": NOWHERE,
        }

    def __call__(self, *arguments: str) -> Outcome:
        outcome = outcome_of([*PROGRAM, "compare", *arguments], self.directory, self.env)
        for line in command_lines.printed(outcome.stdout, outcome.stderr):
            words = shlex.split(line, comments=True)
            aimed = words[words.index("--env") + 1] if "--env" in words else ""
            assert "--help" in words or aimed in {settings.canonical(each) for each in arguments}, (
                f"aimed at neither side: {line}"
            )
            command_lines.check(line, aimed)
        return outcome


@pytest.fixture
def both(
    guard: Guard,
    database: ScratchDatabase,
    league: League,
    make_database: Callable[[], ScratchDatabase],
    tmp_path: Path,
) -> Both:
    staging = make_database()
    for each in (league, League(staging)):
        each.captain_schedules_practices(each.has_team(), 3)
    return Both(guard, database, staging, tmp_path)


def tells_no_url(outcome: Outcome, *databases: ScratchDatabase) -> None:
    """Neither a URL nor a host, nor how a database is called there."""
    said = outcome.stdout + outcome.stderr
    for word in ("postgresql://", "127.0.0.1", "sesame", "host=", *(each.name for each in databases)):
        assert word not in said, outcome


def test_two_environments_that_are_alike(both: Both, database: ScratchDatabase) -> None:
    told = both("local", "staging")
    assert told.status == 0, told
    assert told.stdout.splitlines()[-1] == "OK  local and staging have what the guard relies on, alike."
    tells_no_url(told, database, both.staging)

    document = both("local", "staging", "--json")
    assert document.status == 0, document
    assert document.json["result"] == {
        "environments": ["local", "staging"],
        "alike": True,
        "differences": [],
        "not_compared": {},
    }
    tells_no_url(document, database, both.staging)


def test_a_difference_that_matters_ends_with_3_and_is_told_in_80_columns(both: Both, database: ScratchDatabase) -> None:
    both.staging.rows("ALTER TABLE schedule DROP COLUMN location")
    document = both("local", "staging", "--json")
    assert document.status == 3, document
    result = document.json["result"]
    assert not result["alike"]
    assert {
        "kind": "column",
        "name": "schedule.location",
        "left": "text",
        "right": None,
        "matters": True,
    } in result["differences"]
    assert document.json["ok"] is False

    told = both("local", "staging")
    assert told.status == 3
    assert "These change what the guard does." in told.stdout
    assert told.stdout.splitlines()[-1] == (
        "NO  2 differences between local and staging change what the guard does: schema protected rows, "
        "column schedule.location."
    )
    table = told.stdout.partition("These change")[2].partition("Not compared")[0]
    assert max(map(len, table.splitlines())) <= 80
    assert "Not compared, since staging does not say: " in told.stdout
    tells_no_url(told, database, both.staging)


def test_differences_that_change_nothing_are_told_and_end_with_0(both: Both) -> None:
    added = League(both.staging)
    for number in range(1, 15):
        added.has_team(series=f"Chicago {number}", club="Wilmette")
    told = both("local", "staging")
    assert told.status == 0, told
    assert "Wilmette - 3" in told.stdout
    assert "--verbose shows them" in told.stdout
    assert "--verbose shows them" not in both("local", "staging", "--verbose").stdout
    teams = [
        each for each in both("staging", "local", "--json").json["result"]["differences"] if each["kind"] == "team"
    ]
    assert len(teams) == 14
    assert all(each["left"] == "there" and each["right"] is None and not each["matters"] for each in teams)


def test_no_row_of_a_user_is_told(both: Both, database: ScratchDatabase) -> None:
    own = League(both.staging)
    own.captain_writes_message(own.has_team(club="Wilmette"), "Bring the good balls")
    own.has_user()
    for document in (both("local", "staging", "--json"), both("local", "staging", "--verbose")):
        assert "good balls" not in document.stdout
        assert "Practice" not in document.stdout


def test_nothing_is_written_to_either(both: Both, database: ScratchDatabase) -> None:
    before = [each.all_rows() for each in (database, both.staging)]
    assert both("local", "staging").status == 0
    assert [each.all_rows() for each in (database, both.staging)] == before
    assert both.staging.value("SELECT to_regnamespace('practice_guard')") is None


def test_an_export_is_a_side_and_what_it_does_not_say_is_said(
    both: Both, database: ScratchDatabase, tmp_path: Path
) -> None:
    assert both.guard("backup").status == 0
    assert both.guard("snapshots", "export", "latest", "backup.pgs").status == 0
    told = both("staging", "backup.pgs")
    assert told.status == 0, told
    assert "Not compared, since backup.pgs does not say: encoding, collation" in told.stdout
    assert told.stdout.splitlines()[-1].startswith(
        "OK  staging and backup.pgs have what was compared of what the guard relies on, alike"
    )
    document = both("backup.pgs", "staging", "--json")
    assert document.status == 0, document
    assert document.json["result"]["environments"] == ["backup.pgs", "staging"]
    assert "right" in document.json["result"]["not_compared"]["backup.pgs"]

    both.staging.rows("ALTER TABLE schedule ALTER location TYPE varchar(99)")
    assert both("staging", "backup.pgs").status == 3
    (tmp_path / "backup.pgs").write_bytes(b"no export")
    assert both("staging", "backup.pgs").status == 12


@pytest.mark.parametrize(
    ("sides", "said"),
    [
        (("local", "local"), "There is nothing to compare: both are local."),
        (("railway", "production"), "There is nothing to compare: both are railway."),
        (("local", "stagging"), "There is no environment 'stagging' (the nearest name there is staging)."),
        (("one.pgs", "two.pgs"), "Two exports are not compared: one of the two must be an environment."),
        (("local", "away.pgs"), "away.pgs"),
        (("local", "staging", "--env", "local"), "no --env"),
        (("local",), "Missing argument"),
    ],
)
def test_what_cannot_be_compared_is_a_wrong_command_line(both: Both, sides: tuple[str, ...], said: str) -> None:
    refused = both(*sides)
    assert refused.status == 2, refused
    assert said in refused.stderr
    assert both(*sides, "--json").json["result"] is None


def test_an_environment_that_is_not_set_is_named_before_anything_is_asked(
    guard: Guard, database: ScratchDatabase
) -> None:
    refused = guard("compare", "local", "staging")
    assert refused.status == 2, refused
    assert "PRACTICE_GUARD_STAGING_URL" in refused.stderr


def test_two_names_of_one_database_are_nothing_to_compare(both: Both, database: ScratchDatabase) -> None:
    both.env["PRACTICE_GUARD_STAGING_URL"] = database.url
    refused = both("local", "staging")
    assert refused.status == 2, refused
    assert "local and staging are one database" in refused.stderr


def test_a_side_that_cannot_be_reached_is_named_and_its_host_is_not(both: Both, database: ScratchDatabase) -> None:
    for sides in (("local", "railway"), ("railway", "local")):
        failed = both(*sides, "--json")
        assert failed.status == 10, failed
        assert failed.json["verdict"] == "railway: The database cannot be reached. Nothing was compared."
        assert failed.json["next_steps"] == [
            "practice-guard validate-safety --env railway   # says where it is looked for"
        ]
        tells_no_url(failed, database)


def test_a_side_that_is_marked_for_another_environment_ends_with_14(both: Both, database: ScratchDatabase) -> None:
    assert both.guard("backup").status == 0
    both.env["PRACTICE_GUARD_STAGING_URL"] = database.url
    crossed = both("staging", "local")
    assert crossed.status == 14, crossed
    assert crossed.stderr.partition("  ")[2].startswith("staging: This database")


def test_in_railways_log_the_verdict_names_what_differs_and_no_host(both: Both, database: ScratchDatabase) -> None:
    both.env |= {"RAILWAY_ENVIRONMENT_NAME": "production", "PRACTICE_GUARD_RAILWAY_URL": database.url}
    both.staging.rows("DROP TABLE practice_times")
    told = both("production", "staging")
    assert told.status == 3, told
    lines = [json.loads(line) for line in told.stdout.splitlines()]
    assert lines[-1]["message"].startswith(
        "2 differences between railway and staging change what the guard does: table"
    )
    assert lines[-1]["alike"] is False
    assert "compare reads railway" in [line["message"] for line in lines]
    tells_no_url(told, database, both.staging)

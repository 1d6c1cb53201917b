"""What people get wrong: a message that says what, why and what to type next, the right status, nothing written."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from practice_guard.core.model import LONGEST_TIMEOUT
from tests.world.builders import League, ScratchDatabase
from tests.world.program import Guard, Outcome

CYCLE = ("validate-safety", "backup", "check-preservation", "restore", "health", "cleanup")
NOBODY_THERE = "postgresql://someone:hunter2secret@127.0.0.1:1/nowhere"
MALFORMED = (
    "not a url",
    "mysql://someone:hunter2secret@host/db",
    "postgresql://someone:hunter2@secret@host/db",
    "postgresql://someone:hunter2%zzsecret@host/db",
    "postgresql://someone:hunter2/secret@host/db",
    "postgresql://someone:hunter2secret@host:port/db",
    "postgresql://someone:hunter2secret@/db",
    "postgresql://someone:hunter2secret@host",
    "host=somewhere password=hunter2secret dbname=db",
)


def says_what_why_and_next(outcome: Outcome, status: int) -> bool:
    everything = outcome.stdout + outcome.stderr
    assert outcome.status == status, outcome
    assert "Traceback" not in everything, outcome
    assert "hunter2" not in everything, outcome
    assert "secret" not in everything, outcome
    first, *others = outcome.stderr.splitlines()
    return first.startswith(f"error ({status})  ") and any(line.startswith("next  ") for line in others)


def test_the_program_alone_shows_its_commands_in_the_order_of_the_cycle(guard: Guard) -> None:
    outcome = guard()
    assert (outcome.status, outcome.stdout) == (2, "")
    assert guard("--help").stdout == outcome.stderr
    commands = [line.split()[0] for line in outcome.stderr.partition("Commands:\n")[2].splitlines()]
    assert commands[: len(CYCLE)] == list(CYCLE)
    assert "..." not in outcome.stderr.partition("Commands:\n")[2], "each is told whole in 80 columns"


def test_a_command_that_there_is_not_leads_to_those_there_are(guard: Guard) -> None:
    outcome = guard("helth")
    assert says_what_why_and_next(outcome, 2)
    assert "next  practice-guard --help\n" in outcome.stderr


def test_the_next_step_is_aimed_where_the_command_was_also_before_it_looked(guard: Guard) -> None:
    asked, etl = ("run", "--resume", "--environment", "production"), ("--", "etl", "--env", "night")
    step = "practice-guard run --resume --env railway"
    assert f"next  {step}\n" in guard(*asked, *etl).stderr
    assert guard(*asked, "--json", *etl).json["next_steps"] == [step]


@pytest.mark.parametrize("command", CYCLE)
def test_an_unknown_environment(guard: Guard, command: str) -> None:
    outcome = guard(command, "--env", "produktion")
    assert says_what_why_and_next(outcome, 2)
    assert "produktion" in outcome.stderr
    assert "railway" in outcome.stderr


@pytest.mark.parametrize("command", CYCLE)
def test_a_missing_url_names_the_variable_and_an_example(guard: Guard, command: str) -> None:
    outcome = guard(command, "--env", "staging")
    assert says_what_why_and_next(outcome, 2)
    assert "PRACTICE_GUARD_STAGING_URL" in outcome.stderr
    assert "postgresql://user:password@localhost:5432/database" in outcome.stderr


@pytest.mark.parametrize("url", MALFORMED)
def test_a_malformed_url_is_named_and_never_shown(guard: Guard, url: str) -> None:
    outcome = guard("backup", env={"PRACTICE_GUARD_LOCAL_URL": url})
    assert says_what_why_and_next(outcome, 2)
    assert "PRACTICE_GUARD_LOCAL_URL" in outcome.stderr


@pytest.mark.parametrize("command", CYCLE)
def test_an_unreachable_server(guard: Guard, command: str) -> None:
    outcome = guard(command, env={"PRACTICE_GUARD_LOCAL_URL": NOBODY_THERE})
    assert says_what_why_and_next(outcome, 10)


@pytest.mark.parametrize("command", CYCLE)
def test_a_database_that_does_not_exist(guard: Guard, database: ScratchDatabase, command: str) -> None:
    elsewhere = database.url.replace(database.name, "there_is_no_such_database")
    assert says_what_why_and_next(guard(command, env={"PRACTICE_GUARD_LOCAL_URL": elsewhere}), 10)


@pytest.mark.parametrize("table", ["schedule", "teams", "leagues", "clubs", "series"])
@pytest.mark.parametrize("command", ["validate-safety", "backup", "health"])
def test_a_database_without_a_required_table(guard: Guard, database: ScratchDatabase, table: str, command: str) -> None:
    database.rows(f"DROP TABLE {table} CASCADE")
    before = database.everything()
    outcome = guard(command)
    assert says_what_why_and_next(outcome, 13)
    assert f"public.{table}" in outcome.stderr
    assert database.everything() == before


def test_a_renamed_column_is_named_with_the_nearest_one(guard: Guard, database: ScratchDatabase) -> None:
    database.rows("ALTER TABLE schedule RENAME COLUMN home_team_id TO home_teamid")
    outcome = guard("backup")
    assert says_what_why_and_next(outcome, 13)
    assert "home_team_id" in outcome.stderr
    assert "home_teamid" in outcome.stderr


@pytest.mark.parametrize("command", ["check-preservation", "restore"])
def test_no_snapshot_yet(guard: Guard, league: League, command: str) -> None:
    league.captain_schedules_practice(league.has_team())
    before = league.database.everything()
    outcome = guard(command)
    assert says_what_why_and_next(outcome, 12)
    assert "practice-guard backup" in outcome.stderr
    assert league.database.everything() == before


def test_health_without_a_snapshot_says_what_it_could_not_see(guard: Guard, league: League) -> None:
    league.captain_schedules_practice(league.has_team())
    outcome = guard("health", "--json")
    assert outcome.status == 0
    assert [finding["code"] for finding in outcome.json["findings"]] == ["no-snapshot"]
    assert guard("health", "--fail-on", "warning").status == 3


def test_a_first_backup_of_nothing_is_refused(guard: Guard, league: League) -> None:
    league.has_team()
    before = league.database.everything()
    outcome = guard("backup", "--json")
    assert outcome.status == 3
    assert outcome.json["result"]["snapshot"] is None
    assert [finding["code"] for finding in outcome.json["findings"]] == ["nothing-to-protect"]
    assert league.database.everything() == before


@pytest.mark.parametrize(
    "arguments",
    [
        ("backup", "--nonsense"),
        ("nonsense",),
        ("cleanup", "--keep-last", "0"),
        ("cleanup", "--keep-within", "soon"),
        ("cleanup", "--all", "--keep-last", "3"),
        ("health", "--fail-on", "everything"),
        ("check-preservation", "--min-rate", "101"),
        ("restore", "--out", "plan.json"),
        ("restore", "--plan", "there-is-no-such-file.json"),
        ("restore", "--decisions", "there-is-no-such-file.toml"),
        ("restore", "--undo", "9223372036854775808"),
        ("restore", "--undo", "0"),
        ("health", "--statement-timeout", "2147484"),
        ("health", "--lock-timeout", "inf"),
        ("health", "--lock-timeout", "nan"),
    ],
)
def test_a_wrong_command_line(guard: Guard, league: League, arguments: tuple[str, ...]) -> None:
    league.captain_schedules_practice(league.has_team())
    before = league.database.everything()
    assert says_what_why_and_next(guard(*arguments), 2)
    as_json = guard(*arguments, "--json")
    assert as_json.status == 2
    assert as_json.json["result"] is None
    assert as_json.json["exit_code"] == 2
    assert league.database.everything() == before


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("PRACTICE_GUARD_LOCK_TIMEOUT", "soon"),
        ("PRACTICE_GUARD_ROSTER_PERCENT", "20"),
        ("PRACTICE_GUARD_MAX_SNAPSHOT_AGE_HOURS", "-1"),
        ("PRACTICE_GUARD_MAX_SNAPSHOT_AGE_HOURS", "1e300"),
        ("PRACTICE_GUARD_STATEMENT_TIMEOUT", "1e300"),
        ("PRACTICE_GUARD_LOCK_TIMEOUT", "inf"),
    ],
)
def test_a_malformed_setting_is_named(guard: Guard, database: ScratchDatabase, variable: str, value: str) -> None:
    outcome = guard("backup", env={variable: value})
    assert says_what_why_and_next(outcome, 2)
    assert variable in outcome.stderr


def test_the_longest_time_outs_are_the_servers(guard: Guard, league: League) -> None:
    league.captain_schedules_practice(league.has_team())
    longest = f"{LONGEST_TIMEOUT:.0f}"
    assert guard("backup", "--statement-timeout", longest, "--lock-timeout", longest).status == 0


def aimed_at_railway(database: ScratchDatabase) -> dict[str, str]:
    return {"PRACTICE_GUARD_RAILWAY_URL": database.url, "PRACTICE_GUARD_ENV": "production"}


@pytest.mark.parametrize("command", ["restore", "restore --dry-run --try", "cleanup"])
def test_railway_wants_its_name_typed(guard: Guard, league: League, command: str) -> None:
    league.captain_schedules_practice(league.has_team())
    railway = aimed_at_railway(league.database)
    assert guard("backup", env=railway).status == 0
    before = league.database.everything()
    for given in ((), ("--yes",), ("--confirm", "staging")):
        outcome = guard(*command.split(), *given, env=railway)
        assert says_what_why_and_next(outcome, 2)
        assert "--confirm railway" in outcome.stderr
    assert league.database.everything() == before
    assert guard(*command.split(), "--confirm", "production", env=railway).status == 0


def test_a_database_of_another_environment_is_left_alone(guard: Guard, league: League) -> None:
    league.captain_schedules_practice(league.has_team())
    assert guard("backup").status == 0
    before = league.database.everything()
    for command in CYCLE:
        outcome = guard(command, "--env", "staging", env={"PRACTICE_GUARD_STAGING_URL": league.database.url})
        assert says_what_why_and_next(outcome, 14)
        assert "local" in outcome.stderr
        assert "staging" in outcome.stderr
    assert league.database.everything() == before


@pytest.fixture
def reader(league: League) -> Callable[[str], str]:
    """A role that may only read, and its URL."""

    def url(grants: str) -> str:
        league.database.rows(f"DROP ROLE IF EXISTS reader_{league.database.name}")
        league.database.rows(f"CREATE ROLE reader_{league.database.name} LOGIN")
        for grant in filter(None, grants.split(";")):
            league.database.rows(f"{grant} TO reader_{league.database.name}")
        return league.database.url_of(f"reader_{league.database.name}")

    return url


def test_a_role_that_may_not_read_is_told_so(guard: Guard, league: League, reader: Callable[[str], str]) -> None:
    league.captain_schedules_practice(league.has_team())
    outcome = guard("backup", env={"PRACTICE_GUARD_LOCAL_URL": reader("")})
    assert says_what_why_and_next(outcome, 10)
    assert "permission denied" in outcome.stderr

"""The monitoring script does what the commands do, prints what they print, and ends as they end."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from tests.world import builders
from tests.world.builders import League, ScratchDatabase, practices_by_natural_key
from tests.world.program import Guard, Outcome, outcome_of

SCRIPTS = Path(__file__).parents[2] / "scripts"


@pytest.fixture
def script(database: ScratchDatabase, tmp_path: Path) -> Guard:
    """The script, pointed at the test's database as `local`."""

    def run(*arguments: str, env: object = None, stdin: str = "", cwd: Path | None = None) -> Outcome:
        command = [sys.executable, str(SCRIPTS / "enhance_etl_practice_time_protection.py"), *arguments]
        return outcome_of(command, cwd or tmp_path, {"PRACTICE_GUARD_LOCAL_URL": database.url}, stdin=stdin)

    return run


@pytest.fixture
def season(league: League) -> League:
    teams = [league.has_team(club=club) for club in ("Tennaqua", "Wilmette")]
    for team in teams:
        league.captain_schedules_practices(team, 3)
    league.has_match(teams[0], teams[1])
    return league


def without_what_changes(text: str) -> str:
    """Times, sizes and snapshots' names differ from one call to the next."""
    text = re.sub(r"\d{8}-\d{6}-\w{3}", "SNAPSHOT", text)
    return re.sub(r"\b[\d.,]+ (MB|s|seconds?|minutes?|hours?)\b", "N", text)


def same(script: Outcome, command: Outcome) -> bool:
    return (script.status, without_what_changes(script.stdout), without_what_changes(script.stderr)) == (
        command.status,
        without_what_changes(command.stdout),
        without_what_changes(command.stderr),
    )


def test_each_flag_is_a_command(season: League, database: ScratchDatabase, script: Guard, guard: Guard) -> None:
    flags = {
        "--validate-etl-safety": ("validate-safety",),
        "--test-fallback-restoration": ("restore", "--dry-run"),
    }
    assert guard("backup").status == 0
    for _ in range(2):
        for flag, command in flags.items():
            outcome = script(flag, "--environment", "local")
            assert outcome.stdout
            assert same(outcome, guard(*command)), (outcome, guard(*command))
        builders.the_etl_recreates_everything(database)


def test_a_backup_is_taken(season: League, database: ScratchDatabase, script: Guard, guard: Guard) -> None:
    before = practices_by_natural_key(database)
    outcome = script("--create-enhanced-backup", "--environment", "local")
    assert outcome.status == 0, outcome
    assert "6 rows" in outcome.stdout
    builders.the_etl_recreates_everything(database)
    assert guard("restore").status == 0
    assert practices_by_natural_key(database) == before


def test_a_dry_run_writes_nothing(season: League, database: ScratchDatabase, script: Guard) -> None:
    assert script("--create-enhanced-backup").status == 0
    builders.the_etl_recreates_everything(database)
    before = database.everything()
    assert script("--test-fallback-restoration").status == 0
    assert database.everything() == before


def test_several_flags_run_one_after_the_other_until_one_says_no(
    season: League, database: ScratchDatabase, script: Guard
) -> None:
    everything = ("--validate-etl-safety", "--create-enhanced-backup", "--test-fallback-restoration")
    outcome = script(*reversed(everything))
    assert outcome.status == 0, outcome
    headings = [line.split()[0] for line in outcome.stdout.splitlines() if re.match(r"(validate|backup|restore)", line)]
    assert headings == ["validate-safety", "backup", "restore"]

    builders.the_etl_recreates_everything(database)
    refused = script(*everything)
    assert refused.status == 3, refused
    assert "backup  " not in refused.stdout
    assert database.count("practice_guard.snapshots") == 1


def test_statuses_and_errors_are_the_commands(database: ScratchDatabase, script: Guard, guard: Guard) -> None:
    assert script("--create-enhanced-backup").status == 3  # the very first one finds no row at all
    assert script("--test-fallback-restoration").status == 12
    elsewhere = script("--validate-etl-safety", "--environment", "production")
    assert (elsewhere.status, elsewhere.stdout) == (2, "")
    assert same(elsewhere, guard("validate-safety", "--env", "railway"))
    assert "PRACTICE_GUARD_RAILWAY_URL" in elsewhere.stderr


@pytest.mark.parametrize("arguments", [(), ("--environment", "local"), ("--environment", "prod"), ("--all",)])
def test_usage_errors_do_nothing(script: Guard, arguments: tuple[str, ...]) -> None:
    outcome = script(*arguments)
    assert (outcome.status, outcome.stdout) == (2, "")
    assert "--validate-etl-safety" in outcome.stderr


def test_older_etls_import_the_functions_by_the_modules_name() -> None:
    code = (
        "import enhanced_practice_time_protection as old, practice_guard.etl as new;"
        "print(all(getattr(old, name) is getattr(new, name) for name in old.__all__), len(old.__all__))"
    )
    done = outcome_of([sys.executable, "-c", code], SCRIPTS)
    assert done.status == 0, done
    assert done.stdout.split() == ["True", "6"]

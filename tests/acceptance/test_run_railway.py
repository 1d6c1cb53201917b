"""Railway: its log, its variables, its two scripts, and what is said of its private host names elsewhere."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.world.nights import Night, has_practices_on_a_team_that_is_gone, shell
from tests.world.program import SECONDS, Guard, Outcome, outcome_of

SCRIPTS = Path(__file__).parent.parent.parent / "scripts"


@pytest.fixture
def railway(night: Night) -> dict[str, str]:
    """What Railway sets in a service of its production environment that has a pooler."""
    return {
        "RAILWAY_ENVIRONMENT_NAME": "production",
        "RAILWAY_SERVICE_NAME": "import",
        "DATABASE_UNPOOLED_URL": night.database.url,
        "DATABASE_URL": "postgresql://nobody:wrong@localhost:1/pooled",
        "PRACTICE_GUARD_LOCAL_URL": "",
    }


def log(outcome: Outcome) -> list[dict[str, Any]]:
    """Every line of standard output that is the guard's: all but the ETL's own."""
    return [json.loads(line) for line in outcome.stdout.splitlines() if not line.startswith("[20")]


def test_every_line_is_an_object_with_message_and_level(night: Night, railway: dict[str, str]) -> None:
    outcome = night.guard("run", "--confirm", "production", "--", *night.etl(), env={**night.environment, **railway})
    assert outcome.status == 0, outcome
    lines = log(outcome)
    assert all(line["message"] and line["level"] in {"debug", "info", "warn", "error"} for line in lines)
    assert "\n" not in "".join(line["message"] for line in lines)
    assert len(lines) < 50
    assert lines[-1]["exit_code"] == 0
    assert lines[-1]["message"].startswith("The ETL went well.")
    assert {line["phase"] for line in lines if "phase" in line} >= {"backup", "etl", "restore", "health"}
    assert not outcome.stderr
    assert "Import finished" in outcome.stdout, "the ETL's own output is untouched"
    assert night.every_practice_is_in_place()


@pytest.mark.parametrize(
    ("arguments", "status", "level"),
    [(["health"], 0, "info"), (["restore", "--confirm", "production"], 12, "error"), (["cleanup"], 2, "error")],
)
def test_every_command_speaks_so(
    night: Night, railway: dict[str, str], arguments: Sequence[str], status: int, level: str
) -> None:
    outcome = night.guard(*arguments, env=railway)
    last = log(outcome)[-1]
    assert (outcome.status, last["exit_code"], last["level"]) == (status, status, level), outcome
    assert (last["command"], last["environment"]) == (arguments[0], "railway")
    assert not outcome.stderr, "standard error is shown as errors there"


@pytest.mark.parametrize("arguments", [["run", "--keep-last", "0", "--", "true"], ["run", "--speed"], ["walk"]])
def test_a_wrong_command_line_is_told_so_too(guard: Guard, railway: dict[str, str], arguments: Sequence[str]) -> None:
    outcome = guard(*arguments, env=railway)
    last = log(outcome)[-1]
    assert (outcome.status, last["exit_code"], last["level"]) == (2, 2, "error"), outcome
    assert last["command"] == arguments[0]
    assert not outcome.stderr


def test_rows_that_wait_are_a_warning(night: Night, railway: dict[str, str]) -> None:
    etl = night.etl("--variant", "drop-series=Chicago 22")
    outcome = night.guard("run", "--confirm", "railway", "--", *etl, env={**night.environment, **railway})
    assert (outcome.status, log(outcome)[-1]["level"]) == (4, "warn")


def test_json_is_one_document_there_too(night: Night, railway: dict[str, str]) -> None:
    assert night.guard("health", "--json", env=railway).json["environment"] == "railway"


@pytest.mark.parametrize("given", [(), ("--confirm", "staging")])
def test_production_is_not_run_on_without_its_name(
    night: Night, railway: dict[str, str], given: tuple[str, ...]
) -> None:
    before, marker = night.database.everything(), night.wrote("started")
    outcome = night.guard("run", *given, "--", *shell(f"touch {marker}"), env={**night.environment, **railway})
    assert outcome.status == 2, outcome
    assert night.database.everything() == before
    assert not marker.exists()


def test_the_environment_of_a_pull_request_is_protected_and_has_its_own_database(
    night: Night, railway: dict[str, str]
) -> None:
    there = {**night.environment, **railway, "RAILWAY_ENVIRONMENT_NAME": "app-pr-42"}
    there["PRACTICE_GUARD_RAILWAY_URL"] = "postgresql://nobody@localhost:1/production"
    assert night.guard("run", "--", "true", env=there).status == 2
    assert night.guard("run", "--confirm", "app-pr-42", "--", *night.etl(), env=there).status == 0
    assert night.database.value("SELECT environment FROM practice_guard.installation") == "app-pr-42"
    assert night.every_practice_is_in_place()


@pytest.mark.parametrize("variable", ["PRACTICE_GUARD_RAILWAY_URL", "DATABASE_PUBLIC_URL"])
def test_a_private_host_met_elsewhere_is_explained(night: Night, variable: str) -> None:
    url = "postgresql://u:swordfish@postgres.railway.internal:5432/railway"
    outcome = night.guard("health", "--env", "railway", "--json", env={variable: url})
    assert outcome.status == 10, outcome
    assert f"{variable} names postgres.railway.internal, a private host of Railway" in outcome.json["verdict"]
    steps = outcome.json["next_steps"]
    assert steps[0].startswith("railway connect postgres --tunnel-only")
    assert steps[1].startswith("Then set PRACTICE_GUARD_RAILWAY_URL to that address")
    assert "swordfish" not in outcome.stdout + outcome.stderr


def script(night: Night, name: str, *etl: str, env: dict[str, str] | None = None) -> Outcome:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return outcome_of(
        [str(SCRIPTS / name), *etl],
        night.directory,
        {**night.environment, **(env or {}), "PATH": path},
        seconds=3 * SECONDS,  # six commands and an import
    )


@pytest.mark.parametrize("name", ["railway-etl", "railway-steps"])
class TestScripts:
    def test_a_good_night(self, night: Night, railway: dict[str, str], name: str) -> None:
        outcome = script(night, name, *night.etl(), env=railway)
        assert outcome.status == 0, outcome
        assert night.every_practice_is_in_place()
        assert night.database.value("SELECT environment FROM practice_guard.installation") == "railway"

    def test_off_railway(self, night: Night, name: str) -> None:
        assert script(night, name, *night.etl()).status == 0
        assert night.every_practice_is_in_place()

    def test_where_it_is_not_safe_the_import_is_not_started(self, night: Night, name: str) -> None:
        has_practices_on_a_team_that_is_gone(night)
        marker = night.wrote("started")
        assert script(night, name, *shell(f"touch {marker}")).status == 3
        assert not marker.exists()

    def test_an_import_that_fails_gives_its_status_when_all_is_in_place(self, night: Night, name: str) -> None:
        outcome = script(night, name, *night.etl(after="status = 9"))
        assert outcome.status == 9, outcome
        assert night.every_practice_is_in_place()

    def test_rows_that_wait(self, night: Night, name: str) -> None:
        assert script(night, name, *night.etl("--variant", "drop-series=Chicago 22")).status == 4

    def test_without_an_import(self, night: Night, name: str) -> None:
        assert script(night, name).status == 2


def test_the_steps_stop_where_a_snapshot_cannot_be_taken(night: Night) -> None:
    assert script(night, "railway-steps", *night.etl()).status == 0
    night.database.rows("DELETE FROM practice_guard.snapshot_sets WHERE name = 'practices'")
    marker = night.wrote("started")
    assert script(night, "railway-steps", *shell(f"touch {marker}")).status != 0
    assert not marker.exists()

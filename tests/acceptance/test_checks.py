"""The three checks as people and scripts meet them: text, JSON and exit status are one verdict."""

from __future__ import annotations

import re
from typing import Any

import pytest

from practice_guard.core.findings import codes
from tests.world import builders
from tests.world.builders import League, ScratchDatabase
from tests.world.program import Guard

CHECKS = ("validate-safety", "check-preservation", "health")
WORDS = {0: "OK", 3: "NO", 4: "WAITING"}
FINDING = {"code", "severity", "what", "why", "fix", "rows", "examples"}


@pytest.fixture
def guarded(guard: Guard, league: League) -> Guard:
    """Two teams with what users own, backed up."""
    for team in (league.has_team(), league.has_team(club="Wilmette")):
        league.captain_schedules_practices(team, 5)
        league.captain_writes_message(team)
    assert guard("backup").status == 0
    return guard


def answer(guard: Guard, *words: str) -> dict[str, Any]:
    """What a command says, once it has said the same in text, in JSON and by its status."""
    text, outcome = guard(*words), guard(*words, "--json")
    document = outcome.json
    assert text.status == outcome.status == document["exit_code"], text
    assert document["ok"] is (outcome.status == 0)
    said = " ".join(text.stdout.split())
    assert said.endswith(f" {WORDS[outcome.status]} {document['verdict']}"), text
    assert all(finding.keys() >= FINDING and len(finding["examples"]) <= 3 for finding in document["findings"])
    shown = text.stdout + text.stderr
    assert all(f"[{finding['code']}]" in shown for finding in document["findings"])
    return document


@pytest.mark.parametrize(
    ("done", "statuses"),
    [
        (lambda database: None, (0, 0, 0)),
        (builders.the_etl_recreates_everything, (3, 3, 3)),
        (builders.the_etl_recycles_ids, (3, 3, 3)),
        (builders.the_etl_leaves_practices_without_team, (3, 3, 3)),
        (builders.the_etl_empties_everything, (0, 3, 4)),
    ],
)
def test_text_json_and_status_say_the_same(
    guarded: Guard, database: ScratchDatabase, done: Any, statuses: tuple[int, int, int]
) -> None:
    done(database)
    safety, preservation, health = (answer(guarded, command) for command in CHECKS)
    assert (safety["exit_code"], preservation["exit_code"], health["exit_code"]) == statuses
    assert safety["result"]["safe"] is (statuses[0] == 0)
    assert preservation["result"]["preserved"] is (statuses[1] == 0)
    assert health["result"]["healthy"] is (statuses[2] == 0)


def test_every_check_says_its_status_and_what_it_measured(guarded: Guard) -> None:
    checks = answer(guarded, "validate-safety")["result"]["checks"]
    assert {check["status"] for check in checks} <= {"passed", "failed", "warning", "not_checked", "measured"}
    assert all(check["measured"] for check in checks)


def test_the_options_of_the_checks(guarded: Guard, database: ScratchDatabase) -> None:
    assert answer(guarded, "health", "--baseline", "10")["exit_code"] == 0
    assert answer(guarded, "health", "--baseline", "11")["result"]["lost"] == 1
    assert answer(guarded, "health", "--fail-on", "warning")["exit_code"] == 0
    builders.the_etl_recreates_everything(database)
    assert answer(guarded, "check-preservation", "--min-rate", "0")["exit_code"] == 0
    assert guarded("health", "--fail-on", "everything").status == 2
    assert guarded("check-preservation", "--min-rate", "101").status == 2


def test_a_warning_fails_only_where_it_is_asked_to(guard: Guard, league: League) -> None:
    league.captain_schedules_practice(league.has_team())
    assert answer(guard, "health")["exit_code"] == 0
    refused = answer(guard, "health", "--fail-on", "warning")
    assert (refused["exit_code"], refused["result"]["healthy"]) == (3, False)
    assert "1 warning, which was asked to fail it" in refused["verdict"]


def test_what_is_copied_from_a_page_is_not_broken_by_its_width(guard: Guard) -> None:
    whole = "practice-guard restore --dry-run --write-decisions decisions.toml --env railway"
    assert f"    {whole}\n" in guard("explain", "rows-pending", "--env", "production", env={"COLUMNS": "60"}).stdout


@pytest.mark.parametrize("code", ["rows-lost", "snapshot-old"])
def test_a_page_is_printed_without_a_database(guard: Guard, code: str) -> None:
    text = guard("explain", code).stdout
    for heading in ("What it means", "How it is found", "How to mend it", "How to undo the mending"):
        assert heading in text
    listed = guard("explain", "--json").json["result"]["codes"]
    assert [each["code"] for each in listed] == list(codes())
    unknown = guard("explain", "rows-lots")
    assert unknown.status == 2
    assert re.search(r"nearest\s+name\s+there\s+is\s+rows-lost", unknown.stderr)

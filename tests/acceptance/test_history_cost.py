"""`history --cost`: the guard's share of each night and phase, which phase grew, and a guard that is slow."""

from __future__ import annotations

import pytest

from tests.world.builders import ScratchDatabase
from tests.world.costly import Spent, has_spent
from tests.world.nights import Night
from tests.world.program import Guard, Outcome

USUAL = {
    "validate-safety": 2.0, "backup": 3.0, "check-preservation": 2.0, "restore": 4.0, "health": 2.0, "cleanup": 1.0,
}  # fmt: skip
HEAVY = {**USUAL, "restore": 90.2}
UNKNOWN = Spent({}, etl=None)


def drawn(outcome: Outcome) -> dict[str, str]:
    """The rows of the drawing by their first word: a run's number, or a phase's name."""
    lines = [line.split(maxsplit=1) for line in outcome.stdout.splitlines() if line.startswith("  ")]
    return {words[0]: " ".join(words[1].split()) for words in lines if len(words) > 1}


def test_a_phase_that_grew_and_a_slow_night_are_drawn_told_and_warned_of(
    database: ScratchDatabase, guard: Guard
) -> None:
    has_spent(database, [Spent(USUAL), UNKNOWN, *([Spent(USUAL)] * 4), Spent(HEAVY)])
    before = database.everything()
    outcome = guard("history", "--cost", env={"NO_COLOR": "1"})
    assert outcome.status == 0, outcome
    assert "\x1b" not in outcome.stdout
    assert max(map(len, outcome.stdout.partition("v validate-safety")[0].splitlines()[3:])) <= 80

    rows = drawn(outcome)
    assert rows["7"].startswith("2026-01-11 09:00 101 s 100 s 101 % "), rows
    assert rows["6"].startswith("2026-01-10 09:00 14.5 s 100 s 14 % "), rows
    assert rows["2"] == "2026-01-06 09:00 unknown unknown unknown", rows
    bar = rows["7"].rsplit(maxsplit=1)[-1]
    assert "R" in bar
    assert set(rows["6"].rsplit(maxsplit=1)[-1]) <= set("vbcrhx."), rows
    assert rows["restore"].startswith("90 s 90 % 4.0 s #"), rows
    assert rows["restore"].endswith("grew"), rows
    assert not rows["backup"].endswith("grew"), rows
    assert "Restore grew: 90.2 s, where 4.0 s is usual." in outcome.stdout.splitlines()[-1]
    assert "100.7 % of the ETL's time: the guard took 100.7 s beside 100.0 s in run 7." in outcome.stdout

    assert database.everything() == before


def test_the_document_has_each_night_with_its_phases(database: ScratchDatabase, guard: Guard) -> None:
    has_spent(database, [Spent(USUAL), UNKNOWN, *([Spent(USUAL)] * 4), Spent(HEAVY)])
    document = guard("history", "--cost", "--json").json
    nights = document["result"]["nights"]
    assert [night["run"] for night in nights] == [7, 6, 5, 4, 3, 2, 1]
    heavy = nights[0]
    assert (heavy["guard_seconds"], heavy["etl_seconds"], heavy["overhead_percent"]) == (100.7, 100.0, 100.7)
    assert [night["grew"] for night in nights] == [["restore"], [], [], [], [], [], []]
    assert heavy["phases"][3] == {
        "name": "restore", "seconds": 90.2, "overhead_percent": 90.2, "usual_seconds": 4.0, "grew": True,
    }  # fmt: skip
    assert sum(phase["seconds"] for phase in heavy["phases"]) == pytest.approx(100.7)
    unknown = nights[5]
    assert (unknown["guard_seconds"], unknown["etl_seconds"], unknown["overhead_percent"]) == (None, None, None)
    assert unknown["phases"] == []
    assert [(each["code"], each["severity"]) for each in document["findings"]] == [("guard-slow", "warning")]

    allowed = guard("history", "--cost", "--json", env={"PRACTICE_GUARD_SLOW_PERCENT": "110"}).json
    assert (allowed["findings"], allowed["exit_code"]) == ([], 0)
    heavier = guard("history", "--cost", "--json", env={"PRACTICE_GUARD_SEVERITIES": '{"guard-slow": "error"}'}).json
    assert (heavier["exit_code"], heavier["ok"]) == (3, False)
    assert "nights" not in guard("history", "--json").json["result"]


def test_a_run_says_at_its_end_that_the_guard_was_slow_and_is_good_all_the_same(night: Night) -> None:
    limits = {"PRACTICE_GUARD_SLOW_SECONDS": "0", "PRACTICE_GUARD_SLOW_PERCENT": "0"}
    outcome = night.runs(night.nothing_new, "--json", env=limits)
    assert outcome.status == 0, outcome
    (finding,) = [each for each in outcome.json["findings"] if each["code"] == "guard-slow"]
    assert finding["severity"] == "warning"
    assert finding["fix"].startswith("practice-guard history --cost --env local")
    assert outcome.json["result"]["proven"]

    told = night.asks("history", "--cost", "--json").json["result"]["nights"]
    ran = ["validate-safety", "backup", "check-preservation", "restore", "health", "cleanup", "between phases"]
    assert [phase["name"] for phase in told[0]["phases"]] == ran
    assert {phase["grew"] for phase in told[0]["phases"]} == {None}


def test_where_nothing_ran_there_is_nothing_to_draw(database: ScratchDatabase, guard: Guard) -> None:
    assert guard("history", "--cost").status == 0
    document = guard("history", "--cost", "--json").json
    assert (document["result"]["nights"], document["findings"]) == ([], [])

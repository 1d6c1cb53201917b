"""The bench, on a league of a few hundred rows: what its document has. Never how long anything took."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import psycopg
import pytest

from scripts.benches.parts import PARTS
from tests.conftest import Cluster

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.slow


def bench(cluster: Cluster, *arguments: str) -> subprocess.CompletedProcess[str]:
    small = ("--rows", "300", "--teams", "15", "--runs", "1", "--url", cluster.url)
    command = [sys.executable, "-m", "scripts.benches", *small, *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=280)


def databases(cluster: Cluster) -> set[str]:
    with psycopg.connect(cluster.url) as connection:
        return {name for (name,) in connection.execute("SELECT datname FROM pg_database")}


@pytest.fixture(scope="module")
def document(cluster: Cluster) -> dict[str, Any]:
    before = databases(cluster)
    done = bench(cluster, "--json")
    assert done.returncode == 0, done.stderr
    assert databases(cluster) == before
    loaded: dict[str, Any] = json.loads(done.stdout)
    return loaded


def test_every_part_is_in_the_document_with_all_its_runs(document: dict[str, Any]) -> None:
    assert list(document["parts"]) == list(PARTS)
    assert (document["runs"], document["server"]["own"], document["machine"]["cpus"]) == (1, False, os.cpu_count())
    for name, part in document["parts"].items():
        assert part["lines"] or name == "statements"
        for line in part["lines"]:
            assert set(line) == {"what", "unit", "ours", "against", "figure", "goal", "reached"}
            for sample in filter(None, (line["ours"], line["against"])):
                assert len(sample["values"]) in (1, 3)
                assert sample["low"] <= sample["median"] <= sample["high"]


def test_every_goal_is_held_against_a_figure(document: dict[str, Any]) -> None:
    for name in ("start", "commands", "run", "wire", "strategy", "growth", "million"):
        goals = [line for line in document["parts"][name]["lines"] if line["goal"]]
        assert goals
        assert all(isinstance(line["figure"], float) for line in goals)
        assert all(isinstance(line["reached"], bool) for line in goals)


def test_the_first_strategy_puts_rows_on_wrong_teams_and_the_guard_none(document: dict[str, Any]) -> None:
    lines = {line["what"].strip(): line for line in document["parts"]["strategy"]["lines"]}
    wrong, rows = lines["rows on a wrong team"], lines["rows it leaves"]
    assert wrong["ours"]["median"] > 300
    assert wrong["against"]["median"] == 0
    assert rows["against"]["median"] == 300


def test_what_waits_is_counted_for_every_command(document: dict[str, Any]) -> None:
    trips = [line for line in document["parts"]["wire"]["lines"] if line["unit"] == "trips"]
    assert len(trips) == 7
    assert all(line["ours"]["median"] > 1 for line in trips)


def test_a_part_alone_is_printed_for_people(cluster: Cluster) -> None:
    done = bench(cluster, "start")
    assert done.returncode == 0, done.stderr
    assert "--version" in done.stdout
    assert "python -c pass" in done.stdout
    assert "million" not in done.stdout

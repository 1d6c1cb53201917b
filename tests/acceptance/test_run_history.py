"""`history`: every run and every command that wrote, and what the guard cost beside the ETL."""

from __future__ import annotations

import time
from typing import Any

import pytest

from tests.world.builders import the_etl_recreates_everything
from tests.world.nights import Night, and_then, shell, until


def test_nothing_was_done_yet(night: Night) -> None:
    before = night.database.everything()
    outcome = night.asks("history", "--json")
    assert (outcome.status, outcome.json["result"]["events"]) == (0, [])
    assert night.asks("history").status == 0
    assert night.database.everything() == before


def test_runs_and_commands_that_wrote_newest_first(night: Night) -> None:
    assert night.asks("backup", "--label", "by hand").status == 0
    the_etl_recreates_everything(night.database)
    assert night.asks("restore").status == 0
    assert night.runs(night.etl()).status == 0
    assert night.runs(shell("exit 6")).status == 6
    refused = night.etl()
    night.database.rows("UPDATE schedule SET home_team_id = NULL")
    assert night.runs(refused).status == 3

    result = night.asks("history", "--json").json["result"]
    events = result["events"]
    assert [event["kind"].split()[0] for event in events] == ["run", "run", "run", "restore", "backup"]
    assert [event.get("exit_code") for event in events] == [3, 6, 0, None, None]
    assert [event["etl_exit_code"] for event in events[:3]] == [None, 6, 0]
    assert all(event["at"] and event["by"] and event["tool_version"] and event["says"] for event in events)
    assert [phase["name"] for phase in events[2]["phases"]][-1] == "cleanup"
    assert (result["total"], result["runs"]) == (5, 3)
    assert result["overhead_percent"] == pytest.approx(100 * result["guard_seconds"] / result["etl_seconds"], abs=0.051)
    assert "by hand" in events[-1]["says"]


def events_by_kind(night: Night) -> dict[str, dict[str, Any]]:
    """The history's newest event of each kind."""
    events = night.asks("history", "--json").json["result"]["events"]
    return {event["kind"].split()[0]: event for event in reversed(events)}


def test_how_long_each_command_that_wrote_took_is_told(night: Night) -> None:
    for command in (("backup",), ("backup",), ("cleanup", "--keep-last", "1")):
        assert night.asks(*command).status == 0
    the_etl_recreates_everything(night.database)
    blocker = night.database.connect()
    blocker.execute("BEGIN")
    blocker.execute("LOCK TABLE practice_times IN ROW EXCLUSIVE MODE")
    restore = night.starts("restore", "--json")
    until(lambda: night.database.rows("SELECT pid FROM pg_locks WHERE NOT granted"))
    time.sleep(2.0)
    blocker.execute("ROLLBACK")
    done = night.ends(restore)
    assert done.status == 0, done
    assert night.asks("restore", "--undo", str(done.json["result"]["ledger"])).status == 0
    assert night.runs(shell("exit 0")).status == 3, "what was taken back holds it up, which takes its time too"

    told = events_by_kind(night)
    assert set(told) == {"backup", "cleanup", "restore", "undo", "run"}
    assert all(0.0 < event["seconds"] < 60.0 for event in told.values()), told
    assert told["restore"]["seconds"] >= 2.0, "its wait for the locks counts"
    shown = " ".join(night.asks("history").stdout.split())
    assert f"It took {told['restore']['seconds']:.1f} s." in shown
    (removed,) = [part for part in shown.split("UTC") if "removed since." in part]
    assert "removed since. It took" in removed

    assert night.asks("snapshots", "export", "latest", str(night.wrote("export"))).status == 0
    night.database.rows("DROP SCHEMA practice_guard CASCADE")
    assert night.asks("snapshots", "import", str(night.wrote("export"))).status == 0
    staging = {"PRACTICE_GUARD_STAGING_URL": night.database.url}
    marks = ("mark", "--env", "staging", "--was", "local", "--confirm", "staging")
    assert night.guard(*marks, env=staging).status == 0
    night.environment["PRACTICE_GUARD_LOCAL_URL"], night.environment["PRACTICE_GUARD_ENV"] = "", "staging"
    night.environment |= staging
    told = events_by_kind(night)
    assert set(told) == {"import", "mark"}
    assert all(0.0 < event["seconds"] < 60.0 for event in told.values()), told


def test_of_what_an_older_version_did_nobody_knows_how_long_it_took(night: Night) -> None:
    assert night.asks("backup").status == 0
    the_etl_recreates_everything(night.database)
    assert night.asks("restore").status == 0
    night.database.rows("UPDATE practice_guard.ledger SET result = result - 'seconds'")
    night.database.rows("UPDATE practice_guard.snapshots SET verified_at = taken_at")
    told = events_by_kind(night)
    assert {kind: event["seconds"] for kind, event in told.items()} == {"backup": None, "restore": None}
    assert "It took" not in night.asks("history").stdout
    assert night.asks("snapshots", "verify").status == 0


def test_the_cost_is_drawn_run_by_run(night: Night) -> None:
    for _ in range(3):
        assert night.runs(and_then("sleep 0.2", night.nothing_new)).status == 0
    shown = night.asks("history").stdout
    (line,) = [line for line in shown.splitlines() if "run by run" in line]
    assert sum(line.count(block) for block in "▁▂▃▄▅▆▇█") == 3
    assert line.rstrip().endswith("%")
    assert " beside " in shown.splitlines()[-1] + shown.splitlines()[-2]
    assert len(night.asks("history", "--last", "1", "--json").json["result"]["events"]) == 1


def test_a_snapshot_that_is_gone_takes_nothing_from_the_history(night: Night) -> None:
    for _ in range(3):
        assert night.runs(night.nothing_new, "--keep-last", "1").status == 0
    events = night.asks("history", "--json").json["result"]["events"]
    assert [event["kind"] for event in events] == ["run 3", "run 2", "run 1"]


@pytest.mark.parametrize("remover", ["run", "cleanup"])
def test_a_backup_is_still_told_of_when_its_snapshot_is_gone(night: Night, remover: str) -> None:
    assert night.asks("backup", "--label", "by hand").status == 0
    assert night.runs(night.nothing_new).status == 0
    before = night.asks("history", "--json").json["result"]["events"]
    etl = ["--", *night.nothing_new] if remover == "run" else []
    assert night.asks(remover, "--keep-last", "1", *etl).status == 0
    assert not night.database.rows("SELECT id FROM practice_guard.snapshots WHERE label = 'by hand'")

    after = night.asks("history", "--json").json["result"]["events"]
    assert [event["kind"] for event in after] == ["run 2" if remover == "run" else "cleanup", "run 1", "backup"]
    then, now = before[-1], after[-1]
    assert {**now, "says": ""} == {**then, "says": ""}
    assert "by hand" in now["says"]
    assert now["says"].endswith("removed since.")


def test_a_run_that_is_not_finished_is_told_of(night: Night) -> None:
    night.is_killed("put_back", "begin", night.etl())
    try:
        outcome = night.asks("history", "--json")
        assert [finding["code"] for finding in outcome.json["findings"]] == ["run-unfinished"]
        (event, *_) = outcome.json["result"]["events"]
        assert (event["phase"], event["finished_at"], event["exit_code"]) == ("restore", None, None)
        assert event["says"].startswith("Not finished")
    finally:
        night.close()

"""A run that is told to end, or killed: what the next command says, and `run --resume`. Two runs at once."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path

import pytest

from tests.world.nights import Night, ends_by_force, shell, touch, until, wait_for


def counted(night: Night) -> list[str]:
    """An import that notes each time it is started."""
    return night.etl(before=touch(night.wrote("started")))


def times_started(night: Night) -> int:
    file = night.wrote("started")
    return len(file.read_text().split()) if file.exists() else 0


def waiting(night: Night) -> list[str]:
    """An import that, having deleted and imported everything, waits for the file `go`."""
    return night.etl(
        before=touch(night.wrote("started")), after=touch(night.wrote("done")) + wait_for(night.wrote("go"))
    )


@pytest.mark.parametrize("moment", ["begin", "end"])
def test_killed_before_its_etl_it_holds_nobody_up(night: Night, moment: str) -> None:
    night.is_killed("back_up", moment, counted(night))
    assert night.asks("validate-safety").status == 0
    assert "run-unfinished" not in night.asks("health").stdout
    resumed = night.resumes()
    assert resumed.status == 0
    assert "had not started its ETL and changed nothing" in resumed.stdout
    assert times_started(night) == 0
    assert night.runs(counted(night)).status == 0


def test_the_next_run_closes_one_that_was_killed_before_its_etl(night: Night) -> None:
    night.is_killed("back_up", "end", counted(night))
    assert night.runs(counted(night)).status == 0
    assert night.every_practice_is_in_place()
    events = night.asks("history", "--json").json["result"]["events"]
    assert [event["finished_at"] is not None for event in events if "run" in event] == [True, True]


def test_killed_before_there_is_a_record_it_leaves_nothing(night: Night) -> None:
    before = night.database.everything()
    night.is_killed("validate", "end", counted(night))
    assert night.database.everything() == before
    assert night.asks("run", "--resume").status == 2


@pytest.mark.parametrize(
    ("phase", "moment", "recorded"),
    [
        ("import_anew", "begin", "etl"),
        ("import_anew", "end", "etl"),
        ("check_preservation", "begin", "check-preservation"),
        ("check_preservation", "end", "check-preservation"),
        ("put_back", "begin", "restore"),
        ("put_back", "end", "restore"),
        ("judge_health", "begin", "health"),
        ("judge_health", "end", "health"),
        ("clean_up", "begin", "cleanup"),
        ("clean_up", "end", "cleanup"),
    ],
)
def test_killed_after_its_etl_began_it_is_seen_and_finished(
    night: Night, phase: str, moment: str, recorded: str
) -> None:
    night.is_killed(phase, moment, counted(night))
    started = times_started(night)
    assert night.record["phase"] == recorded
    refused = night.runs(counted(night), "--json")
    assert refused.status == 3
    assert "practice-guard run --resume --env local" in str(refused.json["findings"])

    resumed = night.resumes("--json")
    assert resumed.status == 0, resumed
    assert night.every_practice_is_in_place()
    assert times_started(night) == started, "the ETL is never started again"
    unknown = [finding for finding in resumed.json["findings"] if finding["code"] == "etl-outcome-unknown"]
    assert bool(unknown) == (recorded == "etl")
    assert resumed.json["result"]["etl_exit_code"] == (None if recorded == "etl" else 0)
    assert night.record["finished"]


def test_the_next_command_says_what_state_the_data_is_in(night: Night) -> None:
    night.is_killed("put_back", "begin", counted(night))
    for command in ("health", "validate-safety", "restore"):
        told = [each for each in night.asks(command, "--json").json["findings"] if each["code"] == "run-unfinished"]
        assert len(told) == 1, command
        assert "Its ETL had ended with status 0." in told[0]["why"]
        assert f"Snapshot {night.record['snapshot']} has them, " in told[0]["why"]
    # a person restored by hand: the run is finished all the same, and the night after is a good one
    resumed = night.resumes()
    assert resumed.status == 0
    (restored,) = [each for each in resumed.stdout.splitlines() if each.startswith("restore, ")]
    assert "s: Restored from " in restored
    assert night.runs(counted(night)).status == 0
    assert night.every_practice_is_in_place()


def test_no_cleanup_takes_the_snapshot_that_a_killed_run_needs(night: Night) -> None:
    night.is_killed("put_back", "begin", counted(night))
    assert night.asks("restore").status == 0
    assert night.asks("backup").status == 0
    assert night.asks("cleanup", "--all").status == 0
    assert night.resumes().status == 0
    assert night.runs(counted(night)).status == 0


def test_what_an_etl_that_failed_left_is_still_known_when_the_run_is_resumed(night: Night) -> None:
    night.is_killed("put_back", "begin", night.etl(after="status = 7"))
    resumed = night.resumes("--json")
    assert (resumed.status, resumed.json["result"]["etl_exit_code"]) == (7, 7)
    assert night.every_practice_is_in_place()


def test_an_etl_whose_guard_was_killed_keeps_everybody_out_until_it_ends(night: Night) -> None:
    guard = night.starts("run", "--", *waiting(night))
    until(night.wrote("done").exists)
    guard.kill()
    guard.wait()
    orphan = int(night.wrote("started").read_text().split()[0])
    try:
        for command in (["run", "--json", "--", "true"], ["run", "--json", "--resume"]):
            kept_out = night.asks(*command)
            assert kept_out.status == 11, kept_out
            assert "still lives" in kept_out.json["verdict"]
            assert str(orphan) in kept_out.json["verdict"]
        assert not night.every_practice_is_in_place()
        night.wrote("go").touch()
        until(lambda: not _alive(orphan))
    finally:
        ends_by_force(orphan)
    assert night.resumes().status == 0
    assert night.every_practice_is_in_place()


def test_an_orphan_on_another_machine_is_known_by_its_session(night: Night) -> None:
    night.is_killed("import_anew", "begin", ["true"])
    elsewhere = night.database.connect(application_name=f"practice_guard_etl:{night.record['id']}")
    outcome = night.asks("run", "--resume", "--json")
    assert outcome.status == 11
    assert f"run {night.record['id']}" in outcome.json["verdict"]
    elsewhere.close()
    assert night.resumes().status == 0


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{pid}/stat")
    return not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] != "Z"


def test_while_a_run_is_at_work_nobody_else_writes(night: Night) -> None:
    assert night.asks("backup").status == 0
    first = night.starts("run", "--json", "--", *waiting(night))
    until(night.wrote("done").exists)
    before = night.database.everything()
    for command in (["run", "--", "true"], ["run", "--resume"], ["backup"], ["restore"], ["cleanup", "--all"]):
        outcome = night.asks(*command)
        assert outcome.status == 11, outcome
    assert night.database.everything() == before
    health = night.asks("health", "--json").json
    assert [each["severity"] for each in health["findings"] if each["code"] == "run-in-progress"] == ["info"]
    assert night.asks("validate-safety").status == 3
    night.wrote("go").touch()
    outcome = night.ends(first)
    assert outcome.status == 0, outcome
    assert night.every_practice_is_in_place()


def test_of_many_runs_at_once_one_works(night: Night) -> None:
    etl = counted(night)
    etl[2] = etl[2].replace("status = main", "time.sleep(3)\nstatus = main")
    outcomes = [night.ends(process) for process in [night.starts("run", "--json", "--", *etl) for _ in range(5)]]
    statuses = sorted(outcome.status for outcome in outcomes)
    assert statuses[0] == 0
    assert set(statuses[1:]) <= {0, 11}
    assert statuses.count(0) == times_started(night)
    assert night.every_practice_is_in_place()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_is_passed_on_to_the_etl_and_the_rows_are_put_back(night: Night, number: signal.Signals) -> None:
    guard = night.starts("run", "--json", "--", *waiting(night))
    until(night.wrote("done").exists)
    guard.send_signal(number)
    outcome = night.ends(guard)
    assert outcome.status == 128 + number, outcome
    assert json.loads(outcome.stdout)["result"]["etl"]["stopped_by"] == number
    assert night.every_practice_is_in_place()
    assert night.record["finished"]


def test_under_nohup_a_closed_terminal_ends_nothing(night: Night) -> None:
    guard = night.starts("run", "--json", "--", *waiting(night), nohup=True)
    until(night.wrote("done").exists)
    guard.send_signal(signal.SIGHUP)
    night.wrote("go").touch()
    outcome = night.ends(guard)
    assert outcome.status == 0, outcome
    assert outcome.json["result"]["etl"]["stopped_by"] is None
    assert night.every_practice_is_in_place()


def test_an_etl_that_does_not_listen_is_ended_by_a_second_signal(night: Night) -> None:
    deaf = night.etl(
        before="signal.signal(signal.SIGTERM, signal.SIG_IGN)",
        after=touch(night.wrote("done")) + "\ntime.sleep(600)",
    )
    guard = night.starts("run", "--", *deaf)
    until(night.wrote("done").exists)
    guard.terminate()
    with pytest.raises(Exception, match="timed out"):
        guard.wait(1.0)
    guard.terminate()
    outcome = night.ends(guard)
    assert outcome.status == 128 + signal.SIGKILL, outcome
    assert night.every_practice_is_in_place()


@pytest.mark.parametrize(
    ("phase", "moment", "number"),
    [
        ("back_up", "begin", signal.SIGTERM),
        ("back_up", "end", signal.SIGINT),
        ("import_anew", "end", signal.SIGTERM),
        ("check_preservation", "end", signal.SIGHUP),
        ("put_back", "end", signal.SIGTERM),
        ("judge_health", "begin", signal.SIGINT),
        ("clean_up", "begin", signal.SIGTERM),
    ],
)
def test_told_to_end_in_any_phase_its_record_says_what_it_said(
    night: Night, phase: str, moment: str, number: signal.Signals
) -> None:
    outcome = night.is_ended(phase, moment, f"os.kill(os.getpid(), {number:d})", counted(night))
    assert outcome.status == outcome.json["exit_code"] == 128 + number, outcome
    night.assert_recorded(outcome)
    before_its_etl = phase == "back_up"
    assert ("The ETL was not started" in outcome.json["verdict"]) == before_its_etl
    assert night.record["finished"] == before_its_etl, "what changed nothing holds nobody up"
    if not before_its_etl:
        assert night.resumes().status == 0
    assert night.runs(counted(night)).status == 0
    assert night.every_practice_is_in_place()


def test_a_fault_of_the_program_is_recorded_as_it_is_said(night: Night) -> None:
    outcome = night.is_ended("check_preservation", "end", "raise KeyError('team 7')", counted(night))
    assert outcome.status == 1, outcome
    night.assert_recorded(outcome)
    assert night.resumes().status == 0
    assert night.every_practice_is_in_place()


def test_told_to_end_while_it_puts_back_it_says_so_and_is_resumed(night: Night) -> None:
    blocker = night.database.connect()
    blocker.execute("BEGIN")
    # what the restore needs and the ETL does not: a shared lock is in nobody else's way
    etl = night.etl(after=touch(night.wrote("done")))
    blocker.execute("LOCK TABLE practice_times IN ROW EXCLUSIVE MODE")
    guard = night.starts("run", "--json", "--", *etl)
    until(lambda: night.wrote("done").exists() and night.record["phase"] == "restore")
    guard.terminate()
    outcome = night.ends(guard)
    assert outcome.status == 128 + signal.SIGTERM, outcome
    assert outcome.json["exit_code"] == outcome.status
    assert "ended by SIGTERM in restore" in outcome.json["verdict"]
    assert outcome.json["next_steps"] == ["practice-guard run --resume --env local"]
    night.assert_recorded(outcome)
    blocker.execute("ROLLBACK")
    assert night.resumes().status == 0
    assert night.every_practice_is_in_place()


def test_a_restore_that_gets_no_lock_is_left_to_be_resumed(night: Night) -> None:
    blocker = night.database.connect()
    blocker.execute("BEGIN")
    blocker.execute("LOCK TABLE practice_times IN ROW EXCLUSIVE MODE")
    outcome = night.runs(night.etl(), "--lock-timeout", "1", "--json")
    assert outcome.status == 11, outcome
    assert outcome.json["result"]["etl_exit_code"] == 0
    assert outcome.json["next_steps"][-1] == "practice-guard run --resume --env local"
    assert not night.record["finished"]
    blocker.execute("ROLLBACK")
    assert night.resumes().status == 0
    assert night.every_practice_is_in_place()


def test_a_table_that_the_etl_dropped_is_said_and_is_resumed_when_it_is_back(night: Night) -> None:
    drops = night.etl(
        after="import psycopg\nwith psycopg.connect(os.environ['PRACTICE_GUARD_LOCAL_URL']) as other:\n"
        "    other.execute('ALTER TABLE teams RENAME TO squads')\n"
    )
    outcome = night.runs(drops, "--json")
    assert outcome.status == 13, outcome
    night.database.rows("ALTER TABLE squads RENAME TO teams")
    assert night.resumes().status == 0
    assert night.every_practice_is_in_place()


def test_a_second_run_is_refused_by_the_database_too(night: Night) -> None:
    night.is_killed("import_anew", "end", shell("true"))
    with pytest.raises(Exception, match="one_run_at_a_time"):
        night.database.rows(
            "INSERT INTO practice_guard.runs (started_at, started_by, host, pid, tool_version, environment, command,"
            " phase) VALUES (now(), 'somebody', 'h', 1, '0', 'local', '[]', 'backup')"
        )

"""`run`: one process around the ETL. Every ETL here is a real process, and every status is one of the contract's."""

from __future__ import annotations

import json
import shlex
import signal
import sys

import pytest

from tests.world.nights import Night, and_then, has_practices_on_a_team_that_is_gone, shell, until


def phases(outcome_json: dict[str, object]) -> list[str]:
    result = outcome_json["result"]
    assert isinstance(result, dict)
    return [phase["name"] for phase in result["phases"]]


ALL = ["validate-safety", "backup", "etl", "check-preservation", "restore", "health", "cleanup"]


def test_a_good_night(night: Night) -> None:
    outcome = night.runs(night.etl())
    assert outcome.status == 0, outcome
    assert night.every_practice_is_in_place()
    lines = outcome.stdout.splitlines()
    assert lines[-1].startswith("OK  The ETL went well. All ")
    # the ETL's own output stands between its beginning and its end
    begun = next(place for place, line in enumerate(lines) if line.startswith("etl: "))
    ended = next(place for place, line in enumerate(lines) if line.startswith("etl, "))
    assert any("Import finished" in line for line in lines[begun:ended])
    assert [line.split()[0] for line in lines if "####" in line or line.endswith(" #")] != []
    assert " s beside " in outcome.stdout
    assert not outcome.stderr


def test_a_good_night_as_one_document(night: Night) -> None:
    outcome = night.runs(night.etl(), "--json")
    document, result = outcome.json, outcome.json["result"]
    assert (outcome.status, document["exit_code"], document["ok"]) == (0, 0, True)
    assert phases(document) == ALL
    assert all(set(phase) == {"name", "seconds", "ok"} and phase["ok"] for phase in result["phases"])
    assert set(ALL) < set(result)
    assert result["etl_exit_code"] == 0
    assert result["restore"]["rows"]["insert"] == sum(night.before.values())
    assert result["backup"]["snapshot"] == result["snapshot"] == night.record["snapshot"]
    assert result["check-preservation"]["preserved"] is False, "new ids are normal with this ETL"
    took = sum(phase["seconds"] for phase in result["phases"] if phase["name"] != "etl")
    assert took <= result["guard_seconds"] < took + 5
    assert result["overhead_percent"] == pytest.approx(100 * result["guard_seconds"] / result["etl_seconds"], abs=0.051)
    assert not [finding for finding in document["findings"] if finding["severity"] == "error"]
    assert "Import finished" in outcome.stderr, "the ETL's own output goes where it is no document"


@pytest.mark.parametrize("code", [1, 3, 4, 21])
def test_an_etl_that_fails_before_it_does_anything_gives_its_own_status(night: Night, code: int) -> None:
    outcome = night.runs(shell(f"exit {code}"), "--json")
    assert (outcome.status, outcome.json["result"]["etl_exit_code"]) == (code, code)
    assert outcome.json["result"]["proven"] is True
    assert "cleanup" not in phases(outcome.json)
    assert night.every_practice_is_in_place()


def test_an_etl_that_fails_between_its_commits_leaves_rows_that_wait_for_the_next_night(night: Night) -> None:
    outcome = night.runs(night.etl("--variant", "fail-half-way", "--commit-every", "1"), "--json")
    assert (outcome.status, outcome.json["result"]["etl_exit_code"]) == (4, 1)
    rows = outcome.json["result"]["restore"]["rows"]
    assert rows["insert"] > 0, "what can be placed is placed"
    assert rows["pending"] > 0
    assert not night.every_practice_is_in_place()

    assert night.runs(night.etl()).status == 0
    assert night.every_practice_is_in_place()


def test_after_an_etl_that_failed_only_what_is_exactly_the_same_is_taken(night: Night) -> None:
    renamed = night.etl("--variant", "relabel", after="status = 1")
    outcome = night.runs(renamed, "--json")
    assert outcome.status == 4
    restored = outcome.json["result"]["restore"]
    assert set(restored["evidence"]) <= {"exact", "same-id"}
    assert restored["rows"]["pending"] > 0
    assert night.runs(night.etl("--variant", "relabel")).status == 0


def test_rows_that_wait_after_an_etl_that_failed_go_on_waiting_when_old_snapshots_are_removed(night: Night) -> None:
    assert night.runs(night.nothing_new).status == 0
    assert night.runs(night.nothing_new).status == 0
    assert night.runs(night.etl("--variant", "relabel", after="status = 1")).status == 4
    assert len(night.asks("cleanup", "--keep-last", "1", "--json").json["result"]["removed"]) > 0
    assert night.runs(night.etl("--variant", "relabel")).status == 0


def test_an_etl_that_fails_after_its_commits_gives_its_own_status(night: Night) -> None:
    outcome = night.runs(night.etl(after="status = 5"))
    assert outcome.status == 5, outcome
    assert night.every_practice_is_in_place()
    assert outcome.stdout.splitlines()[-1].startswith("FAILED  The ETL ended with status 5. All ")


def test_an_etl_that_hangs_is_ended(night: Night) -> None:
    hanging = night.etl("--variant", "hang", "--commit-every", "1")
    # its time begins with its process; on a busy machine it takes a while until it has come to where it hangs
    outcome = night.runs(hanging, "--etl-timeout", "12", "--json")
    assert (outcome.status, outcome.json["result"]["etl"]["timed_out"]) == (128 + signal.SIGTERM, True)
    assert "did not end in time" in outcome.json["verdict"]
    assert night.every_practice_is_in_place()


def test_an_etl_that_is_not_there(night: Night) -> None:
    outcome = night.runs(["/no/such/etl"])
    assert outcome.status == 127
    assert "/no/such/etl: No such file or directory" in outcome.stdout
    assert night.every_practice_is_in_place()


def test_an_etl_that_cannot_be_executed(night: Night) -> None:
    file = night.wrote(f"etl-{'of-a-long-name-' * 6}.txt")
    file.write_text("import everything")
    assert night.runs([str(file)]).status == 126


def test_an_etl_that_is_killed(night: Night) -> None:
    outcome = night.runs(night.etl(after="os.kill(os.getpid(), signal.SIGKILL)"), "--json")
    assert (outcome.status, outcome.json["result"]["etl_exit_code"]) == (137, 137)
    assert "SIGKILL" in outcome.json["verdict"]
    assert night.every_practice_is_in_place()


@pytest.mark.parametrize("options", [(), ("--allow-pending",)])
def test_an_etl_that_empties_everything_and_says_it_went_well(night: Night, options: tuple[str, ...]) -> None:
    outcome = night.runs(night.etl("--variant", "empty"), "--json", *options)
    assert (outcome.status, outcome.json["result"]["etl_exit_code"]) == (4, 0)
    assert "cleanup" not in phases(outcome.json)
    assert night.runs(night.etl()).status == 0
    assert night.every_practice_is_in_place()


@pytest.mark.parametrize(("options", "status"), [((), 4), (("--allow-pending",), 0)])
def test_rows_may_wait_where_that_is_allowed(night: Night, options: tuple[str, ...], status: int) -> None:
    outcome = night.runs(night.etl("--variant", "drop-series=Chicago 22"), *options)
    assert outcome.status == status, outcome
    assert "4 of 15" in outcome.stdout or "5 of 15" in outcome.stdout, outcome


def test_a_flood_of_output_arrives_as_it_is_and_breaks_no_document(night: Night) -> None:
    code = "import sys; sys.stdout.write('x' * 8_000_000 + '\\n'); sys.stderr.write('y' * 999)"
    flood = and_then(shlex.join([sys.executable, "-c", code]), night.nothing_new)
    outcome = night.runs(flood)
    assert outcome.status == 0
    assert outcome.stdout.count("x" * 8_000_000) == 1
    assert outcome.stderr == "y" * 999
    outcome = night.runs(flood, "--json")
    assert outcome.json["exit_code"] == 0
    assert outcome.stderr.count("x") == 8_000_000


def test_where_it_is_not_safe_the_etl_is_not_started(night: Night) -> None:
    assert night.runs(night.nothing_new).status == 0
    night.database.rows("UPDATE schedule SET home_team_id = NULL")
    marker = night.wrote("started")
    outcome = night.runs(shell(f"touch {marker}"), "--json")
    assert (outcome.status, outcome.json["result"]["etl_exit_code"]) == (3, None)
    assert phases(outcome.json) == ["validate-safety"]
    assert not marker.exists()
    assert outcome.json["result"]["overhead_percent"] is None
    assert night.record["finished"], "a run that did nothing holds nobody up"


def test_a_database_that_was_never_backed_up_is_not_written_to_by_a_refusal(night: Night) -> None:
    has_practices_on_a_team_that_is_gone(night)
    assert night.guard("run", "--", "true", env=night.environment).status == 3
    assert not night.database.rows("SELECT oid FROM pg_namespace WHERE nspname = 'practice_guard'")


def test_the_etl_is_a_process_of_its_own_that_the_server_can_name(night: Night) -> None:
    seen = night.wrote("seen")
    code = (
        "import os, psycopg; connection = psycopg.connect(os.environ['PRACTICE_GUARD_LOCAL_URL'], autocommit=True);"
        "name = connection.execute('SHOW application_name').fetchone()[0];"
        "connection.execute('INSERT INTO clubs (name) VALUES ($$Larkmoor$$)'); connection.close();"
        f"open({str(seen)!r}, 'w').write(f'{{name}} {{os.getsid(0) == os.getpid() == os.getpgrp()}}')"
    )
    assert night.runs([sys.executable, "-c", code]).status == 0
    assert seen.read_text() == f"practice_guard_etl:{night.record['id']} True"


def test_what_has_left_the_etls_process_group_is_waited_for(night: Night) -> None:
    go, left = night.wrote("go"), night.wrote("left")
    waits = f"while [ ! -e {go} ]; do sleep 0.1; done; touch {left}"
    deserter = and_then(f"(setsid sh -c '{waits}' >/dev/null 2>&1 &)", night.nothing_new)
    try:
        outcome = night.runs(deserter, "--lock-timeout", "0.5", "--json")
        assert outcome.status == 11, outcome
        assert "a process that the ETL of run 1 left behind" in outcome.json["verdict"]
        assert not left.exists()
    finally:
        go.touch()
    until(left.exists)
    until(lambda: night.resumes().status == 0)
    assert night.runs(deserter).status == 0
    assert night.every_practice_is_in_place()


def test_an_etl_that_ends_the_guards_session_does_not_end_the_guard(night: Night) -> None:
    violent = night.etl(
        before="import psycopg\nwith psycopg.connect(os.environ['PRACTICE_GUARD_LOCAL_URL']) as other:\n"
        "    other.execute('SELECT pg_terminate_backend(pid) FROM pg_stat_activity'\n"
        "        ' WHERE datname = current_database() AND starts_with(application_name, $$practice_guard:$$)')\n"
    )
    outcome = night.runs(violent)
    assert outcome.status == 0, outcome
    assert night.every_practice_is_in_place()


def test_who_was_fenced_off_writes_nothing(night: Night) -> None:
    taken = night.etl(
        after="import psycopg\nwith psycopg.connect(os.environ['PRACTICE_GUARD_LOCAL_URL']) as other:\n"
        "    other.execute('UPDATE practice_guard.runs SET token = token + 1')\n"
    )
    outcome = night.guard("run", "--json", "--", *taken, env=night.environment)
    assert outcome.status == 11, outcome
    assert "not ours any more" in outcome.json["verdict"]
    assert night.database.count("schedule", "home_team ILIKE '%practice%'") == 0
    assert night.resumes().status == 0
    assert night.every_practice_is_in_place()


def test_old_snapshots_go_only_after_a_night_that_is_proven(night: Night) -> None:
    for _ in range(3):
        assert night.runs(night.nothing_new, "--keep-last", "2").status == 0
    assert night.database.count("practice_guard.snapshots") == 2
    assert night.runs(shell("exit 1"), "--keep-last", "1").status == 1
    assert night.database.count("practice_guard.snapshots") == 3


def test_a_reader_of_old_snapshots_makes_no_bad_night(night: Night) -> None:
    assert night.runs(night.nothing_new).status == 0
    table = night.database.value("SELECT rows_table FROM practice_guard.snapshot_sets WHERE name = 'practices'")
    reader = night.database.connect()
    reader.execute("BEGIN")
    reader.execute(f'LOCK TABLE practice_guard."{table}" IN ACCESS SHARE MODE'.encode())
    outcome = night.runs(night.etl(), "--keep-last", "1", "--lock-timeout", "1", "--statement-timeout", "5", "--json")
    assert outcome.status == 0, outcome
    assert [each["code"] for each in outcome.json["findings"]].count("retention-failed") == 1


def test_secrets_of_the_etls_command_line_are_not_written_down(night: Night) -> None:
    secret = "swordfish-4711"
    words = ["--url", f"postgresql://u:{secret}@h/d", f"--api-key={secret}", "--password", secret, f"password={secret}"]
    outcome = night.runs([*night.nothing_new, *words], "--json")
    history = night.asks("history", "--json")
    stored = str(night.database.everything())
    assert secret not in stored + outcome.stdout + outcome.stderr + history.stdout
    assert night.record["command"][-1] == "password=***"


@pytest.mark.parametrize(
    "arguments",
    [["run"], ["run", "--resume", "--", "true"], ["run", "--resume"], ["run", "--keep-last", "0", "--", "true"]],
)
def test_a_wrong_command_line_does_nothing(night: Night, arguments: list[str]) -> None:
    before = night.database.everything()
    outcome = night.asks(*arguments)
    assert outcome.status == 2, outcome
    assert night.database.everything() == before


def test_the_etls_own_options_are_its_own(night: Night) -> None:
    asked = 'test "$1" = --json && shift 3 && exec "$@"'
    outcome = night.runs(shell(asked, "--json", "--confirm", "x", *night.nothing_new))
    assert outcome.status == 0
    with pytest.raises(json.JSONDecodeError):
        outcome.json  # noqa: B018  (reading it raises)

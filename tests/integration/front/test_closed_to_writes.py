"""A database that somebody has closed to writes: what writes refuses at once, in the same words; what reads works."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from practice_guard.cli import app
from practice_guard.core import errors
from practice_guard.etl import functions as etl
from tests.world import builders
from tests.world.builders import League, ScratchDatabase
from tests.world.callers import CONNECT, nothing_is_set

CLOSED = 10
SAYS = "Somebody has closed this database to writes: default_transaction_read_only is on. Nothing was written."
SETTING = "default_transaction_read_only"
WRITES = (
    "backup",
    "restore",
    "restore --dry-run --try",
    "restore --undo 1",
    "cleanup --keep-last 1",
    "mark --confirm local",
    "snapshots import night.practice-guard",
)
READS = {
    "validate-safety": 3,
    "check-preservation": 3,
    "health": 3,
    "restore --dry-run": 0,
    "cleanup --keep-last 1 --dry-run": 0,
    "snapshots": 0,
    "snapshots verify": 0,
    "snapshots export latest again.practice-guard": 0,
    "history": 0,
    "protected": 0,
}


@pytest.fixture
def after_an_import(
    league: League, database: ScratchDatabase, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> ScratchDatabase:
    """A practice to be put back, an older restore to be taken back, and a snapshot as a file."""
    league.captain_schedules_practices(league.has_team(), 3)
    nothing_is_set(monkeypatch, tmp_path)
    monkeypatch.setenv("PRACTICE_GUARD_LOCAL_URL", database.url)
    for words in ("backup", "restore", "snapshots export latest night.practice-guard"):
        assert does(words)["exit_code"] == 0
    builders.the_etl_recreates_everything(database)
    return database


@pytest.fixture(params=["the database", "the role", "the session"])
def closed(
    request: pytest.FixtureRequest, after_an_import: ScratchDatabase, monkeypatch: pytest.MonkeyPatch
) -> Iterator[ScratchDatabase]:
    """It is closed for all, for the guard's role in it, or by what the shell says."""
    name = after_an_import.name
    if request.param == "the session":
        monkeypatch.setenv("PGOPTIONS", f"-c {SETTING}=on")
    else:
        whose = "DATABASE" if request.param == "the database" else "ROLE postgres IN DATABASE"
        after_an_import.session().execute(f'ALTER {whose} "{name}" SET {SETTING} = on'.encode())
    yield after_an_import
    after_an_import.session().execute(f'ALTER ROLE postgres IN DATABASE "{name}" RESET {SETTING}'.encode())


def does(words: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(CliRunner().invoke(app, [*words.split(), "--env", "local", "--json"]).stdout)
    return document


def test_what_writes_is_of_one_mind(closed: ScratchDatabase) -> None:
    before = closed.everything()
    said = {words: does(words) for words in WRITES}
    assert {words: (each["exit_code"], each["verdict"]) for words, each in said.items()} == dict.fromkeys(
        WRITES, (CLOSED, SAYS)
    )
    assert all(f"SET {SETTING} = off" in " ".join(each["next_steps"]) for each in said.values())
    assert closed.everything() == before


def test_a_run_does_not_begin(closed: ScratchDatabase, tmp_path: Path) -> None:
    before = closed.everything()
    done = CliRunner().invoke(app, ["run", "--env", "local", "--", "touch", "begun"])
    assert (done.exit_code, SAYS in " ".join(done.output.split())) == (CLOSED, True), done.output
    assert closed.everything() == before
    assert not (tmp_path / "begun").exists()


def test_what_reads_works(closed: ScratchDatabase) -> None:
    assert {words: does(words)["exit_code"] for words in READS} == READS


@pytest.mark.parametrize("lifted", ["for the role", "for the session"])
def test_it_can_be_opened_for_the_guard_alone(
    after_an_import: ScratchDatabase, monkeypatch: pytest.MonkeyPatch, lifted: str
) -> None:
    session = after_an_import.session()
    session.execute(f'ALTER DATABASE "{after_an_import.name}" SET {SETTING} = on'.encode())
    _, role, shell = does("restore")["next_steps"]
    if lifted == "for the role":
        session.execute(role.partition(";")[0].encode())
    else:
        monkeypatch.setenv("PGOPTIONS", shell.partition("'")[2].partition("'")[0])
    for words in ("restore", "backup"):
        assert does(words)["exit_code"] == 0
    session.execute(f'ALTER ROLE postgres IN DATABASE "{after_an_import.name}" RESET {SETTING}'.encode())


@pytest.mark.parametrize("habit", ["psycopg2", "psycopg"])
def test_inside_an_etl_the_caller_s_own_transaction_decides(after_an_import: ScratchDatabase, habit: str) -> None:
    connection = CONNECT[habit](after_an_import.url)
    try:
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION READ ONLY")
            with pytest.raises(errors.AccessError, match="closed this database to writes"):
                etl.restore_practice_times_with_fallback(cursor)
            connection.rollback()
            cursor.execute(f"SET {SETTING} = on")
            connection.commit()
            cursor.execute("SET TRANSACTION READ WRITE")
            assert etl.restore_practice_times_with_fallback(cursor)["written"] == 3
        connection.commit()
    finally:
        connection.close()

"""What a guard writes down is of its schema: ledger, marks, runs, and which snapshot is the latest."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn

import pytest

from practice_guard.core import errors
from practice_guard.core.running import phases
from tests.world import around
from tests.world.builders import ScratchDatabase

SCHEMAS = ("public", "other")
BOTH_WAYS = pytest.mark.parametrize(("one", "another"), [SCHEMAS, SCHEMAS[::-1]])
Aim = Callable[[str], None]


@pytest.fixture
def guards(monkeypatch: pytest.MonkeyPatch) -> Aim:
    """From then on the commands guard the schema that is named."""
    return lambda schema: monkeypatch.setenv("PRACTICE_GUARD_SCHEMA", schema)


def an_import(database: ScratchDatabase, schema: str, *statements: str) -> list[str]:
    """One that writes the teams of that schema anew, and then does this."""
    kept = f"UPDATE {schema}.teams SET team_name = team_name, updated_at = now()"
    return around.an_import(database.url, kept, *statements)


def backs_up(*options: str) -> str:
    done = around.says("backup", *options)
    assert done.status == 0, done.document
    return str(done.document["result"]["snapshot"])


def history() -> dict[str, list[dict[str, Any]]]:
    """The events that `history` lists, by kind; of all runs the kind is `run`."""
    found: dict[str, list[dict[str, Any]]] = {}
    for each in around.says("history").document["result"]["events"]:
        found.setdefault(each["kind"].split()[0], []).append(each)
    return found


def latest() -> str | None:
    found = around.says("snapshots", "list").document["result"]["latest"]
    return None if found is None else str(found)


def practices(database: ScratchDatabase, schema: str) -> int:
    return database.count(f"{schema}.schedule")


@BOTH_WAYS
def test_the_ledger_of_a_schema_has_no_entry_of_another(
    two_schemas: ScratchDatabase, guards: Aim, one: str, another: str
) -> None:
    guards(one)
    snapshot, rows = backs_up(), practices(two_schemas, one)
    two_schemas.rows(f"TRUNCATE {one}.schedule")
    restored = around.says("restore", "--yes").document["result"]["ledger"]
    assert practices(two_schemas, one) == rows > 0
    guards(another)
    assert history() == {}
    backs_up()

    assert set(history()) == {"backup"}
    undone = around.says("restore", "--undo", str(restored), "--yes")
    assert undone.status == 2
    assert practices(two_schemas, one) == rows
    guards(one)
    assert [(each["ledger"], each["snapshot"]) for each in history()["restore"]] == [(restored, snapshot)]
    assert around.says("restore", "--undo", str(restored), "--yes").status == 0
    assert practices(two_schemas, one) == 0


@BOTH_WAYS
def test_the_runs_of_a_schema_are_its_own(two_schemas: ScratchDatabase, guards: Aim, one: str, another: str) -> None:
    guards(one)
    first = around.runs_around(an_import(two_schemas, one))
    guards(another)
    assert "run" not in history()
    second = around.runs_around(an_import(two_schemas, another))
    assert (first.status, second.status) == (0, 0)
    for schema, done in ((one, first), (another, second)):
        guards(schema)
        (run,) = history()["run"]
        assert run["run"] == done.document["result"]["run"]
        assert around.says("history").document["result"]["runs"] == 1
        assert latest() == done.document["result"]["snapshot"]


@BOTH_WAYS
def test_a_run_that_was_not_finished_is_finished_in_its_own_schema_only(
    two_schemas: ScratchDatabase, guards: Aim, one: str, another: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    guards(one)
    rows = practices(two_schemas, one)
    with monkeypatch.context() as broken:
        broken.setattr(phases, "put_back", stops)
        assert around.runs_around(an_import(two_schemas, one, f"DELETE FROM {one}.schedule")).status not in (0, 3)
    before = two_schemas.all_rows(another)
    monkeypatch.setenv("PRACTICE_GUARD_SCHEMA", another)
    assert around.says("run", "--resume").status == 2
    assert two_schemas.all_rows(another) == before
    assert practices(two_schemas, one) == 0

    monkeypatch.setenv("PRACTICE_GUARD_SCHEMA", one)
    assert around.says("run", "--resume").status == 0
    assert practices(two_schemas, one) == rows
    assert two_schemas.all_rows(another) == before


@BOTH_WAYS
def test_an_import_that_was_watched_in_one_schema_marks_no_other(
    two_schemas: ScratchDatabase, guards: Aim, one: str, another: str
) -> None:
    """A user's deletion stays one where the import was another schema's, and a row that its own import took is back."""
    for schema in SCHEMAS:
        guards(schema)
        two_schemas.rows(
            f"INSERT INTO {schema}.practice_times (team_id, day_of_week) SELECT min(id), 'Monday' FROM {schema}.teams"
        )
        backs_up()
    guards(one)
    taking = f"DELETE FROM {one}.practice_times"
    assert around.runs_around(an_import(two_schemas, one, taking)).status == 0
    assert two_schemas.count(f"{one}.practice_times") == 1

    two_schemas.rows(f"DELETE FROM {another}.practice_times")
    guards(another)
    health = around.says("health")
    assert (health.status, health.document["result"]["deleted"], health.document["result"]["lost"]) == (0, 1, 0)
    assert around.says("restore", "--yes").status == 0
    assert two_schemas.count(f"{another}.practice_times") == 0
    assert two_schemas.count(f"{one}.practice_times") == 1


@BOTH_WAYS
def test_the_latest_snapshot_is_the_schemas_own_whatever_the_other_takes_and_removes(
    two_schemas: ScratchDatabase, guards: Aim, one: str, another: str
) -> None:
    guards(one)
    assert latest() is None
    first = backs_up()
    guards(another)
    assert latest() is None
    backs_up()
    newest = backs_up()
    assert latest() == newest
    removed = around.says("cleanup", "--keep-last", "1", "--yes").document["result"]
    assert len(removed["removed"]) == 1
    assert [each["snapshot"] for each in removed["kept"]] == [newest]

    guards(one)
    assert latest() == first
    assert around.says("health").document["result"]["snapshot"] == first
    assert around.says("snapshots", "show").document["result"]["snapshot"] == first
    assert around.says("cleanup", "--snapshot", newest, "--yes").status not in (0, 3)
    guards(another)
    assert latest() == newest


def stops(*_: object) -> NoReturn:
    """A restore that ends before it has begun."""
    raise errors.SchemaError("The restore was stopped.")

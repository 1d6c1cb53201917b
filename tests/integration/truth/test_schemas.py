"""A set is its table, and what a guard keeps is of its schema: neither ever takes the rows of another."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.world import around
from tests.world.builders import League, ScratchDatabase
from tests.world.seasons import two_teams

GEAR = '[[protected]]\nname = "gear"\ntable = "{}"\nteams = ["team_id"]\n'


def test_a_schemas_first_backup_is_compared_with_nothing_of_another(
    two_schemas: ScratchDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = around.says("backup")
    monkeypatch.setenv("PRACTICE_GUARD_SCHEMA", "other")
    assert around.says("health").document["result"].get("snapshot") is None
    second = around.says("backup")
    assert (first.status, second.status) == (0, 0)
    assert (first.document["result"]["rows"], second.document["result"]["rows"]) == (3, 1)
    assert "rows-deleted" not in second.codes


def test_a_schema_knows_no_snapshot_of_another(two_schemas: ScratchDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    first = around.says("backup").document["result"]["snapshot"]
    monkeypatch.setenv("PRACTICE_GUARD_SCHEMA", "other")
    second = around.says("backup").document["result"]["snapshot"]
    rows = two_schemas.all_rows("other")
    assert around.says("restore", "--snapshot", first, "--yes").status not in (0, 2)
    assert around.says("restore", "--yes").status == 0
    assert two_schemas.all_rows("other") == rows
    assert first not in around.says("snapshots", "list").words
    assert second in around.says("snapshots", "list").words
    monkeypatch.setenv("PRACTICE_GUARD_SCHEMA", "public")
    assert second not in around.says("snapshots", "list").words


def test_a_schemas_own_rows_come_back_to_it(two_schemas: ScratchDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    for schema in ("public", "other"):
        monkeypatch.setenv("PRACTICE_GUARD_SCHEMA", schema)
        assert around.says("backup").status == 0
    before = two_schemas.all_rows("public")
    two_schemas.rows("TRUNCATE other.schedule")
    assert around.says("restore", "--yes").status == 0
    assert two_schemas.rows("SELECT location FROM other.schedule") == [("Elsewhere",)]
    assert two_schemas.all_rows("public") == before


def test_a_set_that_the_settings_give_another_table_takes_no_rows_of_the_first(
    league: League, database: ScratchDatabase, place: Path
) -> None:
    team, _ = two_teams(league)
    for table in ("nets", "balls"):
        database.rows(f"CREATE TABLE {table} (id serial PRIMARY KEY, team_id int, kind text)")
        database.rows(f"INSERT INTO {table} (team_id, kind) VALUES (%(team)s, %(kind)s)", team=team.id, kind=table)
    (place / "practice_guard.toml").write_text(GEAR.format("nets"))
    assert around.says("backup").status == 0
    (place / "practice_guard.toml").write_text(GEAR.format("balls"))
    database.rows("DELETE FROM balls")

    answers = [around.says(*line) for line in (("restore", "--yes"), ("backup",))]

    assert [each.status for each in answers] == [13, 13]
    for each in answers:
        assert each.document["next_steps"][0].startswith("Let the settings name public.nets again")
    assert database.count("balls") == 0
    taken = around.says("backup", "--accept-current")
    assert (taken.status, "set-gone" in taken.codes) == (0, True)
    assert around.says("restore", "--yes").status == 0
    assert database.count("balls") == 0
    assert database.rows("SELECT kind FROM nets") == [("nets",)]

"""What a person says of a built-in set, that the ETL deletes its rows or never does, decides what an absence means."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.world import around
from tests.world.builders import League, ScratchDatabase

GONE = {
    "practice_times": ("practice_times", "day_of_week = 'Monday'", 1),
    "captain_messages": ("captain_messages", "message = 'Bring balls'", 1),
    "polls": ("polls", "question = 'Which day suits you?'", 3),
}
"""By set: its table, one row of the first team, and how many rows go where that one goes: a poll has two choices."""

SAID = '[[protected]]\nname = "{}"\netl_deletes = {}\n'


@pytest.fixture
def owned(league: League, database: ScratchDatabase, place: Path) -> ScratchDatabase:
    """Two teams with practices; the first also has two of all else, and the second one of each."""
    first, second = league.has_team(), league.has_team(club="Wilmette", series="Chicago 11")
    for team, days, words, questions in (
        (first, ("Monday", "Tuesday"), ("Bring balls", "Bring water"), ("Which day suits you?", "Who drives?")),
        (second, ("Friday",), ("Bring nets",), ("Who cooks?",)),
    ):
        league.captain_schedules_practices(team, 3)
        for day, message, question in zip(days, words, questions, strict=True):
            league.captain_sets_practice_time(team, day)
            league.captain_writes_message(team, message)
            league.captain_asks(team, question)
    return database


def somebody_says(path: Path, name: str, *, etl_deletes: bool) -> None:
    path.write_text(SAID.format(name, str(etl_deletes).lower()))


def a_row_goes_and_an_import_runs(database: ScratchDatabase, name: str) -> None:
    table, which, _ = GONE[name]
    database.rows(f"DELETE FROM {table} WHERE {which}")
    for each in around.THE_TEAMS_ARE_NEW:
        database.rows(each)
    database.rows("RESET session_replication_role")


def is_there_again(database: ScratchDatabase, name: str) -> bool:
    """Whether the row is on the first team, and there once, with what hangs on it."""
    table, which, _ = GONE[name]
    on_its_team = f"{which} AND team_id = (SELECT id FROM teams WHERE team_name = 'Tennaqua - 22')"
    assert database.count(table, which) == database.count(table, on_its_team) <= 1
    there = database.count(table, which) == 1
    assert database.count("poll_choices") == (4 if name == "polls" and not there else 6)
    return there


def others_are_on_their_teams(database: ScratchDatabase) -> bool:
    tables = ("practice_times", "captain_messages", "polls")
    return all(database.count(table, "team_id NOT IN (SELECT id FROM teams)") == 0 for table in tables)


def deleted(health: around.Said, name: str) -> int:
    sets = health.document["result"]["protected"]
    return int(sets[name]["deleted"]) + (int(sets["poll_choices"]["deleted"]) if name == "polls" else 0)


@pytest.mark.parametrize("name", GONE)
def test_a_row_that_is_absent_after_an_import_is_a_users_deletion_where_the_etl_never_deletes(
    owned: ScratchDatabase, place: Path, name: str
) -> None:
    somebody_says(place / "practice_guard.toml", name, etl_deletes=False)
    assert around.says("backup").status == 0
    a_row_goes_and_an_import_runs(owned, name)

    restored, health, backup = around.says("restore", "--yes"), around.says("health"), around.says("backup")

    assert (restored.status, health.status, backup.status) == (0, 0, 0)
    assert not is_there_again(owned, name)
    assert others_are_on_their_teams(owned)
    assert deleted(health, name) == GONE[name][2]
    assert (health.document["result"]["lost"], health.errors()) == (0, set())
    assert "deleted by users" in health.document["verdict"]


@pytest.mark.parametrize("said", [True, None])
@pytest.mark.parametrize("name", GONE)
def test_a_row_that_is_absent_after_an_import_comes_back_where_the_etl_deletes_or_nobody_says(
    owned: ScratchDatabase, place: Path, name: str, said: bool | None
) -> None:
    if said is not None:
        somebody_says(place / "practice_guard.toml", name, etl_deletes=said)
    assert around.says("backup").status == 0
    a_row_goes_and_an_import_runs(owned, name)
    before = around.says("health")
    assert (before.status, before.document["result"]["protected"][name]["lost"]) == (3, 1)

    restored, health, backup = around.says("restore", "--yes"), around.says("health"), around.says("backup")

    assert (restored.status, health.status, backup.status) == (0, 0, 0)
    assert is_there_again(owned, name)
    assert others_are_on_their_teams(owned)
    assert deleted(health, name) == 0
    assert health.document["verdict"].endswith("each on its team once.")


@pytest.mark.parametrize("name", GONE)
def test_what_the_guard_has_watched_an_import_take_comes_back_whatever_was_said(
    owned: ScratchDatabase, place: Path, name: str
) -> None:
    somebody_says(place / "practice_guard.toml", name, etl_deletes=False)
    table, which, _ = GONE[name]
    taking = (f"DELETE FROM {table} WHERE {which}", *around.THE_TEAMS_ARE_NEW)

    done = around.runs_around(around.an_import(owned.url, *taking))

    assert (done.status, done.errors()) == (0, set())
    assert is_there_again(owned, name)
    assert "rows-deleted" not in done.codes


@pytest.mark.parametrize("etl_deletes", [True, False])
def test_the_file_that_a_setting_names_decides_as_well(
    owned: ScratchDatabase, place: Path, monkeypatch: pytest.MonkeyPatch, etl_deletes: bool
) -> None:
    somebody_says(place / "elsewhere.toml", "polls", etl_deletes=etl_deletes)
    monkeypatch.setenv("PRACTICE_GUARD_CONFIG", str(place / "elsewhere.toml"))
    assert around.says("protected").document["result"]["protected"]["polls"]["etl_deletes"] is etl_deletes
    assert around.says("backup").status == 0
    a_row_goes_and_an_import_runs(owned, "polls")
    assert around.says("restore", "--yes").status == 0
    assert is_there_again(owned, "polls") is etl_deletes

"""A table that was declared after an import, as the installed program adopts its rows."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from tests.world import builders
from tests.world.builders import League, ScratchDatabase
from tests.world.program import PROGRAM, Guard
from tests.world.terminal import AtTerminal

CARPOOLS = '[[protected]]\nname = "carpools"\ntable = "carpools"\nteams = ["team_id"]\n'
IN_PLACE = "carpools AS c JOIN teams AS t ON t.id = c.team_id"


@pytest.fixture
def first(league: League, database: ScratchDatabase, guard: Guard, tmp_path: Path) -> str:
    """The snapshot from before an import that was restored; carpools, of two teams, were declared after it."""
    database.rows("CREATE TABLE carpools (id serial PRIMARY KEY, team_id int, driver text)")
    for club in ("Tennaqua", "Wilmette"):
        league.captain_schedules_practices(league.has_team(club=club), 2)
    database.rows("INSERT INTO carpools (team_id, driver) SELECT id, team_name FROM teams, generate_series(1, 3)")
    taken = guard("backup", "--json").json["result"]["snapshot"]
    builders.the_etl_recreates_everything(database)
    assert guard("restore").status == 0
    assert guard("backup").status == 0
    (tmp_path / "practice_guard.toml").write_text(CARPOOLS, encoding="utf-8")
    return str(taken)


def in_place(database: ScratchDatabase) -> int:
    return database.count(IN_PLACE, "t.team_name = c.driver")


def test_rows_of_a_table_declared_late_wait_for_their_teams_and_are_placed(
    first: str, database: ScratchDatabase, guard: Guard
) -> None:
    warned = guard("validate-safety", "--json").json
    (finding,) = (each for each in warned["findings"] if each["code"] == "rows-on-vanished-team")
    assert f"practice-guard backup --orphans-from {first} --env local" in finding["fix"]

    taken = guard("backup", "--orphans-from", first, "--json")

    assert taken.status == 0, taken
    result = taken.json["result"]
    assert [(each["protected"], each["column"], each["rows"], each["list"]) for each in result["adopted"]] == [
        ("carpools", "team_id", 3, first)
    ] * 2
    assert {each["team"].partition(" (")[0] for each in result["adopted"]} == {"Tennaqua - 22", "Wilmette - 22"}
    assert all(each["today"].startswith(each["team"]) for each in result["adopted"])
    assert (result["not_adopted"], result["orphans_from"]) == ([], first)
    assert taken.json["next_steps"][-1] == "practice-guard restore --env local"
    assert guard("snapshots", "verify").status == 0
    assert guard("restore").status == 0
    assert in_place(database) == 6
    assert guard("health").status == 0


def test_nothing_to_adopt_is_said_and_the_backup_goes_on(first: str, guard: Guard) -> None:
    assert guard("backup", "--orphans-from", first).status == 0
    assert guard("restore").status == 0
    again = guard("backup", "--orphans-from", first, "--json")
    assert again.status == 0, again
    assert "Nothing to adopt" in again.json["verdict"]
    assert again.json["result"]["adopted"] == []
    assert again.json["result"]["snapshot"]


def test_a_run_names_the_command_and_goes_on(first: str, guard: Guard) -> None:
    ran = guard("run", "--json", "--", sys.executable, "-c", "")
    (waiting,) = (each for each in ran.json["findings"] if each["code"] == "rows-pending")
    assert f"practice-guard backup --orphans-from {first} --env local" in waiting["fix"]
    assert ran.json["result"]["snapshot"]


def test_a_run_that_refuses_for_such_rows_names_the_command(
    first: str, database: ScratchDatabase, guard: Guard
) -> None:
    newest = guard("backup", "--orphans-from", first, "--json").json["result"]["snapshot"]
    assert guard("restore").status == 0
    gone = database.value("SELECT min(id) FROM practice_guard.team_lists WHERE list = %(list)s", list=first)
    database.rows("INSERT INTO carpools (team_id, driver) VALUES (%(gone)s, 'a dump from last week')", gone=gone)
    ran = guard("run", "--json", "--", sys.executable, "-c", "")
    assert ran.status == 3, ran
    assert f"backup --orphans-from {newest} --env local" in str([each["fix"] for each in ran.json["findings"]])


@pytest.mark.parametrize("wanted", ["nobody", "20200101-000000-abc"])
def test_a_snapshot_that_is_not_there_is_12(first: str, database: ScratchDatabase, guard: Guard, wanted: str) -> None:
    before = database.all_rows()
    refused = guard("backup", "--orphans-from", wanted, "--json")
    assert (refused.status, refused.json["result"]) == (12, None)
    assert database.all_rows() == before


def test_a_protected_environment_wants_its_name_typed(first: str, database: ScratchDatabase, guard: Guard) -> None:
    url = {"PRACTICE_GUARD_RAILWAY_URL": database.url}
    before = database.all_rows()
    refused = guard("backup", "--orphans-from", first, "--env", "railway", "--json", env=url)
    assert refused.status == 2, refused
    assert database.all_rows() == before


class TestAtATerminal:
    def asks(self, database: ScratchDatabase, directory: Path, first: str, *, answer: str) -> tuple[int, str]:
        """A person who looks and answers; returns the status and what was on the screen."""
        command = (*PROGRAM, "backup", "--orphans-from", first)
        seen = AtTerminal(command, directory, {"PRACTICE_GUARD_LOCAL_URL": database.url})
        asked = seen.until(lambda wrote: "on local?" in wrote)
        shown = asked.partition("on local?")[0]
        assert "Wilmette - 22 (Wilmette, Chicago 22, APTA_CHICAGO)" in " ".join(shown.split())
        os.write(seen._end, answer.encode())
        left = seen.to_its_end()
        return seen.process.returncode, "\n".join(left)

    def test_a_person_is_shown_the_teams_first(self, first: str, database: ScratchDatabase, tmp_path: Path) -> None:
        status, left = self.asks(database, tmp_path, first, answer="y\n")
        assert status == 0, left
        assert "6 rows on 2 ids that are gone are adopted" in left
        assert database.count("practice_guard.snapshots") == 3

    def test_who_declines_has_written_nothing(self, first: str, database: ScratchDatabase, tmp_path: Path) -> None:
        before = database.all_rows()
        status, left = self.asks(database, tmp_path, first, answer="n\n")
        assert status != 0, left
        assert database.all_rows() == before

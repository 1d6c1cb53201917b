"""`protected`, and the README's example: a table that the program has never heard of, protected by ten lines."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from tests.world import builders
from tests.world.builders import League, ScratchDatabase
from tests.world.program import Guard

README = Path(__file__).parents[2] / "README.md"


def the_readmes_example() -> str:
    """The one TOML block under "What is protected"."""
    text = README.read_text(encoding="utf-8")
    section = re.search(r"^## What is protected$(.*?)^## ", text, re.MULTILINE | re.DOTALL)
    assert section
    (example,) = re.findall(r"^```toml\n(.*?)^```$", section[1], re.MULTILINE | re.DOTALL)
    return str(example)


@pytest.fixture
def carpools(league: League, database: ScratchDatabase) -> League:
    """The tables of the example, and practices beside them."""
    database.rows("CREATE TABLE carpools (id serial PRIMARY KEY, team_id int, driver text, cancelled bool)")
    database.rows("CREATE TABLE carpool_seats (id serial PRIMARY KEY, carpool_id int, taken_by text)")
    for club in ("Tennaqua", "Wilmette"):
        team = league.has_team(club=club)
        league.captain_schedules_practices(team, 3)
        database.rows(
            "INSERT INTO carpools (team_id, driver, cancelled)"
            " VALUES (%(team)s, %(club)s, NULL), (%(team)s, 'x', true)",
            team=team.id,
            club=club,
        )
    database.rows(
        "INSERT INTO carpool_seats (carpool_id, taken_by) SELECT id, driver FROM carpools WHERE driver <> 'x'"
    )
    return league


def whose_carpools(database: ScratchDatabase) -> Counter[tuple[str, ...]]:
    return Counter(
        database.rows(
            "SELECT c.driver, t.team_name, s.taken_by FROM carpools c JOIN carpool_seats s ON s.carpool_id = c.id"
            " LEFT JOIN teams t ON t.id = c.team_id WHERE driver <> 'x'"
        )
    )


def test_the_readmes_example_has_ten_lines() -> None:
    assert len(the_readmes_example().splitlines()) == 10


def test_the_readmes_example_protects_what_the_program_has_never_heard_of(
    carpools: League, database: ScratchDatabase, guard: Guard, tmp_path: Path
) -> None:
    (tmp_path / "practice_guard.toml").write_text(the_readmes_example(), encoding="utf-8")
    before = whose_carpools(database)
    assert len(before) == 2

    taken = guard("backup", "--json")
    assert taken.status == 0, taken
    assert taken.json["result"]["protected"]["carpools"]["rows"] == 2
    builders.the_etl_recreates_everything(database)
    assert whose_carpools(database) != before
    restored = guard("restore", "--json")
    assert restored.status == 0, restored

    assert whose_carpools(database) == before
    assert restored.json["result"]["protected"]["carpools"]["relink"] == 2
    assert restored.json["result"]["protected"]["seats"]["intact"] == 2
    assert guard("health").status == 0


def test_the_readmes_example_brings_back_what_an_import_took_along(
    carpools: League, database: ScratchDatabase, guard: Guard, tmp_path: Path
) -> None:
    database.rows("ALTER TABLE carpools ADD FOREIGN KEY (team_id) REFERENCES teams (id) ON DELETE CASCADE")
    database.rows("ALTER TABLE carpool_seats ADD FOREIGN KEY (carpool_id) REFERENCES carpools (id) ON DELETE CASCADE")
    (tmp_path / "rides.toml").write_text(the_readmes_example(), encoding="utf-8")
    here = {"PRACTICE_GUARD_CONFIG": "rides.toml"}
    before = whose_carpools(database)
    assert guard("backup", env=here).status == 0
    database.rows("DELETE FROM carpools")
    builders.the_etl_recreates_everything(database)

    restored = guard("restore", env=here)

    assert restored.status == 0, restored
    assert whose_carpools(database) == before


def test_it_lists_what_is_protected_and_what_is_not(
    carpools: League, database: ScratchDatabase, guard: Guard, tmp_path: Path
) -> None:
    team = builders.teams_now(database)[0]
    carpools.captain_asks(team)
    database.rows("CREATE TABLE badges (id serial PRIMARY KEY, team_id int, home_league_id int)")
    database.rows("INSERT INTO badges (team_id) VALUES (1), (2), (NULL)")
    database.rows("DROP TABLE practice_times")
    (tmp_path / "practice_guard.toml").write_text("\n" + the_readmes_example(), encoding="utf-8")

    listed = guard("protected", "--json")

    assert listed.status == 0, listed
    result = listed.json["result"]
    rows = {name: (each["rows"], each["teams"], each["leagues"]) for name, each in result["protected"].items()}
    assert rows == {
        "practices": (6, 2, None),
        "captain_messages": (0, 0, None),
        "polls": (1, 1, None),
        "poll_choices": (2, 1, None),
        "poll_responses": (0, 0, None),
        "league_contexts": (0, None, 0),
        "player_availability": (0, None, None),
        "pickup_games": (0, None, None),
        "user_instructions": (0, 0, None),
        "carpools": (2, 2, None),
        "seats": (2, 2, None),
    }
    assert result["rows"] == 13
    assert result["skipped"] == ["practice_times"]
    defined = {name: each["defined"] for name, each in result["protected"].items()}
    assert (defined["polls"], defined["carpools"], defined["seats"]) == (
        "built in",
        "practice_guard.toml:2",
        "practice_guard.toml:7",
    )
    assert result["protected"]["seats"]["references"] == [
        {"column": "carpool_id", "table": "carpools", "set": "carpools"}
    ]
    loose = {(each["table"], each["column"]): (each["target"], each["rows"]) for each in result["unprotected"]}
    assert loose["badges", "team_id"] == ("teams", 2)
    assert loose["badges", "home_league_id"] == ("leagues", 0)
    assert not {table for table, _ in loose} & {"schedule", "players", "teams", "carpools", "users"}


def test_it_shows_each_set_on_a_line_of_its_own_and_the_sum(
    carpools: League, database: ScratchDatabase, guard: Guard, tmp_path: Path
) -> None:
    (tmp_path / "practice_guard.toml").write_text(the_readmes_example(), encoding="utf-8")
    shown = [guard(command).stdout for command in ("protected", "backup")]
    builders.the_etl_recreates_everything(database)
    shown += [guard(*command).stdout for command in (("restore", "--dry-run"), ("restore",), ("health",))]
    shown.append(guard("check-preservation").stdout)
    for text in shown:
        for name in ("practices", "carpools", "seats", "sum|protected rows"):
            assert len(re.findall(rf"^  (?:{name}) ", text, re.MULTILINE)) == 1, (name, text)


@pytest.mark.parametrize("command", ["protected", "validate-safety", "backup", "health", "restore", "cleanup"])
def test_a_mistake_in_the_file_ends_every_command_with_status_2_and_says_where(
    carpools: League, guard: Guard, tmp_path: Path, command: str
) -> None:
    (tmp_path / "practice_guard.toml").write_text(the_readmes_example().replace("team_id", "teamid"), encoding="utf-8")
    refused = guard(command, "--json")
    assert refused.status == 2, refused
    assert refused.json["verdict"] == (
        "practice_guard.toml, line 4: the table public.carpools has no column teamid "
        "(the nearest name there is team_id). Nothing was done."
    )


def test_a_file_that_is_named_and_not_there_is_told(database: ScratchDatabase, guard: Guard) -> None:
    refused = guard("protected", env={"PRACTICE_GUARD_CONFIG": "nowhere.toml"})
    assert refused.status == 2
    assert "PRACTICE_GUARD_CONFIG names nowhere.toml, which cannot be read" in " ".join(refused.stderr.split())


def test_it_writes_nothing(carpools: League, database: ScratchDatabase, guard: Guard) -> None:
    before = database.everything()
    assert guard("protected").status == 0
    assert database.everything() == before

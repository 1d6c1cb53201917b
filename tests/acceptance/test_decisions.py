"""A person decides about teams in a file: written with the candidates, edited, applied, recorded, reused."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.world import builders, command_lines
from tests.world.builders import League, ScratchDatabase
from tests.world.program import Guard

PLACE = '[[team]]\nleague = "APTA_CHICAGO"\nclub = "Tennaqua"\nseries = "Chicago 22"\n'


@pytest.fixture
def renamed(guard: Guard, league: League) -> ScratchDatabase:
    """Three practices of `Tennaqua - 22`, which the import calls `Tennaqua Racquet - 22` of another club."""
    league.captain_schedules_practices(league.has_team(), 3)
    league.captain_schedules_practices(league.has_team(series="Chicago 11"), 2)
    assert guard("backup").status == 0
    builders.the_etl_lacks_team(league.database, "Tennaqua - 22")
    league.has_team(club="Tennaqua Racquet", series="Chicago 22", name="Tennaqua Racquet - 22")
    return league.database


def heirs(database: ScratchDatabase) -> dict[str, int]:
    found = database.rows(
        "SELECT t.team_name, count(*) FROM schedule AS x JOIN teams AS t ON t.id = x.home_team_id"
        " WHERE x.home_team ILIKE '%practice%' GROUP BY 1"
    )
    return {row[0]: row[1] for row in found}


def test_from_waiting_to_decided_to_the_night_after(guard: Guard, renamed: ScratchDatabase, tmp_path: Path) -> None:
    outcome = guard("restore", "--json")
    assert outcome.status == 4
    (waiting,) = outcome.json["result"]["pending"]
    assert (waiting["rows"], waiting["reason"]) == (3, "missing")
    assert any("Tennaqua Racquet - 22" in candidate for candidate in waiting["candidates"])
    assert heirs(renamed) == {"Tennaqua - 11": 2}

    drafted = guard("restore", "--dry-run", "--write-decisions", "teams.toml")
    assert drafted.status == 4
    file = tmp_path / "teams.toml"
    assert file.stat().st_mode & 0o077 == 0
    draft = file.read_text()
    assert "Tennaqua Racquet - 22" in draft
    to_do = list(command_lines.printed(draft, ""))
    assert to_do[1] == "practice-guard restore --decisions teams.toml --env local"
    for line in to_do:
        command_lines.check(line, "local")
    assert guard("restore", "--decisions", "teams.toml").status == 4, "unedited, it decides nothing"

    edited = [line.lstrip("# ") if line.lstrip("# ").startswith("heir = ") else line for line in draft.splitlines()]
    first = next(number for number, line in enumerate(edited) if line.startswith("heir = "))
    kept = [line for number, line in enumerate(edited) if number == first or not line.startswith("heir = ")]
    file.write_text("\n".join(kept))
    shown = guard("restore", "--dry-run", "--decisions", "teams.toml", "--json")
    assert shown.status == 0, shown
    assert shown.json["result"]["evidence"]["decision"] == 3
    assert heirs(renamed) == {"Tennaqua - 11": 2}
    assert guard("restore", "--decisions", "teams.toml").status == 0
    assert heirs(renamed) == {"Tennaqua - 11": 2, "Tennaqua Racquet - 22": 3}

    assert guard("health").status == 0, "what was decided is reused without the file"
    assert guard("backup").status == 0
    builders.the_etl_recreates_everything(renamed)
    assert guard("restore").status == 0
    assert heirs(renamed) == {"Tennaqua - 11": 2, "Tennaqua Racquet - 22": 3}


def test_rows_given_up_wait_no_longer_and_are_not_carried(
    guard: Guard, renamed: ScratchDatabase, tmp_path: Path
) -> None:
    (tmp_path / "teams.toml").write_text(PLACE + 'team = "Tennaqua - 22"\ngive_up = true\n')
    outcome = guard("restore", "--decisions", "teams.toml", "--json")
    assert outcome.status == 0
    assert outcome.json["result"]["rows"]["given_up"] == 3
    assert guard("health").status == 0
    assert guard("backup", "--json").json["result"]["carried"] == 0
    assert heirs(renamed) == {"Tennaqua - 11": 2}


def test_rows_given_up_that_the_etl_leaves_in_their_table_stay_given_up(
    guard: Guard, league: League, tmp_path: Path
) -> None:
    league.captain_schedules_practices(league.has_team(series="Chicago 11"), 2)
    league.captain_sets_practice_time(league.has_team())
    assert guard("backup").status == 0
    builders.the_etl_lacks_team(league.database, "Tennaqua - 22")
    (tmp_path / "teams.toml").write_text(PLACE + 'team = "Tennaqua - 22"\ngive_up = true\n')
    assert guard("restore", "--decisions", "teams.toml").status == 0
    for _ in range(2):
        assert guard("backup").status == 0
        builders.the_etl_recreates_everything(league.database)
        rows = guard("restore", "--json").json["result"]["rows"]
        assert (rows["given_up"], rows["pending"]) == (1, 0)
        assert guard("health").status == guard("validate-safety").status == 0


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("not toml [", "teams.toml, line 1: this is not TOML"),
        (PLACE + 'team = "Tennaqa - 22"\ngive_up = true\n', "line 1 of teams.toml: Tennaqa - 22"),
        (PLACE + 'team = "Tennaqua - 22"\nheir = { team = "Nobody" }\n', "line 1 of teams.toml: Nobody"),
        ('[[league]]\nleague = "APTA_CHICAGO"\nid = 17\n', "teams.toml, line 3: [[league]] has no key `id`"),
    ],
)
def test_a_file_that_does_not_fit_is_refused(
    guard: Guard, renamed: ScratchDatabase, tmp_path: Path, text: str, said: str
) -> None:
    (tmp_path / "teams.toml").write_text(text)
    before = renamed.everything()
    outcome = guard("restore", "--decisions", "teams.toml")
    assert outcome.status == 2, outcome
    assert said in " ".join(outcome.stderr.split())
    assert renamed.everything() == before


@pytest.mark.parametrize("command", [("check-preservation",), ("restore", "--dry-run")])
def test_a_team_asked_for_is_explained(guard: Guard, renamed: ScratchDatabase, command: tuple[str, ...]) -> None:
    found = guard(*command, "--team", "Tennaqua - 22", "--json").json["result"]["explained"]
    assert len(found) == 1
    assert "is missing" in found[0]
    assert "Candidate 1" in found[0]
    kept = guard(*command, "--team", "tennaqua - 11", "--json").json["result"]["explained"]
    assert "exactly the same" in kept[0]
    unknown = guard(*command, "--team", "Tennaqa - 22")
    assert unknown.status == 2
    assert "Tennaqua - 22" in unknown.stderr


def test_a_draft_is_about_teams_whose_rows_wait_and_no_others(guard: Guard, league: League, tmp_path: Path) -> None:
    """Of two series that vanished one has practices, and of the teams that one import lacks one has."""
    for series, name in (("Chicago 7", "Tennaqua - 7"), ("Chicago 9", "Tennaqua - 9"), ("Chicago 22", "Tennaqua - 22")):
        team = league.has_team(series=series, name=name)
        league.has_team(club="Wilmette", series=series)
        if series != "Chicago 9":
            league.captain_schedules_practice(team)
    league.has_team(club="Ashbury", series="Chicago 22")
    assert guard("backup").status == 0
    for series in ("Chicago 7", "Chicago 9"):
        builders.the_etl_lacks_series(league.database, series)
    for name in ("Tennaqua - 22", "Wilmette - 22"):
        builders.the_etl_lacks_team(league.database, name)
    assert guard("restore", "--dry-run", "--write-decisions", "teams.toml").status == 4
    draft = (tmp_path / "teams.toml").read_text()
    assert 'series = "Chicago 7"' in draft
    assert 'team = "Tennaqua - 22"' in draft
    assert "Chicago 9" not in draft
    assert "Wilmette" not in draft


def test_a_draft_never_takes_the_place_of_what_a_person_decided(
    guard: Guard, renamed: ScratchDatabase, tmp_path: Path
) -> None:
    write = ("restore", "--dry-run", "--write-decisions", "teams.toml")
    assert guard(*write).status == guard(*write).status == 4, "what nobody has edited is written anew"
    file = tmp_path / "teams.toml"
    for mine in (file.read_text().replace("# give_up = true", "give_up = true", 1), "half a decision ["):
        file.write_text(mine)
        for again in (write, (*write, "--decisions", "teams.toml")):
            outcome = guard(*again)
            assert outcome.status == 2
            assert "teams.toml" in outcome.stderr
            assert file.read_text() == mine

"""A decision is about the team lists it was made for, and about no later one in which its words may mean others."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.world import builders
from tests.world.builders import League, ScratchDatabase, practices_by_natural_key
from tests.world.program import Guard


def entry(team: str, then: str) -> str:
    """One [[team]] entry about a team of `Tennaqua`, called as its series."""
    place = f'league = "APTA_CHICAGO"\nclub = "Tennaqua"\nseries = "Chicago {team}"'
    return f'[[team]]\n{place}\nteam = "Tennaqua - {team}"\n{then}\n'


def heir(team: str) -> str:
    return f'heir = {{ series = "Chicago {team}", team = "Tennaqua - {team}" }}'


def test_an_exchange_that_a_person_settled_is_not_made_again_the_night_after(
    guard: Guard, league: League, tmp_path: Path
) -> None:
    for name, weeks in (("7", 3), ("9", 2)):
        league.captain_schedules_practices(league.has_team(series=f"Chicago {name}"), weeks)
    assert guard("backup").status == 0
    builders.the_etl_recreates_everything(league.database)
    file = tmp_path / "teams.toml"
    file.write_text(entry("7", heir("9") + "\noverrule = true") + entry("9", heir("7") + "\noverrule = true"))
    assert guard("restore", "--decisions", "teams.toml").status == 0
    settled = practices_by_natural_key(league.database)
    exchanged = {(placed.label, placed.team.series) for placed in settled if placed.team}
    assert exchanged == {("Tennaqua Practice - Chicago 7", "Chicago 9"), ("Tennaqua Practice - Chicago 9", "Chicago 7")}
    assert guard("restore").status == 0, "for the list it was made for, it still counts"
    assert practices_by_natural_key(league.database) == settled

    assert guard("backup").status == 0
    builders.the_etl_recreates_everything(league.database)
    assert guard("restore").status == 0
    assert practices_by_natural_key(league.database) == settled


@pytest.mark.parametrize(
    "decided",
    [
        entry("22", "give_up = true"),
        '[[series]]\nleague = "APTA_CHICAGO"\nseries = "Chicago 22"\ngive_up = true\n',
        '[[league]]\nleague = "APTA_CHICAGO"\ngive_up = true\n',
        entry("22", heir("7") + "\nmerge = true"),
    ],
    ids=["given up", "its series", "its league", "with an heir"],
)
def test_a_team_that_came_back_waits_when_a_later_import_leaves_it_out(
    guard: Guard, league: League, tmp_path: Path, decided: str
) -> None:
    database: ScratchDatabase = league.database
    league.captain_schedules_practices(league.has_team(series="Chicago 7"), 1)
    team = league.has_team(series="Chicago 22")
    league.captain_schedules_practices(team, 2)
    website = builders.the_website_now(database)
    assert guard("backup").status == 0
    builders.the_etl_lacks_team(database, "Tennaqua - 22")
    (tmp_path / "teams.toml").write_text(decided)
    assert guard("restore", "--decisions", "teams.toml").status == 0
    assert guard("backup").status == 0

    builders.the_etl_runs(database, source=website)
    assert guard("restore").status == 0
    builders.the_app_writes_a_practice(database, team, builders.MONDAY.replace(year=2027))
    assert guard("backup").status == 0
    builders.the_etl_lacks_team(database, "Tennaqua - 22")
    outcome = guard("restore", "--json")
    assert outcome.status == 4
    (waiting,) = outcome.json["result"]["pending"]
    assert (waiting["rows"], waiting["reason"]) == (1, "missing")


def test_a_recorded_decision_that_is_no_longer_true_is_called_by_its_ledger(
    guard: Guard, league: League, tmp_path: Path
) -> None:
    team = league.has_team(series="Chicago 22")
    league.captain_schedules_practices(team, 2)
    website = builders.the_website_now(league.database)
    assert guard("backup").status == 0
    builders.the_etl_lacks_team(league.database, "Tennaqua - 22")
    (tmp_path / "teams.toml").write_text(entry("22", "give_up = true"))
    ledger = guard("restore", "--decisions", "teams.toml", "--json").json["result"]["ledger"]
    builders.the_etl_runs(league.database, source=website)
    back = guard("restore", "--json")
    assert back.status == 0
    assert back.json["result"]["rows"]["insert"] == 2
    (finding,) = (each for each in back.json["findings"] if each["code"] == "decision-not-followed")
    assert f"the decision in ledger {ledger} no longer fits" in finding["why"]
    assert "file" not in finding["fix"].casefold().replace("--decisions file", "")

"""A club renamed and a league's code respelt: one entry is offered, taken, and all rows are on their teams."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from practice_guard.demo.source import Source
from tests.world import builders
from tests.world.builders import League, ScratchDatabase, practices_by_natural_key
from tests.world.program import Guard

MIDTON = [("Series 2A", "Midton - 2A"), ("Series 2B", "Midton S2B"), ("Series 3", "Blue Wave")]
WRITE = ("restore", "--dry-run", "--write-decisions", "teams.toml")


def a_club_with_practices(league: League) -> None:
    """Three teams of Midton with two practices each, and one of a club that stays as it is."""
    for series, name in MIDTON:
        league.captain_schedules_practices(league.has_team(club="Midton", series=series, league="NSTF", name=name), 2)
    stays = league.has_team(club="Lakeside", series="Series 2A", league="NSTF", name="Lakeside - 2A")
    league.captain_schedules_practices(stays, 1)


def the_club_is_renamed(source: Source) -> Source:
    """Midton is Midton Chicago, in the names of those teams too that carry it."""
    teams = (
        replace(team, club=f"{team.club} Chicago", name=team.name.replace("Midton", "Midton Chicago"))
        if team.club == "Midton"
        else team
        for team in source.teams
    )
    return replace(source, teams=tuple(teams))


def the_code_is_respelt(source: Source) -> Source:
    """NSTF is NORTH_SHORE."""
    assert not source.matches
    leagues = {code.replace("NSTF", "NORTH_SHORE"): name for code, name in source.leagues.items()}
    teams = (replace(team, league=team.league.replace("NSTF", "NORTH_SHORE")) for team in source.teams)
    return replace(source, leagues=leagues, teams=tuple(teams))


def without_its_sign(file: Path, entry: str) -> None:
    """Take the # away from one line of a draft."""
    text = file.read_text()
    assert text.count(f"# {entry}\n") == 1, text
    file.write_text(text.replace(f"# {entry}\n", f"{entry}\n"))


def teams_of_practices(database: ScratchDatabase) -> set[tuple[str, str | None]]:
    """The series that each practice says in its label, and the one that its team plays in."""
    found = practices_by_natural_key(database)
    return {
        ((placed.label or "").rsplit(" - ", 1)[-1], placed.team.series if placed.team else None) for placed in found
    }


def contexts(database: ScratchDatabase) -> list[tuple[str, str | None]]:
    """Each user with the league chosen."""
    return database.rows(
        "SELECT u.email, l.league_id FROM users u LEFT JOIN leagues l ON l.id = u.league_context ORDER BY u.id"
    )


def test_a_club_renamed_as_a_whole_is_one_decision(
    guard: Guard, league: League, database: ScratchDatabase, tmp_path: Path
) -> None:
    a_club_with_practices(league)
    assert guard("backup").status == 0
    builders.the_etl_runs(database, change=the_club_is_renamed)
    checked = guard("check-preservation", "--min-rate", "0", "--json")
    (finding,) = (each for each in checked.json["findings"] if each["code"] == "club-renamed")
    assert finding["what"].startswith("3 teams: the club Midton of NSTF is gone, and Midton Chicago has all 3 of its")
    outcome = guard("restore", "--json")
    assert outcome.status == 4
    assert outcome.json["result"]["rows"]["pending"] == 6
    assert "club-renamed" in {each["code"] for each in guard("health", "--json").json["findings"]}

    assert guard(*WRITE).status == 4
    file = tmp_path / "teams.toml"
    assert "[[team]]" not in file.read_text()
    without_its_sign(file, 'heir = {club = "Midton Chicago"}')
    shown = guard("restore", "--dry-run", "--decisions", "teams.toml", "--json")
    assert (shown.status, shown.json["result"]["evidence"]["decision"]) == (0, 6)
    assert guard("restore", "--decisions", "teams.toml").status == 0
    assert teams_of_practices(database) == {(series, series) for series, _ in MIDTON}
    assert database.count("schedule", "home_team_id IS NOT NULL") == 7
    assert guard("health").status == 0, "what was decided is reused without the file"

    assert guard("backup").status == 0
    builders.the_etl_recreates_everything(database)
    assert guard("restore").status == 0
    assert teams_of_practices(database) == {(series, series) for series, _ in MIDTON}


def test_a_saved_plan_keeps_what_was_decided_about_a_club(
    guard: Guard, league: League, database: ScratchDatabase, tmp_path: Path
) -> None:
    a_club_with_practices(league)
    assert guard("backup").status == 0
    builders.the_etl_runs(database, change=the_club_is_renamed)
    assert guard(*WRITE).status == 4
    without_its_sign(tmp_path / "teams.toml", 'heir = {club = "Midton Chicago"}')
    assert guard("restore", "--dry-run", "--decisions", "teams.toml", "--out", "plan.json").status == 0
    (tmp_path / "teams.toml").unlink()
    assert guard("restore", "--plan", "plan.json").status == 0
    assert teams_of_practices(database) == {(series, series) for series, _ in MIDTON}


def test_what_points_at_a_league_follows_the_decision_about_it(
    guard: Guard, league: League, database: ScratchDatabase, tmp_path: Path
) -> None:
    a_club_with_practices(league)
    for code in ("NSTF", "NSTF", None):
        league.has_user(league=code)
    before = contexts(database)
    assert guard("backup").status == 0
    builders.the_etl_runs(database, change=the_code_is_respelt)
    outcome = guard("restore", "--json")
    assert outcome.status == 4
    assert outcome.json["result"]["protected"]["league_contexts"]["pending"] == 2
    assert guard(*WRITE).status == 4
    without_its_sign(tmp_path / "teams.toml", 'heir = {league = "NORTH_SHORE"}')
    decided = guard("restore", "--decisions", "teams.toml", "--json")
    assert decided.status == 0
    assert decided.json["result"]["evidence"]["decision"] == 9
    assert contexts(database) == [(user, code and "NORTH_SHORE") for user, code in before]
    assert {placed.team.league for placed in practices_by_natural_key(database) if placed.team} == {"NORTH_SHORE"}
    leagues = database.rows("SELECT DISTINCT l.league_id FROM schedule s LEFT JOIN leagues l ON l.id = s.league_id")
    assert leagues == [("NORTH_SHORE",)]
    assert guard("health").status == 0


def test_a_league_for_which_only_users_wait_is_offered_too(
    guard: Guard, league: League, database: ScratchDatabase, tmp_path: Path
) -> None:
    a_club_with_practices(league)
    league.has_user(league="NSTF")
    database.rows("DELETE FROM schedule")
    assert guard("backup").status == 0
    builders.the_etl_runs(database, change=the_code_is_respelt)
    assert guard(*WRITE).status == 4
    without_its_sign(tmp_path / "teams.toml", 'heir = {league = "NORTH_SHORE"}')
    assert guard("restore", "--decisions", "teams.toml").status == 0
    assert [code for _, code in contexts(database)] == ["NORTH_SHORE"]


def test_waiting_rows_that_come_off_another_team_are_not_said_to_be_re_linked(
    guard: Guard, league: League, database: ScratchDatabase
) -> None:
    """The id stays, and name and place are another team's now."""
    league.captain_schedules_practices(league.has_team(club="Midton", series="Series 3", name="Blue Wave"), 2)
    assert guard("backup").status == 0
    database.rows("UPDATE clubs SET name = 'Ashbury' WHERE name = 'Midton'")
    database.rows("UPDATE teams SET team_name = 'Wolves' WHERE team_name = 'Blue Wave'")
    shown, done = guard("restore", "--dry-run", "--json"), guard("restore", "--json")
    assert "re-link 0, 2 wait for their team" in shown.json["verdict"]
    assert shown.json["verdict"].endswith("of which 2 come off other teams.")
    assert "0 re-linked" in done.json["verdict"]
    assert "of which 2 were taken off other teams" in done.json["verdict"]

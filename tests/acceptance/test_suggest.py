"""`check-preservation --suggest`: what it proposes of a league, pasted into the settings, settles its teams."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from practice_guard.demo.source import Source, SourceTeam
from tests.world import builders
from tests.world.builders import League, ScratchDatabase, practices_by_natural_key
from tests.world.program import Guard

SUGGEST = ("check-preservation", "--suggest")
KEYS = {"league", "section", "waiting", "settled", "examples", "against"}


@pytest.fixture
def season(league: League, guard: Guard) -> League:
    """Three clubs with teams in two series of one league, two practices each, backed up."""
    for club in ("FC Winmere", "FC Lakeside", "Tennaqua"):
        for number in (1, 2):
            league.captain_schedules_practices(league.has_team(club=club, series=f"Liga {number}", league="LAKE"), 2)
    assert guard("backup").status == 0
    return league


def with_teams(change: Callable[[SourceTeam], SourceTeam]) -> Callable[[Source], Source]:
    return lambda source: replace(source, teams=tuple(map(change, source.teams)))


def respelt(team: SourceTeam) -> SourceTeam:
    """A team of a division, of a club without its form."""
    club, name = team.club.removeprefix("FC "), team.name.removeprefix("FC ")
    return replace(team, club=club, name=name, series=team.series.replace("Liga", "Division"))


def under_another_code(source: Source) -> Source:
    leagues = {"LAKE_SHORE" if code == "LAKE" else code: name for code, name in source.leagues.items()}
    return replace(with_teams(lambda team: replace(team, league="LAKE_SHORE"))(source), leagues=leagues)


def pasted_from(text: str) -> str:
    """The section as a person copies it from what was printed: from its head to the first empty line."""
    return "[[league]]\n" + text.partition("[[league]]\n")[2].partition("\n\n")[0] + "\n"


def suggested(guard: Guard) -> list[dict[str, Any]]:
    """What is proposed, once all but that is the same as without asking for it."""
    plain, asked = guard("check-preservation", "--json").json, guard(*SUGGEST, "--json").json
    found = asked["result"].pop("suggested")
    for key in ("exit_code", "verdict", "result", "findings", "next_steps"):
        assert asked[key] == plain[key]
    assert isinstance(found, list)
    return found


@pytest.mark.parametrize("change", [with_teams(respelt), under_another_code], ids=["words", "code"])
def test_what_is_printed_settles_the_teams_once_it_is_pasted(
    season: League, guard: Guard, database: ScratchDatabase, tmp_path: Path, change: Callable[[Source], Source]
) -> None:
    before = sum(practices_by_natural_key(database).values())
    builders.the_etl_runs(database, change=change)
    (found,) = suggested(guard)
    assert found.keys() == KEYS
    assert (found["league"], found["waiting"], found["settled"], len(found["examples"])) == ("LAKE", 6, 6, 3)
    assert found["against"]
    told = guard(*SUGGEST)
    assert told.status == 3
    assert "Suggested for LAKE, for practice_guard.toml; nothing was changed:" in told.stdout
    assert pasted_from(told.stdout) == found["section"]
    assert database.count("schedule") == 0
    (tmp_path / "practice_guard.toml").write_text(pasted_from(told.stdout))
    teams = guard("check-preservation", "--json").json["result"]["teams"]
    assert (teams["total"], teams["kept"] + teams["renumbered"]) == (6, 6)
    assert guard("restore").status == 0
    placed = practices_by_natural_key(database)
    assert sum(placed.values()) == before
    assert all(each.team for each in placed)


def test_it_says_that_no_team_waits(season: League, guard: Guard, database: ScratchDatabase) -> None:
    told = guard(*SUGGEST)
    assert told.status == 0
    assert "Nothing to suggest: no team waits." in told.stdout
    assert suggested(guard) == []


def test_it_says_that_nothing_was_found(season: League, guard: Guard, database: ScratchDatabase) -> None:
    builders.the_etl_lacks_series(database, "Liga 2")
    told = guard(*SUGGEST)
    assert told.status == 3
    assert "Nothing to suggest: 3 teams wait, and no words, aliases, names or outside ids " in told.stdout


def test_names_are_told_as_they_are_and_a_section_stands_in_place_of_another(
    league: League, guard: Guard, database: ScratchDatabase, tmp_path: Path
) -> None:
    (tmp_path / "practice_guard.toml").write_text('[[league]]\ncode = "LAKE"\nclub_words = ["TC"]\n')
    team = league.has_team(club="[red]Midton[/red]", series="Series 1", league="LAKE", name="[red]Midton[/red] 1")
    league.captain_schedules_practice(team)
    assert guard("backup").status == 0

    def renamed(team: SourceTeam) -> SourceTeam:
        return replace(team, club=f"{team.club} Chicago", name=team.name.replace(" 1", " Chicago 1"))

    builders.the_etl_runs(database, change=with_teams(renamed))
    told = guard(*SUGGEST).stdout
    assert "Suggested for LAKE, in place of the section that is in practice_guard.toml; " in told
    assert 'club_words = ["TC"]\nclub_aliases = { "[red]Midton[/red]" = "[red]Midton[/red] Chicago" }\n' in told
    (tmp_path / "practice_guard.toml").write_text(pasted_from(told))
    assert guard("restore").status == 0

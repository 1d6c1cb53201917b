"""A club renamed as a whole: one decision, followed team by team, where name and place agree under the new name."""

from __future__ import annotations

from dataclasses import replace

import pytest

from practice_guard.core import decisions
from practice_guard.core.errors import UsageError
from practice_guard.core.identity import Decisions, kind_of, said
from practice_guard.core.model import Evidence, Team, TeamIdentity
from tests.world.team_lists import NSTF, outcome, resolving, roster, teams

OLD = """1: Midton - 2A | Midton | Series 2A | NSTF
2: Midton Series 2B | Midton | Series 2B | NSTF
3: Blue Wave | Midton | Series 3 | NSTF
4: Lakeside - 2A | Lakeside | Series 2A | NSTF"""
NEW = """11: Midton Chicago - 2A | Midton Chicago | Series 2A | NSTF
12: Midton Chicago 2B | Midton Chicago | Series 2B | NSTF
13: Blue Wave | Midton Chicago | Series 3 | NSTF
14: Lakeside - 2A | Lakeside | Series 2A | NSTF"""
RENAMED = '[[club]]\nleague = "NSTF"\nclub = "Midton"\nheir = { club = "Midton Chicago" }\n'
GIVEN_UP = '[[club]]\nleague = "NSTF"\nclub = "Midton"\ngive_up = true\n'


def test_a_renamed_club_is_found_with_and_without_its_name_in_those_of_its_teams() -> None:
    assert outcome(resolving(OLD, NEW)) == {1: "missing", 2: "missing", 3: "missing", 4: 14}
    resolution = resolving(OLD, NEW, deciding=RENAMED)
    assert outcome(resolution) == {1: 11, 2: 12, 3: 13, 4: 14}
    assert [resolution.matches[old].evidence for old in (1, 3, 4)] == [
        Evidence.DECISION,
        Evidence.DECISION,
        Evidence.EXACT,
    ]
    assert not resolution.findings


def test_only_the_clubs_name_at_the_head_is_written_anew() -> None:
    old = "1: Park Midton | Midton | 1\n2: Midtons | Midton | 2\n3: midton  Red | Midton | 3\n4: Midton's | Midton | 4"
    text = '[[club]]\nleague = "APTA_CHICAGO"\nclub = "Midton"\nheir = { club = "Winmere" }\n'
    new = "11: Park Winmere | Winmere | 1\n12: Winmeres | Winmere | 2\n13: Winmere Red | Winmere | 3"
    assert outcome(resolving(old, new + "\n14: Winmere's | Winmere | 4", deciding=text)) == {
        1: "missing",
        2: "missing",
        3: 13,
        4: "missing",
    }


def test_a_renamed_club_gives_its_teams_no_strangers() -> None:
    new = NEW.replace("Midton Chicago - 2A", "Wolves")
    resolution = resolving(OLD, new, deciding=RENAMED)
    assert outcome(resolution) == {1: "missing", 2: 12, 3: 13, 4: 14}
    assert "not both in the new list" in resolution.matches[1].because


def test_a_club_of_the_same_name_in_another_league_is_another() -> None:
    old, new = OLD + "\n5: Midton - 1 | Midton | 1 | CITA", NEW + "\n15: Midton Chicago - 1 | Midton Chicago | 1 | CITA"
    assert outcome(resolving(old, new, deciding=RENAMED))[5] == "missing"


def test_players_contradict_a_renamed_club() -> None:
    resolution = resolving(OLD, NEW, deciding=RENAMED, rosters=({1: roster(1)}, {14: roster(1)}))
    assert outcome(resolution)[1] == "missing"
    assert outcome(resolution)[2] == 12
    assert "the rosters contradict it" in resolution.findings[0].why


def test_players_contradict_a_league_whose_code_was_changed() -> None:
    """They are looked for in the league that it is now."""
    respelt = '[[league]]\nleague = "NSTF"\nheir = { league = "NORTH_SHORE" }\n'
    new = NEW.replace("Midton Chicago", "Midton").replace("NSTF", "NORTH_SHORE")
    resolution = resolving(OLD, new, deciding=respelt, rosters=({1: roster(1)}, {14: roster(1)}))
    assert [outcome(resolution)[at] for at in (1, 2, 3)] == ["missing", 12, 13]
    assert "the rosters contradict it" in resolution.findings[0].why


def test_outside_ids_contradict_a_renamed_club_unless_the_leagues_are_others_as_a_whole() -> None:
    def numbered(text: str, *numbers: str) -> list[Team]:
        return [replace(team, outside_id=number) for team, number in zip(teams(text), numbers, strict=True)]

    old = numbered(OLD, "1", "2", "3", "4")
    resolution = resolving(old, numbered(NEW, "9", "2", "3", "4"), deciding=RENAMED)
    assert outcome(resolution) == {1: "missing", 2: 12, 3: 13, 4: 14}
    assert "the outside ids contradict it" in resolution.findings[0].why
    assert outcome(resolving(old, numbered(NEW, "6", "7", "8", "9"), deciding=RENAMED))[1] == 11


def test_what_is_said_of_a_team_or_a_series_goes_before_and_of_the_league_behind() -> None:
    series = '[[series]]\nleague = "NSTF"\nseries = "Series 3"\ngive_up = true\n'
    team = '[[team]]\nleague = "NSTF"\nclub = "Midton"\nseries = "Series 2A"\nteam = "Midton - 2A"\ngive_up = true\n'
    league = '[[league]]\nleague = "NSTF"\ngive_up = true\n'
    resolution = resolving(OLD, NEW, deciding=team + series + RENAMED + league)
    assert outcome(resolution) == {1: "missing", 2: 12, 3: "missing", 4: 14}
    assert [match.given_up for match in resolution.matches.values()] == [True, False, True, False]


def test_a_whole_club_is_given_up() -> None:
    resolution = resolving(OLD, NEW, deciding=GIVEN_UP)
    assert [match.given_up for match in resolution.matches.values()] == [True, True, True, False]


def test_a_club_that_is_there_is_decided_about_only_expressly() -> None:
    both = NEW + "\n15: Midton - 2A | Midton | Series 2A | NSTF"
    resolution = resolving(OLD, both, deciding=RENAMED)
    assert outcome(resolution) == {1: 15, 2: 12, 3: 13, 4: 14}
    assert [finding.code for finding in resolution.findings] == ["decision-not-followed"]
    assert outcome(resolving(OLD, both, deciding=RENAMED + "overrule = true\n"))[1] == 11


def test_a_club_that_gets_a_name_that_normalising_knows_anyway_is_no_trouble() -> None:
    new = NEW.replace("Midton Chicago", "MIDTON")
    resolution = resolving(OLD, new, deciding=RENAMED.replace("Midton Chicago", "MIDTON"))
    assert outcome(resolution) == {1: 11, 2: 12, 3: 13, 4: 14}
    assert not resolution.findings


def test_two_clubs_become_one_only_where_no_team_of_theirs_is_claimed_twice() -> None:
    old = OLD.replace("4: Lakeside - 2A | Lakeside | Series 2A", "4: Lakeside - 2A | Lakeside | Series 2A")
    other = RENAMED.replace('club = "Midton"', 'club = "Lakeside"')
    assert outcome(resolving(old, NEW, deciding=RENAMED + "merge = true\n" + other)) == {1: 11, 2: 12, 3: 13, 4: 14}
    gone = NEW.replace("14: Lakeside - 2A | Lakeside", "14: Wolves | Ashbury")
    assert outcome(resolving(old, gone, deciding=RENAMED + other)) == {1: "missing", 2: 12, 3: 13, 4: "missing"}
    with pytest.raises(UsageError, match=r"lines 1 and 5 give one heir, club Midton Chicago of NSTF"):
        decisions.check(decisions.parse(RENAMED + other), teams(old), teams(gone), {})


def test_after_a_failed_etl_no_club_is_renamed() -> None:
    assert outcome(resolving(OLD, NEW, deciding=RENAMED, exact_only=True))[1] == "missing"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('[[club]]\nclub = "Midton"\ngive_up = true', "line 1: [[club]] needs league, club."),
        ('[[club]]\nleague = "NSTF"\ngive_up = true', "line 1: [[club]] needs league, club."),
        ('[[team]]\nleague = "NSTF"\nclub = "Midton"\ngive_up = true', "[[team]] needs league, club, series, team."),
        (RENAMED.replace("heir = { club", "heir = { series"), "line 4: an heir has no key `series`"),
        (RENAMED.replace("Midton Chicago", "Midton"), "line 4: is its own heir"),
        ('[[club]]\nleague = "NSTF"\nclub = "Midton"\ninactive = true', "line 4: [[club]] has no key `inactive`"),
        ('[club]\nleague = "NSTF"', "line 1: write each entry as [[club]]."),
        (RENAMED + RENAMED, "lines 1 and 5: club Midton of NSTF is decided twice"),
    ],
)
def test_a_faulty_entry_is_refused_with_its_line(text: str, complaint: str) -> None:
    with pytest.raises(UsageError) as caught:
        decisions.parse(text)
    assert complaint in str(caught.value)


def test_a_club_that_does_not_exist_is_refused_with_the_nearest_name() -> None:
    for text, nearest in (
        (RENAMED.replace('club = "Midton"', 'club = "Midtown"'), "club Midton of NSTF"),
        (RENAMED.replace("Midton Chicago", "Midton Chicgo"), "club Midton Chicago of NSTF"),
    ):
        with pytest.raises(UsageError, match=rf"is not in the .*list.* \(the nearest name there is {nearest}\)"):
            decisions.check(decisions.parse(text), teams(OLD), teams(NEW), {})
    decisions.check(decisions.parse(RENAMED), teams(OLD), teams(NEW), {})


def test_a_league_without_teams_is_one_that_may_be_decided_about() -> None:
    decided = decisions.parse('[[league]]\nleague = "CITA"\nheir = { league = "CITA_2026" }\n')
    decisions.check(decided, teams(OLD), teams(NEW), {}, (["NSTF", "CITA"], ["NSTF", "CITA_2026"]))
    with pytest.raises(UsageError, match="league CITA is not in the list the rows come from"):
        decisions.check(decided, teams(OLD), teams(NEW), {}, (["NSTF"], ["NSTF", "CITA_2026"]))


def test_what_was_decided_about_a_club_is_written_read_and_recorded() -> None:
    found = decisions.parse(RENAMED + '[[club]]\nleague = "CITA"\nclub = "Winmere"\ngive_up = true\nmerge = true\n')
    assert decisions.parse(decisions.dump(found)) == found
    assert "[[club]]" in decisions.dump(found)
    recorded = found.recorded("ledger 7")
    assert recorded == found
    assert recorded.of(Team(1, NSTF, "Midton", "Series 9", "Midton - 9")) == found.entries[0]
    assert Decisions().after(recorded) == found


def test_an_entry_is_called_after_what_it_is_about() -> None:
    about = TeamIdentity(NSTF, "Midton", None, None)
    assert (kind_of(about), said(about)) == ("club", "club Midton of NSTF")

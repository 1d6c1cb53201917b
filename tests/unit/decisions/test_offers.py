"""A draft offers one entry for what has another label as a whole, its heir ready to be taken."""

from __future__ import annotations

from practice_guard.core import decisions
from practice_guard.core.identity import resolve, vanished, with_candidates
from practice_guard.core.model import Severity, Team
from tests.unit.decisions.test_clubs import NEW, OLD
from tests.world.team_lists import NSTF, outcome, teams

MIDTON = '[[club]]\nleague = "NSTF"\nclub = "Midton"\n# 3 teams, none of them is in the new list\n'
HEIR = '# heir = {club = "Midton Chicago"}\n'
WHY = "#   it has all 3 of its series, and 3 of its 3 teams by name and place; 60 % similar\n"
LEAGUE = "\n".join(f"{at}: Winmere - {at} | Winmere | Series {at} | NSTF" for at in range(1, 5))
SERIES_OLD = "1: Tennaqua S2B | Tennaqua | S2B | NSTF\n2: Wilmette S2B | Wilmette | S2B | NSTF"
SERIES_NEW = "8: Wilmette Sunday 2 | Wilmette | Sunday 2 | NSTF\n9: Tennaqua Sunday 2 | Tennaqua | Sunday 2 | NSTF"
STAYS = "\n99: Lakeside - 9 | Lakeside | Series 9 | NSTF"


def drafted(old: list[Team], new: list[Team], waiting: list[int] | None = None) -> str:
    resolution = with_candidates(resolve(old, new), new)
    concerned = None if waiting is None else {team.identity for team in old if team.id in waiting}
    return decisions.draft(resolution, concerned, now=new)


def taken(draft: str, line: str) -> str:
    assert draft.count(line) == 1
    return draft.replace(line, line.removeprefix("# "))


def test_a_renamed_club_is_one_entry_and_its_teams_are_none() -> None:
    old, new = teams(OLD), teams(NEW)
    draft = drafted(old, new)
    assert MIDTON + HEIR + WHY + "# give_up = true\n" in draft
    assert "[[team]]" not in draft
    assert "[[series]]" not in draft
    assert not decisions.parse(draft).entries
    edited = decisions.parse(taken(draft, HEIR))
    decisions.check(edited, old, new, {})
    assert outcome(resolve(old, new, decisions=edited)) == {1: 11, 2: 12, 3: 13, 4: 14}


def test_a_team_that_the_entry_does_not_settle_is_offered_by_itself() -> None:
    draft = drafted(teams(OLD), teams(NEW.replace("Blue Wave", "Red Wave")))
    assert draft.count("[[club]]") == draft.count("[[team]]") == 1
    assert "2 of its 3 teams by name and place" in draft
    assert 'team = "Blue Wave"' in draft


def test_a_club_on_whose_teams_no_rows_wait_is_not_offered() -> None:
    assert "[[" not in drafted(teams(OLD), teams(NEW), waiting=[])
    assert "[[club]]" in drafted(teams(OLD), teams(NEW), waiting=[2])


def test_a_club_on_whose_other_teams_alone_rows_wait_is_not_offered() -> None:
    draft = drafted(teams(OLD), teams(NEW.replace("Blue Wave", "Red Wave")), waiting=[3])
    assert "[[club]]" not in draft
    assert draft.count("[[team]]") == 1


def test_a_club_that_is_gone_with_no_other_in_its_place_is_offered_team_by_team() -> None:
    draft = drafted(teams(OLD), teams("14: Lakeside - 2A | Lakeside | Series 2A | NSTF"))
    assert "[[club]]" not in draft
    assert draft.count("[[team]]") == 3


def test_a_league_whose_code_was_changed_is_offered_with_its_heir() -> None:
    old, new = teams(LEAGUE), teams(LEAGUE.replace("NSTF", "NSTF_2026"), first_id=11)
    draft = drafted(old, new)
    heir = '# heir = {league = "NSTF_2026"}\n'
    assert '[[league]]\nleague = "NSTF"\n# 4 teams, none of them is in the new list\n' + heir in draft
    assert draft.count("[[") == 1
    edited = decisions.parse(taken(draft, heir))
    assert outcome(resolve(old, new, decisions=edited)) == {1: 11, 2: 12, 3: 13, 4: 14}


def test_a_league_for_which_rows_wait_themselves_is_offered_whatever_hangs_on_its_teams() -> None:
    old, new = teams(LEAGUE), teams(LEAGUE.replace("NSTF", "NORTH_SHORE"))
    resolution = with_candidates(resolve(old, new), new)
    assert "[[" not in decisions.draft(resolution, set(), now=new)
    draft = decisions.draft(resolution, set(), now=new, leagues_too=True)
    assert draft.count("[[") == 1
    assert '# heir = {league = "NORTH_SHORE"}' in draft


def test_a_series_with_another_label_is_offered_with_its_heir() -> None:
    old, new = teams(SERIES_OLD + STAYS), teams(SERIES_NEW + STAYS)
    draft = drafted(old, new)
    heir = '# heir = {series = "Sunday 2"}\n'
    assert '[[series]]\nleague = "NSTF"\nseries = "S2B"\n# 2 teams, none of them is in the new list\n' + heir in draft
    assert draft.count("[[") == 1
    assert outcome(resolve(old, new, decisions=decisions.parse(taken(draft, heir)))) == {1: 9, 2: 8, 99: 99}


def test_a_series_that_is_gone_with_no_other_in_its_place_has_an_example() -> None:
    draft = drafted(teams(SERIES_OLD + STAYS), teams(STAYS))
    assert '# heir = { series = "..." }' in draft


def test_a_league_that_is_written_otherwise_as_well_stands_in_the_heir_of_a_club() -> None:
    old, new = teams(OLD), teams(NEW.replace("NSTF", "Nstf"))
    draft = drafted(old, new)
    heir = '# heir = {league = "Nstf", club = "Midton Chicago"}\n'
    edited = decisions.parse(taken(draft, heir))
    decisions.check(edited, old, new, {})
    assert outcome(resolve(old, new, decisions=edited)) == {1: 11, 2: 12, 3: 13, 4: 14}


def test_labels_that_look_like_toml_are_offered_too() -> None:
    old = [Team(at, NSTF, 'Mid"ton\n[[club]]', f"Series {at}", f"Red {at}") for at in (1, 2)]
    new = [Team(at + 10, NSTF, "Chi\ngive_up = true", f"Series {at}", f"Red {at}") for at in (1, 2)]
    draft = drafted(old, new)
    assert not decisions.parse(draft).entries
    (line,) = (line for line in draft.splitlines(keepends=True) if line.startswith("# heir"))
    assert outcome(resolve(old, new, decisions=decisions.parse(taken(draft, line)))) == {1: 11, 2: 12}


def test_a_finding_names_the_club_and_what_it_may_be_called() -> None:
    old, new = teams(OLD), teams(NEW)
    (finding,) = vanished(resolve(old, new).matches, new, rows={1: ["a practice"]})
    assert (finding.code, finding.severity) == ("club-renamed", Severity.WARNING)
    assert finding.what == ("3 teams: the club Midton of NSTF is gone, and Midton Chicago has all 3 of its series.")
    assert finding.why.startswith("It may be Midton Chicago now: ")
    assert finding.examples == ("a practice",)
    assert not vanished(resolve(old, new).matches, new, concerned={4})


def test_a_club_that_was_decided_about_is_no_finding_any_more() -> None:
    old, new = teams(OLD), teams(NEW)
    for line in (HEIR, "# give_up = true\n"):
        edited = decisions.parse(taken(drafted(old, new), line))
        assert not vanished(resolve(old, new, decisions=edited).matches, new)


def test_a_finding_says_what_a_league_or_series_may_be_called() -> None:
    old, new = teams(LEAGUE), teams(LEAGUE.replace("NSTF", "NSTF_2026"))
    (finding,) = vanished(resolve(old, new).matches, new)
    assert finding.code == "league-vanished"
    assert "It may be NSTF_2026 now: it has 4 of its 4 teams by name and place" in finding.why
    old, new = teams(SERIES_OLD + STAYS), teams(SERIES_NEW + STAYS)
    (finding,) = vanished(resolve(old, new).matches, new)
    assert finding.code == "series-vanished"
    assert "It may be Sunday 2 now: it has both its clubs" in finding.why
    (finding,) = vanished(resolve(old, teams(STAYS)).matches, teams(STAYS))
    assert finding.why.startswith("The import lacked it")

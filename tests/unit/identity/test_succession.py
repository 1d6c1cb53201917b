"""What came after a league, club or series that is gone as a whole: a decision to offer, and never a match."""

from __future__ import annotations

from practice_guard.core.identity import Habits, League, Successor, resolve, said, successors, vanished
from tests.world.team_lists import NSTF, teams

MIDTON = """1: Midton - 2A | Midton | Series 2A
2: Midton - 2B | Midton | Series 2B
3: Blue Wave | Midton | Series 3
4: Lakeside - 2A | Lakeside | Series 2A
5: Lakeside - 2B | Lakeside | Series 2B"""
RENAMED = """11: Midton Chicago - 2A | Midton Chicago | Series 2A
12: Midton Chicago - 2B | Midton Chicago | Series 2B
13: Blue Wave | Midton Chicago | Series 3
14: Lakeside - 2A | Lakeside | Series 2A
15: Lakeside - 2B | Lakeside | Series 2B"""


def found(old: str, new: str) -> dict[str, list[Successor]]:
    """What is gone, in words, with its successors."""
    both = successors(teams(old, league=NSTF), teams(new, league=NSTF))
    return {said(about): list(heirs) for about, heirs in both.items()}


def labels(old: str, new: str) -> dict[str, list[str]]:
    return {about: [heir.label for heir in heirs] for about, heirs in found(old, new).items()}


def test_a_club_renamed_as_a_whole_is_found_with_what_speaks_for_it() -> None:
    ((about, (heir,)),) = found(MIDTON, RENAMED).items()
    assert (about, said(heir.heir)) == ("club Midton of NSTF", "club Midton Chicago of NSTF")
    assert heir.speaks_for == "it has all 3 of its series, and 3 of its 3 teams by name and place; 60 % similar"
    assert {team.name for team in heir.found} == {"Midton - 2A", "Midton - 2B", "Blue Wave"}


def test_a_club_that_lacks_a_series_is_no_successor() -> None:
    assert not labels(MIDTON, RENAMED.replace("Midton Chicago | Series 3", "Midton Chicago | Series 4"))


def test_a_club_that_was_there_before_is_no_successor() -> None:
    assert not labels(MIDTON + "\n6: Midton Chicago - 9 | Midton Chicago | Series 9", RENAMED)


def test_a_club_of_which_anything_is_left_is_not_gone() -> None:
    assert not labels(MIDTON, RENAMED + "\n16: Midton - 9 | MIDTON | Series 9")


def test_a_club_whose_teams_have_other_names_is_no_successor() -> None:
    strangers = RENAMED.replace("Midton Chicago - 2", "Wolves ").replace("Blue Wave", "Bears")
    assert not labels(MIDTON, strangers)


def test_a_club_with_one_team_is_decided_by_itself() -> None:
    assert not labels("1: Midton - 2 | Midton | Series 2", "9: Midton FC - 2 | Midton FC | Series 2")


def test_of_several_the_likeliest_comes_first_and_three_at_most() -> None:
    old = "1: Midton - 1 | Midton | Series 1\n2: Midton - 2 | Midton | Series 2"
    new = "\n".join(
        f"{10 * at + series}: {club} - {series} | {club} | Series {series}"
        for at, club in enumerate(("Winmere", "Midton Park", "Ashbury", "Tennaqua"), 1)
        for series in (1, 2)
    )
    ((_, heirs),) = labels(old, new).items()
    assert heirs[0] == "Midton Park"
    assert len(heirs) == 3


def test_another_leagues_club_is_no_successor() -> None:
    moved = "\n".join(f"{line} | CITA" if "Midton" in line else line for line in RENAMED.splitlines())
    assert not labels(MIDTON, moved)


def test_a_league_whose_code_was_changed_is_found_by_most_of_its_teams() -> None:
    old = "\n".join(f"{at}: Club {at} - 1 | Club {at} | Series 1" for at in range(1, 6))
    new = "\n".join(f"1{at}: Club {at} - 1 | Club {at} | Series 1 | NSTF_2026" for at in range(1, 5))
    ((about, (heir,)),) = found(old, new).items()
    assert (about, said(heir.heir)) == ("league NSTF", "league NSTF_2026")
    assert heir.speaks_for.startswith("it has 4 of its 5 teams by name and place")
    few = "\n".join(new.splitlines()[:2]) + "\n19: Club 9 | Club 9 | Series 1 | NSTF_2026"
    assert not found(old, few)


def test_a_series_with_another_label_is_found_by_its_clubs() -> None:
    old = "1: Tennaqua S2B | Tennaqua | S2B\n2: Wilmette S2B | Wilmette | S2B"
    new = "8: Wilmette Sunday 2 | Wilmette | Sunday 2\n9: Tennaqua Sunday 2 | Tennaqua | Sunday 2"
    ((about, (heir,)),) = found(old, new).items()
    assert (about, said(heir.heir)) == ("series S2B of NSTF", "series Sunday 2 of NSTF")
    assert heir.speaks_for.startswith("it has both its clubs, and 2 of its 2 teams by name and place")
    assert not found(old, new.replace("Wilmette | Sunday 2", "Lakeside | Sunday 2"))


def test_what_normalising_makes_alike_is_not_gone() -> None:
    old = "1: Tennaqua S2B | Tennaqua | S2B\n2: Wilmette S2B | Wilmette | S2B"
    new = "8: Tennaqua 2B | TENNAQUA | Series 2B\n9: Wilmette 2B | Wilmette | Series 2B"
    assert not found(old, new)


def test_parts_that_are_unknown_are_neither_gone_nor_there() -> None:
    unknown = "1: ? | Midton | ?\n2: ? | Midton | ?\n3: A | ? | Series 2\n4: B | ? | Series 2"
    assert not found(unknown, "7: ? | Midton FC | ?\n8: ? | Midton FC | ?\n9: C | ? | Series 9\n10: D | ? | Series 9")


def test_hundreds_of_clubs_renamed_at_once_each_find_their_own() -> None:
    old = "\n".join(f"{at}: Club {at // 2} - {at % 2} | Club {at // 2} | Series {at % 2}" for at in range(600))
    new = "\n".join(f"{at}: FC {at // 2} - {at % 2} | FC {at // 2} | Series {at % 2}" for at in range(600))
    assert {about: heirs[0] for about, heirs in labels(old, new).items()} == {
        f"club Club {at} of NSTF": f"FC {at}" for at in range(300)
    }


def test_a_club_with_one_series_is_said_to_have_one() -> None:
    old = "1: Midton A | Midton | Series 2\n2: Midton B | Midton | Series 2"
    ((_, (heir,)),) = found(old, old.replace("Midton", "Midton FC")).items()
    assert heir.has == "its one series"


LEVELS = Habits((League(NSTF, series_words=("Liga", "Gruppe")),))


def test_a_club_is_followed_in_the_words_of_its_league() -> None:
    old = teams("1: Midton - 1 | Midton | Liga 1\n2: Midton - 2 | Midton | Liga 2", league=NSTF)
    new = teams("8: Midton Park - 1 | Midton Park | Gruppe 1\n9: Midton Park - 2 | Midton Park | Gruppe 2", league=NSTF)
    assert [said(about) for about in successors(old, new, LEVELS)] == ["club Midton of NSTF"]
    assert not any(about.club for about in successors(old, new))


def test_a_series_that_is_there_in_another_word_of_its_league_has_not_vanished() -> None:
    old = teams("1: Wolves | Winmere | Liga 1\n2: Bears | Lakeside | Liga 1", league=NSTF)
    new = teams("9: Foxes | Ashbury | Gruppe 1", league=NSTF)
    assert not vanished(resolve(old, new, habits=LEVELS).matches, new, habits=LEVELS)
    assert [finding.code for finding in vanished(resolve(old, new).matches, new)] == ["series-vanished"]

"""Where the rules of who a team is meet: what one of them says must not make another one wrong."""

from __future__ import annotations

import pytest

from practice_guard.core.identity import Habits, League, resolve
from practice_guard.core.model import Fate
from tests.world.team_lists import NSTF, outcome, resolving, roster, teams

MISSING, AMBIGUOUS = str(Fate.MISSING), str(Fate.AMBIGUOUS)
UNIQUE = Habits((League(NSTF, unique_names=True),))


def test_two_spellings_of_a_name_that_is_unique_never_have_one_heir() -> None:
    """`Lions S1` in another series is called so, and in `S1` it is `Lions 1`."""
    old = teams("1: Lions S1 | Winmere | B\n2: Lions 1 | Lakeside | S1", league=NSTF)
    new = teams("9: Lions S1 | Winmere | S1", league=NSTF)
    assert not resolve(old, new, habits=UNIQUE).heirs
    assert outcome(resolve(old[:1], new, habits=UNIQUE)) == {1: 9}


def test_a_unique_name_takes_no_heir_from_its_place() -> None:
    old = teams("1: Lions (1) | Winmere | 1\n2: Lions (S1) | Winmere | B", league=NSTF)
    new = teams("9: Lions (S1) | Winmere | 1", league=NSTF)
    assert len(resolve(old, new, habits=UNIQUE).heirs) <= 1


def test_a_name_leads_into_no_place_that_was_another_old_teams_to_the_letter() -> None:
    """Where a list has `St. Mary` beside `St Mary`, these are two clubs."""
    old = "1: Lions | St. Mary | S2\n2: Bears | St Mary | S2"
    assert not resolving(old, "9: Lions | St Mary | S2").heirs
    assert outcome(resolving(old, "8: Lions | St. Mary | S2\n9: Bears | St Mary | S2")) == {1: 8, 2: 9}
    assert outcome(resolving("1: Lions | St. Mary | S2", "9: Lions | St Mary | S2")) == {1: 9}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("PC", "PC2"),
        ("PC Red", "PCs Blue"),
        ("PC Red", "P.C. Blue"),
        ("U12", "U14"),
        ("U12Boys", "U12Girls"),
        ("A1", "A2"),
        ("FC東京", "FC東京U-18"),
        ("東京赤", "東京青"),
        ("レイク・レッド", "レイク・ブルー"),
        ("Ａ組", "Ｂ組"),
        ("สโมสรแดง", "สโมสรน้ำเงิน"),
    ],
)
def test_a_sibling_is_one_in_every_script(old: str, new: str) -> None:
    rosters = ({1: roster(100)}, {9: roster(100)})
    assert outcome(resolving(f"1: {old} | PC | S5", f"9: {new} | PC | S5", rosters=rosters)) == {1: MISSING}


@pytest.mark.parametrize(("old", "new"), [("PC Red", "Wolves"), ("東京", "大阪"), ("Hinsdale 5a", "Wolves 5a")])
def test_players_settle_an_unrelated_name_in_every_script(old: str, new: str) -> None:
    rosters = ({1: roster(100)}, {9: roster(100)})
    assert outcome(resolving(f"1: {old} | PC | 5a", f"9: {new} | PC | 5a", rosters=rosters)) == {1: 9}


def test_a_unique_name_has_its_series_in_no_other_series() -> None:
    """`Lions S2` is `Lions 2` in series 2; in another one that is a second team."""
    old, other = teams("1: Lions S2 | Winmere | 2", league=NSTF), teams("9: Lions 2 | Winmere | 1", league=NSTF)
    assert outcome(resolve(old, other, habits=UNIQUE)) == {1: MISSING}
    assert outcome(resolve(old, teams("9: Lions 2 | Ashbury | 2", league=NSTF), habits=UNIQUE)) == {1: 9}
    assert outcome(resolve(old, teams("9: Lions S2 | Winmere | 1", league=NSTF), habits=UNIQUE)) == {1: 9}


def test_a_renamed_club_takes_no_place_of_a_team_that_waits() -> None:
    """Nothing tells the renamed club's `Oak 1` from the team of the club that was called so before."""
    deciding = '[[club]]\nleague="APTA_CHICAGO"\nclub="Mid"\nheir={club="Oak"}\n'
    old, new = "1: Mid 1 | Mid | S1\n2: Oak One | Oak | S1", "8: Oak 1 | Oak | S1"
    found = resolving(old, new, deciding=deciding)
    assert outcome(found) == {1: MISSING, 2: MISSING}
    assert [finding.code for finding in found.findings] == ["decision-not-followed"]
    assert outcome(resolving("1: Mid 1 | Mid | S1\n2: Oak 2 | Oak | S2", new, deciding=deciding)) == {1: 8, 2: MISSING}
    gone = deciding + '[[team]]\nleague="APTA_CHICAGO"\nclub="Oak"\nseries="S1"\nteam="Oak One"\ngive_up=true\n'
    assert outcome(resolving(old, new, deciding=gone))[1] == 8


def test_a_word_that_is_an_ordinal_too_still_says_nothing() -> None:
    words = League(NSTF, series_words=("Liga",), club_words=("SV",), ordinals=(("FC", "SV"), ("Gruppe", "Liga")))
    old = teams("1: Winmere | SV Winmere | Liga 2", league=NSTF)
    new = teams("9: Winmere | Winmere | 2", league=NSTF)
    assert outcome(resolve(old, new, habits=Habits((words,)))) == {1: 9}

"""The rules of who a team is beyond its two facets, each with a safe and an unsafe twin (design, "Who a team is")."""

from __future__ import annotations

import pytest

from practice_guard.core.identity import Habits, League, Witnesses, normalise, resolve
from practice_guard.core.model import Evidence, Fate, Team
from tests.world.team_lists import NSTF, outcome, players, resolving, roster, teams

MISSING, AMBIGUOUS, CONFLICTING = (str(fate) for fate in (Fate.MISSING, Fate.AMBIGUOUS, Fate.CONFLICTING))

SEASON = "1: Winmere 16 | Winmere | S16\n2: Winmere 18 | Winmere | S18\n3: Lakeside 16 | Lakeside | S16"
NEXT = "7: Winmere 16 | Winmere | S16\n8: Winmere 18 | Winmere | S18\n9: Lakeside 16 | Lakeside | S16"


def dealt(on_the_match: int, on_another: int, elsewhere: int = 0) -> tuple[dict[int, frozenset[str]], ...]:
    """The players of `Winmere 16`, some still there, some on `Winmere 18`, the others on teams of a few each."""
    every = list(range(on_the_match + on_another + elsewhere))
    there, gone = every[:on_the_match], every[on_the_match : on_the_match + on_another]
    rest = every[on_the_match + on_another :]
    now = {7: players(*there, *range(500, 506)), 8: players(*gone, *range(600, 606)), 9: players(*rest)}
    return {1: players(*every)}, now


# Outvoted


@pytest.mark.parametrize(
    ("on_the_match", "on_another", "elsewhere", "expected"),
    [
        (0, 10, 4, CONFLICTING),
        (1, 3, 0, CONFLICTING),
        (0, 4, 0, CONFLICTING),
        (1, 3, 2, CONFLICTING),
        (0, 3, 0, 7),
        (0, 2, 2, 7),
        (2, 3, 4, 7),
        (3, 5, 1, 7),
        (4, 6, 0, 7),
    ],
)
def test_players_outvote_a_name(on_the_match: int, on_another: int, elsewhere: int, expected: int | str) -> None:
    """At least 4 are there, under a third of them on the match, and on another at least 3 and over twice as many."""
    found = resolving(SEASON, NEXT, rosters=dealt(on_the_match, on_another, elsewhere))  # type: ignore[arg-type]
    assert outcome(found)[1] == expected


def test_the_team_that_outvotes_is_named() -> None:
    found = resolving(SEASON, NEXT, rosters=dealt(0, 10, 4))  # type: ignore[arg-type]
    because = found.matches[1].because
    assert "10 of its 14 players still in the league are on Winmere 18" in because


def test_a_league_whose_players_are_all_others_outvotes_nobody() -> None:
    before = {1: roster(100), 2: roster(200), 3: roster(300)}
    now = {7: roster(1100), 8: roster(1200), 9: roster(1300)}
    assert outcome(resolving(SEASON, NEXT, rosters=(before, now))) == {1: 7, 2: 8, 3: 9}


def test_a_season_in_which_few_stay_is_no_league_that_moved() -> None:
    """Some are outvoted and wait; where players speak for the name, however few are left of them, it stands."""
    old = [Team(at, "NSTF", f"Club {at}", "S1", f"Club {at} S1") for at in range(12)]
    new = [Team(at + 100, "NSTF", f"Club {at}", "S1", f"Club {at} S1") for at in range(12)]
    before = {at: roster(100 * at, 10) for at in range(12)}
    now = {100 + at: roster(100 * at, 5) | roster(5000 + 100 * at, 5) for at in range(8)}
    now |= {100 + at: roster(100 * (8 + (at + 1) % 4), 6) for at in range(8, 12)}
    found = resolve(old, new, witnesses=Witnesses(before, now))
    assert not found.moved
    assert outcome(found) == {**{at: 100 + at for at in range(8)}, **dict.fromkeys(range(8, 12), CONFLICTING)}


def test_a_league_that_is_outvoted_as_a_whole_is_one_finding() -> None:
    old = [Team(at, "NSTF", f"Club {at}", "S1", f"Club {at} S1") for at in range(12)]
    new = [Team(at + 100, "NSTF", f"Club {at}", "S1", f"Club {at} S1") for at in range(12)]
    before = {at: roster(100 * at, 10) for at in range(10)}
    now = {100 + (at + 1) % 12: roster(100 * at, 6) for at in range(10)}
    found = resolve(old, new, witnesses=Witnesses(before, now))
    assert [finding.code for finding in found.findings] == ["rosters-moved"]
    assert set(outcome(found).values()) == {CONFLICTING}


# A mark at a word's end


@pytest.mark.parametrize("mark", ["-", "\u2212", "\u2013", "'", "\u2032"])
def test_a_grade_keeps_its_mark(mark: str) -> None:
    old = f"1: Sharks B{mark} | Sharks | Series B{mark}"
    assert outcome(resolving(old, "9: Sharks B | Sharks | Series B")) == {1: MISSING}
    assert outcome(resolving(old, f"9: sharks b{mark} | Sharks | B{mark}")) == {1: 9}


@pytest.mark.parametrize(
    ("one", "other"),
    [("Sharks B-", "Sharks B"), ("B- East", "B East"), ("Sharks (B-)", "Sharks (B)"), ("2- Sharks", "2 Sharks")],
)
def test_a_mark_at_a_words_end_stays(one: str, other: str) -> None:
    assert normalise.text(one) != normalise.text(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Tennaqua - 22", "Tennaqua 22"),
        ("Tennaqua- 22", "Tennaqua -22"),
        ("'Sharks'", "Sharks"),
        ("Players' Club", "Players Club"),
        ("Sharks -", "Sharks"),
        ("B\u2212", "B-"),
    ],
)
def test_a_mark_between_words_says_nothing(one: str, other: str) -> None:
    assert normalise.text(one) == normalise.text(other)


# Synonyms


def test_no_synonym_where_a_list_shows_both() -> None:
    old = "1: Lions S1 | Lions | S1\n2: Bears 1 | Bears | 1"
    new = "8: Lions 1 | Lions | 1\n9: Bears S1 | Bears | S1"
    assert outcome(resolving(old, new)) == {1: MISSING, 2: MISSING}
    assert outcome(resolving(teams(old)[:1], new)) == {1: MISSING}
    assert outcome(resolving(old, teams(new)[:1])) == {1: MISSING, 2: MISSING}
    assert outcome(resolving(teams(old)[:1], teams(new)[:1])) == {1: 8}


def test_a_team_that_waits_for_two_spellings_says_so() -> None:
    old = "1: Lions S1 | Lions | S1\n2: Bears 1 | Bears | 1"
    assert "its series under two spellings" in resolving(old, "8: Lions 1 | Lions | 1").matches[1].because
    leagues = "1: Lions | Lions | S1 | A-B\n2: Bears | Bears | S1 | A B"
    assert "its league under two spellings" in resolving(leagues, "8: Lions | Lions | S1 | A:B").matches[1].because


def test_another_leagues_two_spellings_are_no_reason() -> None:
    old = "1: Lions S1 | Lions | S1\n2: Bears 1 | Bears | 1 | NSTF"
    new = "8: Lions 1 | Lions | 1\n9: Bears 1 | Bears | 1 | NSTF"
    assert outcome(resolving(old, new)) == {1: 8, 2: 9}


def test_two_leagues_whose_codes_read_alike_stay_two() -> None:
    old = "1: Lions | Lions | S1 | A-B\n2: Bears | Bears | S1 | A B"
    new = "8: Lions | Lions | S1 | A B\n9: Bears | Bears | S1 | A-B"
    assert outcome(resolving(old, new)) == {1: MISSING, 2: MISSING}


def test_two_series_that_differ_by_case_stay_two() -> None:
    old = "1: Lions b | Lions | b\n2: Bears B | Bears | B"
    new = "8: Lions B | Lions | B\n9: Bears b | Bears | b"
    assert outcome(resolving(old, new)) == {1: MISSING, 2: MISSING}


# Namesakes and siblings


def test_players_lead_no_name_onto_another_old_teams_place() -> None:
    old = "1: Lakeside | Lakeside | 3.5\n2: Lakeside (3.0) | Lakeside | 3.0\n3: Ashbury | Ashbury | 3.5"
    new = "8: Lakeside | Lakeside | 3.0\n9: Ashbury | Ashbury | 3.5"
    rosters = ({1: roster(100, 8)}, {8: roster(100, 8)})
    found = outcome(resolving(old, new, rosters=rosters))
    assert (found[1], found[2]) == (MISSING, CONFLICTING)
    namesake = new + "\n7: Lakeside (4.0) | Lakeside | 4.0"
    assert outcome(resolving(old, namesake, rosters=rosters))[1] == MISSING


def test_players_lead_a_name_to_a_place_that_was_nobodys() -> None:
    old = "1: Lakeside | Lakeside | 3.5\n3: Ashbury | Ashbury | 3.5"
    new = "8: Lakeside | Lakeside | 3.0\n9: Ashbury | Ashbury | 3.5"
    assert outcome(resolving(old, new, rosters=({1: roster(100, 8)}, {8: roster(100, 8)})))[1] == 8


def test_a_form_of_clubs_is_a_word_in_common_all_the_same() -> None:
    rosters = Witnesses({1: roster(100)}, {9: roster(100)})
    old, new = teams("1: PC Red | PC | S5", league=NSTF), teams("9: PC Blue | PC | S5", league=NSTF)
    habits = Habits((League(NSTF, club_words=("PC",)),))
    assert outcome(resolve(old, new, witnesses=rosters, habits=habits)) == {1: MISSING}


@pytest.mark.parametrize(
    ("old", "new"), [("PC Red", "PC Blue"), ("PC", "PC Reserves"), ("U12 Boys", "U12 Girls"), ("PC I", "PC II")]
)
def test_players_lead_no_team_onto_its_sibling(old: str, new: str) -> None:
    rosters = ({1: roster(100)}, {9: roster(100)})
    assert outcome(resolving(f"1: {old} | PC | S5", f"9: {new} | PC | S5", rosters=rosters)) == {1: MISSING}


def test_players_settle_a_new_name_in_the_old_place() -> None:
    rosters = ({1: roster(100)}, {9: roster(100)})
    for old, new in (("PC Red", "Wolves"), ("Hinsdale 5", "Wolves 5")):
        assert outcome(resolving(f"1: {old} | PC | S5", f"9: {new} | PC | S5", rosters=rosters)) == {1: 9}


def test_players_lead_no_team_to_one_that_has_another_old_teams_name() -> None:
    """The other may have been promoted into its place, and taken its players over."""
    old = "1: Wolves | PC | S5\n2: Sharks | Ashbury | S6"
    new = "8: Sharks | PC | S5"
    assert outcome(resolving(old, new, rosters=({1: roster(100)}, {8: roster(100)}))) == {1: MISSING, 2: MISSING}
    exchanged = new + "\n9: Wolves | Ashbury | S6"
    rosters = ({1: roster(100), 2: roster(200)}, {8: roster(100), 9: roster(200)})
    assert outcome(resolving(old, exchanged, rosters=rosters)) == {1: 8, 2: 9}


# What is drawn, and what is not


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("\U0001f1e9\U0001f1ea 2", "\U0001f1eb\U0001f1f7 2"),
        (
            "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
            "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",
        ),
        ("\U0001f468\u200d\U0001f467", "\U0001f468\U0001f467"),
        ("\u0646\u0627\u0645\u0647\u200c\u0627\u06cc", "\u0646\u0627\u0645\u0647\u0627\u06cc"),
        ("\u0915\u094d\u200d\u0937", "\u0915\u094d\u0937"),
        ("\u06dd1", "1"),
    ],
    ids=["countries", "England and Scotland", "a family", "a Persian word", "a Hindi letter", "the end of a verse"],
)
def test_what_is_drawn_differently_stays_two(one: str, other: str) -> None:
    assert normalise.text(one) != normalise.text(other)
    assert normalise.text(normalise.text(one)) == normalise.text(one)


def test_what_is_drawn_as_nothing_says_nothing() -> None:
    for unseen in ("\u200b", "\u00ad", "\u200d", "\u2060", "\ufeff", "\u200f"):
        assert normalise.text(f"Ten{unseen}naqua") == "tennaqua"


# Needlessly waiting


def test_twins_are_told_by_case_where_all_of_them_are_there() -> None:
    old = "1: Park Ridge CC - 7 | Park Ridge CC | Chicago 7\n2: Park RIdge CC - 7 | Park RIdge CC | Chicago 7"
    new = "8: Park RIdge CC 7 | Park RIdge CC | Series 7\n9: Park Ridge CC 7 | Park Ridge CC | Series 7"
    found = resolving(old, new)
    assert outcome(found) == {1: 9, 2: 8}
    assert {match.evidence for match in found.matches.values()} == {Evidence.SAME_CASE}
    assert outcome(resolving(old, teams(new)[:1])) == {1: AMBIGUOUS, 2: AMBIGUOUS}
    third = new + "\n7: PARK RIDGE CC 7 | PARK RIDGE CC | Series 7"
    assert outcome(resolving(old, third)) == {1: AMBIGUOUS, 2: AMBIGUOUS}
    other = "8: PARK RIdge CC 7 | PARK RIdge CC | Series 7\n9: Park Ridge CC 7 | Park Ridge CC | Series 7"
    assert outcome(resolving(old, other)) == {1: AMBIGUOUS, 2: AMBIGUOUS}


def test_the_imports_own_bracket_tells_nobody_apart_where_one_is_left() -> None:
    old = "1: Lakeside (3.0) | Lakeside | 3.0\n2: Lakeside | Lakeside | 3.5"
    found = resolving(old, "9: Lakeside | Lakeside | 3.0")
    assert outcome(found) == {1: 9, 2: MISSING}
    assert found.matches[1].evidence is Evidence.NORMALISED
    moved = "9: Lakeside | Lakeside | 3.0\n8: Lakeside (4.0) | Lakeside | 4.0"
    assert outcome(resolving(old, moved)) == {1: MISSING, 2: MISSING}
    assert outcome(resolving("1: Lakeside | Lakeside | 3.0", "9: Lakeside (3.0) | Lakeside | 3.0")) == {1: 9}


def test_only_the_renamed_of_a_thousand_teams_in_one_place_wait() -> None:
    old = [Team(at, NSTF, "Lakeside", "S1", f"Team {at:04}") for at in range(1000)]
    new = [Team(team.id + 5000, NSTF, team.club, team.series, team.name) for team in old[2:]]
    new += [Team(9000 + at, NSTF, "Lakeside", "S1", f"Club {at}") for at in range(2)]
    found = resolve(old, new)
    assert [match.old.id for match in found.unmatched()] == [0, 1]
    assert "and 998 more" in found.matches[0].because


# Names that say all


UNIQUE = Habits((League(NSTF, unique_names=True),))
PROMOTED = "8: Winmere | Winmere | Second\n9: Lakeside | Lakeside | First"


def test_a_promoted_team_keeps_its_name_where_the_settings_say_so() -> None:
    old = teams("1: Winmere | Winmere | First\n2: Lakeside | Lakeside | Second", league=NSTF)
    new = teams(PROMOTED, league=NSTF)
    found = resolve(old, new, habits=UNIQUE)
    assert outcome(found) == {1: 8, 2: 9}
    assert {match.evidence for match in found.matches.values()} == {Evidence.UNIQUE_NAME}
    assert outcome(resolve(old, new)) == {1: MISSING, 2: MISSING}
    other = [Team(team.id, "APTA", team.club, team.series, team.name) for team in new]
    assert outcome(resolve(old, other, habits=UNIQUE)) == {1: MISSING, 2: MISSING}


def test_names_that_repeat_say_nothing_whatever_the_settings_say() -> None:
    old = teams("1: Winmere | Winmere | First\n2: Lakeside | Lakeside | Second", league=NSTF)
    twice = teams(PROMOTED + "\n7: WINMERE | Ashbury | Third", league=NSTF)
    for before, now in ((old, twice), (twice, old)):
        found = resolve(before, now, habits=UNIQUE)
        assert all(match.new is None for match in found.matches.values())
        assert [finding.code for finding in found.findings] == ["names-not-unique"]


def test_players_contradict_a_unique_name_too() -> None:
    old = teams("1: Winmere | Winmere | First\n2: Lakeside | Lakeside | Second", league=NSTF)
    witnesses = Witnesses({1: roster(100)}, {9: roster(100)})
    assert outcome(resolve(old, teams(PROMOTED, league=NSTF), habits=UNIQUE, witnesses=witnesses))[1] == CONFLICTING


# A league's own words


WORDS = League(
    NSTF,
    series_words=("Liga", "Gruppe"),
    ordinals=(("2", "II", "2nd"), ("1", "I", "1st")),
    club_words=("FC", "SV"),
    club_aliases=(("Midton", "Midton Chicago"),),
    code_aliases=("NSTF 2026",),
)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("Winmere | Winmere | Liga 2", "Winmere | Winmere | Gruppe 2", 9),
        ("Winmere | Winmere | Series 2", "Winmere | Winmere | 2", MISSING),
        ("Winmere II | Winmere | Liga A", "Winmere 2nd | Winmere | Liga A", 9),
        ("Winmere II | Winmere | Liga A", "Winmere 1st | Winmere | Liga A", MISSING),
        ("FC Winmere 3 | FC Winmere | Liga A", "Winmere FC 3 | Winmere FC | Liga A", 9),
        ("FC Winmere 3 | FC Winmere | Liga A", "AC Winmere 3 | AC Winmere | Liga A", MISSING),
        ("Midton 3 | Midton | Liga A", "Midton Chicago 3 | Midton Chicago | Liga A", 9),
        ("Midton 3 | Midton | Liga A", "Midton North 3 | Midton North | Liga A", MISSING),
        ("Winmere 3 | Winmere | Liga A", "Winmere 3 | Winmere | Liga A | NSTF 2026", 9),
        ("Winmere 3 | Winmere | Liga A", "Winmere 3 | Winmere | Liga A | NSTF 2027", MISSING),
    ],
)
def test_a_leagues_words_are_interchangeable(old: str, new: str, expected: int | str) -> None:
    before, now = teams(f"1: {old}", league=NSTF), teams(f"9: {new}", league=NSTF)
    assert outcome(resolve(before, now, habits=Habits((WORDS,)))) == {1: expected}


def test_a_form_or_an_alias_tells_clubs_apart_where_a_list_has_both() -> None:
    for one, other in (("FC Winmere", "SV Winmere"), ("Midton", "Midton Chicago")):
        old = teams(f"1: {one} 3 | {one} | Liga A\n2: {other} 4 | {other} | Liga B", league=NSTF)
        new = teams(f"8: {other} 3 | {other} | Liga A\n9: {one} 4 | {one} | Liga B", league=NSTF)
        assert outcome(resolve(old, new, habits=Habits((WORDS,)))) == {1: MISSING, 2: MISSING}
        assert outcome(resolve(old, old, habits=Habits((WORDS,)))) == {1: 1, 2: 2}


def test_an_alias_of_a_league_that_is_there_itself_is_another_league() -> None:
    old = teams("1: Winmere 3 | Winmere | Liga A\n2: Lakeside | Lakeside | Liga A | NSTF 2026", league=NSTF)
    new = teams("8: Winmere 3 | Winmere | Liga A | NSTF 2026\n9: Lakeside | Lakeside | Liga A", league=NSTF)
    assert outcome(resolve(old, new, habits=Habits((WORDS,)))) == {1: MISSING, 2: MISSING}


def test_what_is_said_of_every_other_league_is_said_of_no_league_with_words_of_its_own() -> None:
    habits = Habits((League("*", series_words=("Level",)), WORDS))
    assert habits.of("CITA").series_words == ("Level",)
    assert habits.of("nstf").series_words == habits.of("NSTF 2026").series_words == ("Liga", "Gruppe")
    assert Habits().of("CITA").series_words == ("Chicago", "Series", "S")

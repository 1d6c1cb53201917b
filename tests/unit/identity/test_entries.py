"""Who a club, a series, a player or a row of a declared parent is now, by what its row says alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from practice_guard.core.identity import (
    EVERY_OTHER,
    Entry,
    Habits,
    Led,
    Ways,
    dialect,
    normalise,
    resolve_entries,
)
from practice_guard.core.model import Evidence, Fate

WORDS = dialect(Habits().of(EVERY_OTHER))
NAMED = (normalise.text, lambda text: normalise.club(text, WORDS))
LABELLED = (normalise.text, lambda text: normalise.series(text, WORDS))
CLUBS = Ways(("name",), forms=NAMED)
SERIES = Ways(("name",), forms=LABELLED)
LEFT_OUT = "none is called so now"
SEVERAL = "several say the same"
NEARLY = "several are called nearly so"


def clubs(first: int, *names: str | None) -> list[Entry]:
    """Rows with a name each, numbered from the first."""
    return [Entry(id_, {"name": name}) for id_, name in enumerate(names, start=first)]


def within(leagues: Mapping[int, int | None]) -> Ways:
    """Series are known within their leagues, which lead where they do today."""
    return Ways(("name",), {"league_id": leagues}, forms=LABELLED)


def series(id_: int, name: str | None, league: int | None) -> Entry:
    return Entry(id_, {"name": name, "league_id": None if league is None else str(league)})


def on_teams(teams: Mapping[int, int | None]) -> Ways:
    """Players are known by their outside ids, and of several rows of one the team tells which."""
    return Ways(("player",), {"team_id": teams}, frozenset({"team_id"}))


def player(id_: int, outside: str, team: int | None) -> Entry:
    return Entry(id_, {"player": outside, "team_id": None if team is None else str(team)})


def outcome(found: Mapping[int, Led]) -> dict[int, int | str]:
    """By old id the new one, or why there is none."""
    return {old: led.new.id if led.new else led.because for old, led in found.items()}


def became(old: Sequence[Entry], new: Sequence[Entry], ways: Ways, *, exact_only: bool = False) -> dict[int, int | str]:
    return outcome(resolve_entries(old, new, ways, exact_only=exact_only))


# To the letter, and nearly


def test_rows_are_found_by_what_they_say_whatever_their_ids() -> None:
    old, new = clubs(1, "Tennaqua", "Wilmette", "Winnetka"), clubs(1, "Winnetka", "Tennaqua", "Wilmette")
    found = resolve_entries(old, new, CLUBS)
    assert outcome(found) == {1: 2, 2: 3, 3: 1}
    assert {led.fate for led in found.values()} == {Fate.RENUMBERED}
    assert {led.evidence for led in found.values()} == {Evidence.EXACT}


def test_an_id_that_another_club_has_by_now_is_never_followed() -> None:
    assert became(clubs(1, "Tennaqua"), clubs(1, "Wilmette"), CLUBS) == {1: LEFT_OUT}


def test_the_same_id_is_told_where_the_row_says_the_same_too() -> None:
    found = resolve_entries(clubs(1, "Tennaqua", "Lake Forest"), clubs(1, "Tennaqua", "LAKE  FOREST"), CLUBS)
    assert [(led.fate, led.evidence) for led in found.values()] == [
        (Fate.KEPT, Evidence.SAME_ID),
        (Fate.KEPT, Evidence.NORMALISED),
    ]


@pytest.mark.parametrize("now", ["TENNAQUA", " Tennaqua ", "tennaqua", "Tennaqua,"])
def test_another_spelling_is_the_same_club(now: str) -> None:
    found = resolve_entries(clubs(1, "Tennaqua"), clubs(9, now), CLUBS)
    assert (outcome(found), found[1].evidence) == ({1: 9}, Evidence.NORMALISED)


@pytest.mark.parametrize(("one", "other"), [("Tennaqua I", "Tennaqua II"), ("Park Ridge", "Park"), ("B-", "B")])
def test_what_means_something_is_no_spelling(one: str, other: str) -> None:
    assert became(clubs(1, one), clubs(9, other), CLUBS) == {1: LEFT_OUT}


def test_what_differs_by_its_case_is_told_apart_where_both_are_there() -> None:
    """To the letter first: case twins on both sides are no trouble."""
    assert became(clubs(1, "Park Ridge", "Park RIdge"), clubs(8, "Park RIdge", "Park Ridge"), CLUBS) == {1: 9, 2: 8}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (("Park Ridge", "Park RIdge"), ("PARK RIDGE",), {1: NEARLY, 2: NEARLY}),
        (("Park Ridge",), ("PARK RIDGE", "Park RIdge"), {1: NEARLY}),
        (("Park Ridge", "Park RIdge"), ("Park Ridge",), {1: 9, 2: NEARLY}),
        (("Park Ridge", "Park RIdge"), ("Park Ridge", "PARK RIDGE"), {1: 9, 2: NEARLY}),
        (("Park Ridge", "Park RIdge"), (), {1: LEFT_OUT, 2: LEFT_OUT}),
    ],
)
def test_of_what_a_form_makes_alike_nobody_is_guessed(
    old: tuple[str, ...], new: tuple[str, ...], expected: dict[int, int | str]
) -> None:
    assert became(clubs(1, *old), clubs(9, *new), CLUBS) == expected


def test_a_row_found_to_the_letter_is_nobody_elses_in_another_spelling() -> None:
    assert became(clubs(1, "Series 22", "Chicago 22"), clubs(9, "Series 22"), SERIES) == {1: 9, 2: NEARLY}


def test_a_label_is_found_again_under_a_synonym_and_the_stricter_form_first() -> None:
    assert became(clubs(1, "Series 22", "Series 2"), clubs(8, "Chicago 22", "S2"), SERIES) == {1: 8, 2: 9}
    assert became(clubs(1, "Series 22"), clubs(8, "SERIES 22", "Chicago 22"), SERIES) == {1: 8}
    assert became(clubs(1, "Division 22"), clubs(8, "Series 22"), SERIES) == {1: LEFT_OUT}


def test_after_an_import_that_failed_only_the_letter_counts() -> None:
    old, new = clubs(1, "Tennaqua", "Wilmette"), clubs(8, "TENNAQUA", "Wilmette")
    assert became(old, new, CLUBS, exact_only=True) == {1: LEFT_OUT, 2: 9}


# Doubles, and rows that say nothing


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (("Tennaqua",), ("Tennaqua", "Tennaqua")),
        (("Tennaqua", "Tennaqua"), ("Tennaqua",)),
        (("Tennaqua", "Tennaqua"), ("Tennaqua", "Tennaqua")),
        (("Tennaqua",), ("TENNAQUA", "TENNAQUA")),
        (("Tennaqua", "Tennaqua"), ("TENNAQUA",)),
    ],
)
def test_of_several_rows_that_say_the_same_none_is_taken(old: tuple[str, ...], new: tuple[str, ...]) -> None:
    found = resolve_entries(clubs(1, *old), clubs(1, *new), CLUBS)
    assert {led.fate for led in found.values()} == {Fate.AMBIGUOUS}
    assert {led.because for led in found.values()} == {SEVERAL}


@pytest.mark.parametrize("nothing", [None, "", "---"])
def test_what_says_nothing_is_nobody(nothing: str | None) -> None:
    assert became(clubs(1, nothing), clubs(1, None, "", "- -"), CLUBS) == {1: LEFT_OUT}


def test_an_empty_column_is_part_of_what_a_row_says() -> None:
    ways = Ways(("brand", "model"), forms=(normalise.text,))
    old = [Entry(1, {"brand": "Viking", "model": None}), Entry(2, {"brand": "Viking", "model": "Oz"})]
    new = [Entry(8, {"brand": "Viking", "model": "Oz"}), Entry(9, {"brand": "VIKING", "model": None})]
    assert became(old, new, ways) == {1: 9, 2: 8}
    assert became(old[:1], new[:1], ways) == {1: LEFT_OUT}
    assert became([Entry(1, {"brand": "Viking"})], new, ways) == {1: 9}


# What leads to others


def test_a_series_is_known_within_its_league() -> None:
    old = [series(1, "Series 22", 10), series(2, "Series 22", 20)]
    new = [series(1, "Series 22", 12), series(2, "Series 22", 11)]
    assert became(old, new, within({10: 11, 20: 12})) == {1: 2, 2: 1}


def test_a_series_never_crosses_to_another_league() -> None:
    old = [series(1, "Series 22", 10), series(2, "Series 23", 10)]
    new = [series(1, "Series 22", 12), series(2, "Chicago 23", 12)]
    assert became(old, new, within({10: 11})) == {1: LEFT_OUT, 2: LEFT_OUT}


@pytest.mark.parametrize("leagues", [{}, {10: None}])
def test_a_series_waits_while_nobody_knows_its_league(leagues: dict[int, int | None]) -> None:
    """Neither the same id of a league, nor a series without one, is where it went."""
    new = [series(1, "Series 22", 10), series(2, "Series 22", None)]
    assert became([series(1, "Series 22", 10)], new, within(leagues)) == {1: "what its league_id leads to is not known"}


def test_a_series_of_no_league_is_found_among_those_of_none() -> None:
    old, new = [series(1, "Series 22", None)], [series(1, "Series 22", 11), series(2, "Series 22", None)]
    assert became(old, new, within({10: 11})) == {1: 2}
    assert became(old, new[:1], within({10: 11})) == {1: LEFT_OUT}


def test_designations_are_compared_within_a_league_only() -> None:
    old = [series(1, "Series 22", 10), series(2, "Chicago 22", 20)]
    new = [series(8, "S22", 12), series(9, "22", 11)]
    assert became(old, new, within({10: 11, 20: 12})) == {1: 9, 2: 8}


def test_what_nothing_but_its_leads_tell_is_found_by_them() -> None:
    """A row that only joins a club and a league says as much as a name."""
    ways = Ways((), {"club_id": {1: 7, 2: 8}, "league_id": {1: 3}})
    old = [Entry(5, {"club_id": "1", "league_id": "1"}), Entry(6, {"club_id": "2", "league_id": "1"})]
    old += [Entry(7, {"club_id": None, "league_id": None})]
    new = [Entry(5, {"club_id": "8", "league_id": "3"}), Entry(6, {"club_id": "7", "league_id": "3"})]
    new += [Entry(9, {"club_id": None, "league_id": None})]
    assert became(old, new, ways) == {5: 6, 6: 5, 7: LEFT_OUT}


def test_a_nameless_row_is_not_found_by_its_leads_alone() -> None:
    assert became([series(1, None, 10)], [series(1, None, 11)], within({10: 11})) == {1: LEFT_OUT}


def test_what_should_lead_to_another_and_is_no_number_leads_nowhere() -> None:
    """A column may have been of another type when the list was kept."""
    old = [Entry(1, {"name": "Series 22", "league_id": "APTA_CHICAGO"})]
    assert became(old, [series(9, "Series 22", 11)], within({10: 11})) == {
        1: "what its league_id leads to is not known"
    }
    assert became([series(1, "Series 22", 10)], old, within({10: 11})) == {1: LEFT_OUT}


# Players


def test_a_player_of_several_teams_is_found_team_by_team() -> None:
    old = [player(1, "nndz-a", 10), player(2, "nndz-a", 20)]
    new = [player(1, "nndz-a", 12), player(2, "nndz-a", 11)]
    assert became(old, new, on_teams({10: 11, 20: 12})) == {1: 2, 2: 1}


def test_a_player_with_one_row_left_is_the_same_person() -> None:
    old = [player(1, "nndz-a", 10), player(2, "nndz-a", 20)]
    assert became(old, [player(7, "nndz-a", 11)], on_teams({10: 11, 20: 12})) == {1: 7, 2: 7}
    assert became(old[:1], [player(7, "nndz-a", 12)], on_teams({10: 11, 20: 12})) == {1: 7}


def test_a_player_whose_team_is_gone_is_not_guessed_among_several_rows() -> None:
    old = [player(1, "nndz-a", 10), player(2, "nndz-a", 20)]
    new = [player(7, "nndz-a", 12), player(8, "nndz-a", 13)]
    assert became(old, new, on_teams({20: 12})) == {1: SEVERAL, 2: 7}


def test_a_player_whose_team_is_gone_is_not_the_row_without_a_team() -> None:
    """Nobody knows where the team went; that is another thing than no team."""
    new = [player(7, "nndz-a", 12), player(8, "nndz-a", None)]
    assert became([player(1, "nndz-a", 10)], new, on_teams({})) == {1: SEVERAL}
    assert became([player(1, "nndz-a", 10)], new, on_teams({10: None})) == {1: SEVERAL}
    assert became([player(1, "nndz-a", None)], new, on_teams({10: 11})) == {1: 8}


def test_twice_on_one_team_is_not_guessed() -> None:
    new = [player(7, "nndz-a", 11), player(8, "nndz-a", 11)]
    assert became([player(1, "nndz-a", 10)], new, on_teams({10: 11})) == {1: SEVERAL}


def test_a_league_whose_players_have_all_new_ids_has_nobody_guessed() -> None:
    """Not even where every team has one player, and the very row's number is there again."""
    old = [player(id_, f"nndz-{id_}", 10 + id_) for id_ in range(1, 6)]
    new = [player(id_, f"cnsw-{id_}", 20 + id_) for id_ in range(1, 6)]
    teams = {10 + id_: 20 + id_ for id_ in range(1, 6)}
    assert set(became(old, new, on_teams(teams)).values()) == {LEFT_OUT}


# What a person has decided


def heirs(merging: Sequence[str] = (), **decided: str) -> Ways:
    followed: dict[tuple[str | None, ...], tuple[str | None, ...]] = {(old,): (heir,) for old, heir in decided.items()}
    return Ways(("name",), forms=NAMED, heirs=followed, merging=frozenset((each,) for each in merging))


def test_an_heir_is_followed_where_nothing_else_is_found() -> None:
    found = resolve_entries(clubs(1, "Tennaqua"), clubs(1, "Glenview", "Wilmette"), heirs(Tennaqua="Wilmette"))
    assert (outcome(found), found[1].evidence, found[1].fate) == ({1: 2}, Evidence.DECISION, Fate.RENUMBERED)


def test_a_club_that_is_there_needs_no_heir() -> None:
    new = clubs(8, "Tennaqua", "Wilmette")
    assert became(clubs(1, "Tennaqua"), new, heirs(Tennaqua="Wilmette")) == {1: 8}
    assert became(clubs(1, "Tennaqua"), clubs(8, "TENNAQUA", "Wilmette"), heirs(Tennaqua="Wilmette")) == {1: 8}


def test_a_person_tells_which_of_two_spellings() -> None:
    assert became(clubs(1, "Tennaqua"), clubs(8, "TENNAQUA", "tennaqua"), heirs(Tennaqua="tennaqua")) == {1: 9}


def test_an_heir_that_is_anothers_is_taken_only_by_merging() -> None:
    old, new = clubs(1, "Tennaqua", "Wilmette"), clubs(8, "Wilmette")
    assert became(old, new, heirs(Tennaqua="Wilmette")) == {1: LEFT_OUT, 2: 8}
    assert became(old, new, heirs(["Tennaqua"], Tennaqua="Wilmette")) == {1: 8, 2: 8}


def test_an_heir_of_two_is_nobodys_unless_merged() -> None:
    old, new = clubs(1, "Tennaqua", "Wilmette"), clubs(8, "North Shore")
    both = {"Tennaqua": "North Shore", "Wilmette": "North Shore"}
    assert became(old, new, heirs(**both)) == {1: LEFT_OUT, 2: LEFT_OUT}
    assert became(old, new, heirs(["Tennaqua", "Wilmette"], **both)) == {1: 8, 2: 8}


@pytest.mark.parametrize("new", [(), ("north shore",), ("North Shore", "North Shore")])
def test_an_heir_is_one_row_called_just_so(new: tuple[str, ...]) -> None:
    assert became(clubs(1, "Tennaqua"), clubs(8, *new), heirs(Tennaqua="North Shore")) == {1: LEFT_OUT}


def test_an_heir_is_of_the_same_league() -> None:
    ways = replace(within({10: 11}), heirs={("Series 22",): ("Series 30",)})
    new = [series(8, "Series 30", 12), series(9, "Series 30", 11)]
    assert became([series(1, "Series 22", 10)], new, ways) == {1: 9}
    assert became([series(1, "Series 22", 10)], new[:1], ways) == {1: LEFT_OUT}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ([series(1, "Series 22", 10)], []),
        ([series(1, "Series 22", 20)], [series(9, "Series 22", 11)]),
        ([series(1, "Series 22", 10)], [series(8, "S22", 11), series(9, "22", 11)]),
        ([series(1, "Series 22", 10)], [series(8, "Series 22", 11), series(9, "Series 22", 11)]),
    ],
    ids=["left out", "its league is not known", "several spellings", "several rows"],
)
def test_what_waits_is_given_up_whatever_it_waits_for(old: list[Entry], new: list[Entry]) -> None:
    ways = replace(within({10: 11}), given_up=frozenset({("Series 22",)}))
    assert resolve_entries(old, new, ways)[1].given_up
    assert not resolve_entries(old, new, replace(ways, given_up=frozenset({("Series 23",)})))[1].given_up


def test_what_is_found_is_not_given_up() -> None:
    led = resolve_entries(
        clubs(1, "Tennaqua"), clubs(9, "TENNAQUA"), replace(CLUBS, given_up=frozenset({("Tennaqua",)}))
    )[1]
    assert (led.given_up, led.new is not None) == (False, True)

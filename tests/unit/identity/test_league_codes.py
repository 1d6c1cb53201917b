"""Leagues are matched by their codes, and by other spellings only where that is one to one."""

from __future__ import annotations

import pytest

from practice_guard.core.identity import Habits, League, resolve_leagues

LAKE = Habits((League("LAKE", code_aliases=("LL", "Lakeland League")), League("HILL")))


def test_a_code_is_matched_as_it_stands_and_without_regard_to_case() -> None:
    assert resolve_leagues({1: "LAKE", 2: "hill "}, {11: "HILL", 12: "LAKE"}) == {1: 12, 2: 11}


@pytest.mark.parametrize("code", ["LL", "ll", "lakeland-league", "LAKE", "Lake"])
def test_a_code_that_is_spelt_otherwise_is_matched_where_the_settings_say_so(code: str) -> None:
    for old, new in (({1: code}, {11: "LAKE", 12: "HILL"}), ({1: "LAKE"}, {11: code, 12: "HILL"})):
        assert resolve_leagues(old, new, habits=LAKE) == {1: 11}
    assert resolve_leagues({1: "LL"}, {11: "Lakeland League"}, habits=LAKE) == {1: 11}


def test_without_a_word_in_the_settings_another_spelling_is_another_league() -> None:
    assert resolve_leagues({1: "LL"}, {11: "LAKE"}) == {}
    assert resolve_leagues({1: "HL"}, {11: "HILL"}, habits=LAKE) == {}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({1: "LL", 2: "LAKE"}, {11: "LAKE"}),
        ({1: "LL", 2: "Lakeland League"}, {11: "LAKE"}),
        ({1: "LL", 2: "lake"}, {11: "LAKE"}),
        ({1: "LAKE"}, {11: "LL", 12: "Lakeland League"}),
    ],
)
def test_what_two_leagues_are_called_names_neither_by_another_spelling(
    old: dict[int, str], new: dict[int, str]
) -> None:
    found = resolve_leagues(old, new, habits=LAKE)
    assert len(found) < len(old) + (len(new) > 1)
    assert 1 not in found


def test_two_leagues_that_one_list_shows_at_once_are_two() -> None:
    both = {1: "LL", 2: "LAKE"}
    assert resolve_leagues(both, {11: "LAKE", 12: "LL"}, habits=LAKE) == {1: 12, 2: 11}

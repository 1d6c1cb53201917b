"""How counts, lengths of time and mistyped names are said."""

from __future__ import annotations

from datetime import timedelta

import pytest

from practice_guard.core.words import agreeing, counted, duration, near


@pytest.mark.parametrize(
    ("number", "said"),
    [(0, "0 rows"), (1, "1 row"), (2, "2 rows"), (1_234_567, "1,234,567 rows")],
)
def test_one_is_said_as_one_and_thousands_are_set_apart(number: int, said: str) -> None:
    assert counted(number, "row") == said


def test_a_verb_goes_with_its_number() -> None:
    assert [agreeing(number, "is", "are") for number in (0, 1, 2)] == ["are", "is", "are"]


@pytest.mark.parametrize(
    ("length", "said"),
    [
        ({"seconds": -90}, "0 minutes"),
        ({"seconds": 59}, "0 minutes"),
        ({"seconds": 119}, "1 minute"),
        ({"minutes": 119, "seconds": 59}, "119 minutes"),
        ({"hours": 2}, "2 hours"),
        ({"hours": 3, "minutes": 1}, "3 hours 1 minute"),
        ({"hours": 26}, "26 hours"),
        ({"hours": 26, "minutes": 10}, "26 hours 10 minutes"),
        ({"hours": 47, "minutes": 59, "seconds": 59}, "47 hours 59 minutes"),
        ({"hours": 48}, "2 days"),
        ({"hours": 49, "minutes": 59}, "2 days 1 hour"),
        ({"hours": 71}, "2 days 23 hours"),
        ({"weeks": 2}, "14 days"),
    ],
)
def test_a_length_of_time_is_said_by_its_two_largest_units(length: dict[str, int], said: str) -> None:
    assert duration(timedelta(**length)) == said


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("pols", "polls"),
        ("POLL", "polls"),
        ("schedle", "schedule"),
        ("polls_2019", "polls"),
        ("Practices", "practices"),
    ],
)
def test_the_nearest_name_is_offered(name: str, nearest: str) -> None:
    assert near(name, ["practices", "schedule", "polls"]) == f" (the nearest name there is {nearest})"


def test_no_name_is_offered_that_shares_less_than_half_of_the_letters() -> None:
    assert near("abcd", ["cdef"]) == " (the nearest name there is cdef)"
    assert near("abcde", ["defgh"]) == ""
    assert near("team", []) == ""


def test_of_two_that_are_as_near_the_first_by_alphabet_is_offered_whatever_their_order() -> None:
    assert near("team_x", ["team_b", "team_a"]) == near("team_x", ["team_a", "team_b"])
    assert near("team_x", ["team_b", "team_a"]).endswith("team_a)")

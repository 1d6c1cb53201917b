"""When two spellings say the same, and when they must not."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from practice_guard.core.identity import normalise

SAME_SERIES = [
    ("Chicago 22", "Series 22", "S22", "22", "chicago  22", "Series\u00a022", "\uff33eries \uff12\uff12", "S 22"),
    ("Chicago 13 SW", "Series 13 SW", "S13 SW", "13 sw", "Series 13-SW"),
    ("S2B", "Series 2B", "2B", "series 2b"),
    ("S10", "Series 10", "10"),
    ("Series G", "G"),
    ("Series G(1)", "G(1)", "Series G (1)"),
    ("Series 3.0 & Under Thur", "3.0 & Under Thur", "3.0 & under  thur"),
    ("Division 11", "division 11", "Division  11"),
    ("4.5 Singles Sun",),
    ("Chicago",),
]

OTHER_SERIES = [
    ("Chicago 11", "Division 11"),
    ("Chicago 2", "Chicago 22"),
    ("Series 2", "Series 2B"),
    ("Series G(1)", "Series G(2)"),
    ("Series G(1)", "Series G"),
    ("Series 3.0 & Under Thur", "Series 30 & Under Thur"),
    ("Series 3.0 & Under Thur", "Series 3 0 & Under Thur"),
    ("Series 3.0 & Under Thur", "Series 3.0 Under Thur"),
    ("Chicago 13", "Chicago 13 SW"),
    ("Series SW", "Series W"),
    ("Series S", "Series"),
    ("Chicago", "Series"),
    ("Chicago", ""),
    ("Division 11", "11"),
    ("Series Division 11", "Series 11"),
]

OTHER_NAMES = [
    ("Tennaqua - 2", "Tennaqua - 22"),
    ("Hinsdale PC I - 13 SW", "Hinsdale PC II - 13 SW"),
    ("Hinsdale PC I", "Hinsdale PC 1"),
    ("Hinsdale PC 1a", "Hinsdale PC 1b"),
    ("Hinsdale PC 1a", "Hinsdale PC 1"),
    ("PraIrie Club G(1)", "PraIrie Club G(2)"),
    ("PraIrie Club G(1)", "PraIrie Club G"),
    ("PraIrie Club G(1)", "PraIrie Club G 1"),
    ("Tennaqua - 11 (Division 11)", "Tennaqua - 11"),
    ("Tennaqua - 11 (Division 11)", "Tennaqua - 11 (11)"),
    ("Midtown - Chicago", "Midtown"),
    ("Midtown - Chicago - 2", "Midtown - 2"),
    ("Midtown - Chicago 2", "Midtown - Series 2"),
    ("Tennaqua S2B", "Tennaqua SB"),
    ("Women's 4", "Womens 4"),
    ("Lakeshore 3.5+", "Lakeshore 3.5"),
    ("Lake Forest", "LakeForest"),
]

SAME_NAMES = [
    ("Tennaqua - 22", "Tennaqua 22", "tennaqua 22", "Tennaqua \u2013 22", "Tennaqua-22", "Tennaqua\u200b - 22"),
    ("Hinsdale PC II - 13 SW", "Hinsdale PC \u2161 13 SW", "hinsdale pc ii 13 sw"),
    ("College Park - East", "College Park  - East", "College Park\u00a0- East"),
    ("Park Ridge CC", "Park RIdge CC", "PARK RIDGE CC"),
    ("PraIrie Club G(1)", "Prairie Club G (1)", "Prairie Club G\uff081\uff09"),
    ("St. Mary's - 5", "St Mary\u2019s 5"),
    ("Caf\u00e9 Club", "Cafe\u0301 Club"),
    ("Ma\u00dfwerk", "Masswerk", "MASSWERK"),
    ("A/B - 3", "A B 3"),
]


@pytest.mark.parametrize("spellings", SAME_SERIES, ids=lambda spellings: spellings[0])
def test_a_series_is_its_designation(spellings: tuple[str, ...]) -> None:
    assert len({normalise.series(spelling) for spelling in spellings}) == 1
    assert normalise.series(spellings[0])


@pytest.mark.parametrize(("one", "other"), OTHER_SERIES)
def test_two_series_stay_two(one: str, other: str) -> None:
    assert normalise.series(one) != normalise.series(other)


@pytest.mark.parametrize("spellings", SAME_NAMES, ids=lambda spellings: spellings[0])
def test_spelling_does_not_tell_names_apart(spellings: tuple[str, ...]) -> None:
    assert len({normalise.name(spelling) for spelling in spellings}) == 1
    assert len({normalise.text(spelling) for spelling in spellings}) == 1


@pytest.mark.parametrize("series", [None, "Chicago 2", "Series 2B", "Division 11", "G(1)", "Chicago"])
@pytest.mark.parametrize(("one", "other"), OTHER_NAMES)
def test_two_names_stay_two_in_whatever_series(one: str, other: str, series: str | None) -> None:
    assert normalise.name(one, series) != normalise.name(other, series)


@pytest.mark.parametrize(
    ("old", "old_series", "new", "new_series"),
    [
        ("Tennaqua - 22", "Chicago 22", "Tennaqua 22", "Series 22"),
        ("Midtown - Chicago - 22", "Chicago 22", "Midtown - Chicago 22", "Series 22"),
        ("Hinsdale PC I - 13 SW", "Series 13 SW", "Hinsdale PC I - 13 SW", "Chicago 13 SW"),
        ("Tennaqua - 11 (Division 11)", "Division 11", "Tennaqua 11 (Division 11)", "Division 11"),
        ("Tennaqua S2B", "S2B", "Tennaqua 2B", "Series 2B"),
        ("Tennaqua S2B", "S2B", "Tennaqua Series 2B", "Series 2B"),
        ("Lake Forest  S1", "S1", "Lake Forest S1", "Series 1"),
        (
            "Lakeshore (Series 3.0 & Under Thur)",
            "Series 3.0 & Under Thur",
            "Lakeshore (3.0 & Under Thur)",
            "3.0 & Under Thur",
        ),
        ("Tennaqua (Chicago 13 SW)", "Chicago 13 SW", "Tennaqua (Series 13 SW)", "Series 13 SW"),
        ("Wilmette (Series H(2))", "Series H(2)", "Wilmette (H(2))", "H(2)"),
    ],
)
def test_a_name_survives_the_relabelling_of_its_series(old: str, old_series: str, new: str, new_series: str) -> None:
    assert normalise.name(old, old_series) == normalise.name(new, new_series)


def test_only_a_teams_own_series_is_a_designation_in_its_name() -> None:
    assert normalise.name("Lakeshore S1", "4.5 Singles Sun") != normalise.name("Lakeshore 1", "4.5 Singles Sun")
    assert normalise.name("Lakeshore (Chicago 2)", "Series 3") != normalise.name("Lakeshore (2)", "Series 3")
    assert normalise.name("Hinsdale S - 13", "Chicago 13") != normalise.name("Hinsdale - 13", "Chicago 13")


def test_a_club_called_chicago_keeps_its_name() -> None:
    assert normalise.text("Midtown - Chicago") == "midtown chicago"
    assert normalise.name("Midtown - Chicago 2", "Chicago 2") == "midtown chicago 2"
    assert normalise.name("Chicago 2", "Chicago 2") == "chicago 2"


def test_what_is_only_punctuation_is_nothing() -> None:
    assert normalise.text(" - \u200b\u00a0/ ") == normalise.series("--") == normalise.name("...", "S1") == ""


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("Hinsdale PC 1a", "Hinsdale PC 1b", True),
        ("Hinsdale PC I - 13 SW", "Hinsdale PC II - 13 SW", True),
        ("PraIrie Club G(1)", "PraIrie Club G(2)", True),
        ("Tennaqua S1", "Tennaqua S1 B", True),
        ("Tennaqua - 22", "Tennaqua - 22 II", True),
        ("Tennaqua - 22", "Tennaqua 22", False),
        ("Tennaqua - 22", "Blue Wave", False),
        ("Tennaqua - 22", "Tennaqua Blue - 22", True),
        ("Tennaqua Red - 22", "Tennaqua Blue - 22", True),
        ("Tennaqua", "Tennaqua Reserves", True),
        ("Blue Wave - 22", "Green Sharks - 22", False),
        ("Tennaqua - 22 (Chicago 22)", "Tennaqua - 22", False),
    ],
)
def test_a_clubs_other_team_is_known_by_its_name(one: str, other: str, expected: bool) -> None:
    first, second = (normalise.bare(normalise.name(name, "Chicago 22"), ("22",)) for name in (one, other))
    assert normalise.siblings(first, second, {"22"}) is expected


def test_a_relabelled_name_has_the_new_series_at_its_end() -> None:
    assert normalise.relabelled("Tennaqua - 22", "Chicago 22", "Series 7") == "tennaqua 7"
    assert normalise.relabelled("Tennaqua S2B", "S2B", "Series 3") == "tennaqua 3"
    assert normalise.relabelled("Lakeshore (Series 3.0)", "Series 3.0", "Series 3.5") == "lakeshore ( 3.5 )"
    assert normalise.relabelled("Tennaqua - 122", "Chicago 22", "Series 7") == "tennaqua 122"


@given(st.text(max_size=30), st.text(max_size=10))
def test_normalising_twice_is_normalising_once(value: str, series: str) -> None:
    for write in (normalise.text, normalise.series, lambda text: normalise.name(text, series)):
        if write is not normalise.series:
            assert write(write(value)) == write(value)
    assert normalise.text(normalise.series(value)) == normalise.series(value)


@given(st.text(max_size=30))
@example("\u1fef")
@example("\u1ffd")
@example("\u0149")
def test_case_form_and_blanks_around_never_matter(value: str) -> None:
    for other in (f" {value}\u00a0", f"\u200b{value}", unicodedata.normalize("NFD", value), value.casefold()):
        assert normalise.text(other) == normalise.text(value)


def test_a_designation_stays_where_no_word_follows_it() -> None:
    assert normalise.series("Series (1)") == "series ( 1 )"
    assert normalise.series("Chicago") == "chicago"

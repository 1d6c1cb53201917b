"""Leagues are matched by their codes, by the spellings that settings declare, and by a person's decision."""

from __future__ import annotations

import pytest

from practice_guard.core import decisions
from practice_guard.core.identity import Decisions, Habits, resolve_leagues
from practice_guard.core.identity import League as Ways

ALIASES = Habits((Ways("NSTF", code_aliases=("NORTH_SHORE", "NS Tennis")),))


def resolved(old: str, new: str, deciding: str = "", habits: Habits = ALIASES) -> dict[str, str]:
    """Old code → new code, of codes with a blank between them; a stroke stands for a blank within one."""
    before = {at: code.replace("|", " ") for at, code in enumerate(old.split())}
    now = {at: code.replace("|", " ") for at, code in enumerate(new.split(), 100)}
    found = resolve_leagues(before, now, decisions.parse(deciding) if deciding else Decisions(), habits)
    return {before[at]: now[heir] for at, heir in found.items()}


def entry(code: str, heir: str, *, flag: str = "") -> str:
    return f'[[league]]\nleague = "{code}"\nheir = {{ league = "{heir}" }}\n{flag}\n'


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("NSTF CITA", "CITA NSTF", {"NSTF": "NSTF", "CITA": "CITA"}),
        ("Nstf", "NSTF", {"Nstf": "NSTF"}),
        ("APTA_CHICAGO", "APTA-Chicago", {"APTA_CHICAGO": "APTA-Chicago"}),
        ("Cita cita", "CITA", {}),
        ("Cita", "CITA cita", {}),
        ("Cita CITA", "CITA", {"CITA": "CITA"}),
        ("__", "--", {}),
        ("NSTF", "NORTH_SHORE", {"NSTF": "NORTH_SHORE"}),
        ("NORTH_SHORE", "ns|tennis", {"NORTH_SHORE": "ns tennis"}),
        ("north-shore", "NSTF", {"north-shore": "NSTF"}),
    ],
)
def test_a_league_is_found_by_its_code_or_another_spelling_of_it(old: str, new: str, found: dict[str, str]) -> None:
    assert resolved(old, new) == found


def test_no_alias_counts_where_a_list_shows_both_spellings() -> None:
    assert resolved("NSTF NORTH_SHORE", "NSTF") == {"NSTF": "NSTF"}
    assert resolved("NSTF", "NORTH_SHORE NS|Tennis") == {}
    assert resolved("NSTF", "NSTF NORTH_SHORE") == {"NSTF": "NSTF"}
    assert resolved("NSTF NORTH_SHORE", "NS|Tennis") == {}


def test_an_alias_is_a_settings_matter_and_no_league_is_like_another() -> None:
    assert resolved("NSTF", "NORTH_SHORE", habits=Habits()) == {}
    assert resolved("CITA NSTF", "CNSWPL NORTH_SHORE") == {"NSTF": "NORTH_SHORE"}


def test_a_person_says_what_a_league_is_called_now() -> None:
    assert resolved("CITA NSTF", "CITA_2026 NSTF") == {"NSTF": "NSTF"}
    assert resolved("CITA NSTF", "CITA_2026 NSTF", entry("CITA", "CITA_2026")) == {"CITA": "CITA_2026", "NSTF": "NSTF"}
    assert resolved("CITA", "CNSWPL", entry("CITA", "CITA_2026")) == {}


def test_a_decision_goes_against_the_codes_only_expressly() -> None:
    crossed = entry("CITA", "NSTF"), entry("NSTF", "CITA")
    assert resolved("CITA NSTF", "CITA NSTF", "".join(crossed)) == {"CITA": "CITA", "NSTF": "NSTF"}
    overruling = "".join(each + "overrule = true\n" for each in crossed)
    assert resolved("CITA NSTF", "CITA NSTF", overruling) == {"CITA": "NSTF", "NSTF": "CITA"}


def test_two_leagues_have_one_heir_only_where_that_is_said() -> None:
    assert resolved("CITA NSTF", "NSTF", entry("CITA", "NSTF")) == {"NSTF": "NSTF"}
    merged = entry("CITA", "NSTF", flag="merge = true")
    assert resolved("CITA NSTF", "NSTF", merged) == {"CITA": "NSTF", "NSTF": "NSTF"}
    both = entry("CITA", "ONE") + entry("CNSWPL", "ONE")
    assert resolved("CITA CNSWPL", "ONE", both) == {}


def test_a_league_whose_series_or_club_is_decided_is_not() -> None:
    text = '[[club]]\nleague = "CITA"\nclub = "Midton"\nheir = { club = "Midton Chicago" }\n'
    assert resolved("CITA", "CITA_2026", text) == {}
    assert resolved("CITA", "CITA_2026", '[[league]]\nleague = "CITA"\ngive_up = true\n') == {}

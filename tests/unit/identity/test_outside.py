"""Outside ids: a veto where both sides have one, and a settlement only where the settings say so."""

from __future__ import annotations

from dataclasses import replace

import pytest

from practice_guard.core.identity import Habits, League, Resolution, resolve
from practice_guard.core.identity.outside import written
from practice_guard.core.model import Evidence, Fate, Team
from tests.world.team_lists import outcome, teams

MISSING, CONFLICTING = str(Fate.MISSING), str(Fate.CONFLICTING)
CONFIRMING = Habits((League("*", outside_id_confirms=True),))
OLD = "\n".join(f"{at}: Club {at} - 7 | Club {at} | Chicago 7" for at in range(1, 8))
NEW = "\n".join(f"{at + 100}: Club {at} - 7 | Club {at} | Chicago 7" for at in range(1, 8))


def known(text: str, ids: dict[int, str | None]) -> list[Team]:
    """Teams with outside ids; those that nothing is said of have their own number."""
    return [replace(team, outside_id=ids.get(team.id, f"T{team.id % 100}")) for team in teams(text)]


def test_equal_ids_change_nothing() -> None:
    found = resolve(known(OLD, {}), known(NEW, {}))
    assert outcome(found) == {at: at + 100 for at in range(1, 8)}
    assert {match.evidence for match in found.matches.values()} == {Evidence.EXACT}


def test_another_outside_id_vetoes_a_match() -> None:
    found = resolve(known(OLD, {}), known(NEW, {101: "T2", 102: "T1"}))
    assert outcome(found) == {1: CONFLICTING, 2: CONFLICTING, **{at: at + 100 for at in range(3, 8)}}
    assert "its outside id was T1 and is T2 there, and Club 2 - 7" in found.matches[1].because
    assert not found.findings


@pytest.mark.parametrize("there", [None, "", "  "])
def test_an_id_that_is_not_filled_vetoes_nothing(there: str | None) -> None:
    assert outcome(resolve(known(OLD, {}), known(NEW, {101: there})))[1] == 101
    assert outcome(resolve(known(OLD, {1: there}), known(NEW, {})))[1] == 101


def test_ids_that_are_others_as_a_whole_are_ignored_and_said() -> None:
    anew: dict[int, str | None] = {100 + at: f"N{at}" for at in range(1, 8)}
    found = resolve(known(OLD, {}), known(NEW, anew))
    assert outcome(found) == {at: at + 100 for at in range(1, 8)}
    assert [finding.code for finding in found.findings] == ["outside-ids-renumbered"]
    assert found.findings[0].what.startswith("7 of 7 teams of APTA_CHICAGO")
    half: dict[int, str | None] = {100 + at: f"N{at}" for at in range(1, 4)}
    assert [outcome(resolve(known(OLD, {}), known(NEW, half)))[at] for at in range(1, 5)] == [CONFLICTING] * 3 + [104]


def test_teams_that_kept_their_ids_under_other_names_speak_for_the_ids() -> None:
    old, new = known(OLD, {}), known(NEW, {101: "T2", 102: "T3", 103: "T1"})
    new = [*new[:5], *(replace(team, name=f"Wolves {team.id}", club="Wolves") for team in new[5:])]
    found = resolve(old, new)
    assert [outcome(found)[at] for at in range(1, 8)] == [CONFLICTING] * 3 + [104, 105, MISSING, MISSING]
    assert not found.findings


def test_ids_that_a_few_teams_have_exchanged_are_believed() -> None:
    """Three of five: the old ids are all there, on other teams."""
    moved = known(NEW, {101: "T2", 102: "T3", 103: "T1"})[:5]
    found = resolve(known(OLD, {})[:5], moved)
    assert outcome(found) == {**dict.fromkeys((1, 2, 3), CONFLICTING), 4: 104, 5: 105}
    anew = known(NEW, {100 + at: f"T{at % 7 + 1}" for at in range(1, 8)})
    assert outcome(resolve(known(OLD, {}), anew)) == {at: at + 100 for at in range(1, 8)}


def test_two_of_two_are_not_yet_a_league_with_other_ids() -> None:
    old, new = known(OLD, {})[:2], known(NEW, {101: "T2", 102: "T1"})[:2]
    assert outcome(resolve(old, new)) == {1: CONFLICTING, 2: CONFLICTING}


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [("0012", "12", True), (" 12 ", "12", True), ("A12", "a12", True), ("000", "0", True), ("12", "21", False),
     ("A012", "A12", False), ("120", "12", False), ("", "0", False)],
)  # fmt: skip
def test_padding_is_no_other_id(one: str, other: str, same: bool) -> None:
    assert (written(one) == written(other)) is same


def renamed_and_moved(habits: Habits | None) -> Resolution:
    """One team has another name, one another place, one both; their ids are the same."""
    old = known(OLD, {})
    new = known(NEW, {})
    new[0] = replace(new[0], name="Wolves")
    new[1] = replace(new[1], series="Chicago 9")
    new[2] = replace(new[2], name="Foxes", series="Chicago 9", club="Fox Run")
    return resolve(old, new, habits=habits)


def test_an_id_settles_what_one_facet_says_where_the_settings_say_so() -> None:
    found = renamed_and_moved(CONFIRMING)
    assert [outcome(found)[at] for at in (1, 2, 3, 4)] == [101, 102, MISSING, 104]
    assert found.matches[1].evidence is found.matches[2].evidence is Evidence.OUTSIDE_ID
    assert "its outside id is too" in found.matches[1].because


def test_an_id_settles_nothing_where_nobody_said_so() -> None:
    assert [outcome(renamed_and_moved(None))[at] for at in (1, 2, 3)] == [MISSING] * 3


def test_an_id_that_a_list_has_twice_settles_nothing() -> None:
    old, new = known(OLD, {}), known(NEW, {107: "T1"})
    new[0] = replace(new[0], name="Wolves")
    assert outcome(resolve(old, new, habits=CONFIRMING))[1] == MISSING


def test_ids_that_are_ignored_settle_nothing() -> None:
    anew: dict[int, str | None] = {100 + at: f"T{at % 7 + 1}" for at in range(1, 8)}
    old, new = known(OLD, {}), known(NEW, anew)
    new[0] = replace(new[0], name="Wolves", outside_id="T1")
    found = resolve(old, new, habits=CONFIRMING)
    assert outcome(found)[1] == MISSING
    assert [finding.code for finding in found.findings] == ["outside-ids-renumbered"]

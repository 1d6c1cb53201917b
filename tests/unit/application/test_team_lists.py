"""A team list says of a team that it plays no more only where another of its name and place does."""

from __future__ import annotations

from practice_guard.core.application import TeamList

NAMES = ("LAKE", "Tennaqua", "Series 2", "Tennaqua 2")
NOTHING = (None,) * 7


def listed(*teams: tuple[int, bool | None, tuple[str, ...]]) -> TeamList:
    """The list of teams with these ids, of which it is known or not whether they play, and with these names."""
    rows = [(True, number, *names, None, None, None, active) for number, active, names in teams]
    return TeamList.of([*rows, (False, 1, "LAKE", *NOTHING)])


def inactive(found: TeamList) -> set[int]:
    return {team.id for team in found.teams if team.inactive}


def test_a_team_beside_its_successor_is_inactive() -> None:
    found = listed((7, False, NAMES), (8, True, NAMES))
    assert inactive(found) == {7}
    assert [str(team.identity) for team in found.teams] == [
        "Tennaqua 2 (Tennaqua, Series 2, LAKE, inactive)",
        "Tennaqua 2 (Tennaqua, Series 2, LAKE)",
    ]


def test_a_team_that_plays_no_more_and_has_no_successor_is_as_any_other() -> None:
    for names in (("LAKE", "Winmere", *NAMES[2:]), (*NAMES[:3], "Tennaqua II"), ("HILL", *NAMES[1:])):
        assert inactive(listed((7, False, NAMES), (8, True, names))) == set()


def test_of_two_that_both_play_no_more_neither_is_told() -> None:
    assert inactive(listed((7, False, NAMES), (8, False, NAMES))) == set()
    assert inactive(listed((7, False, NAMES), (8, False, NAMES), (9, True, NAMES))) == {7, 8}


def test_what_nobody_knows_is_neither() -> None:
    assert inactive(listed((7, None, NAMES), (8, True, NAMES))) == set()
    assert inactive(listed((7, False, NAMES), (8, None, NAMES))) == set()
    assert listed((7, None, NAMES), (8, True, NAMES)).active == {8: True}

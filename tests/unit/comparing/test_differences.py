"""What two sides have otherwise: one difference at a time of each kind, found and judged."""

from __future__ import annotations

from dataclasses import replace

import pytest

from practice_guard.core.comparing import Facts, Item, Kind
from practice_guard.core.comparing.differences import Difference, compare
from practice_guard.core.comparing.facts import server
from practice_guard.core.comparing.kinds import BY_IDENTITY
from practice_guard.core.identity import Habits, League
from practice_guard.core.model import Team, Verdict

TENNAQUA = Team(22, "APTA_CHICAGO", "Tennaqua", "Chicago 22", "Tennaqua - 22")
LAKE_BLUFF = Team(7, "APTA_CHICAGO", "Lake Bluff", "Chicago 7", "Lake Bluff - 7")
BY_WORD = [kind for kind in Kind if kind not in BY_IDENTITY]


def a_side(name: str = "staging") -> Facts:
    """A league with a thing of every kind."""
    items = {kind: (Item(f"a {kind}", "as it is", relied=True),) for kind in BY_WORD}
    return Facts(
        name,
        items,
        frozenset({"schedule"}),
        (TENNAQUA, LAKE_BLUFF),
        {1: "APTA_CHICAGO"},
        ("Lake Bluff", "Tennaqua"),
        ((None, "Chicago 22"), (None, "Chicago 7")),
    )


def with_item(side: Facts, kind: Kind, *items: Item) -> Facts:
    return replace(side, items={**side.items, kind: items})


def test_two_alike_sides_are_alike() -> None:
    found = compare(a_side("local"), a_side())
    assert (found.differences, found.alike, found.verdict) == ((), True, Verdict.FINE)
    assert found.environments == ("local", "staging")
    assert found.unsaid == {}


@pytest.mark.parametrize("kind", BY_WORD)
@pytest.mark.parametrize("relied", [True, False])
def test_what_is_said_otherwise_is_found_once_and_matters_where_it_is_relied_on(kind: Kind, relied: bool) -> None:
    item = Item(f"a {kind}", "otherwise", relied)
    right = with_item(a_side(), kind, item)
    left = with_item(a_side("local"), kind, replace(item, says="as it is"))
    found = compare(left, right)
    assert found.differences == (Difference(kind, f"a {kind}", "as it is", "otherwise", relied),)
    assert found.alike is not relied
    assert found.verdict is (Verdict.REFUSED if relied else Verdict.FINE)


@pytest.mark.parametrize("kind", [kind for kind in BY_WORD if kind is not Kind.RIGHT])
def test_what_one_side_lacks_has_nothing_there(kind: Kind) -> None:
    without = with_item(a_side(), kind)
    assert compare(a_side("local"), without).differences == (Difference(kind, f"a {kind}", "as it is", None, True),)
    assert compare(without, a_side("local")).differences == (Difference(kind, f"a {kind}", None, "as it is", True),)


def test_a_right_that_only_one_side_lacks_is_missing_there() -> None:
    left = with_item(a_side("local"), Kind.RIGHT)
    right = with_item(a_side(), Kind.RIGHT, Item("INSERT on public.schedule", "missing", relied=True))
    (found,) = compare(left, right).differences
    assert (found.left, found.right, found.matters) == ("not missing", "missing", True)


def test_what_either_side_relies_on_matters() -> None:
    left = with_item(a_side("local"), Kind.COLUMN, Item("polls.note", "text"))
    right = with_item(a_side(), Kind.COLUMN, Item("polls.note", "varchar(9)", relied=True))
    assert compare(left, right).matter == compare(right, left).matter == 1


@pytest.mark.parametrize("kind", [Kind.CONSTRAINT, Kind.TRIGGER, Kind.RULE])
def test_another_name_of_the_same_is_no_difference(kind: Kind) -> None:
    left = with_item(a_side("local"), kind, Item("schedule.a", "CHECK (true)", relied=True, table="schedule"))
    twice = (Item("schedule.b", "CHECK (true)", True, "schedule"), Item("schedule.c", "CHECK (true)", True, "schedule"))
    assert compare(left, with_item(a_side(), kind, *twice)).differences == ()
    other = Item("schedule.b", "CHECK (false)", relied=True, table="schedule")
    assert compare(left, with_item(a_side(), kind, other)).matter == 2


def test_columns_of_a_table_that_one_side_does_not_describe_are_not_compared() -> None:
    left = with_item(a_side("local"), Kind.COLUMN, Item("food.day", "date", relied=True, table="food"))
    right = with_item(a_side(), Kind.COLUMN)
    assert compare(left, right).differences == ()
    left, right = (replace(each, described=frozenset({"food"})) for each in (left, right))
    assert compare(left, right).matter == 1


def test_what_a_side_cannot_say_is_told_and_not_compared() -> None:
    right = replace(with_item(a_side("backup.pgs"), Kind.TRIGGER), unsaid=frozenset({Kind.TRIGGER, Kind.CLUB}))
    found = compare(a_side("local"), replace(right, clubs=()))
    assert found.differences == ()
    assert found.unsaid == {"backup.pgs": (Kind.TRIGGER, Kind.CLUB)}


def test_a_team_that_one_side_lacks_is_named_and_does_not_matter() -> None:
    found = compare(a_side("local"), replace(a_side(), teams=(TENNAQUA,)))
    assert found.differences == (Difference(Kind.TEAM, str(LAKE_BLUFF.identity), "there", None, False),)
    assert found.alike


def test_leagues_clubs_and_series_that_one_side_lacks_are_named() -> None:
    right = replace(
        a_side(), leagues={1: "APTA_CHICAGO", 9: "NSTF"}, clubs=("Tennaqua",), series=((None, "Chicago 22"),)
    )
    said = [(each.kind, each.name, each.left, each.right) for each in compare(a_side("local"), right).differences]
    assert said == [
        (Kind.LEAGUE, "NSTF", None, "there"),
        (Kind.CLUB, "Lake Bluff", "there", None),
        (Kind.SERIES, "Chicago 7", "there", None),
    ]


def test_ids_and_spellings_that_mean_the_same_are_no_difference() -> None:
    teams = (
        replace(TENNAQUA, id=901, series="Series 22", club="TENNAQUA"),
        replace(LAKE_BLUFF, id=902, name="Lake  Bluff - 7"),
    )
    right = replace(
        a_side(),
        teams=teams,
        leagues={77: "apta_chicago"},
        clubs=("LAKE BLUFF", "Tennaqua"),
        series=((None, "Series 22"), (None, "S7")),
    )
    assert compare(a_side("local"), right).differences == ()


def test_series_of_a_league_are_other_series_in_another_league() -> None:
    left = replace(a_side("local"), series=(("APTA_CHICAGO", "Series 7"), ("NSTF", "Series 7")))
    right = replace(a_side(), series=(("APTA_CHICAGO", "Chicago 7"),))
    (found,) = compare(left, right).differences
    assert found.name == "Series 7 (NSTF)"
    assert compare(left, replace(right, series=((None, "Chicago 7"),))).differences == ()


def test_another_code_that_a_league_is_declared_under_is_the_same_league() -> None:
    habits = Habits((League("APTA_CHICAGO", code_aliases=("APTA",)),))
    right = replace(a_side(), leagues={1: "APTA"}, teams=tuple(replace(each, league="APTA") for each in a_side().teams))
    assert compare(a_side("local"), right, habits).differences == ()
    assert compare(a_side("local"), right).differences != ()


def test_differences_stand_in_the_order_of_kinds_those_first_that_matter() -> None:
    right = with_item(
        with_item(a_side(), Kind.COLUMN, Item("a.a", "text"), Item("b.b", "text", relied=True)),
        Kind.SERVER,
        Item("a server", "older"),
    )
    right = replace(right, clubs=())
    left = with_item(a_side("local"), Kind.COLUMN)
    said = [(each.kind, each.name) for each in compare(left, right).differences]
    assert said == [
        (Kind.SERVER, "a server"),
        (Kind.COLUMN, "b.b"),
        (Kind.COLUMN, "a.a"),
        (Kind.CLUB, "Lake Bluff"),
        (Kind.CLUB, "Tennaqua"),
    ]
    mirrored = [(each.kind, each.name) for each in compare(right, left).differences]
    assert mirrored == said


@pytest.mark.parametrize(
    ("version", "told", "relied"),
    [
        ("16.4 (Debian 16.4-1)", "16.4", False),
        ("15.8", "15.8", False),
        ("14.2", "14.2", True),
        ("18beta1", "18beta1", False),
    ],
)
def test_a_server_matters_where_it_is_older_than_the_oldest_that_the_guard_knows(
    version: str, told: str, relied: bool
) -> None:
    assert server(version) == Item("PostgreSQL", told, relied)

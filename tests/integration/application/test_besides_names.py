"""What a team has besides its names is read from the columns that its league keeps it in."""

from __future__ import annotations

import pytest

from practice_guard.core.application import Declared, check_declared
from practice_guard.core.application.declared import parse
from practice_guard.core.errors import SchemaError, UsageError
from practice_guard.core.guarding import Request
from practice_guard.core.identity import Habits
from practice_guard.core.model import Team
from tests.world.builders import League, ScratchDatabase
from tests.world.guarding import Guard

FILE = "practice_guard.toml"
OWN = '[[league]]\ncode = "LAKE"\noutside_id = "federation_id"\nactive = "plays"\n'


@pytest.fixture
def teams(league: League, database: ScratchDatabase) -> tuple[Team, Team]:
    """A team of a league as usual, and one of a league that has columns of its own."""
    usual, own = league.has_team(), league.has_team(club="Winmere", league="LAKE")
    database.rows("ALTER TABLE teams ADD federation_id bigint, ADD plays boolean")
    database.rows("UPDATE teams SET external_team_id = 'T' || id, federation_id = 100 + id, plays = false")
    return usual, own


def declares(text: str) -> Declared:
    return parse(text, FILE)


def read(guard: Guard, habits: Habits | None = None) -> dict[int, tuple[str | None, bool | None]]:
    """The outside id of each team, and whether it plays."""
    request = Request(habits=habits or Habits())
    found = guard.reads(lambda connection: guard.at(connection, request).look().now)
    return {team.id: (team.outside_id, found.active.get(team.id)) for team in found.teams}


def refusal(guard: Guard, text: str) -> str:
    with pytest.raises(UsageError) as caught:
        guard.with_connection(lambda connection: check_declared(connection, declares(text)))
    return caught.value.message


def test_the_usual_columns_are_read_where_nothing_is_said(guard: Guard, teams: tuple[Team, Team]) -> None:
    assert read(guard) == {team.id: (f"T{team.id}", True) for team in teams}


@pytest.mark.parametrize(("given", "is_read"), [(" T 1\t", "T 1"), ("", None), ("  \n", None), (None, None)])
def test_blanks_around_an_outside_id_are_no_part_of_it(
    guard: Guard, league: League, database: ScratchDatabase, given: str | None, is_read: str | None
) -> None:
    team = league.has_team()
    database.rows("UPDATE teams SET external_team_id = %(given)s", given=given)
    assert read(guard) == {team.id: (is_read, True)}


def test_a_league_is_read_from_columns_of_its_own(guard: Guard, teams: tuple[Team, Team]) -> None:
    usual, own = teams
    expected = {usual.id: (f"T{usual.id}", True), own.id: (str(100 + own.id), False)}
    assert read(guard, declares(OWN).habits) == expected
    spelt = OWN.replace('"LAKE"', '"Lakeland"') + 'code_aliases = ["lake"]\n'
    assert read(guard, declares(spelt).habits) == expected


def test_all_others_are_read_from_columns_of_their_own(guard: Guard, teams: tuple[Team, Team]) -> None:
    usual, own = teams
    text = OWN.replace("LAKE", "*") + '[[league]]\ncode = "LAKE"\noutside_id = "external_team_id"\n'
    assert read(guard, declares(text).habits) == {usual.id: (str(100 + usual.id), False), own.id: (f"T{own.id}", False)}


def test_a_table_without_such_columns_is_read(guard: Guard, league: League, database: ScratchDatabase) -> None:
    team = league.has_team()
    database.rows("ALTER TABLE teams DROP external_team_id, DROP is_active")
    assert read(guard) == {team.id: (None, None)}
    assert guard.has_backed_up_nothing()


def test_a_usual_column_that_says_neither_yes_nor_no_is_not_asked(
    guard: Guard, league: League, database: ScratchDatabase
) -> None:
    team = league.has_team()
    database.rows("ALTER TABLE teams ALTER is_active DROP DEFAULT, ALTER is_active TYPE text USING 'perhaps'")
    assert read(guard) == {team.id: (None, None)}


def test_names_that_must_be_quoted_are(guard: Guard, league: League, database: ScratchDatabase) -> None:
    team = league.has_team()
    database.rows('ALTER TABLE teams ADD "100%% id" text DEFAULT \'T1\', ADD "Plays?" boolean DEFAULT false')
    text = '[[league]]\ncode = "*"\noutside_id = "100%% id"\nactive = "Plays?"\n'
    assert read(guard, declares(text).habits) == {team.id: ("T1", False)}


def test_what_is_declared_is_held_against_the_database(guard: Guard, teams: tuple[Team, Team]) -> None:
    guard.with_connection(lambda connection: check_declared(connection, declares(OWN)))


@pytest.mark.parametrize(
    ("field", "column", "message"),
    [
        ("outside_id", "federation", "has no column federation (the nearest name there is federation_id)"),
        ("active", "play", "has no column play (the nearest name there is plays)"),
        ("active", "federation_id", "federation_id is bigint; what says whether a team still plays is true or false"),
    ],
)
def test_a_column_that_is_not_there_is_told_with_its_line(
    guard: Guard, teams: tuple[Team, Team], field: str, column: str, message: str
) -> None:
    said = refusal(guard, f'[[league]]\ncode = "LAKE"\n{field} = "{column}"\n')
    assert said.startswith("practice_guard.toml, line 3: ")
    assert "public.teams" in said
    assert message in said


def test_a_usual_column_that_is_named_must_be_there_too(guard: Guard, database: ScratchDatabase) -> None:
    database.rows("ALTER TABLE teams DROP external_team_id")
    said = refusal(guard, '[[league]]\ncode = "LAKE"\noutside_id = "external_team_id"\n')
    assert "line 3: the table public.teams has no column external_team_id" in said


def test_a_column_that_has_gone_since_it_was_asked_for_is_an_error(guard: Guard, teams: tuple[Team, Team]) -> None:
    guard.database.rows("ALTER TABLE teams DROP federation_id")
    with pytest.raises(SchemaError, match="no column federation_id"):
        read(guard, declares(OWN).habits)

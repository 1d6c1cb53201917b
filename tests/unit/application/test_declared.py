"""A settings file that declares protected sets is read strictly, and a mistake is told with its line."""

from __future__ import annotations

import pytest

from practice_guard.core.application import LEAGUES, TEAMS
from practice_guard.core.application.declared import parse
from practice_guard.core.application.protected import BUILT_IN, ProtectedSet, Reference
from practice_guard.core.errors import UsageError

FILE = "practice_guard.toml"
GEAR = '[[protected]]\nname = "gear"\ntable = "gear"\nteams = ["team_id"]\n'


def complaint(text: str) -> str:
    """What is said of a file that is not taken."""
    with pytest.raises(UsageError) as caught:
        parse(text, FILE)
    return caught.value.message


def test_a_set_is_read_with_all_it_can_say() -> None:
    (gear,) = parse(
        """
        # what captains lend each other
        [[protected]]
        name = "gear"
        table = "lent gear"
        teams = ["team_id", "lent_to"]
        leagues = ["league_id"]
        condition = "kind = 'net' AND \\"By\\" IS NULL"
        same = ["kind", "lent_on"]
        etl_deletes = true
        label = "kind"
        """,
        FILE,
    ).sets
    assert gear == ProtectedSet(
        "gear",
        "lent gear",
        (
            Reference("team_id", TEAMS),
            Reference("lent_to", TEAMS),
            Reference("league_id", LEAGUES),
        ),
        content=("kind", "lent_on"),
        condition="kind = 'net' AND \"By\" IS NULL",
        etl_deletes=True,
        label="kind",
        source="practice_guard.toml:3",
    )


def test_a_chain_hangs_on_its_parent_first() -> None:
    declared = parse(
        GEAR + '[[protected]]\nname = "parts"\ntable = "parts"\nparent = "gear"\nparent_column = "gear_id"\n'
        'teams = ["team_id"]\n',
        FILE,
    )
    parts = declared.sets[1]
    assert parts.references == (Reference("gear_id", "gear"), Reference("team_id", TEAMS))
    assert parts.source == "practice_guard.toml:5"


def test_a_chain_may_hang_on_what_is_built_in_and_may_stand_before_its_parent() -> None:
    votes = '[[protected]]\nname = "votes"\ntable = "votes"\nparent = "{}"\nparent_column = "of"\n'
    assert parse(votes.format("polls"), FILE).sets[0].parents == ("polls",)
    assert parse(votes.format("gear") + GEAR, FILE).sets[0].parents == ("gear",)


def test_without_a_file_it_is_what_is_built_in() -> None:
    assert {each.name for each in parse("", FILE).everything} == {each.name for each in BUILT_IN}


def test_what_is_built_in_can_be_left_out_and_takes_along_what_hangs_on_it() -> None:
    declared = parse('not_protected = ["polls"]\n', FILE)
    left_out = {each.name for each in BUILT_IN} - {each.name for each in declared.everything}
    assert left_out == {"polls", "poll_choices", "poll_responses"}


def test_what_was_left_out_can_be_declared_in_another_way() -> None:
    own = '[[protected]]\nname = "polls"\ntable = "surveys"\nteams = ["team_id"]\n'
    declared = parse('not_protected = ["polls"]\n' + own, FILE)
    assert [each.table for each in declared.everything if each.name == "polls"] == ["surveys"]


def test_a_name_of_forty_letters_is_taken_and_one_more_is_not() -> None:
    assert parse(GEAR.replace('"gear"', f'"{"g" * 40}"', 1), FILE).sets[0].name == "g" * 40
    assert f"{FILE}, line 2: '{'g' * 41}' cannot be a set's name" in complaint(
        GEAR.replace('"gear"', f'"{"g" * 41}"', 1)
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (GEAR + "oops\n", "line 5: this is not TOML"),
        ("\x00", "not TOML"),
        (
            GEAR + 'table = """\nother"""\nleagues = ["league_id"]\n',
            'line 6: this is not TOML: Key "table" already exists',
        ),
        (
            '[[protectd]]\nname = "gear"\n',
            "line 1: there is nothing called 'protectd' here (the nearest name there is pro",
        ),
        (GEAR + 'team = ["team_id"]\n', "line 5: a protected set has no 'team' (the nearest name there is teams)"),
        (GEAR + GEAR.replace("teams", "etl_delets"), "line 8: a protected set has no 'etl_delets' (the nearest"),
        ('[protected]\nname = "gear"\n', "line 1: protected sets are written as [[protected]]"),
        ("protected = 3\n", "line 1: protected sets are written as [[protected]]"),
        ('[[protected]]\ntable = "gear"\nteams = ["team_id"]\n', "line 1: this protected set has no name"),
        ('\n[[protected]]\nname = "gear"\nteams = ["team_id"]\n', "line 2: this protected set has no table"),
        ('[[protected]]\nname = "gear"\ntable = "gear"\n', "line 1: gear points at nothing"),
        (GEAR.replace('["team_id"]', '"team_id"'), "line 4: teams is a list of columns"),
        (GEAR.replace('["team_id"]', "[3]"), "line 4: teams is a list of columns"),
        (GEAR.replace('"gear"', "3", 1), "line 2: name is text"),
        (GEAR + 'etl_deletes = "no"\n', "line 5: etl_deletes is true or false"),
        (GEAR + 'condition = "true; DROP TABLE gear"\n', "line 5: the condition is one expression"),
        (GEAR + 'leagues = ["team_id"]\n', "line 1: gear has a column that points at two things"),
        (GEAR.replace('"gear"', '"ge\\"ar"', 1), "cannot be a set's name"),
        (GEAR.replace('"gear"', '"../gear"', 1), "line 2: '../gear' cannot be a set's name"),
        (GEAR + GEAR, "line 6: there is a set 'gear' already; it is declared in practice_guard.toml, line 1"),
        (GEAR.replace('"gear"', '"players"', 1), "line 2: there is a set 'players' already; it means the ETL's own"),
        ('[[protected]]\nname = "polls"\ngive_up = [0]\n', "line 3: give_up has a list of numbers for each column"),
        (
            '[[protected]]\nname = "polls"\ngive_up = { team = [0] }\n',
            "line 3: polls has no column team that",
        ),
        ('[[protected]]\nname = "polls"\netl_deletes = "no"\n', "line 3: etl_deletes is true or false"),
        (GEAR.replace('"gear"', '"teams"', 1), "line 2: there is a set 'teams' already; it means the ETL's own table"),
        (GEAR + 'parent = "polls"\n', "line 5: parent and parent_column go together"),
        (
            GEAR + 'parent = "pols"\nparent_column = "poll_id"\n',
            "line 5: there is no protected set or parent 'pols' (the nearest name there is polls)",
        ),
        (GEAR + 'parent = "gear"\nparent_column = "part_of"\n', "line 5: Protected sets hang on each other"),
        ('not_protected = ["poll"]\n', "line 1: no set called 'poll' is built in (the nearest name there is polls)"),
        ('not_protected = "polls"\n', "line 1: not_protected is a list"),
    ],
)
def test_a_mistake_is_told_with_its_line_and_the_nearest_name(text: str, said: str) -> None:
    message = complaint(text)
    assert message.startswith(FILE)
    assert said in message
    assert message.endswith("Nothing was done.")

"""What a settings file says of how leagues write their teams is read strictly, and a mistake is told with its line."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from practice_guard.core.application.declared import Declared, parse
from practice_guard.core.application.leagues import FIELDS
from practice_guard.core.errors import UsageError
from practice_guard.core.identity import ORDINALS, Habits, League

FILE = "practice_guard.toml"
README = (Path(__file__).parents[3] / "README.md").read_text(encoding="utf-8")
LAKE = '[[league]]\ncode = "LAKE"\n'
OTHERS = '[[league]]\ncode = "*"\n'


def says(text: str) -> tuple[League, ...]:
    """The leagues of a file."""
    return parse(text, FILE).habits.leagues


def complaint(text: str) -> str:
    """What is said of a file that is not taken."""
    with pytest.raises(UsageError) as caught:
        parse(text, FILE)
    assert caught.value.message.endswith(" Nothing was done.")
    return caught.value.message


def test_a_league_is_read_with_all_it_can_say() -> None:
    text = """
        [[league]]
        code = "LAKE"
        series_words = ["Liga", "Staffel"]
        ordinals = [["2", "II"], ["3", "III"]]
        club_words = ["FC", "SV"]
        club_aliases = { "Lakeside Tennis" = "Lakeside" }
        code_aliases = ["LAKE_LEAGUE"]
        names = "unique"
        outside_id = "federation_id"
        outside_id_confirms = true
        active = "plays"
        """
    assert says(text) == (
        League(
            code="LAKE",
            series_words=("Liga", "Staffel"),
            ordinals=(("2", "II"), ("3", "III")),
            club_words=("FC", "SV"),
            club_aliases=(("Lakeside Tennis", "Lakeside"),),
            code_aliases=("LAKE_LEAGUE",),
            unique_names=True,
            outside_id="federation_id",
            outside_id_confirms=True,
            active="plays",
        ),
    )
    columns = [(each.name, each.of, each.place) for each in parse(text, FILE).columns]
    assert columns == [
        ("federation_id", "outside_id", "practice_guard.toml, line 10"),
        ("plays", "active", "practice_guard.toml, line 12"),
    ]


def test_a_file_without_leagues_has_todays_habits() -> None:
    declared = parse('not_protected = ["polls"]\n', FILE)
    assert (declared.habits, declared.columns) == (Habits(), ())
    assert Declared().habits.of("APTA_CHICAGO") == League()


def test_what_a_league_leaves_out_is_as_usual() -> None:
    assert says(LAKE) == (League(code="LAKE"),)
    assert says(LAKE + 'series_words = []\nnames = "place"\n') == (League(code="LAKE", series_words=()),)


@pytest.mark.parametrize("others_first", [True, False])
def test_what_a_league_leaves_out_is_as_all_others_have_it(others_first: bool) -> None:
    others = OTHERS + 'series_words = ["Liga"]\nnames = "unique"\nactive = "plays"\n'
    own = LAKE + 'code_aliases = ["LL"]\nnames = "place"\n'
    habits = parse(others + own if others_first else own + others, FILE).habits
    lake = League(code="LAKE", series_words=("Liga",), code_aliases=("LL",), active="plays")
    assert habits.of("LAKE") == habits.of("ll") == lake
    assert habits.of("Nobody's") == League(series_words=("Liga",), unique_names=True, active="plays")


@pytest.mark.parametrize(
    ("said", "groups"),
    [("true", ORDINALS), ("false", ()), ("[]", ()), ('[["2", "zweite", "II"]]', (("2", "zweite", "II"),))],
)
def test_ordinals_are_the_usual_ones_none_or_ones_own(said: str, groups: tuple[tuple[str, ...], ...]) -> None:
    assert says(f"{LAKE}ordinals = {said}\n")[0].ordinals == groups


def test_aliases_may_stand_in_a_table_of_their_own() -> None:
    assert says(LAKE + '[league.club_aliases]\n"Lakeside TC" = "Lakeside"\n"Lake" = "Lakeside"\n')[0].club_aliases == (
        ("Lakeside TC", "Lakeside"),
        ("Lake", "Lakeside"),
    )


def test_leagues_and_protected_sets_do_not_meet() -> None:
    gear = '[[protected]]\nname = "gear"\ntable = "gear"\nteams = ["team_id"]\n'
    alone, both = parse(gear, FILE), parse(gear + LAKE + 'active = "plays"\n', FILE)
    assert (both.sets, both.everything, both.described) == (alone.sets, alone.everything, alone.described)


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ('serie_words = ["S"]', "line 3: a league has no 'serie_words' (the nearest name there is series_words); it"),
        ('series_words = "Liga"', "line 3: series_words is a list of texts"),
        ("series_words = [1]", "line 3: series_words is a list of texts"),
        ('series_words = ["Liga", " - "]', "line 3: ' - ' in series_words says nothing"),
        ('series_words = [""]', "line 3: '' in series_words says nothing"),
        ('series_words = ["Liga-"]', "line 3: 'Liga-' in series_words ends with a mark"),
        (
            'club_words = ["FC"]\nclub_aliases = { "FC Lake" = "Lakeside", Lake = "Hill" }',
            "line 4: club_aliases has 'Lake' twice, since club_words say nothing",
        ),
        (
            'club_words = ["FC"]\nclub_aliases = { Lake = "Lakeside", "FC Lakeside" = "Hill" }',
            "line 4: club_aliases leads from 'Lake' to 'Lakeside', an alias too",
        ),
        ('series_words = ["Die Liga"]', "line 3: 'Die Liga' in series_words is not one word"),
        ('club_words = ["F.C."]', "line 3: 'F.C.' in club_words is not one word"),
        ('ordinals = [["2", "zweite Liga"]]', "line 3: 'zweite Liga' in ordinals is not one word"),
        ('club_words = ["FC", true]', "line 3: club_words is a list of texts"),
        ('club_words = [""]', "line 3: '' in club_words says nothing"),
        ('ordinals = "II"', "line 3: ordinals is true, false, or a list of lists of words"),
        ("ordinals = 1", "line 3: ordinals is true, false, or a list of lists of words"),
        ('ordinals = ["2", "II"]', "line 3: ordinals is true, false, or a list of lists of words"),
        ('ordinals = [["2", ""]]', "line 3: '' in ordinals says nothing"),
        ('ordinals = [["II"]]', "line 3: ordinals has a group in which no two words differ: ['II']"),
        ('ordinals = [["II", "ii"]]', "line 3: ordinals has a group in which no two words differ: ['II', 'ii']"),
        ('ordinals = [["2", "II"], ["3", "ii"]]', "line 3: ordinals has 'ii' in two groups"),
        ('club_aliases = ["Lake"]', "line 3: club_aliases has a name for each alias"),
        ("club_aliases = { Lake = 1 }", "line 3: club_aliases has a name for each alias"),
        ('club_aliases = { Lake = "" }', "line 3: '' in club_aliases says nothing"),
        ('club_aliases = { Lake = "lake" }', "line 3: club_aliases has 'Lake' as an alias of itself"),
        ('club_aliases = { Lake = "A", LAKE = "B" }', "line 3: club_aliases has 'LAKE' twice"),
        (
            'club_aliases = { Lake = "Lakeside", lakeside = "Lakeside TC" }',
            "line 3: club_aliases leads from 'Lake' to 'Lakeside', an alias too; give the club's own name",
        ),
        ('code_aliases = "LL"', "line 3: code_aliases is a list of texts"),
        ('code_aliases = ["LL", "-"]', "line 3: '-' in code_aliases says nothing"),
        ('code_aliases = ["LL", "ll"]', "line 3: 'll' is another spelling of 'LAKE' in practice_guard.toml, line 3"),
        ('code_aliases = ["lake"]', "line 3: 'lake' is the code of a league in practice_guard.toml, line 2 already"),
        ('names = "team"', "line 3: names is 'place' or 'unique'"),
        ("names = true", "line 3: names is 'place' or 'unique'"),
        ("outside_id = 1", "line 3: outside_id is the name of a column of teams"),
        ('outside_id = ""', "line 3: outside_id is empty"),
        ('outside_id_confirms = "yes"', "line 3: outside_id_confirms is true or false"),
        ("active = true", "line 3: active is the name of a column of teams"),
        ('active = ""', "line 3: active is empty"),
        ('active = "a\\u0000b"', "line 3: active is the name of a column of teams"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_line(lines: str, message: str) -> None:
    assert f"practice_guard.toml, {message}" in complaint(f"{LAKE}{lines}\n")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[[league]]\nnames = "unique"\n', "line 1: this league has no code; '*' is the code for all others"),
        ("[[league]]\ncode = 3\n", "line 2: code is text"),
        ('[[league]]\ncode = ""\n', "line 2: '' in code says nothing"),
        ('[[league]]\ncode = "-"\n', "line 2: '-' in code says nothing"),
        (
            f'{LAKE}\n[[league]]\ncode = "lake"\n',
            "line 5: 'lake' is the code of a league in practice_guard.toml, line 2 already",
        ),
        (f"{OTHERS}{OTHERS}", "line 4: '*' is the code of a league in practice_guard.toml, line 2 already"),
        (
            f'{LAKE}[[league]]\ncode = "HILL"\ncode_aliases = ["Lake"]\n',
            "line 5: 'Lake' is the code of a league in practice_guard.toml, line 2 already",
        ),
        (
            f'{LAKE}code_aliases = ["HILL"]\n[[league]]\ncode = "Hill"\n',
            "line 5: 'Hill' is another spelling of 'LAKE' in practice_guard.toml, line 3 already",
        ),
        (f'{OTHERS}code_aliases = ["X"]\n', "line 3: '*' is all other leagues, and has no aliases"),
        ('[league]\ncode = "LAKE"\n', "line 1: leagues are written as [[league]]"),
        ('league = "LAKE"\n', "line 1: leagues are written as [[league]]"),
        ('[[leage]]\ncode = "LAKE"\n', "line 1: there is nothing called 'leage' here (the nearest name there is l"),
    ],
)  # fmt: skip
def test_codes_are_there_once(text: str, message: str) -> None:
    assert f"practice_guard.toml, {message}" in complaint(text)


def test_the_readmes_example_is_read_and_every_field_is_told_there() -> None:
    (example,) = re.findall(r"^```toml\n(\[\[league\]\].*?)^```", README, re.MULTILINE | re.DOTALL)
    assert [each.code for each in says(example)] == ["LAKE", "*"]
    assert parse(example, FILE).habits.of("LAKE").club_words == ("TC", "SV")
    for field in FIELDS:
        assert f"| `{field}` |" in README
        assert re.search(rf"^{field} = ", example, re.MULTILINE)


def test_the_fields_that_there_are_are_told() -> None:
    fields = complaint(f'{LAKE}colour = "red"\n').partition("; it has ")[2]
    assert fields == (
        "code, series_words, ordinals, club_words, club_aliases, code_aliases, names, outside_id, outside_id_confirms,"
        " active. Nothing was done."
    )

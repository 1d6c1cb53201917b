"""Decisions about clubs, series, players and declared parents: read, written, and held against what there is."""

from __future__ import annotations

import pytest

from practice_guard.core.decisions import check_renamings, draft, dump, parse, with_rows
from practice_guard.core.errors import UsageError
from practice_guard.core.identity import Decisions, Entry, Led, Renaming, resolve, seek
from practice_guard.core.model import Fate

FILE = "decisions.toml"
MIDTON = """
[[parent]]
parent = "clubs"
same = { name = "Midton" }
heir = { name = "Midton Chicago" }
"""
GIVEN_UP = """
[[parent]]
parent = "courts"
same = { number = "3", side = "north" }
give_up = true
"""


def test_an_entry_says_whom_it_is_about_and_what_became_of_it() -> None:
    heir, given_up = parse(MIDTON + GIVEN_UP, FILE).renamings
    assert heir == Renaming("clubs", (("name", "Midton"),), (("name", "Midton Chicago"),))
    assert given_up == Renaming("courts", (("number", "3"), ("side", "north")), give_up=True)
    assert (heir.where, given_up.where) == ("line 2 of decisions.toml", "line 7 of decisions.toml")


def test_what_an_heir_leaves_out_is_its_own() -> None:
    found = Renaming("courts", (("number", "3"), ("side", "north")), (("number", "4"),))
    assert found.texts(("side", "number")) == (("north", "3"), ("north", "4"))


def test_an_entry_that_decides_nothing_is_none() -> None:
    assert parse('[[parent]]\nparent = "clubs"\nsame = { name = "Midton" }\n').renamings == ()


def test_what_was_decided_is_read_back_as_it_was_written() -> None:
    decided = parse(MIDTON.replace("heir =", "merge = true\nheir =") + GIVEN_UP)
    assert parse(dump(decided)) == decided
    assert decided.renamings[0].merge


def test_the_later_decision_about_a_row_wins() -> None:
    earlier, later = parse(MIDTON), parse(MIDTON.replace("Midton Chicago", "Midton North"))
    assert [each.heir for each in later.after(earlier).renamings] == [(("name", "Midton North"),)]
    assert later.after(parse(GIVEN_UP)).renamings == (*parse(GIVEN_UP).renamings, *later.renamings)


def test_a_recorded_decision_is_no_line_of_a_file_any_more() -> None:
    (recorded,) = parse(MIDTON, FILE).recorded("ledger 7").renamings
    assert (recorded.line, recorded.where) == (0, "ledger 7")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (MIDTON.replace("parent =", "parnt ="), "line 3: [[parent]] has no key `parnt`"),
        (MIDTON.replace('"clubs"', "7"), "line 3: [[parent]] needs `parent`, the name of one"),
        (MIDTON.replace('same = { name = "Midton" }\n', ""), "line 2: [[parent]] needs `same`, what the row says"),
        (MIDTON.replace('"Midton"', "5"), "line 4: `same` has a text for each column"),
        (
            MIDTON.replace('{ name = "Midton Chicago" }', '"Midton Chicago"'),
            "line 5: `heir` has a text for each",
        ),
        (MIDTON + "give_up = true\n", "line 6: has an heir and is given up; keep one of the two."),
        (MIDTON + 'give_up = "no"\n', "line 6: `give_up` must be true or false."),
        (MIDTON + MIDTON, "lines 2 and 7: one row is decided twice. Keep one."),
        ('parent = "clubs"\n', "line 1: write each entry as [[parent]]."),
    ],
)
def test_a_mistake_is_told_with_its_line(text: str, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse(text, FILE)
    assert said in caught.value.message


COLUMNS = {"clubs": ("name",), "series": ("name",)}
OLD = {"clubs": {("Midton",), ("Tennaqua",)}, "series": {("Series 22",)}}
NEW = {"clubs": {("Midton Chicago",), ("Tennaqua",)}, "series": {("Series 22",)}}


def refusal(text: str) -> str:
    with pytest.raises(UsageError) as caught:
        check_renamings(parse(text, FILE).renamings, COLUMNS, OLD, NEW)
    return caught.value.message


def test_what_fits_is_let_pass() -> None:
    check_renamings(parse(MIDTON, FILE).renamings, COLUMNS, OLD, NEW)
    check_renamings(Decisions().renamings, {}, {}, {})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (MIDTON.replace("clubs", "club"), "no protected row leads to 'club' (the nearest name there is clubs)"),
        (MIDTON.replace("name =", "nam ="), "clubs is not known by 'nam' (the nearest name there is name)"),
        (
            MIDTON.replace('"Midton"', '"Miton"'),
            "Miton is not in the list the rows come from (the nearest",
        ),
        (
            MIDTON.replace("Midton Chicago", "Midton Chicgo"),
            "Midton Chicgo is not in clubs now (the nearest name",
        ),
    ],
)
def test_what_does_not_fit_is_refused_with_the_nearest_name(text: str, said: str) -> None:
    assert f"line 2 of {FILE}: {said}" in refusal(text)


class TestWhatIsSought:
    """… stands in a draft, once, with whom it may be."""

    def test_with_what_is_called_most_like_it_and_nobody_s(self) -> None:
        gone = [missing(1, name="Midton"), missing(2, name="Midton"), missing(3, name="Wilmette")]
        now = [Entry(8, {"name": "Midton Chicago"}), Entry(9, {"name": "Old Quarry"})]
        found = seek("clubs", ("name",), gone, now)
        assert [(each.said, each.candidates) for each in found] == [
            ((("name", "Midton"),), ((("name", "Midton Chicago"),),)),
            ((("name", "Wilmette"),), ()),
        ]

    def test_that_says_nothing_is_nothing_to_decide_about(self) -> None:
        assert seek("clubs", ("name",), [missing(1, name=None)], []) == []

    def test_unedited_it_decides_nothing_and_each_line_can_be_taken(self) -> None:
        gone = [missing(1, sku='A "1"\n', size="S"), missing(2, sku="B 2", size=None)]
        sought = seek("variants", ("sku", "size"), gone, [Entry(9, {"sku": 'A "1"', "size": "S"})])
        text = with_rows(draft(resolve([], [])), sought)
        assert parse(text, "decisions.toml").renamings == ()
        assert text.count("[[parent]]") == 2
        taken = parse(text.replace("# heir", "heir"), "decisions.toml").renamings
        assert [(each.said, each.heir) for each in taken] == [
            ((("size", "S"), ("sku", 'A "1"\n')), (("size", "S"), ("sku", 'A "1"'))),
            ((("sku", "B 2"),), (("sku", "..."),)),
        ]
        given_up = parse(text.replace("# give_up", "give_up"), "decisions.toml").renamings
        assert [each.give_up for each in given_up] == [True, True]


def missing(number: int, **said: str | None) -> Led:
    return Led(Entry(number, said), Fate.MISSING, because="none is called so now")

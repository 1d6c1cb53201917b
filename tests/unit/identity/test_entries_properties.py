"""What holds of rows of a parent whatever two lists say of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from practice_guard.core.identity import Entry, Ways, resolve_entries
from practice_guard.core.model import Evidence, Fate
from tests.unit.identity.test_entries import LABELLED, outcome

LABELS = (
    "Series 22",
    "Chicago 22",
    "series  22",
    "S22",
    "22",
    "SERIES 2",
    "Series 2",
    "Sunday A",
    "sunday a",
    "",
    None,
)
PLACES: tuple[int | None, ...] = (None, 1, 2, 3)


def rows() -> st.SearchStrategy[list[Entry]]:
    said = st.tuples(st.sampled_from(LABELS), st.sampled_from(PLACES), st.sampled_from(PLACES))

    def numbered(found: list[tuple[str | None, int | None, int | None]]) -> list[Entry]:
        numbers = [[None if each is None else str(each) for each in row[1:]] for row in found]
        return [
            Entry(id_, {"name": row[0], "league_id": one, "team_id": two})
            for id_, (row, (one, two)) in enumerate(zip(found, numbers, strict=True), start=1)
        ]

    return st.lists(said, max_size=8).map(numbered)


LEADS: st.SearchStrategy[dict[int, int | None]] = st.permutations((None, None, 1, 2, 3)).map(
    lambda now: dict(zip((1, 2, 3), now, strict=False))
)
"""Where leagues or teams lead today; no two lead to one, as where nobody has merged any."""
Said = tuple[object, ...]


def ways_of(leagues: Mapping[int, int | None], teams: Mapping[int, int | None] | None) -> Ways:
    leads = {"league_id": leagues, **({} if teams is None else {"team_id": teams})}
    return Ways(("name",), leads, frozenset({"team_id"}), LABELLED)


def strictly(entry: Entry) -> Said:
    return entry.said["name"], entry.said["league_id"]


@given(rows(), rows(), LEADS, st.none() | LEADS)
def test_every_old_row_has_one_fate_and_its_reason(
    old: list[Entry], new: list[Entry], leagues: dict[int, int | None], teams: dict[int, int | None] | None
) -> None:
    found = resolve_entries(old, new, ways_of(leagues, teams))
    assert found.keys() == {each.id for each in old}
    for id_, led in found.items():
        matched = led.fate in (Fate.KEPT, Fate.RENUMBERED)
        assert led.old.id == id_
        assert matched == (led.new is not None) == (led.evidence is not None) != bool(led.because)
        assert (led.fate is Fate.KEPT) == (led.new is not None and led.new.id == id_)


@given(rows(), rows(), LEADS, st.none() | LEADS)
def test_rows_that_say_different_things_never_become_one(
    old: list[Entry], new: list[Entry], leagues: dict[int, int | None], teams: dict[int, int | None] | None
) -> None:
    contents: dict[int, set[Said]] = {}
    for led in resolve_entries(old, new, ways_of(leagues, teams)).values():
        if led.new is not None:
            contents.setdefault(led.new.id, set()).add(strictly(led.old))
    assert all(len(each) == 1 for each in contents.values())


@given(rows(), rows(), LEADS)
def test_without_what_is_loose_rows_are_matched_one_to_one(
    old: list[Entry], new: list[Entry], leagues: dict[int, int | None]
) -> None:
    onto = Counter(led.new.id for led in resolve_entries(old, new, ways_of(leagues, None)).values() if led.new)
    assert not onto or max(onto.values()) == 1


@given(rows(), rows(), LEADS, st.none() | LEADS)
def test_what_an_old_row_says_to_the_letter_is_nobody_elses(
    old: list[Entry], new: list[Entry], leagues: dict[int, int | None], teams: dict[int, int | None] | None
) -> None:
    ways = ways_of(leagues, teams)
    for led in resolve_entries(old, new, ways).values():
        if led.new is None:
            continue
        letter = strictly(led.new)
        owners = {strictly(each) for each in old if (each.said["name"], led_to(each, leagues)) == letter}
        assert not owners or strictly(led.old) in owners
        assert led_to(led.old, leagues) == led.new.said["league_id"]
        assert any(form(str(led.old.said["name"])) == form(str(led.new.said["name"])) for form in LABELLED)


def led_to(old: Entry, leagues: Mapping[int, int | None]) -> str | None:
    league = old.said["league_id"]
    found = None if league is None else leagues.get(int(league), None)
    return "gone" if league is not None and found is None else None if found is None else str(found)


@given(rows(), rows(), LEADS, st.none() | LEADS, st.permutations(range(1, 9)), st.permutations(range(1, 9)))
def test_ids_and_order_change_nothing(
    old: list[Entry],
    new: list[Entry],
    leagues: dict[int, int | None],
    teams: dict[int, int | None] | None,
    olds: list[int],
    news: list[int],
) -> None:
    def dealt(entries_: list[Entry], ids: list[int]) -> list[Entry]:
        return sorted((Entry(ids[each.id - 1], each.said) for each in entries_), key=lambda each: each.id)

    ways = ways_of(leagues, teams)
    plain = outcome(resolve_entries(old, new, ways))
    again = outcome(resolve_entries(dealt(old, olds), dealt(new, news), ways))
    assert again == {olds[id_ - 1]: news[onto - 1] if isinstance(onto, int) else onto for id_, onto in plain.items()}


@given(rows(), rows(), LEADS, st.none() | LEADS)
def test_after_a_failed_import_less_is_found_and_nothing_else(
    old: list[Entry], new: list[Entry], leagues: dict[int, int | None], teams: dict[int, int | None] | None
) -> None:
    ways = ways_of(leagues, teams)
    whole, exact = resolve_entries(old, new, ways), resolve_entries(old, new, ways, exact_only=True)
    for id_, led in exact.items():
        assert led.new is None or (led.new == whole[id_].new and led.evidence is not Evidence.NORMALISED)

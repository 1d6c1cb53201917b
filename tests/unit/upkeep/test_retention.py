"""Which snapshots may go: the newest good one never, and a reason for each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from practice_guard.core import errors
from practice_guard.core.snapshots import Snapshot
from practice_guard.core.upkeep.retention import Rule, Ruling, Standing, judge
from tests.world.exporting import NOON, an_archive

NOW = NOON
NONE = Standing()


def taken(days_ago: float, *, verified: bool = True) -> Snapshot:
    at = NOW - timedelta(days=days_ago)
    return replace(an_archive().snapshot, id=f"{days_ago:g} days", taken_at=at, verified_at=at if verified else None)


def nights(count: int) -> list[Snapshot]:
    """One a night, newest first."""
    return [taken(day + 0.5) for day in range(count)]


def gone(rulings: Sequence[Ruling]) -> list[str]:
    return [ruling.snapshot.id for ruling in rulings if ruling.goes]


def reason(rulings: Sequence[Ruling], snapshot: Snapshot) -> str:
    return next(ruling.reason for ruling in rulings if ruling.snapshot is snapshot)


def test_the_newest_ones_stay() -> None:
    known = nights(5)
    rulings = judge(known, Rule(keep_last=2), NONE, NOW)
    assert gone(rulings) == [each.id for each in known[2:]]
    assert reason(rulings, known[0]) == "is the newest verified snapshot"
    assert reason(rulings, known[1]) == "is one of the newest 2"
    assert reason(rulings, known[4]) == "is older than the rule keeps"


def test_those_within_the_time_stay() -> None:
    known = nights(5)
    rulings = judge(known, Rule(within=timedelta(days=3)), NONE, NOW)
    assert gone(rulings) == [each.id for each in known[3:]]
    assert reason(rulings, known[2]) == "was taken within 3 days"


@pytest.mark.parametrize("rule", [Rule(keep_last=1), Rule(within=timedelta(days=1)), Rule(all=True)])
def test_what_a_run_needs_to_be_finished_stays(rule: Rule) -> None:
    known = nights(4)
    rulings = judge(known, rule, Standing(needed=known[2].id), NOW)
    assert gone(rulings) == [known[1].id, known[3].id]
    assert reason(rulings, known[2]) == "is needed to finish a run (run --resume)"
    (named,) = [each for each in judge(known, Rule(named=known[2].id), Standing(needed=known[2].id), NOW) if each.goes]
    assert named.overruled == "is needed to finish a run (run --resume)"


def test_either_rule_keeps() -> None:
    known = nights(5)
    assert gone(judge(known, Rule(1, timedelta(days=2)), NONE, NOW)) == [each.id for each in known[2:]]
    assert gone(judge(known, Rule(4, timedelta(days=2)), NONE, NOW)) == [known[4].id]


def test_all_that_may_go_goes() -> None:
    known = nights(4)
    rulings = judge(known, Rule(all=True), Standing(frozenset({known[2].id})), NOW)
    assert gone(rulings) == [known[1].id, known[3].id]
    assert reason(rulings, known[2]) == "has rows that wait and that no newer snapshot carries"
    assert reason(rulings, known[3]) == "all that may go were asked for"


def test_one_never_verified_counts_for_nothing() -> None:
    known = [taken(0.2, verified=False), *nights(3)]
    rulings = judge(known, Rule(keep_last=2), NONE, NOW)
    assert gone(rulings) == [known[0].id, known[3].id]
    assert reason(rulings, known[0]) == "was never verified"
    assert reason(rulings, known[1]) == "is the newest verified snapshot"


def test_one_that_may_be_about_to_be_verified_stays() -> None:
    known = [taken(0.01, verified=False), *nights(2)]
    rulings = judge(known, Rule(all=True), NONE, NOW)
    assert gone(rulings) == [known[2].id]
    assert reason(rulings, known[0]) == "was taken just now and may be about to be verified"


def test_one_that_was_just_imported_may_be_about_to_be_verified_too() -> None:
    imported = replace(taken(9, verified=False), imported_at=NOW - timedelta(minutes=1))
    rulings = judge([*nights(2), imported], Rule(keep_last=1), NONE, NOW)
    assert reason(rulings, imported) == "was imported just now and may be about to be verified"
    a_day_later = judge([*nights(2), imported], Rule(keep_last=1), NONE, NOW + timedelta(days=1))
    assert imported.id in gone(a_day_later)


def test_without_a_verified_one_nothing_goes() -> None:
    known = [taken(1, verified=False), taken(2, verified=False)]
    assert gone(judge(known, Rule(all=True), NONE, NOW)) == []


def test_a_damaged_one_stays_and_is_not_the_newest_good_one() -> None:
    known = nights(4)
    rulings = judge(known, Rule(keep_last=1), Standing(damaged=frozenset({known[0].id})), NOW)
    assert gone(rulings) == [known[2].id, known[3].id]
    assert reason(rulings, known[0]).startswith("is damaged")
    assert reason(rulings, known[1]) == "is the newest verified snapshot"


def test_where_all_are_damaged_all_stay() -> None:
    known = nights(3)
    assert gone(judge(known, Rule(all=True), Standing(damaged=frozenset(each.id for each in known)), NOW)) == []


def test_a_snapshot_named_goes_and_no_other() -> None:
    known = nights(3)
    rulings = judge(known, Rule(named=known[1].id), NONE, NOW)
    assert gone(rulings) == [known[1].id]
    assert (rulings[1].reason, rulings[1].overruled) == ("named by its id", None)
    assert reason(rulings, known[2]) == "another one was named"


@pytest.mark.parametrize(
    ("which", "waiting", "damaged", "why"),
    [
        (0, "", "", "is the newest verified snapshot"),
        (1, "1.5 days", "", "has rows that wait and that no newer snapshot carries"),
        (1, "", "1.5 days", "is damaged, so that nobody knows whether rows wait in it"),
    ],
)
def test_a_protected_one_that_is_named_is_never_removed_silently(
    which: int, waiting: str, damaged: str, why: str
) -> None:
    known = nights(3)
    rulings = judge(known, Rule(named=known[which].id), Standing(frozenset({waiting}), frozenset({damaged})), NOW)
    assert gone(rulings) == [known[which].id]
    assert rulings[which].overruled == why
    assert rulings[which].reason == f"named by its id, although it {why}"


def test_a_snapshot_that_does_not_exist_is_said() -> None:
    with pytest.raises(errors.NoSnapshotError, match=r"no snapshot x. The newest ones are: 0.5 days, 1.5 days"):
        judge(nights(2), Rule(named="x"), NONE, NOW)


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ({"keep_last": 0}, "would keep nothing"),
        ({"keep_last": -1}, "would keep nothing"),
        ({"within": timedelta(0)}, "would keep nothing"),
        ({"within": timedelta(days=-1)}, "would keep nothing"),
        ({"keep_last": 3, "all": True}, "no other rule"),
        ({"keep_last": 3, "named": "x"}, "no other rule"),
        ({"all": True, "named": "x"}, "no other rule"),
        ({"named": "latest"}, "by its id"),
        ({}, "must say what to keep"),
    ],
)
def test_a_rule_that_is_none_is_refused(arguments: dict[str, object], why: str) -> None:
    with pytest.raises(errors.UsageError, match=why):
        Rule(**arguments)  # type: ignore[arg-type]  # each of them is of the right type


@given(
    st.lists(st.tuples(st.floats(0, 100), st.booleans()), max_size=12),
    st.integers(1, 5),
    st.sets(st.integers(0, 11)),
    st.sets(st.integers(0, 11)),
    st.booleans(),
)
def test_what_must_stay_stays_whatever_the_rule(
    ages: list[tuple[float, bool]], keep: int, waiting: set[int], damaged: set[int], everything: bool
) -> None:
    known = [replace(taken(age, verified=good), id=str(place)) for place, (age, good) in enumerate(sorted(ages))]
    rule = Rule(all=True) if everything else Rule(keep_last=keep)
    spoilt = frozenset(map(str, damaged))
    rulings = judge(known, rule, Standing(frozenset(map(str, waiting)), spoilt), NOW)
    assert [ruling.snapshot for ruling in rulings] == known
    assert all(ruling.reason for ruling in rulings)
    whole = [each for each in known if each.verified_at and each.id not in spoilt]
    left = {ruling.snapshot.id for ruling in rulings if not ruling.goes}
    assert not whole or whole[0].id in left
    assert whole or left == {each.id for each in known}
    assert {str(place) for place in waiting if place < len(known)} <= left
    assert {str(place) for place in damaged if place < len(known)} <= left
    assert everything or len([each for each in whole if each.id in left]) >= min(keep, len(whole))

"""Leagues of other countries: what is said of one settles what would wait, and what nobody can see is a class."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.world import countries, judging, operations, outside_ids, seating, turnover
from tests.world.campaigns import histories_of, verdicts_of
from tests.world.countries import Country
from tests.world.operations import Operation

HISTORIES = 200

RELABELLED: list[tuple[Country, tuple[Operation, ...]]] = [
    (countries.PROMOTION, (seating.promote_and_relegate, seating.respell_parts)),
    (countries.AGE_GROUPS, (seating.respell_parts,)),
    (countries.SECOND_TEAMS, (seating.respell_parts, seating.respell_grades)),
    (countries.SPONSORS, (seating.respell_grades,)),
    (countries.FLIGHTS, (seating.respell_parts, seating.respell_grades, seating.respell_the_code)),
    (countries.SCRIPTS, (seating.respell_parts, seating.respell_grades)),
]


@pytest.mark.parametrize(("country", "steps"), RELABELLED, ids=lambda value: getattr(value, "name", ""))
def test_what_is_said_of_a_league_settles_what_would_wait(country: Country, steps: tuple[Operation, ...]) -> None:
    counted: dict[bool, Counter[str]] = {}
    for with_habits in (True, False):
        counted[with_habits] = Counter()
        histories = histories_of(country, HISTORIES, steps=steps, between=3)
        for lived, verdict in verdicts_of(histories, with_habits=with_habits):
            assert (verdict.wrong, verdict.unseen) == ([], {}), lived.happened
            counted[with_habits] += verdict.counted()
    print(f"\n{country.name}: {dict(counted[True])}, and with nothing said of it {dict(counted[False])}")
    assert counted[True]["waiting"] == 0
    assert counted[False]["waiting"] > 0.05 * counted[False]["right"]


UNSEEN: list[tuple[Country, Operation, str]] = [
    (countries.AGE_GROUPS, seating.next_age_group, judging.EXCHANGED),
    (countries.SPONSORS, turnover.deal_seats_anew, judging.EXCHANGED),
    (countries.GRADES, seating.drop_the_mark, judging.EXCHANGED),
    (countries.PROMOTION, seating.close_ranks, judging.NAME_ALONE),
    (countries.SECOND_TEAMS, outside_ids.exchange_names_and_outside_ids, judging.OUTSIDE_ID),
    (countries.TWO_WORDS, seating.leave_out_one_of_two, judging.ONE_BY_WORDS),
    (countries.GRADES, seating.leave_out_one_of_two, judging.TWIN),
]


@pytest.mark.parametrize(("country", "operation", "kind"), UNSEEN, ids=lambda value: getattr(value, "__name__", ""))
def test_what_nobody_can_see_is_of_its_class_and_no_other(country: Country, operation: Operation, kind: str) -> None:
    """Without players nobody could know; what it did not happen to is right all the same."""
    steps = (operations.recreate, operations.leave_out_teams)
    found: Counter[str] = Counter()
    for lived, verdict in verdicts_of(
        histories_of(country, 2 * HISTORIES, steps=steps, between=2, once=operation), with_players=False
    ):
        assert not verdict.wrong, (lived.happened, verdict.wrong)
        found.update({each: len(said) for each, said in verdict.unseen.items()})
    print(f"\n{country.name}, {operation.__name__}: {dict(found)} in {2 * HISTORIES} histories")
    assert found[kind] > 0, "this class can be seen through after all"
    assert set(found) <= {kind, judging.EXCHANGED, judging.TWIN}


@pytest.mark.parametrize(
    ("country", "operation"),
    [(countries.AGE_GROUPS, seating.next_age_group), (countries.SPONSORS, turnover.deal_seats_anew)],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_players_see_through_a_season(country: Country, operation: Operation) -> None:
    """Fewer are taken for others than without players; those that are have too few players, or none."""
    steps = (operations.recreate,)
    taken = {}
    for with_players in (True, False):
        histories = histories_of(country, HISTORIES, steps=steps, between=1, once=operation)
        verdicts = list(verdicts_of(histories, with_players=with_players))
        assert [verdict.wrong for _, verdict in verdicts if verdict.wrong] == []
        taken[with_players] = sum(verdict.not_seen for _, verdict in verdicts)
    print(f"\n{country.name}: {taken[True]} taken for another, and {taken[False]} without players")
    assert taken[True] < 0.75 * taken[False]

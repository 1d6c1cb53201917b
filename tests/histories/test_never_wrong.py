"""Never a wrong match, counted over histories of imports (design, "Invariants", 1)."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from practice_guard.core.identity import Habits, resolve
from practice_guard.core.model import Fate
from tests.world import countries, imports, operations
from tests.world.countries import Country
from tests.world.generate import History, history, resolved
from tests.world.imports import Imported
from tests.world.judging import UNSEEN, judge, judged
from tests.world.operations import Operation
from tests.world.website import build

HISTORIES = 20_000
PARTS = 4
AT_HOME = (*operations.ORDINARY, *countries.ROSTERS)
HOW_OFTEN = (None, None, *countries.COUNTRIES)
"""Of ten histories two are of Chicago, whose lists are long."""


def drawn(seed: int) -> tuple[History, tuple[Habits | None, ...]]:
    """The history of a number, and what its league's habits are said to be: what they are, and perhaps nothing."""
    chance = Random(seed)
    country, count, with_default = chance.choice(HOW_OFTEN), chance.choice((2, 2, 3)), chance.random() < 0.5
    if country is None:
        lived = history(chance, AT_HOME if with_default else operations.ORDINARY, count=count)
        return lived, (None,)
    lived = history(chance, countries.happening(country), count=count, country=country.build)
    return lived, (lived.habits, None) if with_default else (lived.habits,)


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("part", range(PARTS))
def test_twenty_thousand_histories_have_no_wrong_match(part: int) -> None:
    """In four parts, so that they run beside each other."""
    counted: Counter[str] = Counter()
    for seed in range(part, HISTORIES, PARTS):
        lived, readings = drawn(seed)
        for habits in readings:
            for old, new in lived.pairs():
                verdict = judged(old, new, with_players=seed % 3 != 0, habits=habits)
                assert not verdict.wrong, (seed, lived.happened, verdict.wrong)
                counted += verdict.counted()
        counted["histories"] += 1
    print(f"\nordinary histories, part {part + 1} of {PARTS}, wrong: 0")
    print("\n".join(f"  {count:8,} {what}" for what, count in counted.most_common()))
    assert counted["histories"] == HISTORIES // PARTS
    assert counted["right"] > 2 * counted["waiting"]
    assert sum(counted[kind] for kind in UNSEEN) < 0.03 * counted["right"]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.randoms(use_true_random=False), st.booleans())
def test_no_history_has_a_wrong_match(chance: Random, with_players: bool) -> None:
    """The same, drawn so that a failure is shrunk to the fewest steps."""
    lived = history(chance, operations.ORDINARY, between=4)
    for old, new in lived.pairs():
        verdict = judged(old, new, with_players=with_players)
        assert not verdict.wrong, (lived.happened, verdict.wrong)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.randoms(use_true_random=False), st.sampled_from(countries.COUNTRIES), st.booleans(), st.booleans())
def test_no_history_of_another_country_has_a_wrong_match(
    chance: Random, country: Country, with_players: bool, with_habits: bool
) -> None:
    lived = history(chance, countries.happening(country), between=4, count=2, country=country.build)
    for old, new in lived.pairs():
        verdict = judged(old, new, with_players=with_players, habits=lived.habits if with_habits else None)
        assert not verdict.wrong, (country.name, lived.happened, verdict.wrong)


def told_apart(listed: Imported) -> set[int]:
    """The tags of the teams whose name and place nobody else in the list has, not even in another spelling."""
    names = Counter(truth.name for truth in listed.truth.values())
    places = Counter(truth.place for truth in listed.truth.values())
    return {truth.tag for truth in listed.truth.values() if names[truth.name] == places[truth.place] == 1}


def test_new_labels_leave_nobody_waiting() -> None:
    """Ids, labels and spellings change at will; every team that can be told apart at all is found."""
    relabelled = 0
    for seed in range(1500):
        lived = history(Random(seed), operations.LABELS_ONLY)
        for old, new in lived.pairs():
            resolution = resolved(old, new)
            verdict = judge(old, new, resolution)
            assert not verdict.wrong
            apart = told_apart(old) & told_apart(new)
            for id_, match in resolution.matches.items():
                if old.truth[id_].tag in apart:
                    assert match.new, (seed, lived.happened, match)
                    relabelled += match.new.name != match.old.name
    assert relabelled > 5000


def test_what_an_import_left_out_waits_and_the_rest_does_not() -> None:
    counted: Counter[str] = Counter()
    for seed in range(1500):
        lived = history(Random(seed), operations.LISTS_ONLY)
        for old, new in lived.pairs():
            verdict = judged(old, new, with_players=False)
            assert not verdict.wrong
            assert not verdict.unseen
            counted.update(right=verdict.right, waiting=verdict.waiting, needless=verdict.needless.total())
    print(f"\nseries, leagues and teams left out on either side: {dict(counted)}")
    assert counted["waiting"] > 1000
    assert counted["needless"] < 0.01 * counted["right"], "bare names that moved to another series"


def test_a_league_that_comes_back_finds_its_rows() -> None:
    for seed in range(100):
        chance = Random(seed)
        site = build(chance)
        before = imports.run(site, chance)
        league = chance.choice(["APTA_CHICAGO", "NSTF", "CNSWPL", "CITA"])
        site.unlisted_leagues = {league}
        without = imports.run(site, chance, before, chance.choice(imports.ID_HABITS))
        for match in resolved(before, without).matches.values():
            assert (match.fate is Fate.MISSING) == (match.old.league == league)
        site.unlisted_leagues = set()
        back = imports.run(site, chance, without, chance.choice(imports.ID_HABITS))
        verdict = judged(before, back)
        assert (verdict.waiting, verdict.wrong) == (0, [])


def test_half_an_import_is_believed_only_where_it_is_exact() -> None:
    for seed in range(500):
        chance = Random(seed)
        lived = history(chance, operations.ORDINARY, count=2)
        old, new = lived.imports
        half = [team for team in new.teams if chance.random() < 0.5]
        resolution = resolve(old.teams, half, exact_only=True)
        verdict = judge(old, new, resolution)
        assert not verdict.wrong, (seed, lived.happened, verdict.wrong)
        for match in resolution.matches.values():
            assert match.new is None or match.new.identity == match.old.identity


UNSEEN_PER_CLASS = 400


@pytest.mark.parametrize("operation", operations.UNSEEN, ids=lambda operation: operation.__name__)
def test_what_nobody_can_see_is_a_class_of_its_own(operation: Operation) -> None:
    """Without players nobody could know; the teams that it did not happen to are right all the same."""
    histories, matched = 0, 0
    for lived in histories_with(operation, everyone_has_players=False):
        for old, new in lived.pairs():
            verdict = judged(old, new, with_players=False)
            assert not verdict.wrong, (lived.happened, verdict.wrong)
            matched += verdict.not_seen
        histories += 1
    print(f"\n{operation.__name__}: {matched} matches that nobody could see through, in {histories} histories")
    assert matched > 0, "this class can be seen through after all: test it with the ordinary ones"


@pytest.mark.parametrize("operation", [operations.swap_both, operations.shift, operations.rename_onto_vacated])
def test_players_see_through_an_exchange(operation: Operation) -> None:
    waiting = 0
    for lived in histories_with(operation, everyone_has_players=True):
        for old, new in lived.pairs():
            verdict = judged(old, new)
            assert (verdict.wrong, verdict.unseen) == ([], {}), lived.happened
            waiting += verdict.waiting
    assert waiting > UNSEEN_PER_CLASS


def histories_with(operation: Operation, *, everyone_has_players: bool) -> list[History]:
    """Histories of new labels, and before the last import the operation, once."""
    steps = tuple(step for step in operations.LABELS_ONLY if step is not operations.transfer_players)
    return [
        history(Random(seed), steps, between=3, count=2, once=operation, everyone_has_players=everyone_has_players)
        for seed in range(UNSEEN_PER_CLASS)
    ]

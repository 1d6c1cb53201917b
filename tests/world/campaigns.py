"""Many histories of one country, and what came of them all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random

from tests.world.countries import Country, happening
from tests.world.generate import History, history
from tests.world.judging import Verdict, judged
from tests.world.operations import Operation


def histories_of(
    country: Country,
    count: int,
    *,
    steps: Sequence[Operation] | None = None,
    between: int = 6,
    once: Operation | None = None,
) -> Iterator[History]:
    """Draw histories of two imports each: of all that may happen there, or of some steps, and of one at the end."""
    for seed in range(count):
        chosen = happening(country) if steps is None else steps
        yield history(Random(seed), chosen, between=between, count=2, once=once, country=country.build)


def verdicts_of(
    histories: Iterator[History], *, with_players: bool = True, with_habits: bool = True
) -> Iterator[tuple[History, Verdict]]:
    """Judge each pair of imports, with the league's own habits or with what is so everywhere."""
    for lived in histories:
        for old, new in lived.pairs():
            habits = lived.habits if with_habits else None
            yield lived, judged(old, new, with_players=with_players, habits=habits)


def nothing_is_wrong_in(country: Country, count: int, *, steps: Sequence[Operation] | None = None) -> None:
    """Assert that none of so many histories has a wrong match."""
    for lived, verdict in verdicts_of(histories_of(country, count, steps=steps)):
        assert not verdict.wrong, (country.name, lived.happened, verdict.wrong)

"""What becomes of the seconds when the league grows: a hundred times the rows, fifty times the teams."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from scripts.benches.bench import Bench
from scripts.benches.cycle import Cost
from scripts.benches.league import Size
from scripts.benches.measures import Goal, Line, Sample, Table

_LADDER = ((10_000, 1_000), (31_623, 2_660), (100_000, 7_071), (316_228, 18_803))
_LINEAR = 1.1
_LEAST = 0.001


def growth(bench: Bench) -> Table:
    """Each command at each size, without its start, beside the size before times the rows; and one statement's."""
    sizes = _sizes(bench.large)
    measured = [(size, bench.costs(size)) for size in sizes]
    lines = [
        line for name in measured[0][1] for line in _lines(name, [(size.rows, costs[name]) for size, costs in measured])
    ]
    title = f"growth: {sizes[0].rows:,} to {sizes[-1].rows:,} rows, {sizes[0].teams:,} to {sizes[-1].teams:,} teams"
    return Table(title, tuple(lines), {"linear": "as many times the seconds as times the rows, start taken off"})


def _sizes(large: Size) -> list[Size]:
    steps = [each for each in _LADDER if each[0] < large.rows and each[1] < large.teams]
    steps = steps or [(large.rows // 2, max(1, large.teams // 2))]
    return [*(replace(large, rows=rows, teams=teams) for rows, teams in steps), large]


def _lines(name: str, costs: Sequence[tuple[int, Cost]]) -> Iterator[Line]:
    for (rows, cost), (more, next_cost) in pairwise(costs):
        times = more / rows
        linear = Sample.of(max(_LEAST, seconds - cost.alone.median) * times for seconds in cost.seconds)
        ours = Sample.of(max(_LEAST, seconds - next_cost.alone.median) for seconds in next_cost.seconds)
        yield Line(f"{name}, {more:,} rows", ours, f"linear from {rows:,}", linear, Goal(_LINEAR))
        if cost.beside and next_cost.beside:
            grown = Sample.of(seconds * times for seconds in cost.plain)
            yield Line(f"  one statement, {more:,} rows", next_cost.beside, f"linear from {rows:,}", grown)

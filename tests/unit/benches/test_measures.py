"""What a table says of what was measured."""

from __future__ import annotations

import pytest

from scripts.benches import printed
from scripts.benches.measures import Figure, Goal, Line, Sample, Table

OURS, THEIRS = Sample.of([3.0, 2.0, 10.0]), Sample.of([1.0, 1.5, 9.0])


@pytest.mark.parametrize(("figure", "expected"), [("ratio", 2.0), ("difference", 1.5), ("value", 3.0)])
def test_a_goal_says_which_figure_of_the_medians_is_meant(figure: Figure, expected: float) -> None:
    assert Line("a command", OURS, "a statement", THEIRS, Goal(1.0, figure)).figure == expected


@pytest.mark.parametrize(
    ("goal", "reached"),
    [
        (Goal(2.0), True),
        (Goal(1.9), False),
        (Goal(2.0, at_least=True), True),
        (Goal(2.1, at_least=True), False),
        (Goal(3.0, "value"), True),
        (None, None),
    ],
)
def test_a_goal_is_reached_at_its_limit_and_not_beyond(goal: Goal | None, reached: bool | None) -> None:
    assert Line("a command", OURS, "a statement", THEIRS, goal).reached is reached


def test_nothing_is_said_of_a_ratio_to_nothing() -> None:
    assert Line("a command", OURS, "a statement", Sample.of([0.0]), Goal(2.0)).reached is None
    assert Line("a command", OURS).figure is None
    assert Line("requests", OURS, "round trips", THEIRS, compared=False).figure is None


def test_a_printed_line_has_median_spread_ratio_and_goal() -> None:
    table = Table("restore", (Line("restore", OURS, "one INSERT", THEIRS, Goal(1.6)),), {"teams": 50_000})
    *_, line, facts = printed.table(table)
    assert " ".join(line.split()) == "restore 3.00 2.00 to 10.0 1.50 one INSERT 2.00 x <= 1.6: NOT REACHED"
    assert facts == "  teams: 50,000"

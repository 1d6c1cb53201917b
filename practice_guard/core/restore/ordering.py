"""In which order sets are written that point at one another by any foreign key, be it none of their references."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")


def in_turn(items: Sequence[T], waits_for: Callable[[T, T], bool]) -> Iterator[T]:
    """Give items in their order, but each after those that it waits for; where all wait, in a circle, the first goes.

    Args:
        items: in an order in which they could go.
        waits_for: whether one should rather go after another one.
    """
    left = list(items)
    while left:
        free = (one for one in left if not any(waits_for(one, other) for other in left if other is not one))
        chosen = next(free, left[0])
        left.remove(chosen)
        yield chosen

"""Work that is done for real to see what comes of it, and taken back with the transaction that it was done in."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import NoReturn, TypeVar

T = TypeVar("T")


def attempted(work: Callable[[Callable[[T], NoReturn]], object]) -> T:
    """Do work and let nothing of it stay.

    Args:
        work: opens a transaction of its own and, before that ends, hands what came of it to what it is given. That
            leaves the transaction by an exception, so that all of it is taken back.

    Returns:
        what was handed over.
    """
    came: list[T] = []

    def leave(what: T) -> NoReturn:
        came.append(what)
        raise _LeavingError

    with suppress(_LeavingError):
        work(leave)
        raise AssertionError("What was to be taken back is done.")
    return came[-1]


class _LeavingError(Exception):
    """Raised to leave a transaction whose work is not to stay."""

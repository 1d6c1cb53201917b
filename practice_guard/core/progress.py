"""How the core says what it is doing, while it does it. Who is told, and what they make of it, it does not know."""

from __future__ import annotations

from typing import Protocol


class Watcher(Protocol):
    """Is told what goes on. Steps follow one another: one that begins ends the one before.

    What is told costs next to nothing and raises nothing, so that it may be told in the middle of a transaction; yet
    rows are told by the batch and not one by one.
    """

    def begins(self, step: str, rows: int | None = None) -> None:
        """A step begins; `rows` is how many it will go through, where that is known."""

    def done(self, rows: int) -> None:
        """The step has gone through so many rows more."""

    def ends(self) -> None:
        """The last step is over, and something else is said now."""


class _Silent:
    """Tells nobody."""

    def begins(self, step: str, rows: int | None = None) -> None:
        """Tell nobody."""

    def done(self, rows: int) -> None:
        """Tell nobody."""

    def ends(self) -> None:
        """Tell nobody."""


SILENT: Watcher = _Silent()
"""For whom nobody watches."""

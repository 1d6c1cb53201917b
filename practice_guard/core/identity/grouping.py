"""Positions in a team list by what stands there: a whole number for one, and a list only for several. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Hashable, Iterable, Mapping, Sequence


class Grouping:
    """Key → the positions that carry it.

    Nearly every key is carried once, so that a list for each would weigh more than the keys themselves.
    """

    __slots__ = ("_first", "_several")

    def __init__(self) -> None:
        self._first: dict[Hashable, int] = {}
        self._several: dict[Hashable, list[int]] = {}

    def add(self, key: Hashable, at: int) -> None:
        """Say that a position carries a key."""
        first = self._first.setdefault(key, at)
        if first != at:
            self._several.setdefault(key, [first]).append(at)

    def drop(self, key: Hashable) -> None:
        """Forget a key."""
        del self._first[key]
        self._several.pop(key, None)

    def __getitem__(self, key: Hashable) -> Sequence[int]:
        """Return the positions that carry a key, in their order; none for one that nobody carries."""
        if key in self._several:
            return self._several[key]
        at = self._first.get(key)
        return () if at is None else (at,)

    def __contains__(self, key: object) -> bool:
        """Whether any position carries a key."""
        return key in self._first

    @property
    def several(self) -> Mapping[Hashable, Sequence[int]]:
        """The keys that more than one position carries, in the order in which they first came."""
        return dict(sorted(self._several.items(), key=lambda each: each[1][0]))


def group(keys: Iterable[Hashable | None], among: Container[Hashable] | None = None) -> Grouping:
    """Gather positions by key; a position whose key is None, or not `among` those that matter, is in no group."""
    groups = Grouping()
    for at, key in enumerate(keys):
        if key is not None and (among is None or key in among):
            groups.add(key, at)
    return groups


def repeated(ids: Iterable[int]) -> frozenset[int]:
    """Return the ids that are there more than once."""
    every = list(ids)
    if len(set(every)) == len(every):
        return frozenset()
    return frozenset(id_ for id_, count in Counter(every).items() if count > 1)

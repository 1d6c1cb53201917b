"""Who plays where, kept as one text a team: as sets of their own, the ids of 50,000 teams take 70 MB."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import chain

from practice_guard.core.model import Rosters


class WrittenRosters(Mapping[int, frozenset[str]]):
    """Team id → the outside ids of its players, which are a JSON array until somebody asks for them."""

    __slots__ = ("_written",)

    def __init__(self, written: Mapping[int, str]) -> None:
        self._written = written

    def text(self, team: int) -> str | None:
        """Return a team's roster as it is kept; None where it has none."""
        return self._written.get(team)

    def __getitem__(self, team: int) -> frozenset[str]:
        return _read(self._written[team])

    def __iter__(self) -> Iterator[int]:
        return iter(self._written)

    def __len__(self) -> int:
        return len(self._written)


# Two lists that are compared team by team have the same text twice in a row, and get the same set.
@lru_cache(maxsize=64)
def _read(written: str) -> frozenset[str]:
    return frozenset(_plain(json.loads(written)))


def _plain(found: list[object]) -> Iterator[str]:
    """The ids of an array as it should be, also where somebody made arrays in arrays of it, or left one unknown."""
    return chain.from_iterable(_plain(each) if isinstance(each, list) else (str(each or ""),) for each in found)


def written(rosters: Rosters, team: int) -> str | None:
    """Return a team's roster as a JSON array; None where it has no players."""
    if isinstance(rosters, WrittenRosters):
        return rosters.text(team)
    ids = rosters.get(team)
    return json.dumps(sorted(ids), ensure_ascii=False) if ids else None

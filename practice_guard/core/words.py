"""How a count, a length of time and a mistyped name are said to a person: one way each, for all wings."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING

from practice_guard.core.later import later

if TYPE_CHECKING:
    from rapidfuzz import fuzz, process
else:
    fuzz, process = later("rapidfuzz", "fuzz", "process")

ALIKE = 50.0
"""How alike, of 100, a name must be to be offered for one that there is not: half of both names' letters, in order."""

_IN_HOURS = timedelta(hours=2)
_IN_DAYS = timedelta(hours=48)


def counted(number: int, noun: str) -> str:
    """Count something: `1 row`, `2,000 rows`."""
    return f"{number:,} {agreeing(number, noun, noun + 's')}"


def agreeing(number: int, one: str, many: str) -> str:
    """Return the word that goes with a number: `is` with one, `are` with none or many."""
    return one if number == 1 else many


def duration(length: timedelta) -> str:
    """Say an age or a limit in minutes, from two hours in hours, from two days in days: `26 hours 10 minutes`.

    What is left of an hour is said in minutes, and of a day in hours; the rest is cut off. What is to come counts as 0.
    """
    minutes, hours = max(0, length // timedelta(minutes=1)), length // timedelta(hours=1)
    if length < _IN_HOURS:
        return counted(minutes, "minute")
    if length < _IN_DAYS:
        return _with_rest(counted(hours, "hour"), minutes % 60, "minute")
    return _with_rest(counted(hours // 24, "day"), hours % 24, "hour")


def _with_rest(said: str, rest: int, unit: str) -> str:
    return f"{said} {counted(rest, unit)}" if rest else said


def near(name: str, names: Iterable[str]) -> str:
    """Return what to say behind the complaint that there is no such name: which one is nearest, if one is near."""
    found = nearest(name, names)
    return f" (the nearest name there is {found})" if found else ""


def nearest(name: str, names: Iterable[str]) -> str | None:
    """Return the name that is nearest, if one is near; capitals make no difference.

    Of several that are as near it is the first by alphabet.
    """
    found = process.extractOne(name, sorted(names), scorer=fuzz.ratio, processor=str.casefold, score_cutoff=ALIKE)
    return found[0] if found else None

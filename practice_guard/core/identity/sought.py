"""What a person may decide of rows of a parent that are not found again, with what is called most like them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from practice_guard.core.identity.entries import Entry, Led
from practice_guard.core.later import later
from practice_guard.core.words import ALIKE

if TYPE_CHECKING:
    from rapidfuzz import fuzz, process
else:
    fuzz, process = later("rapidfuzz", "fuzz", "process")

Said = tuple[tuple[str, str], ...]
"""What a row says, by column; without the columns that are empty."""

_MOST = 3
"""Candidates of one row."""

_COMPARED = 500
"""Rows for which candidates are looked for: a list of which more is gone was imported from elsewhere."""


@dataclass(frozen=True, slots=True)
class Sought:
    """A row of a parent that is not found again: what it said, why it waits, and who it may be, the likeliest first."""

    parent: str
    said: Said
    because: str
    candidates: tuple[Said, ...] = ()


def seek(parent: str, columns: Sequence[str], gone: Sequence[Led], free: Iterable[Entry]) -> list[Sought]:
    """Return what to decide about rows that are gone, in order of what they said; each once.

    Args:
        parent: its name.
        columns: those that say which row is which, as texts.
        gone: the rows, from whatever lists.
        free: the rows of now that are nobody's; none where likeness says nothing, as of ids.
    """
    by_words = {_words(said): said for each in free if (said := _said(each.said, columns))}
    found = {said: each for each in gone if (said := _said(each.old.said, columns))}
    return [
        Sought(parent, said, f"{each.fate}: {each.because}", _alike(said, by_words) if place < _COMPARED else ())
        for place, (said, each) in enumerate(sorted(found.items()))
    ]


def _said(said: Mapping[str, str | None], columns: Sequence[str]) -> Said:
    return tuple((name, value) for name in columns if (value := said.get(name)))


def _words(said: Said) -> str:
    return " ".join(value for _, value in said)


def _alike(said: Said, names: Mapping[str, Said]) -> tuple[Said, ...]:
    found = process.extract(
        _words(said), sorted(names), scorer=fuzz.ratio, processor=str.casefold, score_cutoff=ALIKE, limit=_MOST
    )
    return tuple(names[name] for name, *_ in found)

"""Leagues matched by their codes, one list against the other. Pure."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping

from practice_guard.core.identity import normalise
from practice_guard.core.identity.habits import Habits


def resolve_leagues(old: Mapping[int, str], new: Mapping[int, str], habits: Habits | None = None) -> dict[int, int]:
    """Match leagues by their code: exactly, else without regard to case and form, else by other spellings of it.

    Args:
        old: the codes of a list, by id.
        new: those of the other list.
        habits: how else the leagues' codes are spelt.

    Returns:
        old id → new id, for the leagues that are there. What is not exact is matched only where it is one to one.
    """
    exact = {code: key for key, code in new.items()}
    found = {key: exact[code] for key, code in old.items() if code in exact}
    known = habits or Habits()
    for form in (_fold, lambda code: _meant(code, known)):
        here, there = _one_to_one(old.values(), form), _one_to_one(new.values(), form)
        for key, code in old.items():
            heir = there.get(form(code))
            if key not in found and heir is not None and form(code) in here and heir not in old.values():
                found[key] = exact[heir]
    return found


def _fold(code: str) -> str:
    return unicodedata.normalize("NFKC", code).casefold().strip()


def _meant(code: str, habits: Habits) -> str:
    """Return which league a code means, by whatever spelling."""
    league = habits.of(code)
    return normalise.text(league.code) if league.code_aliases else _fold(code)


def _one_to_one(codes: Iterable[str], form: Callable[[str], str]) -> dict[str, str]:
    written = [(form(code), code) for code in codes]
    counts = Counter(each for each, _ in written)
    return {each: code for each, code in written if counts[each] == 1}

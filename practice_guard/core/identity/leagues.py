"""Leagues matched by their codes, one list against the other. Pure."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence


def resolve_leagues(old: Mapping[int, str], new: Mapping[int, str]) -> dict[int, int]:
    """Match leagues by their code, exactly or, where that is one to one, without regard to case and form.

    Returns:
        old id → new id, for the leagues that are there.
    """
    exact = {code: key for key, code in new.items()}
    folded = _one_to_one(list(new.values()))
    old_folded = _one_to_one(list(old.values()))
    found: dict[int, int] = {}
    for key, code in old.items():
        if code in exact:
            found[key] = exact[code]
        elif (form := _fold(code)) in folded and form in old_folded and folded[form] not in old.values():
            found[key] = exact[folded[form]]
    return found


def _fold(code: str) -> str:
    return unicodedata.normalize("NFKC", code).casefold().strip()


def _one_to_one(codes: Sequence[str]) -> dict[str, str]:
    counts = Counter(_fold(code) for code in codes)
    return {_fold(code): code for code in codes if counts[_fold(code)] == 1}

"""Leagues matched by their codes, one list against the other. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping

from practice_guard.core.identity import normalise
from practice_guard.core.identity.decision import Decision, Decisions
from practice_guard.core.identity.habits import Habits

_UNDECIDED = Decisions()
_USUAL = Habits()


def resolve_leagues(
    old: Mapping[int, str], new: Mapping[int, str], decisions: Decisions = _UNDECIDED, habits: Habits = _USUAL
) -> dict[int, int]:
    """Match leagues by their code: exactly, after normalising, as an alias that is declared, or as a person decided.

    After normalising and by alias they match one to one only: where neither list has two codes that mean the same. A
    decision about a league that is in the new list by its code is followed only with `overrule`, and one heir is given
    to two leagues only with `merge`.

    Args:
        old: id → code in the list that ids of protected rows come from.
        new: id → code now.
        decisions: a person's decisions; those about leagues as a whole count.
        habits: how the leagues write themselves.

    Returns:
        old id → new id, for the leagues that are there.
    """
    by_code = {code: key for key, code in new.items()}
    standing = _standing(old.values(), new.values(), habits)
    codes = {**standing, **_decided(old.values(), by_code, standing, decisions)}
    return {key: by_code[heir] for key, code in old.items() if (heir := codes.get(code)) is not None}


def _standing(old: Iterable[str], new: Iterable[str], habits: Habits) -> dict[str, str]:
    """Old code → new code, where the codes say so without any decision."""
    before, now = frozenset(old), frozenset(new)
    found = {code: code for code in before & now}
    for form in (normalise.text, _declared(habits)):
        mine, theirs = _one_to_one(before, form), _one_to_one(now, form)
        found.update({code: theirs[key] for key, code in mine.items() if key in theirs})
    return found


def _declared(habits: Habits) -> Callable[[str], Hashable]:
    """Return what writes a code as the league that declares it, or an empty text where none does."""
    spellings = {
        normalise.text(code): league.code
        for league in habits.leagues
        if league.code_aliases
        for code in (*league.code_aliases, league.code)
    }
    return lambda code: spellings.get(normalise.text(code), "")


def _one_to_one(codes: Iterable[str], form: Callable[[str], Hashable]) -> dict[Hashable, str]:
    written = {code: form(code) for code in codes}
    times = Counter(written.values())
    return {key: code for code, key in written.items() if key and times[key] == 1}


def _decided(
    old: Iterable[str], new: Mapping[str, int], standing: Mapping[str, str], decisions: Decisions
) -> dict[str, str | None]:
    """Old code → the new code that a person decided for; None where that is not to be had, or another league's too."""
    followed: dict[str, Decision] = {}
    for code in frozenset(old):
        decision = decisions.of_league(code)
        if decision and (code not in standing or decision.overrule):
            followed[code] = decision
    heirs = {code: each.heir.league for code, each in followed.items() if each.heir}
    claims: Counter[str | None] = Counter(heirs.values())
    claims.update(heir for code, heir in standing.items() if code not in followed)
    return {
        code: heir if heir in new and (claims[heir] == 1 or followed[code].merge) else None
        for code, heir in heirs.items()
    }

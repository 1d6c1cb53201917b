"""Which snapshots may go, and why each one stays or goes (design, invariant 5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from practice_guard.core import errors
from practice_guard.core.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Rule:
    """What to keep: the newest `keep_last`, and those taken `within` that long ago. `all` keeps only what must stay."""

    keep_last: int | None = None
    within: timedelta | None = None
    all: bool = False

    def __post_init__(self) -> None:
        """Refuse a rule that would keep nothing, or says nothing."""
        if self.keep_last is not None and self.keep_last < 1:
            raise errors.UsageError("--keep-last 0 would keep nothing. --all removes all that may go.")
        if self.within is not None and self.within <= timedelta(0):
            raise errors.UsageError("--keep-within 0 would keep nothing. --all removes all that may go.")
        if self.all and (self.keep_last is not None or self.within is not None):
            raise errors.UsageError("--all goes with no other rule.")


@dataclass(frozen=True, slots=True)
class Ruling:
    """A snapshot, whether it goes, and the reason."""

    snapshot: Snapshot
    goes: bool
    reason: str


def judge(snapshots: Sequence[Snapshot], rule: Rule, waiting: frozenset[str], now: datetime) -> list[Ruling]:
    """Decide for every snapshot.

    Args:
        snapshots: newest first.
        rule: what to keep beside what must stay.
        waiting: ids of snapshots with rows that still wait and that no newer verified one carries.
        now: the time.

    Returns:
        a ruling for each snapshot, in the order given; the newest verified one always stays.
    """
    newest = next((each.id for each in snapshots if each.verified_at is not None), None)
    rulings: list[Ruling] = []
    good = 0
    for each in snapshots:
        good += each.verified_at is not None
        reason = _reason_to_stay(each, rule, newest, waiting, good, now)
        rulings.append(Ruling(each, reason is None, reason or _reason_to_go(each, rule)))
    return rulings


def _reason_to_stay(
    each: Snapshot, rule: Rule, newest: str | None, waiting: frozenset[str], place: int, now: datetime
) -> str | None:
    if each.id == newest:
        return "the newest verified snapshot"
    if each.id in waiting:
        return "has rows that wait and that no newer snapshot carries"
    if newest is None:
        return "no snapshot is verified yet"
    if each.verified_at is None or rule.all:
        return None
    if rule.keep_last is not None and place <= rule.keep_last:
        return f"one of the newest {rule.keep_last}"
    if rule.within is not None and now - each.taken_at <= rule.within:
        return f"taken within {_in_words(rule.within)}"
    return None


def _reason_to_go(each: Snapshot, rule: Rule) -> str:
    if each.verified_at is None:
        return "was never verified"
    return "all that may go were asked for" if rule.all else "older than the rule keeps"


def _in_words(span: timedelta) -> str:
    hours = span.total_seconds() / 3600
    return f"{hours / 24:g} days" if hours >= 24 else f"{hours:g} hours"  # noqa: PLR2004  (hours in a day)

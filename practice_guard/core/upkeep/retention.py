"""Which snapshots may go, and why each one stays or goes (design, invariant 5)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from practice_guard.core import errors
from practice_guard.core.model import BULK_ROWS, LATEST
from practice_guard.core.snapshots import Snapshot, named, newest
from practice_guard.core.words import duration

IN_THE_MAKING = timedelta(hours=1)
"""How long a snapshot that is not verified may still be about to be."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What is to stay or to go.

    Attributes:
        keep_last: the newest so many stay.
        within: those taken that long ago stay.
        all: only what must stay stays.
        named: only the snapshot of this id goes, also where it had to stay.
    """

    keep_last: int | None = None
    within: timedelta | None = None
    all: bool = False
    named: str | None = None

    def __post_init__(self) -> None:
        """Refuse a rule that would keep nothing, says nothing, or says two things at once."""
        limits = self.keep_last is not None or self.within is not None
        if self.keep_last is not None and self.keep_last < 1:
            raise errors.UsageError("--keep-last 0 would keep nothing. --all removes all that may go.")
        if self.within is not None and self.within <= timedelta(0):
            raise errors.UsageError("--keep-within 0 would keep nothing. --all removes all that may go.")
        if limits + self.all + (self.named is not None) > 1:
            raise errors.UsageError("--all and --snapshot go with no other rule.")
        if not (limits or self.all or self.named is not None):
            raise errors.UsageError("A rule must say what to keep: --keep-last, --keep-within or --all.")
        if self.named == LATEST:
            raise errors.UsageError("A snapshot to be removed is named by its id, not as latest.")


@dataclass(frozen=True, slots=True)
class Ruling:
    """A snapshot, whether it goes, and the reason.

    Attributes:
        overruled: why it had to stay, where it goes all the same because it was named; None where nothing spoke
            against it.
    """

    snapshot: Snapshot
    goes: bool
    reason: str
    overruled: str | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of snapshots beside what they say of themselves.

    Attributes:
        waiting: ids of those with rows that still wait and that no newer verified one carries.
        damaged: ids of those that were verified and are not whole any more.
        needed: the id of the one that a run which is not finished puts back.
        missed: ids of those with rows that are gone, and of which nobody knows who took them.
    """

    waiting: frozenset[str] = frozenset()
    damaged: frozenset[str] = frozenset()
    needed: str | None = None
    missed: frozenset[str] = frozenset()


def judge(snapshots: Sequence[Snapshot], rule: Rule, standing: Standing, now: datetime) -> list[Ruling]:
    """Decide for every snapshot.

    Args:
        snapshots: newest first.
        rule: what to keep beside what must stay.
        standing: what else is known of them.
        now: the time.

    Returns:
        a ruling for each snapshot, in the order given; the newest verified one that is whole always stays, unless it
        was named.

    Raises:
        errors.NoSnapshotError: none has the id named.
    """
    whole = newest(each for each in snapshots if each.id not in standing.damaged)

    def must_stay(each: Snapshot) -> str | None:
        return _must_stay(each, whole, standing, now)

    if rule.named is not None:
        return _named(snapshots, rule.named, must_stay)
    rulings: list[Ruling] = []
    good = 0
    for each in snapshots:
        good += each.verified_at is not None and each.id not in standing.damaged
        reason = must_stay(each) or _may_stay(each, rule, good, now)
        rulings.append(Ruling(each, reason is None, reason or _reason_to_go(each, rule)))
    return rulings


def _named(snapshots: Sequence[Snapshot], wanted: str, must_stay: Callable[[Snapshot], str | None]) -> list[Ruling]:
    going = named(snapshots, wanted)
    rulings: list[Ruling] = []
    for each in snapshots:
        if each is not going:
            rulings.append(Ruling(each, goes=False, reason="another one was named"))
            continue
        against = must_stay(each)
        reason = f"named by its id, although it {against}" if against else "named by its id"
        rulings.append(Ruling(each, goes=True, reason=reason, overruled=against))
    return rulings


def _must_stay(each: Snapshot, whole: Snapshot | None, standing: Standing, now: datetime) -> str | None:
    """Say why a snapshot stays whatever the rule says."""
    if whole is not None and each.id == whole.id:
        return "is the newest verified snapshot"
    if each.id in standing.waiting:
        return "has rows that wait and that no newer snapshot carries"
    if each.id in standing.missed:
        return "has rows that are gone and nobody can explain (backup --accept-current lets it go)"
    if each.id in standing.damaged:
        return "is damaged, so that nobody knows whether rows wait in it"
    if whole is None:
        return "may be needed: no snapshot is verified and whole"
    if each.verified_at is None and now - (each.imported_at or each.taken_at) < IN_THE_MAKING:
        return f"was {'imported' if each.imported_at else 'taken'} just now and may be about to be verified"
    return "is needed to finish a run (run --resume)" if each.id == standing.needed else None


def _may_stay(each: Snapshot, rule: Rule, place: int, now: datetime) -> str | None:
    """Say why a snapshot stays by the rule; `place` counts the good ones from the newest."""
    if each.verified_at is None or rule.all:
        return None
    if rule.keep_last is not None and place <= rule.keep_last:
        return f"is one of the newest {rule.keep_last}"
    if rule.within is not None and now - each.taken_at <= rule.within:
        return f"was taken within {duration(rule.within)}"
    return None


def _reason_to_go(each: Snapshot, rule: Rule) -> str:
    if each.verified_at is None:
        return "was never verified"
    return "all that may go were asked for" if rule.all else "is older than the rule keeps"


def missed(known: Sequence[Snapshot]) -> frozenset[str]:
    """Return the snapshots whose rows are missed by newer ones, since the last time that a person let them go.

    The newer one says so itself; or it has less than half the rows of a set, and nobody accepted that: earlier versions
    of the program took whatever users seemed to have done.
    """
    found: set[str] = set()
    newer: Snapshot | None = None
    for each in known:
        if each.verified_at is None:
            continue
        if newer is not None and any(_halved(each, newer, name) for name in each.sets):
            found.add(each.id)
        found |= set(each.keeps)
        if each.accepted_current:
            break
        newer = each
    return frozenset(found)


def _halved(older: Snapshot, newer: Snapshot, name: str) -> bool:
    had = older.sets[name].rows
    lost = had - newer.sets[name].rows if name in newer.sets and not older.sets[name].companion else 0
    return lost > BULK_ROWS and 2 * lost > had

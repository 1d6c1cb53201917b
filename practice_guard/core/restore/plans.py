"""What a restore would do: every row of a snapshot in exactly one bucket (design, "Restore"). Plain values, no I/O.

A plan holds no row: its rows are in the tables in which it was worked out (`workings`), and here are their sums, by
team and by what becomes of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from practice_guard.core import errors
from practice_guard.core.application.imprint import Imprint, Since
from practice_guard.core.identity import Led, Resolution
from practice_guard.core.model import Evidence, Fate, Match, Reason, Text


class Bucket(Text):
    """Where a row of the snapshot ends."""

    INTACT = "intact"
    RELINK = "relink"
    INSERT = "insert"
    PENDING = "pending"
    EDITED = "edited"
    DELETED = "deleted"
    GIVEN_UP = "given_up"


_SOON = timedelta(minutes=10)
"""Between a snapshot and the import it was taken for, a time of which nobody has to be told."""

Origin = tuple[str, int]
"""An id and the team list (named by its snapshot) in which it means something."""

TEAM = "team"
"""What rows are said to hang on that hang on teams, or on the leagues of teams."""

NOT_IN_PLACE = (Bucket.PENDING, Bucket.GIVEN_UP)
"""Where rows end that are not in place once the plan is applied, and not by a user's doing."""


class NewKey(int):
    """The primary key that a row of the snapshot will get once it is put back: a number that no sequence gives."""

    BELOW = -(2**62)

    @classmethod
    def of(cls, row: int) -> NewKey:
        """Return the stand-in for the key of the row with that number, from 1."""
        return cls(cls.BELOW - row)

    @property
    def row(self) -> int:
        """The row's number in the snapshot."""
        return self.BELOW - self


@dataclass(frozen=True, slots=True)
class Destination:
    """Where an old id leads: a new id with its evidence, or nowhere, with the reason."""

    id: int | None
    evidence: Evidence | None = None
    fate: Fate | None = None
    given_up: bool = False


@dataclass(frozen=True, slots=True)
class PlannedRow:
    """One row of the snapshot and what is to become of it.

    Attributes:
        set: the protected set's name.
        row: its number in the snapshot.
        key: its primary key in the snapshot, as text.
        bucket: where it ends.
        origin: the id its first reference had, and in which team list.
        live_key: the primary key of the live row it was paired with; None where there is none.
        before: what that live row points at, by reference.
        after: what it will point at; equal to `before` where nothing is written.
        evidence: why its team is known.
        fate: what became of its team.
        new_key: whether its old primary key is taken, so that it needs a new one.
        was_wrong: whether the live row hangs on a team that is there and not its own.
        note: what a person should know about it.
        unresolved: references besides the first that lead nowhere, by position.
        team: the team that it belonged to, if need be by way of the row it hangs on; None for what has no team.
        reason: why it waits, where it is not for its team.
    """

    set: str
    row: int
    key: str
    bucket: Bucket
    origin: Origin | None
    live_key: str | None = None
    before: tuple[int | None, ...] | None = None
    after: tuple[int | None, ...] | None = None
    evidence: Evidence | None = None
    fate: Fate | None = None
    new_key: bool = False
    was_wrong: bool = False
    note: str = ""
    unresolved: tuple[int, ...] = ()
    team: Origin | None = None
    reason: Reason | None = None

    @property
    def writes(self) -> bool:
        """Whether applying the plan touches this row."""
        return self.bucket is Bucket.INSERT or (self.live_key is not None and self.before != self.after)


@dataclass(frozen=True, slots=True)
class Sum:
    """How many rows of a set and a team there are of which the plan says the same; see `PlannedRow`.

    Attributes:
        lost: whether a reference besides the first leads nowhere.
        hung: whether they hung on anything.
        moved: whether somebody has pointed them at another team since, where they are left.
    """

    set: str
    rows: int
    bucket: Bucket
    team: Origin | None
    evidence: Evidence | None
    fate: Fate | None
    reason: Reason | None
    note: str
    was_wrong: bool
    writes: bool
    lost: bool
    hung: bool
    moved: bool

    @property
    def edited(self) -> bool:
        """Whether they say something else than they did, or are none of the protected rows any more.

        What users left behind when they deleted what it hung on is in this bucket too, and is what it was.
        """
        return self.bucket is Bucket.EDITED and not self.moved and self.fate is not Fate.MISSING


@dataclass(frozen=True, slots=True)
class SetFacts:
    """What is known of a protected set's table beside what becomes of the snapshot's rows.

    Attributes:
        live: rows of the table that are protected now.
        added: those among them that no row of the snapshot was paired with.
        orphaned: those of the added that hang on nothing that is there.
        duplicated: those of the added that say the same, on the same team, as a row that was paired.
        of_teams: whether the first reference is a team; a league, or another set's row, is no team.
        new_columns: columns, with their table, that the snapshot does not know: rows put back get their defaults.
        owner: one of what its rows hang on, in words for people, if need be by way of others.
    """

    live: int
    added: int = 0
    orphaned: int = 0
    duplicated: int = 0
    of_teams: bool = True
    new_columns: tuple[str, ...] = ()
    owner: str = TEAM


@dataclass(frozen=True, slots=True)
class Plan:
    """What a restore of one snapshot into one database would do.

    Attributes:
        snapshot: its id.
        database: the fingerprint of the database it was made for.
        sets: by protected set, what is known of its table.
        sums: of the rows that are meant, of all sets.
        resolutions: who every team of every team list is today, by list.
        digest: over everything that applying it would do, and to what.
        since: what can be told of imports since the snapshot was taken.
        imprint: what the database's was when the plan was made.
        restored: whether an earlier restore of the snapshot put rows back, and was not taken back.
        led: by list and parent, what became of every row of what else an import renumbers.
    """

    snapshot: str
    database: Mapping[str, object]
    sets: Mapping[str, SetFacts]
    sums: tuple[Sum, ...]
    resolutions: Mapping[str, Resolution]
    digest: str
    since: Since
    imprint: Imprint
    restored: bool = False
    led: Mapping[str, Mapping[str, Mapping[int, Led]]] = field(default_factory=dict)

    def uncounted(self, age: timedelta) -> timedelta | None:
        """Return the time in which an import may have taken rows that are in no snapshot; None where that is nothing.

        Args:
            age: the snapshot's; what counts where nobody can tell when an import ran.
        """
        took = self.restored or any(each.bucket is Bucket.INSERT for each in self.sums)
        time = timedelta(seconds=self.since.seconds) if self.since.known else age
        return time if took and not self.since.no_import and time > _SOON else None

    def of(self, name: str) -> Iterator[Sum]:
        """The sums of one set."""
        return (each for each in self.sums if each.set == name)

    def in_bucket(self, bucket: Bucket) -> Iterator[Sum]:
        """The sums of the rows that end in one bucket."""
        return (each for each in self.sums if each.bucket is bucket)

    def counts(self, name: str | None = None) -> dict[str, int]:
        """Rows by bucket, and their total; of one set, or of all."""
        return count(self.sums if name is None else self.of(name))

    @property
    def live(self) -> int:
        """Rows that are protected now."""
        return sum(each.live for each in self.sets.values())

    def evidence(self) -> dict[str, int]:
        """Rows by the evidence for their team."""
        found: Counter[str] = Counter()
        for each in self.sums:
            if each.evidence is not None:
                found[str(each.evidence)] += each.rows
        return dict(found)

    def writes(self) -> int:
        """How many rows applying it would touch."""
        return sum(each.rows for each in self.sums if each.writes)

    def fates(self) -> dict[str, dict[str, int]]:
        """By parent besides teams and leagues, how many of its rows in the snapshot's own list became what."""
        own = self.led.get(self.snapshot, {})
        return {
            name: {"total": len(found)}
            | {str(fate): sum(each.fate is fate for each in found.values()) for fate in Fate}
            for name, found in own.items()
        }

    def match(self, each: Sum | PlannedRow) -> Match | None:
        """What became of the team that rows hung on; None where they hung on none, or on none that its list knows."""
        return self.match_of(each.team)

    def match_of(self, team: Origin | None) -> Match | None:
        """What became of a team; None for none, and for one that its list does not know."""
        if team is None or team[0] not in self.resolutions:
            return None
        return self.resolutions[team[0]].matches.get(team[1])


def count(sums: Iterable[Sum]) -> dict[str, int]:
    """Count rows by bucket (contract, "JSON"): the total is that of the buckets."""
    by_bucket: Counter[Bucket] = Counter()
    for each in sums:
        by_bucket[each.bucket] += each.rows
    return {"total": sum(by_bucket.values())} | {str(bucket): by_bucket[bucket] for bucket in Bucket}


def check_total(counts: Mapping[str, int], rows: int) -> None:
    """Require that every row that is meant is in a bucket (contract, "JSON").

    Raises:
        errors.RestoreError: a row is in no bucket, or in two.
    """
    if counts["total"] != rows:
        raise errors.RestoreError("The plan's sums do not add up.")

"""The judge's values: rows as a snapshot keeps them and as a table has them, and what is to become of each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from practice_guard.core.model import Evidence, Fate
from practice_guard.core.restore import Bucket

Origin = tuple[str, int]
"""An id and the team list (named by its snapshot) in which it means something."""


class NewKey(int):
    """The primary key that a row of the snapshot will get once it is put back: a number that no database can hold."""

    _BELOW = -(2**62)

    @classmethod
    def of(cls, row: int) -> NewKey:
        """Return the stand-in for the key of the row with that number, from 1."""
        return cls(cls._BELOW - row)

    @property
    def row(self) -> int:
        """The row's number in the snapshot."""
        return self._BELOW - self


@dataclass(frozen=True, slots=True)
class Kept:
    """A row as the snapshot keeps it. `refs` are in the order of the set's references; `content` is canonical text."""

    row: int
    key: str
    content: str
    created: str | None
    refs: tuple[Origin | None, ...]
    carried: bool = False


@dataclass(frozen=True, slots=True)
class Live:
    """A row as the table has it. `protected` says whether it meets the set's condition now."""

    key: str
    content: str
    created: str | None
    refs: tuple[int | None, ...]
    protected: bool = True


@dataclass(frozen=True, slots=True)
class Destination:
    """Where an old id leads: a new id with its evidence, or nowhere, with the reason.

    What hung on a row that waits has an id where that row is, and no known destination; what hung on a row that users
    `deleted` has none.
    """

    id: int | None
    evidence: Evidence | None = None
    fate: Fate | None = None
    given_up: bool = False
    deleted: bool = False

    @property
    def known(self) -> bool:
        """Whether there is nothing left to find out; a row that hung on nothing hangs on nothing."""
        return self.fate in (None, Fate.KEPT, Fate.RENUMBERED)


NOWHERE = Destination(None)
"""The destination of a NULL."""


@dataclass(frozen=True, slots=True)
class PlannedRow:
    """One row of the snapshot and what is to become of it.

    Attributes:
        set: the protected set's name.
        row: its number in the snapshot.
        key: its primary key in the snapshot, as text.
        bucket: where it ends.
        origin: the id its first reference had, and in which team list.
        team: the team that it belonged to, if need be by way of the row it hangs on; None for what has no team.
        live_key: the primary key of the live row it was paired with; None where there is none.
        before: what that live row points at, by reference.
        after: what it will point at; equal to `before` where nothing is written.
        evidence: why its team is known.
        fate: what became of its team.
        new_key: whether its old primary key is taken, so that it needs a new one.
        was_wrong: whether the live row hangs on a team that is there and not its own.
        note: what a person should know about it.
        reason: why it waits, where it is not for its team.
        unresolved: references besides the first that lead nowhere, by position.
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
    reason: Fate | None = None

    @property
    def writes(self) -> bool:
        """Whether applying the plan touches this row."""
        return self.bucket is Bucket.INSERT or (self.live_key is not None and self.before != self.after)

    def with_keys(self, key_of: Callable[[int, int], int]) -> PlannedRow:
        """Return the row with keys in the place of stand-ins; `key_of` takes a reference's position and a row."""
        if not any(isinstance(each, NewKey) for each in self.after or ()):
            return self
        after = tuple(
            key_of(place, each.row) if isinstance(each, NewKey) else each for place, each in enumerate(self.after or ())
        )
        return replace(self, after=after)


@dataclass(frozen=True, slots=True)
class SetPlan:
    """The plan of one protected set.

    Attributes:
        name: the set's name.
        rows: the rows that are meant.
        live: how many rows of the table are protected now.
        extra: those among them that no row of the snapshot was paired with.
        astray: numbers of the snapshot's rows that were not asked for and are not in place as they are.
    """

    name: str
    rows: tuple[PlannedRow, ...]
    live: int
    extra: tuple[Live, ...]
    astray: frozenset[int] = frozenset()

    @property
    def waits(self) -> list[int]:
        """Numbers of the rows that are not in place once the plan is applied, and not by a user's doing.

        Of those that were not asked for, all that are not in place as they are.
        """
        open_ends = (Bucket.PENDING, Bucket.GIVEN_UP)
        return sorted(self.astray | {row.row for row in self.rows if row.bucket in open_ends})

"""Rows that hang on other protected rows: where a parent's old key leads, and how a snapshot remembers it.

A chained reference means a row of the snapshot, not an id of the database: the parent's plan says which key that row
has once the restore is done, so that what hangs on it is planned after it, in the same plan. A row that a snapshot
carries on keeps the key it had when it was last in its table; the team list of its first reference tells two such keys
of different times apart.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from practice_guard.core.model import Evidence, Fate
from practice_guard.core.restore.pairing import Resolver
from practice_guard.core.restore.plans import (
    NOWHERE,
    Bucket,
    Destination,
    Kept,
    Live,
    NewKey,
    Origin,
    PlannedRow,
    SetPlan,  # fmt: skip
)

_OPEN = (Bucket.PENDING, Bucket.GIVEN_UP)


class Parents:
    """The planned rows of one protected set, as those that hang on them ask for them."""

    def __init__(self, rows: Sequence[Kept], made: SetPlan, snapshot: str, standing: frozenset[int]) -> None:
        """Look at a set's plan.

        Args:
            rows: the snapshot's rows of the set.
            made: what is to become of each.
            snapshot: the snapshot's id, which names what its own keys mean.
            standing: primary keys of the table that mean now what they meant, also of rows that are not protected.
        """
        self._standing = standing
        self._snapshot = snapshot
        planned = {row.row: row for row in made.rows}
        self._rows: dict[Origin, PlannedRow | None] = {}
        for row in rows:
            origin = origin_of(row, snapshot)
            self._rows[origin] = None if origin in self._rows else planned[row.row]

    def row(self, origin: Origin) -> PlannedRow | None:
        """Return the planned row that had this key; None where the snapshot has none, or cannot tell which."""
        return self._rows.get(origin)

    def destination(self, origin: Origin) -> Destination:
        """Return the key that the row will have after the restore, or why what hangs on it has to wait."""
        row, old = self.row(origin), origin[1]
        if row is None:
            if origin in self._rows:
                return Destination(None, fate=Fate.AMBIGUOUS)
            stands = origin[0] == self._snapshot and old in self._standing
            return Destination(old, Evidence.SAME_ID, Fate.KEPT) if stands else Destination(None, fate=Fate.MISSING)
        if row.bucket is Bucket.DELETED:
            return Destination(None, fate=Fate.MISSING, deleted=True)
        key = _key_after(row)
        if row.bucket in _OPEN:
            fate = row.fate if row.fate in (Fate.AMBIGUOUS, Fate.CONFLICTING) else Fate.MISSING
            return Destination(key, fate=fate, given_up=row.bucket is Bucket.GIVEN_UP)
        if key == old:
            return Destination(key, Evidence.SAME_ID, Fate.KEPT)
        return Destination(key, Evidence.EXACT, Fate.RENUMBERED)

    def follow(self, made: SetPlan) -> SetPlan:
        """Give the rows that hang on these the team of the row they hang on, with what became of it and why."""
        return replace(made, rows=tuple(self._following(row) for row in made.rows))

    def _following(self, row: PlannedRow) -> PlannedRow:
        parent = self.row(row.origin) if row.origin else None
        if parent is None:
            return row
        return replace(row, team=parent.team, evidence=parent.evidence, fate=parent.fate)


def _key_after(row: PlannedRow) -> int | None:
    if row.live_key is not None:
        return int(row.live_key)
    if row.bucket is not Bucket.INSERT:
        return None
    return NewKey.of(row.row) if row.new_key else int(row.key)


def origin_of(row: Kept, snapshot: str) -> Origin:
    """Return by which list and key others refer to a row of a numbered set."""
    first = row.refs[0]
    return (first[0] if row.carried and first else snapshot, int(row.key))


def recognise(name: str, rows: Sequence[Kept], live: Sequence[Live], resolve: Resolver) -> SetPlan:
    """Find for the snapshot's rows of the ETL's own which they are today; none is ever to be written.

    Args:
        name: the companions' name.
        rows: the snapshot's rows.
        live: the table's rows of the same contents.
        resolve: where old ids lead.

    Returns:
        a plan in which a row is in place when one live row alone is of its content on its team, or at all; others wait.
    """
    alike: defaultdict[str, list[Live]] = defaultdict(list)
    for each in live:
        alike[each.content].append(each)
    planned: list[PlannedRow] = []
    for row in rows:
        goal = resolve(0, row.refs[0]) if row.refs[0] else NOWHERE
        on_team = [each for each in alike[row.content] if goal.known and each.refs[0] == goal.id]
        found = on_team or alike[row.content]
        if len(found) == 1:
            planned.append(PlannedRow(name, row.row, row.key, Bucket.INTACT, row.refs[0], found[0].key))
        else:
            fate = Fate.AMBIGUOUS if found else Fate.MISSING
            planned.append(PlannedRow(name, row.row, row.key, Bucket.PENDING, row.refs[0], fate=fate))
    return SetPlan(name, tuple(planned), len(live), ())

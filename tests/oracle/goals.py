"""Where the ids of a snapshot lead today: teams, leagues, and the rows of other sets.

A chained reference means a row of the snapshot, not an id of the database: the parent's plan says which key that row
has once the restore is done, so that what hangs on it is planned after it, in the same plan. A row that a snapshot
carries on keeps the key it had when it was last in its table; the team list of its first reference tells two such keys
of different times apart.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from practice_guard.core.application import LEAGUES, TEAMS, Application, BoundSet, Reference, TeamList
from practice_guard.core.guarding import Request
from practice_guard.core.identity import Decisions, Resolution, Witnesses, resolve
from practice_guard.core.model import Evidence, Fate, Match
from practice_guard.core.restore import Bucket
from tests.oracle.plans import Destination, Kept, NewKey, Origin, PlannedRow, SetPlan
from tests.oracle.renumbered import Destinations


def united(earlier: Mapping[str, Decisions], request: Request) -> Mapping[str, Decisions]:
    """Unite, by list, what is decided now with what was decided about it with earlier restores."""
    if request.decisions is None:
        return earlier
    return {name: request.decisions.after(found) for name, found in earlier.items()}


def resolved(old: TeamList, now: TeamList, request: Request, decisions: Decisions) -> Resolution:
    """Find out who the teams of an old list are today."""
    witnesses = Witnesses(old.rosters, now.rosters, at_least=request.roster_at_least, percent=request.roster_percent)
    return resolve(
        old.teams,
        now.teams,
        witnesses=witnesses,
        decisions=decisions,
        exact_only=request.exact_only,
        habits=request.habits,
    )


def with_parents(names: frozenset[str], sets: Sequence[BoundSet]) -> frozenset[str]:
    """Add the sets that the rows of the named ones hang on."""
    wanted = set(names)
    for bound in reversed(sets):
        if bound.name in wanted:
            wanted |= {parent for each in bound.references if (parent := each.parent)}
    return frozenset(wanted)


def match_of(row: PlannedRow, resolutions: Mapping[str, Resolution]) -> Match | None:
    """Return what became of the team that a row belonged to; None where it belonged to none."""
    return resolutions[row.team[0]].matches.get(row.team[1]) if row.team else None


def destination(
    bound: BoundSet,
    resolutions: Mapping[str, Resolution],
    leagues: Mapping[str, Mapping[int, int]],
    parents: Mapping[str, Parents],
    renumbered: Destinations,
    position: int,
    origin: tuple[str, int],
) -> Destination:
    """Return where an old id of a set's reference leads."""
    name, old = origin
    if (parent := bound.references[position].parent) is not None:
        return parents[parent].destination(origin) if parent in parents else Destination(None, fate=Fate.MISSING)
    if (target := str(bound.references[position].target)) in renumbered:
        return renumbered[target].destination(origin, beside=next(iter(resolutions)) if position else "")
    if bound.references[position].target == LEAGUES:
        new = leagues[name].get(old)
        if new is None:
            return Destination(None, fate=Fate.MISSING)
        fate = Fate.KEPT if new == old else Fate.RENUMBERED
        return Destination(new, Evidence.SAME_ID if new == old else Evidence.EXACT, fate)
    match = resolutions[name].matches.get(old)
    if match is None:
        return Destination(None, fate=Fate.MISSING)
    return Destination(match.new.id if match.new else None, match.evidence, match.fate, match.given_up)


def ids_of(app: Application, reference: Reference, keys: Mapping[str, frozenset[int]]) -> frozenset[int]:
    """Return the ids that a reference may have now."""
    if reference.parent is not None:
        return keys[reference.parent]
    if str(reference.target) in keys:
        return keys[str(reference.target)]
    return app.now.ids if reference.target == TEAMS else frozenset(app.now.leagues)


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

"""What a new snapshot takes over from the one before: rows that wait, and what they hang on."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace

from practice_guard.core.application import Application, BoundSet
from practice_guard.core.restore import Bucket, Kept, Origin, Plan, PlannedRow, Prepared, SetPlan, origin_of
from practice_guard.core.snapshots import Carry, Snapshot


class Renamed:
    """What the rows of one snapshot that others hang on are called in the next one."""

    def __init__(self, old: str, new: str) -> None:
        """Begin with the ids of both snapshots."""
        self._old, self._new = old, new
        self._names: dict[str, dict[Origin, Origin]] = {}

    def learn(self, bound: BoundSet, kept: Sequence[Kept], made: SetPlan) -> None:
        """Note a numbered set's rows as the old snapshot has them: those that are there, and those carried on."""
        self._learn(bound, kept, {row.row: row.live_key for row in made.rows})

    def learn_companions(self, bound: BoundSet, kept: Sequence[Kept]) -> None:
        """Note rows of the ETL's own as the old snapshot has them: those that are still needed are all carried on."""
        self._learn(bound, kept, {})

    def _learn(self, bound: BoundSet, kept: Sequence[Kept], live: Mapping[int, str | None]) -> None:
        names: dict[Origin, Origin] = {}
        for row in kept:
            there = live.get(row.row)
            first = self.follow(bound, row).refs[0]
            carried_as = (first[0] if first else self._new, int(row.key))
            names[origin_of(row, self._old)] = carried_as if there is None else (self._new, int(there))
        self._names[bound.name] = names

    def name(self, bound: BoundSet, row: Kept) -> Origin | None:
        """Return what a row that was noted is called in the next snapshot."""
        return self._names[bound.name].get(origin_of(row, self._old))

    def follow(self, bound: BoundSet, row: Kept) -> Kept:
        """Return a row whose references to other rows of the snapshot are put in the next one's terms."""
        refs = tuple(
            self._names.get(reference.parent or "", {}).get(ref, ref) if ref else None
            for reference, ref in zip(bound.references, row.refs, strict=True)
        )
        return replace(row, refs=refs)


def carries(ready: Prepared, plan: Plan, name: str, *, lossy: bool) -> dict[str, Carry]:
    """Find what the next snapshot takes over: rows that wait, and ids that only an older team list explains.

    Args:
        ready: what the plan was made of.
        plan: the plan of the last snapshot.
        name: the id of the next one.
        lossy: see `Carry`.
    """
    app, last = ready.app, ready.snapshot
    carries: dict[str, Carry] = {}
    renamed = Renamed(last.id, name)
    needed: set[Origin] = set()
    for bound in _kept_companions(app, last):
        renamed.learn_companions(bound, ready.kept[bound.name])
    for bound in app.sets:
        if bound.name not in plan.sets:
            continue
        stored = ready.kept[bound.name]
        kept = {row.row: renamed.follow(bound, row) for row in stored}
        if bound.name in app.keys:
            renamed.learn(bound, stored, plan.sets[bound.name])
        rows: list[tuple[int, str]] = []
        anchors: list[tuple[str, str]] = []
        for row in plan.sets[bound.name].rows:
            if row.bucket is Bucket.PENDING and row.live_key is None:
                places: Sequence[int] = range(len(bound.references))
                rows.append((row.row, _origins(bound, kept[row.row], places)))
            elif row.live_key is not None and (places := _unexplained(row, kept[row.row], name)):
                anchors.append((row.live_key, _origins(bound, kept[row.row], places)))
            else:
                places = ()
            needed |= {ref for place in places if (ref := kept[row.row].refs[place])}
        carries[bound.name] = Carry(tuple(rows), tuple(anchors), lossy)
    for bound in _kept_companions(app, last):
        seen = [row for row in ready.kept[bound.name] if renamed.name(bound, row) in needed]
        carried = tuple((row.row, _origins(bound, row, range(len(row.refs)))) for row in seen)
        carries[bound.name] = Carry(carried, (), lossy)
    return carries


def _kept_companions(app: Application, last: Snapshot) -> list[BoundSet]:
    return [bound for bound in app.companions if bound.name in last.sets]


def _unexplained(row: PlannedRow, kept: Kept, name: str) -> list[int]:
    """Return the references of a live row that the row itself, in the snapshot `name`, does not explain."""
    open_end = row.bucket in (Bucket.PENDING, Bucket.GIVEN_UP)
    places = range(len(kept.refs)) if open_end else row.unresolved
    plain = [None if ref is None else (name, ref) for ref in row.after or ()]
    return [place for place in places if kept.refs[place] is not None and kept.refs[place] != plain[place]]


def _origins(bound: BoundSet, kept: Kept, places: Sequence[int]) -> str:
    named = {bound.references[place].column: kept.refs[place] for place in places}
    return json.dumps({name: {"list": ref[0], "id": ref[1]} for name, ref in named.items() if ref is not None})

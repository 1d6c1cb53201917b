"""Rows that users wrote since the snapshot, and whose team or other parent the rollback removes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from practice_guard.core.application import LEAGUES, TEAMS, Application, Reference, numbers
from practice_guard.core.database import Database, identifier, piece, statement
from practice_guard.core.restore import Bucket, Plan, Workings
from practice_guard.core.snapshots import Snapshot

_OPEN = "(p.bucket = 'pending' OR cardinality(p.unresolved) > 0)"


@dataclass(frozen=True, slots=True)
class Stray:
    """A row, by set and key, of which one reference leads nowhere after the rollback.

    Attributes:
        set: the protected set.
        key: its primary key, as text.
        place: which of the set's references it is.
        value: what it held.
        vanished: whether that was nobody's before the rollback either.
        team: what it was, in words; empty where nobody knows.
    """

    set: str
    key: str
    place: int
    value: int | None
    vanished: bool
    team: str


def open_ends(workings: Workings, before: Application) -> list[Stray]:
    """Return the rows that cannot be pointed by identity, while the plan's tables are there.

    Args:
        workings: the plan by which they are pointed.
        before: what there was when their snapshot was taken.
    """
    strays: list[Stray] = []
    for name in workings.plan.sets:
        references = workings.sheets[name].references
        for row in workings.rows(name, _OPEN):
            if row.live_key is None or row.before is None:
                continue
            match = workings.plan.match(row)
            places = [*([0] if row.bucket is Bucket.PENDING else []), *row.unresolved]
            strays += [
                Stray(
                    name,
                    row.live_key,
                    place,
                    row.before[place],
                    not _was_there(references[place], row.before[place], workings.plan, before),
                    str(match.old.identity) if match and not place else "",
                )
                for place in places
                if row.before[place] is not None
            ]
    return strays


def _was_there(reference: Reference, value: int | None, plan: Plan, before: Application) -> bool:
    """Whether what a reference held was anybody's; of a row of another set nobody asks."""
    if reference.target == TEAMS:
        return value in before.now.ids
    if reference.target == LEAGUES:
        return value in before.now.leagues
    return value in plan.led.get(plan.snapshot, {}).get(str(reference.target), {})


def unsettled(database: Database, app: Application, snapshot: Snapshot, strays: Sequence[Stray]) -> list[Stray]:
    """Return those that a restore of the snapshot has not settled either."""
    left: list[Stray] = []
    for bound in app.sets:
        for place, reference in enumerate(bound.references):
            asked = [each for each in strays if (each.set, each.place) == (bound.name, place)]
            if not asked or reference.parent is not None:
                continue
            parent, number = app.leads_to(reference)
            stored = snapshot.sets.get(bound.name)
            parts = {**bound.parts, "reference": identifier(reference.column)}
            parts["in_snapshot"] = "false"
            if stored is not None and reference.column in stored.types:
                rows = identifier(stored.rows_table)
                parts["in_snapshot"] = piece(__name__, "as_it_was", **parts, rows=rows)
            parts["points_at"] = bound.id_of(reference.column, "t")
            key = numbers.number(f"p.{identifier(number)}", parent.columns[number].base)
            text = statement(__name__, "unsettled", **parts, parent=parent.quoted, number=key)
            values = {
                "keys": [each.key for each in asked],
                "values": [each.value for each in asked],
                "vanished": [each.vanished for each in asked],
            }
            keys = {key for (key,) in database.execute(text, values)}
            left += [each for each in asked if each.key in keys]
    return left

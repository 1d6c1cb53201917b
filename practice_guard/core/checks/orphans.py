"""Rows that hang on ids that are gone, and which snapshot's lists know most of these."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from practice_guard.core import snapshots
from practice_guard.core.application import TEAMS, Application, BoundSet, Parent, Reference
from practice_guard.core.database import Database, Query, ask_each, identifier, statement
from practice_guard.core.restore import Bucket, Plan
from practice_guard.core.snapshots import Snapshot
from practice_guard.core.steps import Step


@dataclass(frozen=True, slots=True)
class Vanished:
    """An id that a parent has no more, and how many live rows of a set hang on it by one column.

    `text` is the id as people know it, where it is no number.
    """

    set: str
    column: str
    parent: Parent
    id: int
    rows: int
    text: str | None = None

    @property
    def spelled(self) -> str:
        """The id as people know it."""
        return self.text or str(self.id)


def vanished(database: Database, app: Application, names: Collection[str]) -> list[Vanished]:
    """Find the ids that are gone and that live rows of some sets hang on; those that are given up are left out."""
    asked = [
        (bound, each) for bound in app.sets if bound.name in names for each in bound.references if each.parent is None
    ]
    answers = ask_each(database, [_vanished(app, *each) for each in asked])
    return [
        Vanished(bound.name, each.column, each.outward, number, rows, text)
        for (bound, each), found in zip(asked, answers, strict=True)
        for number, rows, text in found
    ]


def _vanished(app: Application, bound: BoundSet, reference: Reference) -> Query:
    table, key = app.leads_to(reference)
    parts = {"column": identifier(reference.column), "parents": table.quoted, "parent_key": identifier(key)}
    given_up = bound.is_given_up(reference.column)
    parts["number"] = bound.id_of(reference.column, "t")
    parts["text"] = f"min({parts['column']}::text)" if reference.column in bound.spelled else "NULL::text"
    return Query(statement(__name__, "vanished", **bound.parts, **parts, given_up=given_up))


def adopting(database: Database, orphans: Sequence[Vanished], known: Iterable[Snapshot]) -> dict[str, Step]:
    """Return by set the command that adopts its orphans by the snapshot whose lists know most of them.

    Args:
        database: where; it has the guard's tables.
        orphans: rows that hang on what is gone.
        known: the snapshots, newest first; of two that know as many the newer one is named.

    Returns:
        nothing for a set of whose ids no verified snapshot knows any.
    """
    ids: dict[Parent, set[int]] = {}
    for each in orphans:
        ids.setdefault(each.parent, set()).add(each.id)
    lists = {parent: snapshots.knowing(database, parent, numbers) for parent, numbers in ids.items()}
    good = [each for each in known if each.verified_at is not None and not each.fault]
    scores: dict[str, Counter[str]] = {}
    for snapshot in good:
        for each in orphans:
            if not lists[each.parent][each.id].isdisjoint(snapshot.lists):
                scores.setdefault(each.set, Counter())[snapshot.id] += each.rows
    best = {name: max(found, key=lambda each: found[each]) for name, found in scores.items()}
    return {name: Step("backup", "--orphans-from", each, why="its lists know these ids") for name, each in best.items()}


def waiting(database: Database, plan: Plan, app: Application) -> dict[str, Step]:
    """Return by set the command that adopts rows which wait for a team that no list of their snapshot knows."""
    of_teams = {each.name: each.references[0].column for each in app.sets if each.references[0].target == TEAMS}
    lost = [
        Vanished(each.set, of_teams[each.set], TEAMS, each.team[1], each.rows)
        for each in plan.in_bucket(Bucket.PENDING)
        if each.team and each.set in of_teams and plan.match(each) is None
    ]
    return adopting(database, lost, snapshots.listing(database)) if lost else {}

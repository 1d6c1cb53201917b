"""A restore in one transaction: lock, plan, write, prove, record (design, "Restore")."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from practice_guard.core import decisions, errors, snapshots
from practice_guard.core.application import Application
from practice_guard.core.guarding import Guard
from practice_guard.core.records import About, ledger
from practice_guard.core.restore import planning, summing, tasks, writes
from practice_guard.core.restore.drift import moved
from practice_guard.core.restore.planfile import AGAIN, SavedPlan
from practice_guard.core.restore.plans import Plan
from practice_guard.core.restore.summing import Workings
from practice_guard.core.snapshots import Snapshot
from practice_guard.core.steps import Step


@dataclass(frozen=True, slots=True)
class Applied:
    """What a restore did: the plan it applied and its entry in the ledger, read back after the commit."""

    plan: Plan
    ledger: int
    written: int


def apply(guard: Guard, snapshot: Snapshot, *, saved: SavedPlan | None = None) -> Applied:
    """Restore a snapshot in one transaction: lock, plan, move, prove, write the ledger, commit, read it back.

    Args:
        guard: where and on whose behalf; its request says what is asked of the plan.
        snapshot: it is verified before anything is written.
        saved: the plan that was shown; if given, that one is applied and no other.

    Raises:
        errors.StalePlanError: the database has moved since the saved plan was made, or it was applied already.
        errors.DamagedSnapshotError: the snapshot is damaged.
        errors.SchemaError: the tables cannot take the rows back.
        errors.RestoreError: the proof failed and everything was rolled back, or the commit cannot be found again.
        errors.LockedError: another guard is at work, or locks could not be had in time.
    """

    @cache  # not again where the locks could not be had at once
    def verify() -> None:
        guard.watcher.begins("verifying the snapshot", snapshot.rows)
        snapshots.verify(guard.database, snapshot)

    applied = guard.writes(lambda app: _apply(guard, app, snapshot, saved), first=verify)
    ledger.read_back(guard.database, applied.ledger, applied.plan.digest)
    return applied


def _apply(guard: Guard, app: Application, snapshot: Snapshot, saved: SavedPlan | None) -> Applied:
    database, request = guard.database, guard.request
    guard.watcher.begins("planning", snapshot.rows)
    workings = planning.work_out(database, snapshot, app, request)
    plan = workings.plan
    if saved is not None:
        check_saved(workings, saved)
    guard.watcher.begins("checking the tables")
    tasks.check_fits(workings)
    busy = tasks.assign(workings)
    guard.watcher.begins("writing rows", plan.writes())
    count = writes.write(database, workings, busy)
    result: dict[str, object] = {
        "rows": plan.counts(),
        "protected": {name: plan.counts(name) for name in plan.sets},
        "written": count,
        "lists": list(snapshot.lists),
        "decisions": decisions.dump(request.decisions) if request.decisions else None,
        "plan": saved.id if saved else None,
    }
    guard.watcher.begins("proving, writing the ledger", count)
    about = About(result, snapshot.id, plan.digest, plan.imprint.dump())
    entry = ledger.write(database, ledger.RESTORE, guard.author, about, summing.waiting(workings))
    writes.record(database, entry, busy)
    return Applied(plan, entry, count)


def check_saved(workings: Workings, saved: SavedPlan) -> None:
    """Require that a saved plan is still what the database asks for, and was not applied yet.

    Raises:
        errors.StalePlanError: it is not; says what moved.
    """
    if (entry := ledger.applying(workings.scratch, saved.id)) is not None:
        raise errors.StalePlanError(
            f"This plan was applied already (ledger {entry}). Nothing was written.", next_steps=(Step("health"),)
        )
    if workings.plan.digest != saved.digest:
        listed = "".join(f"\n  {change}" for change in moved(saved, workings))
        raise errors.StalePlanError(
            f"The database has moved since the plan was made. Nothing was written. What moved:{listed}",
            next_steps=(AGAIN,),
        )

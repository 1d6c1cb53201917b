"""A restore in one transaction: lock, plan, write, prove, record (design, "Restore")."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from typing import NoReturn

from practice_guard.core import decisions, errors, snapshots
from practice_guard.core.application import Application
from practice_guard.core.database import Database, attempted, savepoints
from practice_guard.core.guarding import Guard
from practice_guard.core.records import About, ledger
from practice_guard.core.restore import halving, keys, needs, planning, refusals, summing, tasks, writes
from practice_guard.core.restore.drift import moved
from practice_guard.core.restore.planfile import AGAIN, SavedPlan
from practice_guard.core.restore.plans import Plan
from practice_guard.core.restore.refusals import Refusal
from practice_guard.core.restore.summing import Workings
from practice_guard.core.restore.tasks import Task
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
        errors.AccessError: this role lacks rights; names them all.
        errors.RestoreError: the proof failed and everything was rolled back, or the commit cannot be found again.
        errors.LockedError: another guard is at work, or locks could not be had in time.
    """
    with needs.told(guard):
        applied = guard.writes(lambda app: _apply(guard, app, snapshot, saved), first=_verifying(guard, snapshot))
    ledger.read_back(guard.database, applied.ledger, applied.plan.digest)
    return applied


def attempt(guard: Guard, snapshot: Snapshot, *, saved: SavedPlan | None = None) -> Applied:
    """Restore a snapshot as `apply` does, and take all of it back: what only a write can show is then known.

    Sequence values are used up, triggers have fired, and users' writes had to wait meanwhile. No entry of the ledger
    has the number that is returned.

    Raises:
        errors.GuardError: as `apply`.
    """

    def work(leave: Callable[[Applied], NoReturn]) -> None:
        guard.writes(lambda app: leave(_apply(guard, app, snapshot, saved)), first=_verifying(guard, snapshot))

    with needs.told(guard):
        return attempted(work)


def _verifying(guard: Guard, snapshot: Snapshot) -> Callable[[], None]:
    """Return what verifies a snapshot, once: not again where the locks could not be had at once."""

    @cache
    def verify() -> None:
        guard.watcher.begins("verifying the snapshot", snapshot.rows)
        snapshots.verify(guard.database, snapshot)

    return verify


def _apply(guard: Guard, app: Application, snapshot: Snapshot, saved: SavedPlan | None) -> Applied:
    database, request = guard.database, guard.request
    guard.watcher.begins("planning", snapshot.rows)
    workings = _work_out(guard, snapshot, app)
    if saved is not None:
        check_saved(workings, saved)
    asked_for = workings.plan.digest
    workings, busy, count = _written(guard, workings, partial(_work_out, guard, snapshot, app))
    plan = replace(workings.plan, digest=asked_for)
    result: dict[str, object] = {
        "rows": plan.counts(),
        "protected": {name: plan.counts(name) for name in plan.sets},
        "written": count,
        "refused": refusals.listed(workings),
        "lists": list(snapshot.lists),
        "decisions": decisions.dump(request.decisions) if request.decisions else None,
        "plan": saved.id if saved else None,
    }
    guard.watcher.begins("proving, writing the ledger", count)
    about = About(result, snapshot.id, plan.digest, plan.imprint.dump())
    entry = ledger.write(database, ledger.RESTORE, guard.author, about, summing.waiting(workings))
    writes.record(database, entry, busy)
    return Applied(plan, entry, count)


@dataclass(frozen=True, slots=True)
class CarriedOut:
    """A plan that was written, in the transaction that is open.

    Attributes:
        workings: the plan, with its tables.
        busy: what was done.
        written: how many rows were written.
    """

    workings: Workings
    busy: Sequence[Task]
    written: int

    def pointed(self) -> dict[str, int]:
        """Return how many rows point elsewhere now, by set."""
        return {task.name: task.updates for task in self.busy if task.updates}

    def prove(self, database: Database) -> None:
        """Require, after all triggers and constraints, that every row is as the plan says.

        Raises:
            errors.RestoreError: one is not; the transaction must be given up.
        """
        writes.prove(database, self.busy)

    def record(self, database: Database, entry: int) -> None:
        """Note what was written with an entry of the ledger, proven row by row.

        Raises:
            errors.RestoreError: a row is not as it should be; the transaction must be given up.
        """
        writes.record(database, entry, self.busy)

    def refused(self) -> object:
        """Return what the database has refused, as the ledger keeps it."""
        return refusals.listed(self.workings)


def carry_out(guard: Guard, app: Application, snapshot: Snapshot) -> CarriedOut:
    """Plan a restore of a snapshot and write it, inside the caller's transaction, which holds the locks.

    Raises:
        errors.SchemaError: the tables cannot take the rows back.
        errors.AccessError: this role lacks rights; names them all.
        errors.RestoreError: the database did something else than the plan says; the transaction must be given up.
    """
    anew = partial(_work_out, guard, snapshot, app)
    return CarriedOut(*_written(guard, anew(), anew))


def _work_out(guard: Guard, snapshot: Snapshot, app: Application, refused: Sequence[Refusal] = ()) -> Workings:
    return planning.work_out(guard.database, snapshot, app, guard.request, tries=True, refused=refused)


def _written(
    guard: Guard, workings: Workings, anew: Callable[[Sequence[Refusal]], Workings]
) -> tuple[Workings, list[Task], int]:
    """Write what a plan says, without the rows that the database refuses: those wait, and what hangs on them.

    Args:
        guard: where.
        workings: the plan as it was asked for.
        anew: works it out again without some rows.

    Returns:
        the plan that was applied, what was done, and how many rows were written.

    Raises:
        errors.SchemaError: the tables cannot take the rows back, or no rows are found that they refuse.
    """
    database, refused = guard.database, list[Refusal]()
    database.notice_constraints()
    for left in reversed(range(halving.ROUNDS)):
        guard.watcher.begins("checking the tables")
        tasks.check_columns(workings)
        needs.check(workings)
        busy = tasks.assign(workings)
        guard.watcher.begins("writing rows", workings.plan.writes())
        try:
            with savepoints.savepoint(database):
                found = keys.give(database, workings, busy)
                if not found:
                    return workings, busy, writes.write(database, busy)
        except errors.GuardError as error:
            if not left or not halving.may_speak_of_rows(error):
                raise
            guard.watcher.begins("finding the rows that are refused", workings.plan.writes())
            keys.give(database, workings, busy)
            found = refusals.search(database, workings, busy)
            if not found:
                raise
        refused += found
        guard.watcher.begins("planning without them", workings.snapshot.rows)
        workings.scratch.drop()
        workings = anew(refused)
    raise errors.RestoreError("No round was left.")


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

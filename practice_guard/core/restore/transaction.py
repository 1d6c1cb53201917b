"""A restore in one transaction: lock, plan, write, prove, record (design, "Restore")."""

from __future__ import annotations

from dataclasses import dataclass

from practice_guard.core import decisions, errors, snapshots
from practice_guard.core.application import Application
from practice_guard.core.database import Database
from practice_guard.core.guarding import Guard
from practice_guard.core.records import About, ledger
from practice_guard.core.restore import planning, tasks, writes
from practice_guard.core.restore.planfile import AGAIN, SavedPlan, moved
from practice_guard.core.restore.plans import Plan
from practice_guard.core.snapshots import Snapshot


@dataclass(frozen=True, slots=True)
class Applied:
    """What a restore did: the plan it applied and its entry in the ledger, read back after the commit."""

    plan: Plan
    ledger: int
    written: int


def check_fits(database: Database, app: Application, snapshot: Snapshot, plan: Plan) -> None:
    """Find out, reading only, whether the tables can take back what the plan would write.

    Raises:
        errors.SchemaError: a column is gone or of another type, or rows break a constraint; names column and rows.
    """
    tasks.check(database, tasks.assign(app, snapshot, plan))


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

    def work(app: Application) -> Applied:
        guard.watcher.begins("verifying the snapshot", snapshot.rows)
        snapshots.verify(guard.database, snapshot)
        return _apply(guard, app, snapshot, saved)

    applied = guard.writes(work)
    ledger.read_back(guard.database, applied.ledger, applied.plan.digest)
    return applied


def _apply(guard: Guard, app: Application, snapshot: Snapshot, saved: SavedPlan | None) -> Applied:
    database, request = guard.database, guard.request
    guard.watcher.begins("planning", snapshot.rows)
    ready = planning.prepare(database, snapshot, app, request)
    plan = planning.plan_from(database, ready)
    if saved is not None:
        check_saved(database, saved, plan)
    guard.watcher.begins("checking the tables")
    todo = tasks.assign(app, snapshot, plan)
    tasks.check(database, todo)
    guard.watcher.begins("writing rows", plan.writes())
    written = writes.write(database, todo)
    guard.watcher.begins("proving", snapshot.rows)
    _prove_settled(plan, planning.plan_from(database, ready))
    count = sum(len(done.updates) + len(done.inserts) for done in written.values())
    result = {
        "rows": plan.counts(),
        "protected": {name: each.counts() for name, each in plan.sets.items()},
        "written": count,
        "waited": {name: each.waits for name, each in plan.sets.items()},
        "lists": list(snapshot.lists),
        "decisions": decisions.dump(request.decisions) if request.decisions else None,
        "plan": saved.id if saved else None,
    }
    guard.watcher.begins("writing the ledger", count)
    about = About(result, snapshot.id, plan.digest, plan.imprint)
    entry = ledger.write(database, ledger.RESTORE, guard.author, about)
    ledger.write_rows(database, entry, [(task.bound, writes.ledger_rows(written[task.name])) for task in todo])
    return Applied(plan, entry, count)


def check_saved(database: Database, saved: SavedPlan, plan: Plan) -> None:
    """Require that a saved plan is still what the database asks for, and was not applied yet.

    Raises:
        errors.StalePlanError: it is not; says what moved.
    """
    if (entry := ledger.applying(database, saved.id)) is not None:
        raise errors.StalePlanError(f"This plan was applied already (ledger {entry}). Nothing was written.")
    if plan.digest != saved.digest:
        changes = moved(saved, plan)
        listed = "".join(f"\n  {change}" for change in changes)
        raise errors.StalePlanError(
            f"The database has moved since the plan was made. Nothing was written. What moved:{listed}",
            next_steps=(AGAIN,),
        )


def _prove_settled(before: Plan, after: Plan) -> None:
    """Plan again: nothing may be left to write, and every row must be where the first plan wanted it."""
    expected, found = before.counts(), after.counts()
    moved_rows = expected["relink"] + expected["insert"]
    in_place = expected["intact"] + expected["edited"] + moved_rows
    same = all(found[name] == expected[name] for name in ("total", "pending", "deleted", "given_up"))
    if after.writes() or not same or found["intact"] + found["edited"] != in_place:
        raise errors.RestoreError(
            "After the rows were moved the plan does not come out even: "
            f"{expected} before, {found} after. Everything was rolled back."
        )

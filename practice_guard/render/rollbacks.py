"""A rollback as an outcome: table by table what went, came and stayed, and what became of the rows."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from practice_guard.core.model import Verdict
from practice_guard.core.restore import Bucket
from practice_guard.core.rollback import RolledBack
from practice_guard.core.steps import Step
from practice_guard.core.words import agreeing, counted, duration
from practice_guard.render.outcome import Outcome
from practice_guard.render.restoring import waiting
from practice_guard.render.text import line, table

_HEADS = (Bucket.INTACT, Bucket.RELINK, Bucket.INSERT, Bucket.PENDING, Bucket.EDITED)
_WORDS = ("protected", "in place", "pointed", "back", "wait", "edited", "new")


def rollback(done: RolledBack, *, now: datetime, dry_run: bool = False) -> Outcome:
    """Present a rollback, tried or applied.

    Args:
        done: what was done.
        now: the time, from which the snapshot's age is counted.
        dry_run: it was done only to be shown, and taken back.
    """
    counts, plan = done.plan.counts(), done.plan
    rows = [(name, each.removed, each.put_back, each.kept) for name, each in done.tables.items()]
    sets = [
        (name, *(plan.counts(name)[head] for head in _HEADS), plan.sets[name].added)
        for name in plan.sets
        if plan.counts(name)["total"] or plan.sets[name].added
    ]
    return Outcome(
        Verdict.WAITING if counts["pending"] else Verdict.FINE,
        _sentence(done, now, dry_run=dry_run),
        {
            "snapshot": done.snapshot.id,
            "dry_run": dry_run,
            "tables": {name: asdict(each) for name, each in done.tables.items()},
            "rows": counts,
            "protected": {name: plan.counts(name) for name in plan.sets},
            "pointed": dict(done.pointed),
            "pending": waiting(plan),
            "proven": True,
            "plan_digest": done.digest,
            "ledger": done.ledger,
            "safety_copy": done.before,
            "snapshot_after": done.after,
        },
        (
            table(("table", "removed", "put back", "as it was"), rows),
            table(_WORDS, sets),
            *(line(f"  {each}\n") for each in _notes(done, dry_run=dry_run)),
        ),
        (),
        _steps(done, dry_run=dry_run),
    )


def _sentence(done: RolledBack, now: datetime, *, dry_run: bool) -> str:
    removed = sum(each.removed for each in done.tables.values())
    back = sum(each.put_back for each in done.tables.values())
    counts = done.plan.counts()
    does = (
        f"{counted(len(done.tables), 'table')} as {agreeing(len(done.tables), 'it was', 'they were')}, "
        f"{duration(now - done.snapshot.taken_at)} ago ({removed:,} rows removed, {back:,} put back), and "
        f"{counted(counts['total'] - counts['pending'], 'protected row')} with them"
    )
    waits = counts["pending"]
    left = f"; {waits:,} {agreeing(waits, 'waits', 'wait')}" if waits else ""
    if dry_run:
        return f"Nothing is left written. A rollback to {done.snapshot.id} was tried and taken back: {does}{left}."
    return f"Rolled back to {done.snapshot.id} (ledger {done.ledger}): {does}{left}. Proven by digest."


def _notes(done: RolledBack, *, dry_run: bool) -> list[str]:
    if dry_run:
        return ["Tried: done for real and taken back. No trigger fired; sequences may have moved on."]
    said = []
    if done.before:
        said.append(f"What was there before is in snapshot {done.before}.")
    if done.after:
        said.append(f"Snapshot {done.after} has what is there now.")
    else:
        said.append(f"No snapshot could be taken of what is there now: {done.untaken}")
    return said


def _steps(done: RolledBack, *, dry_run: bool) -> tuple[Step, ...]:
    if dry_run:
        return (Step("rollback", "--snapshot", done.snapshot.id),)
    back = Step("rollback", "--snapshot", done.before, why="take the rollback back") if done.before else None
    return (
        *(() if done.after else (Step("backup"),)),
        Step("health"),
        *((back,) if back else ()),
    )

"""What the guard remembers: its snapshots, what of the newest one is not in place, and what waits."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from practice_guard.core import errors, restore, snapshots
from practice_guard.core.checks import changes, drift, orphans
from practice_guard.core.checks.before.scene import Answer, Scene
from practice_guard.core.database import renew, shielded
from practice_guard.core.findings import found, unseen
from practice_guard.core.restore import Bucket, Plan, Sum, Workings
from practice_guard.core.snapshots import Snapshot
from practice_guard.core.steps import Step
from practice_guard.core.words import counted, duration


def known(scene: Scene) -> list[Snapshot]:
    """Return all snapshots, newest first."""
    with shielded(scene.database):
        return snapshots.listing(scene.database)


def latest(scene: Scene) -> Snapshot | None:
    """Return the newest verified snapshot, damaged or not, or None where there is none."""
    return snapshots.newest(scene.once(known))


def fault_of_latest(scene: Scene) -> str:
    """Say what is wrong with the newest verified snapshot; empty when it is whole, or there is none."""
    snapshot = scene.once(latest)
    try:
        with shielded(scene.database):
            if snapshot is not None:
                snapshots.verify(scene.database, snapshot)
    except errors.DamagedSnapshotError as error:
        return error.message
    return ""


def comparison(scene: Scene) -> Workings | str | None:
    """Work out what a restore of the newest snapshot would do now; the reason where that cannot be known."""
    snapshot = scene.once(latest)
    if snapshot is None:
        return None
    if scene.once(fault_of_latest):
        return f"Snapshot {snapshot.id} is damaged."
    hidden = [reason for bound in scene.app.sets if (reason := scene.hidden(bound))]
    if hidden:
        return f"Because {'; '.join(hidden)}."
    try:
        with shielded(scene.database):
            found = restore.work_out(scene.database, snapshot, scene.app, scene.guard.request)
    except errors.UnreachableError:
        raise
    except errors.GuardError as error:
        return error.message
    renew(scene.database)  # what was laid down must outlast another check's error
    return found


def outlook(scene: Scene) -> Plan | str | None:
    """Return the plan of `comparison`; the reason where there is none."""
    found = scene.once(comparison)
    return found.plan if isinstance(found, Workings) else found


def accounted_for(scene: Scene) -> Workings | None:
    """Return what says which live rows the newest snapshot accounts for; None where nothing does."""
    try:
        found = scene.once(comparison)
    except errors.UnreachableError:
        raise
    except errors.GuardError:
        return None
    return found if isinstance(found, Workings) else None


def no_snapshot(scene: Scene) -> Answer:
    """Whether there is a verified snapshot at all."""
    snapshot = scene.once(latest)
    if snapshot is not None:
        return Answer(f"snapshot {snapshot.id} is the newest verified one: {counted(snapshot.rows, 'row')}")
    finding = snapshots.unverified(snapshots.listing(scene.database))
    return Answer(finding.what, (finding,))


def old_snapshot(scene: Scene) -> Answer:
    """Whether the newest verified snapshot is older than it may be."""
    snapshot = scene.once(latest)
    if snapshot is None:
        return Answer("there is no snapshot whose age could be known", measured=True)
    age = scene.guard.author.now - snapshot.taken_at
    if age <= scene.guard.max_age:
        return Answer(f"snapshot {snapshot.id} was taken {duration(age)} ago")
    what = f"{duration(age)} is the age of snapshot {snapshot.id}; {duration(scene.guard.max_age)} are allowed."
    why = "What users did since is not in it, and an import would take that away for good."
    return Answer(what, (found("snapshot-old", what, why, Step("backup")),))


def damaged_snapshot(scene: Scene) -> Answer:
    """Whether the newest verified snapshot, read back, is still what was written."""
    snapshot = scene.once(latest)
    if snapshot is None:
        return Answer("there is no snapshot to read back", measured=True)
    fault = scene.once(fault_of_latest)
    if not fault:
        return Answer(f"snapshot {snapshot.id} was read back and is whole")
    what = f"1 snapshot cannot be trusted: {fault}"
    why = "It is the one that a restore would take, and it cannot say any more what ought to be there."
    fix = Step("snapshots", "verify")
    return Answer(what, (found("snapshot-damaged", what, why, fix),))


def not_restored(scene: Scene) -> Answer:
    """Whether rows of the newest snapshot are not in place, because an import ran and no restore followed."""
    plan = scene.once(outlook)
    if plan is None:
        return Answer("there is no snapshot to compare with", measured=True)
    if isinstance(plan, str):
        what = "1 comparison could not be made: whether the last import was restored is not known."
        return Answer(what, (unseen("import-not-restored", what, plan),), looked=False)
    sums = [each for each in plan.sums if each.writes]
    if not sums:
        return Answer(f"every row of snapshot {plan.snapshot} that has its team is in place")
    if changes.nobody_can_explain(plan, scene.guard.request.bulk):
        return Answer("all that is not in place are a few rows of which nobody knows who took them", measured=True)
    counts = plan.counts()
    what = (
        f"{counted(plan.writes(), 'row')} of snapshot {plan.snapshot} not in place: {counts['insert']:,} not there, "
        f"{counts['relink']:,} on nothing that is there, or on what is not theirs."
    )
    why = "An import ran since and no restore followed. After another one it is harder to tell what belongs where."
    fix = Step("restore", "--dry-run")
    report = partial(found, "import-not-restored", what, why, fix)
    return Answer(what, (report(rows=plan.writes(), examples=_by_team(plan, sums)),))


def pending(scene: Scene) -> Answer:
    """Whether rows wait for their team to come back or for a person."""
    plan = scene.once(outlook)
    if plan is None:
        return Answer("there is no snapshot with rows that could wait", measured=True)
    if isinstance(plan, str):
        what = "1 comparison could not be made: how many rows wait for their team is not known."
        return Answer(what, (unseen("rows-pending", what, plan),), looked=False)
    refused = [each for name in plan.sets for each in restore.refused(plan, name)]
    rows = plan.counts()["pending"] - sum(each.rows for each in refused)
    if not rows:
        said = refused[0].what if refused else "0 rows wait for their team"
        return Answer(said, tuple(refused))
    what = f"{counted(rows, 'row')} of snapshot {plan.snapshot} waiting for a team or a person."
    why = "No team of today is certainly theirs. An import may bring it back; the next backup carries them on."
    adopting = dict.fromkeys(orphans.waiting(scene.database, plan, scene.app).values())
    fix = (*adopting, Step("restore", "--dry-run"))
    return Answer(
        what,
        (
            found("rows-pending", what, why, fix, rows=rows, examples=_by_team(plan, plan.in_bucket(Bucket.PENDING))),
            *refused,
        ),
    )


def nothing_left(scene: Scene) -> Answer:
    """Whether no protected row is left where the newest snapshot has some, or none of a set that had many."""
    plan, snapshot = scene.once(outlook), scene.once(latest)
    if plan is None or snapshot is None:
        return Answer("there is no snapshot to compare with", measured=True)
    if isinstance(plan, str):
        what = "1 comparison could not be made: whether rows are left that were there is not known."
        return Answer(what, (unseen("nothing-left", what, plan),), looked=False)
    live, waiting = plan.live, plan.counts()["pending"]
    waits = f", {counted(waiting, 'row')} waiting" if waiting else ""
    says = f"{counted(live, 'protected row')} in the database, {snapshot.rows:,} in snapshot {snapshot.id}{waits}"
    return Answer(says, tuple(drift.emptied(plan, live)))


def _by_team(plan: Plan, sums: Iterable[Sum]) -> list[str]:
    """Count rows by the team they belong to, most first: `27 rows of Tennaqua - 22 (…)`."""
    counts: dict[str, int] = {}
    for each in sums:
        match = plan.match(each)
        of_teams = plan.sets[each.set].owner == restore.TEAM
        name = str(match.old.identity) if match else f"{each.set} that hung on no known team" if of_teams else each.set
        reason = f": {match.because}" if match and match.new is None and match.because else ""
        counts[name + reason] = counts.get(name + reason, 0) + each.rows
    most = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [f"{counted(count, 'row')} of {name}" for name, count in most]

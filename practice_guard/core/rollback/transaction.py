"""A rollback in one transaction: lock, keep what is there, put the tables back, point the rows, prove, record."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import NoReturn

from practice_guard.core import errors, restore, snapshots
from practice_guard.core.application import Application, lock_for_rollback, rights
from practice_guard.core.database import Access, Database, attempted, locks
from practice_guard.core.guarding import Guard
from practice_guard.core.model import LATEST, Severity
from practice_guard.core.records import About, installation, ledger
from practice_guard.core.restore import CarriedOut, Plan, needs
from practice_guard.core.rollback import strays, tables
from practice_guard.core.rollback.quiet import quiet
from practice_guard.core.rollback.strays import Stray
from practice_guard.core.rollback.tables import Change, Task
from practice_guard.core.snapshots import Header, Inheritance, Snapshot
from practice_guard.core.steps import Step
from practice_guard.core.upkeep import backup
from practice_guard.core.words import agreeing, counted

_SHOWN = 5
"""How many rows that cannot be pointed anywhere a refusal names."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked of a rollback.

    Attributes:
        snapshot: the id of one that was taken in full, or `latest` for the newest such.
        safety_copy: keep what is there before, so that the rollback itself can be taken back.
    """

    snapshot: str
    safety_copy: bool = True


@dataclass(frozen=True, slots=True)
class RolledBack:
    """What a rollback did, or would do.

    Attributes:
        snapshot: what was gone back to.
        tables: what became of the ETL's tables, by name.
        pointed: by protected set, how many rows were pointed by identity at what is there again.
        plan: what became of the snapshot's own rows.
        digest: over all of that.
        ledger: the entry; None where nothing was written.
        before: the id of the full snapshot of what was there before; None where none was kept.
        after: the id of the snapshot of what is there now; None where none was taken.
        untaken: why not; empty where one was, and where nothing was written.
    """

    snapshot: Snapshot
    tables: Mapping[str, Change]
    pointed: Mapping[str, int]
    plan: Plan
    digest: str
    ledger: int | None = None
    before: str | None = None
    after: str | None = None
    untaken: str = ""


def find(database: Database, wanted: str) -> Snapshot:
    """Return a snapshot that was taken in full, in the transaction that is open; `latest` is the newest verified one.

    What a rollback kept of the state before it is none of these: whoever rolls back twice is not to be back there.

    Raises:
        errors.NoSnapshotError: there is none, or that one was not taken in full.
        errors.DamagedSnapshotError: its description cannot be read.
    """
    if wanted == LATEST:
        copies = {entry.result.get("before") for entry in ledger.entries(database) if entry.kind == ledger.ROLLBACK}
        known = [
            each
            for each in snapshots.listing(database)
            if each.verified_at is not None and each.tables and each.id not in copies
        ]
        if not known:
            raise errors.NoSnapshotError(
                "No snapshot here was taken in full, so that nothing has the ETL's tables as they were.",
                next_steps=(Step("restore", "--dry-run", why="put the protected rows back"), Step("backup", "--full")),
            )
        wanted = known[0].id
    found = snapshots.find(database, wanted)
    if not found.tables:
        raise errors.NoSnapshotError(
            f"Snapshot {found.id} was not taken in full: it has the protected rows, and not the ETL's tables.",
            next_steps=(Step("restore", "--dry-run", "--snapshot", found.id), Step("snapshots", why="which ones are")),
        )
    return found


def apply(guard: Guard, wish: Wish) -> RolledBack:
    """Put the ETL's tables and the protected rows back as they were, in one transaction that proves it.

    Rows that users wrote since stay: what they point at is found again by identity. Afterwards the copy of what was
    there before is verified, and a snapshot of what is there now is taken, which is the newest from then on.

    Raises:
        errors.NoSnapshotError: there is no snapshot that was taken in full.
        errors.DamagedSnapshotError: the snapshot is damaged.
        errors.SchemaError: the tables have changed since.
        errors.AccessError: this role lacks rights; names them all.
        errors.RestoreError: a row that users wrote since cannot be pointed anywhere, or the proof failed. Everything
            was rolled back.
        errors.LockedError: another guard is at work, or locks could not be had in time.
    """
    done = _in_a_transaction(guard, wish, lambda done: done)
    database = guard.database
    if done.ledger is not None:
        ledger.read_back(database, done.ledger, done.digest)
    after, untaken = _after(guard)
    if done.before is not None and after is not None:
        # Not before the snapshot of what is there now, which is to be the newest one. What is not verified can be gone
        # back to all the same, by its id.
        with suppress(errors.GuardError), database.transaction(Access.WRITE):
            snapshots.confirm(database, snapshots.find(database, done.before), guard.author.done)
    return replace(done, after=after, untaken=untaken)


def attempt(guard: Guard, wish: Wish) -> RolledBack:
    """Do what `apply` does in its transaction and let nothing of it stay: what it would do is then known.

    Users' writes had to wait meanwhile, and sequences may have moved on; no trigger has fired.

    Raises:
        errors.GuardError: as `apply`.
    """

    def work(leave: Callable[[RolledBack], NoReturn]) -> None:
        _in_a_transaction(guard, wish, leave)

    return replace(attempted(work), ledger=None, before=None)


def _in_a_transaction(guard: Guard, wish: Wish, then: Callable[[RolledBack], RolledBack]) -> RolledBack:
    database = guard.database
    with locks.writes_nothing_when_lost(), database.transaction(Access.READ):
        guard.check_mark()
        snapshot = find(database, wish.snapshot)
        guard.watcher.begins("verifying the snapshot", snapshot.rows)
        snapshots.verify(database, snapshot)
        server, ahead = locks.ask(database), guard.catalog()

    def work(within: float) -> RolledBack:
        lock_for_rollback(database, ahead, guard.sets, within, guard.parents, snapshot.tables)
        return then(_roll_back(guard, snapshot, wish))

    return guard.alone(Access.WRITE, work, server)


def _roll_back(guard: Guard, snapshot: Snapshot, wish: Wish) -> RolledBack:
    database, watcher, version = guard.database, guard.watcher, snapshot.digest_version
    app = guard.look()
    found = tables.tasks(snapshot, app)
    _check_rights(database, found)
    told = tables.changes(database, found, version)
    tables.check_keys(database, found)
    watcher.begins("keeping what is there", restore.count_rows(database, app.sets))
    before = _keep(guard, app, snapshot, wish)
    guard = replace(guard, request=replace(guard.request, import_ran=True))
    with quiet(database, app, found):
        watcher.begins("putting tables back", sum(each.put_back for each in told.values()))
        tables.put_back(database, found, told)
        watcher.begins("pointing rows", before.rows)
        pointed, open_ends = _point(guard, app, before)
        app = guard.look()
        done = restore.carry_out(guard, app, snapshot)
        if left := strays.unsettled(database, app, snapshot, open_ends):
            raise _unsettled(left)
    watcher.begins("proving, writing the ledger", done.written)
    tables.prove(database, found, version)
    tables.advance(database, found)
    plan = done.workings.plan
    digest = _digest(told, pointed, plan)
    kept = before.id if wish.safety_copy else None
    about = About(_result(told, pointed, done, kept), snapshot.id, digest, plan.imprint.dump())
    entry = ledger.write(database, ledger.ROLLBACK, guard.author, about)
    done.record(database, entry)
    if kept is None:
        snapshots.remove(database, before)
    return RolledBack(snapshot, told, pointed, plan, digest, entry, kept)


def _check_rights(database: Database, found: Sequence[Task]) -> None:
    """Require that this role may read, remove and put in rows of all tables."""
    wanted = [rights.on_table(right, task.whole.table) for task in found for right in ("SELECT", "INSERT", "DELETE")]
    needs.require(rights.lacking(database, wanted), "this rollback")


def _keep(guard: Guard, app: Application, snapshot: Snapshot, wish: Wish) -> Snapshot:
    """Write a snapshot of what is there before: by it rows that users wrote since are pointed, and all can go back."""
    database, author = guard.database, guard.author
    place = installation.ensure(database, author.environment, author.now)
    label = "before rollback"
    kept = snapshots.whole.tables(app, [*snapshot.tables]) if wish.safety_copy else ()
    header = Header(snapshots.new_id(database, author.now), place, author, label, accepted_current=True, tables=kept)
    return snapshots.write(database, app, header, Inheritance())


def _point(guard: Guard, app: Application, before: Snapshot) -> tuple[dict[str, int], list[Stray]]:
    """Point the rows that are there at what is there again, by identity; returns how many, and which cannot be.

    `app` is what there was before the tables were put back.
    """
    done = restore.carry_out(guard, guard.look(), before)
    done.prove(guard.database)
    open_ends = strays.open_ends(done.workings, app)
    done.workings.scratch.drop()
    return done.pointed(), open_ends


def _unsettled(left: Sequence[Stray]) -> errors.RestoreError:
    some = ", ".join(f"{each.set} {each.key}" + (f" ({each.team})" if each.team else "") for each in left[:_SHOWN])
    points = agreeing(len(left), "points", "point")
    return errors.RestoreError(
        f"{counted(len(left), 'row')} that users wrote since {points} at what the rollback removes, and nothing there "
        f"is the same: {some}{', …' if len(left) > _SHOWN else ''}. Everything was rolled back.",
        next_steps=(Step("restore", "--dry-run", why="put the protected rows back and leave the ETL's tables alone"),),
    )


def _result(
    told: Mapping[str, Change], pointed: Mapping[str, int], done: CarriedOut, kept: str | None
) -> dict[str, object]:
    plan = done.workings.plan
    return {
        "tables": {name: {"removed": each.removed, "put_back": each.put_back} for name, each in told.items()},
        "pointed": dict(pointed),
        "rows": plan.counts(),
        "refused": done.refused(),
        "before": kept,
    }


def _digest(told: Mapping[str, Change], pointed: Mapping[str, int], plan: Plan) -> str:
    """Return a digest over all that a rollback does."""
    said = {
        "tables": {name: [each.removed, each.put_back, each.kept] for name, each in told.items()},
        "pointed": dict(pointed),
        "plan": plan.digest,
    }
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def _after(guard: Guard) -> tuple[str | None, str]:
    """Take a snapshot of what is there now, or say why none could be taken: the rollback is done either way."""
    try:
        taken = backup.take(guard, label="after rollback")
    except errors.GuardError as error:
        return None, error.message
    if taken.snapshot is None:
        return None, next(iter(each.what for each in taken.findings if each.severity is Severity.ERROR), "refused")
    return taken.snapshot.id, ""

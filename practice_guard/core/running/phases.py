"""What each phase of a run does. Each works on the run's own connection, in transactions of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Protocol

from practice_guard.core import errors, progress, restore, rollback, snapshots
from practice_guard.core.application import imprint
from practice_guard.core.checks import Health, Preservation, health, preservation, safety
from practice_guard.core.database import Access, Database
from practice_guard.core.findings import found, weigh
from practice_guard.core.guarding import Guard
from practice_guard.core.identity import Decisions
from practice_guard.core.model import KEEP_LAST, LATEST, MIN_RATE, Author, Finding, Slow
from practice_guard.core.records import Holder, Phase, Run, imprints, ledger, runs
from practice_guard.core.records.ledger import Entry
from practice_guard.core.records.runs import ETL
from practice_guard.core.restore import Applied
from practice_guard.core.rollback import RolledBack
from practice_guard.core.running import process
from practice_guard.core.running.lockfile import LockFile
from practice_guard.core.running.process import Ended, Etl
from practice_guard.core.running.report import PhaseDone, Report
from practice_guard.core.snapshots import Snapshot
from practice_guard.core.steps import IMPORT_AN_EXPORT, Step
from practice_guard.core.upkeep import Rule, Ruling, backup, cleanup


class Watcher(progress.Watcher, Protocol):
    """Is told of the phases of a run, and by the guards that it is given to of the steps in each."""

    def enters(self, phase: Phase) -> None:
        """A phase begins."""

    def ended(self, done: PhaseDone) -> None:
        """A phase is over."""


@dataclass(frozen=True)
class Statuses:
    """The exit statuses, for the record: what a report will have, and an error that no report tells of."""

    of_report: Callable[[Report], int]
    of_error: Callable[[BaseException], int]


@dataclass(frozen=True)
class Ends:
    """How a run may end.

    Attributes:
        keep_last: how many snapshots stay.
        allow_pending: rows that wait for their team are no failure.
        finish_with: of a resumed run, the snapshot that a person names in place of its own, or `latest`.
        accept_current: what is there before the ETL is taken as the truth, also where it looks like damage.
        full: the ETL's own tables are kept too.
        rollback_above: roll back where more than this percent of the protected rows are on no team, or it is as bad
            otherwise (`rollback.critical`); None for never.
        decisions: a person's, for what is put back after an ETL that went well.
    """

    keep_last: int = KEEP_LAST
    allow_pending: bool = False
    finish_with: str | None = None
    accept_current: bool = False
    full: bool = False
    rollback_above: float | None = None
    decisions: Decisions | None = None


@dataclass(frozen=True)
class Job:
    """What is asked of a run.

    Attributes:
        guard: aims a guard at a connection; the run's own may be lost and opened anew.
        author: who and when, for all that the run does.
        etl: what it goes around.
        holder: this machine and process.
        lock_directory: where the lock file of this machine is kept.
        clock: the time, timezone-aware.
        watcher: is told what goes on.
        statuses: the exit statuses, for the record.
        ends: how it may end.
        slow: from when on the guard takes too much of a night.
    """

    guard: Callable[[Database], Guard]
    author: Author
    etl: Etl
    holder: Holder
    lock_directory: Path
    clock: Callable[[], datetime]
    watcher: Watcher
    statuses: Statuses
    ends: Ends = field(default_factory=Ends)
    slow: Slow = field(default_factory=Slow)


def validate(guard: Guard, *, accept_current: bool = False) -> safety.Safety:
    """May the ETL run? Each check waits for locks as long as may be: one that gave up would stop the ETL."""
    with guard.database.transaction(Access.PLAN):
        return safety.examine(guard, accept_current=accept_current)


def back_up(guard: Guard, number: int, *, accept_current: bool = False, full: bool = False) -> backup.Backup:
    """Take the run's own snapshot, and verify it."""
    return backup.take_as(guard, backup.Wish(f"run {number}", accept_current, full=full))


def import_anew(etl: Etl, number: int, lock: LockFile) -> Ended:
    """Run the ETL; it inherits the lock file, and the server lists it under the run's name."""
    return process.run(
        replace(etl, environment={**etl.environment, "PGAPPNAME": f"{ETL}:{number}"}),
        keep_open=[lock.descriptor] if lock.descriptor is not None else [],
        started=lambda pid: lock.name_holder(f"process {pid} (the ETL of run {number})"),
    )


def check_preservation(guard: Guard, report: Report) -> Preservation:
    """Find out which teams kept their id and are still the same; a rate that is low fails nothing."""

    def work() -> Preservation:
        snapshot, app = snapshot_of(report), guard.look()
        guard.watcher.begins("comparing with the snapshot", snapshot.rows)
        plan = restore.plan(guard.database, snapshot, app, guard.request)
        return preservation.check(snapshot, plan, app, MIN_RATE, guard.overrides)

    return guard.plans(work)


def import_not_seen(guard: Guard, report: Report) -> list[Finding]:
    """Find that an ETL which ended well has imported nothing here: it wrote elsewhere, or only ordered an import."""

    def work() -> bool:
        taken = imprint.load(snapshot_of(report).imprint)
        return imprints.is_stirred(guard.database, guard.look(), taken, guard.request.bulk)

    if report.etl_exit_code != 0 or report.named or guard.reads(work):
        return []
    what = "0 rows of the ETL's tables in this database were written while the ETL ran."
    why = (
        "It ended with status 0 and has imported nothing here: it wrote to another database, or only ordered an import "
        "that runs elsewhere or later. What becomes of the rows then, nobody watches."
    )
    fix = (
        "Let both look at one database: run --etl-url-env DATABASE_URL, where the ETL reads its URL from DATABASE_URL."
    )
    return [weigh(found("import-not-seen", what, why, fix), guard.overrides)]


def misfits(guard: Guard, report: Report) -> list[Finding]:
    """Find that a person's decisions cannot be followed tonight: rows that wait are better than none put back."""
    if report.etl_exit_code != 0:
        return [_not_followed("The ETL did not end well: only what is exactly the same is put back.", guard)]
    try:
        guard.plans(lambda: restore.plan(guard.database, snapshot_of(report), guard.look(), guard.request))
    except errors.UsageError as error:
        return [_not_followed(error.message, guard)]
    return []


def _not_followed(why: str, guard: Guard) -> Finding:
    what = "0 decisions of the file that was given were followed: every row was judged without them."
    fix = Step("restore", "--dry-run", why="what waits; with --decisions and a corrected file it is put back")
    return weigh(found("decision-not-followed", what, why, fix), guard.overrides)


def put_back(guard: Guard, report: Report) -> Applied:
    """Restore the run's snapshot."""
    return restore.apply(guard, snapshot_of(report))


def judge_health(guard: Guard, report: Report) -> Health:
    """Prove every row against the run's snapshot."""
    return guard.plans(lambda: health.examine(guard, guard.look(), wanted=snapshot_of(report).id))


def critical(guard: Guard, report: Report, above: float) -> str:
    """Say why the run is to be rolled back; empty where it is not, or a person has named another snapshot."""
    snapshot, preservation, health_ = snapshot_of(report), report.result(Phase.CHECK), report.health
    if report.named or not snapshot.tables or health_ is None:
        return ""
    teams = preservation if isinstance(preservation, Preservation) else None
    night = rollback.critical.Night(report.etl_exit_code != 0, teams, health_)
    return guard.reads(lambda: rollback.critical.why(guard.database, guard.look(), snapshot, night, above))


def roll_back(guard: Guard, report: Report) -> RolledBack:
    """Put the ETL's tables and the protected rows back as they were when the run began."""
    return rollback.apply(guard, rollback.Wish(snapshot_of(report).id))


def rolled_back(database: Database, run: Run) -> Entry | None:
    """Return the ledger's entry of a run's rollback, in a reading transaction; None where it was not rolled back."""
    return next(
        (
            each
            for each in ledger.entries(database)
            if each.kind == ledger.ROLLBACK and each.snapshot == run.snapshot and each.at >= run.started_at
        ),
        None,
    )


def clean_up(guard: Guard, keep_last: int, number: int | None) -> tuple[Ruling, ...]:
    """Remove old snapshots."""
    return tuple(cleanup.apply(guard, Rule(keep_last), run=number))


def snapshot_of(report: Report) -> snapshots.Snapshot:
    """Return the run's own snapshot, or the one that a person named in its place.

    Raises:
        errors.NoSnapshotError: there is none.
    """
    if report.snapshot is None:
        raise errors.NoSnapshotError("This run has no snapshot.")
    return report.snapshot


def chosen(database: Database, run: Run, wanted: str | None) -> Snapshot:
    """Return the run's own snapshot, or the one that a person named in its place, proven to be whole.

    Args:
        database: in a reading transaction.
        run: the run that is to be finished.
        wanted: the id that a person named, or `latest` for the newest verified one that is whole; None for its own.

    Raises:
        errors.SnapshotError: it is gone or damaged; says how another one is named.
    """
    if wanted == LATEST:
        return _newest_whole(database)
    try:
        snapshot = snapshots.find(database, wanted or run.snapshot or "")
        snapshots.verify(database, snapshot)
    except errors.SnapshotError as error:
        which = "The snapshot that was named" if wanted else f"The snapshot that run {run.id} took"
        steps = (runs.resumption(LATEST), Step("snapshots", "verify", why="which ones are whole"))
        raise type(error)(f"{which} cannot be used. {error.message}", next_steps=steps) from error
    return snapshot


def _newest_whole(database: Database) -> Snapshot:
    whole, _ = snapshots.newest_whole(database, snapshots.listing(database))
    if whole is None:
        raise errors.NoSnapshotError(
            "No verified snapshot in this database is whole.",
            next_steps=(
                IMPORT_AN_EXPORT,
                Step("backup", "--accept-current", why="or, only where every row is in place"),
                runs.resumption(LATEST),
            ),
        )
    return whole

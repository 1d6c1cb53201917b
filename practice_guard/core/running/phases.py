"""What each phase of a run does. Each works on the run's own connection, in transactions of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from practice_guard.core import errors, restore, snapshots
from practice_guard.core.application import ProtectedSet, look
from practice_guard.core.checks import Preservation, health, preservation, safety
from practice_guard.core.database import Access, Database
from practice_guard.core.guarding import Request
from practice_guard.core.model import LATEST, Author, Severity
from practice_guard.core.records import Holder, Phase, Run, runs
from practice_guard.core.records.runs import ETL
from practice_guard.core.restore import Applied
from practice_guard.core.running import process, session
from practice_guard.core.running.lockfile import LockFile
from practice_guard.core.running.process import Ended
from practice_guard.core.running.report import PhaseDone, Report
from practice_guard.core.snapshots import Snapshot
from practice_guard.core.upkeep import Rule, Ruling, backup, cleanup


class Watcher(Protocol):
    """Is told what goes on."""

    def begins(self, phase: Phase) -> None:
        """A phase begins."""

    def ended(self, done: PhaseDone) -> None:
        """A phase is over."""


@dataclass(frozen=True)
class Job:
    """What is asked of a run.

    Attributes:
        command: the ETL's program and arguments; empty for a resumed run.
        environment: its environment variables.
        author: who and when.
        holder: this machine and process.
        sets: the protected sets.
        clock: the time, timezone-aware.
        lock_directory: where the lock file of this machine is kept.
        status_of: the exit status that a report will have, for the record.
        status_of_error: the exit status that an error will have which no report tells of.
        watcher: is told what goes on.
        request: thresholds and decisions for all plans.
        overrides: severities from the settings; see `safety.check`.
        schema: the application's schema.
        patience: seconds to go on trying for locks.
        max_age: how old the newest snapshot may be before it is warned of.
        keep_last: how many snapshots stay at the end.
        min_rate: percent of rows whose team should have kept its id; below it nothing fails.
        allow_pending: rows that wait for their team are no failure.
        finish_with: of a resumed run, the snapshot that a person names in place of its own, or `latest`.
        etl_timeout: seconds that the ETL may run; None for any time.
        etl_output: the file descriptor for the ETL's standard output; None for the guard's own.
        grace: seconds between the ETL's SIGTERM and SIGKILL.
        heartbeat: seconds between two looks at the connection while the ETL runs.
    """

    command: tuple[str, ...]
    environment: Mapping[str, str]
    author: Author
    holder: Holder
    sets: Sequence[ProtectedSet]
    clock: Callable[[], datetime]
    lock_directory: Path
    status_of: Callable[[Report], int]
    status_of_error: Callable[[BaseException], int]
    watcher: Watcher
    request: Request = field(default_factory=Request)
    overrides: Mapping[str, Severity] = field(default_factory=dict)
    schema: str = "public"
    patience: float = 30.0
    max_age: timedelta = timedelta(hours=26)
    keep_last: int = 14
    min_rate: float = 90.0
    allow_pending: bool = False
    finish_with: str | None = None
    etl_timeout: float | None = None
    etl_output: int | None = None
    grace: float = process.GRACE
    heartbeat: float = session.HEARTBEAT

    def request_after(self, report: Report) -> Request:
        """What is asked of plans after the ETL: only what is exactly matched, unless it went well (design)."""
        return replace(self.request, exact_only=self.request.exact_only or report.etl_exit_code != 0)


def validate(database: Database, job: Job) -> safety.Safety:
    """May the ETL run?"""
    with database.transaction(Access.READ):
        return safety.examine(
            database,
            job.sets,
            job.schema,
            environment=job.author.environment,
            now=job.author.now,
            max_age=job.max_age,
            request=job.request,
            overrides=job.overrides,
        )


def back_up(database: Database, job: Job, number: int) -> backup.Backup:
    """Take the run's own snapshot, and verify it."""
    return backup.take(
        database,
        job.sets,
        job.author,
        schema=job.schema,
        label=f"run {number}",
        request=job.request,
        patience=job.patience,
    )


def import_anew(job: Job, number: int, lock: LockFile) -> Ended:
    """Run the ETL; it inherits the lock file, and the server lists it under the run's name."""
    return process.run(
        job.command,
        environment={**job.environment, "PGAPPNAME": f"{ETL}:{number}"},
        keep_open=[lock.descriptor] if lock.descriptor is not None else [],
        output=job.etl_output,
        timeout=job.etl_timeout,
        grace=job.grace,
        started=lambda pid: lock.name_holder(f"process {pid} (the ETL of run {number})"),
    )


def check_preservation(database: Database, job: Job, report: Report) -> Preservation:
    """Find out which teams kept their id and are still the same."""
    snapshot = snapshot_of(report)
    with database.transaction(Access.READ):
        app = look(database, job.sets, job.schema)
        plan = restore.plan(database, snapshot, app, job.request_after(report))
        return preservation.check(snapshot, plan, app, job.min_rate, job.overrides)


def put_back(database: Database, job: Job, report: Report) -> Applied:
    """Restore the run's snapshot."""
    return restore.apply(
        database,
        job.sets,
        snapshot_of(report),
        job.author.later(job.clock()),
        job.request_after(report),
        schema=job.schema,
        patience=job.patience,
    )


def judge_health(database: Database, job: Job, report: Report) -> health.Health:
    """Prove every row against the run's snapshot."""
    with database.transaction(Access.READ):
        return health.examine(
            database,
            look(database, job.sets, job.schema),
            wanted=snapshot_of(report).id,
            baseline=None,
            request=job.request_after(report),
            fail_on_warning=False,
            overrides=job.overrides,
        )


def clean_up(database: Database, job: Job, number: int | None) -> tuple[Ruling, ...]:
    """Remove old snapshots."""
    rulings = cleanup.apply(
        database,
        job.sets,
        Rule(job.keep_last),
        job.clock(),
        environment=job.author.environment,
        schema=job.schema,
        patience=job.patience,
        author=job.author.later(job.clock()),
        run=number,
    )
    return tuple(rulings)


def snapshot_of(report: Report) -> snapshots.Snapshot:
    """Return the run's own snapshot, or the one that a person named in its place.

    Raises:
        errors.NoSnapshotError: there is none.
    """
    if report.snapshot is None:
        raise errors.NoSnapshotError("This run has no snapshot.")
    return report.snapshot


def chosen(database: Database, run: Run, wanted: str | None, environment: str) -> Snapshot:
    """Return the run's own snapshot, or the one that a person named in its place, proven to be whole.

    Args:
        database: in a reading transaction.
        run: the run that is to be finished.
        wanted: the id that a person named, or `latest` for the newest verified one that is whole; None for its own.
        environment: for the commands to copy.

    Raises:
        errors.SnapshotError: it is gone or damaged; says how another one is named.
    """
    way_out = runs.resumption(environment, LATEST)
    if wanted == LATEST:
        return _newest_whole(database, way_out, environment)
    try:
        snapshot = snapshots.find(database, wanted or run.snapshot or "")
        snapshots.verify(database, snapshot)
    except errors.SnapshotError as error:
        which = "The snapshot that was named" if wanted else f"The snapshot that run {run.id} took"
        steps = (way_out, f"practice-guard snapshots verify --env {environment}   # which ones are whole")
        raise type(error)(f"{which} cannot be used. {error.message}", next_steps=steps) from error
    return snapshot


def _newest_whole(database: Database, way_out: str, environment: str) -> Snapshot:
    for each in snapshots.listing(database):
        if each.verified_at is not None and not snapshots.fault(database, each):
            return each
    raise errors.NoSnapshotError(
        "No verified snapshot in this database is whole.",
        next_steps=(
            f"practice-guard snapshots import FILE --env {environment}   # from an export",
            f"practice-guard backup --accept-current --env {environment}   # or, only where every row is in place",
            way_out,
        ),
    )

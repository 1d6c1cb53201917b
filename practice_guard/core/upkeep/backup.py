"""A backup: never makes damage the truth, carries on what still waits, and is read back before it counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from practice_guard.core import errors, restore, snapshots
from practice_guard.core.application import Application, ProtectedSet, lock_for_reading, look
from practice_guard.core.application import catalog as catalogs
from practice_guard.core.checks import drift
from practice_guard.core.database import Access, Database, locks
from practice_guard.core.findings import found
from practice_guard.core.guarding import Request
from practice_guard.core.model import Author, Finding, Severity, Verdict
from practice_guard.core.records import installation
from practice_guard.core.restore import Plan
from practice_guard.core.snapshots import Snapshot
from practice_guard.core.upkeep.carry import carries


@dataclass(frozen=True, slots=True)
class Backup:
    """What a backup did. `snapshot` is None where it refused; then nothing was written and `latest` stays."""

    snapshot: Snapshot | None
    findings: tuple[Finding, ...]
    previous: Snapshot | None
    skipped: tuple[str, ...]

    @property
    def verdict(self) -> Verdict:
        """Fine when there is a new snapshot, else refused."""
        return Verdict.FINE if self.snapshot else Verdict.REFUSED


def take(
    database: Database,
    sets: Sequence[ProtectedSet],
    author: Author,
    *,
    schema: str = "public",
    label: str = "",
    accept_current: bool = False,
    request: Request | None = None,
    patience: float = 30.0,
) -> Backup:
    """Take a snapshot in one transaction that locks first and reads then, and verify it in another.

    Args:
        database: where; its transactions are opened here.
        sets: the protected sets.
        author: environment, program version and time.
        schema: the application's schema.
        label: a word for people.
        accept_current: take what is there now as the truth, also where it looks like damage; recorded.
        request: thresholds and decisions for the comparison with the last snapshot.
        patience: seconds to go on trying for locks.

    Raises:
        errors.UsageError: the label is no text.
        errors.WrongDatabaseError: the database is marked for another environment.
        errors.SchemaError: a protected table is gone, or has changed so that rows that wait cannot be carried on.
        errors.DamagedSnapshotError: what was read back is not what was written, or no snapshot is whole any more.
        errors.LockedError: another guard is at work, or locks could not be had in time.
    """
    if "\0" in label or not label.isprintable():
        raise errors.UsageError("The label must be text that can be printed. Nothing was done.")
    with database.transaction(Access.READ):
        installation.check_mark(installation.locate(database), author.environment)
        catalog = catalogs.read(database, schema)

    def work(within: float) -> Backup:
        lock_for_reading(database, catalog, sets, within)
        locks.take(database)
        app = look(database, sets, schema)
        return _take(database, app, author, label, request or Request(), accept_current)

    taken = locks.attempt(database, Access.SNAPSHOT, work, patience=patience)
    if taken.snapshot is None:
        return taken
    with database.transaction(Access.WRITE):
        verified = snapshots.confirm(database, taken.snapshot, author.done)
    return Backup(verified, taken.findings, taken.previous, taken.skipped)


def _take(
    database: Database, app: Application, author: Author, label: str, request: Request, accept_current: bool
) -> Backup:
    last, findings = _last_good(database, accept_current=accept_current)
    plan: Plan | None = None
    rows = sum(len(restore.live_rows(database, bound)) for bound in app.sets)
    if last is None:
        findings += drift.first(rows)
    else:
        findings += drift.drift(last, app)
        part = snapshots.without(last, app.skipped) if accept_current else last
        plan = restore.plan(database, part, app, request)
        findings += drift.since(plan, last, rows)
    findings += drift.older_than_their_team(database, app, plan)
    skipped = tuple(app.skipped)
    refusing = any(finding.severity is Severity.ERROR for finding in findings)
    if refusing and not accept_current:
        return Backup(None, tuple(findings), last, skipped)
    place = installation.ensure(database, author.environment, author.now)
    name = snapshots.new_id(author.now)
    new = snapshots.write(
        database,
        [*app.companions, *app.sets],
        app.now,
        place,
        catalog=app.catalog,
        now=author.now,
        label=label,
        tool_version=author.tool_version,
        accepted_current=refusing,
        name=name,
        previous=last,
        carries=carries(database, app, last, plan, name, lossy=accept_current) if last and plan else None,
    )
    return Backup(new, tuple(drift.accepted(findings)), last, skipped)


def _last_good(database: Database, *, accept_current: bool) -> tuple[Snapshot | None, list[Finding]]:
    """Return the newest snapshot that was verified and still is whole, and what is wrong with those passed over."""
    findings: list[Finding] = []
    for each in snapshots.listing(database):
        if each.verified_at is None:
            continue
        problem = snapshots.fault(database, each)
        if not problem:
            return each, findings
        why = "It was passed over: what is there now was compared with an older one."
        fix = f"practice-guard cleanup --snapshot {each.id}"
        findings.append(found("snapshot-passed-over", f"1 snapshot cannot be trusted: {problem}", why, fix))
    if findings and not accept_current:
        raise errors.DamagedSnapshotError(
            f"None of the {len(findings)} snapshots is whole, so nothing says what ought to be there. The newest: "
            f"{findings[0].what.partition(': ')[2]} Nothing was written.",
            next_steps=(
                "practice-guard snapshots import FILE   # from an export",
                "practice-guard backup --accept-current   # only where every row is known to be in place",
            ),
        )
    return None, findings

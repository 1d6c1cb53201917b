"""A backup: never makes damage the truth, carries on what still waits, and is read back before it counts."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from practice_guard.core import errors
from practice_guard.core.application import catalog as catalogs
from practice_guard.core.application.protected import Bound, ProtectedSet
from practice_guard.core.application.state import Surroundings, lock_for_reading, look
from practice_guard.core.checks import drift
from practice_guard.core.database import locks
from practice_guard.core.database.connection import Access, Database
from practice_guard.core.findings.severities import found
from practice_guard.core.model import Finding, Severity, Verdict
from practice_guard.core.records import installation
from practice_guard.core.restore import transaction
from practice_guard.core.restore.chains import Renamed
from practice_guard.core.restore.plans import Bucket, Kept, Origin, Plan, PlannedRow
from practice_guard.core.restore.transaction import Author, Request
from practice_guard.core.snapshots import snapshot
from practice_guard.core.snapshots.copies import Carry
from practice_guard.core.snapshots.snapshot import Snapshot


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
        around = look(database, sets, schema)
        return _take(database, around, author, label, request or Request(), accept_current)

    taken = locks.attempt(database, Access.SNAPSHOT, work, patience=patience)
    if taken.snapshot is None:
        return taken
    with database.transaction(Access.WRITE):
        verified = snapshot.confirm(database, taken.snapshot, author.done)
    return Backup(verified, taken.findings, taken.previous, taken.skipped)


def _take(
    database: Database, around: Surroundings, author: Author, label: str, request: Request, accept_current: bool
) -> Backup:
    last, findings = _last_good(database, accept_current=accept_current)
    made: Plan | None = None
    rows = sum(len(transaction.live_rows(database, bound)) for bound in around.sets)
    if last is None:
        findings += drift.first(rows)
    else:
        findings += drift.drift(last, around)
        part = snapshot.without(last, around.skipped) if accept_current else last
        made = transaction.plan(database, part, around, request)
        findings += drift.since(made, last, rows)
    findings += drift.older_than_their_team(database, around, made)
    skipped = tuple(around.skipped)
    refusing = any(finding.severity is Severity.ERROR for finding in findings)
    if refusing and not accept_current:
        return Backup(None, tuple(findings), last, skipped)
    place = installation.ensure(database, author.environment, author.now)
    name = snapshot.new_id(author.now)
    new = snapshot.write(
        database,
        [*around.witnesses, *around.sets],
        around.now,
        place,
        catalog=around.catalog,
        now=author.now,
        label=label,
        tool_version=author.tool_version,
        accepted_current=refusing,
        name=name,
        previous=last,
        carries=_carries(database, around, last, made, name, lossy=accept_current) if last and made else None,
    )
    return Backup(new, tuple(drift.accepted(findings)), last, skipped)


def _last_good(database: Database, *, accept_current: bool) -> tuple[Snapshot | None, list[Finding]]:
    """Return the newest snapshot that was verified and still is whole, and what is wrong with those passed over."""
    findings: list[Finding] = []
    for each in snapshot.listing(database):
        if each.verified_at is None:
            continue
        problem = snapshot.problem(database, each)
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


def _carries(
    database: Database, around: Surroundings, last: Snapshot, made: Plan, name: str, *, lossy: bool
) -> dict[str, Carry]:
    """Find what the next snapshot takes over: rows that wait, and ids that only an older team list explains."""
    carries: dict[str, Carry] = {}
    renamed = Renamed(last.id, name)
    needed: set[Origin] = set()
    for bound in _kept_witnesses(around, last):
        renamed.learn_witnesses(bound, transaction.kept_rows(database, last.sets[bound.name], bound, last.id))
    for bound in around.sets:
        if bound.name not in made.sets:
            continue
        stored = transaction.kept_rows(database, last.sets[bound.name], bound, last.id)
        kept = {row.row: renamed.follow(bound, row) for row in stored}
        if bound.name in around.keys:
            renamed.learn(bound, stored, made.sets[bound.name])
        rows: list[tuple[int, str]] = []
        anchors: list[tuple[str, str]] = []
        for row in made.sets[bound.name].rows:
            if row.bucket is Bucket.PENDING and row.live_key is None:
                places: Sequence[int] = range(len(bound.references))
                rows.append((row.row, _origins(bound, kept[row.row], places)))
            elif row.live_key is not None and (places := _unexplained(row, kept[row.row], name)):
                anchors.append((row.live_key, _origins(bound, kept[row.row], places)))
            else:
                places = ()
            needed |= {ref for place in places if (ref := kept[row.row].refs[place])}
        carries[bound.name] = Carry(tuple(rows), tuple(anchors), lossy)
    for bound in _kept_witnesses(around, last):
        stored = transaction.kept_rows(database, last.sets[bound.name], bound, last.id)
        seen = [row for row in stored if renamed.name(bound, row) in needed]
        carried = tuple((row.row, _origins(bound, row, range(len(row.refs)))) for row in seen)
        carries[bound.name] = Carry(carried, (), lossy)
    return carries


def _kept_witnesses(around: Surroundings, last: Snapshot) -> list[Bound]:
    return [bound for bound in around.witnesses if bound.name in last.sets]


def _unexplained(row: PlannedRow, kept: Kept, name: str) -> list[int]:
    """Return the references of a live row that the row itself, in the snapshot `name`, does not explain."""
    open_end = row.bucket in (Bucket.PENDING, Bucket.GIVEN_UP)
    places = range(len(kept.refs)) if open_end else row.unresolved
    plain = [None if ref is None else (name, ref) for ref in row.after or ()]
    return [place for place in places if kept.refs[place] is not None and kept.refs[place] != plain[place]]


def _origins(bound: Bound, kept: Kept, places: Sequence[int]) -> str:
    named = {bound.references[place].column: kept.refs[place] for place in places}
    return json.dumps({name: {"list": ref[0], "id": ref[1]} for name, ref in named.items() if ref is not None})

"""A backup: never makes damage the truth, carries on what still waits, and is read back before it counts."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from practice_guard.core import catalog as catalogs
from practice_guard.core import locks, restore, snapshot, storage
from practice_guard.core.chains import Renamed
from practice_guard.core.copies import Carry
from practice_guard.core.database import Access, Database
from practice_guard.core.model import Finding, Severity, Verdict
from practice_guard.core.plan import Bucket, Kept, Plan, PlannedRow
from practice_guard.core.protected import ProtectedSet
from practice_guard.core.restore import Author, Request
from practice_guard.core.snapshot import Snapshot
from practice_guard.core.surroundings import Surroundings, lock_for_reading, look


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
        errors.WrongDatabaseError: the database is marked for another environment.
        errors.DamagedSnapshotError: what was read back is not what was written.
        errors.LockedError: another guard is at work, or locks could not be had in time.
    """
    with database.transaction(Access.READ):
        storage.check_mark(storage.locate(database), author.environment)
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
        verified = snapshot.confirm(database, taken.snapshot, author.now)
    return Backup(verified, taken.findings, taken.previous, taken.skipped)


def _take(
    database: Database, around: Surroundings, author: Author, label: str, request: Request, accept_current: bool
) -> Backup:
    last = _last(database)
    made = restore.plan(database, last, around, request) if last else None
    rows = sum(len(restore.live_rows(database, bound)) for bound in around.sets)
    findings = _damage(made, last, rows)
    skipped = tuple(around.skipped)
    if any(finding.severity is Severity.ERROR for finding in findings) and not accept_current:
        return Backup(None, tuple(findings), last, skipped)
    place = storage.ensure(database, author.environment, author.now)
    name = snapshot.new_id(author.now)
    new = snapshot.write(
        database,
        around.sets,
        around.now,
        place,
        catalog=around.catalog,
        now=author.now,
        label=label,
        tool_version=author.tool_version,
        accepted_current=accept_current,
        name=name,
        previous=last,
        carries=_carries(database, around, last, made, name) if last and made else None,
    )
    return Backup(new, tuple(findings), last, skipped)


def _last(database: Database) -> Snapshot | None:
    return next((each for each in snapshot.listing(database) if each.verified_at is not None), None)


def _damage(made: Plan | None, last: Snapshot | None, rows: int) -> list[Finding]:
    """Say why what is there now may not become the truth, and what users did since the last snapshot."""
    restore_first = "practice-guard restore --dry-run"
    if made is None or last is None:
        if rows:
            return []
        what = "0 protected rows in this database."
        why = "A first snapshot of nothing protects nothing, and would say that nothing is right."
        return [Finding("nothing-to-protect", Severity.ERROR, what, why, "practice-guard backup --accept-current")]
    findings: list[Finding] = []
    counts = made.counts()
    open_rows = made.writes()
    if open_rows:
        findings.append(
            Finding(
                "import-not-restored",
                Severity.ERROR,
                f"{open_rows} rows of snapshot {last.id} are not in place: {counts['insert']} are not there, "
                f"{counts['relink']} hang on no team, a vanished one or a wrong one.",
                "An import ran since and no restore followed. A snapshot of this would make the damage the truth.",
                restore_first,
                rows=open_rows,
            )
        )
    elif rows == 0 and last.rows:
        what = f"0 protected rows where snapshot {last.id} has {last.rows}."
        why = "A snapshot of nothing would be the next one to be restored."
        findings.append(Finding("nothing-left", Severity.ERROR, what, why, restore_first, rows=last.rows))
    if counts["deleted"]:
        what = f"{counts['deleted']} rows were deleted by users since snapshot {last.id}."
        why = "No import ran in between, so the ETL did not take them."
        findings.append(Finding("rows-deleted", Severity.INFO, what, why, rows=counts["deleted"]))
    return findings


def _carries(database: Database, around: Surroundings, last: Snapshot, made: Plan, name: str) -> dict[str, Carry]:
    """Find what the next snapshot takes over: rows that wait, and ids that only an older team list explains."""
    carries: dict[str, Carry] = {}
    renamed = Renamed(last.id, name)
    for bound in around.sets:
        if bound.name not in made.sets:
            continue
        stored = restore.kept_rows(database, last.sets[bound.name], bound, last.id)
        kept = {row.row: renamed.follow(bound, row) for row in stored}
        if bound.name in around.keys:
            renamed.learn(bound, stored, made.sets[bound.name])
        names = [reference.column for reference in bound.references]
        rows: list[tuple[int, str]] = []
        anchors: list[tuple[str, str]] = []
        for row in made.sets[bound.name].rows:
            if row.bucket is Bucket.PENDING and row.live_key is None:
                rows.append((row.row, _origins(names, kept[row.row], range(len(names)))))
            elif row.live_key is not None and (places := _unexplained(row, kept[row.row], name)):
                anchors.append((row.live_key, _origins(names, kept[row.row], places)))
        carries[bound.name] = Carry(tuple(rows), tuple(anchors))
    return carries


def _unexplained(row: PlannedRow, kept: Kept, name: str) -> list[int]:
    """Return the references of a live row that the row itself, in the snapshot `name`, does not explain."""
    places = range(len(kept.refs)) if row.bucket is Bucket.PENDING else row.unresolved
    plain = [None if ref is None else (name, ref) for ref in row.after or ()]
    return [place for place in places if kept.refs[place] is not None and kept.refs[place] != plain[place]]


def _origins(names: Sequence[str], kept: Kept, places: Sequence[int]) -> str:
    found = {names[place]: kept.refs[place] for place in places}
    return json.dumps({name: {"list": ref[0], "id": ref[1]} for name, ref in found.items() if ref is not None})

"""A backup: never makes damage the truth, carries on what still waits, and is read back before it counts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NoReturn

from practice_guard.core import errors, restore, snapshots
from practice_guard.core.application import Application, incidental, lock_for_reading
from practice_guard.core.checks import drift, orphans
from practice_guard.core.database import Access, Database, attempted, fitted, locks
from practice_guard.core.findings import found
from practice_guard.core.guarding import Guard
from practice_guard.core.model import Finding, Severity, Verdict
from practice_guard.core.records import installation
from practice_guard.core.restore import Workings
from practice_guard.core.snapshots import Header, Inheritance, Snapshot
from practice_guard.core.steps import IMPORT_AN_EXPORT, Step
from practice_guard.core.upkeep import adoption as adopting
from practice_guard.core.upkeep import retention
from practice_guard.core.upkeep.carry import carries
from practice_guard.core.words import agreeing

_ACCEPTABLE = frozenset({"rows-absent", "rows-deleted", "rows-moved"})
"""What stops no backup, and what a person who accepts what is there has accepted too."""


@dataclass(frozen=True, slots=True)
class Backup:
    """What a backup did. `snapshot` is None where it refused; then nothing was written and `latest` stays.

    `adoption` is None where none was asked for.
    """

    snapshot: Snapshot | None
    findings: tuple[Finding, ...]
    previous: Snapshot | None
    skipped: tuple[str, ...]
    left_out: Mapping[str, str] = field(default_factory=dict)
    adoption: adopting.Adoptions | None = None

    @property
    def verdict(self) -> Verdict:
        """Fine when there is a new snapshot, else refused."""
        return Verdict.FINE if self.snapshot else Verdict.REFUSED


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked of a backup.

    Attributes:
        label: a word for people.
        accept_current: take what is there now as the truth, also where it looks like damage; recorded.
        orphans_from: the snapshot, or `latest`, by whose lists rows are adopted that hang on ids which are gone.
        shown: what the person who asks was told of that; None where nobody was.
        full: keep the ETL's own tables too, so that a rollback can put them back.
    """

    label: str = ""
    accept_current: bool = False
    orphans_from: str | None = None
    shown: adopting.Adoptions | None = None
    full: bool = False


def take(guard: Guard, *, label: str = "", accept_current: bool = False) -> Backup:
    """Take a snapshot in one transaction that locks first and reads then, and verify it in another.

    Args:
        guard: where and on whose behalf; its request is for the comparison with the last snapshot.
        label: a word for people.
        accept_current: take what is there now as the truth, also where it looks like damage; recorded.

    Raises:
        errors.GuardError: as `take_as`.
    """
    return take_as(guard, Wish(label, accept_current))


def take_as(guard: Guard, wish: Wish) -> Backup:
    """Take a snapshot as it is wished for; see `take`.

    Raises:
        errors.UsageError: the label is no text.
        errors.WrongDatabaseError: the database is marked for another environment, or the snapshot of which the orphans
            are to be is another's.
        errors.NoSnapshotError: the snapshot of which the orphans are to be is not there.
        errors.SchemaError: a protected table is gone, or has changed so that rows that wait cannot be carried on.
        errors.DamagedSnapshotError: what was read back is not what was written, or no snapshot is whole any more.
        errors.StalePlanError: other rows hang on ids that are gone than were shown.
        errors.LockedError: another guard is at work, or locks could not be had in time.
    """
    taken = _in_a_transaction(guard, wish, lambda taken: taken)
    if taken.snapshot is None:
        return taken
    guard.watcher.begins("reading the copy back", taken.snapshot.rows)
    with guard.database.transaction(Access.WRITE):
        verified = snapshots.confirm(guard.database, taken.snapshot, guard.author.done)
    return replace(taken, snapshot=verified)


def attempt(guard: Guard, wish: Wish) -> Backup:
    """Take a snapshot as `take_as` does and let nothing of it stay: what would be adopted is then known.

    Raises:
        errors.GuardError: as `take_as`.
    """

    def work(leave: Callable[[Backup], NoReturn]) -> None:
        _in_a_transaction(guard, wish, leave)

    return attempted(work)


def _in_a_transaction(guard: Guard, wish: Wish, then: Callable[[Backup], Backup]) -> Backup:
    if "\0" in wish.label or not wish.label.isprintable():
        raise errors.UsageError("The label must be text that can be printed. Nothing was done.")
    database = guard.database
    if fitted(database, wish.label) != wish.label:
        raise errors.UsageError(
            f"This database ({database.encoding}) has no letters for the label {wish.label}. Nothing was done."
        )
    with database.transaction(Access.READ):
        guard.check_mark()
        server, catalog = locks.ask(database), guard.catalog()

    more = catalog.etl_tables | guard.etl_tables if wish.full else frozenset()

    def work(within: float) -> Backup:
        lock_for_reading(database, catalog, guard.sets, within, guard.parents, more)
        locks.take(database)
        return then(_take(guard, guard.look(), wish))

    return locks.attempt(database, Access.SNAPSHOT, work, patience=guard.patience, server=server)


def _take(guard: Guard, app: Application, wish: Wish) -> Backup:
    database, author, accept_current = guard.database, guard.author, wish.accept_current
    known = snapshots.listing(database)
    source = None if wish.orphans_from is None else adopting.source(guard, wish.orphans_from)
    last, findings = _last_good(database, known, accept_current=accept_current)
    workings: Workings | None = None
    rows = restore.count_rows(database, app.sets)
    guard.watcher.begins("comparing with the last snapshot", rows)
    if last is None:
        findings += drift.first(restore.count_alone(database, app), guard.request.bulk, incidental(app.sets))
    else:
        findings += drift.drift(last, app)
        part = snapshots.without(last, snapshots.gone(last, app)) if accept_current else last
        workings = restore.work_out(database, part, app, guard.request)
        findings += drift.since(workings, rows)
        findings += _new(database, app, last, known, adopted=source is not None)
    findings += drift.older_than_their_team(database, app, workings)
    skipped = tuple(app.missed)
    refusing = any(finding.severity is Severity.ERROR for finding in findings)
    if refusing and not accept_current:
        return Backup(None, tuple(findings), last, skipped, app.left_out)
    place = installation.ensure(database, author.environment, author.now)
    keeps = () if accept_current else _keeps(last, findings)
    accepted = accept_current and (_is_missed(findings) or bool(retention.missed(known)))
    tables = snapshots.whole.tables(app, guard.etl_tables) if wish.full else ()
    header = Header(snapshots.new_id(database, author.now), place, author, wish.label, accepted, keeps, tables)
    carried = carries(workings, header.id, lossy=accept_current) if workings else {}
    guard.watcher.begins("copying rows", rows)
    adoption = adopting.begun(source, app) if source else None
    new = snapshots.write(database, app, header, Inheritance(last, carried, adoption))
    report = adopting.told(guard, app, source, adoption, known) if source and adoption else None
    if report is not None:
        _check_shown(report, wish.shown)
        findings += adopting.findings(database, report, known)
    return Backup(new, tuple(drift.accepted(findings)), last, skipped, app.left_out, report)


def _new(
    database: Database, app: Application, last: Snapshot, known: Sequence[Snapshot], *, adopted: bool
) -> list[Finding]:
    """Find rows of new sets that hang on what is gone; where they are adopted, only those that nobody adopts."""
    names = {bound.name for bound in app.sets if bound.name not in last.sets}
    if not names:
        return []
    alone = restore.count_alone(database, app)
    if adopted:
        chained = {bound.name for bound in app.sets if bound.references[0].parent is not None}
        return drift.new({name: each for name, each in alone.items() if name in chained}, last)
    gone = {name for name in names if alone[name].vanished}
    return drift.new(alone, last, orphans.adopting(database, orphans.vanished(database, app, gone), known))


def _check_shown(report: adopting.Adoptions, shown: adopting.Adoptions | None) -> None:
    """Refuse to adopt anything else than what a person was shown."""
    if shown is not None and shown != report:
        raise errors.StalePlanError(
            "Other rows hang on ids that are gone than were shown a moment ago. Nothing was written.",
            next_steps=(Step("backup", "--orphans-from", report.source),),
        )


def _is_missed(findings: Sequence[Finding]) -> bool:
    """Whether there is anything that a person must accept, or may, where rows are not there or elsewhere."""
    return any(each.severity is Severity.ERROR or each.code in _ACCEPTABLE for each in findings)


def _keeps(last: Snapshot | None, findings: Sequence[Finding]) -> tuple[str, ...]:
    """Return the snapshots that are kept until a person says that what only they have is not missed."""
    if last is None:
        return ()
    absent = any(finding.code == "rows-absent" for finding in findings)
    return (*last.keeps, last.id) if absent else last.keeps


def _last_good(
    database: Database, known: Sequence[Snapshot], *, accept_current: bool
) -> tuple[Snapshot | None, list[Finding]]:
    """Return the newest whole snapshot of those known, and a finding for each one passed over."""
    last, passed_over = snapshots.newest_whole(database, known)
    if last is None and passed_over and not accept_current:
        some = f"None of the {len(passed_over)} verified snapshots is whole"
        none = agreeing(len(passed_over), "The only verified snapshot is not whole", some)
        raise errors.DamagedSnapshotError(
            f"{none}, so nothing says what ought to be there. The newest: {next(iter(passed_over.values()))} "
            "Nothing was written.",
            next_steps=(
                IMPORT_AN_EXPORT,
                Step("backup", "--accept-current", why="only where every row is known to be in place"),
            ),
        )
    return last, [_passed_over(*each) for each in passed_over.items()]


def _passed_over(snapshot: str, fault: str) -> Finding:
    why = "It was passed over: what is there now was compared with an older one."
    fix = Step("cleanup", "--snapshot", snapshot)
    return found("snapshot-passed-over", f"1 snapshot cannot be trusted: {fault}", why, fix)

"""The commands' work through a caller's connection: what `etl` and `protect` are made of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from typing import Any

from practice_guard import __version__, settings
from practice_guard.core import application, restore, snapshots
from practice_guard.core.application import Declared, imprint
from practice_guard.core.checks import Health, health, preservation, safety
from practice_guard.core.database import Access, Borrowed, Timeouts
from practice_guard.core.errors import DamagedSnapshotError, GuardError, HealthError, NoSnapshotError, UsageError
from practice_guard.core.guarding import Guard
from practice_guard.core.model import KEEP_LAST, MIN_RATE, Author, Evidence, Finding, Severity, Verdict
from practice_guard.core.records import imprints, installation, ledger
from practice_guard.core.restore import Bucket, Plan
from practice_guard.core.snapshots import Snapshot
from practice_guard.core.steps import lines
from practice_guard.core.upkeep import Rule, backup, cleanup
from practice_guard.core.words import counted
from practice_guard.etl.voice import Voice
from practice_guard.render import reports, restoring
from practice_guard.render.outcome import Outcome
from practice_guard.settings import Settings

_COPY_TRIES = 5
_NOT_PLACED = (Bucket.PENDING, Bucket.DELETED, Bucket.GIVEN_UP)


@dataclass
class Inside:
    """One call from inside an ETL: the caller's database, what the settings say, and how to log.

    Attributes:
        around: whether it took the snapshot itself, before a block that imports.
    """

    database: Borrowed
    settings: Settings
    environment: str
    say: Voice
    declared: Declared
    around: bool = False

    @property
    def now(self) -> datetime:
        """The time; an import may take long between two parts of one call."""
        return datetime.now(timezone.utc)

    @property
    def guard(self) -> Guard:
        """A guard aimed at the caller's database, with what the settings say."""
        author = Author(self.environment, __version__, self.now)
        return settings.guard(self.settings, self.database, self.declared, author)

    def guard_after(self, wanted: str) -> Guard:
        """Return one for what comes after an import, whose doing it is that what was there before is gone.

        Args:
            wanted: the snapshot that was taken before it.
        """
        guard = self.guard
        return replace(guard, request=replace(guard.request, import_ran=self._import_ran(guard, wanted)))

    def _import_ran(self, guard: Guard, wanted: str) -> bool:
        """Whether the caller may have imported since a snapshot: nobody may have, where it is restored by hand."""
        if self.around:
            return True
        try:
            then = imprint.load(snapshots.find(self.database, wanted).imprint)
        except NoSnapshotError:
            return False
        if imprints.is_of_this_transaction(self.database, then):
            return True
        return imprints.is_stirred(self.database, guard.look(), then, guard.request.bulk)

    def checks_safety(self) -> tuple[bool, list[str]]:
        """See `etl.validate_etl_safety_preconditions`."""
        with self.database.transaction(Access.PLAN):
            report = safety.examine(self.guard, inside_etl=True)
        self.tells(reports.safety(report))
        return report.safe, self._issues(report.findings)

    def backs_up(self) -> Snapshot:
        """See `etl.create_enhanced_practice_time_backup`."""
        report = self._backup()
        outcome = self.tells(reports.backup(report))
        if report.snapshot is None:
            why, findings = " ".join(self._issues(report.findings)), tuple(map(self._whole, report.findings))
            raise HealthError(f"{outcome.sentence} {why}", next_steps=outcome.next_steps, findings=findings)
        self.around = True
        return report.snapshot

    def _backup(self, tries: int = _COPY_TRIES) -> backup.Backup:
        """Take it again when a user wrote between a table and its copy: here each statement sees its own state."""
        try:
            with self.database.transaction(Access.WRITE):
                return backup.take(self.guard)
        except DamagedSnapshotError:
            if tries == 1:
                raise
        return self._backup(tries - 1)

    def checks_preservation(self, wanted: str) -> tuple[bool, dict[str, Any]]:
        """See `etl.validate_team_id_preservation_post_etl`."""
        with self.database.transaction(Access.PLAN):
            guard, snapshot = self.guard_after(wanted), snapshots.find(self.database, wanted)
            snapshots.verify(self.database, snapshot)
            app = guard.look()
            plan = restore.plan(self.database, snapshot, app, guard.request)
            report = preservation.check(snapshot, plan, app, MIN_RATE, guard.overrides)
        self.tells(reports.preservation(report))
        total, preserved = report.rows["total"], report.rows["kept"]
        return report.preserved, {
            "total": total,
            "preserved": preserved,
            "lost": total - preserved,
            "preservation_rate": report.rate if report.rate is not None else 0.0,
            "teams": dict(report.teams),
        }

    def restores(self, wanted: str, *, dry_run: bool = False) -> dict[str, Any]:
        """See `etl.restore_practice_times_with_fallback`."""
        with self.database.transaction(Access.PLAN):
            guard, snapshot = self.guard_after(wanted), snapshots.find(self.database, wanted)
            if dry_run:
                snapshots.verify(self.database, snapshot)
                workings = restore.work_out(self.database, snapshot, guard.look(), guard.request, tries=True)
                restore.check_columns(workings)
                restore.needs.check(workings)
        applied = None if dry_run else restore.apply(guard, snapshot)
        plan = applied.plan if applied else workings.plan
        self.tells(restoring.restore(plan, restoring.About(snapshot, self.now), applied=applied))
        return {**_placed(plan), "written": applied.written if applied else plan.writes()}

    def checks_health(self, wanted: str, before: int) -> dict[str, Any]:
        """See `etl.validate_practice_time_health`."""
        with self.database.transaction(Access.PLAN):
            guard = self.guard_after(wanted)
            app = guard.look()
            report = health.examine(guard, app, wanted=wanted)
            labelled = restore.count_labelled(self.database, app)
            restored = ledger.restored(self.database, report.snapshot)
        self.tells(reports.health(report))
        after, missing = _compared(report, before, labelled)
        issues = self._issues(report.findings)
        if report.snapshot and report.total.bad and not restored:
            issues.append(
                f"restore_practice_times_with_fallback was not called since snapshot {report.snapshot}: it puts "
                "back what is away, whatever validate_team_id_preservation_post_etl has said."
            )
            self.say(Severity.ERROR, issues[-1])
        if missing:
            issues.append(
                f"{counted(missing, 'row')} less than the {before} counted before, and no snapshot knows why."
            )
            self.say(Severity.ERROR, issues[-1])
        total = report.total
        return {
            "pre_etl_count": before,
            "post_etl_count": after,
            "difference": after - before,
            "orphaned_count": total.orphaned,
            "is_healthy": report.healthy and not missing,
            "verdict": str(Verdict.REFUSED if missing else report.verdict),
            "score": report.score,
            "lost": total.lost + missing,
            "wrong_team": total.wrong_team,
            "duplicated": total.duplicated,
            "added": total.added,
            "deleted": total.deleted,
            "moved": total.moved,
            "edited": total.edited,
            "pending": total.pending,
            "snapshot": report.snapshot,
            "issues": issues,
        }

    def cleans_up(self) -> list[str]:
        """See `etl.cleanup_enhanced_backup_tables`."""
        rulings = cleanup.apply(self.guard, Rule(KEEP_LAST))
        self.tells(reports.cleanup(rulings, dry_run=False))
        return [ruling.snapshot.id for ruling in rulings if ruling.goes]

    def tells(self, outcome: Outcome) -> Outcome:
        """Log what a command would have printed: its findings, and its verdict in one sentence."""
        for finding in outcome.findings:
            self.say(finding.severity, self._in_words(finding))
        weight = {
            Verdict.FINE: Severity.INFO,
            Verdict.WAITING: Severity.WARNING,
            Verdict.REFUSED: Severity.ERROR,
            Verdict.DAMAGED: Severity.ERROR,
        }
        self.say(weight[outcome.verdict], outcome.sentence)
        return outcome

    def _issues(self, findings: Sequence[Finding]) -> list[str]:
        return [self._in_words(finding) for finding in findings if finding.severity is Severity.ERROR]

    def _in_words(self, finding: Finding) -> str:
        fix = self._whole(finding).fix
        return " ".join(part for part in (finding.what, finding.why, f"Fix: {fix}" if fix else "") if part)

    def _whole(self, finding: Finding) -> Finding:
        """Return a finding with the commands that mend it as people type them in this environment."""
        return replace(finding, fix="\n".join(lines(finding.fix, self.environment)))


@contextmanager
def inside(
    given: Any, say: Voice, *, wanted: str | None = None, marked: bool = True, before: bool = False
) -> Iterator[Inside]:
    """Begin a call from inside an ETL and log what ends it.

    Args:
        given: the caller's cursor or connection.
        say: how to log.
        wanted: the environment, if PRACTICE_GUARD_ENV is not to say it.
        marked: whether a database marked for another environment is refused here.
        before: whether the import is still to come, so that what is declared can still be set right.

    Raises:
        errors.UsageError: nothing says which environment a server elsewhere is, or the connection cannot be used.
        errors.WrongDatabaseError: the database is marked for another environment.
    """
    environment = None
    try:
        found = settings.load()
        own = settings.load_declared(found)
        database = Borrowed(given, Timeouts(found.lock_timeout, found.statement_timeout), found.database_schema)
        environment = _environment(found, wanted, database.host)
        with database.whole():
            with database.transaction(Access.READ):
                place = installation.locate(database)
            if marked:
                installation.check_mark(place, environment)
            application.check_declared(database, own, found.database_schema, apart=before)
            yield Inside(database, found, environment, say, own)
    except GuardError as error:
        steps = error.next_steps = lines(error.next_steps, environment)
        if not isinstance(error, HealthError):  # of that one, what is wrong has been said
            say(Severity.ERROR, " ".join((error.message, *(f"Next: {step}" for step in steps))))
        raise


def _environment(found: Settings, wanted: str | None, host: str) -> str:
    """Take no server elsewhere for `local` because nobody said what it is: its mark would be wrong for ever."""
    local = not host or host.startswith(("/", "@")) or host in ("localhost", "127.0.0.1", "::1")
    if not (local or wanted or settings.named(found)):
        raise UsageError(
            "The ETL's database is on another host, and nothing says which environment that is. Set "
            "PRACTICE_GUARD_ENV to local, staging or railway (production) where the ETL runs. Nothing was done.",
            next_steps=("export PRACTICE_GUARD_ENV=staging",),
        )
    return settings.environment_of(found, wanted)


def _placed(plan: Plan) -> dict[str, Any]:
    counts = plan.counts()
    placed = [each for each in plan.sums if each.bucket not in _NOT_PLACED]
    direct = sum(each.rows for each in placed if each.evidence in (None, Evidence.SAME_ID))
    return {
        "direct": direct,
        "fallback": sum(each.rows for each in placed) - direct,
        "total": counts["total"],
        "pending": counts["pending"],
        "deleted": counts["deleted"],
        "given_up": counts["given_up"],
    }


def _compared(report: Health, before: int, labelled: int) -> tuple[int, int]:
    """Count the kind of rows that `before` counts, and how many of them are missing without the snapshot's knowing.

    Args:
        report: what was found.
        before: rows of all sets, practices, or practices by their label alone.
        labelled: how many of the last there are now.
    """
    practices, compared = report.sets.get("practices", report.total), report.snapshot is not None
    if compared and before == report.total.before:
        return report.total.after, 0
    explained = practices.pending + practices.deleted + practices.lost
    if compared and before == practices.before:
        return practices.after, 0
    return labelled, max(0, before - labelled - explained)

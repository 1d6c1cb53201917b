"""One process around the ETL: validate, back up, run it, check, restore, prove, clean up, with one verdict.

Every phase is written down before it begins. A run that stops after its ETL may have begun stays unfinished, and
`resume` finishes it: it never starts the ETL again, and puts back only what is exactly matched unless the ETL is known
to have gone well.
"""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import TypeVar

from practice_guard.core import errors
from practice_guard.core.database import Access, Database, locks
from practice_guard.core.guarding import Guard
from practice_guard.core.identity import Decisions
from practice_guard.core.model import Verdict
from practice_guard.core.records import Phase, Run, installation, ledger, runs
from practice_guard.core.restore import Applied
from practice_guard.core.running import cost, phases
from practice_guard.core.running.lockfile import LockFile
from practice_guard.core.running.phases import Job
from practice_guard.core.running.process import signal_in
from practice_guard.core.running.report import PhaseDone, PhaseResult, Report, not_removed, unknown_end
from practice_guard.core.running.session import Opener, Session, refuse_living_etl
from practice_guard.core.steps import Step

R = TypeVar("R", bound=PhaseResult)

_TIME_TO_SAY = 1.0
"""Seconds for the last words of a guard that was told to end."""


def run(open_database: Opener, job: Job) -> Report:
    """Run the ETL with the guard around it.

    Raises:
        errors.UsageError: there is a pooler in between, or no lock file can be made. Nothing was done.
        errors.LockedError: another guard, or an ETL that a run started, is at work. Nothing was done.
        errors.GuardError: it went wrong before there was a record of the run. Nothing was done.
    """
    cycle = _Cycle(open_database, job, Report(allow_pending=job.ends.allow_pending))
    return cycle.works(cycle.does_all)


def resume(open_database: Opener, job: Job) -> Report:
    """Finish a run that was ended before its end, without starting its ETL again.

    Raises:
        errors.UsageError: there is no such run, or a pooler in between. Nothing was done.
        errors.LockedError: that run, or its ETL, is still alive. Nothing was done.
    """
    cycle = _Cycle(open_database, job, Report(resumed=True, allow_pending=job.ends.allow_pending))
    return cycle.works(cycle.finishes)


@dataclass
class _Cycle:
    """A run at work. Errors of the guard end in its report; the record is written in any case that it can be."""

    open_database: Opener
    job: Job
    report: Report
    began: float = field(default_factory=time.monotonic)
    session: Session = field(init=False)
    lock: LockFile = field(init=False)
    phase: Phase | None = None
    concluded: bool = False
    decisions: Decisions | None = None

    def works(self, work: Callable[[], None]) -> Report:
        """Do the work, and write down how it ended, also when it is told to end or a fault ends it.

        Raises:
            errors.StoppedError: a signal ended it.
        """
        try:
            self._works(work)
        except (KeyboardInterrupt, SystemExit) as stop:
            number = signal_in(stop)
            if number is None:
                raise
            if self.concluded:
                return self.report
            stopped = self._stopped(number)
            self._last_words(stopped)
            raise stopped from None
        except errors.GuardError:
            raise
        except Exception as fault:
            self._last_words(fault)
            raise
        return self.report

    def _works(self, work: Callable[[], None]) -> None:
        with Session(self.open_database) as self.session:
            with self.database.transaction(Access.READ):
                locks.check_open(locks.ask(self.database))
                place = installation.locate(self.database)
            refuse_living_etl(self.database)
            with LockFile(self.job.lock_directory / f"{place.system}-{place.oid}.lock") as self.lock:
                try:
                    work()
                except errors.GuardError as error:
                    if self.report.run is None:
                        raise
                    self.report.error = error
                self._conclude()

    @property
    def database(self) -> Database:
        return self.session.database

    def guard(self, *, exact_only: bool = False, later: bool = False) -> Guard:
        """Aim a guard at the run's connection as it is now.

        Args:
            exact_only: only what is exactly matched is taken.
            later: what it writes is of this moment and not of the run's beginning.
        """
        guard, author = self.job.guard(self.database), self.job.author
        request = replace(guard.request, exact_only=guard.request.exact_only or exact_only)
        author = author.later(self.job.clock()) if later else author
        return replace(guard, request=request, author=author, watcher=self.job.watcher)

    def guard_after(self, *, later: bool = False) -> Guard:
        """Aim one for what comes after the ETL: only what is exactly matched, unless the ETL went well (design)."""
        guard = self.guard(exact_only=self.report.etl_exit_code != 0, later=later)
        return replace(guard, request=replace(guard.request, decisions=self.decisions))

    def does_all(self) -> None:
        """Do all phases, in order."""
        report = self.report
        blocked = self._close_harmless()
        guard = self.guard(exact_only=self._waits_for_a_good_etl())
        accept = self.job.ends.accept_current
        checked = self._phase(
            Phase.VALIDATE, lambda: phases.validate(guard, accept_current=accept), lambda found: found.safe
        )
        if blocked or not checked.safe:
            self._record_refusal()
            return
        begun = self._begin(Phase.BACKUP)
        taken = self._phase(
            Phase.BACKUP,
            lambda: phases.back_up(guard, begun.id, accept_current=accept, full=self.job.ends.full),
            lambda made: made.snapshot is not None,
        )
        if taken.snapshot is None:
            return
        report.snapshot = taken.snapshot
        self._advance(Phase.ETL)
        with self.session.kept_alive():
            ended = self._phase(
                Phase.ETL, lambda: phases.import_anew(self.job.etl, begun.id, self.lock), lambda found: not found.failed
            )
            report.etl_exit_code, report.etl_seconds = ended.exit_code, ended.seconds
        self._puts_back()

    def finishes(self) -> None:
        """Do what an unfinished run has left to do."""
        report = self.report
        with self.database.transaction(Access.READ):
            found = runs.unfinished(self.database)
        if found is None:
            raise errors.UsageError(
                "There is no unfinished run in this database.",
                next_steps=(Step("history", why="what there was"),),
            )
        with self.database.transaction(Access.WRITE):
            report.run = runs.take_over(self.database, found, self.job.holder)
        self.session.call_itself(f"{runs.GUARD}:{found.id}")
        report.earlier = found.phases
        report.etl_exit_code, report.etl_seconds = found.etl_exit_code, found.etl_seconds
        self.began -= found.guard_seconds + (found.etl_seconds or 0.0)
        if not found.touched:
            return
        with self.database.transaction(Access.READ):
            report.snapshot = phases.chosen(self.database, found, self.job.ends.finish_with)
            rolled_back = phases.rolled_back(self.database, found) if found.phase is Phase.ROLLBACK else None
        if rolled_back is not None:
            report.rolled_back = rolled_back.id
            return
        report.named = report.snapshot if report.snapshot.id != found.snapshot else None
        if found.etl_exit_code is None:
            report.findings.append(unknown_end())
        self._puts_back()

    def _puts_back(self) -> None:
        """After the ETL, however it ended: every row that can be placed is placed, and proven."""
        job, report = self.job, self.report
        self._advance(Phase.CHECK)
        self._waits_for_the_etl()
        report.findings += phases.import_not_seen(self.guard_after(), report)
        self._follows_decisions()
        try:
            self._phase(Phase.CHECK, lambda: phases.check_preservation(self.guard_after(), report))
        except errors.DatabaseError:
            raise
        except errors.GuardError:
            pass  # the restore meets the same, and its word counts
        self._advance(Phase.RESTORE)
        self._phase(Phase.RESTORE, lambda: phases.put_back(self.guard_after(later=True), report))
        self._advance(Phase.HEALTH)
        self._phase(
            Phase.HEALTH,
            lambda: phases.judge_health(self.guard_after(), report),
            lambda found: found.verdict is not Verdict.REFUSED,
        )
        self._goes_back_where_critical()
        if not report.complete:
            return
        self._advance(Phase.CLEANUP)
        try:
            run = report.run.id if report.run else None
            self._phase(Phase.CLEANUP, lambda: phases.clean_up(self.guard(later=True), job.ends.keep_last, run))
        except errors.UnreachableError:
            raise
        except errors.GuardError as error:
            report.findings.append(not_removed(error))

    def _goes_back_where_critical(self) -> None:
        """Roll back, where that was asked for and the night ended so badly."""
        report, above = self.report, self.job.ends.rollback_above
        report.because = "" if above is None else phases.critical(self.guard_after(), report, above)
        if report.because:
            self._advance(Phase.ROLLBACK)
            done = self._phase(Phase.ROLLBACK, lambda: phases.roll_back(self.guard(later=True), report))
            report.rolled_back = done.ledger

    def _follows_decisions(self) -> None:
        """Follow a person's decisions, if they fit what the ETL has left."""
        self.decisions = self.job.ends.decisions
        misfits = phases.misfits(self.guard_after(), self.report) if self.decisions else []
        if misfits:
            self.decisions = None
            self.report.findings += misfits

    def _waits_for_the_etl(self) -> None:
        """Begin nothing while anything of it may still write."""
        begun, patience = self.report.run, self.guard().patience
        if begun is not None:
            self.lock.have_alone(f"a process that the ETL of run {begun.id} left behind", patience=patience)
        refuse_living_etl(self.database, patience=patience)

    def _phase(self, name: Phase, work: Callable[[], R], ok: Callable[[R], bool] = lambda _: True) -> R:
        self.phase = name
        self.job.watcher.enters(name)
        began = time.monotonic()
        try:
            result = work()
        except errors.GuardError as error:
            self._note(PhaseDone(name, time.monotonic() - began, ok=False, error=error))
            raise
        self._note(PhaseDone(name, time.monotonic() - began, ok(result), result))
        return result

    def _note(self, done: PhaseDone) -> None:
        self.report.phases.append(done)
        self.job.watcher.ended(done)

    def _close_harmless(self) -> bool:
        """Close a run that was ended before its ETL was started: it changed nothing, and holds nobody up.

        Returns:
            whether there is another unfinished one, which does.
        """
        with self.database.transaction(Access.WRITE):
            found = runs.unfinished(self.database)
            if found is None or found.touched:
                return found is not None
            mine = runs.take_over(self.database, found, self.job.holder)
            says = f"It was ended in {mine.phase}. {runs.state(mine)}"
            runs.write(self.database, replace(mine, says=says, finished_at=self.job.clock()))
            return False

    def _waits_for_a_good_etl(self) -> bool:
        """Whether plans before the ETL take only what is exactly matched.

        Rows that wait because the last ETL failed, and only exact matches were taken, go on waiting: the backup carries
        them, and they are placed after an ETL that goes well. A restore by a person since then has settled them.
        """
        with self.database.transaction(Access.READ):
            last = next((each for each in runs.listing(self.database) if each.touched), None)
            moved = (each for each in ledger.entries(self.database) if each.kind in (ledger.RESTORE, ledger.UNDO))
            newest = next(moved, None)
        settled = last is None or last.etl_exit_code == 0 or newest is None or newest.id not in last.ledger
        return not settled

    def _begin(self, phase: Phase) -> Run:
        job = self.job
        done = [each.recorded for each in self.report.phases]

        def work(_within: float) -> Run:
            locks.take(self.database)
            return runs.begin(self.database, job.author, job.holder, job.etl.command, phase, done)

        begun = locks.attempt(self.database, Access.WRITE, work, patience=self.guard().patience)
        self.report.run = begun
        self.session.call_itself(f"{runs.GUARD}:{begun.id}")
        return begun

    def _record_refusal(self) -> None:
        """Write down that the ETL was not started, where that is possible: a refusal makes and changes no tables."""
        with suppress(errors.GuardError):
            with self.database.transaction(Access.READ):
                current = installation.locate(self.database).version == installation.VERSION
                free = current and runs.unfinished(self.database) is None
            if free:
                self._begin(Phase.VALIDATE)

    def _advance(self, phase: Phase) -> None:
        """Write down what comes next, before it does."""
        if self.report.run is not None:
            self._write(replace(self._current(self.report.run), phase=phase))

    def _conclude(self) -> None:
        """Write down how it ended. What stopped after the ETL may have begun stays open, to be resumed."""
        report = self.report
        report.seconds = time.monotonic() - self.began
        if report.run is None:
            return
        stopped = report.error is not None and report.run.touched
        record = replace(
            self._current(report.run),
            status=self.job.statuses.of_report(report),
            verdict=str(report.verdict),
            says=report.says,
            finished_at=None if stopped else self.job.clock(),
        )
        if report.error is None:
            report.findings += cost.at_the_end(record, self.job.slow, self.guard().overrides)
        try:
            self._write(record)
            self.concluded = True
        except errors.GuardError as error:
            report.error = report.error or error

    def _stopped(self, number: int) -> errors.StoppedError:
        name = signal.Signals(number).name
        if not self.report.started:
            return errors.StoppedError(f"The guard was ended by {name}. The ETL was not started.", number=number)
        where = f" in {self.phase}" if self.phase else ""
        return errors.StoppedError(
            f"The guard was ended by {name}{where}. Whether every row is in place is not proven.",
            number=number,
            next_steps=(runs.resumption(self.report.named_id),),
        )

    def _last_words(self, error: BaseException) -> None:
        """Write down what is said last, on a connection of its own and as far as there is time (reliability, G5)."""
        begun = self.report.run
        if begun is None:
            return
        record = replace(
            self._current(begun),
            status=self.job.statuses.of_error(error),
            verdict=str(Verdict.REFUSED),
            says=str(error) or type(error).__name__,
            finished_at=None if begun.touched else self.job.clock(),
        )

        def write() -> None:
            with suppress(errors.GuardError), self.open_database() as database, database.transaction(Access.WRITE):
                runs.write(database, record)

        writer = threading.Thread(target=write, name="last words", daemon=True)
        writer.start()
        writer.join(_TIME_TO_SAY)

    def _current(self, record: Run) -> Run:
        report = self.report
        report.seconds = time.monotonic() - self.began
        restored = report.result(Phase.RESTORE)
        entries = {*record.ledger, *((restored.ledger,) if isinstance(restored, Applied) else ())}
        return replace(
            record,
            phases=report.recorded_phases,
            snapshot=record.snapshot or (report.snapshot.id if report.snapshot else None),
            etl_exit_code=report.etl_exit_code,
            etl_seconds=report.etl_seconds,
            guard_seconds=report.guard_seconds,
            ledger=tuple(sorted(entries)),
        )

    def _write(self, record: Run) -> None:
        with self.database.transaction(Access.WRITE):
            runs.write(self.database, record)
        self.report.run = record

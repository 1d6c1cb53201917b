"""What a run did, phase by phase, and the one verdict that its record, its last line and its status are made from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timezone

from practice_guard.core import errors
from practice_guard.core.checks import Health, Preservation, Safety
from practice_guard.core.findings import found
from practice_guard.core.model import Finding, Severity, Verdict
from practice_guard.core.records import Phase, Run
from practice_guard.core.restore import Applied, waits_for
from practice_guard.core.rollback import RolledBack
from practice_guard.core.running.process import Ended
from practice_guard.core.snapshots import Snapshot
from practice_guard.core.steps import Step
from practice_guard.core.upkeep import Backup, Ruling
from practice_guard.core.words import agreeing, counted

PhaseResult = Safety | Backup | Ended | Preservation | Applied | Health | RolledBack | tuple[Ruling, ...]
"""What a phase brought: the report of the command of the same name, or the end of the ETL."""


@dataclass(frozen=True, slots=True)
class PhaseDone:
    """One phase that is over.

    Attributes:
        name: which.
        seconds: how long it took.
        ok: whether it went as it should; a `check-preservation` that finds new ids did.
        result: what it brought; None where an error ended it.
        error: what ended it.
    """

    name: Phase
    seconds: float
    ok: bool
    result: PhaseResult | None = None
    error: errors.GuardError | None = None

    @property
    def recorded(self) -> Mapping[str, object]:
        """As it stands in the database and in JSON (contract, "JSON")."""
        return {"name": str(self.name), "seconds": round(self.seconds, 3), "ok": self.ok}


@dataclass
class Report:
    """What a run did so far.

    Attributes:
        resumed: it finishes a run that was ended before its end.
        allow_pending: rows that wait for their team are no failure, as long as others are in place.
        run: its record; None where it was refused before there was one.
        phases: what it did, in order; of a resumed run only what was done now.
        earlier: of a resumed run, what it had done before, as recorded.
        snapshot: the one that it puts back: its own, or the one that a person named in its place.
        named: that one, where a person named it; None where it is its own.
        etl_exit_code: the ETL's status; None where it was not started, or nobody saw its end.
        etl_seconds: how long the ETL ran, as far as is known.
        because: why it was to be rolled back; empty where it was not.
        rolled_back: the ledger's entry of its rollback; None where there was none.
        error: what ended the run before its end.
        findings: what no phase found.
        seconds: of the whole, ETL included.
    """

    resumed: bool = False
    allow_pending: bool = False
    run: Run | None = None
    phases: list[PhaseDone] = field(default_factory=list)
    earlier: Sequence[Mapping[str, object]] = ()
    snapshot: Snapshot | None = None
    named: Snapshot | None = None
    etl_exit_code: int | None = None
    etl_seconds: float | None = None
    because: str = ""
    rolled_back: int | None = None
    error: errors.GuardError | None = None
    findings: list[Finding] = field(default_factory=list)
    seconds: float = 0.0

    def result(self, name: Phase) -> PhaseResult | None:
        """What a phase brought, if it was reached."""
        return next((done.result for done in self.phases if done.name is name), None)

    @property
    def health(self) -> Health | None:
        """The last word on the rows, if it was reached."""
        found = self.result(Phase.HEALTH)
        return found if isinstance(found, Health) else None

    @property
    def recorded_phases(self) -> tuple[Mapping[str, object], ...]:
        """All phases, those of before it was resumed too; with the snapshot, where it is not the run's own."""
        other = {"snapshot": self.named.id} if self.named else {}
        return (*self.earlier, *({**done.recorded, **other} for done in self.phases))

    @property
    def named_id(self) -> str | None:
        """The id of the snapshot that a person named in place of the run's own."""
        return self.named.id if self.named else None

    @property
    def started(self) -> bool:
        """Whether the ETL was started, or may have been."""
        return bool(self.run and self.run.touched)

    @property
    def verdict(self) -> Verdict:
        """What the guard says of the rows; the ETL's own failure is beside it."""
        if self.error is not None:
            return Verdict.REFUSED
        if self.rolled_back is not None or (self.health is not None and self.not_imported):
            return Verdict.REFUSED
        if self.health is not None:
            return Verdict.FINE if self._waiting_allowed(self.health) else self.health.verdict
        return Verdict.FINE if self.resumed and not self.started else Verdict.REFUSED

    @property
    def not_imported(self) -> bool:
        """Whether the ETL ended well and imported nothing here, which no setting allows."""
        return any(each.code == "import-not-seen" and each.severity is Severity.ERROR for each in self.findings)

    def _waiting_allowed(self, health: Health) -> bool:
        """Whether rows wait, and may: never all of them, since an ETL that empties everything is no good night."""
        total = health.total
        return self.allow_pending and health.verdict is Verdict.WAITING and total.pending < total.before

    @property
    def proven(self) -> bool:
        """Whether every row is proven in place, or waits and may."""
        return self.error is None and self.verdict is Verdict.FINE

    @property
    def complete(self) -> bool:
        """Whether all is well with the ETL too, so that old snapshots may go."""
        return self.proven and self.etl_exit_code == 0

    @property
    def guard_seconds(self) -> float:
        """What the guard took beside the ETL."""
        return max(0.0, self.seconds - (self.etl_seconds or 0.0))

    @property
    def overhead_percent(self) -> float | None:
        """The guard's time in percent of the ETL's; None where no ETL ran."""
        return overhead(self.guard_seconds, self.etl_seconds)

    @property
    def says(self) -> str:
        """The last line."""
        if self.error is not None:
            return self._stopped(self.error)
        if self.rolled_back is not None:
            return f"{_etl(self)} {self._went_back(self.rolled_back)}"
        if self.health is None:
            return self._not_started()
        return f"{_etl(self)} {self._rows(self.health)}{self._proven_by()}"

    def _stopped(self, error: errors.GuardError) -> str:
        number = f"Run {self.run.id}" if self.run else "The run"
        where = self.phases[-1].name if self.phases and self.phases[-1].error else None
        at = f" in {where}" if where else ""
        if not self.started:
            return f"{number} stopped{at}, the ETL was not started: {error.message}"
        return f"{number} stopped{at}, and whether every row is in place is not proven: {error.message}"

    def _went_back(self, entry: int) -> str:
        to = f" to snapshot {self.snapshot.id}" if self.snapshot else ""
        why = f", because {self.because}" if self.because else ""
        return f"Rolled back{to} (ledger {entry}){why}: its tables and the protected rows are as they were before it."

    def _not_started(self) -> str:
        if self.resumed:
            number = self.run.id if self.run else 0
            return f"Run {number} had not started its ETL and changed nothing. It is closed now."
        refused = self.phases[-1].name if self.phases else Phase.VALIDATE
        why = "no snapshot could be taken" if refused is Phase.BACKUP else "it is not safe"
        return f"The ETL was not started: {why}."

    def _proven_by(self) -> str:
        if self.named is None:
            return ""
        taken = f"{self.named.taken_at.astimezone(timezone.utc):%Y-%m-%d %H:%M:%S} UTC"
        return (
            f" The run was finished with snapshot {self.named.id} of {taken}, which a person named in place of its "
            "own: only what is in that one is proven."
        )

    def _rows(self, health: Health) -> str:
        total, wait = health.total, agreeing(health.total.pending, "waits", "wait")
        if health.verdict is Verdict.REFUSED:
            return f"Not every protected row is in place: score {health.score}, {health.amiss}" + (
                f"; {total.pending:,} {wait}." if total.pending else "."
            )
        if total.pending:
            allowed = ", which is allowed" if self._waiting_allowed(health) else ""
            rows = counted(total.before, "protected row")
            besides = f"; besides, {'; '.join(health.besides)}" if health.besides else ""
            return f"{total.pending:,} of {rows} {waits_for(total.pending, health.refused)}{allowed}{besides}."
        if total.bad:
            rows = counted(total.after, "protected row")
            return f"{total.bad:,} of {rows} {agreeing(total.bad, 'is', 'are')} amiss, which the settings allow."
        if health.besides:
            return f"{counted(total.after, 'protected row')}, {health.where}."
        rows, are = "protected rows are on their teams, each once", "protected row is on its team, once"
        if not health.of_teams:
            rows, are = "protected rows are where they belong, each once", "protected row is where it belongs, once"
        return f"All {total.after:,} {agreeing(total.after, are, rows)}."


def overhead(guard_seconds: float, etl_seconds: float | None) -> float | None:
    """Return the guard's time in percent of the ETL's, both to the millisecond as they are reported beside it.

    None where no ETL ran, or none for as long as a millisecond.
    """
    etl = round(etl_seconds or 0.0, 3)
    return round(100 * round(guard_seconds, 3) / etl, 1) if etl else None


def _etl(report: Report) -> str:
    if report.etl_exit_code is None:
        return "How the ETL ended nobody saw."
    found = report.result(Phase.ETL)
    if any(each.code == "import-not-seen" for each in report.findings):
        return "The ETL ended with status 0 and imported nothing into this database."
    if report.etl_exit_code == 0:
        return "The ETL went well."
    return found.says if isinstance(found, Ended) else f"The ETL had ended with status {report.etl_exit_code}."


def unknown_end() -> Finding:
    """Say that nobody saw how the ETL ended; the rows are judged all the same."""
    return found(
        "etl-outcome-unknown",
        "1 ETL of which nobody saw the end: its guard was gone.",
        "Its rows may be half imported. The protected rows were put back where their team is exactly the same.",
        "Run the ETL again: `run`, with its command after two dashes.",
    )


def not_removed(error: errors.GuardError) -> Finding:
    """Say that old snapshots stayed, which is no reason to call a night bad whose rows are proven."""
    what = "0 old snapshots were removed."
    return found("retention-failed", what, error.message, Step("cleanup"))

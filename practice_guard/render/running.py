"""A run as an outcome: its phases as bars, the guard's time beside the ETL's, and what became of the rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from practice_guard.core.checks import Health, Preservation, Safety
from practice_guard.core.errors import SnapshotError
from practice_guard.core.findings import worst_first
from practice_guard.core.model import Finding, Severity, Verdict
from practice_guard.core.records import Phase, runs
from practice_guard.core.restore import Applied
from practice_guard.core.rollback import RolledBack
from practice_guard.core.running import Ended, PhaseDone, PhaseResult, Report
from practice_guard.core.snapshots import Snapshot
from practice_guard.core.steps import TRY, Advice, Step
from practice_guard.core.upkeep import Backup, Ruling
from practice_guard.render import reports, restoring, rollbacks
from practice_guard.render.outcome import Outcome
from practice_guard.render.text import line

_WIDTH = 36
_MINUTE = 60
_OVERTAKEN = ("no-snapshot", "snapshot-old")
"""What a run mends itself with its backup."""

_BEFORE = (Phase.VALIDATE, Phase.BACKUP)
"""What looks at the database before the ETL."""


def run(report: Report, status: int, now: datetime) -> Outcome:
    """Present `run`.

    Args:
        report: what it did.
        status: its exit status.
        now: the time, from which the snapshot's age is counted.
    """
    shown = {done.name: _shown(done, report.snapshot, now) for done in report.phases}
    return Outcome(
        report.verdict,
        report.says,
        _result(report, shown),
        tuple(_body(report, shown)),
        tuple(_findings(report, shown)),
        tuple(_next_steps(report)),
        status=status,
        failed=report.error is not None or (report.verdict is Verdict.FINE and status != 0),
    )


def phase(done: PhaseDone, snapshot: Snapshot | None, now: datetime) -> str:
    """Say in one line what a phase brought."""
    return _shown(done, snapshot, now).sentence


def seconds(span: float) -> str:
    """Write a time as people do: `0.9 s`, `18.2 s`, `240 s`, `12 min`."""
    if span < _MINUTE:
        return f"{span:.1f} s"
    return f"{span:.0f} s" if span < 10 * _MINUTE else f"{span / _MINUTE:.0f} min"


def share(guard: float, etl: float | None) -> str:
    """Say what the guard cost: `0.9 s beside 18.2 s, 5 %`."""
    if not etl:
        return f"{seconds(guard)}, and no ETL beside it"
    return f"{seconds(guard)} beside {seconds(etl)}, {100 * guard / etl:.0f} %"


def _shown(done: PhaseDone, snapshot: Snapshot | None, now: datetime) -> Outcome:
    if done.result is None:
        message = done.error.message if done.error else ""
        return Outcome(Verdict.REFUSED, message, {"error": message})
    return _presented(done.result, snapshot, now)


def _presented(result: PhaseResult, snapshot: Snapshot | None, now: datetime) -> Outcome:
    if isinstance(result, Safety):
        return reports.safety(result)
    if isinstance(result, Backup):
        return reports.backup(result)
    if isinstance(result, Preservation):
        return reports.preservation(result)
    if isinstance(result, Applied):
        if snapshot is None:  # of a resumed run that still goes on
            return Outcome(
                Verdict.FINE, restoring.sentence(result.plan, timedelta(), dry_run=False, ledger=result.ledger), {}
            )
        return restoring.restore(result.plan, restoring.About(snapshot, now), applied=result)
    return _afterwards(result, now)


def _afterwards(result: Ended | Health | RolledBack | tuple[Ruling, ...], now: datetime) -> Outcome:
    if isinstance(result, Health):
        return reports.health(result)
    if isinstance(result, RolledBack):
        return rollbacks.rollback(result, now=now)
    if isinstance(result, tuple):
        return reports.cleanup(result, dry_run=False)
    return _etl(result)


def _etl(ended: Ended) -> Outcome:
    result = {
        "exit_code": ended.exit_code,
        "seconds": round(ended.seconds, 3),
        "started": ended.started,
        "timed_out": ended.timed_out,
        "stopped_by": ended.stopped_by,
        "left_processes": ended.left,
    }
    return Outcome(Verdict.REFUSED if ended.failed else Verdict.FINE, ended.says, result)


def _result(report: Report, shown: Mapping[Phase, Outcome]) -> dict[str, object]:
    return {
        "run": report.run.id if report.run else None,
        "resumed": report.resumed,
        "etl_exit_code": report.etl_exit_code,
        "phases": [dict(each) for each in report.recorded_phases],
        "guard_seconds": round(report.guard_seconds, 3),
        "etl_seconds": None if report.etl_seconds is None else round(report.etl_seconds, 3),
        "overhead_percent": report.overhead_percent,
        "snapshot": report.snapshot.id if report.snapshot else None,
        "finished_with": report.named_id,
        "proven": report.proven,
        "rolled_back": report.rolled_back is not None,
        **{str(name): outcome.result for name, outcome in shown.items()},
    }


def _body(report: Report, shown: Mapping[Phase, Outcome]) -> list[RenderableType]:
    body: list[RenderableType] = [_bars(report)]
    body.append(line(f"  The guard: {share(report.guard_seconds, report.etl_seconds)}.\n"))
    body += [line(f"  {shown[name].sentence}\n") for name in (Phase.CHECK, Phase.RESTORE) if name in shown]
    last = Phase.ROLLBACK if Phase.ROLLBACK in shown else Phase.HEALTH
    return body + list(shown[last].body if last in shown else ())  # each set, and the sum


def _bars(report: Report) -> Padding:
    """Draw each phase as long as it took."""
    longest = max((done.seconds for done in report.phases), default=0.0) or 1.0
    grid = Table.grid(padding=(0, 2))
    grid.add_column(no_wrap=True)
    grid.add_column(justify="right", no_wrap=True)
    grid.add_column(no_wrap=True)
    for done in report.phases:
        bar = "#" * max(1, round(_WIDTH * done.seconds / longest))
        style = "dim" if done.name is Phase.ETL else "cyan"
        word = "" if done.ok else "  failed"
        grid.add_row(Text(str(done.name)), Text(seconds(done.seconds)), Text.assemble((bar, style), (word, "red")))
    return Padding(grid, (0, 0, 1, 2))


def _findings(report: Report, shown: Mapping[Phase, Outcome]) -> list[Finding]:
    """Unite what the phases found, each once. New ids are what this ETL makes and the restore's task: no errors.

    Where the rows were judged after the ETL, nothing is told of what was so before it, and after a rollback nothing of
    what it took back.
    """
    united: dict[tuple[str, str], Finding] = {}
    for name, outcome in shown.items():
        if name in _past(report):
            continue
        for finding in outcome.findings:
            if finding.code in _OVERTAKEN and report.snapshot:
                continue
            calm = name is Phase.CHECK and finding.severity is Severity.ERROR
            each = replace(finding, severity=Severity.INFO, fix="") if calm else finding
            united.setdefault((each.code, each.what), each)
    ordered = [*report.findings, *united.values()]
    return worst_first(ordered)


def _past(report: Report) -> tuple[Phase, ...]:
    """Return the phases whose findings are of a state that is no more."""
    if report.rolled_back is not None:
        return (*_BEFORE, Phase.CHECK, Phase.RESTORE, Phase.HEALTH)
    return _BEFORE if report.health is not None else ()


def _for_what_waits(health: Health, kept: Sequence[str]) -> Iterator[Step]:
    """Return what helps rows that wait: for a team, a person's decisions; where they are refused, no decision does."""
    if health.total.pending > sum(health.refused.values()):
        why = "or import again: what comes back is placed by the next run"
        yield Step("restore", *kept, "--dry-run", "--write-decisions", "decisions.toml", why=why)
    if health.refused:
        yield Step(*TRY.words, *kept, why=TRY.why)


def _next_steps(report: Report) -> Sequence[Advice]:
    steps = report.error.next_steps if report.error else ()
    kept = ("--snapshot", report.snapshot.id) if report.snapshot else ()
    if report.error is not None:
        # A snapshot that cannot be used today cannot tomorrow: that error names the way out itself.
        stuck = report.resumed and isinstance(report.error, SnapshotError)
        return [*steps, runs.resumption(report.named_id)] if report.started and not stuck else steps
    if report.rolled_back is not None:
        return [Step("health"), "Run the ETL again, once what went wrong with it is mended."]
    if report.health is None:
        if report.result(Phase.BACKUP) is not None:
            return [reports.to_look_at(report.findings)]
        return [] if report.resumed else [Step("validate-safety")]
    if report.health.verdict is Verdict.REFUSED:
        return [Step("health", *kept), Step("restore", *kept, "--dry-run")]
    if report.health.total.pending:
        return list(_for_what_waits(report.health, kept))
    # Its own, which cannot be used, is the newest still, and would hold the next run up.
    return [Step("backup", why="before the next run")] if report.named else []

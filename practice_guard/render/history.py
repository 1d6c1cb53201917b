"""Every run and every command that wrote, newest first, and what the guard cost beside the ETL over time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any, cast

from rich.console import RenderableType

from practice_guard.core.model import Finding, Verdict
from practice_guard.core.records import Entry, Run
from practice_guard.core.records.ledger import ROLLBACK, UNDO
from practice_guard.core.records.marking import MARK
from practice_guard.core.running import overhead
from practice_guard.core.snapshots import Snapshot
from practice_guard.core.snapshots.archive import IMPORT
from practice_guard.core.upkeep.cleanup import CLEANUP
from practice_guard.core.words import agreeing, counted
from practice_guard.render.outcome import Outcome
from practice_guard.render.running import seconds, share
from practice_guard.render.text import Paragraph, line

_KIND = 10
_LEVELS = "▁▂▃▄▅▆▇█"


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the history; `seconds` is None where nobody noted how long it took."""

    kind: str
    at: datetime
    by: str
    version: str
    says: str
    seconds: float | None
    result: dict[str, object] = field(default_factory=dict)


def history(
    runs: Sequence[Run],
    entries: Sequence[Entry],
    snapshots: Sequence[Snapshot],
    *,
    last: int,
    notices: Sequence[Finding] = (),
) -> Outcome:
    """Present `history`.

    Args:
        runs: the record of runs.
        entries: the ledger.
        snapshots: what is stored; the ledger tells of those that were removed since.
        last: how many events to show.
        notices: what is to be said of a run that is not finished.
    """
    own_snapshots = {run.snapshot for run in runs} | {entry.snapshot for entry in entries if entry.kind == IMPORT}
    own_entries = {entry for run in runs for entry in run.ledger}
    events = [
        *(_of_run(run) for run in runs),
        *(_of_entry(entry) for entry in entries if entry.id not in own_entries and not entry.result.get("run")),
        *(_of_snapshot(kept) for kept in snapshots if kept.id not in own_snapshots),
        *(_of_removed(name, was) for name, was in _were(entries) if name not in own_snapshots),
    ]
    events.sort(key=lambda event: event.at, reverse=True)
    timed = [run for run in runs if run.etl_seconds and run.guard_seconds]
    guard, etl = sum(run.guard_seconds for run in timed), sum(run.etl_seconds or 0.0 for run in timed)
    cost = f"The guard: {share(guard, etl)}, over {counted(len(timed), 'run')}." if timed else "No run has a time yet."
    commands = counted(len(events) - len(runs), "command")
    return Outcome(
        Verdict.FINE,
        f"{counted(len(runs), 'run')} and {commands} that wrote. {cost}",
        {
            "events": [
                {
                    "kind": e.kind,
                    "at": e.at.isoformat(),
                    "by": e.by,
                    "tool_version": e.version,
                    "says": e.says,
                    "seconds": e.seconds,
                    **e.result,
                }
                for e in events[:last]
            ],
            "total": len(events),
            "runs": len(runs),
            "guard_seconds": round(guard, 3),
            "etl_seconds": round(etl, 3),
            "overhead_percent": overhead(guard, etl),
        },
        tuple(_body(events, timed, last)),
        tuple(notices),
    )


def _body(events: Sequence[Event], timed: Sequence[Run], last: int) -> list[RenderableType]:
    body: list[RenderableType] = []
    for event in events[:last]:
        heading = f"  {event.kind:{_KIND}}{_local(event.at)} UTC   {event.by}, version {event.version}"
        body += [line(heading, "bold"), Paragraph(line(_timed(event)), _KIND + 2)]
    if events:
        body.append(line(""))
    if len(events) > last:
        body.append(line(f"  … and {counted(len(events) - last, 'older one')}; --last {len(events)} shows all.\n"))
    if len(timed) > 1:
        percent = [100 * run.guard_seconds / (run.etl_seconds or 1.0) for run in reversed(timed)]
        span = f"{min(percent):.0f} to {max(percent):.0f} %"
        body.append(line(f"  The guard beside the ETL, run by run: {sparkline(percent[-60:])}  {span}\n"))
    return body


def _timed(event: Event) -> str:
    return event.says if event.seconds is None else f"{event.says} It took {seconds(event.seconds)}."


def sparkline(values: Sequence[float]) -> str:
    """Draw values as blocks, each as high as its share of the largest; a flat line is low."""
    largest = max(values, default=0.0)
    if largest <= 0:
        return _LEVELS[0] * len(values)
    return "".join(_LEVELS[min(len(_LEVELS) - 1, int(value / largest * len(_LEVELS)))] for value in values)


def _of_run(run: Run) -> Event:
    says = run.says or f"Not finished: it was in {run.phase}."
    if run.finished_at is None and run.says:
        says = f"Not finished. {run.says}"
    result: dict[str, object] = {
        "run": run.id,
        "host": run.holder.host,
        "environment": run.environment,
        "etl": list(run.command),
        "phase": str(run.phase),
        "phases": [dict(each) for each in run.phases],
        "snapshot": run.snapshot,
        "finished_with": run.finished_with,
        "ledger": list(run.ledger),
        "exit_code": run.status,
        "etl_exit_code": run.etl_exit_code,
        "guard_seconds": round(run.guard_seconds, 3),
        "etl_seconds": run.etl_seconds,
        "finished_at": run.finished_at.isoformat() if run.finished_at else None,
    }
    time = f" The guard: {share(run.guard_seconds, run.etl_seconds)}." if run.etl_seconds else ""
    took = round(run.guard_seconds + (run.etl_seconds or 0.0), 3) or None
    status = "" if run.status is None else f" (status {run.status})"
    return Event(
        f"run {run.id}", run.started_at, run.started_by, run.tool_version, f"{says}{status}{time}", took, result
    )


def _of_entry(entry: Entry) -> Event:
    if entry.kind in _SAYS:
        result: dict[str, object] = {"ledger": entry.id, "snapshot": entry.snapshot, "environment": entry.environment}
        return Event(
            entry.kind, entry.at, entry.by, entry.tool_version, _SAYS[entry.kind](entry), entry.seconds, result
        )
    written = entry.result.get("written")
    what = "taken back" if entry.kind == UNDO else "written"
    counts = f"{counted(written, 'row')} {what}" if isinstance(written, int) else "rows taken back"
    stay = agreeing(entry.left, "stays", "stay")
    left = f", {counted(entry.left, 'row')} {stay}" if entry.left else ""
    but = f", but for {counted(entry.undone_but, 'row')}" if entry.undone_but else ""
    undone = f"; taken back by ledger {entry.undone_by}{but}" if entry.undone_by else ""
    says = f"{counts} from snapshot {entry.snapshot} (ledger {entry.id}){left}{undone}."
    result = {"ledger": entry.id, "snapshot": entry.snapshot, "environment": entry.environment, "written": written}
    return Event(entry.kind, entry.at, entry.by, entry.tool_version, says, entry.seconds, result)


def _rolled_back(entry: Entry) -> str:
    tables = cast("Mapping[str, Mapping[str, int]]", entry.result["tables"])
    back = sum(each["put_back"] for each in tables.values())
    before = entry.result.get("before")
    kept = f"; what was there before is in snapshot {before}" if before else ""
    said = f"{counted(len(tables), 'table')} and the protected rows put back as in snapshot {entry.snapshot}"
    return f"{said}, {counted(back, 'row')} (ledger {entry.id}){kept}."


def _removed(entry: Entry) -> str:
    reasons = cast("dict[str, str]", entry.result["removed"])
    return "; ".join(f"Snapshot {name} removed: {reason}" for name, reason in reasons.items()) + "."


def _marked(entry: Entry) -> str:
    before = cast("dict[str, object]", entry.result["before"])["environment"]
    return f"The database was marked as {entry.environment}; before it was {before or 'not marked'}."


def _imported(entry: Entry) -> str:
    rows = cast("int", entry.result["rows"])
    other = ", from another database" if entry.result.get("told_otherwise") else ""
    return f"Snapshot {entry.snapshot} imported: {counted(rows, 'row')}{other}."


_SAYS = {CLEANUP: _removed, MARK: _marked, IMPORT: _imported, ROLLBACK: _rolled_back}
"""What an entry of the ledger says that is no restore and no undo."""


def _of_snapshot(snapshot: Snapshot) -> Event:
    label = f" ({snapshot.label})" if snapshot.label else ""
    state = "" if snapshot.verified_at else ", never verified"
    says = f"Snapshot {snapshot.id}{label}: {counted(snapshot.rows, 'row')}, {snapshot.carried:,} carried{state}."
    result = {"snapshot": snapshot.id, "environment": snapshot.environment, "rows": snapshot.rows}
    kind, at = ("import", snapshot.imported_at) if snapshot.imported_at else ("backup", snapshot.taken_at)
    return Event(kind, at, snapshot.taken_by, snapshot.tool_version, says, snapshot.seconds, result)


def _were(entries: Sequence[Entry]) -> list[tuple[str, Mapping[str, Any]]]:
    """Return what is remembered of the backups whose snapshots were removed."""
    removals = [entry for entry in entries if entry.kind == CLEANUP]
    return [each for entry in removals for each in cast("Mapping[str, Any]", entry.result.get("were", {})).items()]


def _of_removed(name: str, was: Mapping[str, Any]) -> Event:
    label = f" ({was['label']})" if was["label"] else ""
    state = "removed since" if was["verified"] else "never verified, removed since"
    says = f"Snapshot {name}{label}: {counted(was['rows'], 'row')}, {was['carried']:,} carried, {state}."
    result = {"snapshot": name, "environment": was["environment"], "rows": was["rows"]}
    at = datetime.fromisoformat(was["taken_at"])
    kind, took = "import" if was["imported"] else "backup", was.get("seconds")
    return Event(kind, at, was["taken_by"], was["tool_version"], says, took, result)


def _local(at: datetime) -> str:
    return f"{at.astimezone(timezone.utc):%Y-%m-%d %H:%M:%S}"

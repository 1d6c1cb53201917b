"""Snapshots, exports and marks as outcomes."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence

from rich.console import RenderableType

from practice_guard.core.findings import found
from practice_guard.core.model import Verdict
from practice_guard.core.records import Marking, Place
from practice_guard.core.snapshots import Snapshot, newest, read_by_people, unverified
from practice_guard.core.snapshots.archive import Imported, Size
from practice_guard.core.steps import IMPORT_AN_EXPORT, Advice, Step
from practice_guard.core.words import agreeing, counted
from practice_guard.render.outcome import Outcome
from practice_guard.render.text import line, table


def listing(known: Sequence[Snapshot], sizes: Mapping[str, int]) -> Outcome:
    """Present `snapshots`."""
    latest = newest(known)
    rows = [
        (each.id, each.rows, each.carried, _size(sizes.get(each.id, 0)), _state(each, latest), each.label)
        for each in known
    ]
    findings = () if latest else (unverified(known),)
    sentence = counted(len(known), "snapshot") + (f"; latest is {latest.id}." if latest else ", none of them verified.")
    return Outcome(
        Verdict.FINE,
        sentence if known else "There are no snapshots in this database yet.",
        {
            "latest": latest.id if latest else None,
            "snapshots": [{**_described(each), "bytes": sizes.get(each.id, 0)} for each in known],
        },
        (table(("snapshot (UTC)", "rows", "carried", "size", "state", "label"), rows, keep=2),) if known else (),
        findings,
        (Step("snapshots", "show", latest.id),) if latest else (),
    )


def one(snapshot: Snapshot) -> Outcome:
    """Present `snapshots show`."""
    sets = [(name, each.relation, each.rows, each.teams, each.carried) for name, each in snapshot.sets.items()]
    facts = [
        ("label", snapshot.label or "none"),
        ("taken", f"{_moment(snapshot)} by {snapshot.taken_by}, practice-guard {snapshot.tool_version}"),
        (
            "database",
            f"{snapshot.fingerprint.get('name')}, {snapshot.environment}, PostgreSQL {snapshot.server_version}",
        ),
        ("state", _state(snapshot, None) + (", accepted with --accept-current" if snapshot.accepted_current else "")),
        ("digest", snapshot.digest),
    ]
    statements = {name: read_by_people(each, snapshot.id) for name, each in snapshot.sets.items()}
    body: list[RenderableType] = [
        table(("", ""), facts),
        table(("protected", "table", "rows", "hang on", "carried"), sets),
    ]
    if snapshot.tables:
        tables = [(each.table, each.rows, each.rows_table) for each in snapshot.tables.values()]
        body.append(table(("the ETL's", "rows", "kept in practice_guard"), tables))
    largest = max(snapshot.sets.values(), key=lambda each: (not each.companion, each.rows), default=None)
    if largest is not None:
        body.append(line(f"  Its rows of {largest.name}, in psql (--json has a statement for each set):\n"))
        body.append(line(f"{statements[largest.name]}\n"))
    return Outcome(
        Verdict.FINE,
        f"Snapshot {snapshot.id} says that it holds {contents(snapshot)}.",
        {
            **_described(snapshot),
            "lists": list(snapshot.lists),
            "mark": snapshot.imprint,
            "protected": {
                name: {
                    "table": each.definition["table"],
                    "rows": each.rows,
                    "carried": each.carried,
                    "teams": each.teams,
                    "digest": each.digest,
                    "stored_in": f"practice_guard.{each.rows_table}",
                    "definition": dict(each.definition),
                    "columns": {column.name: column.type for column in each.columns},
                    "sql": statements[name],
                }
                for name, each in snapshot.sets.items()
            },
        },
        tuple(body),
        (),
        (Step("snapshots", "verify", snapshot.id),),
    )


def verified(known: Sequence[Snapshot], problems: Mapping[str, str]) -> Outcome:
    """Present `snapshots verify`; an empty problem is none."""
    bad = [each for each in known if problems[each.id]]
    rows = [(each.id, each.rows, _wholeness(each, problems), problems[each.id]) for each in known]
    findings = tuple(
        found(
            "snapshot-damaged",
            f"1 snapshot cannot be trusted: {problems[each.id]}",
            "It is not restored from; no backup is compared with it.",
            Step("cleanup", "--snapshot", each.id),
        )
        for each in bad
    )
    whole = [each for each in known if each not in bad and each.verified_at is not None]
    sentence = f"All {len(known)} snapshots are whole." if len(known) > 1 else f"Snapshot {known[0].id} is whole."
    if bad:
        are = agreeing(len(bad), "is", "are")
        sentence = f"{len(bad)} of {counted(len(known), 'snapshot')} {are} damaged; {len(whole)} can be restored from."
    steps: tuple[Advice, ...] = ()
    if bad:
        steps = (Step("restore", "--snapshot", whole[0].id, "--dry-run"),) if whole else (IMPORT_AN_EXPORT,)
    return Outcome(
        Verdict.DAMAGED if bad else Verdict.FINE,
        sentence,
        {
            "verified": len(known) - len(bad),
            "damaged": len(bad),
            "snapshots": [
                {"snapshot": each.id, "whole": not problems[each.id], "problem": problems[each.id] or None}
                for each in known
            ],
        },
        (table(("snapshot", "rows", "", "problem"), rows),),
        findings,
        steps,
    )


def _wholeness(each: Snapshot, problems: Mapping[str, str]) -> str:
    if problems[each.id]:
        return "damaged"
    # Its backup ended before it had read it back, so latest never means it.
    return "whole" if each.verified_at else "whole, but never verified by its backup"


def contents(snapshot: Snapshot) -> str:
    """Say how many rows a snapshot holds, how many of them came from the one before, and what it has of the ETL's."""
    tables = ""
    if snapshot.tables:
        rows = sum(each.rows for each in snapshot.tables.values())
        tables = f", and {counted(len(snapshot.tables), 'table')} of the ETL's with {counted(rows, 'row')}"
    return f"{counted(snapshot.rows, 'row')}, {snapshot.carried:,} of them carried{tables}"


def exported(snapshot: Snapshot, file: str, size: Size) -> Outcome:
    """Present `snapshots export`."""
    where = "standard output" if file == "-" else file
    rows = counted(snapshot.rows, "row")
    return Outcome(
        Verdict.FINE,
        f"Snapshot {snapshot.id} was written to {where}: {rows}, {counted(size.count, 'byte')}.",
        {
            "snapshot": snapshot.id,
            "file": file,
            "bytes": size.count,
            "sha256": size.sha256,
            "rows": snapshot.rows,
            "digest": snapshot.digest,
        },
        (),
        (),
        _reading(file),
    )


def _reading(file: str) -> tuple[Advice, ...]:
    """Say how an export is read, by people and by the guard."""
    if file == "-":
        return ("Read it with zcat.", "Have it back: `snapshots import`, with the name of the file that it went into.")
    name = f"./{file}" if file.startswith("-") else file  # a name, and no option
    return (f"zcat {shlex.quote(name)} | less   # to read it", Step("snapshots", "import", name, why="to have it back"))


def imported(done: Imported) -> Outcome:
    """Present `snapshots import`."""
    snapshot = done.snapshot
    sentence = f"Snapshot {snapshot.id} was imported: {contents(snapshot)}; verified."
    if done.already_there:
        sentence = f"Snapshot {snapshot.id} was here already, whole; nothing was written."
    return Outcome(
        Verdict.FINE,
        sentence,
        {
            "snapshot": snapshot.id,
            "rows": snapshot.rows,
            "carried": snapshot.carried,
            "digest": snapshot.digest,
            "verified": snapshot.verified_at is not None,
            "already_there": done.already_there,
            "from_other_database": done.told_otherwise,
        },
        (),
        (),
        (Step("restore", "--snapshot", snapshot.id, "--dry-run"),),
    )


def marked(done: Marking) -> Outcome:
    """Present `mark`."""
    before, after = done.before, done.after
    rows = [
        (part, getattr(before, part), getattr(after, part)) for part in ("environment", "uuid", "system", "name", "oid")
    ]
    sentence = f"This database ({after.name}) is marked as {after.environment} now."
    if not done.changed:
        sentence = f"This database ({after.name}) was marked as {after.environment} already; nothing was written."
    return Outcome(
        Verdict.FINE,
        sentence,
        {"changed": done.changed, "before": _mark(before), "after": _mark(after)},
        (table(("", "before", "now"), rows),),
        (),
        (Step("snapshots", "verify"), Step("health")),
    )


def _mark(place: Place) -> dict[str, object]:
    return {"environment": place.environment, **place.fingerprint, "copied": place.copied}


def _described(each: Snapshot) -> dict[str, object]:
    return {
        "snapshot": each.id,
        "label": each.label,
        "taken_at": each.taken_at.isoformat(),
        "taken_by": each.taken_by,
        "environment": each.environment,
        "fingerprint": dict(each.fingerprint),
        "tool_version": each.tool_version,
        "server_version": each.server_version,
        "rows": each.rows,
        "carried": each.carried,
        "tables": {name: kept.rows for name, kept in each.tables.items()},
        "digest": each.digest,
        "verified": each.verified_at is not None,
        "verified_at": each.verified_at.isoformat() if each.verified_at else None,
        "imported_at": each.imported_at.isoformat() if each.imported_at else None,
        "accepted_current": each.accepted_current,
        "damage": each.fault or None,
    }


def _state(each: Snapshot, latest: Snapshot | None) -> str:
    words = ["verified" if each.verified_at else "never verified"]
    if each.fault:
        words = ["damaged"]
    if latest is not None and each.id == latest.id:
        words.append("latest")
    if each.imported_at:
        words.append("imported")
    if each.tables:
        words.append("full")
    return ", ".join(words)


def _moment(each: Snapshot) -> str:
    return f"{each.taken_at:%Y-%m-%d %H:%M} {each.taken_at.tzname() or ''}".strip()


def _size(count: int) -> str:
    for unit, factor in (("MB", 1024 * 1024), ("kB", 1024)):
        if count >= factor:
            return f"{count / factor:,.1f} {unit}"
    return f"{count} B"

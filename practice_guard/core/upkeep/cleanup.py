"""Removing old snapshots: never the newest good one, nor one whose waiting rows no newer one has, unless told by id."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from practice_guard.core import errors, restore, snapshots
from practice_guard.core.application import Application
from practice_guard.core.database import Access, Database
from practice_guard.core.guarding import Guard
from practice_guard.core.records import About, ledger, runs
from practice_guard.core.snapshots import Snapshot
from practice_guard.core.upkeep import retention
from practice_guard.core.upkeep.retention import Rule, Ruling, Standing

CLEANUP = "cleanup"
"""The ledger's word for it."""


def plan(guard: Guard, rule: Rule) -> list[Ruling]:
    """Decide which snapshots may go, newest first. Reads only, in the transaction that is open.

    Raises:
        errors.NoSnapshotError: none has the id that the rule names.
    """
    return _plan(guard, rule)[0]


def _plan(guard: Guard, rule: Rule) -> tuple[list[Ruling], Application | None]:
    """Decide, and return also what was looked at; None where only what is no good snapshot may go."""
    database, now = guard.database, guard.author.now
    known = snapshots.listing(database)
    unfinished = runs.unfinished(database)
    needed = unfinished.snapshot if unfinished else None
    guard.watcher.begins("verifying snapshots")
    whole, passed_over = snapshots.newest_whole(database, known)
    damaged = set(passed_over)
    for each in _doomed(known, rule, now, damaged):
        if snapshots.fault(database, each):
            damaged.add(each.id)
    doomed = [each for each in _doomed(known, rule, now, damaged) if each.id not in damaged]
    waiting: frozenset[str] = frozenset()
    app: Application | None = None
    if doomed:
        guard.watcher.begins("looking for rows that wait", sum(each.rows for each in doomed))
        app = guard.look()
        found = {
            each.id: rows
            for each in doomed
            if (whole is None or each.id != whole.id) and (rows := _waiting_rows(database, each, app))
        }
        carried = _waiting_rows(database, whole, app) if whole and found else Counter()
        waiting = frozenset(name for name, rows in found.items() if rows - carried)
    standing = Standing(waiting, frozenset(damaged), needed, retention.missed(known))
    return retention.judge(known, rule, standing, now), app


def _doomed(known: Sequence[Snapshot], rule: Rule, now: datetime, damaged: set[str]) -> list[Snapshot]:
    rulings = retention.judge(known, rule, Standing(damaged=frozenset(damaged)), now)
    return [ruling.snapshot for ruling in rulings if ruling.goes and ruling.snapshot.verified_at is not None]


def apply(guard: Guard, rule: Rule, *, run: int | None = None, overrule: bool = False) -> list[Ruling]:
    """Remove what may go, in one transaction, and return why each snapshot went or stayed.

    The rows that the ledger keeps of restores older than all that is left go with it.

    Args:
        guard: where and on whose behalf.
        rule: what is to go.
        run: the run that does it, whose record tells of it.
        overrule: a snapshot that the rule names goes also where it had to stay.

    Raises:
        errors.WrongDatabaseError: the database is marked for another environment.
        errors.ConfirmationError: the snapshot named had to stay, and that was not overruled.
        errors.NoSnapshotError: none has the id that the rule names.
        errors.LockedError: another guard is at work.
    """
    database = guard.database

    def work(_within: float) -> list[Ruling]:
        rulings, app = _plan(guard, rule)
        going = [ruling for ruling in rulings if ruling.goes]
        guard.watcher.begins("removing snapshots")
        for ruling in going:
            if ruling.overruled and not overrule:
                raise errors.ConfirmationError(
                    f"Snapshot {ruling.snapshot.id} {ruling.overruled}. Nothing was removed.", against=ruling.overruled
                )
            snapshots.remove(database, ruling.snapshot)
        trimmed = ledger.trim(database, app.sets) if going and app else 0
        if going:
            result: dict[str, object] = {
                "removed": {ruling.snapshot.id: ruling.reason for ruling in going},
                "were": {ruling.snapshot.id: _remembered(ruling.snapshot) for ruling in going},
                "run": run,
                "trimmed": trimmed,
            }
            ledger.write(database, CLEANUP, guard.author, About(result, rule.named or ""))
        return rulings

    return guard.alone(Access.SNAPSHOT, work)


def _remembered(gone: Snapshot) -> dict[str, object]:
    """What the history goes on telling of a backup whose snapshot was removed."""
    names = ("label", "taken_by", "environment", "tool_version", "rows", "carried")
    return {
        **{name: getattr(gone, name) for name in names},
        "taken_at": gone.taken_at.isoformat(),
        "imported": gone.imported_at is not None,
        "verified": gone.verified_at is not None,
        "seconds": gone.seconds,
    }


def _waiting_rows(database: Database, snapshot: Snapshot, app: Application) -> Counter[tuple[str, str, str]]:
    """Count the rows of a snapshot that wait, by set, content and team; all of a set whose table is gone."""
    workings = restore.work_out(database, snapshots.without(snapshot, snapshots.gone(snapshot, app)), app)
    found: Counter[tuple[str, str, str]] = Counter()
    for name, stored in snapshot.sets.items():
        if name not in workings.sheets and not stored.companion:
            found[name, "", ""] += stored.rows
    for name, content, team, count in workings.waiting():
        match = workings.plan.match_of(team)
        found[name, content, str(match.old.identity) if match else ""] += count
    workings.scratch.drop()
    return found

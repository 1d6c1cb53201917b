"""Rows that the database refuses: found, so that they wait alone (design, "The database has rules").

A restore is written as a whole. Where the database refuses that, what it would not have is looked for (see `halving`).
That is taken back, and the plan worked out anew with those rows waiting, and what hangs on them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from practice_guard.core import errors
from practice_guard.core.database import Database, Query, Scratch, ask_each, literal, savepoints, statement
from practice_guard.core.restore import absent, halving, waits, writes
from practice_guard.core.restore.halving import Searched
from practice_guard.core.restore.plans import Bucket
from practice_guard.core.restore.sheets import Sheet
from practice_guard.core.restore.summing import Workings, writing
from practice_guard.core.restore.tasks import Task

AGAIN = "is tried again; last time: "
"""Before what an earlier restore said of a row that is tried again."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row that the database would not have, and how it is to wait (see `waits`); `note` has the database's words."""

    set: str
    row: int
    how: str
    note: str


def laying(refused: Sequence[Refusal]) -> Query:
    """Return the query of the rows that were refused a moment ago."""
    values = {
        "sets": [each.set for each in refused],
        "rows": [each.row for each in refused],
        "hows": [each.how for each in refused],
        "notes": [each.note for each in refused],
    }
    return Query(statement(__name__, "laid"), values)


def make_wait(scratch: Scratch, sheets: Sequence[Sheet], *, tries: bool) -> None:
    """Let rows wait that were refused; those of an earlier restore are only told of where they are tried again."""
    scratch.fill([(f"waits_{sheet.name}", partial(_refused, sheet, tries=tries)) for sheet in sheets])
    for sheet in sheets:
        waits.let(scratch, sheet)


def _refused(sheet: Sheet, *, tries: bool) -> Query:
    parts = {
        **sheet.parts,
        "whole": absent.lines(sheet),
        "refused": sheet.scratch.table("refused"),
        "set": literal(sheet.name),
        "writes": writing(sheet),
        "tries": "true" if tries else "false",
        "again": literal(AGAIN),
    }
    return Query(statement(__name__, "refused", **parts))


def listed(workings: Workings) -> list[dict[str, object]]:
    """Return the rows of a plan that wait because they were refused, as the ledger keeps them (see `precedents`)."""
    asked = [
        Query(statement(__name__, "listed", plan=workings.scratch.table(f"plan_{sheet.name}"), set=literal(sheet.name)))
        for sheet in workings.sheets.values()
    ]
    return [
        {"set": name, "key": key, "list": None if list_ is None else workings.snapshot.lists[list_ - 1], "old": old,
         "note": note}
        for rows in ask_each(workings.scratch, asked)
        for name, key, list_, old, note in rows
    ]  # fmt: skip


def search(database: Database, workings: Workings, busy: Sequence[Task]) -> list[Refusal]:
    """Find the rows that the database would not have, in a part of the transaction that is taken back."""

    def put(in_turn: Mapping[str, str]) -> int:
        tasks = [replace(task, only=in_turn.get(task.name, "false")) for task in busy]
        return writes.put(database, tasks, savepoints.check, exact=False)

    sets = [
        Searched(task.name, task.parts["whole"], task.lines.writes, f"plan_{task.name}", "p.bucket",
                 "coalesce(p.note, '')")
        for task in busy
    ]  # fmt: skip
    before = {each.note for each in workings.plan.sums if each.writes}

    def known(error: errors.GuardError) -> bool:
        return AGAIN + halving.ALONE + halving.said(error) in before

    return [
        Refusal(each.set, each.row, waits.STAY if each.says == Bucket.PENDING else waits.YIELD, each.words)
        for each in halving.search(database, workings.scratch, sets, put, known)
    ]

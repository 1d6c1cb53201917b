"""Rows that the database refuses: found, so that they wait alone (design, "The database has rules").

A restore is written as a whole. Where the database refuses that, what it would not have is looked for: parts are
written, each behind a savepoint, and a part that is refused is halved until the rows stand alone. That is taken back,
and the plan worked out anew with those rows waiting, and what hangs on them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from practice_guard.core import errors
from practice_guard.core.database import Database, Query, Scratch, ask_each, literal, piece, savepoints, statement
from practice_guard.core.restore import absent, waits, writes
from practice_guard.core.restore.plans import Bucket
from practice_guard.core.restore.refused_rows import AGAIN, ALONE
from practice_guard.core.restore.sheets import Sheet
from practice_guard.core.restore.summing import Workings, writing
from practice_guard.core.restore.tasks import Task
from practice_guard.core.words import counted

TURNS = {"nth": "bigint", "set_name": "text", "row": "bigint"}
"""The rows that are written, in the order in which they are."""

ROUNDS = 12
"""How often a plan is worked out anew without the rows that were refused, before the refusal is the whole restore's."""

ATTEMPTS = 4096
"""How many parts are tried before what is left of a refused one waits as it is; the next restore looks further."""

_NOT_OF_ROWS = frozenset(
    {
        "",
        "08",
        "0A",
        "25",
        "26",
        "28",
        "2D",
        "34",
        "3B",
        "3D",
        "3F",
        "40",
        "42",
        "53",
        "54",
        "55",
        "57",
        "58",
        "F0",
        "XX",
    }
)
"""Classes of SQLSTATE that say nothing of a row: lines, rights, locks, limits and the server."""

_TOGETHER = "the database refuses some of {} tried together: "

_BETWEEN = "\n UNION ALL\n"
_VALUE = re.compile(r': "[^"]*"$', re.DOTALL)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row that the database would not have, and how it is to wait (see `waits`); `note` has the database's words."""

    set: str
    row: int
    how: str
    note: str


def speaks_of_rows(error: errors.GuardError) -> bool:
    """Whether the database has refused rows, and not the whole for another reason."""
    return str(error.data.get("sqlstate") or "")[:2] not in _NOT_OF_ROWS


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
    """Find the rows that the database would not have, in a part of the transaction that is taken back.

    What is refused for what it is, is refused for good, and returned alone: without it others may find their place.
    What another row stands in the way of is tried again with its like, as long as that lets any of them in.
    """
    with savepoints.taken_back(database):
        return _Search(database, workings, busy).refused()


@dataclass(frozen=True, slots=True)
class Part:
    """Some of the rows that are written, one after another by their turns, and why they were refused."""

    first: int
    last: int
    error: errors.GuardError

    @property
    def rows(self) -> int:
        """How many they are."""
        return self.last - self.first + 1


class _Search:
    """Writes rows part by part, and keeps what was let in until the search is over."""

    def __init__(self, database: Database, workings: Workings, busy: Sequence[Task]) -> None:
        self._database = database
        self._scratch = workings.scratch
        self._busy = busy
        self._attempts = 0

    def refused(self) -> list[Refusal]:
        """Return the rows that were not let in."""
        left = self._let_in(self._take_turns(None))
        while True:
            for_good = [each for each in left if not _depends(each.error)]
            if for_good or not left:
                return self._named(for_good)
            again = self._let_in(self._take_turns(left))
            if sum(each.rows for each in again) == sum(each.rows for each in left):
                return self._named(again)
            left = again

    def _take_turns(self, parts: Sequence[Part] | None) -> int:
        """Number the rows that are to be written, all of them or those of some parts, and return how many they are."""
        if parts is None:
            texts = [piece(__name__, "of_a_set", **task.parts, set=literal(task.name), place=str(place),
                           alone=literal(ALONE), writes=task.lines.writes)
                     for place, task in enumerate(self._busy)]  # fmt: skip
            self._scratch.empty("turns")
            self._scratch.fill([("turns", lambda: Query(statement(__name__, "turns", rows=_BETWEEN.join(texts))))])
        else:
            bounds = {"firsts": [each.first for each in parts], "lasts": [each.last for each in parts]}
            self._scratch.replace("turns", lambda former: Query(statement(__name__, "left", former=former), bounds))
        ((count,),) = self._scratch.execute(statement(__name__, "count", turns=self._scratch.table("turns")))
        return int(count)

    def _let_in(self, count: int) -> list[Part]:
        """Write the rows from turn 1 to the last one, and return what was refused: rows alone, but for too many."""
        open_ends, refused = [(1, count)], []
        while open_ends:
            first, last = open_ends.pop()
            error = self._tried(first, last)
            if error is None:
                continue
            if first == last or self._attempts >= ATTEMPTS:
                refused.append(Part(first, last, error))
                continue
            middle = (first + last) // 2
            open_ends += [(middle + 1, last), (first, middle)]
        return refused

    def _tried(self, first: int, last: int) -> errors.GuardError | None:
        self._attempts += 1
        turns = self._scratch.table("turns")
        tasks = [
            replace(task, only=piece(__name__, "in_turn", turns=turns, set=literal(task.name), first=str(first),
                                     last=str(last)))
            for task in self._busy
        ]  # fmt: skip
        try:
            with savepoints.savepoint(self._database):
                writes.put(self._database, tasks, savepoints.check, exact=False)
        except errors.GuardError as error:
            if not speaks_of_rows(error):
                raise
            return error
        return None

    def _named(self, parts: Sequence[Part]) -> list[Refusal]:
        found: list[Refusal] = []
        asked = [
            Query(
                statement(__name__, "named", turns=self._scratch.table("turns"), plan=absent.lines(task.sheet),
                          set=literal(task.name)),
                {"firsts": [each.first for each in parts], "lasts": [each.last for each in parts]},
            )
            for task in self._busy
        ]  # fmt: skip
        for task, rows in zip(self._busy, ask_each(self._scratch, asked), strict=True):
            for place, row, bucket, note in rows:
                how = waits.STAY if bucket == Bucket.PENDING else waits.YIELD
                found.append(Refusal(task.name, row, how, words(parts[place - 1], note)))
        return found


def words(part: Part, before: str = "") -> str:
    """Return what the database says of a row, with the SQLSTATE and without the value that a type does not take.

    Of rows that were tried together nobody knows which of them it means; what was said of one that stood alone in an
    earlier restore, as `before` has it, says more.
    """
    if part.rows > 1 and ALONE in before:
        return before[before.index(ALONE) :]
    error = part.error
    state = str(error.data.get("sqlstate") or "")
    says = " ".join(str(error.data.get("says") or error.message).split())
    of_whom = ALONE if part.rows == 1 else _TOGETHER.format(counted(part.rows, "row"))
    return f"{of_whom}{_VALUE.sub('', says) if state.startswith('22') else says} (SQLSTATE {state})"


def _depends(error: errors.GuardError) -> bool:
    """Whether a row was refused because of other rows: a unique, foreign or exclusion constraint."""
    return str(error.data.get("sqlstate")) in ("23503", "23505", "23P01")

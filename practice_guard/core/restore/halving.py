"""The search for rows that the database refuses: by halves, each part behind a savepoint, until they stand alone."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

from practice_guard.core import errors
from practice_guard.core.database import Database, Query, Scratch, ask_each, literal, piece, savepoints, statement
from practice_guard.core.words import counted

TURNS = {"nth": "bigint", "set_name": "text", "row": "bigint"}
"""The rows that are written, in the order in which they are."""

ROUNDS = 12
"""How often work is planned anew without the rows that were refused, before the refusal is that of the whole."""

ATTEMPTS = 32_768
"""How many parts are tried before what is left of a refused one is taken for refused; the next time looks further."""

FRUITLESS = 4_096
"""How many are tried where more rows are refused than let in: what is left is like them, and users wait meanwhile."""

ALONE = "the database refuses it: "
"""Before the database's words, of a row that stood alone when they were said."""

_SWALLOWS = "a trigger or rule swallows it"
_TOGETHER = "the database refuses some of {} tried together: "

_NEVER = frozenset({"", "08", "25", "40", "53", "57", "58", "XX"})
"""Classes of SQLSTATE that say nothing of a row, whoever raises them: lines, deadlocks, limits and the server."""

_SELDOM = frozenset({"0A", "26", "28", "2D", "34", "3B", "3D", "3F", "42", "54", "55", "F0"})
"""Classes that as a rule say nothing of a row: rights, states, names that are not there. Triggers raise them of one."""

_PROBES = 64
"""How many rows are tried alone before what as a rule says nothing of a row is taken to speak of the whole."""

_LOCKED, _STOPPED = "55P03", "57014"

_VALUE = re.compile(r': ".*"$', re.DOTALL)
_QUOTED = re.compile(
    r"(?P<what>\b(?:table|relation|view|column|constraint|type|enum|domain|encoding|index|trigger|rule|function) )?"
    r'"(?P<name>[^"]*)"'
)
_BETWEEN = "\n UNION ALL\n"
Put = Callable[[Mapping[str, str]], int]
"""Writes a part, checks it, and returns how many rows it wrote.

It is given, by set, the condition that a line `p` is in that part; without it none is.
"""

Known = Callable[[errors.GuardError], bool]
"""Whether a row was refused so before, alone, while others were let in."""


@dataclass(frozen=True, slots=True)
class Searched:
    """A set some of whose rows are refused.

    Attributes:
        name: the set's.
        lines: what its rows' lines are asked from, called `p`; they have a `row`.
        writes: the condition that a line is written.
        table: what in the scratch the lines are laid down in, as far as they are.
        says: an expression over a line, as text: what is to be known of one that is refused.
        before: another: what was said of it when it was refused before.
    """

    name: str
    lines: str
    writes: str
    table: str
    says: str = "''"
    before: str = "''"


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that the database would not have, what its line says, and what the database does."""

    set: str
    row: int
    says: str
    words: str


def speaks_of_rows(error: errors.GuardError) -> bool:
    """Whether the database has plainly refused rows, and not the whole for another reason."""
    return _class(error) not in _NEVER | _SELDOM


def may_speak_of_rows(error: errors.GuardError) -> bool:
    """Whether a search may find rows that the database refuses, or that a trigger or rule swallows.

    What stops a statement for its time is never of rows, unless a trigger says it.
    """
    state = error.data.get("sqlstate")
    if error.data.get("swallowed"):
        return True
    if state == _STOPPED:
        return bool(error.data.get("raised"))
    return state != _LOCKED and _class(error) not in _NEVER


def _class(error: errors.GuardError) -> str:
    return str(error.data.get("sqlstate") or "")[:2]


def search(database: Database, scratch: Scratch, sets: Sequence[Searched], put: Put, known: Known) -> list[Refused]:
    """Find the rows that the database would not have, in a part of the transaction that is taken back.

    What is refused for what it is, is refused for good, and returned alone: without it others may find their place.
    What another row stands in the way of is tried again with its like, as long as that lets any of them in. Where none
    is let in, and not each for what it plainly is, the refusal is that of the whole, and no row is returned.

    Args:
        database: in the transaction that writes.
        scratch: has the table `turns` (see `TURNS`).
        sets: in the order in which they are written.
        put: writes a part.
        known: what is known to be of rows from an earlier time, though none is let in now.
    """
    with suppress(_WholeError), savepoints.taken_back(database):
        return _Search(database, scratch, sets, put, known).refused()
    return []


class _WholeError(Exception):
    """Raised to end a search where no row is let in."""


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

    def __init__(self, database: Database, scratch: Scratch, sets: Sequence[Searched], put: Put, known: Known) -> None:
        self._database = database
        self._scratch = scratch
        self._sets = sets
        self._put = put
        self._known = known
        self._attempts = 0
        self._probed = self._some = False
        scratch.index("turns", "nth")
        for each in sets:
            scratch.index(each.table, "row")

    def refused(self) -> list[Refused]:
        """Return the rows that were not let in."""
        left = self._let_in(self._take_turns(None))
        while True:
            if not (self._some or all(self._of_rows(each.error) for each in left)):
                raise _WholeError
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
            texts = [
                piece(__name__, "of_a_set", lines=each.lines, set=literal(each.name), place=str(place),
                      writes=each.writes, before=each.before, alone=literal(ALONE))
                for place, each in enumerate(self._sets)
            ]  # fmt: skip
            self._scratch.empty("turns")
            self._scratch.fill([("turns", lambda: Query(statement(__name__, "turns", rows=_BETWEEN.join(texts))))])
        else:
            bounds = {"firsts": [each.first for each in parts], "lasts": [each.last for each in parts]}
            self._scratch.replace("turns", lambda former: Query(statement(__name__, "left", former=former), bounds))
        ((count,),) = self._scratch.execute(statement(__name__, "count", turns=self._scratch.table("turns")))
        return int(count)

    def _let_in(self, count: int) -> list[Part]:
        """Write the rows from turn 1 to the last one, and return what was refused: rows alone, but for too many."""
        open_ends, refused, let_in = [(1, count)], list[Part](), 0
        while open_ends:
            first, last = open_ends.pop()
            self._attempts += 1
            error = self._tried(first, last)
            if error is None:
                let_in += last - first + 1
                self._some = True
                continue
            if not (self._some or self._probed or self._of_rows(error)):
                self._probe(count)
            enough = FRUITLESS if len(refused) > let_in else ATTEMPTS
            if first == last or self._attempts >= enough:
                refused.append(Part(first, last, error))
                continue
            middle = (first + last) // 2
            open_ends += [(middle + 1, last), (first, middle)]
        return refused

    def _of_rows(self, error: errors.GuardError) -> bool:
        return speaks_of_rows(error) or self._known(error)

    def _probe(self, count: int) -> None:
        """Try some rows alone, here and there, the newest first, and end the search where that lets none in.

        It goes on where one is refused for what it plainly is: the others may be, too.
        """
        self._probed = True
        most = min(count, _PROBES)
        for turn in sorted({count - place * count // most for place in range(most)}, reverse=True):
            error = None
            with savepoints.taken_back(self._database):
                error = self._tried(turn, turn)
            if error is None or (self._of_rows(error) and not _depends(error)):
                return
        raise _WholeError

    def _tried(self, first: int, last: int) -> errors.GuardError | None:
        turns, bounds = self._scratch.table("turns"), {"first": first, "last": last}
        rows = self._scratch.execute(statement(__name__, "spans", turns=turns), bounds)
        in_turn = {
            name: piece(__name__, "in_turn", turns=turns, set=literal(name), first=str(first), last=str(last),
                        lowest=str(lowest), highest=str(highest))
            for name, lowest, highest in rows
        }  # fmt: skip
        try:
            with savepoints.savepoint(self._database):
                if self._put(in_turn) < last - first + 1:
                    raise errors.RestoreError("Rows were swallowed.", swallowed=True, says=_SWALLOWS)
        except errors.GuardError as error:
            if not may_speak_of_rows(error):
                raise
            return error
        return None

    def _named(self, parts: Sequence[Part]) -> list[Refused]:
        turns, bounds = self._scratch.table("turns"), {
            "firsts": [each.first for each in parts], "lasts": [each.last for each in parts],
        }  # fmt: skip
        asked = [
            Query(
                statement(
                    __name__,
                    "named",
                    turns=turns,
                    lines=each.lines,
                    set=literal(each.name),
                    says=each.says,
                    before=each.before,
                ),
                bounds,
            )
            for each in self._sets
        ]
        return [
            Refused(each.name, row, says, words(parts[place - 1], before))
            for each, rows in zip(self._sets, ask_each(self._scratch, asked), strict=True)
            for place, row, says, before in rows
        ]


def words(part: Part, before: str = "") -> str:
    """Return what the database says of a row, with the SQLSTATE and without the value that a type does not take.

    Of rows that were tried together nobody knows which of them it means; what was said of one that stood alone when it
    was refused `before`, as that has it, says more.
    """
    if part.rows > 1 and ALONE in before:
        return before[before.index(ALONE) :]
    of_whom = ALONE if part.rows == 1 else _TOGETHER.format(counted(part.rows, "row"))
    return of_whom + said(part.error)


def said(error: errors.GuardError) -> str:
    """Return the database's own words, with the SQLSTATE; without values where it speaks of those."""
    state = str(error.data.get("sqlstate") or "")
    says = " ".join(str(error.data.get("says") or error.data.get("primary") or error.message).split())
    if _class(error) in ("22", "23"):
        says = _QUOTED.sub(partial(_unless_name, error), _VALUE.sub("", says))
    return f"{says} (SQLSTATE {state})" if state else says


def _unless_name(error: errors.GuardError, quoted: re.Match[str]) -> str:
    """Return what is quoted where it is the name of a table, a type or a rule, and not what a user has written."""
    return quoted[0] if quoted["what"] or quoted["name"] in error.data.values() else '"…"'


def _depends(error: errors.GuardError) -> bool:
    """Whether a row was refused because of other rows: a unique, foreign or exclusion constraint."""
    return str(error.data.get("sqlstate")) in ("23503", "23505", "23P01")

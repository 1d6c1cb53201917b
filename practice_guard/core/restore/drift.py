"""What has moved between a saved plan and the one that the database asks for now, in people's words.

Both have their rows by set and number, so that they are read side by side, and no more is kept than counts by team.
"""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any

from practice_guard.core import errors
from practice_guard.core.restore.planfile import AGAIN, SavedPlan, described
from practice_guard.core.restore.plans import Bucket
from practice_guard.core.restore.summing import Workings
from practice_guard.core.words import agreeing, counted

_LISTED = 20

_OUTSIDE = "outside"
"""Where a row is that a plan does not speak of."""

_ENDS = {
    Bucket.INTACT: "in place",
    Bucket.RELINK: "to be re-linked",
    Bucket.INSERT: "to be put back",
    Bucket.PENDING: "waiting",
    Bucket.EDITED: "to be left as edited",
    Bucket.DELETED: "to be left deleted",
    Bucket.GIVEN_UP: "given up",
    _OUTSIDE: "not in the plan",
}

_IDS_MOVED = "ids moved"

_IDS = {
    "live_key": "the primary key in the table",
    "before": "the ids pointed at now",
    "after": "the ids to point at",
}
"""What has moved of a row that ends where it was to end, where only ids did."""


@dataclass(frozen=True, slots=True)
class _Line:
    """A row's line of a plan: where the row ends, of which team it was, and what else is told apart."""

    row: int
    bucket: Bucket
    was: str | None
    parts: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class _Move:
    """What moved, alike for many rows: where they were to end and end now, and what differs where that is the same."""

    then: str
    now: str
    reasons: tuple[str, ...] = ()


_Moved = tuple[str | None, _Move, str]
"""A row's team, what moved of it, and its set."""


def moved(saved: SavedPlan, workings: Workings) -> list[str]:
    """Say what differs between a saved plan and the one that the database asks for now: a line a team, not too many.

    Raises:
        errors.UsageError: the file is not as it was written.
    """
    plan = workings.plan
    changes: list[str] = []
    if dict(saved.database) != dict(plan.database):
        changes.append("it was made for another database")
    if saved.snapshot != plan.snapshot:
        changes.append(f"it was made for snapshot {saved.snapshot}, not {plan.snapshot}")
    if changes:
        return changes
    teams: defaultdict[str | None, defaultdict[_Move, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    for was, move, name in _moves(saved, workings):
        teams[was][move][name] += 1
    if not teams:
        return ["no row ends elsewhere, but how the teams are known of rows that are in place"]
    most_first = sorted(teams, key=lambda was: (-sum(map(Counter.total, teams[was].values())), was or ""))
    said = [f"{was or 'rows without a team'}: {_said(teams[was])}" for was in most_first[:_LISTED]]
    more = len(teams) - _LISTED
    return [*said, *([f"… and {counted(more, 'more team')}"] if more > 0 else [])]


def _moves(saved: SavedPlan, workings: Workings) -> Iterator[_Moved]:
    seen: set[str] = set()
    for name, rows in groupby(saved.rows(), key=lambda row: str(row.get("set"))):
        seen.add(name)
        yield from _moves_of(name, rows, saved, workings)
    for name in workings.plan.sets:
        if name not in seen:
            yield from _moves_of(name, (), saved, workings)


def _moves_of(name: str, rows: Iterable[Mapping[str, Any]], saved: SavedPlan, workings: Workings) -> Iterator[_Moved]:
    sheet = workings.sheets.get(name)
    # A row without a line is in place to the letter where these have none, and elsewhere nothing of the plan's.
    without_then = Bucket.INTACT if name in saved.left_out else _OUTSIDE
    without_now = Bucket.INTACT if sheet is not None and sheet.sparse else _OUTSIDE
    today = described(workings, name) if sheet is not None else ()
    for then, now in _side_by_side(map(_line, rows), map(_line, today)):
        known = now or then
        was = known.was if known else None
        ends = then.bucket if then else without_then, now.bucket if now else without_now
        if ends[0] != ends[1]:
            yield was, _Move(*ends), name
        elif then and now and (reasons := tuple(_reasons(then.parts, now.parts))):
            yield was, _Move(*ends, reasons), name


def _side_by_side(then: Iterable[_Line], now: Iterable[_Line]) -> Iterator[tuple[_Line | None, _Line | None]]:
    """Yield the lines of each row that there are, of both plans."""
    both = heapq.merge(((line.row, 0, line) for line in then), ((line.row, 1, line) for line in now), key=itemgetter(0))
    for _, found in groupby(both, key=itemgetter(0)):
        lines = {side: line for _, side, line in found}
        yield lines.get(0), lines.get(1)


def _line(row: Mapping[str, Any]) -> _Line:
    try:
        was = row["was"]
        parts = {part: row[part] for part in (*_IDS, "new_key", "evidence", "fate")}
        return _Line(int(row["row"]), Bucket(row["bucket"]), None if was is None else str(was), parts)
    except (ValueError, KeyError, TypeError, OverflowError) as error:
        raise errors.UsageError(
            f"A line of this plan is not that of a row ({type(error).__name__}: {error}). Nothing was done.",
            next_steps=(AGAIN,),
        ) from error


def _reasons(then: Mapping[str, object], now: Mapping[str, object]) -> Iterator[str]:
    """Say what differs in the lines of a row that ends where it was to end."""
    if then["new_key"] != now["new_key"]:
        yield f"the old primary key is {'taken' if now['new_key'] else 'free again'}"
    if then["fate"] != now["fate"]:
        yield f"the team is {now['fate'] or 'none'}"
    if then["evidence"] != now["evidence"]:
        yield f"the evidence is {now['evidence'] or 'none'}"
    ids = [said for part, said in _IDS.items() if then[part] != now[part]]
    if ids:
        yield f"{_IDS_MOVED} ({', '.join(ids)})"


def _said(moves: Mapping[_Move, Counter[str]]) -> str:
    most_first = sorted(moves, key=lambda move: (-moves[move].total(), move.then, move.now, move.reasons))
    return "; ".join(_sentence(move, moves[move]) for move in most_first)


def _sentence(move: _Move, rows: Counter[str]) -> str:
    (first, most), *others = sorted(rows.items(), key=lambda each: (-each[1], each[0]))
    of = ", ".join([f"{counted(most, 'row')} of {first}", *(f"{count:,} of {name}" for name, count in others)])
    are, were = agreeing(rows.total(), "is", "are"), agreeing(rows.total(), "was", "were")
    if move.then != move.now:
        return f"{of} that {were} {_ENDS[move.then]} {are} {_ENDS[move.now]} now"
    only = "only " if len(move.reasons) == 1 and move.reasons[0].startswith(_IDS_MOVED) else ""
    return f"{of} {are} {_ENDS[move.now]} still, but {only}{', '.join(move.reasons)}"

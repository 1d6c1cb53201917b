"""The primary keys of rows that are put back: their own, or new ones where those are taken; and all sequences."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from practice_guard.core import errors
from practice_guard.core.application import Column
from practice_guard.core.database import Database, Query, ask_each, identifier, literal, piece, savepoints, statement
from practice_guard.core.restore import halving, relinking, waits
from practice_guard.core.restore.refusals import Refusal
from practice_guard.core.restore.sheets import STAND_IN
from practice_guard.core.restore.summing import Workings, writing
from practice_guard.core.restore.tasks import Task

_DRAWN = re.compile(r"nextval\('(?:[^']|'')*'::regclass\)")
_WHOLE = ("smallint", "integer", "bigint")
_NUMBERS = (*_WHOLE, "real", "double precision")
_MOST_DRAWN = 1_000_000
"""How many keys are drawn at most to find free ones where a sequence cycles."""


def give(database: Database, workings: Workings, busy: Sequence[Task]) -> list[Refusal]:
    """Move the sequences past every value in use, and give new keys to the rows whose own are taken.

    Also where no row is put back: an import may have restarted a sequence and left the rows. That holds for every
    column that a sequence numbers, since the application's next row draws from all of them. What hangs on a row with a
    new key is pointed at it in the plan.

    Returns:
        the rows for which no key was left.

    Raises:
        errors.AccessError: the role may not read or move a sequence.
        errors.RestoreError: a row hangs on one that is not put back.
    """
    asked = ask_each(database, [Query(statement(__name__, "without_key", **task.parts)) for task in busy])
    wanted = {task.name: count for task, ((count,),) in zip(busy, asked, strict=True)}
    cycling = _advance(database, busy)
    drawing = [task for task in busy if wanted[task.name]]
    refused: list[Refusal] = []
    for task in drawing:
        refused += _draw(database, task, wanted[task.name], again=task.bound.key.sequence in cycling)
    if not refused:
        _follow(database, workings, busy, {task.name for task in drawing})
    return refused


def _draw(database: Database, task: Task, wanted: int, *, again: bool) -> list[Refusal]:
    """Give new keys to the rows of a set that need one, and return those that got none."""
    key = task.bound.key
    made_by = f"nextval({literal(key.sequence or '')}::text::regclass)"
    if key.sequence is None or not (key.identity or _is_number(key)):
        made_by = _default(database, task, key)
    parts = {**task.parts, "made_by": made_by, "made_as": key.type, "more": "0", "most": str(_MOST_DRAWN)}
    if again:
        parts["more"] = piece(__name__, "every_row", **task.parts)
    says = "the database makes no key that is free"
    try:
        with savepoints.savepoint(database), relinking.application_path(database):
            database.write([Query(statement(__name__, "give_keys", **parts), {"wanted": wanted})])
    except errors.GuardError as error:
        if not halving.speaks_of_rows(error):
            raise
        says = f"the database says: {halving.said(error)}"
    rows = database.execute(statement(__name__, "still_without", **task.parts))
    note = f"its primary key is taken, and {says}"
    return [Refusal(task.name, row, waits.YIELD, note) for (row,) in rows]


def _default(database: Database, task: Task, column: Column) -> str:
    """Return the expression from which a column gets its values, for a statement with parameters."""
    asked = {"table": task.bound.table.oid, "column": column.name}
    rows = database.execute(statement(__name__, "default"), asked)
    return str(rows[0][0]).replace("%", "%%") if rows else "NULL"


def _follow(database: Database, workings: Workings, busy: Sequence[Task], renumbered: set[str]) -> None:
    following = [
        (task, place, reference.parent)
        for task in busy
        for place, reference in enumerate(task.sheet.references)
        if reference.parent in renumbered
    ]
    for task, place, parent in following:
        above = workings.scratch.table(f"plan_{parent}")
        named = {**task.parts, "place": str(place), "above": above, "stand_in": f"({STAND_IN})"}
        database.write([Query(statement(__name__, "follow", **named))])
    for task in busy:
        for place, reference in enumerate(task.sheet.references):
            if reference.parent is None:
                continue
            named = {**task.parts, "place": str(place), "writes": writing(task.sheet), "stand_in": f"({STAND_IN})"}
            if database.execute(statement(__name__, "left_hanging", **named))[0][0]:
                raise errors.RestoreError(f"A row of {reference.parent} that {task.name} hangs on was not put back.")


@dataclass(frozen=True, slots=True)
class _Numbered:
    """A column that a sequence numbers."""

    task: Task
    column: Column
    sequence: str


def _advance(database: Database, busy: Sequence[Task]) -> set[str]:
    """Move sequences on, each in its direction, past the values that it could give; return those that cycle.

    One that cycles gives values anew whatever it stands at, and is left there.
    """
    numbered = [
        _Numbered(task, column, column.sequence)
        for task in busy
        if not task.bound.only_pointed
        for column in task.bound.stored
        if column.sequence is not None
    ]
    found = ask_each(database, [_position(database, each) for each in numbered])
    to: dict[str, int] = {}
    cycling: set[str] = set()
    for each, ((step, cycles, last, farthest),) in zip(numbered, found, strict=True):
        if cycles:
            cycling.add(each.sequence)
        elif farthest is not None and (farthest - last) * step > 0:
            value = int(farthest)
            known = to.get(each.sequence, value)
            to[each.sequence] = max(known, value) if step > 0 else min(known, value)
    if to:
        database.execute(statement(__name__, "advance"), {"sequences": list(to), "values": list(to.values())})
    return cycling


def _position(database: Database, each: _Numbered) -> Query:
    task, column = each.task, each.column
    made_by = None if _is_number(column) else _default(database, task, column)
    named = {**task.parts, "in_table": _number(column, f"t.{identifier(column.name)}", made_by)}
    for way in ("max", "min"):
        named["way"] = way
        named["put_back"] = _put_back(named, task, column, made_by)
        named[way] = piece(__name__, "farthest", **named)
    named["sequence"] = each.sequence.replace("%", "%%")
    return Query(statement(__name__, "position", **named), {"sequence": each.sequence})


def _put_back(named: Mapping[str, str], task: Task, column: Column, made_by: str | None) -> str:
    """Return the piece that looks at what rows put back have in a column; nothing where the snapshot has none."""
    if column.name == task.bound.key.name:
        value = _number(column, f"p.put{'' if task.sheet.key_type == 'bigint' else '::text'}", made_by)
        return piece(__name__, "own_keys", **named, value=value)
    kept_as = task.sheet.stored.types.get(column.name)
    if kept_as is None:
        return ""
    cast = "" if kept_as == column.type else "::text"
    value = _number(column, f"s.{identifier(column.name)}{cast}", made_by)
    return piece(__name__, "own_values", **named, value=value)


def _is_number(column: Column) -> bool:
    return column.type in _NUMBERS or column.type.startswith("numeric")


def _number(column: Column, value: str, made_by: str | None) -> str:
    """Return the number from which a sequence made a value; NULL where it is plain that none did."""
    if made_by is None:
        exact = column.type in _WHOLE and not value.endswith("::text")
        return value if exact else f"floor({value}::numeric)"
    made, drawn = _DRAWN.subn("n.number", made_by)
    return piece(__name__, "in_text", value=value, made=made) if drawn == 1 else "NULL::numeric"

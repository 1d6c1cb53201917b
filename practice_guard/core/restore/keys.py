"""The primary keys of rows that are put back: their own, or new ones where those are taken."""

from __future__ import annotations

from collections.abc import Sequence

from practice_guard.core import errors
from practice_guard.core.database import Database, Query, ask_each, statement
from practice_guard.core.restore.sheets import STAND_IN
from practice_guard.core.restore.summing import Workings, writing
from practice_guard.core.restore.tasks import Task
from practice_guard.core.words import agreeing, counted


def give(database: Database, workings: Workings, busy: Sequence[Task]) -> None:
    """Move the sequences past every key in use, and give new keys to the rows whose own are taken.

    Also where no row is put back: an import may have restarted a sequence and left the rows. What hangs on a row with a
    new key is pointed at it in the plan.

    Raises:
        errors.SchemaError: keys are taken and no sequence makes new ones.
        errors.RestoreError: a row hangs on one that is not put back.
    """
    asked = ask_each(database, [Query(statement(__name__, "without_key", **task.parts)) for task in busy])
    wanted = {task.name: count for task, ((count,),) in zip(busy, asked, strict=True)}
    for task in busy:
        if wanted[task.name] and task.bound.key.sequence is None:
            are = agreeing(wanted[task.name], "is", "are")
            raise errors.SchemaError(
                f"{counted(wanted[task.name], 'primary key')} of {task.bound.table.name} {are} taken and no sequence "
                "makes new ones. Nothing was written."
            )
    _advance(database, [task for task in busy if task.bound.key.sequence is not None])
    drawing = [task for task in busy if wanted[task.name]]
    database.write([_giving(task) for task in drawing])
    _follow(database, workings, busy, {task.name for task in drawing})


def _giving(task: Task) -> Query:
    return Query(statement(__name__, "give_keys", **task.parts), {"sequence": task.bound.key.sequence})


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


def _advance(database: Database, numbered: Sequence[Task]) -> None:
    found = ask_each(database, [_position(task) for task in numbered])
    to: dict[str, int] = {}
    for task, ((highest, own, last),) in zip(numbered, found, strict=True):
        needed, sequence = max(own or 0, highest or 0), str(task.bound.key.sequence)
        if needed > last:
            to[sequence] = max(needed, to.get(sequence, 0))
    if to:
        database.execute(statement(__name__, "advance"), {"sequences": list(to), "values": list(to.values())})


def _position(task: Task) -> Query:
    sequence = str(task.bound.key.sequence).replace("%", "%%")
    return Query(statement(__name__, "position", **task.parts, sequence=sequence))

"""The primary keys of rows that are put back: their own, or new ones where those are taken."""

from __future__ import annotations

from collections.abc import Sequence

from practice_guard.core import errors
from practice_guard.core.database import Database, Query, ask_each, statement
from practice_guard.core.restore.tasks import Task
from practice_guard.core.words import agreeing, counted


def new_keys(database: Database, busy: Sequence[Task]) -> dict[str, list[str]]:
    """Move the sequences past every key in use, and return the primary keys of the rows put back, by set.

    Also where no row is put back: an import may have restarted a sequence and left the rows.

    Raises:
        errors.SchemaError: keys are taken and no sequence makes new ones.
    """
    wanted = {task.name: sum(row.new_key for row in task.inserts) for task in busy}
    for task in busy:
        if wanted[task.name] and task.bound.key.sequence is None:
            are = agreeing(wanted[task.name], "is", "are")
            raise errors.SchemaError(
                f"{counted(wanted[task.name], 'primary key')} of {task.bound.table.name} {are} taken and no sequence "
                "makes new ones. Nothing was written."
            )
    _advance(database, [task for task in busy if task.bound.key.sequence is not None])
    drawing = [task for task in busy if wanted[task.name]]
    queries = [
        Query(statement(__name__, "next_keys"), {"sequence": task.bound.key.sequence, "count": wanted[task.name]})
        for task in drawing
    ]
    fresh = {task.name: iter(rows) for task, rows in zip(drawing, ask_each(database, queries), strict=True)}
    return {task.name: [next(fresh[task.name])[0] if row.new_key else row.key for row in task.inserts] for task in busy}


def _advance(database: Database, numbered: Sequence[Task]) -> None:
    found = ask_each(database, [_position(task) for task in numbered])
    to: dict[str, int] = {}
    for task, ((highest, last),) in zip(numbered, found, strict=True):
        own = max((int(row.key) for row in task.inserts if not row.new_key), default=0)
        needed, sequence = max(own, highest or 0), str(task.bound.key.sequence)
        if needed > last:
            to[sequence] = max(needed, to.get(sequence, 0))
    if to:
        database.execute(statement(__name__, "advance"), {"sequences": list(to), "values": list(to.values())})


def _position(task: Task) -> Query:
    sequence = str(task.bound.key.sequence).replace("%", "%%")
    return Query(statement(__name__, "position", **task.bound.parts, sequence=sequence))

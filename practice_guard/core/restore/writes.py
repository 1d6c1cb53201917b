"""The writes of a plan, in sets, and the proof that they did what the plan says and nothing else."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from practice_guard.core import errors
from practice_guard.core.database import Database, Query, Row, ask_each, columns, identifier, literal, statement
from practice_guard.core.restore import keys, relinking
from practice_guard.core.restore.summing import Workings, writing
from practice_guard.core.restore.tasks import Task
from practice_guard.core.words import agreeing, counted

_TOUCHED_BY_TRIGGERS = frozenset({"updated_at"})
"""Columns that triggers may set: a restore is an update, and a row put back may touch the one that it hangs on."""


def write(database: Database, workings: Workings, busy: Sequence[Task]) -> int:
    """Do all tasks inside the caller's transaction, which holds the locks, and nothing else.

    Args:
        database: where.
        workings: the plan's tables.
        busy: what is to be done, parents first.

    Returns:
        how many rows were written.

    Raises:
        errors.RestoreError: the database did something else than the plan says (a trigger, a rule); the transaction
            must be given up.
        errors.SchemaError: rows cannot be put back into a table as it is now.
    """
    if not busy:
        return 0
    keys.give(database, workings, busy)
    before = _left_alone(database, busy)
    with relinking.application_path(database):
        for task in busy:
            _point(database, task)
            if task.inserts:
                _expect(task, task.inserts, database.write([_insertion(task)])[0])
        database.check_constraints()
    for was, now in zip(before, _left_alone(database, busy), strict=True):
        if now != was:
            raise was.changed()
    return sum(task.updates + task.inserts for task in busy)


@dataclass(frozen=True, slots=True)
class _LeftAlone:
    """Count and sums of what the plan leaves as it is in a table: other rows, or other columns of rows updated."""

    table: str
    sums: Row
    columns: bool

    def changed(self) -> errors.RestoreError:
        if not self.columns:
            return relinking.others_changed(self.table)
        return errors.RestoreError(
            f"A trigger changed other columns of {self.table} than the plan does. Everything was rolled back."
        )


def _left_alone(database: Database, busy: Sequence[Task]) -> list[_LeftAlone]:
    """Sum up what the plan leaves as it is."""
    above = {reference.parent for task in busy for reference in task.sheet.references}
    tables: defaultdict[str, list[Task]] = defaultdict(list)
    for task in busy:
        tables[task.bound.table.quoted].append(task)
    asked: list[tuple[str, bool, Query]] = []
    for tasks in tables.values():
        touched = any(task.name in above for task in tasks)
        asked.append((tasks[0].bound.table.name, False, _beside(tasks, touched=touched)))
        asked += ((tasks[0].bound.table.name, True, query) for query in _other_columns(tasks))
    found = ask_each(database, [query for *_, query in asked])
    return [_LeftAlone(table, row, kind) for (table, kind, _), (row,) in zip(asked, found, strict=True)]


def _beside(tasks: Sequence[Task], *, touched: bool) -> Query:
    """Sum up the other rows of a table; where rows that are written hang on them, without what triggers may set."""
    names = [name for name in tasks[0].bound.table.columns if not (touched and name in _TOUCHED_BY_TRIGGERS)]
    return _summed(tasks[0], names, f"NOT ({' OR '.join(_written_by(task) for task in tasks)})")


def _other_columns(tasks: Sequence[Task]) -> Iterator[Query]:
    """Sum up what updates of references must leave as it is; several sets may move references of one row."""
    moving = [task for task in tasks if task.updates]
    together = [
        f"({_moved_by(one)} AND {_moved_by(other)})"
        for place, one in enumerate(moving)
        for other in moving[place + 1 :]
    ]
    shared = " OR ".join(together)
    for task in moving:
        alone = _moved_by(task) + (f" AND NOT ({shared})" if shared else "")
        yield _summed(task, _kept(task, [task]), alone)
    if shared:
        yield _summed(moving[0], _kept(moving[0], moving), shared)


def _kept(task: Task, moving: Sequence[Task]) -> list[str]:
    moved = {name for each in moving for name in each.refs}
    return [each.name for each in task.bound.stored if each.name not in {*moved, *_TOUCHED_BY_TRIGGERS}]


def _summed(task: Task, names: Sequence[str], others: str) -> Query:
    named = {**task.parts, "columns": columns(names, of="t", cast="::text"), "others": others}
    return Query(statement(__name__, "beside", **named))


def _written_by(task: Task) -> str:
    return statement(__name__, "written_by", **_parts(task)).partition("\n")[2]


def _moved_by(task: Task) -> str:
    return statement(__name__, "moved_by", **_parts(task)).partition("\n")[2]


def _parts(task: Task) -> dict[str, str]:
    sheet = task.sheet
    return {
        **task.parts,
        "live_cast": "" if sheet.key_type == "bigint" else "::text",
        "writes": writing(sheet),
        "before_list": sheet.each("p.b#"),
        "after_list": sheet.each("p.a#"),
        "pointing": " AND ".join(
            f"t.{identifier(name)}::bigint IS NOT DISTINCT FROM p.a{place}" for place, name in enumerate(task.refs)
        ),
    }


def _insertion(task: Task) -> Query:
    bound, types = task.bound, task.bound.table.columns
    names = [bound.key.name, *task.refs, *(column.name for column in task.plain)]
    values = [f"p.put::{bound.key.type}"]
    values += [f"p.a{place}::{types[name].type}" for place, name in enumerate(task.refs)]
    kept_as = {each.name: each.stored_as for each in task.sheet.stored.columns}
    as_was = ["" if kept_as[each.name] == each.type else f"::{each.type}" for each in task.plain]
    values += [f"s.{identifier(each.name)}{cast}" for each, cast in zip(task.plain, as_was, strict=True)]
    return Query(statement(__name__, "insert_rows", **_parts(task), columns=columns(names), values=", ".join(values)))


def _point(database: Database, task: Task) -> None:
    """Update the references of rows.

    Raises:
        errors.RestoreError: fewer rows were updated than there were to be (a trigger or rule).
        errors.SchemaError: rows cross a unique key and there is nowhere to put them meanwhile.
    """
    if not task.updates:
        return
    for key in task.bound.table.unique_keys:
        places = [place for place, name in enumerate(task.refs) if name in key.columns]
        if places and not key.primary:
            _park(database, task, places)
    types = task.bound.table.columns
    assignments = ", ".join(
        f"{identifier(name)} = p.a{place}::{types[name].type}" for place, name in enumerate(task.refs)
    )
    text = statement(__name__, "update_references", **_parts(task), assignments=assignments)
    _expect(task, task.updates, database.write([Query(text)])[0])


def _park(database: Database, task: Task, places: Sequence[int]) -> None:
    """First step of updates that cross a unique key: those in the way go where nobody is."""
    parts = _parts(task)
    blocking = statement(
        __name__,
        "blocking",
        **parts,
        before_parts=", ".join(f"p.b{place}" for place in places),
        after_parts=", ".join(f"p.a{place}" for place in places),
        other_writes=writing(task.sheet).replace("p.", "o."),
        other_before=", ".join(f"o.b{place}" for place in places),
        other_after=", ".join(f"o.a{place}" for place in places),
        meets=" AND ".join(f"o.a{place} IS NOT DISTINCT FROM p.b{place}" for place in places),
    )
    count = database.execute(statement(__name__, "in_the_way", blocking=f"\n{blocking}\n"))[0][0]
    if not count:
        return
    for column, value, free in _aside(task, places, count):
        named = {**parts, "column": identifier(column), "value": value, "blocking": f"\n{blocking}\n", "free": free}
        if database.write([Query(statement(__name__, "park", **named))])[0] == count:
            return
    names = ", ".join(task.refs[place] for place in places)
    raise errors.SchemaError(
        f"Rows of {task.bound.table.name} must change places under a unique key over {names}, which may be neither "
        "NULL nor free: drop that key, restore, and put it back. Nothing was written."
    )


def _aside(task: Task, places: Sequence[int], count: int) -> Iterator[tuple[str, str, str]]:
    """Return columns and values that collide with nothing: NULL, ids that are none, or ids nobody has."""
    table = task.bound.table
    keyed = {key.column: key for key in table.foreign_keys}
    named = [table.columns[task.refs[place]] for place in places]
    for column in named:
        if not column.not_null:
            yield column.name, "NULL", ""
            return
        if column.name not in keyed:
            yield column.name, f"(-b.nth)::{column.type}", ""
            return
    for place, column in zip(places, named, strict=True):
        key = keyed[column.name]
        free = statement(
            __name__,
            "free_ids",
            **_parts(task),
            column=identifier(column.name),
            place=str(place),
            count=str(count),
            parent=identifier(table.schema, key.parent),
            parent_column=identifier(key.parent_column),
        )
        yield column.name, f"free.id::{column.type}", free.partition("\n")[2]


def _expect(task: Task, wanted: int, done: int) -> None:
    """Require that as many rows were written as were to be.

    Raises:
        errors.RestoreError: they were not.
    """
    if done != wanted:
        raise errors.RestoreError(
            f"Of {counted(wanted, 'row')} of {task.name} to be written {done:,} {agreeing(done, 'was', 'were')}: a "
            f"trigger or rule on {task.bound.table.name} swallowed the rest. Everything was rolled back."
        )


def prove(database: Database, busy: Sequence[Task]) -> None:
    """Read every written row back, after all triggers and constraints, and compare it with the plan to the letter.

    Raises:
        errors.RestoreError: a row is not as it should be; the transaction must be given up.
    """
    asked: list[tuple[Task, str, int, Query]] = []
    for task in busy:
        if task.inserts:
            asked.append((task, "put back", task.inserts, _restored_right(task)))
        if task.updates:
            right = Query(statement(__name__, "updated_right", **_parts(task)))
            asked.append((task, "re-linked", task.updates, right))
    found = ask_each(database, [query for *_, query in asked])
    for (task, what, count, _), ((right,),) in zip(asked, found, strict=True):
        if right != count:
            are = agreeing(count - right, "is not as it", "are not as they")
            raise errors.RestoreError(
                f"{count - right:,} of {counted(count, 'row')} of {task.name} to be {what} {are} should be: a trigger "
                f"or rule on {task.bound.table.name} changed or swallowed that. Everything was rolled back."
            )


def _restored_right(task: Task) -> Query:
    """Ask how many rows put back are as the snapshot and the plan have them."""
    names = [column.name for column in task.plain]
    live, kept = (columns(names, of=each, cast="::text") for each in "ts")
    return Query(statement(__name__, "restored_right", **_parts(task), live=live, kept=kept))


def ledger_rows(busy: Sequence[Task]) -> list[Query]:
    """Return the queries of what was written, for the ledger."""
    return [Query(statement(__name__, "ledger_rows", **_parts(task), set=literal(task.name))) for task in busy]

"""The writes of a plan, in sets, and the proof that they did what the plan says and nothing else."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from practice_guard.core import errors
from practice_guard.core.application import BoundSet
from practice_guard.core.database import Database, Query, Row, ask_each, columns, identifier, statement
from practice_guard.core.restore import relinking
from practice_guard.core.restore.keys import new_keys
from practice_guard.core.restore.plans import PlannedRow, SetPlan
from practice_guard.core.restore.relinking import Move
from practice_guard.core.restore.tasks import Task
from practice_guard.core.words import agreeing, counted

_TOUCHED_BY_TRIGGERS = frozenset({"updated_at"})
"""Columns that triggers may set: a restore is an update, and a row put back may touch the one that it hangs on."""


@dataclass(frozen=True, slots=True)
class Written:
    """What was written of one set: the rows as planned, with the primary keys they got."""

    updates: tuple[PlannedRow, ...] = ()
    inserts: tuple[PlannedRow, ...] = ()
    keys: tuple[str, ...] = ()


def write(database: Database, tasks: Sequence[Task]) -> dict[str, Written]:
    """Do all tasks inside the caller's transaction, which holds the locks, and prove that this and no more was done.

    Args:
        database: where.
        tasks: parents first, so that what hangs on them can be given their new keys.

    Raises:
        errors.RestoreError: the database did something else than the plan says (a trigger, a rule); the transaction
            must be given up.
        errors.SchemaError: rows cannot be put back into a table as it is now.
    """
    written = {task.name: Written() for task in tasks}
    busy = [task for task in tasks if task.updates or task.inserts]
    if not busy:
        return written
    before = _left_alone(database, busy, {})
    with relinking.application_path(database):
        keys = new_keys(database, busy)
        for task in busy:
            placed = replace(task, made=with_keys(task.made, task.bound, written))
            relinking.point(database, task.bound, _moves(placed.updates))
            if placed.inserts:
                _insert(database, placed, keys[task.name])
            written[task.name] = Written(placed.updates, placed.inserts, tuple(keys[task.name]))
        database.check_constraints()
    for was, now in zip(before, _left_alone(database, busy, keys), strict=True):
        if now != was:
            raise was.changed()
    _prove(database, busy, written)
    return written


@dataclass(frozen=True, slots=True)
class _LeftAlone:
    """Count and digest of what the plan leaves as it is in a table: other rows, or other columns of rows updated."""

    table: str
    sum: Row
    columns: bool

    def changed(self) -> errors.RestoreError:
        if not self.columns:
            return others_changed(self.table)
        return errors.RestoreError(
            f"A trigger changed other columns of {self.table} than the plan does. Everything was rolled back."
        )


def _left_alone(database: Database, busy: Sequence[Task], keys: Mapping[str, Collection[str]]) -> list[_LeftAlone]:
    """Sum up what the plan leaves as it is; `keys` are those of the rows put back, by set, once they are."""
    above = {reference.parent for task in busy for reference in task.bound.references}
    touched = frozenset(task.bound.table.quoted for task in busy if task.name in above)
    rows = _other_rows(((task.bound, [*task.updated, *keys.get(task.name, ())]) for task in busy), touched)
    columns_ = [_other_columns(tasks, moved) for tasks, moved in _moved_together(busy)]
    found = ask_each(database, [query for _, query in (*rows, *columns_)])
    return [
        _LeftAlone(bound.table.name, row, columns=place >= len(rows))
        for place, ((bound, _), (row,)) in enumerate(zip((*rows, *columns_), found, strict=True))
    ]


def _moved_together(busy: Sequence[Task]) -> Iterable[tuple[list[Task], list[str]]]:
    """Return the primary keys of updated rows by the tasks that update them: two may move references of one row."""
    movers: defaultdict[tuple[str, str], list[Task]] = defaultdict(list)
    for task in busy:
        for key in task.updated:
            movers[task.bound.table.quoted, key].append(task)
    found: dict[tuple[str, ...], tuple[list[Task], list[str]]] = {}
    for (_, key), tasks in movers.items():
        found.setdefault(tuple(task.name for task in tasks), (tasks, []))[1].append(key)
    return found.values()


def _other_columns(tasks: Sequence[Task], keys: Sequence[str]) -> tuple[BoundSet, Query]:
    bound = tasks[0].bound
    moved = {each.column for task in tasks for each in task.bound.references}
    names = [each.name for each in bound.stored if each.name not in {*moved, *_TOUCHED_BY_TRIGGERS}]
    parts = {**bound.parts, "columns": columns(names, of="t", cast="::text")}
    return bound, Query(statement(__name__, "kept_of_updated", **parts), {"keys": list(keys)})


def _other_rows(
    sets: Iterable[tuple[BoundSet, Collection[str]]], touched: Collection[str] = ()
) -> list[tuple[BoundSet, Query]]:
    """Return one query a table, also where two sets are of it.

    Of the tables `touched`, on whose rows others that are written hang, what triggers may set is left out.
    """
    keys: defaultdict[str, list[str]] = defaultdict(list)
    tables: dict[str, BoundSet] = {}
    for bound, written in sets:
        tables.setdefault(bound.table.quoted, bound)
        keys[bound.table.quoted] += written
    return [(bound, _untouched(bound, keys[name], name in touched)) for name, bound in tables.items()]


def _untouched(bound: BoundSet, keys: Collection[str], touched: bool) -> Query:
    names = [name for name in bound.table.columns if not (touched and name in _TOUCHED_BY_TRIGGERS)]
    text = statement(__name__, "untouched", **bound.parts, columns=columns(names, of="t", cast="::text"))
    return Query(text, {"keys": list(keys)})


def beside(database: Database, sets: Iterable[tuple[BoundSet, Collection[str]]]) -> dict[str, Row]:
    """Return count and digest of the rows besides those given by their primary keys, by table."""
    rows = _other_rows(sets)
    found = ask_each(database, [query for _, query in rows])
    return {bound.table.name: row for (bound, _), (row,) in zip(rows, found, strict=True)}


def others_changed(table: str) -> errors.RestoreError:
    """Say that rows changed which nobody was to touch."""
    return errors.RestoreError(
        f"Rows of {table} that the plan does not touch changed while it was applied (a trigger?). "
        "Everything was rolled back."
    )


def _prove(database: Database, busy: Sequence[Task], written: Mapping[str, Written]) -> None:
    """Read every written row back, after all triggers and constraints, and compare it with the plan to the letter."""
    asked: list[tuple[Task, str, int, Query]] = []
    for task in busy:
        done = written[task.name]
        if done.inserts:
            asked.append((task, "put back", len(done.inserts), _restored_right(task, done)))
        if done.updates:
            asked.append((task, "re-linked", len(done.updates), relinking.right(task.bound, _moves(done.updates))))
    found = ask_each(database, [query for *_, query in asked])
    for (task, what, count, _), ((right,),) in zip(asked, found, strict=True):
        if right != count:
            are = agreeing(count - right, "is not as it", "are not as they")
            raise errors.RestoreError(
                f"{count - right:,} of {counted(count, 'row')} of {task.name} to be {what} {are} should be: a trigger "
                f"or rule on {task.bound.table.name} changed or swallowed that. Everything was rolled back."
            )


def _restored_right(task: Task, done: Written) -> Query:
    """Ask how many rows put back are as the snapshot and the plan have them."""
    names = [column.name for column in task.plain]
    parts = {"live": columns(names, of="t", cast="::text"), "kept": columns(names, of="s", cast="::text")}
    rows = {"rows": [row.row for row in done.inserts], "keys": list(done.keys)}
    text = statement(__name__, "restored_right", **task.parts, **parts)
    return Query(text, rows | relinking.references([row.after for row in done.inserts], task.bound))


def _insert(database: Database, task: Task, keys: Sequence[str]) -> None:
    """Put rows back."""
    bound, rows = task.bound, task.inserts
    names = [bound.key.name, *task.refs, *(column.name for column in task.plain)]
    values = [f"u.key::{bound.key.type}", *(f"u.r{place}" for place in range(len(task.refs)))]
    kept_as = {each.name: each.stored_as for each in task.stored.columns}
    as_was = ["" if kept_as[each.name] == each.type else f"::{each.type}" for each in task.plain]
    values += [f"s.{identifier(each.name)}{cast}" for each, cast in zip(task.plain, as_was, strict=True)]
    text = statement(__name__, "insert_rows", **task.parts, columns=columns(names), values=", ".join(values))
    given = {"rows": [row.row for row in rows], "keys": list(keys)}
    returned = database.execute(text, given | relinking.references([row.after for row in rows], bound))
    relinking.expect(bound, len(rows), len(returned))


def _moves(rows: Sequence[PlannedRow]) -> list[Move]:
    return [Move(str(row.live_key), row.before or (), row.after or ()) for row in rows]


def ledger_rows(written: Written) -> dict[str, list[object]]:
    """Return the written rows as columns for the ledger."""
    rows = [*written.updates, *written.inserts]
    new_keys = [*(str(row.live_key) for row in written.updates), *written.keys]
    return {
        "actions": [str(row.bucket) for row in rows],
        "rows": [row.row for row in rows],
        "old_keys": [row.key for row in rows],
        "new_keys": list(new_keys),
        "before": [json.dumps(row.before) for row in rows],
        "after": [json.dumps(row.after) for row in rows],
    }


def with_keys(made: SetPlan, bound: BoundSet, written: Mapping[str, Written]) -> SetPlan:
    """Put the primary keys that parents got into the references of what hangs on them.

    Args:
        made: the plan of a set.
        bound: the set.
        written: what was written of the sets before it.

    Raises:
        errors.RestoreError: a parent was to be put back and was not.
    """
    keys = {
        name: dict(zip((row.row for row in each.inserts), each.keys, strict=True)) for name, each in written.items()
    }

    def key_of(place: int, row: int) -> int:
        parent = bound.references[place].parent or ""
        if row not in keys.get(parent, {}):
            raise errors.RestoreError(f"A row of {parent} that {bound.name} hangs on was not put back.")
        return int(keys[parent][row])

    return replace(made, rows=tuple(row.with_keys(key_of) for row in made.rows))

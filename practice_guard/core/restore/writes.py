"""The writes of a plan, in sets, and the proof that they did what the plan says and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import NoReturn

from practice_guard.core import errors
from practice_guard.core.application import numbers
from practice_guard.core.database import Database, Query, ask_each, columns, identifier, literal, piece, statement
from practice_guard.core.records import ledger
from practice_guard.core.restore import inward, relinking, untouched
from practice_guard.core.restore.tasks import Task
from practice_guard.core.words import agreeing, counted


def write(database: Database, busy: Sequence[Task]) -> int:
    """Do all tasks inside the caller's transaction, which holds the locks, and nothing else.

    Args:
        database: where.
        busy: what is to be done, parents first; rows have the keys that they are put back under (see `keys`).

    Returns:
        how many rows were written.

    Raises:
        errors.RestoreError: the database did something else than the plan says (a trigger, a rule); the transaction
            must be given up.
        errors.SchemaError: rows cannot be put back into a table as it is now.
    """
    if not busy:
        return 0
    written = [task.lines for task in busy]
    for task in busy:
        if task.bound.spelled:
            task.sheet.scratch.empty(f"were_{task.name}")
            task.sheet.scratch.fill([(f"were_{task.name}", partial(_were, task))])
    before = untouched.left_alone(database, written, present=False)
    put(database, busy, lambda each: each.check_constraints())
    untouched.check(before, untouched.left_alone(database, written, present=True))
    return sum(task.updates + task.inserts for task in busy)


def put(database: Database, busy: Sequence[Task], check: Callable[[Database], None], *, exact: bool = True) -> int:
    """Write rows, parents first, and check them, while the application's triggers find what they look for.

    Returns:
        how many were written.

    Raises:
        errors.RestoreError: other rows were written than were to be, where that must be `exact`.
        errors.SchemaError: the database refuses a row.
        errors.StatementError: a trigger does.
    """
    order, written = [task.name for task in busy], 0
    with relinking.application_path(database):
        if deferred := [name for task in busy for name in inward.to_defer(task.sheet, order)]:
            database.execute(statement(__name__, "defer", constraints=", ".join(deferred)))
        for task in busy:
            written += relinking.point(database, task.moves, exact=exact)
            if task.inserts:
                done = database.write([_insertion(task, inward.to_fill_in(task.sheet, order))])[0]
                written += done
                if exact:
                    relinking.expect(task.bound, task.inserts, done)
        for task in busy:
            if task.inserts and (later := inward.to_fill_in(task.sheet, order)):
                database.write([_filling_in(task, later)])
        check(database)
    return written


def _parts(task: Task) -> dict[str, str]:
    sheet = task.sheet
    return {
        **task.parts,
        **task.lines.parts,
        "before_list": ", ".join(_noted(task, place)[0] for place in sheet.places),
        "after_list": ", ".join(_noted(task, place)[1] for place in sheet.places),
        "alike": sheet.alike(_steady(task), kept="s", live="t", put=inward.values(sheet)),
        "followed": inward.joins(sheet),
    }


def _noted(task: Task, place: int) -> tuple[str, str]:
    """Return what the ledger notes of a reference, before and after, as JSON in SQL: an id that is no number itself."""
    column = task.refs[place]
    if column not in task.bound.spelled:
        return f"coalesce(p.b{place}::text, 'null')", f"coalesce(p.a{place}::text, 'null')"
    before = f"CASE WHEN p.b{place} IS NULL THEN 'null' ELSE to_json(w{place}.value)::text END"
    return before, f"coalesce(to_json(t.{identifier(column)}::text)::text, 'null')"


def _were(task: Task) -> Query:
    """Return the query of what rows that will be written point at by ids that are no numbers, each with its number."""
    values = ", ".join(f"(t.{identifier(name)}::text)" for name in sorted(task.bound.spelled))
    return Query(statement(__name__, "were", **_parts(task), values=values, number=numbers.of_text("v.value")))


def _steady(task: Task) -> list[str]:
    """Return the columns in which a row that was put back is to be as it was: all but those that triggers set."""
    return [column.name for column in task.plain if column.name not in task.bound.stamped]


def _insertion(task: Task, later: Sequence[str]) -> Query:
    bound = task.bound
    names = [bound.key.name, *task.refs, *(column.name for column in task.plain)]
    values = [f"p.put::{bound.key.type}"]
    values += [task.lines.value(place, there=False) for place, _ in enumerate(task.refs)]
    kept_as = {each.name: each.stored_as for each in task.sheet.stored.columns}
    as_was = ["" if kept_as[each.name] == each.type else f"::{each.type}" for each in task.plain]
    followed = inward.values(task.sheet, without=later)
    values += [
        followed.get(each.name, f"s.{identifier(each.name)}{cast}")
        for each, cast in zip(task.plain, as_was, strict=True)
    ]
    return Query(
        statement(
            __name__,
            "insert_rows",
            **_parts(task),
            columns=columns(names),
            values=", ".join(values),
            only=task.only,
            found=task.lines.found,
        )
    )


def _filling_in(task: Task, later: Sequence[str]) -> Query:
    followed = inward.values(task.sheet)
    assignments = ", ".join(f"{identifier(name)} = {followed[name]}" for name in later)
    parts = {**_parts(task), "assignments": assignments, "only": task.only}
    return Query(statement(__name__, "fill_in", **parts))


def record(database: Database, entry: int, busy: Sequence[Task]) -> None:
    """Read every written row back, after all triggers and constraints, and note in the ledger those that are right.

    Right is what points where the plan says and, where it was put back, is as the snapshot has it to the letter.

    Args:
        database: in the transaction that wrote the rows.
        entry: the ledger's entry.
        busy: what was done.

    Raises:
        errors.RestoreError: a row is not as it should be; the transaction must be given up.
    """
    noted = ledger.write_rows(database, entry, [_right(task) for task in busy])
    if any(rows != task.updates + task.inserts for rows, task in zip(noted, busy, strict=True)):
        _complain(database, busy)


def _right(task: Task) -> Query:
    named = {**_parts(task), "set": literal(task.name), "kept": "", "as_kept": "", "were": "", "noted": ""}
    for place, column in enumerate(task.refs):
        if column in task.bound.spelled:
            were = task.sheet.scratch.table(f"were_{task.name}")
            named["were"] += piece(__name__, "as_were", were=were, place=str(place))
            named["noted"] += piece(__name__, "is_noted", place=str(place))
    if task.inserts:
        named |= {"kept": piece(__name__, "kept", **named), "as_kept": piece(__name__, "as_kept", **named)}
    return Query(statement(__name__, "ledger_rows", **named))


def prove(database: Database, busy: Sequence[Task]) -> None:
    """Read every written row back, after all triggers and constraints, as `record` does, and note nothing.

    Raises:
        errors.RestoreError: a row is not as it should be; the transaction must be given up.
    """
    _compare(database, busy)


def _complain(database: Database, busy: Sequence[Task]) -> NoReturn:
    """Say of which set rows are not as they should be, and how many."""
    _compare(database, busy)
    raise errors.RestoreError("The ledger has not noted what was written (a rule?). Everything was rolled back.")


def _compare(database: Database, busy: Sequence[Task]) -> None:
    asked: list[tuple[Task, str, int, Query]] = []
    for task in busy:
        if task.inserts:
            asked.append((task, "put back", task.inserts, _restored_right(task)))
        if task.updates:
            asked.append((task, "re-linked", task.updates, relinking.right(task.moves)))
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
    return Query(statement(__name__, "restored_right", **_parts(task)))

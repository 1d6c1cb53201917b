"""Taking a restore back: exactly its changes, and only while they are still as it left them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from practice_guard.core import errors
from practice_guard.core.application import Application, BoundSet
from practice_guard.core.database import Database, Query, Scratch, ask_each, identifier, piece, statement
from practice_guard.core.guarding import Guard
from practice_guard.core.records import About, Entry, Kept, imprints, ledger
from practice_guard.core.restore import needs, relinking, untouched, wayback
from practice_guard.core.restore.relinking import Lines
from practice_guard.core.words import agreeing, counted

_SHOWN = 5
_WHOLE = ("smallint", "integer", "bigint")


@dataclass(frozen=True, slots=True)
class Undone:
    """What was taken back: the entry, the entry that says so, and rows by set.

    `adrift` counts those of the re-linked that pointed at what is not there and, by a foreign key, cannot any more.
    `staying` counts, by unique key, rows that were re-linked and stay so, since another row has their former place.
    """

    entry: Entry
    ledger: int | None
    relinked: Mapping[str, int]
    removed: Mapping[str, int]
    adrift: Mapping[str, int]
    staying: Mapping[str, Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class _Task:
    """What an entry wrote to a set, how many of its rows cannot be pointed where they were, and how many stay."""

    lines: Lines
    kept: Kept
    adrift: int
    staying: Mapping[str, int]

    @property
    def bound(self) -> BoundSet:
        return self.lines.bound

    @property
    def relinked(self) -> int:
        return self.written - self.kept.inserted

    @property
    def written(self) -> int:
        return self.kept.rows - sum(self.staying.values())


def plan(guard: Guard, wanted: int) -> Undone:
    """Find out, reading only in the transaction that is open, what taking an entry back would do.

    Raises:
        errors.UsageError: there is no such entry, it is no restore, it was taken back already, or its rows are not
            kept any more.
        errors.SchemaError: it wrote to a protected set that is not there, or that has other references now.
        errors.StalePlanError: rows have changed since; says which.
        errors.AccessError: this role lacks rights; names them all.
    """
    database, app = guard.database, guard.look()
    entry = _entry(database, wanted)
    tasks = _assign(database, app, entry)
    _check_rights(database, app, tasks)
    return _undone(entry, None, tasks)


def apply(guard: Guard, wanted: int) -> Undone:
    """Take an entry back in one transaction: what it put in is removed, what it re-linked points where it did.

    Raises:
        errors.UsageError: there is no such entry, it is no restore, it was taken back already, or its rows are not
            kept any more.
        errors.SchemaError: it wrote to a protected set that is not there, or that has other references now.
        errors.StalePlanError: rows have changed since; nothing was written.
        errors.AccessError: this role lacks rights; names them all.
        errors.SchemaError: a constraint that only a write can ask lets a row not back; names it.
        errors.RestoreError: the database did something else; everything was rolled back.
    """
    database = guard.database

    def work(app: Application) -> Undone:
        entry = _entry(database, wanted)
        tasks = _assign(database, app, entry)
        _check_rights(database, app, tasks)
        count = sum(task.written for task in tasks)
        guard.watcher.begins("taking back", count)
        _write(database, app, tasks)
        about = About(
            {"undoes": entry.id, "written": count},
            entry.snapshot,
            entry.plan_digest,
            imprints.take(database, app).dump(),
        )
        return _undone(entry, ledger.write(database, ledger.UNDO, guard.author, about), tasks)

    with needs.told(guard):
        undone = guard.writes(work)
    ledger.read_back(database, undone.ledger or 0, undone.entry.plan_digest)
    return undone


def _entry(database: Database, wanted: int) -> Entry:
    entry = ledger.find(database, wanted)
    if entry.kind != ledger.RESTORE:
        raise errors.UsageError(f"Entry {entry.id} of the ledger is no restore but an {entry.kind}.")
    if entry.undone_by is not None:
        raise errors.UsageError(f"Restore {entry.id} was taken back already, by entry {entry.undone_by}.")
    return entry


def _assign(database: Database, app: Application, entry: Entry) -> list[_Task]:
    """Lay down what an entry wrote, all of it or nothing, by set, and require that it can be taken back."""
    kept = _kept(database, entry)
    sets = [_bound(app, name, each) for name, each in kept.items()]
    if not sets:
        return []
    scratch = Scratch(database)
    wayback.lay_down(scratch, app, [bound for bound in app.sets if bound.name in kept], entry)
    lines = [wayback.lines(scratch, bound) for bound in sets]
    _check_unchanged(scratch, lines, kept, entry)
    for each in lines:
        if kept[each.bound.name].inserted:
            _check_nothing_hangs_on(scratch, app, each, lines, entry)
    counts = ask_each(scratch, [Query(statement(__name__, "counts", **each.parts)) for each in lines])
    return [
        _Task(replace(each, updates=updates), kept[each.bound.name], adrift, json.loads(staying))
        for each, ((updates, adrift, staying),) in zip(lines, counts, strict=True)
    ]


def _check_rights(database: Database, app: Application, tasks: Sequence[_Task]) -> None:
    moved = [task.bound for task in tasks if task.lines.updates]
    needs.check_undo(database, app, moved, [task.bound for task in tasks if task.kept.inserted])


def _kept(database: Database, entry: Entry) -> Mapping[str, Kept]:
    kept, written = ledger.kept(database, entry.id), entry.result.get("written")
    rows = sum(each.rows for each in kept.values())
    if isinstance(written, int) and rows < written:
        of_them = f"{rows:,} of {counted(written, 'row')}"
        raise errors.UsageError(
            f"Restore {entry.id} cannot be taken back any more: the ledger keeps {of_them} that it wrote. They are "
            "kept as long as a snapshot from before it is. Nothing was written."
        )
    return kept


def _bound(app: Application, name: str, kept: Kept) -> BoundSet:
    bound = next((each for each in app.sets if each.name == name), None)
    if bound is None:
        raise errors.SchemaError(f"The protected set {name}, which the restore wrote to, is not in this database.")
    if not kept.references <= {len(bound.references)}:
        raise errors.SchemaError(
            f"The protected set {name} has not the references that it had when the restore wrote to it."
        )
    return bound


def _check_unchanged(scratch: Scratch, lines: Sequence[Lines], kept: Mapping[str, Kept], entry: Entry) -> None:
    asked = [Query(statement(__name__, "changed", **each.parts, shown=str(_SHOWN))) for each in lines]
    for each, ((moved, keys),) in zip(lines, ask_each(scratch, asked), strict=True):
        if moved:
            name, have = each.bound.name, agreeing(moved, "has", "have")
            shown = ", ".join(keys) + (", …" if moved > _SHOWN else "")
            raise errors.StalePlanError(
                f"{moved:,} of {counted(kept[name].rows, 'row')} of {name} that restore {entry.id} wrote {have} "
                f"changed or gone since (primary keys {shown}). Nothing was written."
            )


def _check_nothing_hangs_on(
    scratch: Scratch, app: Application, going: Lines, lines: Sequence[Lines], entry: Entry
) -> None:
    """Refuse to remove rows on which users have hung something since, which a foreign key would take along."""
    bound = going.bound
    numbered = (bound.table.name, bound.key.name)
    columns = {(key.table, column) for each in app.catalog.tables.values() for key in each.foreign_keys
               for column, theirs in key.pairs if (key.parent, theirs) == numbered}  # fmt: skip
    columns |= {
        (each.table.name, reference.column)
        for each in app.sets
        for reference in each.references
        if reference.parent == bound.name
    }
    asked = sorted(columns)
    counts = ask_each(scratch, [_hanging(app, table, column, going, lines) for table, column in asked])
    for (table, _), ((count,),) in zip(asked, counts, strict=True):
        if count:
            raise errors.StalePlanError(
                f"{counted(count, 'row')} of {table} {agreeing(count, 'hangs', 'hang')} on rows of {bound.name} that "
                f"restore {entry.id} put back and that would have to go. Nothing was written."
            )


def _hanging(app: Application, table: str, column: str, going: Lines, lines: Sequence[Lines]) -> Query:
    """Ask how many rows of a table point at some that are to go, and stay themselves."""
    child = app.catalog.table(table)
    whole = going.key_type == "bigint" and child.columns[column].type in _WHOLE
    staying = [_leaving(each, column, going) for each in lines if each.bound.table.name == table]
    text = statement(
        __name__,
        "hanging",
        child=child.quoted,
        lines=going.table,
        column=identifier(column),
        compared="bigint" if whole else "text",
        cast="" if whole else "::text",
        staying="".join(staying),
    )
    return Query(text)


def _leaving(each: Lines, column: str, going: Lines) -> str:
    """Return the condition that a row is none that goes, or that is pointed elsewhere than at what goes."""
    leaves = "o.live_key IS NULL"
    for place, name in enumerate(each.refs):
        if name == column and each.key_type == going.key_type == "bigint":
            leaves = f"({leaves} OR o.a{place} IS DISTINCT FROM o.b{place})"
    return piece(__name__, "staying", **each.parts, leaves=leaves)


def _write(database: Database, app: Application, tasks: Sequence[_Task]) -> None:
    lines = [task.lines for task in tasks]
    before = untouched.left_alone(database, lines, present=True)
    by_name = {task.bound.name: task for task in tasks}
    with _refused_by_name(), relinking.application_path(database):
        for bound in reversed(app.sets):  # what hangs on other rows goes first
            if bound.name in by_name:
                _take_back(database, by_name[bound.name])
        database.check_constraints()
    _prove(database, tasks)
    untouched.check(before, untouched.left_alone(database, lines, present=False))


@contextmanager
def _refused_by_name() -> Iterator[None]:
    """Say of what only a write can show which constraint it was, and that nothing was written."""
    try:
        yield
    except errors.SchemaError as error:
        if not error.data.get("constraint"):
            raise
        raise errors.SchemaError(
            f"{error.message} A row cannot go back to where it was before the restore, for the constraint "
            f"{error.data['constraint']} of {error.data['table']}. Nothing was written.",
            next_steps=error.next_steps,
        ) from error


def _take_back(database: Database, task: _Task) -> None:
    if task.kept.inserted:
        taking = Query(statement(__name__, "take_out", **task.lines.parts))
        relinking.expect(task.bound, task.kept.inserted, database.write([taking])[0])
    relinking.point(database, task.lines)


def _prove(database: Database, tasks: Sequence[_Task]) -> None:
    """Read back, after all triggers and constraints, that what was put in is gone and what was re-linked points back.

    Raises:
        errors.RestoreError: it is not so.
    """
    there = ask_each(database, [Query(statement(__name__, "standing", **task.lines.parts)) for task in tasks])
    right = ask_each(database, [relinking.right(task.lines) for task in tasks])
    for task, ((standing,),), ((pointing,),) in zip(tasks, there, right, strict=True):
        left = standing + task.lines.updates - pointing
        if left:
            are = agreeing(left, "is not as it", "are not as they")
            raise errors.RestoreError(
                f"{left:,} of {counted(task.kept.rows, 'row')} of {task.bound.name} to be taken back {are} should be: "
                f"a trigger or rule on {task.bound.table.name} changed or swallowed that. Everything was rolled back."
            )


def _undone(entry: Entry, number: int | None, tasks: Sequence[_Task]) -> Undone:
    return Undone(
        entry,
        number,
        {task.bound.name: task.relinked for task in tasks},
        {task.bound.name: task.kept.inserted for task in tasks},
        {task.bound.name: task.adrift for task in tasks},
        {task.bound.name: task.staying for task in tasks},
    )

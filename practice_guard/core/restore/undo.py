"""Taking a restore back: exactly its changes, and only while they are still as it left them.

It is planned, tried and told like a restore. What cannot go back stays where the restore put it, and is told; the rest
goes back, and another undo of the same restore tries what stayed (`ledger`: an undo keeps the rows that it left).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import NoReturn

from practice_guard.core import errors
from practice_guard.core.application import Application, ForeignKey
from practice_guard.core.database import (
    Database,
    Query,
    ask_each,
    attempted,
    identifier,
    literal,
    savepoints,
    statement,
)
from practice_guard.core.guarding import Guard
from practice_guard.core.records import About, Entry, imprints, ledger
from practice_guard.core.restore import halving, needs, relinking, untouched
from practice_guard.core.restore.halving import Put, Refused, Searched
from practice_guard.core.restore.relinking import Lines
from practice_guard.core.restore.undo_tasks import TakeBack, Work, work_out
from practice_guard.core.words import agreeing, counted


@dataclass(frozen=True, slots=True)
class Undone:
    """What was taken back, or would be: rows by set.

    Attributes:
        entry: the restore's in the ledger.
        ledger: the entry that says so; None where nothing was written.
        relinked: how many rows point where they did before, as far as what that was is there.
        removed: how many that were put back are gone.
        adrift: how many pointed at what is not there and, by a foreign key, cannot any more.
        unmoved: how many of those stay as they are, since they must not point at nothing.
        staying: by unique key, how many stay as they are since another row has their former place.
        refused: by what is said of them, how many stay as they are since something else does not let them go.
        untold: the rules of the tables of which only a write shows what they say, by table.
    """

    entry: Entry
    ledger: int | None
    relinked: Mapping[str, int]
    removed: Mapping[str, int]
    adrift: Mapping[str, int]
    unmoved: Mapping[str, int]
    staying: Mapping[str, Mapping[str, int]]
    refused: Mapping[str, Mapping[str, int]]
    untold: Sequence[str] = field(default=(), compare=False)

    def left(self, name: str) -> int:
        """Return how many rows of a set were kept from going back, and are tried again."""
        return sum(self.staying[name].values()) + sum(self.refused[name].values())

    @property
    def leaves(self) -> int:
        """How many rows of all sets were."""
        return sum(map(self.left, self.staying))

    @property
    def taken_out(self) -> int:
        """How many rows of all sets are gone."""
        return sum(self.removed.values())

    @property
    def pointed_back(self) -> int:
        """How many rows of all sets point where they did."""
        return sum(self.relinked.values())


def plan(guard: Guard, wanted: int) -> Undone:
    """Find out, reading only in the transaction that is open, what taking an entry back would do.

    Raises:
        errors.UsageError: there is no such entry, it is no restore, it was taken back already, or its rows are not
            kept any more.
        errors.SchemaError: it wrote to a protected set that is not there, or that has other references now.
        errors.StalePlanError: rows have changed since; says which.
        errors.AccessError: this role lacks rights; names them all.
    """
    app = guard.look()
    work = work_out(guard.database, app, wanted)
    _check_rights(guard.database, app, work)
    return _told(work)


def apply(guard: Guard, wanted: int) -> Undone:
    """Take an entry back in one transaction: what it put in is removed, what it re-linked points where it did.

    What the database does not let go back stays as it is. Where that is all, nothing is written.

    Raises:
        errors.UsageError: there is no such entry, it is no restore, it was taken back already, or its rows are not
            kept any more.
        errors.SchemaError: it wrote to a protected set that is not there, or that has other references now.
        errors.StalePlanError: rows have changed since; nothing was written.
        errors.AccessError: this role lacks rights; names them all.
        errors.RestoreError: the database did something else; everything was rolled back.
    """
    with needs.told(guard):
        undone = guard.writes(lambda app: _apply(guard, app, wanted))
    if undone.ledger is not None:
        ledger.read_back(guard.database, undone.ledger, undone.entry.plan_digest)
    return undone


def attempt(guard: Guard, wanted: int) -> Undone:
    """Take an entry back as `apply` does, and take all of that back: what only a write can show is then known.

    Triggers have fired, and users' writes had to wait meanwhile. No entry of the ledger has the number returned.

    Raises:
        errors.GuardError: as `apply`.
    """

    def work(leave: Callable[[Undone], NoReturn]) -> None:
        guard.writes(lambda app: leave(_apply(guard, app, wanted)))

    with needs.told(guard):
        return attempted(work)


def _apply(guard: Guard, app: Application, wanted: int) -> Undone:
    database = guard.database
    work = _written(guard, app, wanted)
    undone = _told(work)
    written = undone.taken_out + undone.pointed_back
    if undone.leaves and not written:
        return undone
    about = About(
        {"undoes": work.source.id, "restore": work.entry.id, "written": written, "left": undone.leaves},
        work.entry.snapshot,
        work.entry.plan_digest,
        imprints.take(database, app).dump(),
    )
    number = ledger.write(database, ledger.UNDO, guard.author, about)
    _hand_on(database, work, number)
    return _told(work, number)


def _written(guard: Guard, app: Application, wanted: int) -> Work:
    """Take back what can be, without the rows that the database refuses: those stay, and what they hang on."""
    database, refused = guard.database, list[Refused]()
    database.notice_constraints()
    for left in reversed(range(halving.ROUNDS)):
        work = work_out(database, app, wanted, refused)
        _check_rights(database, app, work)
        count = sum(task.written for task in work.tasks)
        guard.watcher.begins("taking back", count)
        try:
            with savepoints.savepoint(database):
                _write(database, work)
                return work
        except errors.GuardError as error:
            if not left or not halving.may_speak_of_rows(error):
                raise
            guard.watcher.begins("finding the rows that are refused", count)
            found = _search(database, work)
            if not found:
                raise
        refused += found
        work.scratch.drop()
    raise errors.RestoreError("No round was left.")


def _check_rights(database: Database, app: Application, work: Work) -> None:
    moved = [task.bound for task in work.tasks if task.lines.updates]
    needs.check_undo(database, app, moved, [task.bound for task in work.tasks if task.removals])


def _search(database: Database, work: Work) -> list[Refused]:
    put: Put = partial(_put, database, work, savepoints.check)
    sets = [
        Searched(task.bound.name, task.lines.table, task.lines.writes, f"undo_{task.bound.name}") for task in work.order
    ]
    # What an earlier undo has left was refused then, and the others went back.
    return halving.search(database, work.scratch, sets, put, lambda _: work.source is not work.entry)


def _write(database: Database, work: Work) -> None:
    lines = [task.lines for task in work.tasks]
    before = untouched.left_alone(database, lines, present=True)
    _put(database, work, lambda each: each.check_constraints())
    _prove(database, work.tasks)
    untouched.check(before, untouched.left_alone(database, lines, present=False))


def _put(
    database: Database, work: Work, check: Callable[[Database], None], in_turn: Mapping[str, str] | None = None
) -> int:
    """Take rows back and check, while the application's triggers find what they look for: all, or those in turn.

    Returns:
        how many are back; with those that are gone along with what they hung on.
    """
    exact, back = in_turn is None, 0
    with relinking.application_path(database):
        for task, key in work.circles:
            _open_circle(database, key, _turned(task, in_turn))
        for task in work.order:
            lines = _turned(task, in_turn)
            if task.removals:
                done = database.write([Query(statement(__name__, "take_out", **lines.parts))])[0]
                if exact:
                    relinking.expect(task.bound, task.removals, done)
                else:
                    ((done,),) = database.execute(statement(__name__, "gone", **lines.parts))
                back += done
            back += relinking.point(database, lines, exact=exact)
        check(database)
    return back


def _turned(task: TakeBack, in_turn: Mapping[str, str] | None) -> Lines:
    """Return what is written to a set, or what of that is in turn."""
    if in_turn is None:
        return task.lines
    return replace(task.lines, writes=f"{task.lines.writes} AND {in_turn.get(task.bound.name, 'false')}")


def _open_circle(database: Database, key: ForeignKey, lines: Lines) -> None:
    """Let rows go before those that hang on them and go too: the key is checked in the end, or leads nowhere."""
    table = lines.bound.table
    if key.deferrable and key.on_delete == "a":
        database.execute(statement(__name__, "defer", constraint=identifier(table.schema, key.name)))
        return
    if names := [name for name in key.columns if not table.columns[name].not_null]:
        emptied = ", ".join(f"{identifier(name)} = NULL" for name in names[:1])
        database.write([Query(statement(__name__, "let_go", **lines.parts, emptied=emptied))])


def _prove(database: Database, tasks: Sequence[TakeBack]) -> None:
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
                f"{left:,} of {counted(task.written, 'row')} of {task.bound.name} to be taken back {are} should be: "
                f"a trigger or rule on {task.bound.table.name} changed or swallowed that. Everything was rolled back."
            )


def _hand_on(database: Database, work: Work, number: int) -> None:
    """Keep with an undo's entry the rows that it has left as they are, as its restore's entry keeps them."""
    leaving = [task for task in work.tasks if task.left]
    texts = [
        statement(
            __name__,
            "left",
            **task.lines.parts,
            source=str(work.source.id),
            set=literal(task.bound.name),
        )
        for task in leaving
    ]
    noted = ledger.write_rows(database, number, [Query(text) for text in texts])
    if noted != [task.left for task in leaving]:
        raise errors.RestoreError("The ledger has not noted what stays (a rule?). Everything was rolled back.")


def _told(work: Work, number: int | None = None) -> Undone:
    by_name = {task.bound.name: task for task in work.tasks}
    return Undone(
        work.entry,
        number,
        {name: task.lines.updates for name, task in by_name.items()},
        {name: task.removals for name, task in by_name.items()},
        {name: task.adrift for name, task in by_name.items()},
        {name: task.unmoved for name, task in by_name.items()},
        {name: task.staying for name, task in by_name.items()},
        {name: task.refused for name, task in by_name.items()},
        tuple(f"{task.bound.table.name}: {rule}" for task in work.tasks for rule in task.untold),
    )

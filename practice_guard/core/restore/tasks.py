"""What a restore has to do to each set, and whether its table can take that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from practice_guard.core import errors
from practice_guard.core.application import BoundSet, Column
from practice_guard.core.database import Query, ask_each, identifier, piece, statement
from practice_guard.core.restore import absent, collisions
from practice_guard.core.restore.plans import Bucket
from practice_guard.core.restore.relinking import Lines
from practice_guard.core.restore.sheets import Sheet
from practice_guard.core.restore.summing import Workings, writing
from practice_guard.core.words import agreeing, counted


@dataclass(frozen=True, slots=True)
class Task:
    """A set, and how many of its rows are to be pointed elsewhere, put back, and put back under another key."""

    sheet: Sheet
    updates: int
    inserts: int

    @property
    def name(self) -> str:
        """The set's name."""
        return self.sheet.name

    @property
    def bound(self) -> BoundSet:
        """The set as it is in the database."""
        return self.sheet.bound

    @property
    def refs(self) -> list[str]:
        """The columns of the references."""
        return [reference.column for reference in self.sheet.references]

    @property
    def plain(self) -> list[Column]:
        """The other columns that the snapshot has too, without the primary key."""
        known = {column.name for column in self.sheet.stored.columns} - {*self.refs, self.bound.key.name}
        return [column for column in self.bound.stored if column.name in known]

    @property
    def parts(self) -> dict[str, str]:
        """The pieces of statements over the plan, the table and the snapshot's rows of it."""
        return {**self.sheet.parts, "plan": self._plan, "whole": absent.lines(self.sheet)}

    @property
    def moves(self) -> Lines:
        """What is pointed elsewhere, as the plan says it; all of that was laid down."""
        return self._lines(self._plan)

    @property
    def lines(self) -> Lines:
        """What is written, as the plan says it."""
        return self._lines(absent.lines(self.sheet))

    def _lines(self, table: str) -> Lines:
        writes = f"p.meant AND {writing(self.sheet)}"
        return Lines(self.bound, table, self.sheet.key_type, writes, self.updates)

    @property
    def _plan(self) -> str:
        return self.sheet.scratch.table(f"plan_{self.name}")


def assign(workings: Workings) -> list[Task]:
    """Return what a plan has to do, by set, each after those that its rows hang on; none where there is nothing."""
    found: list[Task] = []
    for name, sheet in workings.sheets.items():
        inserts = sum(each.rows for each in workings.plan.of(name) if each.bucket is Bucket.INSERT)
        writes = sum(each.rows for each in workings.plan.of(name) if each.writes)
        if writes:
            found.append(Task(sheet, writes - inserts, inserts))
    return found


def check_fits(workings: Workings) -> None:
    """Find out, reading only, whether the tables can take the rows as the plan would write them.

    Raises:
        errors.SchemaError: a column is gone or of another type, or rows break a constraint; names column and rows.
    """
    planned = assign(workings)
    inserting = [task for task in planned if task.inserts]
    for task in inserting:
        _check_columns(task)
    _check_empty(workings, inserting)
    _check_unique(workings, planned)


def _check_columns(task: Task) -> None:
    """Refuse when columns are gone, of another type, or new ones that must have a value have none by default."""
    now, table, stored = task.bound.table.columns, task.bound.table.name, task.sheet.stored
    cannot = f"{counted(task.inserts, 'row')} of {task.name} cannot be put back unchanged. Nothing was written."
    for column in stored.columns:
        if column.name not in now or now[column.name].generated:
            raise errors.SchemaError(f"{table}.{column.name} is gone since the snapshot was taken; {cannot}")
        if now[column.name].type != column.type:
            was, is_now = column.type, now[column.name].type
            raise errors.SchemaError(f"{table}.{column.name} was {was} and is {is_now} now; {cannot}")
    for each in task.bound.stored:
        if each.name not in stored.types and each.not_null and not each.has_default:
            raise errors.SchemaError(f"{table}.{each.name} is new, must not be NULL and has no default; {cannot}")


def _check_empty(workings: Workings, inserting: Sequence[Task]) -> None:
    """Refuse when rows have no value where there must be one now."""
    wanted = {task.name: _must_have(task) for task in inserting}
    asked = [task for task in inserting if wanted[task.name]]
    found = ask_each(workings.scratch, [_empty_of(task, list(wanted[task.name].values())) for task in asked])
    for task, ((counts,),) in zip(asked, found, strict=True):
        for name, empty in zip(wanted[task.name], counts, strict=True):
            if empty:
                raise errors.SchemaError(
                    f"{task.bound.table.name}.{name} must not be NULL now, and {counted(empty, 'row')} of {task.name} "
                    f"to be put back {agreeing(empty, 'has', 'have')} no value for it. Nothing was written."
                )


def _must_have(task: Task) -> dict[str, str]:
    """Return the columns that may not be empty, with what a row put back has for them."""
    now = task.bound.table.columns
    refs = {name: f"p.a{place}" for place, name in enumerate(task.refs) if now[name].not_null}
    return refs | {column.name: f"s.{identifier(column.name)}" for column in task.plain if column.not_null}


def _empty_of(task: Task, values: Sequence[str]) -> Query:
    counts = [piece(__name__, "nulls", value=value) for value in values]
    return Query(statement(__name__, "empty", **task.parts, counts=", ".join(counts)))


def _check_unique(workings: Workings, planned: Sequence[Task]) -> None:
    """Refuse when rows to be written break a unique key that the table has now."""
    asked = [(task, query) for task in planned if (query := collisions.broken(task.sheet))]
    found = ask_each(workings.scratch, [query for _, query in asked])
    for (task, _), rows in zip(asked, found, strict=True):
        for key, count in collisions.broken_of(task.sheet, rows):
            raise errors.SchemaError(
                f"{counted(count, 'row')} of {task.name} to be put back or re-linked "
                f"{agreeing(count, 'breaks', 'break')} the unique key "
                f"{key.name} over {', '.join(map(str, key.columns))} of {task.bound.table.name}. Nothing was written."
            )

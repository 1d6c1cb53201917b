"""What a restore has to do to each set, and whether its table can take that."""

from __future__ import annotations

from dataclasses import dataclass

from practice_guard.core import errors
from practice_guard.core.application import BoundSet, Column
from practice_guard.core.database import identifier, piece
from practice_guard.core.restore import absent
from practice_guard.core.restore.ordering import in_turn
from practice_guard.core.restore.plans import Bucket
from practice_guard.core.restore.relinking import Lines
from practice_guard.core.restore.sheets import Sheet
from practice_guard.core.restore.summing import Workings, writing
from practice_guard.core.words import counted


@dataclass(frozen=True, slots=True)
class Task:
    """A set, and how many of its rows are to be pointed elsewhere, and put back; `only` narrows that to a part."""

    sheet: Sheet
    updates: int
    inserts: int
    only: str = "true"

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
        return self.sheet.plain

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
        writes = f"p.meant AND {writing(self.sheet)} AND {self.only}"
        kept, as_was = "", dict[str, str]()
        if self.bound.spelled:
            kept = piece(__name__, "kept", rows=self.sheet.parts["rows"])
            there = self.bound.spelled.keys() & self.sheet.stored.types.keys()
            as_was = {name: f"s.{identifier(name)}" for name in sorted(there)}
        return Lines(self.bound, table, self.sheet.key_type, writes, self.updates, kept, as_was)

    @property
    def _plan(self) -> str:
        return self.sheet.scratch.table(f"plan_{self.name}")


def assign(workings: Workings) -> list[Task]:
    """Return what a plan has to do, by set, each after those that its rows point at; none where there is nothing.

    Of sets that point at one another in a circle that one comes first which hangs on no other.
    """
    found: list[Task] = []
    for name, sheet in workings.sheets.items():
        inserts = sum(each.rows for each in workings.plan.of(name) if each.bucket is Bucket.INSERT)
        writes = sum(each.rows for each in workings.plan.of(name) if each.writes)
        if writes:
            found.append(Task(sheet, writes - inserts, inserts))
    return list(in_turn(found, _points_at))


def _points_at(one: Task, other: Task) -> bool:
    parents = {each.parent for each in one.sheet.references} | {key.within for key in one.sheet.inward_keys}
    return other.name in parents


def untold(workings: Workings) -> list[str]:
    """Return the rules of the tables that a plan writes to of which only a write shows what they say, by table."""
    tables = {task.bound.table.name: task.bound.table for task in assign(workings)}
    return [f"{name}: {rule}" for name, table in sorted(tables.items()) for rule in table.untold]


def check_columns(workings: Workings) -> None:
    """Find out, reading only, whether the tables have the columns for the rows that the plan would put back.

    Raises:
        errors.SchemaError: a column is gone, of another type, or new and without a value for rows of before.
    """
    for task in assign(workings):
        if task.inserts:
            _check_columns(task)


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

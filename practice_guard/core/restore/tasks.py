"""What a restore has to do to each set, and whether its table can take that."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from practice_guard.core import errors
from practice_guard.core.application import Application, BoundSet, Column, UniqueKey
from practice_guard.core.database import Database, Query, ask_each, identifier, statement
from practice_guard.core.restore import collisions
from practice_guard.core.restore.plans import Bucket, Plan, PlannedRow, SetPlan
from practice_guard.core.snapshots import Snapshot, StoredSet
from practice_guard.core.words import agreeing, counted


@dataclass(frozen=True, slots=True)
class Task:
    """A set, what the snapshot holds of it, and what is to become of that."""

    bound: BoundSet
    stored: StoredSet
    made: SetPlan

    @property
    def name(self) -> str:
        """The set's name."""
        return self.bound.name

    @property
    def updates(self) -> tuple[PlannedRow, ...]:
        """The rows that are there and are to be pointed elsewhere."""
        return tuple(row for row in self.made.rows if row.live_key is not None and row.writes)

    @property
    def updated(self) -> list[str]:
        """The primary keys of those."""
        return [str(row.live_key) for row in self.updates]

    @property
    def inserts(self) -> tuple[PlannedRow, ...]:
        """The rows that are to be put back."""
        return tuple(row for row in self.made.rows if row.bucket is Bucket.INSERT)

    @property
    def refs(self) -> list[str]:
        """The columns of the references."""
        return [reference.column for reference in self.bound.references]

    @property
    def plain(self) -> list[Column]:
        """The other columns that the snapshot has too, without the primary key."""
        known = {column.name for column in self.stored.columns} - {*self.refs, self.bound.key.name}
        return [column for column in self.bound.stored if column.name in known]

    @property
    def parts(self) -> dict[str, str]:
        """The pieces of statements over the table and the snapshot's rows of it."""
        return {**self.bound.parts, "rows": identifier(self.stored.rows_table)}


def assign(app: Application, snapshot: Snapshot, plan: Plan) -> list[Task]:
    """Return what a plan has to do, by set, each after those that its rows hang on."""
    sets = [bound for bound in app.sets if bound.name in plan.sets]
    return [Task(bound, snapshot.sets[bound.name], plan.sets[bound.name]) for bound in sets]


def check(database: Database, planned: Sequence[Task]) -> None:
    """Find out, reading only, whether the tables can take the rows as the plan would write them.

    Raises:
        errors.SchemaError: a column is gone or of another type, or rows break a constraint; names column and rows.
    """
    inserting = [task for task in planned if task.inserts]
    for task in inserting:
        _check_columns(task)
    _check_not_null(database, inserting)
    _check_unique(database, planned)


def _check_columns(task: Task) -> None:
    """Refuse when columns are gone, of another type, or must have a value that the rows do not have."""
    rows, now, table = task.inserts, task.bound.table.columns, task.bound.table.name
    cannot = f"{counted(len(rows), 'row')} of {task.name} cannot be put back unchanged. Nothing was written."
    for column in task.stored.columns:
        if column.name not in now or now[column.name].generated:
            raise errors.SchemaError(f"{table}.{column.name} is gone since the snapshot was taken; {cannot}")
        if now[column.name].type != column.type:
            was, is_now = column.type, now[column.name].type
            raise errors.SchemaError(f"{table}.{column.name} was {was} and is {is_now} now; {cannot}")
    known = {column.name for column in task.stored.columns}
    for each in task.bound.stored:
        if each.name not in known and each.not_null and not each.has_default:
            raise errors.SchemaError(f"{table}.{each.name} is new, must not be NULL and has no default; {cannot}")
    for place, name in enumerate(task.refs):
        empty = sum(row.after is not None and row.after[place] is None for row in rows)
        if empty and now[name].not_null:
            raise _empty(task, name, empty)


def _check_not_null(database: Database, inserting: Sequence[Task]) -> None:
    wanted = {task.name: [column.name for column in task.plain if column.not_null] for task in inserting}
    asked = [task for task in inserting if wanted[task.name]]
    found = ask_each(database, [_would_be_null(task, wanted[task.name]) for task in asked])
    for task, ((counts,),) in zip(asked, found, strict=True):
        for name, empty in zip(wanted[task.name], counts, strict=True):
            if empty:
                raise _empty(task, name, empty)


def _would_be_null(task: Task, names: Sequence[str]) -> Query:
    counts = [statement(__name__, "nulls", column=identifier(name)) for name in names]
    text = statement(__name__, "would_be_null", rows=task.parts["rows"], counts=", ".join(counts))
    return Query(text, {"rows": [row.row for row in task.inserts]})


def _empty(task: Task, column: str, count: int) -> errors.SchemaError:
    return errors.SchemaError(
        f"{task.bound.table.name}.{column} must not be NULL now, and {counted(count, 'row')} of {task.name} to be put "
        f"back {agreeing(count, 'has', 'have')} no value for it. Nothing was written."
    )


def _check_unique(database: Database, planned: Sequence[Task]) -> None:
    """Refuse when rows to be written break a unique key that the table has now."""
    asked = [collisions.queries(task.bound, task.stored, task.made.rows) for task in planned]
    found = collisions.answers(database, asked)
    for task, broken_by in zip(planned, found, strict=True):
        broken: defaultdict[UniqueKey, set[int]] = defaultdict(set)
        for each in broken_by:
            broken[each.key].add(each.row)
        for key, numbers in broken.items():
            breaks = agreeing(len(numbers), "breaks", "break")
            raise errors.SchemaError(
                f"{counted(len(numbers), 'row')} of {task.name} to be put back or re-linked {breaks} the unique key "
                f"{key.name} over {', '.join(map(str, key.columns))} of {task.bound.table.name}. Nothing was written."
            )

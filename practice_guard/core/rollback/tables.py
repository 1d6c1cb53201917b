"""The ETL's own tables, put back row by row: what goes, what comes, what stays, and the proof that all is as it was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from practice_guard.core import errors, snapshots
from practice_guard.core.application import Application
from practice_guard.core.database import Database, Query, ask_each, columns, identifier, piece, statement
from practice_guard.core.snapshots import Snapshot, StoredSet
from practice_guard.core.snapshots.whole import Whole
from practice_guard.core.words import agreeing, counted

_WHOLE = ("smallint", "integer", "bigint")


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes of one table, in rows.

    Attributes:
        removed: those that are not as they were.
        put_back: those that were, and are not there.
        kept: those that are as they were.
    """

    removed: int
    put_back: int
    kept: int


@dataclass(frozen=True, slots=True)
class Task:
    """A table that is put back: as it is now, its copy, and the pieces that statements ask for."""

    whole: Whole
    stored: StoredSet
    parts: Mapping[str, str]

    @property
    def name(self) -> str:
        """What the guard calls the table."""
        return self.whole.table.name


def tasks(snapshot: Snapshot, app: Application) -> list[Task]:
    """Return what is to be done with each table of a snapshot.

    Raises:
        errors.SchemaError: a table is gone, or its columns or the protected sets in it are others than they were.
    """
    now = {each.table.name: each for each in _there(snapshot, app)}
    found: list[Task] = []
    for name, stored in sorted(snapshot.tables.items()):
        if name not in now:
            raise errors.SchemaError(
                f"{stored.table} is not there any more, or none of the ETL's tables, and snapshot {snapshot.id} has "
                f"{counted(stored.rows, 'row')} of it. Nothing was written."
            )
        found.append(_task(now[name], stored))
    return found


def _there(snapshot: Snapshot, app: Application) -> list[Whole]:
    return snapshots.whole.tables(app, [name for name in snapshot.tables if app.catalog.has(name)])


def _task(whole: Whole, stored: StoredSet) -> Task:
    table = whole.table
    had, has = stored.types, {each.name: each.type for each in table.stored}
    if had != has:
        changed = sorted(name for name in had.keys() | has.keys() if had.get(name) != has.get(name))
        raise errors.SchemaError(
            f"{table.qualified} has other columns than when the snapshot was taken: {', '.join(changed)}. "
            "Its rows cannot be put back as they were; nothing was written."
        )
    if stored.definition["condition"] != whole.condition.replace("%%", "%"):
        raise errors.SchemaError(
            f"The protected sets hold other rows of {table.qualified} than when the snapshot was taken. "
            "Nothing was written."
        )
    casts = {each.name: "" if each.stored_as == each.type else f"::{each.type}" for each in stored.columns}
    names = [each.name for each in stored.columns]
    keys = [name for name in table.primary_key if name in has]
    parts = {
        "table": table.quoted,
        "rows": identifier(stored.rows_table),
        "condition": whole.condition,
        "columns": columns(names),
        "values": ", ".join(f"s.{identifier(name)}{casts[name]}" for name in names),
        "same_key": " AND ".join(f"t.{identifier(name)} = s.{identifier(name)}{casts[name]}" for name in keys),
        "keys": columns(keys, of="s"),
        "live": ", ".join(f"t.{identifier(name)}::text" for name in names),
        "was": ", ".join(f"s.{identifier(name)}::text" for name in names),
    }
    # Rows that nothing tells apart are put back all or not at all.
    same = {"kept": "false", "there": "false"}
    if keys:
        same = {"kept": piece(__name__, "same_row", **parts), "there": piece(__name__, "is_there", **parts)}
    return Task(whole, stored, {**parts, **same})


def changes(database: Database, found: Sequence[Task], version: int) -> dict[str, Change]:
    """Find out, by table, what putting it back would do; `version` is that of the snapshot's digests."""
    asked = [Query(statement(__name__, "lines", **task.parts)) for task in found]
    told = {task.name: Change(*row) for task, (row,) in zip(found, ask_each(database, asked), strict=True)}
    alike = _alike(database, [task for task in found if not task.whole.table.primary_key], version)
    for name in alike:
        told[name] = Change(0, 0, told[name].removed)
    return told


def counts(database: Database, found: Sequence[Task]) -> list[tuple[Task, int]]:
    """Return how many rows each table has now."""
    asked = [Query(statement(__name__, "count", **task.parts)) for task in found]
    return [(task, count) for task, ((count,),) in zip(found, ask_each(database, asked), strict=True)] if asked else []


def check_keys(database: Database, found: Sequence[Task]) -> None:
    """Refuse where a protected row has the primary key that a row to be put back had.

    Raises:
        errors.RestoreError: there is one.
    """
    keyed = [task for task in found if task.parts["same_key"] and task.whole.condition != "true"]
    answers = ask_each(database, [Query(statement(__name__, "taken", **task.parts)) for task in keyed])
    for task, ((count, some),) in zip(keyed, answers, strict=True):
        if count:
            have = agreeing(count, "has", "have")
            raise errors.RestoreError(
                f"{counted(count, 'protected row')} of {task.whole.table.qualified} {have} the primary key of a row "
                f"that is to be put back: {', '.join(some)}. Nothing was written."
            )


def put_back(database: Database, found: Sequence[Task], told: Mapping[str, Change]) -> None:
    """Remove what is not as it was and put in what is not there, in the transaction that is open.

    Nothing checks foreign keys meanwhile, and no trigger fires (`quiet`).

    Raises:
        errors.RestoreError: another number of rows was written than was to be (a rule).
    """
    busy = [task for task in found if told[task.name].removed or told[task.name].put_back]
    removing = [Query(statement(__name__, "take_out", **task.parts)) for task in busy]
    adding = [Query(statement(__name__, "put_in", **task.parts)) for task in busy]
    done = database.write([*removing, *adding]) if busy else []
    for task, removed, added in zip(busy, done[: len(busy)], done[len(busy) :], strict=True):
        change = told[task.name]
        if (removed, added) != (change.removed, change.put_back):
            raise errors.RestoreError(
                f"{counted(removed, 'row')} of {task.whole.table.qualified} were removed and {added:,} put back, not "
                f"{change.removed:,} and {change.put_back:,}: a rule or trigger is in the way. Everything was rolled "
                "back."
            )


def prove(database: Database, found: Sequence[Task], version: int) -> None:
    """Require that every table is as it was, by the digests.

    Raises:
        errors.RestoreError: one is not; the transaction must be given up.
    """
    alike = _alike(database, found, version)
    for task in found:
        if task.name not in alike:
            raise errors.RestoreError(
                f"{task.whole.table.qualified} is not as it was, by its digest: a trigger or rule changed or swallowed "
                "rows. Everything was rolled back."
            )


def _alike(database: Database, found: Sequence[Task], version: int) -> set[str]:
    """Return the tables whose rows are those of their copies, to the letter."""
    live = [
        snapshots.digests.of_table(task.stored, task.whole.table.quoted, task.whole.condition, version)
        for task in found
    ]
    copies = [snapshots.digests.of_both(task.stored, version) for task in found]
    if not found:
        return set()
    pairs = zip(found, ask_each(database, live), ask_each(database, copies), strict=True)
    return {task.name for task, (table,), (copy,) in pairs if table == copy[:2]}


def advance(database: Database, found: Sequence[Task]) -> None:
    """Move the sequences that number the tables past all that is in them: an import may have restarted them."""
    numbered = [
        (task, column.name, column.sequence)
        for task in found
        for column in task.whole.table.stored
        if column.sequence is not None and column.type in _WHOLE
    ]
    asked = [Query(_behind(*each), {"sequence": each[2]}) for each in numbered]
    for (_, _, sequence), rows in zip(numbered, ask_each(database, asked) if asked else [], strict=True):
        for (value,) in rows:
            database.execute(statement(__name__, "advance"), {"sequence": sequence, "value": value})


def _behind(task: Task, column: str, sequence: str) -> str:
    parts = {"table": task.parts["table"], "column": identifier(column), "sequence": sequence.replace("%", "%%")}
    return statement(__name__, "behind", **parts)

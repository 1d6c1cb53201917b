"""The writes of a plan, in sets, and the proof that they did what the plan says and nothing else."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from practice_guard.core import errors
from practice_guard.core.application import BoundSet, UniqueKey
from practice_guard.core.database import Database, Row, columns, identifier, statement
from practice_guard.core.restore import collisions, relinking
from practice_guard.core.restore.plans import (
    Bucket,
    PlannedRow,
    SetPlan,
)
from practice_guard.core.restore.relinking import Move
from practice_guard.core.snapshots import StoredSet
from practice_guard.core.words import agreeing, counted

_TOUCHED_BY_TRIGGERS = frozenset({"updated_at"})
"""Columns that an update's own trigger may set: a restore is an update."""


@dataclass(frozen=True, slots=True)
class Written:
    """What was written of one set: the rows as planned, with the primary keys they got."""

    updates: tuple[PlannedRow, ...]
    inserts: tuple[PlannedRow, ...]
    keys: tuple[str, ...]


def check(database: Database, bound: BoundSet, stored: StoredSet, made: SetPlan) -> None:
    """Find out, reading only, whether the table can take the rows as the plan would write them.

    Raises:
        errors.SchemaError: a column is gone or of another type, or rows break a constraint; names column and rows.
    """
    inserts = [row for row in made.rows if row.bucket is Bucket.INSERT]
    writer = _Writer(database, bound, stored)
    if inserts:
        writer.check_columns(inserts)
    writer.check_unique(made.rows)


def check_constraints(database: Database) -> None:
    """Have deferred constraints checked, and deferred triggers fire, while the transaction can still be given up."""
    with relinking.application_path(database):
        database.check_constraints()


def beside(database: Database, sets: Iterable[tuple[BoundSet, Collection[str]]]) -> dict[str, list[Row]]:
    """Return count and digest of the rows besides those given by their primary keys, by table."""
    keys: defaultdict[str, list[str]] = defaultdict(list)
    tables: dict[str, BoundSet] = {}
    for bound, written in sets:
        if written:
            tables[bound.table.quoted] = bound
            keys[bound.table.quoted] += written
    return {name: _untouched(database, bound, keys[name]) for name, bound in tables.items()}


def all_keys(written: Written) -> list[str]:
    """Return the primary keys under which the written rows stand now."""
    return [*(str(row.live_key) for row in written.updates), *written.keys]


def _untouched(database: Database, bound: BoundSet, keys: Collection[str]) -> list[Row]:
    return database.execute(statement(__name__, "untouched", **bound.parts), {"keys": list(keys)})


def write(database: Database, bound: BoundSet, stored: StoredSet, made: SetPlan) -> Written:
    """Apply one set's plan inside the caller's transaction, which holds the locks, and prove it.

    Raises:
        errors.RestoreError: the database did something else than the plan says (a trigger, a rule); the transaction
            must be given up.
        errors.SchemaError: rows cannot be put back into the table as it is now.
    """
    writer = _Writer(database, bound, stored)
    updates = tuple(row for row in made.rows if row.live_key is not None and row.writes)
    inserts = tuple(row for row in made.rows if row.bucket is Bucket.INSERT)
    if not (updates or inserts):
        return Written((), (), ())
    touched = [str(row.live_key) for row in updates]
    others = _untouched(database, bound, touched)
    kept = writer.kept_of_updated(touched)
    with relinking.application_path(database):
        relinking.point(database, bound, _moves(updates))
        keys = writer.new_keys(inserts)
        if inserts:
            writer.insert(inserts, keys)
    if _untouched(database, bound, [*touched, *keys]) != others:
        raise others_changed(bound.table.name)
    if writer.kept_of_updated(touched) != kept:
        raise _other_columns_changed(bound)
    return Written(updates, inserts, tuple(keys))


def others_changed(table: str) -> errors.RestoreError:
    """Say that rows changed which nobody was to touch."""
    return errors.RestoreError(
        f"Rows of {table} that the plan does not touch changed while it was applied (a trigger?). "
        "Everything was rolled back."
    )


def _other_columns_changed(bound: BoundSet) -> errors.RestoreError:
    return errors.RestoreError(
        f"A trigger changed other columns of {bound.table.name} than the plan does. Everything was rolled back."
    )


def left_alone(database: Database, bound: BoundSet, stored: StoredSet, written: Written) -> list[Row]:
    """Return count and digest of what the updates left as it was: the other columns of their rows."""
    touched = [str(row.live_key) for row in written.updates]
    return _Writer(database, bound, stored).kept_of_updated(touched) if touched else []


def prove(database: Database, bound: BoundSet, stored: StoredSet, written: Written, left: Sequence[Row]) -> None:
    """Read every written row back, after all triggers and constraints, and compare it with the plan to the letter.

    `left` is what was `left_alone` when all sets had been written: two of them may be of one table.

    Raises:
        errors.RestoreError: a row is not as it should be.
    """
    writer = _Writer(database, bound, stored)
    if left_alone(database, bound, stored, written) != left:
        raise _other_columns_changed(bound)
    for what, rows, right in (
        ("put back", written.inserts, writer.restored_right(written)),
        ("re-linked", written.updates, relinking.right(database, bound, _moves(written.updates))),
    ):
        if right != len(rows):
            wrong = len(rows) - right
            are = agreeing(wrong, "is not as it", "are not as they")
            raise errors.RestoreError(
                f"{wrong:,} of {counted(len(rows), 'row')} of {bound.name} to be {what} {are} should be: a trigger or "
                f"rule on {bound.table.name} changed or swallowed that. Everything was rolled back."
            )


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


class _Writer:
    """One set's statements."""

    def __init__(self, database: Database, bound: BoundSet, stored: StoredSet) -> None:
        self.database, self.bound, self.stored = database, bound, stored
        self.refs = [reference.column for reference in bound.references]
        known = {column.name for column in stored.columns}
        special = {*self.refs, bound.key.name}
        self.plain = [column for column in bound.stored if column.name in known and column.name not in special]

    def _run(self, name: str, parameters: Mapping[str, object] | None = None, **parts: str) -> list[Row]:
        everywhere = {**self.bound.parts, "rows": identifier(self.stored.rows_table)}
        return self.database.execute(statement(__name__, name, **(everywhere | parts)), parameters)

    def _references(self, rows: Sequence[PlannedRow]) -> dict[str, object]:
        return relinking.references([row.after for row in rows], self.bound)

    def check_columns(self, rows: Sequence[PlannedRow]) -> None:
        """Refuse when columns are gone, of another type, or must have a value that the rows do not have."""
        now, table = self.bound.table.columns, self.bound.table.name
        cannot = f"{counted(len(rows), 'row')} of {self.bound.name} cannot be put back unchanged. Nothing was written."
        for column in self.stored.columns:
            if column.name not in now or now[column.name].generated:
                raise errors.SchemaError(f"{table}.{column.name} is gone since the snapshot was taken; {cannot}")
            if now[column.name].type != column.type:
                was, is_now = column.type, now[column.name].type
                raise errors.SchemaError(f"{table}.{column.name} was {was} and is {is_now} now; {cannot}")
        known = {column.name for column in self.stored.columns}
        for each in self.bound.stored:
            if each.name not in known and each.not_null and not each.has_default:
                raise errors.SchemaError(f"{table}.{each.name} is new, must not be NULL and has no default; {cannot}")
        self._check_not_null(rows)

    def _check_not_null(self, rows: Sequence[PlannedRow]) -> None:
        now = self.bound.table.columns
        for place, name in enumerate(self.refs):
            empty = sum(row.after is not None and row.after[place] is None for row in rows)
            if empty and now[name].not_null:
                self._refuse_empty(name, empty)
        for each in self.plain:
            if each.not_null:
                numbers = {"rows": [row.row for row in rows]}
                empty = self._run("would_be_null", numbers, column=identifier(each.name))[0][0]
                if empty:
                    self._refuse_empty(each.name, empty)

    def _refuse_empty(self, column: str, count: int) -> None:
        raise errors.SchemaError(
            f"{self.bound.table.name}.{column} must not be NULL now, and {counted(count, 'row')} of {self.bound.name} "
            f"to be put back {agreeing(count, 'has', 'have')} no value for it. Nothing was written."
        )

    def check_unique(self, rows: Sequence[PlannedRow]) -> None:
        """Refuse when rows to be written break a unique key that the table has now."""
        broken: defaultdict[UniqueKey, set[int]] = defaultdict(set)
        for each in collisions.collisions(self.database, self.bound, self.stored, rows):
            broken[each.key].add(each.row)
        for key, numbers in broken.items():
            breaks = agreeing(len(numbers), "breaks", "break")
            raise errors.SchemaError(
                f"{counted(len(numbers), 'row')} of {self.bound.name} to be put back or re-linked {breaks} the unique "
                f"key {key.name} over {', '.join(map(str, key.columns))} of {self.bound.table.name}. Nothing was "
                "written."
            )

    def kept_of_updated(self, keys: Sequence[str]) -> list[Row]:
        """Count and digest of what an update must leave alone."""
        names = [each.name for each in self.bound.stored if each.name not in {*self.refs, *_TOUCHED_BY_TRIGGERS}]
        return self._run("kept_of_updated", {"keys": list(keys)}, columns=columns(names, of="t", cast="::text"))

    def new_keys(self, rows: Sequence[PlannedRow]) -> list[str]:
        """Move the sequence past every key in use, and return each row's primary key: its own, or a new one.

        Also where no row is put back: an import may have restarted the sequence and left the rows.
        """
        wanted = sum(row.new_key for row in rows)
        sequence = self.bound.key.sequence
        if sequence is None:
            if wanted:
                are = agreeing(wanted, "is", "are")
                raise errors.SchemaError(
                    f"{counted(wanted, 'primary key')} of {self.bound.table.name} {are} taken and no sequence makes "
                    "new ones. Nothing was written."
                )
            return [row.key for row in rows]
        own = max((int(row.key) for row in rows if not row.new_key), default=0)
        highest = max(own, self._run("highest_key")[0][0] or 0)
        if highest > self._run("sequence_value", sequence=sequence.replace("%", "%%"))[0][0]:
            self._run("advance_sequence", {"sequence": sequence, "value": highest})
        fresh = iter(self._run("next_keys", {"sequence": sequence, "count": wanted}) if wanted else [])
        return [next(fresh)[0] if row.new_key else row.key for row in rows]

    def insert(self, rows: Sequence[PlannedRow], keys: Sequence[str]) -> None:
        """Put rows back."""
        names = [self.bound.key.name, *self.refs, *(column.name for column in self.plain)]
        values = [f"u.key::{self.bound.key.type}", *(f"u.r{place}" for place in range(len(self.refs)))]
        kept_as = {each.name: each.stored_as for each in self.stored.columns}
        as_was = ["" if kept_as[each.name] == each.type else f"::{each.type}" for each in self.plain]
        values += [f"s.{identifier(each.name)}{cast}" for each, cast in zip(self.plain, as_was, strict=True)]
        parameters = {"rows": [row.row for row in rows], "keys": list(keys), **self._references(rows)}
        returned = self._run("insert_rows", parameters, columns=columns(names), values=", ".join(values))
        relinking.expect(self.bound, len(rows), len(returned))

    def restored_right(self, written: Written) -> int:
        """How many rows put back are as the snapshot and the plan have them."""
        names = [column.name for column in self.plain]
        rows = written.inserts
        parameters = {"rows": [row.row for row in rows], "keys": list(written.keys), **self._references(rows)}
        parts = {"live": columns(names, of="t", cast="::text"), "kept": columns(names, of="s", cast="::text")}
        return int(self._run("restored_right", parameters, **parts)[0][0])


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

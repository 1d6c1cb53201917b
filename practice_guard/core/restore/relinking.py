"""Pointing rows at their teams and leagues where they are: each row once, by its primary key, in one update a set."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property

from practice_guard.core import errors
from practice_guard.core.application import BoundSet
from practice_guard.core.database import Database, Query, identifier, piece, savepoints, statement
from practice_guard.core.words import agreeing, counted

_GREATEST = {"smallint": 2**15 - 1, "integer": 2**31 - 1, "bigint": 2**63 - 1}
_LINE = re.compile(r"\bp\.")


@dataclass(frozen=True)
class Lines:
    """What is written to a set: a table in the scratch with a line for each row, called `p` where it is asked.

    A line has `row`, by which lines are ordered, the primary key `put` of the row that is written, the same as
    `live_key` where its references are moved, and what these are and shall be: `b0`, `b1`, …, `a0`, `a1`, ….

    Attributes:
        bound: the set as it is in the database.
        table: the table with the lines.
        key_type: the type of the keys in it, bigint or text.
        writes: the condition that a line is to be written; others are not looked at.
        updates: how many of its rows are pointed elsewhere.
    """

    bound: BoundSet
    table: str
    key_type: str
    writes: str
    updates: int

    @cached_property
    def refs(self) -> list[str]:
        """The columns of the references."""
        return [reference.column for reference in self.bound.references]

    @cached_property
    def parts(self) -> Mapping[str, str]:
        """The pieces of statements over the lines and the table."""
        return {
            **self.bound.parts,
            "lines": self.table,
            "writes": self.writes,
            "key_type": self.key_type,
            "live_cast": "" if self.key_type == "bigint" else "::text",
            "pointing": " AND ".join(
                f"t.{identifier(name)}::bigint IS NOT DISTINCT FROM p.a{place}" for place, name in enumerate(self.refs)
            ),
        }


@contextmanager
def application_path(database: Database) -> Iterator[None]:
    """Let the application's triggers find what they look for, while rows are written."""
    database.execute(statement(__name__, "trust_path"))
    yield
    database.execute(statement(__name__, "pin_path"))


def point(database: Database, written: Lines, *, exact: bool = True) -> int:
    """Update the references of rows inside the caller's transaction.

    Args:
        database: where.
        written: which rows.
        exact: whether as many must be updated as there were to be.

    Returns:
        how many were updated.

    Raises:
        errors.RestoreError: fewer rows were updated than there were to be (a trigger or rule).
        errors.SchemaError: rows cross a unique key and there is nowhere to put them meanwhile.
    """
    if not written.updates:
        return 0
    for key in written.bound.table.unique_keys:
        # What an expression is over the catalogue does not say.
        places = [place for place, name in enumerate(written.refs) if name in key.columns or None in key.columns]
        if places and not key.primary:
            _park(database, written, places)
    types = written.bound.table.columns
    assignments = ", ".join(
        f"{identifier(name)} = p.a{place}::{types[name].type}" for place, name in enumerate(written.refs)
    )
    text = statement(__name__, "update_references", **written.parts, assignments=assignments)
    done = database.write([Query(text)])[0]
    if exact:
        expect(written.bound, written.updates, done)
    return done


def right(written: Lines) -> Query:
    """Ask how many of the rows pointed elsewhere point where they should."""
    return Query(statement(__name__, "updated_right", **written.parts))


def expect(bound: BoundSet, wanted: int, done: int) -> None:
    """Require that as many rows were written as were to be.

    Raises:
        errors.RestoreError: they were not.
    """
    if done != wanted:
        raise errors.RestoreError(
            f"Of {counted(wanted, 'row')} of {bound.name} to be written {done:,} {agreeing(done, 'was', 'were')}: a "
            f"trigger or rule on {bound.table.name} swallowed the rest. Everything was rolled back.",
            swallowed=done < wanted,
        )


def _park(database: Database, written: Lines, places: Sequence[int]) -> None:
    """First step of updates that cross a unique key: those in the way go where nobody is."""
    parts = written.parts
    blocking = statement(
        __name__,
        "blocking",
        **parts,
        before_parts=", ".join(f"p.b{place}" for place in places),
        after_parts=", ".join(f"p.a{place}" for place in places),
        other_writes=_LINE.sub("o.", written.writes),
        other_before=", ".join(f"o.b{place}" for place in places),
        other_after=", ".join(f"o.a{place}" for place in places),
        meets=" AND ".join(f"o.a{place} IS NOT DISTINCT FROM p.b{place}" for place in places),
    )
    count = database.execute(statement(__name__, "in_the_way", blocking=f"\n{blocking}\n"))[0][0]
    if not count:
        return
    for column, value, free in _aside(written, places, count):
        named = {**parts, "column": identifier(column), "value": value, "blocking": f"\n{blocking}\n", "free": free}
        if _parked(database, Query(statement(__name__, "park", **named)), count):
            return
    names = ", ".join(written.refs[place] for place in places)
    raise errors.SchemaError(
        f"Rows of {written.bound.table.name} must change places under a unique key over {names}, which may be neither "
        "NULL nor free: drop that key, restore, and put it back. Nothing was written.",
        sqlstate="23505",
        says=f"rows change places under a unique key over {names}, and nothing lets them stand aside meanwhile",
    )


class _FewerError(Exception):
    """Raised to leave a savepoint in which not all were put aside."""


def _parked(database: Database, parking: Query, count: int) -> bool:
    """Put rows aside, all of them or none: a CHECK, or another key, may want no such place to be taken."""
    refusals = (_FewerError, errors.SchemaError, errors.StatementError)
    with suppress(*refusals), savepoints.savepoint(database):
        if database.write([parking])[0] != count:
            raise _FewerError
        return True
    return False


def _aside(written: Lines, places: Sequence[int], count: int) -> Iterator[tuple[str, str, str]]:
    """Return columns and values that collide with nothing: NULL, ids that are none, or ids nobody has."""
    table = written.bound.table
    keyed = {column: key for key in table.foreign_keys for column in key.columns}
    named = [table.columns[written.refs[place]] for place in places]
    for column in named:
        if not column.not_null:
            yield column.name, "NULL", ""
    for column in named:
        if column.name not in keyed:
            yield column.name, f"(-b.nth)::{column.type}", ""
            greatest = _GREATEST.get(column.type, _GREATEST["smallint"])
            yield column.name, f"({greatest} - b.nth)::{column.type}", ""
    for place, column in zip(places, named, strict=True):
        key = keyed[column.name]
        if not key.single:
            continue
        free = piece(
            __name__,
            "free_ids",
            **written.parts,
            column=identifier(column.name),
            place=str(place),
            count=str(count),
            parent=identifier(table.schema, key.parent),
            parent_column=identifier(key.parent_columns[0]),
        )
        yield column.name, f"free.id::{column.type}", free

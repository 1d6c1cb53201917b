"""Pointing rows at their teams and leagues where they are: each row once, by its primary key, in one update a set."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cached_property

from practice_guard.core import errors
from practice_guard.core.application import BoundSet, numbers
from practice_guard.core.database import Database, Query, columns, identifier, piece, savepoints, statement
from practice_guard.core.restore import spelling
from practice_guard.core.words import agreeing, counted

_GREATEST = {"smallint": 2**15 - 1, "integer": 2**31 - 1, "bigint": 2**63 - 1}
_IN_THE_WAY = ("23505", "23P01")
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
        kept: the join with rows `s` that have ids which are no numbers as they were; nothing where there are none.
        as_was: by column, the id in such a row.
    """

    bound: BoundSet
    table: str
    key_type: str
    writes: str
    updates: int
    kept: str = ""
    as_was: Mapping[str, str] = field(default_factory=dict)

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
                f"{self.bound.id_of(name, 't')} IS NOT DISTINCT FROM p.a{place}" for place, name in enumerate(self.refs)
            ),
            "spelled": self.kept + self.found,
        }

    @cached_property
    def found(self) -> str:
        """The joins with the rows of parents whose ids are no numbers."""
        return "".join(spelling.joined(self.bound, place) for place, _ in enumerate(self.refs))

    def value(self, place: int, *, there: bool = True) -> str:
        """Return SQL of what a reference shall be, in its column's type; `there` where a row `t` of the table is."""
        type_ = self.bound.table.columns[self.refs[place]].type
        return f"{spelling.value(self.bound, place, self.as_was, there=there)}::{type_}"


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
        errors.SchemaError: rows cross a unique key or an exclusion constraint, and there is nowhere to put them
            meanwhile.
    """
    if not written.updates:
        return 0
    crossing = _crossing(database, written)
    if not crossing:
        return _update(database, written, exact)
    try:
        with savepoints.savepoint(database):
            for each in crossing:
                _park(database, written, each)
            return _update(database, written, exact)
    except errors.SchemaError as error:
        done = _put_anew(database, written, exact) if error.data.get("sqlstate") in _IN_THE_WAY else None
        if done is None:
            raise
        return done


def _update(database: Database, written: Lines, exact: bool) -> int:
    assignments = ", ".join(f"{identifier(name)} = {written.value(place)}" for place, name in enumerate(written.refs))
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


@dataclass(frozen=True, slots=True)
class _Crossing:
    """Rows one of which leaves where another one goes: by which references, who they are, and how many.

    `certain` where a key over the references says so, and no expression or operator of which nobody knows.
    """

    places: tuple[int, ...]
    certain: bool
    rows: str
    count: int


def _crossing(database: Database, written: Lines) -> list[_Crossing]:
    """Return the rows that cross unique keys and exclusion constraints which are held row by row."""
    table, refs = written.bound.table, written.refs
    kept_apart = [(key.columns, True) for key in table.unique_keys if key.immediate]
    kept_apart += [(rule.columns, rule.by_equality) for rule in table.exclusions if rule.immediate]
    asked = dict[tuple[tuple[int, ...], bool], bool]()
    for own, alike in kept_apart:
        if None in own:  # what an expression is over the catalogue does not say
            for place in range(len(refs)):
                asked.setdefault(((place,), alike), False)
        elif places := tuple(place for place, name in enumerate(refs) if name in own):
            asked[places, alike] = alike
    found = []
    for (places, alike), certain in sorted(asked.items()):
        rows = _in_the_way(written, places) if alike else statement(__name__, "moving", **written.parts)
        ((count,),) = database.execute(statement(__name__, "in_the_way", blocking=f"\n{rows}\n"))
        if count:
            found.append(_Crossing(places, certain, rows, count))
    return found


def _in_the_way(written: Lines, places: Sequence[int]) -> str:
    return statement(
        __name__,
        "blocking",
        **written.parts,
        before_parts=", ".join(f"p.b{place}" for place in places),
        after_parts=", ".join(f"p.a{place}" for place in places),
        other_writes=_LINE.sub("o.", written.writes),
        other_before=", ".join(f"o.b{place}" for place in places),
        other_after=", ".join(f"o.a{place}" for place in places),
        meets=" AND ".join(f"o.a{place} IS NOT DISTINCT FROM p.b{place}" for place in places),
    )


def _park(database: Database, written: Lines, crossing: _Crossing) -> None:
    """First step of updates that cross a key: those in the way go where nobody is."""
    blocking = f"\n{crossing.rows}\n"
    for column, value, free in _aside(written, crossing.places, crossing.count):
        named = {**written.parts, "column": identifier(column), "value": value, "blocking": blocking, "free": free}
        if _parked(database, Query(statement(__name__, "park", **named)), crossing.count):
            return
    if not crossing.certain:
        return
    names = ", ".join(written.refs[place] for place in crossing.places)
    raise errors.SchemaError(
        f"Rows of {written.bound.table.name} must change places under a unique key over {names}, which may be neither "
        "NULL nor free: drop that key, restore, and put it back. Nothing was written.",
        sqlstate="23505",
        says=f"rows change places under a unique key over {names}, and nothing lets them stand aside meanwhile",
    )


class _FewerError(Exception):
    """Raised to leave a savepoint in which not all were put aside."""


_REFUSALS = (_FewerError, errors.SchemaError, errors.StatementError)


def _parked(database: Database, parking: Query, count: int) -> bool:
    """Put rows aside, all of them or none: a CHECK, or another key, may want no such place to be taken."""
    with suppress(*_REFUSALS), savepoints.savepoint(database):
        if database.write([parking])[0] != count:
            raise _FewerError
        return True
    return False


def _put_anew(database: Database, written: Lines, exact: bool) -> int | None:
    """Last resort: take the rows out and put them in as they were, pointing where they should, in one statement.

    Only where nobody can notice: no trigger, rule or policy, and nothing that goes along with what is removed. What is
    asked of a key that others hang on is asked once the statement is over, and the key is there again.
    """
    table, refs = written.bound.table, written.refs
    ((unseen,),) = database.execute(statement(__name__, "unseen"), {"table": table.oid})
    if not unseen:
        return None
    stored = table.stored
    values = [
        written.value(refs.index(each.name)) if each.name in refs else f"t.{identifier(each.name)}" for each in stored
    ]
    text = statement(
        __name__,
        "put_anew",
        **written.parts,
        values=", ".join(f"{value} AS c{place}" for place, value in enumerate(values)),
        columns=columns([each.name for each in stored]),
        taken=", ".join(f"gone.c{place}" for place in range(len(stored))),
    )
    with suppress(*_REFUSALS), savepoints.savepoint(database):
        done = database.write([Query(text)])[0]
        if exact:
            expect(written.bound, written.updates, done)
        return done
    return None


def _aside(written: Lines, places: Sequence[int], count: int) -> Iterator[tuple[str, str, str]]:
    """Return columns and values that collide with nothing: NULL, ids that are none, or ids nobody has."""
    table = written.bound.table
    keyed = {column: key for key in table.foreign_keys for column in key.columns}
    named = [table.columns[written.refs[place]] for place in places]
    for column in named:
        if not column.not_null:
            yield column.name, "NULL", ""
    for column in named:
        if column.name in written.bound.spelled and column.name not in keyed:
            yield column.name, f"{spelling.ANY_TEXT}::{column.type}", ""
        elif column.name not in keyed:
            yield column.name, f"(-b.nth)::{column.type}", ""
            greatest = _GREATEST.get(column.base, _GREATEST["smallint"])
            yield column.name, f"({greatest} - b.nth)::{column.type}", ""
    for place, column in zip(places, named, strict=True):
        key = keyed.get(column.name)
        asked = {**written.parts, "column": identifier(column.name), "place": str(place), "count": str(count)}
        if key is None and column.name in written.bound.spelled:
            continue
        if key is None:
            yield column.name, f"free.id::{column.type}", piece(__name__, "free_numbers", **asked)
            yield column.name, f"(free.id + b.nth)::{column.type}", piece(__name__, "greatest_number", **asked)
        elif key.single:
            theirs = f"o.{identifier(key.parent_columns[0])}"
            spelled = column.name in written.bound.spelled
            parents = {
                "parent": key.parent_quoted,
                "parent_column": identifier(key.parent_columns[0]),
                "free_id": theirs if spelled else f"{theirs}::bigint",
                "number": numbers.of_text(theirs) if spelled else theirs,
            }
            yield column.name, f"free.id::{column.type}", piece(__name__, "free_ids", **asked, **parents)

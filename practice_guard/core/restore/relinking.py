"""Pointing rows at their teams and leagues: a set of updates, each row once, by its primary key."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from practice_guard.core import errors
from practice_guard.core.application import BoundSet
from practice_guard.core.database import Database, Query, Row, ask_each, columns, identifier, statement
from practice_guard.core.words import agreeing, counted

Refs = tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class Move:
    """A row by its primary key, and what its references are and shall be."""

    key: str
    before: Refs
    after: Refs


@contextmanager
def application_path(database: Database) -> Iterator[None]:
    """Let the application's triggers find what they look for, while rows are written."""
    database.execute(statement(__name__, "trust_path"))
    yield
    database.execute(statement(__name__, "pin_path"))


def point(database: Database, bound: BoundSet, moves: Sequence[Move]) -> None:
    """Update the references of rows inside the caller's transaction.

    Raises:
        errors.RestoreError: fewer rows were updated than there were to be (a trigger or rule).
        errors.SchemaError: rows cross a unique key and there is nowhere to put them meanwhile.
    """
    if not moves:
        return
    parked = _parked(database, bound, moves)
    for step in ([parked] if parked else []) + [list(moves)]:
        assignments = [f"{identifier(each.column)} = u.r{place}" for place, each in enumerate(bound.references)]
        text = statement(__name__, "update_references", assignments=", ".join(assignments), **bound.parts)
        expect(bound, len(step), len(database.execute(text, values(step, bound))))


def right(bound: BoundSet, moves: Sequence[Move]) -> Query:
    """Ask how many of the rows point where they should."""
    return Query(statement(__name__, "updated_right", **bound.parts), values(moves, bound))


def expect(bound: BoundSet, wanted: int, done: int) -> None:
    """Require that as many rows were written as were to be.

    Raises:
        errors.RestoreError: they were not.
    """
    if done != wanted:
        raise errors.RestoreError(
            f"Of {counted(wanted, 'row')} of {bound.name} to be written {done:,} {agreeing(done, 'was', 'were')}: a "
            f"trigger or rule on {bound.table.name} swallowed the rest. Everything was rolled back."
        )


def values(moves: Sequence[Move], bound: BoundSet) -> dict[str, object]:
    """Return the parameters of statements over rows and their references (`BoundSet.parts`)."""
    return {"keys": [move.key for move in moves], **references([move.after for move in moves], bound)}


def references(refs: Sequence[Refs | None], bound: BoundSet) -> dict[str, object]:
    """Return references as one array for each column."""
    return {f"r{place}": [each[place] if each else None for each in refs] for place in range(len(bound.references))}


def _parked(database: Database, bound: BoundSet, moves: Sequence[Move]) -> list[Move]:
    """First step of updates that cross a unique key (17 to 18 and 18 to 17): those in the way go where nobody is."""
    aside: dict[str, dict[int, int | None]] = {}
    for key in bound.table.unique_keys:
        places = [place for place, each in enumerate(bound.references) if each.column in key.columns]
        blocking = [] if key.primary else _in_the_way(moves, places)
        if blocking:
            place, values = _aside(database, bound, places, moves, len(blocking))
            for move, value in zip(blocking, values, strict=True):
                aside.setdefault(move.key, {})[place] = value
    parked = [move for move in moves if move.key in aside]
    return [
        replace(move, after=tuple(aside[move.key].get(place, now) for place, now in enumerate(move.before)))
        for move in parked
    ]


def _in_the_way(moves: Sequence[Move], places: Sequence[int]) -> list[Move]:
    """Return the moves that leave what another one goes to, as far as the key's references say."""

    def part(refs: Refs) -> Refs:
        return tuple(refs[place] for place in places)

    moving = [move for move in moves if part(move.before) != part(move.after)]
    wanted = {part(move.after) for move in moving}
    return [move for move in moving if part(move.before) in wanted]


def _aside(
    database: Database, bound: BoundSet, places: Sequence[int], moves: Sequence[Move], count: int
) -> tuple[int, Sequence[int | None]]:
    """Find a reference and values for it that collide with nothing: NULL, ids that are none, or ids nobody has."""
    columns_ = [bound.table.columns[bound.references[place].column] for place in places]
    keys = {key.column: key for key in bound.table.foreign_keys}
    for place, column in zip(places, columns_, strict=True):
        if not column.not_null:
            return place, [None] * count
        if column.name not in keys:
            return place, [-number for number in range(1, count + 1)]
    for place, column in zip(places, columns_, strict=True):
        key = keys[column.name]
        text = statement(
            __name__,
            "free_ids",
            **bound.parts,
            column=identifier(column.name),
            parent=identifier(bound.table.schema, key.parent),
            parent_column=identifier(key.parent_column),
        )
        wanted = {"taken": [move.after[place] for move in moves], "count": count}
        free = [row[0] for row in database.execute(text, wanted)]
        if len(free) == count:
            return place, free
    names = ", ".join(column.name for column in columns_)
    raise errors.SchemaError(
        f"Rows of {bound.table.name} must change places under a unique key over {names}, which may be neither NULL nor "
        "free: drop that key, restore, and put it back. Nothing was written."
    )


def beside(database: Database, sets: Iterable[tuple[BoundSet, Collection[str]]]) -> dict[str, Row]:
    """Return count and digest of the rows besides those given by their primary keys, by table."""
    keys: defaultdict[str, list[str]] = defaultdict(list)
    tables: dict[str, BoundSet] = {}
    for bound, written in sets:
        tables.setdefault(bound.table.quoted, bound)
        keys[bound.table.quoted] += written
    found = ask_each(database, [_untouched(bound, keys[name]) for name, bound in tables.items()])
    return {bound.table.name: row for bound, (row,) in zip(tables.values(), found, strict=True)}


def _untouched(bound: BoundSet, keys: Collection[str]) -> Query:
    text = statement(__name__, "untouched", **bound.parts, columns=columns(bound.table.columns, of="t", cast="::text"))
    return Query(text, {"keys": list(keys)})


def others_changed(table: str) -> errors.RestoreError:
    """Say that rows changed which nobody was to touch."""
    return errors.RestoreError(
        f"Rows of {table} that the plan does not touch changed while it was applied (a trigger?). "
        "Everything was rolled back."
    )

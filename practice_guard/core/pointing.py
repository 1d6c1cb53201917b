"""Pointing rows at their teams and leagues: a set of updates, each row once, by its primary key."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from practice_guard.core import errors
from practice_guard.core.database import Database
from practice_guard.core.protected import Bound
from practice_guard.core.sql import columns, identifier, statement

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
    database.execute(statement("restore", "trust_path"))
    yield
    database.execute(statement("restore", "pin_path"))


def point(database: Database, bound: Bound, moves: Sequence[Move]) -> None:
    """Update the references of rows inside the caller's transaction.

    Raises:
        errors.RestoreError: fewer rows were updated than there were to be (a trigger or rule).
        errors.SchemaError: rows cross a unique key and there is nowhere to put them meanwhile.
    """
    if not moves:
        return
    parked = _parked(bound, moves)
    for step in ([parked] if parked else []) + [list(moves)]:
        assignments = [f"{identifier(each.column)} = u.r{place}" for place, each in enumerate(bound.references)]
        text = statement("restore", "update_references", assignments=", ".join(assignments), **parts(bound))
        expect(bound, len(step), len(database.execute(text, values(step, bound))))


def right(database: Database, bound: Bound, moves: Sequence[Move]) -> int:
    """Return how many of the rows point where they should."""
    return int(database.execute(statement("restore", "updated_right", **parts(bound)), values(moves, bound))[0][0])


def expect(bound: Bound, wanted: int, done: int) -> None:
    """Require that as many rows were written as were to be.

    Raises:
        errors.RestoreError: they were not.
    """
    if done != wanted:
        raise errors.RestoreError(
            f"{wanted} rows of {bound.name} were to be written and {done} were: a trigger or rule on "
            f"{bound.table.name} swallowed the rest. Everything was rolled back."
        )


def parts(bound: Bound) -> dict[str, str]:
    """Return the pieces of statements over rows and references of a set: arrays r0, r1, … one for each reference."""
    names = [each.column for each in bound.references]
    types = [bound.table.columns[name].type for name in names]
    arrays = [f"%(r{place})s::bigint[]::{type_}[]" for place, type_ in enumerate(types)]
    return {
        "table": bound.table.quoted,
        "key": identifier(bound.key.name),
        "key_type": bound.key.type,
        "arrays": ", ".join(arrays),
        "names": ", ".join(f"r{place}" for place in range(len(names))),
        "names_list": ", ".join(f"u.r{place}::text" for place in range(len(names))),
        "live_references": columns(names, of="t", cast="::text"),
    }


def values(moves: Sequence[Move], bound: Bound) -> dict[str, object]:
    """Return the parameters of such statements."""
    return {"keys": [move.key for move in moves], **references([move.after for move in moves], bound)}


def references(refs: Sequence[Refs | None], bound: Bound) -> dict[str, object]:
    """Return references as one array for each column."""
    return {f"r{place}": [each[place] if each else None for each in refs] for place in range(len(bound.references))}


def _parked(bound: Bound, moves: Sequence[Move]) -> list[Move]:
    """First step of updates that cross a unique key (17 to 18 and 18 to 17): off to where nobody is."""
    keys = [key for key in bound.table.unique_keys if not key.primary]
    places = [place for place, each in enumerate(bound.references) if any(each.column in key.columns for key in keys)]
    left = {(place, move.before[place]) for move in moves for place in places}
    if not any((place, move.after[place]) in left for move in moves for place in places):
        return []
    return [replace(move, after=_aside(bound, move.after, places, number)) for number, move in enumerate(moves, 1)]


def _aside(bound: Bound, refs: Refs, places: Sequence[int], number: int) -> Refs:
    aside = list(refs)
    for place in places:
        column = bound.table.columns[bound.references[place].column]
        referenced = any(key.column == column.name for key in bound.table.foreign_keys)
        if column.not_null and referenced:
            raise errors.SchemaError(
                f"Rows of {bound.table.name} must change places under a unique key over {column.name}, which may be "
                "neither NULL nor free: drop that key, restore, and put it back. Nothing was written."
            )
        aside[place] = -number if column.not_null else None
    return tuple(aside)

"""Unique keys in the way of a plan: rows that would stand where another one stands, or two of them in one place."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from practice_guard.core.application import BoundSet, Column, UniqueKey
from practice_guard.core.database import Database, Query, ask_each, columns, identifier, statement
from practice_guard.core.model import Fate
from practice_guard.core.restore import Bucket
from practice_guard.core.snapshots import StoredSet
from tests.oracle.plans import PlannedRow, SetPlan


@dataclass(frozen=True, slots=True)
class Collision:
    """A row that a unique key keeps from its place.

    `occupant` is the primary key of the live row there, if one is; `mates` are all that would go there, itself among
    them.
    """

    row: int
    key: UniqueKey
    occupant: str | None
    mates: frozenset[int]


def find(database: Database, bound: BoundSet, stored: StoredSet, rows: Sequence[PlannedRow]) -> list[Collision]:
    """Find the rows that a plan would write and that break a unique key that the table has now.

    Keys over expressions or a part of the table are not looked at: the database itself holds them.
    """
    # Keys that are yet to come collide with none in the table; rows that share one still collide with each other.
    writing = [row.with_keys(lambda _, number: -number) for row in rows if row.writes]
    inserting = any(row.live_key is None for row in writing)
    known = {column.name for column in stored.columns}
    refs = [reference.column for reference in bound.references]
    plain = {
        each.name: each for each in bound.stored if each.name in known and each.name not in {*refs, bound.key.name}
    }
    kept_as = {column.name: column.stored_as for column in stored.columns}
    values = {name: f"u.r{place}" for place, name in enumerate(refs)}
    values |= {name: _either(each, kept_as[name]) for name, each in plain.items()}
    asked: list[tuple[UniqueKey, Query]] = []
    for key in bound.table.unique_keys if writing else ():
        names = [name for name in key.columns if name in values]
        concerned = inserting or any(name in refs for name in names)
        if key.primary or key.partial or len(names) < len(key.columns) or not concerned:
            continue
        text = statement(
            __name__,
            "would_collide",
            **bound.parts,
            rows=identifier(stored.rows_table),
            arrays=", ".join(
                f"%(r{place})s::bigint[]::{bound.table.columns[name].type}[]" for place, name in enumerate(refs)
            ),
            names=", ".join(f"r{place}" for place in range(len(refs))),
            new_columns=", ".join(f"{values[name]} AS {identifier(name)}" for name in names),
            live_columns=columns(names, of="t"),
            key_columns=columns(names, of="new"),
            standing_columns=columns(names, of="standing"),
        )
        parameters = {
            "rows": [row.row for row in writing],
            "keys": [row.live_key for row in writing],
            **{f"r{place}": [row.after[place] if row.after else None for row in writing] for place in range(len(refs))},
        }
        asked.append((key, Query(text, parameters)))
    found = ask_each(database, [query for _, query in asked])
    return [
        Collision(row, key, at, frozenset(mates or ()))
        for (key, _), rows_ in zip(asked, found, strict=True)
        for row, at, mates in rows_
    ]


def _either(column: Column, kept_as: str) -> str:
    """Take a column from the live row where there is one, and from the snapshot otherwise, in the table's type."""
    name = identifier(column.name)
    kept = f"s.{name}" if kept_as == column.type else f"s.{name}::{column.type}"
    return f"CASE WHEN u.key IS NULL THEN {kept} ELSE t.{name} END"


def make_wait(
    database: Database, bound: BoundSet, stored: StoredSet, snapshot: str, made: SetPlan, meant: Collection[int]
) -> SetPlan:
    """Let rows wait whose place is taken by what a user made of a row, or by one that the plan leaves where it is.

    A snapshot's rows keep the keys that it was taken under. So it is a user's edit, a part only being restored, a row
    that waited since an older snapshot, or the very same row written anew by the application while this one hangs on an
    id in other hands, that puts two rows in one place; that must not stop the rest.
    Where none of these is in the way, what would stand where another row stays yields to it, and once nothing does, of
    those that would go to one place the one with the lowest number goes there.

    Args:
        database: where to look.
        bound: the set.
        stored: its rows in the snapshot.
        snapshot: the snapshot's id, which names its own team list.
        made: its plan.
        meant: the numbers of the rows that are to be restored.
    """
    alike = {*bound.content, bound.references[0].column}
    placed = {row.live_key for row in made.rows}
    while True:
        in_place = (Bucket.INTACT, Bucket.RELINK)
        staying = {
            row.live_key
            for row in made.rows
            if row.live_key is not None and (row.row not in meant or row.bucket not in in_place)
        }
        rows = {row.row: row for row in made.rows if row.row in meant}
        yielding = {
            row.row
            for row in rows.values()
            if row.bucket is Bucket.EDITED or (row.origin and row.origin[0] != snapshot)
        }
        found = find(database, bound, stored, list(rows.values()))
        first = [
            each
            for each in found
            if each.row in yielding or each.occupant in staying or (each.occupant and alike <= {*each.key.columns})
        ]
        then = [each for each in found if each.occupant]
        last = [each for each in found if each.row > min(each.mates, default=each.row)]
        crowded = {each.row: each for each in first or then or last}
        if not crowded:
            return made
        made = replace(
            made,
            rows=tuple(_wait(bound, row, crowded[row.row], placed) if row.row in crowded else row for row in made.rows),
        )


def _wait(bound: BoundSet, row: PlannedRow, collision: Collision, placed: Collection[str | None]) -> PlannedRow:
    """Leave a row where it is, or on no team where it hangs on one that was given its own team's old id.

    One whose twin the application wrote stays there: on no team it would be taken for the twin and be seen no more.
    """
    note, reason = f"another row stands in its place, and {collision.key.name} allows one", Fate.CONFLICTING
    if row.before is None:
        return replace(row, bucket=Bucket.PENDING, after=None, new_key=False, note=note, reason=reason)
    first = row.before[0]
    stolen = row.was_wrong and row.origin is not None and first == row.origin[1]
    twin = row.bucket is not Bucket.EDITED and collision.occupant is not None and collision.occupant not in placed
    nullable = not bound.table.columns[bound.references[0].column].not_null
    after = (None if stolen and nullable and not twin else first, *row.before[1:])
    return replace(row, bucket=Bucket.PENDING, after=after, note=note, reason=reason)

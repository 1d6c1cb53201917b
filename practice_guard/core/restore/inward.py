"""Foreign keys among protected rows that are none of their sets' references: an answer at its message, a poll at a way.

What such a key points at may come back in the same restore, under another primary key, in the same statement or, in a
circle, after it. So it is looked at once all sets are planned, and followed when they are written.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import partial

from practice_guard.core.database import Query, Scratch, ask_each, identifier, literal, piece, statement
from practice_guard.core.restore import waits
from practice_guard.core.restore.pointing import OtherKey
from practice_guard.core.restore.sheets import STAND_IN, Sheet
from practice_guard.core.restore.summing import writing
from practice_guard.core.snapshots import StoredSet

_BETWEEN = "\n UNION ALL\n"


def make_wait(scratch: Scratch, sheets: Sequence[Sheet]) -> None:
    """Let rows wait that point at rows which will not be there, and what hangs on those that wait."""
    if not any(sheet.inward_keys for sheet in sheets):
        return
    asked = [sheet for sheet in sheets if sheet.inward_keys or _parents(sheet)]
    stored = {sheet.name: sheet.stored for sheet in sheets}
    while True:
        counts = scratch.fill([(f"waits_{sheet.name}", partial(_lost, sheet, stored)) for sheet in asked])
        if scratch.chained:
            texts = (statement(__name__, "count", waits=scratch.table(f"waits_{sheet.name}")) for sheet in asked)
            counts = [count for ((count,),) in ask_each(scratch, [Query(text) for text in texts])]
        if not any(counts):
            return
        for sheet, count in zip(asked, counts, strict=True):
            if count:
                waits.let(scratch, sheet)


def _parents(sheet: Sheet) -> list[tuple[int, str]]:
    sets = {bound.name for bound in sheet.app.sets}
    return [
        (place, each.parent)
        for place, each in enumerate(sheet.references)
        if each.parent in sets and sheet.followed(place)
    ]


def _lost(sheet: Sheet, stored: Mapping[str, StoredSet]) -> Query:
    plan = sheet.scratch.table(f"plan_{sheet.name}")
    lost = [_points_nowhere(sheet, key, stored[key.within]) for key in sheet.inward_keys if key.within is not None]
    lost += [
        statement(
            __name__,
            "hangs_on_what_waits",
            plan=plan,
            above=sheet.scratch.table(f"plan_{parent}"),
            place=str(place),
            stand_in=f"({STAND_IN})",
            writes=writing(sheet),
            thing=literal(f"the row of {parent} that it hangs on waits"),
        )
        for place, parent in _parents(sheet)
    ]
    return Query(statement(__name__, "each_once", lost=_BETWEEN.join(lost), key_type=sheet.key_type))


def _points_nowhere(sheet: Sheet, key: OtherKey, parents: StoredSet) -> str:
    """Return the query of the rows that wait for what one key points at; what neither is back nor there."""
    parts = {
        **sheet.parts,
        "plan": sheet.scratch.table(f"plan_{sheet.name}"),
        "column": key.column,
        "name": literal(key.name),
        "there": key.joined("s", "t"),
    }
    if key.number is not None:
        dangling = "true" if key.plain else "false"
        return statement(
            __name__, "points_nowhere", **parts, joins=_joined(sheet, [key]), above=key.alias, dangling=dangling
        )
    theirs = parents.types.get(key.theirs)  # what is generated is not kept
    parts |= {
        "above": sheet.scratch.table(f"plan_{key.within}"),
        "parent_rows": identifier(parents.rows_table),
        "parent_column": f"k.{key.parent_column}" if theirs else "NULL",
        "cast": "" if theirs == sheet.stored.types[key.name] else "::text",
    }
    return statement(__name__, "brought_by_none", **parts)


def joins(sheet: Sheet) -> str:
    """Return the joins with what rows put back point at by such keys; `p` is a row's line and `s` it as it was."""
    return _joined(sheet, _numbered(sheet))


def _numbered(sheet: Sheet) -> list[OtherKey]:
    """Return the keys that point at primary keys; of several in one column the first."""
    found: dict[str, OtherKey] = {}
    for key in sheet.inward_keys:
        if key.number is not None:
            found.setdefault(key.name, key)
    return list(found.values())


def _joined(sheet: Sheet, keys: Sequence[OtherKey]) -> str:
    return "".join(
        piece(
            __name__,
            "joined",
            above=sheet.scratch.table(f"plan_{key.within}"),
            column=key.column,
            alias=key.alias,
            number=str(key.number),
        )
        for key in keys
    )


def values(sheet: Sheet, *, without: Collection[str] = ()) -> dict[str, str]:
    """Return what rows put back will have in the columns of such keys; nothing yet in those `without` which they go in.

    A row that the plan has no line for is where it was, or will be, under its own key.
    """
    types = {key.name: sheet.bound.table.columns[key.name].type for key in sheet.inward_keys}
    found = {key.name: f"s.{key.column}::{types[key.name]}" for key in sheet.inward_keys}
    for key in _numbered(sheet):
        parts = {"column": key.column, "alias": key.alias, "number": str(key.number), "type": types[key.name]}
        found[key.name] = piece(__name__, "value", **parts)
    return {**found, **{name: f"NULL::{types[name]}" for name in without}}


def to_defer(sheet: Sheet, order: Sequence[str]) -> list[str]:
    """Return the constraints of such keys, quoted, that have to be checked in the end."""
    return [identifier(sheet.bound.table.schema, key.constraint) for key in ahead(sheet, order) if key.deferrable]


def ahead(sheet: Sheet, order: Sequence[str]) -> Iterator[OtherKey]:
    """Return the keys that point at rows of sets which are written after a set's own: a circle."""
    place = order.index(sheet.name)
    return (key for key in sheet.inward_keys if key.within in order[place + 1 :] and not key.plain)


def to_fill_in(sheet: Sheet, order: Sequence[str]) -> list[str]:
    """Return the columns that rows go in without, to be filled in once all rows are there; the others can wait."""
    columns = sheet.bound.table.columns
    found = (key.name for key in ahead(sheet, order) if not key.deferrable and not columns[key.name].not_null)
    return list(dict.fromkeys(found))

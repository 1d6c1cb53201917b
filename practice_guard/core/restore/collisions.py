"""Unique keys in the way of a plan: rows that would stand where another one stands, or two of them in one place."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from practice_guard.core.application import Column, UniqueKey
from practice_guard.core.database import Query, Scratch, ask_each, columns, identifier, literal, statement
from practice_guard.core.restore import absent, waits
from practice_guard.core.restore.sheets import Sheet
from practice_guard.core.restore.summing import writing

_BETWEEN = "\n UNION ALL\n"


def make_wait(scratch: Scratch, sheets: Sequence[Sheet]) -> None:
    """Let rows wait that would stand where another one stands, or two of them in one place.

    A snapshot's rows keep the keys that it was taken under. So it is a user's edit, a part only being restored, a row
    that waited since an older snapshot, or the very same row written anew by the application while this one hangs on an
    id in other hands, that puts two rows in one place: such rows yield first. Where that leaves two in one place, a key
    is new to the table or somebody has entered the same again: what the plan leaves alone stands, and of rows that it
    would write the first one does. None of that stops the rest (design, "The database has rules").
    """
    asked = [sheet for sheet in sheets if keys(sheet)]
    while asked:
        found = _look(scratch, asked)
        asked = [sheet for sheet, count in zip(asked, found, strict=True) if count]
        for sheet in asked:
            waits.let(scratch, sheet)


def keys(sheet: Sheet) -> list[UniqueKey]:
    """Return the unique keys that are looked at.

    Those over expressions or a part of the table are not: only the database itself can tell (see `refusals`). Nor is
    the one under which rows are known here, which `keys` sees to; a primary key that is another one counts like any.
    """
    known = _values(sheet)
    return [
        key for key in sheet.bound.table.unique_keys if not key.partial and all(name in known for name in key.columns)
    ]


def _look(scratch: Scratch, sheets: Sequence[Sheet]) -> list[int]:
    """Find the rows of sets that must wait, whose tables of them are empty, and return how many there are."""
    counts = scratch.fill([(f"waits_{sheet.name}", partial(_in_the_way, sheet)) for sheet in sheets])
    if not scratch.chained:
        return [count or 0 for count in counts]
    texts = (statement(__name__, "count", waits=scratch.table(f"waits_{sheet.name}")) for sheet in sheets)
    return [count for ((count,),) in ask_each(scratch, [Query(text) for text in texts])]


def _in_the_way(sheet: Sheet) -> Query:
    alike = {*sheet.bound.content, sheet.references[0].column}
    same = [place for place, key in enumerate(keys(sheet)) if alike <= {*key.columns}]
    text = statement(
        __name__,
        "crowded",
        collisions=_collisions(sheet),
        plan=sheet.scratch.table(f"plan_{sheet.name}"),
        whole=absent.lines(sheet),
        alike=f"ARRAY[{', '.join(map(str, same))}]::int[]",
    )
    return Query(text)


def _collisions(sheet: Sheet) -> str:
    values = _values(sheet)
    texts = []
    for place, key in enumerate(keys(sheet)):
        names = [name for name in key.columns if name is not None]
        numbered = [f"n{number}" for number in range(len(names))]
        texts.append(
            statement(
                __name__,
                "would_collide",
                **sheet.parts,
                plan=sheet.scratch.table(f"plan_{sheet.name}"),
                whole=absent.lines(sheet),
                writes=writing(sheet),
                name=literal(key.name),
                number=str(place),
                new_columns=_numbered(sheet, key, [values[name] for name in names]),
                live_columns=_numbered(sheet, key, [_live(sheet, name) for name in names]),
                shared_columns=columns(numbered, of="new"),
                meets=" AND ".join(
                    f"standing.{name} {operator} new.{name}"
                    for name, operator in zip(numbered, key.operators, strict=True)
                ),
            )
        )
    return _BETWEEN.join(texts)


def _live(sheet: Sheet, name: str) -> str:
    """Return what a row of the table has in a column; of an id that is no number, the number that it is known by."""
    return sheet.bound.id_of(name, "t") if name in sheet.bound.spelled else f"t.{identifier(name)}"


def _numbered(sheet: Sheet, key: UniqueKey, values: Sequence[str]) -> str:
    """Call values by place, since a column may be called like what stands beside it, and collate as the key does."""
    spelled = sheet.bound.spelled.keys()
    collated = (
        value if name in spelled else value + sort.replace("%", "%%")
        for name, value, sort in zip(key.columns, values, key.collations, strict=True)
    )
    return ", ".join(f"{value} AS n{place}" for place, value in enumerate(collated))


def _values(sheet: Sheet) -> dict[str | None, str]:
    """Return what a row will have in its columns once the plan is applied."""
    kept_as = {column.name: column.stored_as for column in sheet.stored.columns}
    values: dict[str | None, str] = {each.column: f"p.a{place}" for place, each in enumerate(sheet.references)}
    return values | {each.name: _either(each, kept_as[each.name]) for each in sheet.plain}


def _either(column: Column, kept_as: str) -> str:
    """Take a column from the live row where there is one, and from the snapshot otherwise, in the table's type."""
    name = identifier(column.name)
    kept = f"s.{name}" if kept_as == column.type else f"s.{name}::{column.type}"
    return f"CASE WHEN p.live_key IS NULL THEN {kept} ELSE t.{name} END"

"""Unique keys in the way of a plan: rows that would stand where another one stands, or two of them in one place."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from practice_guard.core.application import Column, UniqueKey
from practice_guard.core.database import Query, Row, Scratch, ask_each, columns, identifier, literal, piece, statement
from practice_guard.core.restore import absent
from practice_guard.core.restore.sheets import Sheet
from practice_guard.core.restore.summing import writing

_BETWEEN = "\n UNION ALL\n"


def keys(sheet: Sheet) -> list[UniqueKey]:
    """Return the unique keys that are looked at.

    Those over expressions or a part of the table are not: the database itself holds them.
    """
    known = _values(sheet)
    return [
        key
        for key in sheet.bound.table.unique_keys
        if not (key.primary or key.partial) and all(name in known for name in key.columns)
    ]


def broken(sheet: Sheet) -> Query | None:
    """Ask how many rows of a plan break which unique key; None where there is none to break."""
    if not keys(sheet):
        return None
    return Query(statement(__name__, "broken", collisions=_collisions(sheet)))


def broken_of(sheet: Sheet, rows: list[Row]) -> list[tuple[UniqueKey, int]]:
    """Return the keys that `broken` has found, with the rows that break them."""
    every = keys(sheet)
    return [(every[place], count) for _, place, count in sorted(rows, key=lambda row: int(row[1]))]


def make_wait(scratch: Scratch, sheets: Sequence[Sheet]) -> None:
    """Let rows wait whose place is taken by what a user made of a row, or by one that the plan leaves where it is.

    A snapshot's rows keep the keys that it was taken under. So it is a user's edit, a part only being restored, a row
    that waited since an older snapshot, or the very same row written anew by the application while this one hangs on an
    id in other hands, that puts two rows in one place; that must not stop the rest.
    Whatever else breaks a key is the schema's matter (see `tasks.check_fits`).
    """
    asked = [sheet for sheet in sheets if keys(sheet)]
    while asked:
        found = _look(scratch, asked)
        asked = [sheet for sheet, count in zip(asked, found, strict=True) if count]
        for sheet in asked:
            scratch.replace(f"plan_{sheet.name}", partial(_waits, sheet))
            scratch.empty(f"crowded_{sheet.name}")


def _look(scratch: Scratch, sheets: Sequence[Sheet]) -> list[int]:
    """Find the crowded rows of sets, whose tables of them are empty, and return how many there are."""
    counts = scratch.fill([(f"crowded_{sheet.name}", partial(_crowded, sheet)) for sheet in sheets])
    if not scratch.chained:
        return [count or 0 for count in counts]
    texts = (statement(__name__, "count", crowded=scratch.table(f"crowded_{sheet.name}")) for sheet in sheets)
    return [count for ((count,),) in ask_each(scratch, [Query(text) for text in texts])]


def _crowded(sheet: Sheet) -> Query:
    alike = {*sheet.bound.content, sheet.references[0].column}
    same = [place for place, key in enumerate(keys(sheet)) if alike <= {*key.columns}]
    return Query(
        statement(
            __name__,
            "crowded",
            collisions=_collisions(sheet),
            plan=sheet.scratch.table(f"plan_{sheet.name}"),
            whole=absent.lines(sheet),
            alike=f"ARRAY[{', '.join(map(str, same))}]::int[]",
        )
    )


def _waits(sheet: Sheet, former: str) -> Query:
    first = piece(
        __name__,
        "first_of_crowded",
        **sheet.parts,
        nullable="true" if sheet.nullable(0) else "false",
        sparse="true" if sheet.sparse else "false",
        plan_or_former=former,
    )
    others = [f"CASE WHEN c.row IS NULL THEN p.a{place} ELSE p.b{place} END" for place in sheet.places if place]
    text = statement(
        __name__,
        "waits",
        before_list=sheet.each("p.b#"),
        first=first,
        others=", ".join(others) or "/**/",
        former=_with_unsaid(sheet, former),
        crowded=sheet.scratch.table(f"crowded_{sheet.name}"),
    )
    return Query(text.replace(", /**/", ""))


def _with_unsaid(sheet: Sheet, former: str) -> str:
    """Return the lines of a plan, with those of crowded rows that had none."""
    if not sheet.bare:
        return former
    named = {"former": former, "crowded": sheet.scratch.table(f"crowded_{sheet.name}")}
    return piece(__name__, "with_unsaid", **named, unsaid=absent.unsaid(sheet, former))


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
                new_columns=_numbered(key, [values[name] for name in names]),
                live_columns=_numbered(key, [f"t.{identifier(name)}" for name in names]),
                shared_columns=columns(numbered, of="new"),
                meets=" AND ".join(
                    f"standing.{name} {operator} new.{name}"
                    for name, operator in zip(numbered, key.operators, strict=True)
                ),
            )
        )
    return _BETWEEN.join(texts)


def _numbered(key: UniqueKey, values: Sequence[str]) -> str:
    """Call values by place, since a column may be called like what stands beside it, and collate as the key does."""
    collated = (value + sort.replace("%", "%%") for value, sort in zip(values, key.collations, strict=True))
    return ", ".join(f"{value} AS n{place}" for place, value in enumerate(collated))


def _values(sheet: Sheet) -> dict[str | None, str]:
    """Return what a row will have in its columns once the plan is applied."""
    refs = [each.column for each in sheet.references]
    kept_as = {column.name: column.stored_as for column in sheet.stored.columns}
    plain = [
        each for each in sheet.bound.stored if each.name in kept_as and each.name not in {*refs, sheet.bound.key.name}
    ]
    values: dict[str | None, str] = {name: f"p.a{place}" for place, name in enumerate(refs)}
    return values | {each.name: _either(each, kept_as[each.name]) for each in plain}


def _either(column: Column, kept_as: str) -> str:
    """Take a column from the live row where there is one, and from the snapshot otherwise, in the table's type."""
    name = identifier(column.name)
    kept = f"s.{name}" if kept_as == column.type else f"s.{name}::{column.type}"
    return f"CASE WHEN p.live_key IS NULL THEN {kept} ELSE t.{name} END"

"""What an undo leaves where it is, as far as the catalogue tells: whose former place is taken, and what others hang on.

What stays keeps its place from others, and keeps what it hangs on: so it is looked for until no more is found.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import partial

from practice_guard.core.application import Application, BoundSet, UniqueKey
from practice_guard.core.database import Query, Scratch, ask_each, identifier, literal, piece, statement
from practice_guard.core.restore import wayback
from practice_guard.core.restore.relinking import Lines

_WHOLE = ("smallint", "integer", "bigint")
_BETWEEN = "\n UNION ALL\n"


def let(scratch: Scratch, app: Application, sets: Sequence[BoundSet], removing: Collection[str]) -> None:
    """Let rows stay that cannot go back, and what keeps others in their places then.

    Args:
        scratch: has the lines of the sets (see `wayback`).
        app: what there is.
        sets: all that something was written to.
        removing: the names of those from which rows are to go.
    """
    lines = [wayback.lines(scratch, bound) for bound in sets]
    hangers = {each.bound.name: _hangers(app, each.bound) for each in lines if each.bound.name in removing}
    asked = [each for each in lines if _keys(each.bound) or hangers.get(each.bound.name)]
    while asked:
        fills = [
            (f"stays_{each.bound.name}", partial(_found, app, each, lines, hangers.get(each.bound.name, [])))
            for each in asked
        ]
        found = scratch.fill(fills)
        if scratch.chained:
            texts = [statement(__name__, "count", stays=scratch.table(name)) for name, _ in fills]
            found = [count for ((count,),) in ask_each(scratch, [Query(text) for text in texts])]
        if not any(found):
            return
        for each, count in zip(asked, found, strict=True):
            if count:
                scratch.replace(f"undo_{each.bound.name}", partial(_staying, scratch, each.bound))
                scratch.empty(f"stays_{each.bound.name}")
        lines = [wayback.lines(scratch, bound) for bound in sets]
        asked = [wayback.lines(scratch, each.bound) for each in asked]


def _found(app: Application, each: Lines, lines: Sequence[Lines], hangers: Sequence[tuple[str, str]]) -> Query:
    texts = [statement(__name__, "taken", **each.parts, **_compared(each, key)) for key in _keys(each.bound)]
    texts += [_hanging(app, table, column, each, lines) for table, column in hangers]
    return Query(statement(__name__, "stays", found=_BETWEEN.join(texts)))


def _keys(bound: BoundSet) -> list[UniqueKey]:
    """Return the unique keys that a reference is a part of; the database itself holds those over expressions."""
    ours = {reference.column for reference in bound.references}
    return [
        key
        for key in bound.table.unique_keys
        if key.valid and not key.partial and None not in key.columns and ours & set(key.columns)
    ]


def _compared(each: Lines, key: UniqueKey) -> Mapping[str, str]:
    places = {reference.column: place for place, reference in enumerate(each.bound.references)}
    names = [name for name in key.columns if name is not None]

    def values() -> Iterator[str]:
        for number, name in enumerate(names):
            moved = each.value(places[name]) if name in places else f"t.{identifier(name)}"
            yield f"{moved} AS n{number}"

    return {
        "name": literal(key.name),
        "values": ", ".join(values()),
        "meets": " AND ".join(
            f"t.{identifier(name)} {operator} n.n{number}"
            for number, (name, operator) in enumerate(zip(names, key.operators, strict=True))
        ),
    }


def _hangers(app: Application, bound: BoundSet) -> list[tuple[str, str]]:
    """Return the columns by which rows hang on those of a set: foreign keys would take them along, or refuse."""
    numbered = (bound.table.name, bound.key.name)
    columns = {(key.table, column) for each in app.catalog.tables.values() for key in each.foreign_keys
               for column, theirs in key.pairs if (key.parent, theirs) == numbered}  # fmt: skip
    columns |= {
        (each.table.name, reference.column)
        for each in app.sets
        for reference in each.references
        if reference.parent == bound.name
    }
    return sorted(columns)


def _hanging(app: Application, table: str, column: str, going: Lines, lines: Sequence[Lines]) -> str:
    """Ask which rows would go on which some of a table hang that stay themselves."""
    child = app.catalog.table(table)
    whole = going.key_type == "bigint" and child.columns[column].type in _WHOLE
    leaving = [_leaving(each, column, going) for each in lines if each.bound.table.name == table]
    return statement(
        __name__,
        "hanging",
        child=child.quoted,
        lines=going.table,
        column=identifier(column),
        compared="bigint" if whole else "text",
        cast="" if whole else "::text",
        leaving="".join(leaving),
        note=literal(f"rows of {table} hang on it"),
    )


def _leaving(each: Lines, column: str, going: Lines) -> str:
    """Return the condition that a row is none that goes, or that is pointed elsewhere than at what goes."""
    leaves = "o.live_key IS NULL"
    for place, name in enumerate(each.refs):
        if name == column and each.key_type == going.key_type == "bigint":
            leaves = f"({leaves} OR o.a{place} IS DISTINCT FROM o.b{place})"
    return piece(__name__, "leaving", **each.parts, leaves=leaves)


def _staying(scratch: Scratch, bound: BoundSet, former: str) -> Query:
    return Query(
        statement(
            __name__,
            "staying",
            before_list=wayback.each_reference(bound, "p.b#"),
            after_list=wayback.each_reference(bound, "CASE WHEN s.row IS NULL THEN p.a# ELSE p.b# END"),
            text_list=wayback.also(bound, "p.t#"),
            former=former,
            stays=scratch.table(f"stays_{bound.name}"),
        )
    )

"""The way back of rows that a restore wrote: where each pointed, as far as the database lets it point there again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from practice_guard.core.application import Application, BoundSet, Reference, UniqueKey
from practice_guard.core.database import Fill, Query, Scratch, ask_each, identifier, literal, piece, statement
from practice_guard.core.records import Entry, ledger
from practice_guard.core.restore.relinking import Lines

_WHOLE = ("smallint", "integer", "bigint")


def lay_down(scratch: Scratch, app: Application, sets: Sequence[BoundSet], entry: Entry) -> None:
    """Lay down what each row that an entry wrote to some sets is, and what it can be again.

    The import left rows on ids that are not there while foreign keys were off, or has removed since what they were on.
    Where a foreign key does not let a reference back, it is emptied, and stays as it is where it must not be empty.
    A row that would stand where another one stands, in the place of a unique key, stays as a whole.
    """
    tables = {table: types for bound in sets for table, types in _tables(bound).items()}
    scratch.make(tables)
    scratch.fill([_laying(scratch, app, bound, sets, entry) for bound in sets])
    _let_stay(scratch, [bound for bound in sets if _keys(bound)])


def lines(scratch: Scratch, bound: BoundSet) -> Lines:
    """Return what was laid down of a set."""
    return Lines(bound, scratch.table(f"undo_{bound.name}"), _key_type(bound), _writes(bound), 0)


def _tables(bound: BoundSet) -> dict[str, dict[str, str]]:
    """Return the tables of a set: its lines (see `Lines`), with the sum of what was written, and those that stay."""
    key, places = _key_type(bound), range(len(bound.references))
    return {
        f"undo_{bound.name}": {
            "row": "bigint", "put": key, "live_key": key, "sum": "text", "adrift": "boolean", "stays": "text",
            **{f"b{place}": "bigint" for place in places}, **{f"a{place}": "bigint" for place in places},
        },
        f"stays_{bound.name}": {"row": "bigint", "name": "text"},
    }  # fmt: skip


def _key_type(bound: BoundSet) -> str:
    return "bigint" if bound.key.type in _WHOLE else "text"


def _writes(bound: BoundSet) -> str:
    before, after = (_each(bound, f"p.{side}#") for side in "ba")
    return piece(__name__, "writes", before_list=before, after_list=after)


def _each(bound: BoundSet, text: str) -> str:
    return ", ".join(text.replace("#", str(place)) for place in range(len(bound.references)))


def _laying(scratch: Scratch, app: Application, bound: BoundSet, sets: Sequence[BoundSet], entry: Entry) -> Fill:
    rows = ledger.rows(entry.id, bound.name)

    def query() -> Query:
        ways = [_way(scratch, app, bound, place, sets) for place in range(len(bound.references))]
        text = statement(
            __name__,
            "lines",
            rows=rows.text,
            key_type=_key_type(bound),
            was=_each(bound, "(r.before ->> #)::bigint AS w#"),
            now=_each(bound, "(r.after ->> #)::bigint AS b#"),
            back=", ".join(f"({way})::bigint AS a{place}" for place, way in enumerate(ways)),
            was_list=_each(bound, "x.w#"),
            now_list=_each(bound, "x.b#"),
            back_list=_each(bound, "x.a#"),
        )
        return Query(text, rows.parameters)

    return f"undo_{bound.name}", query


def _way(scratch: Scratch, app: Application, bound: BoundSet, place: int, sets: Sequence[BoundSet]) -> str:
    """Return what a reference can be again: what it was, where every foreign key over it lets it."""
    reference = bound.references[place]
    allowed = sorted(_allowed(scratch, app, bound, reference, sets, str(place)))
    if not allowed:
        return f"r.before ->> {place}"
    bare = f"r.after ->> {place}" if bound.table.columns[reference.column].not_null else "NULL"
    return piece(__name__, "way_back", place=str(place), allowed="\n      AND ".join(allowed), otherwise=bare)


def _allowed(
    scratch: Scratch, app: Application, bound: BoundSet, reference: Reference, sets: Sequence[BoundSet], place: str
) -> set[str]:
    found: set[str] = set()
    for key in bound.table.foreign_keys:
        if not key.enforced or reference.column not in key.leading:
            continue
        theirs = dict(key.pairs)[reference.column]
        target = app.catalog.table(key.parent).quoted
        found.add(piece(__name__, "is_there", place=place, target=target, column=identifier(theirs)))
        # Sets are laid down after those that their rows hang on; what is to go lets nothing hang on it.
        found |= {
            piece(__name__, "and_stays", place=place, lines=scratch.table(f"undo_{each.name}"))
            for each in sets[: sets.index(bound)]
            if each.table.name == key.parent and each.key.name == theirs and _key_type(each) == "bigint"
        }
    return found


def _keys(bound: BoundSet) -> list[UniqueKey]:
    """Return the unique keys that a reference is a part of; the database itself holds those over expressions."""
    ours = {reference.column for reference in bound.references}
    return [
        key
        for key in bound.table.unique_keys
        if key.valid and not key.partial and None not in key.columns and ours & set(key.columns)
    ]


def _let_stay(scratch: Scratch, sets: Sequence[BoundSet]) -> None:
    """Let rows stay whose former place is taken, until no more are found: what stays keeps its place from others."""
    asked = list(sets)
    while asked:
        found = scratch.fill([(f"stays_{bound.name}", partial(_taken, scratch, bound)) for bound in asked])
        if scratch.chained:
            texts = [statement(__name__, "count", stays=scratch.table(f"stays_{bound.name}")) for bound in asked]
            found = [count for ((count,),) in ask_each(scratch, [Query(text) for text in texts])]
        asked = [bound for bound, count in zip(asked, found, strict=True) if count]
        for bound in asked:
            scratch.replace(f"undo_{bound.name}", partial(_staying, scratch, bound))
            scratch.empty(f"stays_{bound.name}")


def _taken(scratch: Scratch, bound: BoundSet) -> Query:
    parts = lines(scratch, bound).parts
    texts = [statement(__name__, "taken", **parts, **_compared(bound, key)) for key in _keys(bound)]
    return Query(statement(__name__, "stays", taken="\n UNION ALL\n".join(texts)))


def _compared(bound: BoundSet, key: UniqueKey) -> Mapping[str, str]:
    places = {reference.column: place for place, reference in enumerate(bound.references)}
    names = [name for name in key.columns if name is not None]

    def values() -> Iterator[str]:
        for number, name in enumerate(names):
            moved = (
                f"p.a{places[name]}::{bound.table.columns[name].type}" if name in places else f"t.{identifier(name)}"
            )
            yield f"{moved} AS n{number}"

    return {
        "name": literal(key.name),
        "values": ", ".join(values()),
        "meets": " AND ".join(
            f"t.{identifier(name)} {operator} n.n{number}"
            for number, (name, operator) in enumerate(zip(names, key.operators, strict=True))
        ),
    }


def _staying(scratch: Scratch, bound: BoundSet, former: str) -> Query:
    return Query(
        statement(
            __name__,
            "staying",
            before_list=_each(bound, "p.b#"),
            after_list=_each(bound, "CASE WHEN s.row IS NULL THEN p.a# ELSE p.b# END"),
            former=former,
            stays=scratch.table(f"stays_{bound.name}"),
        )
    )

"""The way back of rows that a restore wrote: where each pointed, as far as the database lets it point there again."""

from __future__ import annotations

from collections.abc import Sequence

from practice_guard.core.application import Application, BoundSet, Reference, numbers
from practice_guard.core.database import Fill, Query, Scratch, identifier, piece, statement
from practice_guard.core.records import Entry, ledger
from practice_guard.core.restore.halving import TURNS, Refused
from practice_guard.core.restore.relinking import Lines

_WHOLE = ("smallint", "integer", "bigint")


def lay_down(
    scratch: Scratch, app: Application, sets: Sequence[BoundSet], entry: Entry, refused: Sequence[Refused] = ()
) -> None:
    """Lay down what each row that an entry wrote to some sets is, and what it can be again.

    The import left rows on ids that are not there while foreign keys were off, or has removed since what they were on.
    Where a foreign key does not let a reference back, it is emptied, and stays as it is where it must not be empty.
    What the database has refused a moment ago stays as a whole.
    """
    tables = {table: types for bound in sets for table, types in _tables(bound).items()}
    scratch.make({**tables, "turns": TURNS})
    scratch.fill([_laying(scratch, app, bound, sets, entry, refused) for bound in sets])


def lines(scratch: Scratch, bound: BoundSet) -> Lines:
    """Return what was laid down of a set."""
    as_was = {bound.references[place].column: f"p.t{place}" for place in _spelled(bound)}
    return Lines(bound, scratch.table(f"undo_{bound.name}"), key_type(bound), _writes(bound), 0, as_was=as_was)


def _spelled(bound: BoundSet) -> list[int]:
    """Return the references, by position, whose ids are no numbers: what they were is kept as it was."""
    return [place for place, each in enumerate(bound.references) if each.column in bound.spelled]


def also(bound: BoundSet, text: str) -> str:
    """Return a text for each of those, with its place for `#`, to be added to a list."""
    return "".join(f", {text.replace('#', str(place))}" for place in _spelled(bound))


def _number(bound: BoundSet, place: int, text: str) -> str:
    """Return the number of an id, as SQL, that the ledger keeps as text."""
    return numbers.of_text(text) if place in _spelled(bound) else f"({text})::bigint"


def _tables(bound: BoundSet) -> dict[str, dict[str, str]]:
    """Return the tables of a set: its lines (see `Lines`), with the sum of what was written, and those that stay.

    `stays` is the unique key that keeps a row where it is, and `refused` what else does, in words.
    """
    key, places = key_type(bound), range(len(bound.references))
    return {
        f"undo_{bound.name}": {
            "row": "bigint", "put": key, "live_key": key, "sum": "text", "adrift": "boolean",
            "stays": "text", "refused": "text",
            **{f"b{place}": "bigint" for place in places}, **{f"a{place}": "bigint" for place in places},
            **{f"t{place}": "text" for place in _spelled(bound)},
        },
        f"stays_{bound.name}": {"row": "bigint", "name": "text", "note": "text"},
    }  # fmt: skip


def key_type(bound: BoundSet) -> str:
    """Return the type of a set's keys in its lines."""
    return "bigint" if bound.key.type in _WHOLE else "text"


def _writes(bound: BoundSet) -> str:
    before, after = (each_reference(bound, f"p.{side}#") for side in "ba")
    return piece(__name__, "writes", before_list=before, after_list=after)


def each_reference(bound: BoundSet, text: str) -> str:
    """Return a text for each reference of a set, with its place for `#`."""
    return ", ".join(text.replace("#", str(place)) for place in range(len(bound.references)))


def _laying(
    scratch: Scratch,
    app: Application,
    bound: BoundSet,
    sets: Sequence[BoundSet],
    entry: Entry,
    refused: Sequence[Refused],
) -> Fill:
    rows = ledger.rows(entry.id, bound.name)
    ours = [each for each in refused if each.set == bound.name]
    staying = {"refused": [each.row for each in ours], "notes": [each.words for each in ours]}

    places = range(len(bound.references))

    def query() -> Query:
        ways = [_way(scratch, app, bound, place, sets) for place in range(len(bound.references))]
        text = statement(
            __name__,
            "lines",
            rows=rows.text,
            key_type=key_type(bound),
            was=", ".join(f"{_number(bound, each, f'(r.before ->> {each})')} AS w{each}" for each in places),
            now=", ".join(f"{_number(bound, each, f'(r.after ->> {each})')} AS b{each}" for each in places),
            back=", ".join(f"{_number(bound, place, f'({way})')} AS a{place}" for place, way in enumerate(ways)),
            texts="".join(f", {ways[place]} AS t{place}" for place in _spelled(bound)),
            text_list=also(bound, "x.t#"),
            was_list=each_reference(bound, "x.w#"),
            now_list=each_reference(bound, "x.b#"),
            back_list=each_reference(bound, "x.a#"),
            after_list=each_reference(bound, "CASE WHEN x.note IS NULL THEN x.a# ELSE x.b# END"),
        )
        return Query(text, {**(rows.parameters or {}), **staying})

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
        spelled = reference.column in bound.spelled
        is_there = piece(__name__, "is_there_as_text", place=place, target=target, column=identifier(theirs))
        if not spelled:
            is_there = piece(__name__, "is_there", place=place, target=target, column=identifier(theirs))
        found.add(is_there)
        # Sets are laid down after those that their rows hang on; what is to go lets nothing hang on it.
        found |= {
            piece(__name__, "and_stays", place=place, lines=scratch.table(f"undo_{each.name}"))
            for each in sets[: sets.index(bound)]
            if each.table.name == key.parent and each.key.name == theirs and key_type(each) == "bigint"
        }
    return found

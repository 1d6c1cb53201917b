"""Tables that lead to what an import renumbers, or hang on protected rows, and that nobody protects."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from practice_guard.core.application import pointers
from practice_guard.core.application.bound import BoundSet
from practice_guard.core.application.catalog import Table
from practice_guard.core.application.parents import BUILT_IN_PARENTS, Parent
from practice_guard.core.application.pointers import Lead, Pointer, Surroundings
from practice_guard.core.application.state import Application
from practice_guard.core.database import Database, Query, ask_each, condition, identifier, piece, statement


@dataclass(frozen=True, slots=True)
class Held:
    """Rows that others hang on: their table, the column that numbers them, and which of the table's they are."""

    table: Table
    number: str
    condition: str = ""


@dataclass(frozen=True, slots=True)
class Counts:
    """The rows of a table that nobody protects.

    Attributes:
        pointing: of each column how many rows have a value there.
        here: how many point at something that is there.
        gone: how many point at something that is not.
        first: of each column how many rows have their first value there, in the order of the columns.
        nothing: how many have none in any.
        outside: of each column how many rows hang on rows of a protected set's table that are not protected.
    """

    pointing: tuple[int, ...]
    here: int
    gone: int
    first: tuple[int, ...]
    nothing: int
    outside: tuple[int, ...]

    @property
    def rows(self) -> int:
        """The rows that point at anything."""
        return sum(self.first)


@dataclass(frozen=True, slots=True)
class Exposed:
    """A table with rows that nobody protects.

    Attributes:
        table: its name as people write it.
        pointers: its columns, in the order in which a section of the settings file names them.
        counts: its rows; None where this role may not read them.
    """

    table: str
    pointers: tuple[Pointer, ...]
    counts: Counts | None


def unfollowed(database: Database, app: Application) -> list[Pointer]:
    """Return the columns that lead to what an import renumbers, or hang on protected rows, and that no set follows.

    The ETL's own tables, the copies that it left, and what inherits another table are not asked; whether any row
    points at anything is not either.
    """
    around = pointers.surroundings(database, app.catalog)
    followed = {(bound.table.name, column) for bound in app.sets for column in _followed(bound)}
    protected = {bound.table.name for bound in app.sets}
    found = {(each.table, each.column): each for each in _hanging(app, protected, around)}
    found |= {(each.table, each.column): each for each in pointers.of(app.catalog, app.parents, around)}
    ours = filled_again(app)
    left = {name for name, table in app.catalog.tables.items() if pointers.is_left_over(table, app.catalog)}
    return [
        found[key]
        for key in sorted(found)
        if key not in followed and (found[key].elsewhere or found[key].table not in ours | left)
    ]


def filled_again(app: Application) -> frozenset[str]:
    """Return the tables that an import fills again."""
    return app.catalog.etl_tables | {each.table for each in app.parents}


def _followed(bound: BoundSet) -> Iterator[str]:
    yield from (each.column for each in bound.references)
    yield from (*bound.followed, *bound.set.points_at)


def hung_on(app: Application) -> dict[str, BoundSet]:
    """Return, by table, a set whose rows may come back under other numbers, or not at all."""
    found: dict[str, BoundSet] = {}
    for bound in app.sets:
        if (bound.may_vanish or bound.truncates) and not bound.only_pointed:
            found.setdefault(bound.table.name, bound)
    return found


def _hanging(app: Application, protected: Iterable[str], around: Surroundings) -> Iterator[Pointer]:
    """Find what hangs on protected rows, and is not protected itself."""
    names = frozenset(protected)
    leads = {name: Lead(each.name, each.key.name, each.key.base) for name, each in hung_on(app).items()}
    yield from (each for each in pointers.by_key(app.catalog, leads, around) if each.table not in names)


def with_rows(database: Database, found: Sequence[Pointer]) -> list[Pointer]:
    """Return those of some columns in which any row points at something, or in which this role may not look."""
    seen = _seen(database, (each.oid for each in found))
    asked = [each for each in found if each.oid in seen]
    texts = [statement(__name__, "points", table=each.quoted, column=identifier(each.column)) for each in asked]
    answers = ask_each(database, [Query(text) for text in texts])
    empty = {each for each, ((points,),) in zip(asked, answers, strict=True) if not points}
    return [each for each in found if each not in empty]


def tables(database: Database, app: Application) -> list[Exposed]:
    """Return the tables that nobody protects and that have rows to lose, or may not be read, with how many."""
    return counted(database, app, unfollowed(database, app), held(app))


def held(app: Application) -> dict[str, Held]:
    """Return the protected rows that others may hang on, by the name of their set."""
    return {each.name: Held(each.table, each.key.name, each.set.condition) for each in hung_on(app).values()}


def counted(database: Database, app: Application, found: Sequence[Pointer], on: Mapping[str, Held]) -> list[Exposed]:
    """Count the rows of tables, of which these are the columns; see `tables`.

    Args:
        database: where.
        app: what there is.
        found: the columns.
        on: the rows that some hang on, by the name of their set.
    """
    grouped = [(name, in_order(each)) for name, each in groupby(found, lambda each: each.table)]
    leads = {each: _led_to(app, each, on) for each in found}
    seen = _seen(database, (*(each.oid for each in found), *(each.table.oid for each in leads.values())))
    readable = [each for _, each in grouped if each[0].oid in seen]
    rows = iter(ask_each(database, [Query(_counting(each, leads, seen)) for each in readable]))
    exposed = [Exposed(name, each, _counts(*next(rows)[0]) if each[0].oid in seen else None) for name, each in grouped]
    return [each for each in exposed if each.counts is None or each.counts.rows]


def in_order(found: Iterable[Pointer]) -> tuple[Pointer, ...]:
    """Put columns in the order in which a section names them: at protected sets, at the parents, each by name."""
    given = list(found)
    names = dict.fromkeys((*(each.name for each in BUILT_IN_PARENTS), *(str(each.target) for each in given)))
    places = {name: place for place, name in enumerate(names)}
    return tuple(
        sorted(given, key=lambda each: (isinstance(each.target, Parent), places[str(each.target)], each.column))
    )


def readable(database: Database, tables: Sequence[Table]) -> frozenset[str]:
    """Return the names of those tables that this role may read as they are."""
    seen = _seen(database, (table.oid for table in tables))
    return frozenset(table.name for table in tables if table.oid in seen)


def _seen(database: Database, oids: Iterable[int]) -> frozenset[int]:
    asked = {"tables": sorted(set(oids))}
    found = database.execute(statement(__name__, "readable"), asked) if asked["tables"] else []
    return frozenset(oid for (oid,) in found)


def _led_to(app: Application, pointer: Pointer, on: Mapping[str, Held]) -> Held:
    """Return what a column leads to."""
    if not isinstance(pointer.target, Parent):
        return replace(on[pointer.target], number=pointer.into or on[pointer.target].number)
    table = app.catalog.table(pointer.target.table)
    lead = pointers.numbered(app.catalog, (pointer.target,))[table.name]
    return Held(table, pointer.into or lead.number)


def _counting(columns: Sequence[Pointer], leads: Mapping[Pointer, Held], seen: frozenset[int]) -> str:
    here, gone, pointing, first, outside = [], [], [], [], []
    before = ""
    for each in columns:
        lead, column = leads[each], identifier(each.column)
        parts = {"column": column, "table": lead.table.quoted, "number": identifier(lead.number)}
        known = lead.table.oid in seen
        here.append(piece(__name__, "is_there", **parts) if known else f"t.{column} IS NOT NULL")
        gone.append(piece(__name__, "is_gone", **parts) if known else "false")
        pointing.append(f"count(t.{column})")
        first.append(f"count(*) FILTER (WHERE {before}t.{column} IS NOT NULL)")
        before += f"t.{column} IS NULL AND "
        loose = known and lead.condition
        rest = piece(__name__, "outside", **parts, condition=condition(lead.condition)) if loose else "false"
        outside.append(f"count(*) FILTER (WHERE {rest})")
    return statement(
        __name__, "counting", table=columns[0].quoted, pointing=", ".join(pointing), first=", ".join(first),
        here=" OR ".join(here), gone=" OR ".join(gone), nothing=f"{before}true", outside=", ".join(outside),
    )  # fmt: skip


def _counts(
    pointing: Sequence[int], here: int, gone: int, first: Sequence[int], nothing: int, outside: Sequence[int]
) -> Counts:
    return Counts(tuple(pointing), here, gone, tuple(first), nothing, tuple(outside))

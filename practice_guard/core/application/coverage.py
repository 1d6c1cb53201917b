"""What is protected on this database, and what points at teams or leagues and is not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from practice_guard.core.application.bound import BoundSet
from practice_guard.core.application.catalog import Pointer, Table
from practice_guard.core.application.parents import Parent
from practice_guard.core.application.protected import Reference
from practice_guard.core.application.state import Application
from practice_guard.core.database import Database, Query, ask_each, identifier, statement


@dataclass(frozen=True, slots=True)
class Covered:
    """A protected set as it is.

    Attributes:
        bound: the set.
        rows: how many rows it has now.
        of: whether they hang on teams or on leagues, if need be by way of other sets.
        owners: on how many of those.
    """

    bound: BoundSet
    rows: int
    of: Parent
    owners: int


@dataclass(frozen=True, slots=True)
class Uncovered:
    """A column that points at teams or leagues, and with how many rows; None where they may not be read."""

    pointer: Pointer
    rows: int | None


@dataclass(frozen=True, slots=True)
class Coverage:
    """What is protected, what is not, and the sets whose table is not there, or cannot be guarded and why."""

    covered: tuple[Covered, ...]
    uncovered: tuple[Uncovered, ...]
    skipped: tuple[str, ...]
    left_out: Mapping[str, str] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        """The protected rows of all sets."""
        return sum(each.rows for each in self.covered)


def survey(database: Database, app: Application) -> Coverage:
    """Count what is protected and what is not. Reads only."""
    chains = [list(_chain(app, bound)) for bound in app.sets]
    found = ask_each(database, [_count(*each) for each in zip(app.sets, chains, strict=True)])
    covered = tuple(
        Covered(bound, rows, _of(bound, chain), owners)
        for bound, chain, ((rows, owners),) in zip(app.sets, chains, found, strict=True)
    )
    return Coverage(covered, _uncovered(database, app, unfollowed(app)), tuple(app.missed), app.left_out)


def unfollowed(app: Application) -> list[Pointer]:
    """Return the columns that point at teams or leagues, in tables that are not the ETL's, and that no set follows."""
    followed = {(bound.table.name, each.column) for bound in app.sets for each in bound.references}
    return [
        pointer
        for pointer in app.catalog.pointers()
        if pointer.table not in app.catalog.etl_tables and (pointer.table, pointer.column) not in followed
    ]


def with_rows(database: Database, app: Application, pointers: Sequence[Pointer]) -> list[Pointer]:
    """Return those of some columns in which any row points at something, or in which this role may not look."""
    seen = readable(database, [app.catalog.table(each.table) for each in pointers])
    asked = [pointer for pointer in pointers if pointer.table in seen]
    texts = [statement(__name__, "points", **_parts(app, pointer)) for pointer in asked]
    answers = ask_each(database, [Query(text) for text in texts])
    empty = {pointer for pointer, ((points,),) in zip(asked, answers, strict=True) if not points}
    return [pointer for pointer in pointers if pointer not in empty]


def _of(bound: BoundSet, chain: Chain) -> Parent:
    """Return what a set's rows hang on, if need be by way of others."""
    above = chain[-1][1] if chain else bound
    target = above.references[0].target
    if isinstance(target, str):
        raise KeyError(target)
    return target


def _count(bound: BoundSet, chain: Chain) -> Query:
    """Count a set's rows and, up its chain, the teams or leagues that they hang on."""
    joins: list[str] = []
    inner, alias = bound, "t"
    for depth, (reference, above) in enumerate(chain, start=1):
        column = identifier(reference.column)
        joins.append(statement(__name__, "above", below=alias, column=column, alias=f"p{depth}", **above.parts))
        inner, alias = above, f"p{depth}"
    owner = f"{alias}.{inner.parts['reference']}"
    return Query(statement(__name__, "count", joins="\n".join(joins), owner=owner, **bound.parts))


Chain = Sequence[tuple[Reference, BoundSet]]
"""References up to a set that hangs on teams or leagues, each with the set that it leads to."""


def _chain(app: Application, bound: BoundSet) -> Iterator[tuple[Reference, BoundSet]]:
    sets = {each.name: each for each in app.sets}
    first = bound.references[0]
    while first.parent is not None:
        above = sets[first.parent]
        yield first, above
        first = above.references[0]


def readable(database: Database, tables: Sequence[Table]) -> frozenset[str]:
    """Return the names of those tables that this role may read as they are."""
    oids = {"tables": [table.oid for table in tables]}
    return (
        frozenset(name for (name,) in database.execute(statement(__name__, "readable"), oids))
        if tables
        else frozenset()
    )


def _uncovered(database: Database, app: Application, pointers: Sequence[Pointer]) -> tuple[Uncovered, ...]:
    tables = [app.catalog.table(name) for name in dict.fromkeys(pointer.table for pointer in pointers)]
    seen = readable(database, tables)
    counted = [pointer for pointer in pointers if pointer.table in seen]
    found = ask_each(database, [_pointing(app, pointer) for pointer in counted])
    rows = {pointer: count for pointer, ((count,),) in zip(counted, found, strict=True)}
    return tuple(Uncovered(pointer, rows.get(pointer)) for pointer in pointers)


def _pointing(app: Application, pointer: Pointer) -> Query:
    return Query(statement(__name__, "pointing", **_parts(app, pointer)))


def _parts(app: Application, pointer: Pointer) -> dict[str, str]:
    return {"table": app.catalog.table(pointer.table).quoted, "column": identifier(pointer.column)}

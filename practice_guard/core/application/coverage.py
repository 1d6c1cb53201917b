"""What is protected on this database, and what points at teams or leagues and is not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from practice_guard.core.application.bound import BoundSet
from practice_guard.core.application.catalog import ETL_TABLES, Pointer, PointsAt, Table
from practice_guard.core.application.protected import Reference
from practice_guard.core.application.state import Application
from practice_guard.core.database import Database, identifier, statement


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
    of: PointsAt
    owners: int


@dataclass(frozen=True, slots=True)
class Uncovered:
    """A column that points at teams or leagues, and with how many rows; None where they may not be read."""

    pointer: Pointer
    rows: int | None


@dataclass(frozen=True, slots=True)
class Coverage:
    """What is protected, what is not, and the names of the sets whose table is not there."""

    covered: tuple[Covered, ...]
    uncovered: tuple[Uncovered, ...]
    skipped: tuple[str, ...]

    @property
    def rows(self) -> int:
        """The protected rows of all sets."""
        return sum(each.rows for each in self.covered)


def survey(database: Database, app: Application) -> Coverage:
    """Count what is protected and what is not. Reads only."""
    covered = tuple(_count(database, app, bound) for bound in app.sets)
    known = {(bound.table.name, each.column) for bound in app.sets for each in bound.references}
    pointers = [
        pointer
        for pointer in app.catalog.pointers()
        if pointer.table not in ETL_TABLES and (pointer.table, pointer.column) not in known
    ]
    uncovered = tuple(Uncovered(pointer, _rows(database, app, pointer)) for pointer in pointers)
    return Coverage(covered, uncovered, tuple(app.skipped))


def _count(database: Database, app: Application, bound: BoundSet) -> Covered:
    """Count a set's rows and, up its chain, the teams or leagues that they hang on."""
    joins: list[str] = []
    inner, alias = bound, "t"
    for depth, (reference, above) in enumerate(_chain(app, bound), start=1):
        column = identifier(reference.column)
        joins.append(statement(__name__, "above", below=alias, column=column, alias=f"p{depth}", **above.parts))
        inner, alias = above, f"p{depth}"
    owner = f"{alias}.{inner.parts['reference']}"
    text = statement(__name__, "count", joins="\n".join(joins), owner=owner, **bound.parts)
    rows, owners = database.execute(text)[0]
    return Covered(bound, rows, PointsAt(inner.references[0].target), owners)


def _chain(app: Application, bound: BoundSet) -> Iterator[tuple[Reference, BoundSet]]:
    sets = {each.name: each for each in app.sets}
    first = bound.references[0]
    while first.parent is not None:
        above = sets[first.parent]
        yield first, above
        first = above.references[0]


def may_read(database: Database, table: Table) -> bool:
    """Whether this role may read a table as it is."""
    return bool(database.execute(statement(__name__, "may_read"), {"table": table.oid})[0][0])


def _rows(database: Database, app: Application, pointer: Pointer) -> int | None:
    table = app.catalog.table(pointer.table)
    if not may_read(database, table):
        return None
    text = statement(__name__, "pointing", table=table.quoted, column=identifier(pointer.column))
    return int(database.execute(text)[0][0])

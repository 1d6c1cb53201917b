"""What a look at a database says of the columns and tables that nobody protects."""

from __future__ import annotations

from collections.abc import Sequence

from practice_guard.core.application import (
    BUILT_IN_PARENTS,
    Application,
    Exposed,
    Parent,
    Proposal,
    ProtectedSet,
    coverage,
    exposed,
    look,
)
from practice_guard.core.database import Connection
from tests.world.builders import ScratchDatabase
from tests.world.guarding import Guard

COURTS = Parent("courts", "courts", ("name",), source="practice_guard.toml:1")


def app_of(database: ScratchDatabase, connection: Connection, more: Sequence[ProtectedSet] = ()) -> Application:
    return look(connection, (*Guard(database).sets, *more), parents=(*BUILT_IN_PARENTS, COURTS))


def surveyed(database: ScratchDatabase, *more: ProtectedSet) -> coverage.Coverage:
    return Guard(database).reads(lambda connection: coverage.survey(connection, app_of(database, connection, more)))


def unprotected(database: ScratchDatabase, *more: ProtectedSet) -> dict[str, str]:
    """Each column that nobody follows, with what it leads to."""
    found = surveyed(database, *more).exposed
    return {f"{each.table}.{one.column}": str(one.target) for each in found for one in each.pointers}


def not_followed(database: ScratchDatabase) -> list[str]:
    """The same as `health` says it."""

    def work(connection: Connection) -> list[str]:
        app = app_of(database, connection)
        found = exposed.with_rows(connection, exposed.unfollowed(connection, app))
        return [f"{each.table}.{each.column}" for each in found]

    return Guard(database).reads(work)


def proposed(database: ScratchDatabase, table: str, *more: ProtectedSet) -> Proposal:
    return next(each for each in surveyed(database, *more).proposals if each.table == table)


def one(database: ScratchDatabase, table: str) -> Exposed:
    return next(each for each in surveyed(database).exposed if each.table == table)

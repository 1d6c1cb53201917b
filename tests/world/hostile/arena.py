"""The database in which one world after the other is played, and what people can do to its tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from typing import Any, TypeVar

import psycopg
from psycopg import sql

from practice_guard.core.database import Connection, Timeouts, connect
from tests.world.builders import Row, ScratchDatabase
from tests.world.guarding import Guard
from tests.world.hostile.houses import House, Table

T = TypeVar("T")

_OWN_TABLES = "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'"
_REFUSED = (psycopg.errors.IntegrityError, psycopg.errors.DataError)
NOBODY = 900
"""From here on, ids are nobody's."""


@dataclass
class Held(Guard):
    """A guard that keeps its connection from one call to the next."""

    connection: Connection | None = None

    def with_connection(self, work: Callable[[Connection], T]) -> T:
        assert self.connection is not None
        return work(self.connection)


class Arena:
    """A database with the schema of a house. Its foreign keys hold nobody back, and its rows can be taken away."""

    def __init__(self, database: ScratchDatabase, house: House) -> None:
        """Lay out the house in a database that has the application's schema."""
        self.database, self.house = database, house
        self.tables = {each.name: each for each in house.tables}
        self.session = database.connect()
        if house.ddl:
            self.session.execute(house.ddl.encode())
        self.session.execute("SET session_replication_role = replica")
        self._grown: set[str] = set()
        self._open = ExitStack()
        self._guards = self._open.enter_context(connect(database.url, application="test", timeouts=Timeouts(lock=2.0)))

    def empty(self) -> Guard:
        """Take everything away that a world has left, and return a guard that has never been here."""
        names = sql.SQL(", ").join(sql.Identifier(name) for (name,) in self.session.execute(_OWN_TABLES).fetchall())
        self.session.execute(sql.SQL("TRUNCATE {} RESTART IDENTITY").format(names))
        self.session.execute("DROP SCHEMA IF EXISTS practice_guard CASCADE")
        for name in self._grown:
            self.session.execute(sql.SQL("ALTER TABLE {} DROP grown").format(sql.Identifier(name)))
        self._grown.clear()
        return Held(self.database, self.house.sets, connection=self._guards)

    def close(self) -> None:
        """End its sessions."""
        self._open.close()
        self.database.close()

    def grow(self, table: str) -> None:
        """Give a table a column that it has not had, until the world's end."""
        if table not in self._grown:
            self._grown.add(table)
            self.does("ALTER TABLE {} ADD grown int DEFAULT 7", table)

    def key(self, table: str) -> str:
        """The column that numbers a table's rows."""
        return "code" if table == "gear" else "id"

    def keys(self, table: str) -> list[Any]:
        """The primary keys in a table."""
        text = sql.SQL("SELECT {0} FROM {1} ORDER BY {0}").format(
            sql.Identifier(self.key(table)), sql.Identifier(table)
        )
        return [key for (key,) in self.session.execute(text).fetchall()]

    def does(self, text: str, *names: str, **values: object) -> None:
        """One statement by somebody who is refused what the table's keys and columns refuse."""
        with suppress(*_REFUSED):
            self.session.execute(sql.SQL(text).format(*map(sql.Identifier, names)), values)

    def insert(self, table: str, rows: Iterable[Mapping[str, object]]) -> None:
        """Insert rows, each by itself, as far as the table takes them."""
        for row in rows:
            text = sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
                sql.Identifier(table),
                sql.SQL(", ").join(map(sql.Identifier, row)),
                sql.SQL(", ").join(map(sql.Placeholder, row)),
            )
            with suppress(*_REFUSED):
                self.session.execute(text, row)

    def insert_all(self, table: str, columns: Sequence[str], rows: Sequence[Row]) -> None:
        """Insert rows at once, which the table must take."""
        with self.session.cursor().copy(
            sql.SQL("COPY {} ({}) FROM STDIN").format(
                sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
            )
        ) as copy:
            for row in rows:
                copy.write_row(row)


def timed(arena: Arena, table: Table) -> bool:
    """Whether a table notes when its rows were made."""
    return table.timed and not (arena.house.name == "timeless" and table.name in ("polls", "practice_times"))

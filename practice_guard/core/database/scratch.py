"""Tables that a plan is worked out in, gone with their transaction.

PostgreSQL lets a transaction that is READ ONLY fill temporary tables, but not make them. So they are made in the moment
in which the door is open (`port.DOOR`), and everything that looks at the application's rows is done behind it. A
standby, and a role without the right to make temporary tables, have none: there what would fill them is kept, and put
before each question as a chain of WITH queries.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from practice_guard.core import errors
from practice_guard.core.database import shield
from practice_guard.core.database.cursors import stream
from practice_guard.core.database.port import ACCESS, DOOR, LEFT, Access, Database, Parameters, Query, Row
from practice_guard.core.database.statements import identifier, statement
from practice_guard.core.database.unions import renamed

Columns = Mapping[str, str]
"""A table's columns with their types."""

Fill = tuple[str, Callable[[], Query]]
"""A table, and what makes the query of the rows to be added to it; it is asked once all before it are known."""

_MANY = 1000
"""Rows from which on the server should know how many there are, and of what."""

_BEGINS_A_CHAIN = re.compile(r"(\s|--[^\n]*\n)*WITH\b")
_BETWEEN = "\n UNION ALL\n"
_OWN = "practice_guard"
_SAVEPOINT = "practice_guard_scratch"


class Scratch:
    """Tables for the stages of one plan, filled by queries and asked by others, which name them by `table`."""

    def __init__(self, database: Database) -> None:
        """Begin without tables, in the transaction that is open."""
        self._database = database
        self._columns: Mapping[str, Columns] = {}
        self._filled: dict[str, list[str]] = {}
        self._queries: dict[str, Query] = {}
        self._rests_on: dict[str, list[str]] = {}
        self._schema: str | None = None

    def make(self, tables: Mapping[str, Columns]) -> None:
        """Make the tables, by name with their columns, all empty.

        Those of an earlier plan in a transaction that only plans are gone then.
        """
        self._columns = tables
        self._filled = {name: [] for name in tables}
        self._schema = _made(self._database, tables)
        if self._schema is not None and not self._database.known[ACCESS].reads:
            self._database.known[LEFT] = (self._dropping(), self._schema == _OWN)

    @property
    def chained(self) -> bool:
        """Whether there are no tables, and every question carries what would have filled them."""
        return self._schema is None

    def table(self, name: str) -> str:
        """Return how a query calls a table: filled as it is now, where there are none but chains."""
        if self._schema is not None:
            return identifier(self._schema, f"guard_{name}")
        parts = [statement(__name__, "step", name=identifier(each)) for each in self._filled[name]]
        empty = ", ".join(f"NULL::{type_} AS {identifier(column)}" for column, type_ in self._columns[name].items())
        united = _BETWEEN.join(parts) or statement(__name__, "none_yet", columns=empty)
        return f"(\n{united}\n)"

    def has(self, name: str) -> bool:
        """Whether there is such a table."""
        return name in self._columns

    def fill(self, fills: Sequence[Fill]) -> list[int | None]:
        """Add rows to tables, one after another; the columns of each query are in the table's order.

        Returns:
            how many rows each has added; None where that is not known before somebody asks.
        """
        if self._schema is None:
            for name, make in fills:
                self._chain(name, make())
            return [None for _ in fills]
        queries = [(name, make()) for name, make in fills]
        inserts = [
            Query(statement(__name__, "fill", table=self.table(name), query=query.text), query.parameters)
            for name, query in queries
        ]
        counts = self._database.write(inserts)
        if max(counts, default=0) >= _MANY:  # what is small beside it would be taken for large
            filled = sorted({name for (name, _), count in zip(fills, counts, strict=True) if count})
            self._database.write([Query(statement(__name__, "analyse", table=self.table(name))) for name in filled])
        return list(counts)

    def replace(self, name: str, make: Callable[[str], Query]) -> None:
        """Put in a table's place what a query makes of its rows; `make` is told what to call them."""
        if self._schema is None:
            query = make(self.table(name))
            self._filled[name] = []
            self._chain(name, query)
            return
        query = make("former")
        text = statement(__name__, "replace", table=self.table(name), query=query.text)
        self._database.write([Query(text, query.parameters)])

    def empty(self, name: str) -> None:
        """Take all rows out of a table."""
        if self._schema is None:
            self._filled[name] = []
        else:
            self._database.write([Query(statement(__name__, "empty", table=self.table(name)))])

    def index(self, name: str, column: str) -> None:
        """Let a table be asked for some of its rows, again and again, by a column."""
        if self._schema is not None:
            table = self.table(name)
            self._database.execute(statement(__name__, "index", table=table, column=identifier(column)))
            self._database.execute(statement(__name__, "analyse", table=table))

    def execute(self, text: str, parameters: Parameters | None = None) -> list[Row]:
        """Ask a question, about the tables too, and return its rows."""
        whole = self.whole(Query(text, parameters or {}))
        return self._database.execute(whole.text, whole.parameters)

    def stream(self, query: Query) -> Iterator[Row]:
        """Ask a question, about the tables too, and return its rows one by one."""
        return stream(self._database, self.whole(query))

    def whole(self, query: Query) -> Query:
        """Return a question with all that it rests on."""
        if self._schema is not None:
            return query
        needed = self._needed(query.text)
        if not needed:
            return query
        parameters: dict[str, object] = {}
        chain = [
            f"{identifier(name)} ({', '.join(map(identifier, self._columns[_of(name)]))}) AS MATERIALIZED (\n"
            f"{renamed(self._queries[name], parameters)})"
            for name in needed
        ]
        own = renamed(query, parameters)
        if _BEGINS_A_CHAIN.match(own):  # a statement has one WITH only
            own = statement(__name__, "in_brackets", query=own)
        return Query(f"WITH {', '.join(chain)}\n{own}", parameters)

    def drop(self) -> None:
        """Remove the tables, where another plan is worked out in their transaction; at its end they go anyway."""
        if self._database.known.pop(LEFT, None):
            self._database.execute(self._dropping())

    def _dropping(self) -> str:
        return f"DROP TABLE {', '.join(map(self.table, self._columns))}"

    def _chain(self, name: str, query: Query) -> None:
        step = f"{name}#{len(self._queries)}"
        self._rests_on[identifier(step)] = self._mentioned(query.text)
        self._queries[step] = query
        self._filled[name].append(step)

    def _needed(self, text: str) -> list[str]:
        """Return the steps that a text rests on, each after those that it rests on itself."""
        steps = list(zip(self._queries, self._rests_on.items(), strict=True))
        wanted = set(self._mentioned(text))
        for _, (quoted, below) in reversed(steps):
            if quoted in wanted:
                wanted.update(below)
        return [name for name, (quoted, _) in steps if quoted in wanted]

    def _mentioned(self, text: str) -> list[str]:
        return [quoted for quoted in self._rests_on if quoted in text]


def _of(step: str) -> str:
    return re.sub(r"#\d+$", "", step)


def _made(database: Database, tables: Mapping[str, Columns]) -> str | None:
    """Make tables where they can be made, and return their schema; None where they cannot."""
    access: Access | None = database.known.get(ACCESS)
    if access is Access.PLAN:
        return _behind_the_door(database, tables)
    if access is None or access.reads:
        return None
    if _tried(database, _creating(tables, "pg_temp", "TEMP", " ON COMMIT DROP")):
        return "pg_temp"
    database.execute(_creating(tables, _OWN, "UNLOGGED", ""))
    return _OWN


def _tried(database: Database, making: str) -> bool:
    """Make temporary tables; False where this role may not."""
    try:
        database.execute(f"SAVEPOINT {_SAVEPOINT}; {making}; RELEASE SAVEPOINT {_SAVEPOINT}")
    except errors.AccessError:
        database.execute(f"ROLLBACK TO SAVEPOINT {_SAVEPOINT}; RELEASE SAVEPOINT {_SAVEPOINT}")
        return False
    return True


def _behind_the_door(database: Database, tables: Mapping[str, Columns]) -> str | None:
    """Go back to before the door was closed, which takes an earlier plan's tables away, and close it again."""
    back = f"ROLLBACK TO SAVEPOINT {DOOR}"
    closing = ["SET LOCAL transaction_read_only = on", *filter(None, [shield.set_anew(database)])]
    try:
        database.execute("; ".join([back, _creating(tables, "pg_temp", "TEMP", " ON COMMIT DROP"), *closing]))
    except errors.UnreachableError:
        raise
    except errors.DatabaseError as error:
        database.execute("; ".join([back, *closing]))
        if isinstance(error, errors.AccessError):
            return None
        raise
    return "pg_temp"


def _creating(tables: Mapping[str, Columns], schema: str, kind: str, end: str) -> str:
    texts = []
    for name, columns in tables.items():
        listed = ", ".join(f"{identifier(column)} {type_}" for column, type_ in columns.items())
        texts.append(f"CREATE {kind} TABLE {identifier(schema, f'guard_{name}')} ({listed}){end}")
    return "; ".join(texts)

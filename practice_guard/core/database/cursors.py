"""Rows read a few at a time, so that no more of them are held than are looked at."""

from __future__ import annotations

from collections.abc import Generator
from itertools import count

from practice_guard.core.database.port import Database, Query, Row
from practice_guard.core.database.statements import identifier, statement

_numbers = count(1)


def stream(database: Database, query: Query, at_once: int = 2000) -> Generator[Row, None, None]:
    """Yield a query's rows inside the open transaction, holding no more than `at_once` of them at a time.

    Nothing is sent before the first row is asked for. All rows are of that moment, whatever is written meanwhile. A
    reader that stops early, by leaving its loop, closes the cursor; so does the end of the transaction.

    Args:
        database: in an open transaction, in which other statements may be sent between two rows.
        query: one statement that returns rows; PostgreSQL plans it for all of them, but not in parallel.
        at_once: rows a message; the time-out of a statement is for each of these.

    Raises:
        errors.DatabaseError: the database refuses, at the first row or at a later one.
    """
    name = identifier(f"practice_guard_rows_{next(_numbers)}")
    fetch = statement(__name__, "fetch", name=name, count=str(at_once))
    transaction = database.known
    declare = Query(statement(__name__, "declare", name=name, query=query.text), query.parameters)
    _, rows = database.together([declare, Query(fetch)])
    try:
        yield from rows
        while len(rows) == at_once:
            rows = database.execute(fetch)
            yield from rows
    except GeneratorExit:
        # It may come late, when the reader was ended by an error: after a rollback to a savepoint or to the beginning.
        if database.usable and database.known is transaction and _is_open(database, name):
            database.execute(statement(__name__, "close", name=name))
        raise
    database.execute(statement(__name__, "close", name=name))


def _is_open(database: Database, name: str) -> bool:
    return bool(database.execute(statement(__name__, "is_open"), {"name": name.strip('"')})[0][0])

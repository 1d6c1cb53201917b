"""What a check is refused must not end the others: one savepoint keeps the transaction that they all share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from practice_guard.core import errors
from practice_guard.core.database import Access, Borrowed, Database, connect, shielded
from tests.world.builders import ScratchDatabase
from tests.world.callers import CONNECT, ask


@pytest.fixture(params=["own", "psycopg2", "psycopg"])
def port(request: pytest.FixtureRequest, database: ScratchDatabase) -> Iterator[Database]:
    """The guard's own connection, or a caller's that has written something."""
    if request.param == "own":
        with connect(database.url, application="test") as found:
            yield found
        return
    connection = CONNECT[request.param](database.url)
    try:
        cursor = connection.cursor()
        cursor.execute("INSERT INTO clubs (name) VALUES ('Tennaqua')")
        yield Borrowed(cursor)
        assert ask(cursor, "SELECT count(*) FROM clubs") == 1
    finally:
        connection.close()


def fails(port: Database) -> None:
    with pytest.raises(errors.StatementError, match="22012"), shielded(port):
        port.execute("SELECT 1 / 0")


def test_any_number_may_fail_in_one_transaction(port: Database) -> None:
    with port.transaction(Access.READ):
        for _ in range(3):
            fails(port)
            with shielded(port):
                assert port.execute("SELECT 1") == [(1,)]


def test_one_inside_another_may_fail_and_then_the_outer_one(port: Database) -> None:
    def outer() -> None:
        with shielded(port):
            fails(port)
            assert port.execute("SELECT 1") == [(1,)]
            port.execute("SELECT 1 / 0")

    with port.transaction(Access.READ):
        with pytest.raises(errors.StatementError, match="22012"):
            outer()
        assert port.execute("SELECT 1") == [(1,)]


def test_the_next_transaction_has_its_own(port: Database) -> None:
    for _ in range(2):
        with port.transaction(Access.READ):
            fails(port)
            assert port.execute("SELECT 1") == [(1,)]


def test_a_lost_connection_is_let_through(port: Database) -> None:
    with port.transaction(Access.READ), pytest.raises(errors.UnreachableError), shielded(port):
        raise errors.UnreachableError

"""Rows read a few at a time, through every kind of connection, and what becomes of the cursor."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

import pytest

from practice_guard.core import errors
from practice_guard.core.database import Access, Borrowed, Database, Query, Row, connect, stream
from practice_guard.core.database.port import Parameters
from tests.world.builders import ScratchDatabase
from tests.world.callers import caller

NUMBERS = Query(
    "-- Numbers; 100 %% of them.\nSELECT n, '{{%%}}'::text FROM generate_series(%(first)s::int, %(last)s::int) AS n",
    {"first": 1, "last": 10},
)
ROWS = [(n, "{{%}}") for n in range(1, 11)]


@pytest.fixture(params=["own", "psycopg2", "psycopg", "psycopg client-side", "psycopg2 dict"])
def port(request: pytest.FixtureRequest, database: ScratchDatabase) -> Iterator[Database]:
    database.rows("CREATE TABLE notes (text text)")
    if request.param == "own":
        with connect(database.url, application="test") as found:
            yield found
    else:
        with caller(database, request.param) as cursor:
            yield Borrowed(cursor)


def cursors(port: Database) -> int:
    return int(port.execute("SELECT count(*) FROM pg_cursors WHERE name LIKE 'practice%%'")[0][0])


@pytest.mark.parametrize("at_once", [1, 3, 5, 10, 11, 2000])
def test_all_rows_come_in_their_order_whatever_the_step(port: Database, at_once: int) -> None:
    with port.transaction(Access.READ):
        assert list(stream(port, NUMBERS, at_once)) == ROWS
        assert cursors(port) == 0


def test_nothing_is_no_row(port: Database) -> None:
    with port.transaction(Access.READ):
        assert list(stream(port, Query(NUMBERS.text, {"first": 1, "last": 0}))) == []
        assert cursors(port) == 0


def test_two_are_read_side_by_side_with_statements_between(port: Database) -> None:
    found = []
    with port.transaction(Access.WRITE):
        for one, other in zip(stream(port, NUMBERS, 2), stream(port, NUMBERS, 3), strict=True):
            port.execute("INSERT INTO public.notes VALUES (%(text)s::text)", {"text": str(one)})
            assert one == other
            found.append(one)
        assert found == ROWS
        assert port.execute("SELECT count(*) FROM public.notes") == [(10,)]
        assert cursors(port) == 0


def test_the_rows_are_of_one_moment(port: Database) -> None:
    with port.transaction(Access.WRITE):
        port.execute("INSERT INTO public.notes VALUES ('a'), ('b')")
        rows = stream(port, Query("SELECT text FROM public.notes"), 1)
        assert next(rows) == ("a",)
        port.execute("DELETE FROM public.notes")
        assert list(rows) == [("b",)]


def test_a_reader_that_stops_early_closes_it(port: Database) -> None:
    with port.transaction(Access.READ):
        for row in stream(port, NUMBERS, 2):
            if row == ROWS[2]:
                break
        assert cursors(port) == 0


@pytest.fixture
def sent(port: Database, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is sent one by one, as it is sent."""
    found: list[str] = []
    execute = port.execute

    def overheard(text: str, parameters: Parameters | None = None) -> list[Row]:
        found.append(text)
        return execute(text, parameters)

    monkeypatch.setattr(port, "execute", overheard)
    return found


def test_a_reader_that_an_error_stops_leaves_the_next_transaction_alone(port: Database, sent: list[str]) -> None:
    """Its first statement may have to be a lock, and no SELECT."""
    rows = stream(port, NUMBERS, 2)
    with suppress(errors.StatementError), port.transaction(Access.READ):
        next(rows)
        port.execute("SELECT 1 / 0")
    with port.transaction(Access.READ):
        sent.clear()
        rows.close()
        assert sent == []


def test_nothing_is_closed_on_an_aborted_transaction(port: Database, sent: list[str]) -> None:
    fails_at_the_third = Query("SELECT 4 / (n - 3) FROM generate_series(1, 5) AS n")
    with suppress(errors.GuardError), port.transaction(Access.READ):
        read_on, stopped = stream(port, fails_at_the_third, 1), stream(port, NUMBERS, 2)
        assert [next(read_on), next(read_on), next(stopped)] == [(-2,), (-4,), ROWS[0]]
        sent.clear()
        with pytest.raises(errors.StatementError, match="zero"):
            next(read_on)
        in_vain = len(sent)
        stopped.close()
        assert len(sent) == in_vain
        sent.append("the end")
    assert "the end" in sent


def test_a_cursor_that_went_with_a_savepoint_is_not_closed_again(port: Database) -> None:
    with port.transaction(Access.READ):
        port.execute("SAVEPOINT mine")
        rows = stream(port, NUMBERS, 2)
        next(rows)
        port.execute("ROLLBACK TO SAVEPOINT mine")
        rows.close()
        assert port.execute("SELECT 1") == [(1,)]


def test_a_refused_query_is_the_same_error_as_ever(port: Database) -> None:
    with pytest.raises(errors.SchemaError, match="nowhere"), port.transaction(Access.READ):
        next(stream(port, Query("SELECT 1 FROM public.nowhere")))


def test_a_cursor_is_planned_for_all_of_its_rows(port: Database) -> None:
    """Not for the first tenth of them, as by default: that plan reads an index row by row."""
    with port.transaction(Access.READ):
        assert port.execute("SHOW cursor_tuple_fraction") == [("1",)]

"""Statements that are sent together: each answered as if it had been sent alone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

import psycopg
import pytest

from practice_guard.core import errors
from practice_guard.core.database import Access, Borrowed, Database, Query, Timeouts, connect
from practice_guard.core.database.connection import _first
from tests.world.builders import ScratchDatabase
from tests.world.callers import caller
from tests.world.wire import Fault, wire_to

ONE = Query("SELECT 1")
TWO = Query("-- Two.\nSELECT n, '100 %%' FROM generate_series(1, %(last)s::int) AS n", {"last": 2})
WRITES = Query("INSERT INTO public.notes VALUES (%(text)s::text)", {"text": "here"})
DIVIDES = Query("SELECT 1 / %(by)s::int", {"by": 0})
LARGE = Query("SELECT length(%(text)s::text)", {"text": "x" * 1_000_000})


@pytest.fixture(params=["own", "psycopg2", "psycopg"])
def port(request: pytest.FixtureRequest, database: ScratchDatabase) -> Iterator[Database]:
    database.rows("CREATE TABLE notes (text text)")
    if request.param == "own":
        with connect(database.url, application="test") as found:
            yield found
    else:
        with caller(database, request.param) as cursor:
            yield Borrowed(cursor)


def test_each_is_answered_by_its_rows(port: Database) -> None:
    with port.transaction(Access.WRITE):
        assert port.together([]) == []
        assert port.together([TWO]) == [[(1, "100 %"), (2, "100 %")]]
        assert port.together([ONE, WRITES, TWO]) == [[(1,)], [], [(1, "100 %"), (2, "100 %")]]
        assert port.together([Query("SELECT text FROM public.notes"), ONE]) == [[("here",)], [(1,)]]


def test_one_sees_what_those_before_it_have_done(port: Database) -> None:
    counts = Query("SELECT count(*) FROM public.notes")
    with port.transaction(Access.WRITE):
        assert port.together([counts, WRITES, counts]) == [[(0,)], [], [(1,)]]


def test_more_is_sent_than_a_line_holds(port: Database) -> None:
    rows = Query("SELECT repeat('x', 1000) FROM generate_series(1, 2000)")
    with port.transaction(Access.READ):
        found = port.together([LARGE, rows] * 5)
    assert [len(each) for each in found] == [1, 2000] * 5


@pytest.mark.parametrize("place", [0, 1, 2])
@pytest.mark.parametrize("companion", [ONE, LARGE], ids=["small", "large"])
def test_the_one_that_is_refused_says_why_and_aborts_the_transaction(
    port: Database, place: int, companion: Query, caplog: pytest.LogCaptureFixture
) -> None:
    queries = [companion, companion, companion]
    queries.insert(place, DIVIDES)
    with suppress(errors.GuardError), port.transaction(Access.WRITE):
        port.execute(WRITES.text, WRITES.parameters)
        with pytest.raises(errors.StatementError, match="division by zero") as caught:
            port.together(queries)
        usable = port.usable
    assert caught.value.data["sqlstate"] == "22012"
    assert not usable
    assert caplog.messages == []  # they would be on standard error
    with port.transaction(Access.READ):
        assert port.together([ONE, Query("SELECT text FROM public.notes")]) == [[(1,)], []]


def test_that_others_were_passed_over_is_never_the_reason() -> None:
    def both() -> None:
        try:
            raise psycopg.errors.DivisionByZero
        finally:
            raise psycopg.errors.PipelineAborted

    with pytest.raises(psycopg.errors.PipelineAborted) as caught:
        both()
    assert isinstance(_first(caught.value), psycopg.errors.DivisionByZero)


def test_of_two_that_are_refused_the_first_is_told(port: Database) -> None:
    nowhere = Query("SELECT 1 FROM public.nowhere")
    with pytest.raises(errors.SchemaError, match="nowhere"), port.transaction(Access.READ):
        port.together([ONE, nowhere, DIVIDES])


def test_a_value_that_the_driver_cannot_send_is_the_same_error_as_ever(database: ScratchDatabase) -> None:
    with connect(database.url, application="test") as connection:
        with pytest.raises(errors.StatementError, match="driver"), connection.transaction(Access.READ):
            connection.together([ONE, Query("SELECT %(text)s::text", {"text": "a\0b"}), ONE])
        with connection.transaction(Access.READ):
            assert connection.together([ONE, ONE]) == [[(1,)], [(1,)]]


def test_they_take_one_round_trip(database: ScratchDatabase) -> None:
    with (
        wire_to(database.url) as wire,
        connect(wire.url, application="test") as connection,
        connection.transaction(Access.READ),
    ):
        wire.break_at(None)
        connection.together([ONE, TWO, LARGE, ONE])
        assert len(wire.requests) == 1


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> Timeouts:
    """Soon given up."""
    monkeypatch.setattr("practice_guard.core.database.connection._MARGIN", 0.5)
    return Timeouts(statement=0.5)


def test_a_server_that_falls_silent_is_given_up(database: ScratchDatabase, hurried: Timeouts) -> None:
    with wire_to(database.url) as wire, connect(wire.url, application="test", timeouts=hurried) as connection:
        wire.break_at(Fault(1, "before", "stall"))
        with pytest.raises(errors.UnreachableError, match="not answered for 2 s"), connection.transaction(Access.READ):
            connection.together([ONE, TWO, ONE])
        with connection.transaction(Access.READ):
            assert connection.together([ONE, ONE]) == [[(1,)], [(1,)]]


def test_each_has_as_long_as_one_alone(database: ScratchDatabase, hurried: Timeouts) -> None:
    sleeps = Query("SELECT 1 FROM pg_sleep(0.4)")
    with connect(database.url, application="test", timeouts=hurried) as connection:
        with connection.transaction(Access.READ):
            assert connection.together([sleeps] * 4) == [[(1,)]] * 4
        with pytest.raises(errors.StatementError, match="57014"), connection.transaction(Access.READ):
            connection.together([sleeps, Query("SELECT pg_sleep(0.9)"), ONE])


def test_none_may_be_several(database: ScratchDatabase) -> None:
    refused = pytest.raises(errors.StatementError, match="42601")
    with connect(database.url, application="test") as connection, refused, connection.transaction(Access.READ):
        connection.together([ONE, Query("SELECT 1; SELECT 2")])

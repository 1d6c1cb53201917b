"""A plan's tables: filled behind a door that PostgreSQL itself keeps shut, and gone with their transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest

from practice_guard.core import errors
from practice_guard.core.database import Access, Query, Scratch, connect
from practice_guard.core.database.borrowed import Borrowed
from practice_guard.core.database.port import Database
from practice_guard.core.database.shield import shielded
from tests.world.builders import ScratchDatabase
from tests.world.callers import caller

TABLES = {"numbers": {"n": "bigint"}}
FORBIDDEN = (
    "INSERT INTO public.leagues (league_id, league_name) VALUES ('X', 'X')",
    "UPDATE public.leagues SET league_name = 'X'",
    "DELETE FROM public.leagues",
    "CREATE TABLE public.another (n int)",
    "CREATE TEMP TABLE another (n int)",
    "TRUNCATE public.leagues CASCADE",
    "SELECT nextval('public.leagues_id_seq')",
)


@contextmanager
def own(database: ScratchDatabase) -> Iterator[Database]:
    with connect(database.url, application="test") as connection:
        yield connection


@contextmanager
def psycopg_of_a_caller(database: ScratchDatabase) -> Iterator[Database]:
    with caller(database, "psycopg") as cursor:
        yield Borrowed(cursor)


@contextmanager
def psycopg2_of_a_caller(database: ScratchDatabase) -> Iterator[Database]:
    with caller(database, "psycopg2") as cursor:
        yield Borrowed(cursor)


HOUSES = (own, psycopg_of_a_caller, psycopg2_of_a_caller)
Opened = Callable[[ScratchDatabase], AbstractContextManager[Database]]


def one_to_three(scratch: Scratch) -> list[int]:
    """What a table has once it was filled."""
    scratch.fill([("numbers", lambda: Query("SELECT generate_series(1, 3)::bigint"))])
    return sorted(n for (n,) in scratch.execute(f"SELECT n FROM {scratch.table('numbers')} AS x"))


def refused(database: Database, text: str) -> bool:
    """Whether PostgreSQL refuses a statement, which leaves the transaction as it was."""
    try:
        with shielded(database):
            database.execute(text)
    except errors.DatabaseError as error:
        return "read-only transaction" in error.message
    return False


@pytest.mark.parametrize("opened", HOUSES)
@pytest.mark.parametrize("text", FORBIDDEN)
def test_a_transaction_that_plans_is_refused_every_write_once_it_has_its_tables(
    database: ScratchDatabase, opened: Opened, text: str
) -> None:
    with opened(database) as port, port.transaction(Access.PLAN):
        assert refused(port, text), "before"
        for _ in range(2):  # a second plan goes back to before the door was shut
            scratch = Scratch(port)
            scratch.make(TABLES)
            assert not scratch.chained
            assert one_to_three(scratch) == [1, 2, 3]
            assert refused(port, text)


@pytest.mark.parametrize("text", FORBIDDEN)
def test_when_making_them_fails_the_door_is_shut_again(database: ScratchDatabase, text: str) -> None:
    with own(database) as port, port.transaction(Access.PLAN):
        scratch = Scratch(port)
        with pytest.raises(errors.DatabaseError):
            scratch.make({"numbers": {"n": "no_such_type"}})
        assert refused(port, text)
        scratch.make(TABLES)
        assert one_to_three(scratch) == [1, 2, 3]


@pytest.mark.parametrize("opened", HOUSES)
def test_nothing_of_a_plan_outlives_its_transaction(database: ScratchDatabase, opened: Opened) -> None:
    with opened(database) as port:
        for access in (Access.PLAN, Access.WRITE, Access.PLAN, Access.WRITE):
            with port.transaction(access):
                scratch = Scratch(port)
                scratch.make(TABLES)
                assert one_to_three(scratch) == [1, 2, 3]
            with port.transaction(Access.READ):
                assert port.execute("SELECT count(*) FROM pg_class WHERE relname LIKE 'guard\\_numbers'") == [(0,)]


def test_a_chained_question_may_begin_with_a_chain_of_its_own(database: ScratchDatabase) -> None:
    with own(database) as port, port.transaction(Access.READ):
        scratch = Scratch(port)
        scratch.make(TABLES)
        assert scratch.chained
        assert one_to_three(scratch) == [1, 2, 3]
        doubled = f"WITH d AS (SELECT 2 * n AS n FROM {scratch.table('numbers')} AS x) SELECT n FROM d ORDER BY n"
        assert scratch.execute(f"-- Doubled.\n{doubled}") == [(2,), (4,), (6,)]


def test_a_chained_question_brings_what_its_steps_rest_on_and_nothing_else(database: ScratchDatabase) -> None:
    with own(database) as port, port.transaction(Access.READ):
        scratch = Scratch(port)
        scratch.make({name: {"n": "bigint"} for name in ("numbers", "doubled", "sums", "unasked")})

        def of(name: str, wanted: str) -> Query:
            return Query(f"SELECT {wanted}::bigint FROM {scratch.table(name)} AS x")

        assert one_to_three(scratch) == [1, 2, 3]
        scratch.fill([("doubled", lambda: of("numbers", "2 * n")), ("unasked", lambda: of("numbers", "n"))])
        scratch.fill([("sums", lambda: of("doubled", "sum(n)"))])
        asked = f"SELECT n FROM {scratch.table('sums')} AS x"
        assert scratch.execute(asked) == [(12,)]
        assert "unasked" not in scratch.whole(Query(asked)).text

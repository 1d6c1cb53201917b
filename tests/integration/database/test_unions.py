"""Many tables asked in one statement: each one's rows, in its own order, as if it had been asked alone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from practice_guard.core.database import Access, Borrowed, Connection, Database, Query, ask_each, connect, union
from tests.world.builders import ScratchDatabase
from tests.world.callers import caller

CLUBS = Query(
    "-- Clubs.\nSELECT c.name::text FROM public.clubs AS c WHERE c.name LIKE %(like)s::text ORDER BY c.id DESC"
)
AWKWARD = "100 % \"of\" the 'club' \\ {1}"


@pytest.fixture(params=["own", "psycopg2", "psycopg"])
def port(request: pytest.FixtureRequest, database: ScratchDatabase) -> Iterator[Database]:
    session = database.connect()
    session.cursor().executemany("INSERT INTO clubs (name) VALUES (%s)", [("Tennaqua",), ("Wilmette",), (AWKWARD,)])
    if request.param == "own":
        with connect(database.url, application="test") as found:
            yield found
    else:
        with caller(database, request.param) as cursor:
            yield Borrowed(cursor)


def clubs(like: str) -> Query:
    return Query(CLUBS.text, {"like": like})


def test_each_has_its_own_rows_parameters_and_order(port: Database) -> None:
    with port.transaction(Access.READ):
        found = ask_each(port, [clubs("%"), clubs("nobody"), clubs("W%"), clubs("%")])
    everything = [(AWKWARD,), ("Wilmette",), ("Tennaqua",)]
    assert found == [everything, [], [("Wilmette",)], everything]


def test_one_is_sent_as_it_is_and_none_not_at_all(database: ScratchDatabase) -> None:
    with connect(database.url, application="test") as connection:
        sent: list[str] = []
        overheard(connection, sent)
        assert ask_each(connection, []) == []
        assert not sent
        ask_each(connection, [clubs("%")])
        assert sent == [CLUBS.text]


def overheard(connection: Connection, sent: list[str]) -> None:
    send = connection.execute

    def execute(text: str, parameters: object = None) -> object:
        sent.append(text)
        return send(text, parameters)  # type: ignore[arg-type]

    connection.execute = execute  # type: ignore[method-assign, assignment]


def test_a_doubled_per_cent_sign_is_no_parameter(port: Database) -> None:
    told = Query("SELECT '100 %%(like)s'::text, %(like)s::text")
    with port.transaction(Access.READ):
        found = ask_each(port, [Query(told.text, {"like": "a"}), Query(told.text, {"like": "b"})])
    assert found == [[("100 %(like)s", "a")], [("100 %(like)s", "b")]]


def test_what_two_share_is_sent_once() -> None:
    ids = [1, 2]
    both = union([Query("SELECT %(ids)s, %(own)s", {"ids": ids, "own": 1}), Query("SELECT %(ids)s", {"ids": ids})])
    assert both.parameters == {"ids": ids, "own": 1}


def test_names_never_meet() -> None:
    queries = [Query("SELECT %(a)s", {"a": 1000}), Query("SELECT %(a_1)s", {"a_1": 2000}), Query("%(a)s", {"a": 3000})]
    assert sorted(union(queries).parameters.values(), key=str) == [1000, 2000, 3000]

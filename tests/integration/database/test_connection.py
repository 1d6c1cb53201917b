"""The guard's own connection: errors that were swallowed, silence, and a commit whose answer is lost."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from urllib.parse import urlsplit

import pytest

from practice_guard.core import errors
from practice_guard.core.database.connection import Connection, connect
from practice_guard.core.database.port import Access, Query, Timeouts
from practice_guard.core.database.scratch import Scratch
from tests.world.builders import ScratchDatabase
from tests.world.wire import Fault, When, Wire, wire_to


@pytest.fixture
def wire(database: ScratchDatabase) -> Iterator[Wire]:
    database.rows("CREATE TABLE notes (text text, UNIQUE (text) DEFERRABLE INITIALLY DEFERRED)")
    with wire_to(database.url) as found:
        yield found


@pytest.fixture
def connection(wire: Wire) -> Iterator[Connection]:
    with connect(wire.url, application="test", timeouts=Timeouts(statement=1.0)) as found:
        wire.break_at(None)
        yield found


def write_a_note(connection: Connection, text: str = "here") -> None:
    with connection.transaction(Access.WRITE):
        connection.execute("SELECT 1")
        connection.execute("INSERT INTO public.notes VALUES (%(text)s::text)", {"text": text})


def notes(database: ScratchDatabase) -> int:
    return database.count("notes")


def request_number(wire: Wire, connection: Connection, text: str) -> int:
    """Which request of writing a note this one is."""
    wire.break_at(None)
    write_a_note(connection, "counted")
    return wire.number_of(text)


def test_an_error_swallowed_inside_a_transaction_does_not_pass_for_done(
    connection: Connection, database: ScratchDatabase
) -> None:
    def swallow() -> None:
        with connection.transaction(Access.WRITE):
            connection.execute("INSERT INTO public.notes VALUES ('lost')")
            with pytest.raises(errors.StatementError):
                connection.execute("SELECT 1/0")

    with pytest.raises(errors.StatementError, match="nothing was written"):
        swallow()
    assert notes(database) == 0
    write_a_note(connection)
    assert notes(database) == 1


def test_a_transaction_ended_by_somebody_inside_it_does_not_pass_for_done(connection: Connection) -> None:
    with pytest.raises(errors.StatementError), connection.transaction(Access.WRITE):
        connection.execute("ROLLBACK")


def test_a_constraint_that_the_commit_breaks_is_an_error(connection: Connection, database: ScratchDatabase) -> None:
    with pytest.raises(errors.GuardError, match="23505"), connection.transaction(Access.WRITE):
        connection.execute("INSERT INTO public.notes VALUES ('twice'), ('twice')")
    assert notes(database) == 0
    write_a_note(connection)


def test_reading_is_read_only(connection: Connection) -> None:
    with pytest.raises(errors.AccessError), connection.transaction(Access.READ):
        connection.execute("INSERT INTO public.notes VALUES ('x')")


def test_nothing_is_left_set_for_the_session(connection: Connection) -> None:
    write_a_note(connection)
    settings = "SELECT current_setting('search_path'), current_setting('lock_timeout'), current_setting('row_security')"
    assert connection.execute(settings) == [('"$user", public', "0", "on")]


ASKS = Query("SELECT %(n)s::int", {"n": 1})
OPENS: dict[str, Callable[[Connection], object]] = {
    "a text": lambda connection: connection.execute("SELECT '%%'::text"),
    "several": lambda connection: connection.execute(
        "SET LOCAL geqo = off; LOCK TABLE public.notes IN ACCESS SHARE MODE"
    ),
    "parameters": lambda connection: connection.execute(ASKS.text, ASKS.parameters),
    "some together": lambda connection: connection.together([ASKS, ASKS]),
    "one together": lambda connection: connection.together([ASKS]),
}


@pytest.mark.parametrize("access", Access)
@pytest.mark.parametrize("first", OPENS)
def test_a_transaction_is_opened_with_its_first_statement(
    wire: Wire, connection: Connection, access: Access, first: str
) -> None:
    settings = "SELECT current_setting('transaction_isolation'), current_setting('search_path')"
    with connection.transaction(access):
        assert connection.usable
        assert connection.together([]) == []
        assert wire.requests == []
        answer = OPENS[first](connection)
        assert len(wire.requests) == 1
        isolation, path = connection.execute(settings)[0]
    assert answer in ([("%",)], [], [(1,)], [[(1,)]], [[(1,)], [(1,)]])
    assert (isolation, path) == (access.removeprefix("ISOLATION LEVEL ").partition(",")[0].lower(), "pg_catalog")
    assert wire.requests[-1] == "COMMIT"


def test_a_transaction_in_which_nothing_is_asked_sends_nothing(wire: Wire, connection: Connection) -> None:
    for access in Access:
        with connection.transaction(access):
            pass
        with suppress(KeyError), connection.transaction(access):
            raise KeyError
        assert not connection.usable
    assert wire.requests == []
    write_a_note(connection)


def test_a_snapshot_sees_what_was_there_when_it_had_its_locks(
    connection: Connection, database: ScratchDatabase
) -> None:
    with connection.transaction(Access.SNAPSHOT):
        connection.execute("SET LOCAL geqo = off; LOCK TABLE public.notes IN ACCESS SHARE MODE")
        database.rows("INSERT INTO notes VALUES ('late')")
        assert connection.execute("SELECT text FROM public.notes") == [("late",)]


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_lost_connection_is_opened_anew_for_the_next_transaction(
    wire: Wire, connection: Connection, database: ScratchDatabase, when: When
) -> None:
    wire.break_at(Fault(2, when))
    with pytest.raises(errors.UnreachableError):
        write_a_note(connection)
    assert notes(database) == 0
    write_a_note(connection)
    assert notes(database) == 1


class TestACommitWhoseAnswerIsLost:
    def test_that_reached_the_server_is_done(
        self, wire: Wire, connection: Connection, database: ScratchDatabase
    ) -> None:
        wire.break_at(Fault(request_number(wire, connection, "COMMIT"), "after"))
        write_a_note(connection)
        assert notes(database) == 2

    def test_that_did_not_reach_the_server_is_not_done(
        self, wire: Wire, connection: Connection, database: ScratchDatabase
    ) -> None:
        wire.break_at(Fault(request_number(wire, connection, "COMMIT"), "before"))
        with pytest.raises(errors.UnreachableError, match="taken everything back"):
            write_a_note(connection)
        assert notes(database) == 1

    @pytest.mark.parametrize("when", ["before", "after"])
    def test_is_unknown_where_the_server_cannot_be_asked(
        self, wire: Wire, connection: Connection, when: When, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("practice_guard.core.database.connection._SETTLING", 0.5)
        wire.break_at(Fault(request_number(wire, connection, "COMMIT"), when, for_good=True))
        with pytest.raises(errors.UnknownOutcomeError, match="whether it was done"):
            write_a_note(connection)

    def test_is_settled_also_while_the_old_session_waits_for_it(
        self, wire: Wire, connection: Connection, database: ScratchDatabase, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("practice_guard.core.database.connection._MARGIN", 0.2)
        wire.break_at(Fault(request_number(wire, connection, "COMMIT"), "before", "stall"))
        with pytest.raises(errors.UnreachableError, match="taken everything back"):
            write_a_note(connection)
        assert notes(database) == 1
        assert database.count("pg_locks", "relation = 'notes'::regclass AND pid <> pg_backend_pid()") == 0


class TestSilence:
    """A stalled proxy acknowledges everything and answers nothing; the driver alone waits for ever."""

    @pytest.mark.parametrize("when", ["before", "after"])
    @pytest.mark.parametrize("request_", [1, 2])
    def test_ends_at_the_deadline(
        self, wire: Wire, connection: Connection, request_: int, when: When, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("practice_guard.core.database.connection._MARGIN", 0.2)
        wire.break_at(Fault(request_, when, "stall"))
        began = time.monotonic()
        with pytest.raises(errors.UnreachableError, match=r"has not answered for 1\.2 s"):
            write_a_note(connection)
        assert time.monotonic() - began < 3

    def test_a_slow_server_is_not_silent(self, connection: Connection) -> None:
        with pytest.raises(errors.StatementError, match="57014"), connection.transaction(Access.READ):
            connection.execute("SELECT pg_sleep(3)")


@pytest.mark.parametrize(("server", "planning"), [("4MB", "32MB"), ("64MB", "64MB")])
def test_planning_and_writing_have_the_memory_they_need_or_what_the_server_gives(
    database: ScratchDatabase, server: str, planning: str
) -> None:
    database.rows(f"ALTER ROLE CURRENT_USER IN DATABASE {urlsplit(database.url).path[1:]} SET work_mem = '{server}'")
    found = {}
    with connect(database.url, application="test") as connection:
        for access in Access:
            with connection.transaction(access):
                if access in (Access.PLAN, Access.WRITE):
                    Scratch(connection).make({"rows": {"row": "bigint"}})
                found[access] = connection.execute("SELECT current_setting('work_mem')")[0][0]
    assert found == dict.fromkeys(Access, server) | {Access.PLAN: planning, Access.WRITE: planning}

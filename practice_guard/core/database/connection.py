"""The guard's own connection.

Driver errors stop here. Every transaction is opened explicitly on an autocommit connection, with its settings pinned
by SET LOCAL, which neither outlives it nor leaks through a transaction pooler (reliability, findings 1, 2, 4, 7).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, cast

import psycopg
from psycopg.pq import TransactionStatus

from practice_guard.core import errors
from practice_guard.core.database.port import (
    ACCESS,
    CLOSE_DOOR,
    LEFT,
    PINNED,
    PUBLIC,
    Access,
    Parameters,
    Query,
    Row,
    Timeouts,
    milliseconds,
)
from practice_guard.core.database.statements import literal
from practice_guard.core.database.translation import not_connected, not_text, translated
from practice_guard.core.database.watchdog import watch
from practice_guard.core.steps import Step


class Connection:
    """The guard's own connection: autocommit, no server-side prepared statements, nothing set for the session.

    Since nothing is set for the session and every transaction is its own, a lost connection is opened anew with the
    next transaction. A server that does not answer within the statement time-out and a margin is given up.
    """

    def __init__(self, reach: Callable[[], psycopg.Connection[Row]], timeouts: Timeouts, schema: str) -> None:
        self._reach = reach
        self._connection = reach()
        self.encoding = self._connection.info.parameter_status("server_encoding") or "UTF8"
        self._known: dict[str, Any] | None = None
        self._opening: tuple[str, ...] = ()
        self._own: Row | None = None
        self.timeouts = timeouts
        self.schema = schema

    def execute(self, text: str, parameters: Parameters | None = None) -> list[Row]:
        """See `Database.execute`."""
        if self._opening and parameters:
            return self.together([Query(text, parameters)])[0]
        # Several statements may be sent as one text only where there are no parameters.
        opening = self._opened()
        with self._in_time():
            cursor = self._connection.execute(cast("Any", "; ".join([*opening, text])), dict(parameters or {}))
            answers = [_rows(cursor)]
            while cursor.nextset():
                answers.append(_rows(cursor))
        self._learn(answers[: len(opening)])
        return answers[-1]

    def together(self, queries: Sequence[Query]) -> list[list[Row]]:
        """See `Database.together`: in one pipeline. The server keeps all answers back until the last one is there."""
        if not self._opening and len(queries) == 1:
            return [self.execute(queries[0].text, queries[0].parameters)]
        if not queries:
            return []
        opening = self._opened()
        with self._in_time(len(queries) * self.timeouts.statement + _MARGIN):
            answers = [_rows(each) for each in self._sent_together([*map(Query, opening), *queries])]
        self._learn(answers[: len(opening)])
        return answers[len(opening) :]

    def _opened(self) -> tuple[str, ...]:
        """Return what has to go before the first statement of a transaction, once."""
        opening, self._opening = self._opening, ()
        return opening

    def _learn(self, answers: Sequence[list[Row]]) -> None:
        """Keep what the opening told: which transaction this is, where it writes."""
        self._own = next((rows[0] for rows in answers if rows), self._own)

    def _sent_together(self, queries: Sequence[Query]) -> list[psycopg.Cursor[Row]]:
        cursors: list[psycopg.Cursor[Row]] = []
        refused: psycopg.Error | None = None
        try:
            with self._connection.pipeline():
                # An error is not let through the pipeline's end, which would have something to say on standard error.
                try:
                    cursors = [self._connection.execute(*_sent(each)) for each in queries]
                except psycopg.Error as error:
                    refused = error
        except psycopg.Error as error:
            refused = refused or _first(error)
        if refused:
            raise refused
        return cursors

    def write(self, queries: Sequence[Query]) -> list[int]:
        """See `Database.write`."""
        if not queries:
            return []
        opening = self._opened()
        with self._in_time(len(queries) * self.timeouts.statement + _MARGIN):
            cursors = self._sent_together([*map(Query, opening), *queries])
            self._learn([_rows(each) for each in cursors[: len(opening)]])
        return [each.rowcount for each in cursors[len(opening) :]]

    @contextmanager
    def transaction(self, access: Access, *, within: float | None = None) -> Iterator[None]:
        """See `Database.transaction`. Says what became of it also when the connection is lost while committing.

        What opens it is sent with its first statement.

        Raises:
            errors.StatementError: the server has aborted the transaction without our knowing (reliability, finding 1).
            errors.UnknownOutcomeError: the connection was lost while committing and the server cannot be asked.
        """
        if self._connection.closed:
            self._connection = self._reach()
        self._opening = self._statements(access, self.timeouts.lock if within is None else within)
        self._known, self._own = {ACCESS: access}, None
        try:
            yield
            if self._opening:
                return
            self._check_open()
            dropping, lasting = self.known.get(LEFT, ("", False))
            if lasting:
                self.execute(dropping)
            if access is Access.SNAPSHOT:
                self._own = self.execute(_OWN_TRANSACTION)[0]
        except BaseException:
            self._abandon()
            raise
        finally:
            self._known, self._opening = None, ()
        self._commit(self._own)

    @property
    def known(self) -> dict[str, Any]:
        """See `Database.known`."""
        return {} if self._known is None else self._known

    @property
    def usable(self) -> bool:
        """See `Database.usable`."""
        return bool(self._opening) or self._connection.info.transaction_status is TransactionStatus.INTRANS

    @property
    def backend(self) -> int | None:
        """See `Database.backend`."""
        return self._connection.info.backend_pid

    def notice_constraints(self) -> None:
        """Find nothing: in a transaction of our own nobody has written before."""

    def check_constraints(self) -> None:
        """See `Database.check_constraints`."""
        self.execute("SET CONSTRAINTS ALL IMMEDIATE")

    @contextmanager
    def _in_time(self, seconds: float | None = None) -> Iterator[None]:
        """Translate the driver's errors, and cut the line when the server has not answered in time."""
        limit = self.timeouts.statement + _MARGIN if seconds is None else seconds
        cut = False
        try:
            with watch(self._connection.fileno(), limit) as watched:
                try:
                    yield
                finally:
                    cut = watched.cut
        except psycopg.Error as error:
            if cut:
                silent = f"The database has not answered for {limit:g} s; the connection was given up."
                raise errors.UnreachableError(silent) from error
            raise translated(error) from error
        except UnicodeError as error:
            raise not_text(self.encoding) from error

    def _check_open(self) -> None:
        if not self.usable:
            raise errors.StatementError(_ABORTED)

    def _abandon(self) -> None:
        """Roll back; where the server is still at work on a statement, have it stop and leave."""
        with suppress(psycopg.Error, errors.GuardError):
            if self._opening:
                return
            if self._connection.info.transaction_status is TransactionStatus.ACTIVE:
                self._connection.cancel_safe(timeout=1.0)
                self._connection.close()
            elif not self._connection.closed:
                with self._in_time(_MARGIN):
                    self._connection.execute("ROLLBACK")

    def _commit(self, mine: Row | None) -> None:
        try:
            with self._in_time():
                done = self._connection.execute("COMMIT").statusmessage
        except errors.UnreachableError as lost:
            if mine is None:
                raise
            self._settle(mine[0], mine[1], lost)
        except BaseException:
            self._abandon()
            raise
        else:
            if done != "COMMIT":
                raise errors.StatementError(_ABORTED)

    def _settle(self, transaction: str, backend: int, lost: errors.UnreachableError) -> None:
        """Find out what became of a commit whose answer was lost; returns where it was made (reliability, A3)."""
        asked = {"xid": transaction, "short": str(int(transaction) % 2**32), "backend": backend}
        until = time.monotonic() + _SETTLING
        outcome = None
        while outcome not in ("committed", "aborted"):
            if time.monotonic() > until:
                raise errors.UnknownOutcomeError(
                    f"{lost.message} That was while committing, and the server cannot be asked whether it was done.",
                    next_steps=(Step("history", why="is it there?"), Step("health")),
                ) from lost
            with suppress(errors.DatabaseError):
                self._connection.close()
                self._connection = self._reach()
                # Our old session may be waiting for a COMMIT that never comes through.
                self.execute(_END_OWN_SESSION, asked)
                outcome = self.execute(_OUTCOME, asked)[0][0]
            time.sleep(0.05)
        if outcome == "aborted":
            raise errors.UnreachableError(f"{lost.message} The server has taken everything back.") from lost

    def _statements(self, access: Access, within: float) -> tuple[str, ...]:
        settings = {
            **PINNED,
            "statement_timeout": milliseconds(self.timeouts.statement),
            "lock_timeout": milliseconds(within),
        }
        return (
            f"BEGIN {access}",
            *(f"SET LOCAL {name} = {_setting(value)}" for name, value in settings.items()),
            # Not for a snapshot: a SELECT before its locks would freeze what it sees.
            *([_OWN_TRANSACTION] if access is Access.WRITE else []),
            *([_MEMORY] if access in (Access.WRITE, Access.PLAN) else []),
            *(CLOSE_DOOR.split("; ") if access is Access.PLAN else []),
        )

    def close(self) -> None:
        """Close the connection; an open transaction is rolled back by the server."""
        self._connection.close()


_MARGIN = 5.0
"""Seconds beyond the server's own time-out before the connection is given up."""

_SETTLING = 15.0
"""Seconds to go on asking what became of a commit."""

_ABORTED = "The transaction was aborted by the server; nothing was written."
_OWN_TRANSACTION = "SELECT pg_current_xact_id()::text, pg_backend_pid()"
_MEMORY = (
    "SELECT FROM (SELECT set_config('work_mem', '32MB', true) AS now"
    " WHERE pg_size_bytes(current_setting('work_mem')) < pg_size_bytes('32MB') OFFSET 0) AS raised WHERE now IS NULL"
)
"""Enough for the tables of a plan of a million rows to be joined in memory; a server that gives more is let."""

_OUTCOME = "SELECT pg_xact_status(%(xid)s::text::xid8)"
_END_OWN_SESSION = (
    "SELECT pg_terminate_backend(pid, 2000) FROM pg_stat_activity"
    " WHERE pid = %(backend)s::int AND backend_xid::text = %(short)s::text"
)


def _rows(cursor: psycopg.Cursor[Row]) -> list[Row]:
    return cursor.fetchall() if cursor.description else []


def _sent(query: Query) -> tuple[Any, dict[str, object]]:
    return query.text, dict(query.parameters)


def _first(error: psycopg.Error) -> psycopg.Error:
    """Return the error that ended a pipeline, where what is told is only that what came after it was passed over."""
    found: BaseException = error
    while isinstance(found, psycopg.errors.PipelineAborted) and found.__context__:
        found = found.__context__
    return found if isinstance(found, psycopg.Error) else error


def _setting(value: str) -> str:
    return ", ".join(literal(part.strip()) for part in value.split(","))


@contextmanager
def connect(
    conninfo: str, *, application: str, timeouts: Timeouts | None = None, schema: str = PUBLIC
) -> Iterator[Connection]:
    """Open the guard's own connection to `conninfo` and close it at the end.

    Args:
        conninfo: a libpq connection string or URL; it is never shown.
        application: the name under which the server lists the session.
        timeouts: seconds for locks and statements.
        schema: the application's schema that is guarded.

    Raises:
        errors.UnreachableError: no server there, or none that answers within ten seconds.
        errors.AccessError: the server is there and refuses.
    """

    def reach() -> psycopg.Connection[Row]:
        try:
            return psycopg.connect(
                conninfo,
                autocommit=True,
                prepare_threshold=None,
                connect_timeout=10,
                keepalives_idle=15,
                keepalives_interval=5,
                keepalives_count=3,
                tcp_user_timeout=15000,
                client_encoding="UTF8",
                application_name=application,
            )
        except psycopg.Error as error:
            raise not_connected(error) from error

    connection = Connection(reach, timeouts or Timeouts(), schema)
    try:
        yield connection
    finally:
        connection.close()

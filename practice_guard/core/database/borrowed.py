"""A database behind a caller's own connection, psycopg's or psycopg2's, in the caller's transaction.

Nothing is committed or rolled back that is not ours: what the core calls a transaction is a savepoint here, released
or rolled back before the call ends, and every setting pinned for it has its former value again afterwards
(design, "Restore", last paragraph).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import psycopg
from psycopg.pq import TransactionStatus
from psycopg.rows import tuple_row

from practice_guard.core import errors
from practice_guard.core.database import savepoints
from practice_guard.core.database.port import (
    ACCESS,
    CALLER_READS,
    CANONICAL,
    CLOSE_DOOR,
    LEFT,
    PUBLIC,
    Access,
    Parameters,
    Query,
    Row,
    Timeouts,
    milliseconds,
)
from practice_guard.core.database.statements import statement
from practice_guard.core.database.translation import not_text, translated

_HELD = "deferred constraints held"


class Borrowed:
    """A caller's connection as a `Database`. The caller's cursors, row factories and session settings stay untouched.

    Args:
        given: a connection or cursor of psycopg or psycopg2, whatever its rows look like; only its connection is used.
        timeouts: seconds that one statement may take; how long to try for locks is said with each call.
        schema: the application's schema that is guarded.

    Raises:
        errors.UsageError: it is neither.
    """

    def __init__(self, given: Any, timeouts: Timeouts | None = None, schema: str = PUBLIC) -> None:
        self._connection = getattr(given, "connection", given)
        self._send, self._cursor = _plain_cursor(self._connection)
        self._known: dict[str, Any] | None = None
        self.timeouts = timeouts or Timeouts()
        self.schema = schema

    def execute(self, text: str, parameters: Parameters | None = None) -> list[Row]:
        """See `Database.execute`."""
        try:
            self._send(text, dict(parameters or {}))
            return list(self._cursor.fetchall()) if self._cursor.description else []
        except self._connection.Error as error:
            raise translated(error) from error
        except UnicodeError as error:
            raise not_text(self.encoding) from error

    def write(self, queries: Sequence[Query]) -> list[int]:
        """See `Database.write`."""
        touched: list[int] = []
        for each in queries:
            self.execute(each.text, each.parameters)
            touched.append(int(self._cursor.rowcount))
        return touched

    def together(self, queries: Sequence[Query]) -> list[list[Row]]:
        """See `Database.together`; here one after another, since psycopg2 cannot do otherwise."""
        return [self.execute(each.text, each.parameters) for each in queries]

    @property
    def usable(self) -> bool:
        """See `Database.usable`."""
        return not self._connection.closed and self._status() is TransactionStatus.INTRANS

    @property
    def backend(self) -> int | None:
        """See `Database.backend`."""
        return int(self._connection.info.backend_pid)

    @property
    def encoding(self) -> str:
        """See `Database.encoding`."""
        told = None if self._connection.closed else self._connection.info.parameter_status("server_encoding")
        return str(told or "UTF8")

    @property
    def host(self) -> str:
        """The host the caller is connected to; a directory, or nothing, where it is a local socket."""
        self._check_open()
        return str(self._connection.info.host or "")

    @contextmanager
    def whole(self) -> Iterator[None]:
        """Make one transaction of what follows where the connection would commit each statement by itself.

        On an autocommit connection that is in no transaction one is opened, committed at the end, and rolled back on
        any exception. Anywhere else this does nothing: the transaction is the caller's.

        Raises:
            errors.UsageError: the caller's transaction is aborted, or the connection is busy or closed.
        """
        self._check_usable()
        if not self._connection.autocommit or self._status() is not TransactionStatus.IDLE:
            yield
            return
        self.execute("BEGIN ISOLATION LEVEL READ COMMITTED")
        try:
            yield
        except BaseException:
            with suppress(errors.DatabaseError):
                self.execute("ROLLBACK")
            raise
        if self._status() is TransactionStatus.INERROR:
            self.execute("ROLLBACK")
            raise errors.StatementError("The transaction was aborted by the server; nothing was written.")
        if self._status() is TransactionStatus.INTRANS:
            self.execute("COMMIT")

    @contextmanager
    def transaction(self, access: Access, *, within: float | None = None) -> Iterator[None]:
        """See `Database.transaction`: a savepoint in the caller's transaction, gone at the end.

        What only reads is rolled back at its end, and PostgreSQL refuses it every write. What writes needs READ
        COMMITTED, since it must see what was committed before it had its locks.
        """
        outer = self._known
        with self.whole():
            self.execute(statement(__name__, "save"))
            try:
                self._known = {ACCESS: access}
                former = self._pin(access, within)
                if access is Access.PLAN:
                    self.execute(CLOSE_DOOR)
                yield
                if access.reads:
                    self._check_usable()
                    self._undo()
                else:
                    dropping, _ = self._known.get(LEFT, ("", False))
                    self.execute(statement(__name__, "set"), former)
                    self.execute("; ".join(filter(None, (dropping, statement(__name__, "release")))))
            except BaseException:
                # Where not even that works the connection is lost, and the first error says more.
                with suppress(errors.DatabaseError):
                    self._undo()
                raise
            finally:
                self._known = outer and {name: outer[name] for name in (ACCESS, LEFT) if name in outer}

    @property
    def known(self) -> dict[str, Any]:
        """See `Database.known`."""
        return {} if self._known is None else self._known

    def notice_constraints(self) -> None:
        """See `Database.notice_constraints`: some of them may be waiting for rows that the caller has yet to write."""
        try:
            self._try_constraints()
        except errors.GuardError:
            self.known[_HELD] = False
        else:
            self.known[_HELD] = True

    def check_constraints(self) -> None:
        """See `Database.check_constraints`; they stay deferred, and to the caller's commit alone where it must be."""
        if self.known.get(_HELD):
            self._try_constraints()

    def _try_constraints(self) -> None:
        with savepoints.taken_back(self):
            self.execute("SET CONSTRAINTS ALL IMMEDIATE")

    def _pin(self, access: Access, within: float | None) -> dict[str, object]:
        """Pin the settings and return the former ones, as parameters for the statement that sets them."""
        pinned = {
            **CANONICAL,
            "lock_timeout": "0" if within is None else milliseconds(within),
            "statement_timeout": milliseconds(self.timeouts.statement),
            **({"transaction_read_only": "on"} if access is Access.READ else {}),
        }
        asked = {"names": list(pinned), "values": list(pinned.values())}
        encoding, isolation, former, _ = self.execute(statement(__name__, "pin"), asked)[0]
        if str(encoding) != "UTF8":
            # The driver decodes by what it was told when it connected, so that it cannot be pinned like the others.
            raise errors.UsageError(
                f"The caller's client_encoding is {encoding}: names may not survive it. Connect with UTF8. "
                "Nothing was done."
            )
        if not access.reads and isolation != "read committed":
            raise errors.UsageError(
                f"The caller's transaction is {isolation.upper()}: it cannot see what others committed since it began, "
                "and the guard must before it writes. Use READ COMMITTED, PostgreSQL's default. Nothing was written."
            )
        if access is Access.READ and self._known is not None:
            self._known[CALLER_READS] = former[list(pinned).index("transaction_read_only")] == "on"
        return {"names": asked["names"], "values": former}

    def _undo(self) -> None:
        self.execute(statement(__name__, "undo"))

    def _status(self) -> TransactionStatus:
        return TransactionStatus(int(self._connection.info.transaction_status))

    def _check_open(self) -> None:
        if self._connection.closed:
            raise errors.UnreachableError("The caller's connection is closed.")

    def _check_usable(self) -> None:
        self._check_open()
        if self._status() is TransactionStatus.INERROR:
            raise errors.UsageError(
                "The caller's transaction is aborted by an earlier error; roll it back before calling the guard."
            )
        if self._status() not in (TransactionStatus.IDLE, TransactionStatus.INTRANS):
            raise errors.UsageError("The caller's connection is in the midst of another statement.")


def _plain_cursor(connection: Any) -> tuple[Callable[..., Any], Any]:
    """Open a cursor with plain rows, whatever the connection's own ones are, and the way to send by it."""
    if isinstance(connection, psycopg.Connection):
        own = psycopg.Cursor(connection, row_factory=tuple_row)
        # Prepared statements mean nothing behind a transaction pooler.
        return lambda text, values: own.execute(text, values, prepare=False), own
    if any(each.__module__.partition(".")[0] == "psycopg2" for each in type(connection).__mro__):
        from psycopg2.extensions import cursor  # noqa: PLC0415  (the caller has it; the guard does without)

        plain = cursor(connection)
        return lambda text, values: plain.execute(text, {name: _array(each) for name, each in values.items()}), plain
    raise errors.UsageError(
        f"The guard works through a connection or cursor of psycopg or psycopg2, not {type(connection).__name__}."
    )


def _array(value: object) -> object:
    """Write a list as PostgreSQL does; psycopg2's own way, ARRAY[…], costs the server twice the time at 25,000 rows."""
    if not isinstance(value, list):
        return value
    return "{" + ",".join("NULL" if each is None else _quoted(str(each)) for each in value) + "}"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'

"""The port through which the core speaks to a database, and the guard's own connection behind it.

Driver errors stop here. Every transaction is opened explicitly on an autocommit connection, with its settings pinned
by SET LOCAL, which neither outlives it nor leaks through a transaction pooler (reliability, findings 1, 2, 4, 7).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Protocol, cast

import psycopg
from psycopg.pq import TransactionStatus

from practice_guard.core import errors
from practice_guard.core.database.statements import literal
from practice_guard.core.database.watchdog import watch
from practice_guard.core.model import Text

Row = tuple[Any, ...]
Parameters = Mapping[str, object]


class Access(Text):
    """What a transaction may do and see."""

    READ = "REPEATABLE READ, READ ONLY"
    SNAPSHOT = "REPEATABLE READ, READ WRITE"
    WRITE = "READ COMMITTED, READ WRITE"


class Database(Protocol):
    """An open database. `execute` sends one statement with named parameters and returns its rows, or none."""

    def execute(self, text: str, parameters: Parameters | None = None) -> list[Row]:
        """Run one statement; raise an `errors.DatabaseError` when the database refuses."""

    def transaction(self, access: Access) -> AbstractContextManager[None]:
        """Open a transaction with pinned settings; commit at its end, roll back on any exception."""

    def check_constraints(self) -> None:
        """Have deferred constraints checked now, while the transaction can still be given up."""

    @property
    def backend(self) -> int | None:
        """The server process that the driver was told of; None where it does not say. A pooler's is made up."""


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds: how long to try for locks in all, and how long one statement may take."""

    lock: float = 30.0
    statement: float = 300.0


CANONICAL = {
    "TimeZone": "UTC",
    "DateStyle": "ISO, YMD",
    "IntervalStyle": "postgres",
    "bytea_output": "hex",
    "extra_float_digits": "3",
    "lc_monetary": "C",
    "xmloption": "content",
    "array_nulls": "on",
    "quote_all_identifiers": "off",
    "search_path": "pg_catalog",
    "row_security": "off",
}
"""Settings under which a row's text is canonical, and nothing is hidden."""

PINNED = {
    **CANONICAL,
    "synchronous_commit": "on",
    "client_connection_check_interval": "2s",
    "idle_in_transaction_session_timeout": "60s",
}
"""The guard's own: also, a session that lost its client ends itself."""


class Connection:
    """The guard's own connection: autocommit, no server-side prepared statements, nothing set for the session.

    Since nothing is set for the session and every transaction is its own, a lost connection is opened anew with the
    next transaction. A server that does not answer within the statement time-out and a margin is given up.
    """

    def __init__(self, reach: Callable[[], psycopg.Connection[Row]], timeouts: Timeouts) -> None:
        self._reach = reach
        self._connection = reach()
        self.timeouts = timeouts

    def execute(self, text: str, parameters: Parameters | None = None) -> list[Row]:
        """See `Database.execute`."""
        with self._in_time():
            cursor = self._connection.execute(cast("Any", text), dict(parameters or {}))
            return cursor.fetchall() if cursor.description else []

    @contextmanager
    def transaction(self, access: Access) -> Iterator[None]:
        """See `Database.transaction`. Says what became of it also when the connection is lost while committing.

        Raises:
            errors.StatementError: the server has aborted the transaction without our knowing (reliability, finding 1).
            errors.UnknownOutcomeError: the connection was lost while committing and the server cannot be asked.
        """
        if self._connection.closed:
            self._connection = self._reach()
        try:
            with self._in_time():
                self._connection.execute(self._opening(access))
            yield
            self._check_open()
            mine = None if access is Access.READ else self.execute(_OWN_TRANSACTION)[0]
        except BaseException:
            self._abandon()
            raise
        self._commit(mine)

    @property
    def backend(self) -> int | None:
        """See `Database.backend`."""
        return self._connection.info.backend_pid

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

    def _check_open(self) -> None:
        if self._connection.info.transaction_status is not TransactionStatus.INTRANS:
            raise errors.StatementError(_ABORTED)

    def _abandon(self) -> None:
        """Roll back; where the server is still at work on a statement, have it stop and leave."""
        with suppress(psycopg.Error, errors.GuardError):
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
            if mine is None or mine[0] is None:
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
                    next_steps=("practice-guard history   # is it there?", "practice-guard health"),
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

    def _opening(self, access: Access) -> bytes:
        settings = {
            **PINNED,
            "statement_timeout": f"{int(self.timeouts.statement * 1000)}ms",
            "lock_timeout": f"{int(self.timeouts.lock * 1000)}ms",
        }
        lines = [f"BEGIN ISOLATION LEVEL {access}"]
        lines += [f"SET LOCAL {name} = {_setting(value)}" for name, value in settings.items()]
        return "; ".join(lines).encode()

    def close(self) -> None:
        """Close the connection; an open transaction is rolled back by the server."""
        self._connection.close()


_MARGIN = 5.0
"""Seconds beyond the server's own time-out before the connection is given up."""

_SETTLING = 15.0
"""Seconds to go on asking what became of a commit."""

_ABORTED = "The transaction was aborted by the server; nothing was written."
_OWN_TRANSACTION = "SELECT pg_current_xact_id_if_assigned()::text, pg_backend_pid()"
_OUTCOME = "SELECT pg_xact_status(%(xid)s::text::xid8)"
_END_OWN_SESSION = (
    "SELECT pg_terminate_backend(pid, 2000) FROM pg_stat_activity"
    " WHERE pid = %(backend)s::int AND backend_xid::text = %(short)s::text"
)


def _setting(value: str) -> str:
    return ", ".join(literal(part.strip()) for part in value.split(","))


@contextmanager
def connect(conninfo: str, *, application: str, timeouts: Timeouts | None = None) -> Iterator[Connection]:
    """Open the guard's own connection to `conninfo` and close it at the end.

    Args:
        conninfo: a libpq connection string or URL; it is never shown.
        application: the name under which the server lists the session.
        timeouts: seconds for locks and statements.

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
            raise _not_connected(error) from error

    connection = Connection(reach, timeouts or Timeouts())
    try:
        yield connection
    finally:
        connection.close()


_BY_STATE: dict[str, type[errors.GuardError]] = {
    "55P03": errors.LockTimeoutError,
    "40P01": errors.LockTimeoutError,
    "40001": errors.LockTimeoutError,
    "42501": errors.AccessError,
    "25006": errors.AccessError,
    # A value that its type does not take, or no longer: too long, out of range, no date, no label of the enum.
    **dict.fromkeys(("22001", "22003", "22007", "22008", "22P02"), errors.SchemaError),
    "42P01": errors.SchemaError,
    "42703": errors.SchemaError,
    "3F000": errors.SchemaError,
    "57P01": errors.UnreachableError,
    "57P02": errors.UnreachableError,
    "57P03": errors.UnreachableError,
}


def translated(error: Any) -> errors.GuardError:
    """Turn psycopg's or psycopg2's error into ours, without the row values in its detail (reliability, S4)."""
    state = getattr(error, "sqlstate", None) or getattr(error, "pgcode", None) or ""
    primary = error.diag.message_primary or str(error).strip().partition("\n")[0]
    if not state and any(each.__name__ in ("DataError", "ProgrammingError") for each in type(error).__mro__):
        return errors.StatementError(f"The driver cannot do this: {primary}.")
    if not state or state.startswith("08"):
        return errors.UnreachableError(f"The connection to the database was lost: {primary}", sqlstate=state)
    kind = _BY_STATE.get(state, errors.SchemaError if state.startswith("23") else errors.StatementError)
    message = f"The database says: {primary} (SQLSTATE {state})."
    if state == "42501" and "row-level security" in primary:
        return errors.AccessError(
            f"{message} Row level security hides rows from this role; what it does not see would be missing from a "
            "snapshot, and taken for lost. Nothing was written.",
            next_steps=(
                "ALTER ROLE … BYPASSRLS;   -- or log in as the tables' owner",
                "ALTER TABLE … NO FORCE ROW LEVEL SECURITY;   -- where it is the owner who is hidden from",
            ),
            sqlstate=state,
        )
    return kind(message, sqlstate=state, table=error.diag.table_name, constraint=error.diag.constraint_name)


def _not_connected(error: psycopg.Error) -> errors.DatabaseError:
    text = ". ".join(" ".join(line.split()) for line in str(error).splitlines() if line.strip())
    denied = (
        "authentication failed",
        "no pg_hba.conf entry",
        "does not exist",
        "permission denied",
        "no password",
    )
    if any(word in text for word in denied) and "No such file" not in text:
        return errors.AccessError(f"The database refused access: {text}")
    return errors.UnreachableError(f"The database cannot be reached: {text}")

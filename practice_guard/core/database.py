"""The port through which the core speaks to a database, and the guard's own connection behind it.

Driver errors stop here. Every transaction is opened explicitly on an autocommit connection, with its settings pinned
by SET LOCAL, which neither outlives it nor leaks through a transaction pooler (reliability, findings 1, 2, 4, 7).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any, Protocol, cast

import psycopg
from psycopg.pq import TransactionStatus

from practice_guard.core import errors
from practice_guard.core.model import Text
from practice_guard.core.sql import literal

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
    """The guard's own connection: autocommit, no server-side prepared statements, nothing set for the session."""

    def __init__(self, connection: psycopg.Connection[Row], timeouts: Timeouts) -> None:
        self._connection = connection
        self.timeouts = timeouts

    def execute(self, text: str, parameters: Parameters | None = None) -> list[Row]:
        """See `Database.execute`."""
        try:
            cursor = self._connection.execute(cast("Any", text), dict(parameters or {}))
            return cursor.fetchall() if cursor.description else []
        except psycopg.Error as error:
            raise translated(error) from error

    @contextmanager
    def transaction(self, access: Access) -> Iterator[None]:
        """See `Database.transaction`. Raises when the server has aborted the transaction without our knowing."""
        try:
            with self._connection.transaction():
                self._connection.execute(self._opening(access))
                yield
                if self._connection.info.transaction_status is not TransactionStatus.INTRANS:
                    raise errors.StatementError("The transaction was aborted by the server; nothing was written.")
        except psycopg.Error as error:
            raise translated(error) from error

    @property
    def backend(self) -> int | None:
        """See `Database.backend`."""
        return self._connection.info.backend_pid

    def check_constraints(self) -> None:
        """See `Database.check_constraints`."""
        self.execute("SET CONSTRAINTS ALL IMMEDIATE")

    def _opening(self, access: Access) -> bytes:
        settings = {**PINNED, "statement_timeout": f"{int(self.timeouts.statement * 1000)}ms"}
        isolation, _, mode = access.partition(", ")
        lines = [f"SET TRANSACTION ISOLATION LEVEL {isolation} {mode}"]
        lines += [f"SET LOCAL {name} = {_setting(value)}" for name, value in settings.items()]
        return "; ".join(lines).encode()

    def close(self) -> None:
        """Close the connection; an open transaction is rolled back by the server."""
        self._connection.close()


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
    try:
        connection = psycopg.connect(
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
    try:
        yield Connection(connection, timeouts or Timeouts())
    finally:
        connection.close()


_BY_STATE: dict[str, type[errors.GuardError]] = {
    "55P03": errors.LockTimeoutError,
    "40P01": errors.LockTimeoutError,
    "40001": errors.LockTimeoutError,
    "42501": errors.AccessError,
    "25006": errors.AccessError,
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
    kind = _BY_STATE.get(state, errors.StatementError)
    message = f"The database says: {primary} (SQLSTATE {state})."
    return kind(message, sqlstate=state, table=error.diag.table_name, constraint=error.diag.constraint_name)


def _not_connected(error: psycopg.Error) -> errors.DatabaseError:
    text = " ".join(str(error).split())
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

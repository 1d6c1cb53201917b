"""The port through which the core speaks to a database, and what every transaction has pinned.

It is small because inside an ETL the connection may be psycopg2's (design, "Restore", last paragraph).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, Protocol

from practice_guard.core.model import Text

Row = tuple[Any, ...]


Parameters = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Query:
    """One statement, and its parameters."""

    text: str
    parameters: Parameters = field(default_factory=dict)


class Access(Text):
    """What a transaction may do and see, as BEGIN is told.

    `PLAN` reads as `READ` does, and may have tables of its own made for it (see `scratch`): it begins as one that
    writes where that can be, and is made READ ONLY behind a savepoint before anything else is done.
    """

    READ = "ISOLATION LEVEL REPEATABLE READ, READ ONLY"
    PLAN = "ISOLATION LEVEL REPEATABLE READ"
    SNAPSHOT = "ISOLATION LEVEL REPEATABLE READ, READ WRITE"
    WRITE = "ISOLATION LEVEL READ COMMITTED, READ WRITE"

    @property
    def reads(self) -> bool:
        """Whether PostgreSQL refuses every write to what is kept."""
        return self in (Access.READ, Access.PLAN)


ACCESS = "access"
"""Under which name the access of the open transaction is `known`."""

LEFT = "left"
"""Under which name it is `known` what a plan left in a transaction that writes.

That is the statement that removes its tables, and whether they would outlive the transaction that made them.
"""

CALLER_READS = "the caller's transaction only reads"
"""Under which name that is `known` of a transaction that is a caller's own, whatever others do by default."""

DOOR = "practice_guard_door"
"""The savepoint behind which a transaction that plans is READ ONLY."""

CLOSE_DOOR = f"SAVEPOINT {DOOR}; SET LOCAL transaction_read_only = on"


LOCK_TIMEOUT = 30.0
"""Seconds to go on trying for locks where nothing else is said."""

STATEMENT_TIMEOUT = 300.0
"""Seconds that one statement may take where nothing else is said."""


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds: how long to try for locks in all, and how long one statement may take."""

    lock: float = LOCK_TIMEOUT
    statement: float = STATEMENT_TIMEOUT


def milliseconds(seconds: float) -> str:
    """Write a time-out as the server reads it; never 0, which would be none."""
    return f"{max(1, int(1000 * seconds))}ms"


class Asked(Protocol):
    """What answers a question: a database, or the tables of a plan in one."""

    def execute(self, text: str, parameters: Parameters | None = None) -> list[Row]:
        """Run one statement; raise an `errors.DatabaseError` when the database refuses."""


PUBLIC = "public"
"""The schema of the application's tables where nothing else is said."""


class Database(Asked, Protocol):
    """An open database. `execute` sends one statement with named parameters and returns its rows, or none."""

    def write(self, queries: Sequence[Query]) -> list[int]:
        """Run statements in their order, sent as `together` does, and return how many rows each of them touched."""

    def together(self, queries: Sequence[Query]) -> list[list[Row]]:
        """Run statements that do not wait for one another's answers, in their order, and return the rows of each.

        They travel together where the driver can, so that all of them take one round trip. Each is one statement by
        itself, seen and timed as if sent alone; none may be a string of several. The first that the database refuses
        raises what `execute` would have raised, and those after it have not been run.
        """

    def transaction(self, access: Access, *, within: float | None = None) -> AbstractContextManager[None]:
        """Open a transaction with pinned settings; commit at its end, roll back on any exception.

        `within` bounds every wait for a lock in it, in seconds.
        """

    def notice_constraints(self) -> None:
        """Find out, before anything is written, whether deferred constraints hold: what breaks them is not ours."""

    def check_constraints(self) -> None:
        """Have deferred constraints checked now, while the transaction can still be given up."""

    @property
    def timeouts(self) -> Timeouts:
        """How long to wait."""

    @property
    def schema(self) -> str:
        """The application's schema that is guarded: what the guard's tables have of another one is not this guard's."""

    @property
    def encoding(self) -> str:
        """The encoding that the database keeps texts in, by PostgreSQL's name: `UTF8`, `LATIN1`, `SQL_ASCII`."""

    @property
    def known(self) -> dict[str, Any]:
        """What was found out in the open transaction and holds until its end, by the finder's own words."""

    @property
    def usable(self) -> bool:
        """Whether a transaction is open that takes statements: not ended, and not aborted by an error."""

    @property
    def backend(self) -> int | None:
        """The server process that the driver was told of; None where it does not say. A pooler's is made up."""


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
    "cursor_tuple_fraction": "1",
    "jit": "off",
}
"""Settings under which a row's text is canonical, nothing is hidden, a cursor is planned for all of its rows, and long
questions are answered at once: to compile one chain took a server with LLVM minutes."""


PINNED = {
    **CANONICAL,
    "synchronous_commit": "on",
    "client_connection_check_interval": "2s",
    "idle_in_transaction_session_timeout": "60s",
}
"""The guard's own: also, a session that lost its client ends itself."""

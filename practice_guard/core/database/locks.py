"""Locks: had soon or not at all, so that it is the guard and never the ETL that loses a deadlock."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TypeVar

from practice_guard.core import errors
from practice_guard.core.database.port import CALLER_READS, Access, Database, Row, milliseconds
from practice_guard.core.database.statements import statement

T = TypeVar("T")

KEYS = {"key": 1886545255, "number": 1}
"""The advisory lock of this database: "prag" as an integer, and the lock's number."""

INSIDE = {**KEYS, "number": 2}
"""The one that the ETL of a run takes, while the run has the other."""


@dataclass(frozen=True, slots=True)
class Server:
    """What decides how locks are waited for.

    Attributes:
        deadlock: seconds after which the server looks for a deadlock and ends somebody.
        standby: it only reads.
        closed: transactions only read unless they say otherwise; a caller's own is asked itself.
        role: who logged in, quoted.
        database: where, quoted.
    """

    deadlock: float
    standby: bool
    closed: bool
    role: str
    database: str


def ask(database: Database) -> Server:
    """Ask, in an open transaction, what has to be known before locks are waited for (see `attempt`)."""
    found = Server(*database.execute(statement(__name__, "server"))[0])
    return replace(found, closed=database.known.get(CALLER_READS, found.closed))


def check_open(server: Server) -> None:
    """Refuse to write where only reading is meant: the guard would say otherwise, and nobody has asked it to.

    Raises:
        errors.AccessError: the server is a standby, or somebody has closed the database, or the role, to writes.
    """
    if server.standby:
        raise errors.AccessError(
            "This server is a standby, which only reads. Nothing was written.",
            next_steps=("Aim at the primary; with --dry-run a standby will do.",),
        )
    if server.closed:
        setting = "default_transaction_read_only"
        raise errors.AccessError(
            f"Somebody has closed this database to writes: {setting} is on. Nothing was written.",
            next_steps=(
                "Find out first who closed it, and why: a full disk, maintenance, a move to another server.",
                f"ALTER ROLE {server.role} IN DATABASE {server.database} SET {setting} = off;   -- for this role alone",
                f"export PGOPTIONS='-c {setting}=off'   -- or for one shell; a pooler may not pass it on",
            ),
        )


def take(database: Database) -> None:
    """Take the guard's advisory lock until the transaction ends.

    It is transaction-level because a session-level one means nothing behind a transaction pooler (reliability,
    finding 4). An ETL that calls the guard inside a run has the run's lock to work under, and shares it with nobody
    but the run itself.

    Raises:
        errors.LockedError: another guard holds it.
    """
    if not _had(database, KEYS) and not (_inside_a_run(database) and _had(database, INSIDE)):
        who = "; ".join(_in_words(*holder) for holder in holders(database)) or "it has just ended"
        raise errors.LockedError(
            f"Another practice-guard is at work in this database: {who}. Nothing was written.",
            next_steps=("Wait for it to end, and try again.",),
        )


def _had(database: Database, keys: Mapping[str, int]) -> bool:
    return bool(database.execute(statement(__name__, "try_lock"), keys)[0][0])


def _inside_a_run(database: Database) -> bool:
    """Whether the lock is held by the very run that started this session's ETL."""
    return bool(database.execute(statement(__name__, "inside_a_run"), KEYS)[0][0])


def holders(database: Database) -> list[Row]:
    """Return who holds the guard's lock: process, application name, and since when."""
    return database.execute(statement(__name__, "lock_holders"), KEYS)


def attempt(
    database: Database,
    access: Access,
    work: Callable[[float], T],
    *,
    patience: float,
    server: Server | None = None,
) -> T:
    """Run `work` in a transaction of its own, again from the start whenever a lock could not be had.

    Args:
        database: where to run it.
        access: what the transaction may do.
        work: called with the transaction open and with the seconds that taking all its table locks may last; must be
            repeatable. That time is below half the server's deadlock time-out, so that the guard and never the ETL
            is a deadlock's victim (reliability, finding 9); where only autovacuum is in the way it is once beyond it,
            since that is when the server ends an autovacuum.
        patience: seconds after which to give up.
        server: what `ask` said, where it was asked already.

    Raises:
        errors.AccessError: it would write where only reading is meant (see `check_open`).
        errors.LockTimeoutError: no luck within `patience`; says who is in the way.
    """
    found = server or _asked(database)
    if not access.reads:
        check_open(found)
    until = time.monotonic() + patience
    wait = 0.45 * found.deadlock
    while True:
        try:
            with writes_nothing_when_lost(), database.transaction(access, within=wait):
                return work(wait)
        except errors.LockTimeoutError as error:
            holders = _holders(database, error)
            if time.monotonic() >= until:
                raise _explained(error, holders, patience) from error
            only_autovacuum = bool(holders) and all(holder[2] == "autovacuum worker" for holder in holders)
            wait = (2.0 if only_autovacuum else 0.45) * found.deadlock
        time.sleep(random.uniform(0.05, 0.25))  # noqa: S311  (spreads the tries of several clients, no secret)


@contextmanager
def writes_nothing_when_lost() -> Iterator[None]:
    """Say of a connection that is lost in a transaction, or before it, that nothing was written."""
    try:
        yield
    except errors.UnreachableError as error:
        raise errors.UnreachableError(f"{error.message.rstrip('.')}. Nothing was written.") from error


def _asked(database: Database) -> Server:
    # In a transaction of its own: a SELECT before the locks would freeze what a snapshot sees.
    with database.transaction(Access.READ):
        return ask(database)


def tables(database: Database, wanted: Sequence[tuple[str, Sequence[str]]], *, within: float) -> None:
    """Lock tables, in the order given, within so many seconds in all.

    The first statement of a snapshot: plain SET LOCAL and LOCK TABLE leave the transaction's view of the data open,
    a SELECT would freeze it (reliability, findings 6 and 7). The lock time-out bounds each wait by itself, and several
    of them may outlast the time after which the server ends the ETL for a deadlock; the statement time-out bounds all
    the waits of one LOCK TABLE together.

    Args:
        database: in an open transaction.
        wanted: modes with the quoted, qualified names of tables to lock in them.
        within: seconds.

    Raises:
        errors.LockTimeoutError: somebody holds one of them.
    """
    until = time.monotonic() + within
    usual = milliseconds(database.timeouts.statement)
    for mode, names in wanted:
        left = milliseconds(min(until - time.monotonic(), database.timeouts.statement))
        bounded = (
            f"SET LOCAL statement_timeout = '{left}'",
            f"LOCK TABLE {', '.join(names)} IN {mode} MODE",
            f"SET LOCAL statement_timeout = '{usual}'",
        )
        try:
            database.execute("; ".join(bounded))
        except errors.DatabaseError as error:
            if not _timed_out(error, until):
                raise
            late = errors.LockTimeoutError(error.message)
            late.data |= {**error.data, "tables": [each.replace("%%", "%") for _, names in wanted for each in names]}
            raise late from error


def _timed_out(error: errors.DatabaseError, until: float) -> bool:
    """Whether a lock was not had in time; one that a person ended has the same state as one that took too long."""
    if isinstance(error, errors.LockTimeoutError):
        return True
    return error.data.get("sqlstate") == _CANCELLED and time.monotonic() >= until - _ROUNDING


_CANCELLED = "57014"
_ROUNDING = 0.005
"""Seconds by which a time-out in whole milliseconds may be over before its time."""


def _holders(database: Database, error: errors.LockTimeoutError) -> list[Row]:
    """Find out who holds locks on the tables that could not be locked, or on any where that is not known."""
    names = error.data.get("tables")
    with database.transaction(Access.READ):
        if names:
            return database.execute(statement(__name__, "table_holders"), {"tables": names})
        return database.execute(statement(__name__, "any_holders"))


def _explained(error: errors.LockTimeoutError, holders: Sequence[Row], patience: float) -> errors.LockTimeoutError:
    who = "; ".join(_in_words(pid, application, since) for pid, application, _, since in holders)
    pids = dict.fromkeys(pid for pid, *_ in holders if pid)
    return errors.LockTimeoutError(
        f"The tables could not be locked within {patience:g} s{': ' + who if who else ''}. Nothing was written.",
        next_steps=("Wait for it to end, and try again.", *map(ending, pids)),
        **error.data,
    )


def ending(pid: int) -> str:
    """Return the statement that ends a session, for people to copy."""
    return f"SELECT pg_terminate_backend({pid});   -- or end it, in psql: what it has open is rolled back"


def _in_words(pid: int, application: str, since: str) -> str:
    return f"process {pid} ({application or 'unnamed'}, since {since})"

"""A run's own session: it holds the guard's lock from before the first phase until after the last one.

The lock is the one that every writing command takes for its transaction (`locks.KEYS`), taken on session level. A
session does not stand in its own way, and the run's phases work on this very connection: they get the lock, everybody
else's backup, restore or cleanup does not, and a second run neither. A transaction on a connection that has lost the
session lock cannot be ours, so nothing is written without it. During the ETL the connection is in no transaction, and
is asked now and then whether it and the lock are still there; were they lost, both are had again before anything is
put back (reliability, "Idle waits" and B10).
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager

from practice_guard.core import errors
from practice_guard.core.database import Access, Database, locks, statement
from practice_guard.core.records import runs

Opener = Callable[[], AbstractContextManager[Database]]
"""Opens the database that is meant, and makes sure each time that it is the one."""

HEARTBEAT = 20.0
"""Seconds between two looks at an idle connection; proxies are known to close those that are silent for a minute."""

_PATIENCE = 60.0
_PAUSE = 0.5


class Session:
    """See the module. `database` is open, and the lock held, inside the `with` block."""

    def __init__(self, open_database: Opener, *, heartbeat: float = HEARTBEAT) -> None:
        self._open = open_database
        self._name = runs.GUARD
        self._heartbeat = heartbeat
        self._stack = ExitStack()
        self._abandoned: list[ExitStack] = []
        self.database: Database
        self.reconnected = False

    def __enter__(self) -> Session:
        """Open the connection and take the lock.

        Raises:
            errors.UsageError: there is a pooler in between.
            errors.LockedError: another guard is at work.
        """
        try:
            self._connect()
        except BaseException:
            self._stack.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        """Close the connection, and with it let go of the lock."""
        self._stack.close()

    def _connect(self) -> None:
        self.database = self._stack.enter_context(self._open())
        with self.database.transaction(Access.READ):
            refuse_pooler(self.database)
            locked = self.database.execute(statement(__name__, "lock"), locks.KEYS)[0][0]
            if not locked:
                locks.take(self.database)  # tells who has it
                raise errors.LockedError("Another practice-guard was at work in this database just now. Try again.")
        self.database.execute(statement(__name__, "outlive_idleness"))
        self.call_itself(self._name)

    def call_itself(self, name: str) -> None:
        """Have the server list the session under this name, so that others see which run is alive."""
        self._name = name
        self.database.execute(statement(__name__, "call_itself"), {"name": name})

    @contextmanager
    def kept_alive(self) -> Iterator[None]:
        """Look after the idle connection while something else goes on, and have the lock for sure at the end.

        Raises:
            errors.LockedError: the lock was lost, and another guard has it now.
            errors.UnreachableError: the database cannot be reached again.
        """
        over = threading.Event()
        lost = threading.Event()
        thread = threading.Thread(target=self._beat, args=(over, lost), name="heartbeat", daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
        thread.join(timeout=5.0)
        if thread.is_alive():
            # Its answer never came. Closing a connection under a thread that waits on it is not safe: leave it be.
            self._abandoned.append(self._stack.pop_all())
        elif not lost.is_set() and self._holds():
            return
        self._again()

    def _beat(self, over: threading.Event, lost: threading.Event) -> None:
        while not over.wait(self._heartbeat):
            if not self._holds():
                lost.set()
                return

    def _holds(self) -> bool:
        """Whether the connection works and has the lock, by the server's own account."""
        try:
            return bool(self.database.execute(statement(__name__, "holds"), locks.KEYS)[0][0])
        except errors.DatabaseError:
            return False

    def _again(self) -> None:
        """Connect and lock anew; our own dead session may have to be noticed by the server first."""
        self.reconnected = True
        until = time.monotonic() + _PATIENCE
        while True:
            self._stack.close()
            try:
                self._connect()
            except (errors.UnreachableError, errors.LockedError):
                if time.monotonic() >= until:
                    raise
                time.sleep(_PAUSE)
            else:
                return


def refuse_pooler(database: Database) -> None:
    """Refuse to rely on a session lock where sessions are not ours alone (reliability, finding 4).

    Raises:
        errors.UsageError: what the driver was told of its server process is not what that process says.
    """
    if database.backend != database.execute(statement(__name__, "backend"))[0][0]:
        raise errors.UsageError(
            "There is a connection pooler between the guard and the database: a run's lock would not hold. "
            "Give `run` the direct URL. Nothing was done.",
            next_steps=(
                "On Railway: leave PRACTICE_GUARD_RAILWAY_URL unset, so that DATABASE_UNPOOLED_URL is used,",
                "or set it to ${{Postgres.DATABASE_UNPOOLED_URL}} (from outside: DATABASE_PUBLIC_UNPOOLED_URL).",
            ),
        )


def refuse_living_etl(database: Database, *, patience: float = 0.0) -> None:
    """Refuse to begin, or to put anything back, while an ETL that a run started still has a session.

    Args:
        database: with no transaction open.
        patience: seconds to wait for it to end; the server may take a while to notice that a client was killed.

    Raises:
        errors.LockedError: says which process of the server it is.
    """
    until = time.monotonic() + patience
    rested: set[int] = set()
    while True:
        with database.transaction(Access.READ):
            found = runs.etl_sessions(database)
        rested |= {each.pid for each in found if not each.living}
        alive = [each for each in found if each.pid not in rested]
        if not alive:
            return
        if time.monotonic() >= until:
            break
        time.sleep(_PAUSE)
    names = ", ".join(f"run {each.name.partition(':')[2]} (server process {each.pid})" for each in alive)
    raise errors.LockedError(
        f"The ETL of {names} still lives. Nothing was written.",
        next_steps=("Wait for it to end, and try again.", *(locks.ending(each.pid) for each in alive)),
    )

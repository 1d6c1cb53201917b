"""The savepoint that keeps one failure from ending all that a transaction looks at."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from practice_guard.core import errors
from practice_guard.core.database.port import Database
from practice_guard.core.database.statements import statement

_SHIELD = "shield"


@contextmanager
def shielded(database: Database) -> Iterator[None]:
    """Undo what an error inside did to the transaction, so that it can go on, and let the error through.

    One savepoint, at the first of them, serves for all that follow: a transaction that only reads loses nothing when it
    goes back there, but for what it has laid down in tables of its own (see `renew`).
    """
    if _SHIELD not in database.known:
        renew(database)
    try:
        yield
    except errors.UnreachableError:
        raise
    except Exception:
        database.execute(statement(__name__, "back_to_shield"))
        raise


def renew(database: Database) -> None:
    """Set the savepoint anew, so that nothing done until now is lost with the next error."""
    database.execute(statement(__name__, "shield"))
    database.known[_SHIELD] = True


def set_anew(database: Database) -> str:
    """Return the statement that sets the savepoint again where an outer one was gone back to; empty for none."""
    return statement(__name__, "shield") if _SHIELD in database.known else ""

"""Part of a transaction that can be given up while the rest goes on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from practice_guard.core import errors
from practice_guard.core.database.port import Database

_NAME = "practice_guard_part"
_BACK = f"ROLLBACK TO SAVEPOINT {_NAME}; RELEASE SAVEPOINT {_NAME}"


@contextmanager
def savepoint(database: Database) -> Iterator[None]:
    """Do a part of the transaction that is open; on any exception that part, and no more, was not done.

    What deferred constraints were set to, and settings that were made for the transaction, are what they were then.
    """
    database.execute(f"SAVEPOINT {_NAME}")
    try:
        yield
    except BaseException:
        with suppress(errors.DatabaseError):  # where the line is lost the first error says more
            database.execute(_BACK)
        raise
    database.execute(f"RELEASE SAVEPOINT {_NAME}")


class _LookedAtError(Exception):
    """Raised to leave a savepoint whose work is not to stay."""


@contextmanager
def taken_back(database: Database) -> Iterator[None]:
    """Do a part of the transaction only to see whether it can be done."""
    with suppress(_LookedAtError), savepoint(database):
        yield
        raise _LookedAtError


def check(database: Database) -> None:
    """Have deferred constraints checked now, and be deferred again: what they say of later rows is not known yet.

    Raises:
        errors.SchemaError: one of them does not hold.
    """
    with taken_back(database):
        database.check_constraints()

"""Errors and verdicts as exit statuses. The only place that knows the numbers (contract, "Exit statuses")."""

from __future__ import annotations

from enum import IntEnum

from practice_guard.core import errors
from practice_guard.core.model import Verdict


class Status(IntEnum):
    """The exit statuses, which scripts rely on."""

    DONE = 0
    FAULT = 1
    USAGE = 2
    NO = 3
    WAITING = 4
    UNREACHABLE = 10
    LOCKED = 11
    SNAPSHOT = 12
    SCHEMA = 13
    STALE = 14
    NEEDS_A_PERSON = 21


_VERDICTS = {Verdict.FINE: Status.DONE, Verdict.REFUSED: Status.NO, Verdict.WAITING: Status.WAITING}

_ERRORS: tuple[tuple[type[errors.GuardError], Status], ...] = (
    (errors.UsageError, Status.USAGE),
    (errors.LockedError, Status.LOCKED),
    (errors.SnapshotError, Status.SNAPSHOT),
    (errors.SchemaError, Status.SCHEMA),
    (errors.StalePlanError, Status.STALE),
    (errors.WrongDatabaseError, Status.STALE),
    (errors.RestoreError, Status.NEEDS_A_PERSON),
    (errors.HealthError, Status.NO),
    (errors.DatabaseError, Status.UNREACHABLE),
)


def of_verdict(verdict: Verdict) -> Status:
    """Return the status of a command that did its work."""
    return _VERDICTS[verdict]


def of_error(error: BaseException) -> Status:
    """Return the status of a command that an error ended; any error that is not ours is a fault of the program."""
    for kind, status in _ERRORS:
        if isinstance(error, kind):
            return status
    return Status.FAULT

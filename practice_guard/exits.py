"""Errors and verdicts as exit statuses. The only place that knows the numbers (contract, "Exit statuses")."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

from practice_guard.core import errors
from practice_guard.core.model import Verdict
from practice_guard.core.steps import Advice, Step

if TYPE_CHECKING:
    from practice_guard.core.running import Report


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


SIGNALLED = 128
"""With a signal's number added: ended by that signal, as shells have it."""

_VERDICTS = {
    Verdict.FINE: Status.DONE,
    Verdict.REFUSED: Status.NO,
    Verdict.WAITING: Status.WAITING,
    Verdict.DAMAGED: Status.SNAPSHOT,
}

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


def of_run(report: Report) -> int:
    """Return the status of a run: its own error or verdict first, then the ETL's status (contract, "Precedence")."""
    if report.error is not None:
        return of_error(report.error)
    return int(of_verdict(report.verdict)) or report.etl_exit_code or int(Status.DONE)


_USUAL_STEPS: tuple[tuple[type[errors.GuardError], Advice], ...] = (
    (
        errors.AccessError,
        Step("validate-safety", why="names each right that is missing, and a server that only reads"),
    ),
    (errors.SchemaError, Step("protected", "--verbose", why="the tables and columns that the guard relies on")),
    (errors.LockedError, "Give the same command again, when the other one is done."),
    (errors.SnapshotError, Step("snapshots")),
)


def next_steps(error: errors.GuardError, command: str) -> tuple[Advice, ...]:
    """Return what to do after an error: its own steps, or what helps with its kind."""
    if error.next_steps:
        return error.next_steps
    if isinstance(error, errors.UsageError):
        return (Step(*command.split(), "--help"),)
    return next(((step,) for kind, step in _USUAL_STEPS if isinstance(error, kind)), ())


def of_error(error: BaseException) -> int:
    """Return the status of a command that an error ended; any error that is not ours is a fault of the program."""
    if isinstance(error, errors.StoppedError):
        return SIGNALLED + error.number
    for kind, status in _ERRORS:
        if isinstance(error, kind):
            return status
    return Status.FAULT

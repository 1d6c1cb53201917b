"""The errors of the core. A class's docstring is its default message to the user; `exits` knows their statuses."""

from __future__ import annotations

from practice_guard.core.steps import Advice


class GuardError(Exception):
    """Something went wrong."""

    def __init__(self, message: str = "", *, next_steps: tuple[Advice, ...] = (), **data: object) -> None:
        self.message = message or (type(self).__doc__ or "").strip()
        self.next_steps = next_steps
        self.data = data
        super().__init__(self.message)


class UsageError(GuardError):
    """The command or its settings are wrong. Nothing was done."""


class ConfirmationError(UsageError):
    """This environment's name must be confirmed. Nothing was done."""


class DatabaseError(GuardError):
    """The database could not be asked."""


class UnreachableError(DatabaseError):
    """The database cannot be reached."""


class AccessError(DatabaseError):
    """The database refused access."""


class LockedError(DatabaseError):
    """Another practice-guard is at work in this database."""


class LockTimeoutError(LockedError):
    """A lock could not be had in time."""


class StatementError(DatabaseError):
    """The database refused a statement."""


class StoppedError(GuardError):
    """The guard was told to end."""

    def __init__(self, message: str = "", *, number: int, next_steps: tuple[Advice, ...] = ()) -> None:
        super().__init__(message, next_steps=next_steps)
        self.number = number


class SnapshotError(GuardError):
    """A snapshot cannot be used."""


class NoSnapshotError(SnapshotError):
    """There is no snapshot."""


class DamagedSnapshotError(SnapshotError):
    """The snapshot is damaged."""


class SchemaError(GuardError):
    """The database's schema is not what it must be."""


class StalePlanError(GuardError):
    """The database has moved since the plan was made. Nothing was written."""


class WrongDatabaseError(GuardError):
    """This is another database than the one meant. Nothing was written."""


class RestoreError(GuardError):
    """The restore failed and needs a person now."""


class UnknownOutcomeError(RestoreError):
    """The connection was lost while committing, and nobody can say whether it was done."""


class HealthError(GuardError):
    """Protected rows are not where they belong, or would be lost."""

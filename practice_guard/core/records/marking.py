"""Marking a database with its environment on purpose: a clone that is staging now, a database that has moved."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from practice_guard.core.database import LOCK_TIMEOUT, Access, Database, locks
from practice_guard.core.errors import WrongDatabaseError
from practice_guard.core.model import Author
from practice_guard.core.records import installation, ledger
from practice_guard.core.records.installation import Place
from practice_guard.core.records.ledger import About
from practice_guard.core.steps import Step

MARK = "mark"
"""The ledger's word for it."""


@dataclass(frozen=True, slots=True)
class Marking:
    """The database as it was marked before and as it is now; the same where there was nothing to do."""

    before: Place
    after: Place

    @property
    def changed(self) -> bool:
        """Whether anything was written."""
        return self.before != self.after


def mark(database: Database, author: Author, *, was: str | None = None, patience: float = LOCK_TIMEOUT) -> Marking:
    """Mark a database with the author's environment, under a new UUID where it had one, and record it in the ledger.

    A clone or a restored dump gives itself away and needs no more than this call. The very database that was marked
    otherwise does not: its present mark must be named, since it is far more likely that the settings are crossed.

    Args:
        database: where; its transactions are opened here.
        author: with the environment it is to be marked with.
        was: the mark that it has now, where it is no copy.
        patience: seconds to go on trying for locks.

    Raises:
        WrongDatabaseError: it is no copy and its mark was not named, or it has another one.
        errors.LockedError: another guard is at work.
    """

    def work(_within: float) -> Marking:
        locks.take(database)
        return _mark(database, author, was)

    return locks.attempt(database, Access.WRITE, work, patience=patience)


def _mark(database: Database, author: Author, was: str | None) -> Marking:
    before, environment = installation.locate(database), author.environment
    if was is not None and was != before.environment:
        raise WrongDatabaseError(
            f"This database ({before.name}) is marked as {before.environment or 'nothing'}, not as {was}. "
            "Nothing was written."
        )
    if before.version is None:
        after = installation.ensure(database, environment, author.now)
    elif before.copied or before.unmarked:
        after = installation.remark(database, before, environment, author.now)
    elif before.environment == environment:
        return Marking(before, before)
    elif was is None:
        raise WrongDatabaseError(
            f"This database ({before.name}) is no copy: it is the very one that was marked as {before.environment}. "
            f"If it really is {environment} now, say what it was; if not, the settings of the two are crossed. "
            "Nothing was written.",
            next_steps=(
                f"Compare the URLs of {environment} and {before.environment} in the environment and in .env.",
                Step("mark", "--was", str(before.environment), why=f"only if it really is {environment} now"),
            ),
        )
    else:
        after = installation.remark(database, before, environment, author.now)
    result = {"before": asdict(before), "after": asdict(after)}
    ledger.write(database, MARK, author, About(result))
    return Marking(before, after)

"""What every command is given."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TypeVar

from practice_guard.core.application import (
    BUILT_IN_PARENTS,
    SCHEMA,
    Application,
    Catalog,
    Parent,
    ProtectedSet,
    lock_for_writing,
    look,
)
from practice_guard.core.application import catalog as catalogs
from practice_guard.core.database import LOCK_TIMEOUT, Access, Database, locks
from practice_guard.core.findings import NOTHING, Overrides
from practice_guard.core.identity import ROSTER_AT_LEAST, ROSTER_PERCENT, Decisions, Habits
from practice_guard.core.model import Author, Bulk
from practice_guard.core.progress import SILENT, Watcher
from practice_guard.core.records import installation

T = TypeVar("T")

MAX_AGE = timedelta(hours=26)
"""How old the newest snapshot may be where nothing else is said: a day, and two hours for a night that began late."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Which part of a snapshot is meant; an empty part means all. Teams and leagues are named as people write them.

    What the rows of a set hang on belongs to its part.
    """

    protected: frozenset[str] = frozenset()
    leagues: frozenset[str] = frozenset()
    teams: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked of a plan.

    Attributes:
        scope: the part that is meant.
        include_deleted: rows that users deleted are wanted back too.
        exact_only: only matches exact on both facets are taken (after an ETL that failed half-way).
        decisions: a person's decisions.
        roster_at_least: how many outside ids a roster must share to witness anything.
        roster_percent: which share of them, 0 to 100.
        bulk: how many rows are many.
        habits: how the leagues write their teams.
        import_ran: who asks is inside an import that ran since the snapshot.
    """

    scope: Scope = field(default_factory=Scope)
    include_deleted: bool = False
    exact_only: bool = False
    decisions: Decisions | None = None
    roster_at_least: int = ROSTER_AT_LEAST
    roster_percent: float = ROSTER_PERCENT
    bulk: Bulk = field(default_factory=Bulk)
    habits: Habits = field(default_factory=Habits)
    import_ran: bool = False


@dataclass(frozen=True, slots=True)
class Guard:
    """One guard aimed at one database: what every command is given.

    Attributes:
        database: where; what takes a guard and is not said to be inside a transaction opens its own.
        sets: the protected sets.
        author: environment, program version and time.
        schema: the application's schema.
        request: thresholds, scope and decisions for all plans.
        overrides: severities from the settings, by code; see `findings.weigh`.
        max_age: how old the newest snapshot may be before it is warned of.
        patience: seconds to go on trying for locks.
        watcher: is told what goes on.
        parents: what an import renumbers: the built-in ones and those of the settings.
        settings_file: what the settings file is called in commands that write it.
        etl_tables: what the import writes besides the tables that are known for it, by name.
    """

    database: Database
    sets: Sequence[ProtectedSet]
    author: Author
    schema: str = SCHEMA
    request: Request = field(default_factory=Request)
    overrides: Overrides = field(default_factory=lambda: NOTHING)
    max_age: timedelta = MAX_AGE
    patience: float = LOCK_TIMEOUT
    watcher: Watcher = SILENT
    parents: tuple[Parent, ...] = BUILT_IN_PARENTS
    settings_file: str = "practice_guard.toml"
    etl_tables: frozenset[str] = frozenset()

    def look(self) -> Application:
        """Read what there is, in the transaction that is open.

        Raises:
            errors.SchemaError: the schema is not what it must be.
        """
        return look(self.database, self.sets, self.schema, self.request.habits, self.parents)

    def catalog(self) -> Catalog:
        """Read the application's schema alone, and what settings name in others, in the transaction that is open.

        Raises:
            errors.SchemaError: the schema is not what it must be.
        """
        return catalogs.read(self.database, self.schema, self.parents, (each.table for each in self.sets))

    def check_mark(self) -> None:
        """Refuse to go on in a database that is marked for another environment.

        Raises:
            errors.WrongDatabaseError: it is.
        """
        installation.check_mark(installation.locate(self.database), self.author.environment)

    def reads(self, work: Callable[[], T]) -> T:
        """Do work that only reads, in a transaction in which PostgreSQL refuses every write.

        Raises:
            errors.LockTimeoutError: what it reads was locked for longer than the patience.
        """
        return locks.attempt(self.database, Access.READ, lambda _: work(), patience=self.patience)

    def plans(self, work: Callable[[], T]) -> T:
        """Do work that only reads, as `reads` does, and that works out plans in tables of its own.

        Raises:
            errors.LockTimeoutError: what it reads was locked for longer than the patience.
        """
        return locks.attempt(self.database, Access.PLAN, lambda _: work(), patience=self.patience)

    def alone(self, access: Access, work: Callable[[float], T], server: locks.Server | None = None) -> T:
        """Do work in a transaction that holds the guard's lock, in a database that is marked as it should be.

        Args:
            access: what the transaction may do and see.
            work: is told within how many seconds it must have locks of its own; done again where it could not.
            server: what `locks.ask` said, where it was asked already.

        Raises:
            errors.WrongDatabaseError: the database is marked for another environment.
            errors.LockedError: another guard is at work, or locks could not be had in time.
        """

        def locked(within: float) -> T:
            locks.take(self.database)
            self.check_mark()
            return work(within)

        return locks.attempt(self.database, access, locked, patience=self.patience, server=server)

    def writes(self, work: Callable[[Application], T], *, first: Callable[[], object] = lambda: None) -> T:
        """Do work that writes protected rows: lock, check the mark, look again at what there is now, and work.

        Args:
            work: is given what there is; nobody else writes to the teams and the protected tables meanwhile.
            first: what needs the guard's own tables alone, and is done before users have to wait.

        Raises:
            errors.WrongDatabaseError: the database is marked for another environment.
            errors.LockedError: another guard is at work, or locks could not be had in time.
            errors.SchemaError: the schema is not what it must be.
        """
        with locks.writes_nothing_when_lost(), self.database.transaction(Access.READ):
            server, ahead = locks.ask(self.database), self.catalog()

        def locked(within: float) -> T:
            first()
            lock_for_writing(self.database, ahead, self.sets, within, self.parents)
            return work(self.look())

        return self.alone(Access.WRITE, locked, server)

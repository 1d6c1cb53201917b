"""The guard's core on a test's database, in the words of the domain."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone
from io import BytesIO
from typing import TypeVar

from practice_guard.core import guarding, restore, snapshots
from practice_guard.core.application import BUILT_IN, BUILT_IN_PARENTS, Parent, ProtectedSet
from practice_guard.core.checks import Health, Preservation, health, preservation
from practice_guard.core.database import Access, Connection, Database, Timeouts, connect
from practice_guard.core.findings import NOTHING, Overrides
from practice_guard.core.guarding import Request
from practice_guard.core.model import Author
from practice_guard.core.restore import Applied, Plan, PlannedRow, SavedPlan, Undone, Workings, planfile, undo
from practice_guard.core.snapshots import Snapshot
from practice_guard.core.upkeep import Adoptions, Backup, Wish, backup
from tests.world.builders import ScratchDatabase

T = TypeVar("T")
NOON = datetime(2026, 1, 5, 12, 0, tzinfo=timezone.utc)


def somebody(environment: str = "local") -> Author:
    return Author(environment, "0.0-test", NOON)


@dataclass
class Guard:
    """One guard aimed at one database."""

    database: ScratchDatabase
    sets: Sequence[ProtectedSet] = BUILT_IN
    author: Author = field(default_factory=somebody)
    patience: float = 2.0
    parents: tuple[Parent, ...] = BUILT_IN_PARENTS

    def at(self, database: Database, request: Request | None = None) -> guarding.Guard:
        """The core's guard at an open database."""
        asked = request or Request()
        return guarding.Guard(
            database, self.sets, self.author, request=asked, patience=self.patience, parents=self.parents
        )

    def later(self, *, days: float) -> Guard:
        """The same guard, some days later."""
        return replace(self, author=self.author.later(self.author.now + timedelta(days=days)))

    def with_connection(self, work: Callable[[Connection], T]) -> T:
        with ExitStack() as stack:
            timeouts = Timeouts(lock=self.patience)
            return work(stack.enter_context(connect(self.database.url, application="test", timeouts=timeouts)))

    def reads(self, work: Callable[[Connection], T], access: Access = Access.PLAN) -> T:
        def inside(connection: Connection) -> T:
            with connection.transaction(access):
                return work(connection)

        return self.with_connection(inside)

    def backs_up(self, *, accept_current: bool = False, label: str = "") -> Backup:
        return self.with_connection(
            lambda connection: backup.take(self.at(connection), accept_current=accept_current, label=label)
        )

    def adopts(self, orphans_from: str, *, shown: Adoptions | None = None) -> Backup:
        """A backup that adopts what hangs on ids that are gone."""
        wish = Wish(orphans_from=orphans_from, shown=shown)
        return self.with_connection(lambda connection: backup.take_as(self.at(connection), wish))

    def would_adopt(self, orphans_from: str) -> Backup:
        wish = Wish(orphans_from=orphans_from)
        return self.with_connection(lambda connection: backup.attempt(self.at(connection), wish))

    def has_backed_up(self) -> Snapshot:
        """A backup that must work."""
        taken = self.backs_up()
        assert taken.snapshot is not None, taken.findings
        return taken.snapshot

    def has_backed_up_nothing(self) -> Snapshot:
        """A first backup of nothing, which a person must ask for."""
        taken = self.backs_up(accept_current=True)
        assert taken.snapshot is not None
        return taken.snapshot

    def finds(self, wanted: str = "latest") -> Snapshot:
        return self.reads(lambda connection: snapshots.find(connection, wanted))

    def works_out(self, work: Callable[[Workings], T], wanted: str = "latest", request: Request | None = None) -> T:
        """What `work` makes of a plan while its tables are there."""

        def inside(connection: Connection) -> T:
            app = self.at(connection, request).look()
            return work(restore.work_out(connection, snapshots.find(connection, wanted), app, request))

        return self.reads(inside)

    def plans(self, wanted: str = "latest", request: Request | None = None) -> Plan:
        return self.works_out(lambda workings: workings.plan, wanted, request)

    def plans_rows(self, wanted: str = "latest", request: Request | None = None) -> list[PlannedRow]:
        """Every line of a plan; what is in place to the letter may have none."""
        return self.works_out(
            lambda workings: [row for name in workings.sheets for row in workings.rows(name)], wanted, request
        )

    def restores(
        self, wanted: str = "latest", request: Request | None = None, *, saved: SavedPlan | None = None
    ) -> Applied:
        return self.with_connection(
            lambda connection: restore.apply(self.at(connection, request), self.finds(wanted), saved=saved)
        )

    def takes_back(self, entry: int) -> Undone:
        return self.with_connection(lambda connection: undo.apply(self.at(connection), entry))

    def saves(self, request: Request | None = None) -> SavedPlan:
        """A plan as a file, read back."""
        asked, file = request or Request(), BytesIO()
        self.works_out(lambda made: planfile.dump(made, asked, NOON, file), request=asked)
        return planfile.load(file)

    def judges_health(self) -> Health:
        def work(connection: Connection) -> Health:
            app = self.at(connection).look()
            made = restore.work_out(connection, snapshots.find(connection), app)
            return health.check(connection, made, self.author.now)

        return self.reads(work)

    def checks_preservation(self, min_rate: float = 90, overrides: Overrides = NOTHING) -> Preservation:
        def work(connection: Connection) -> Preservation:
            app = self.at(connection).look()
            kept = snapshots.find(connection)
            return preservation.check(kept, restore.plan(connection, kept, app), app, min_rate, overrides)

        return self.reads(work)

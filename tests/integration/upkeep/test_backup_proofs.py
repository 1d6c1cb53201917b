"""What a backup proves of itself: it locks before it reads, compares its copy, and reads back what was committed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest

from practice_guard.core import errors, snapshots
from practice_guard.core.database import Access, Connection, Query, Row, Timeouts
from practice_guard.core.database.port import Parameters
from practice_guard.core.upkeep import backup
from practice_guard.core.upkeep.backup import Backup
from tests.world.builders import League, ScratchDatabase
from tests.world.guarding import Guard
from tests.world.keeping import nothing_written

READ_BY_A_BACKUP = ("teams", "leagues", "clubs", "series", "players", "schedule", "practice_times", "polls", "users")


@dataclass
class Overheard:
    """The guard's connection, with somebody who meddles around each of its statements."""

    connection: Connection
    before: Callable[[Access, str], None] = lambda _access, _text: None
    after: Callable[[Access, str], None] = lambda _access, _text: None
    access: Access = Access.READ

    def execute(self, text: str, parameters: Parameters | None = None) -> list[Row]:
        self.before(self.access, text)
        rows = self.connection.execute(text, parameters)
        self.after(self.access, text)
        return rows

    def together(self, queries: Sequence[Query]) -> list[list[Row]]:
        return [self.execute(each.text, each.parameters) for each in queries]

    @contextmanager
    def transaction(self, access: Access, *, within: float | None = None) -> Iterator[None]:
        self.access = access
        with self.connection.transaction(access, within=within):
            yield

    def notice_constraints(self) -> None:
        self.connection.notice_constraints()

    def check_constraints(self) -> None:
        self.connection.check_constraints()

    @property
    def timeouts(self) -> Timeouts:
        return self.connection.timeouts

    @property
    def schema(self) -> str:
        return self.connection.schema

    @property
    def encoding(self) -> str:
        return self.connection.encoding

    @property
    def known(self) -> dict[str, Any]:
        return self.connection.known

    def write(self, queries: Sequence[Query]) -> list[int]:
        return [count for each in queries for count in self._write(each)]

    def _write(self, query: Query) -> list[int]:
        self.before(self.access, query.text)
        touched = self.connection.write([query])
        self.after(self.access, query.text)
        return touched

    @property
    def usable(self) -> bool:
        return self.connection.usable

    @property
    def backend(self) -> int | None:
        return self.connection.backend


@pytest.fixture
def guard(league: League, database: ScratchDatabase) -> Guard:
    """A team with two practices; nothing backed up yet."""
    league.captain_schedules_practices(league.has_team(), 2)
    return Guard(database)


def backs_up(guard: Guard, meddling: Callable[[Connection], Overheard]) -> Backup:
    return guard.with_connection(lambda connection: backup.take(guard.at(meddling(connection))))


def test_nothing_can_be_truncated_once_a_backup_has_begun_to_read(guard: Guard, database: ScratchDatabase) -> None:
    """A view of the data that is older than a TRUNCATE shows an empty table."""
    other = database.connect()
    tried: list[str] = []
    other.execute("SET lock_timeout = '20ms'")

    def truncates(access: Access, text: str) -> None:
        if access is not Access.SNAPSHOT or text.startswith(("SET", "LOCK")) or tried:
            return
        for table in READ_BY_A_BACKUP:
            with pytest.raises(psycopg.errors.LockNotAvailable):
                other.execute(f"TRUNCATE {table} CASCADE".encode())
            tried.append(table)

    taken = backs_up(guard, lambda connection: Overheard(connection, before=truncates))

    assert tuple(tried) == READ_BY_A_BACKUP
    assert taken.snapshot is not None
    assert taken.snapshot.rows == 2


CHANGES = {
    "a place": "UPDATE {table} SET location = 'Elsewhere' WHERE guard_row = 2",
    "a blank": "UPDATE {table} SET location = location || ' ' WHERE guard_row = 2",
    "an empty text": "UPDATE {table} SET away_team = NULL WHERE guard_row = 2",
    "two dates exchanged": "UPDATE {table} AS a SET match_date = b.match_date FROM {table} AS b"
    " WHERE a.guard_row + b.guard_row = 3",
    "a row twice": "UPDATE {table} AS a SET (id, match_date) = (b.id, b.match_date) FROM {table} AS b"
    " WHERE a.guard_row = 2 AND b.guard_row = 1",
    "a row lost": "DELETE FROM {table} WHERE guard_row = 2",
    "a row taken for a carried one": "UPDATE {table} SET guard_carried = true WHERE guard_row = 2",
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_copy_that_differs_from_its_table_is_no_snapshot(
    guard: Guard, database: ScratchDatabase, change: str
) -> None:
    database.rows("UPDATE schedule SET away_team = ''")

    def changes(connection: Connection) -> Overheard:
        def change_it(_access: Access, text: str) -> None:
            if copied := re.search(r"CREATE TABLE (practice_guard\.\S*_practices\S*) AS", text):
                connection.execute(CHANGES[change].format(table=copied[1]))

        return Overheard(connection, after=change_it)

    with nothing_written(database), pytest.raises(errors.DamagedSnapshotError, match="copy of practices differs"):
        backs_up(guard, changes)


def test_what_was_committed_is_read_back_before_it_counts(guard: Guard, database: ScratchDatabase) -> None:
    good = guard.has_backed_up()

    def change(access: Access, _text: str) -> None:
        if access is Access.WRITE:
            newest = database.value("SELECT id FROM practice_guard.snapshots ORDER BY number DESC LIMIT 1")
            table = f"practice_guard.s{newest.replace('-', '_')}_practices"
            database.rows(f"UPDATE {table} SET location = 'Elsewhere' WHERE guard_row = 2")

    with pytest.raises(errors.DamagedSnapshotError, match="rows of practices were changed"):
        backs_up(guard, lambda connection: Overheard(connection, before=change))

    assert guard.finds().id == good.id
    assert [each.verified_at is not None for each in guard.reads(snapshots.listing)] == [False, True]

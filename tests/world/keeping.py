"""Snapshots outside the tables: exports, imports, damage, a lost schema, in the words of the domain."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from practice_guard.core import errors, snapshots
from practice_guard.core.database import Access, Connection
from practice_guard.core.records import Marking, marking
from practice_guard.core.snapshots import Snapshot, archive
from practice_guard.core.snapshots.archive import Imported
from tests.world import builders
from tests.world.builders import League, ScratchDatabase
from tests.world.guarding import Guard
from tests.world.seasons import two_teams

VERSION_1 = Path(__file__).parent.parent / "fixtures" / "version_1.sql"


def has_carried_a_practice(league: League, database: ScratchDatabase) -> Guard:
    """A guard with a snapshot of two teams' practices, one of them carried, and a message."""
    first, _ = two_teams(league, players=["P1", "P2"])
    league.captain_writes_message(first)
    guard = Guard(database)
    guard.has_backed_up()
    builders.the_etl_lacks_series(database, "Series H(2)")
    guard.restores()
    database.rows("UPDATE teams SET external_team_id = team_name")
    assert guard.has_backed_up().carried == 1
    return guard


def exports(guard: Guard, wanted: str = "latest") -> bytes:
    """The bytes of an export."""
    file = io.BytesIO()
    written = guard.reads(
        lambda connection: archive.export(
            connection, snapshots.find(connection, wanted), file, now=guard.author.now, tool_version="0.0-test"
        )
    )
    archive.confirm(file, written)
    return file.getvalue()


def imports(guard: Guard, data: bytes, *, into_other: bool = False) -> Imported:
    read = archive.read(io.BytesIO(data))
    return guard.with_connection(lambda connection: archive.load(guard.at(connection), read, into_other=into_other))


def verifies(guard: Guard, wanted: str = "latest") -> Snapshot:
    """Reads a snapshot back; raises when it is damaged."""

    def work(connection: Connection) -> Snapshot:
        kept = snapshots.find(connection, wanted)
        snapshots.verify(connection, kept)
        return kept

    return guard.reads(work)


def removes(guard: Guard, kept: Snapshot) -> None:
    """Removes a snapshot, whatever speaks against it."""

    def work(connection: Connection) -> None:
        with connection.transaction(Access.WRITE):
            snapshots.remove(connection, kept)

    guard.with_connection(work)


def marks(guard: Guard, *, was: str | None = None) -> Marking:
    return guard.with_connection(
        lambda connection: marking.mark(connection, guard.author, was=was, patience=guard.patience)
    )


def the_guards_schema_is_lost(database: ScratchDatabase) -> None:
    database.rows("DROP SCHEMA practice_guard CASCADE")


def has_the_tables_of_version_1(database: ScratchDatabase) -> None:
    """The database as the first program left it: two snapshots, a restore, two rows carried."""
    with psycopg.connect(database.url, autocommit=True) as connection:
        connection.execute(VERSION_1.read_bytes())


@contextmanager
def nothing_written(database: ScratchDatabase) -> Iterator[None]:
    """All tables and sequences of the database are the same before and after."""
    before = database.everything()
    yield
    assert database.everything() == before


@contextmanager
def refused(kind: type[errors.GuardError], message: str, database: ScratchDatabase) -> Iterator[None]:
    """The error of that kind, with this in its message, and nothing written."""
    with nothing_written(database), pytest.raises(kind) as caught:
        yield
    assert message in caught.value.message, caught.value.message

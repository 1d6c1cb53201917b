"""The guard's own tables: their versions, from the first on, and the mark that says which database they are in."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Callable

import pytest

from practice_guard.core import errors, snapshots
from practice_guard.core.database import Access, Borrowed, Connection
from practice_guard.core.model import Verdict
from practice_guard.core.records import installation
from tests.conftest import Cluster
from tests.world import builders
from tests.world.builders import League, ScratchDatabase
from tests.world.callers import caller
from tests.world.guarding import NOON, Guard, somebody
from tests.world.keeping import (
    exports,
    has_the_tables_of_version_1,
    imports,
    marks,
    nothing_written,
    refused,
    the_guards_schema_is_lost,
    verifies,
)

FORM = """
SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, pg_get_expr(d.adbin, d.adrelid)
  FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
  LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
 WHERE c.relnamespace = 'practice_guard'::regnamespace AND c.relkind = 'r' AND c.relname !~ '^s[0-9]{8}_'
 UNION ALL
SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid), true, NULL
  FROM pg_constraint WHERE connamespace = 'practice_guard'::regnamespace AND conrelid::regclass::text !~ 's[0-9]{8}_'
 UNION ALL
SELECT tablename::text, indexname::text, indexdef, true, NULL
  FROM pg_indexes WHERE schemaname = 'practice_guard' AND tablename !~ '^s[0-9]{8}_'
 ORDER BY 1, 2
"""


def form_of_the_tables(database: ScratchDatabase) -> list[builders.Row]:
    return [tuple(str(part).replace("practice_guard.", "") for part in row) for row in database.rows(FORM)]


def brings_up(connection: Connection, guard: Guard) -> None:
    with connection.transaction(Access.WRITE):
        installation.ensure(connection, "local", guard.author.now)


@pytest.fixture
def backed_up(league: League, database: ScratchDatabase) -> Guard:
    """A guard with one snapshot of one team's two practices."""
    league.captain_schedules_practices(league.has_team(), 2)
    guard = Guard(database)
    guard.has_backed_up()
    return guard


def test_the_tables_of_version_1_are_read_and_restored_from_as_they_are(database: ScratchDatabase) -> None:
    has_the_tables_of_version_1(database)
    guard = Guard(database)

    newest = verifies(guard)
    assert (newest.carried, newest.digest_version, newest.imported_at) == (2, 1, None)
    oldest = verifies(guard, guard.reads(snapshots.listing)[1].id)
    assert oldest.label == "the first one"
    assert guard.judges_health().verdict is Verdict.WAITING
    guard.restores()
    assert exports(guard, oldest.id)
    assert database.value("SELECT version FROM practice_guard.installation") == 1


def test_the_next_backup_brings_the_tables_of_version_1_up(
    database: ScratchDatabase, make_database: Callable[[], ScratchDatabase]
) -> None:
    has_the_tables_of_version_1(database)
    guard = Guard(database)
    before = [(each.id, each.digest) for each in guard.reads(snapshots.listing)]

    new = guard.has_backed_up()

    assert new.carried == 2
    assert database.value("SELECT version FROM practice_guard.installation") == installation.VERSION
    after = guard.reads(snapshots.listing)
    assert [(each.id, each.digest) for each in after] == [(new.id, new.digest), *before]
    for each in after:
        verifies(guard, each.id)
    fresh = make_database()
    League(fresh).captain_schedules_practice(League(fresh).has_team())
    Guard(fresh).has_backed_up()
    assert form_of_the_tables(database) == form_of_the_tables(fresh)


@pytest.mark.parametrize("version", range(1, installation.VERSION))
def test_the_tables_of_every_version_are_restored_from_as_they_are_and_brought_up_by_a_backup(
    database: ScratchDatabase,
    make_database: Callable[[], ScratchDatabase],
    monkeypatch: pytest.MonkeyPatch,
    version: int,
) -> None:
    has_the_tables_of_version_1(database)
    guard = Guard(database)
    with monkeypatch.context() as older:
        older.setattr(installation, "VERSION", version)
        older.setattr(installation, "_LADDER", installation._LADDER[: version - 1])
        guard.with_connection(lambda connection: brings_up(connection, guard))
    assert database.value("SELECT version FROM practice_guard.installation") == version
    builders.the_etl_recreates_everything(database)

    assert guard.judges_health().verdict is Verdict.REFUSED
    assert guard.restores().written
    assert database.value("SELECT version FROM practice_guard.installation") == version
    guard.has_backed_up()

    assert database.value("SELECT version FROM practice_guard.installation") == installation.VERSION
    fresh = make_database()
    League(fresh).captain_schedules_practice(League(fresh).has_team())
    Guard(fresh).has_backed_up()
    assert form_of_the_tables(database) == form_of_the_tables(fresh)


def test_what_an_entry_wrote_is_found_by_an_index(backed_up: Guard, database: ScratchDatabase) -> None:
    assert database.count("pg_indexes", "tablename = 'ledger_rows' AND indexdef ~ '[(]ledger[)]$'") == 1


def test_version_1_is_what_it_was_when_it_was_released(
    database: ScratchDatabase, make_database: Callable[[], ScratchDatabase], monkeypatch: pytest.MonkeyPatch
) -> None:
    has_the_tables_of_version_1(database)
    fresh = make_database()
    monkeypatch.setattr(installation, "VERSION", 1)
    monkeypatch.setattr(installation, "_LADDER", ())
    guard = Guard(fresh)
    guard.with_connection(lambda connection: installation.ensure(connection, "local", guard.author.now))
    assert form_of_the_tables(database) == form_of_the_tables(fresh)


def test_bringing_up_twice_is_as_once(backed_up: Guard, database: ScratchDatabase) -> None:
    database.rows("UPDATE practice_guard.installation SET version = 1")
    form = form_of_the_tables(database)
    backed_up.has_backed_up()
    assert form_of_the_tables(database) == form
    assert database.value("SELECT version FROM practice_guard.installation") == installation.VERSION


def test_tables_of_a_newer_program_are_left_alone(backed_up: Guard, database: ScratchDatabase) -> None:
    database.rows("UPDATE practice_guard.installation SET version = 99")
    with refused(errors.SchemaError, "have version 99", database):
        backed_up.backs_up()
    with refused(errors.SchemaError, "have version 99", database):
        backed_up.restores()


@pytest.mark.parametrize("table", sorted(installation.TABLES))
def test_a_lost_table_of_the_guard_is_named(backed_up: Guard, database: ScratchDatabase, table: str) -> None:
    database.rows(f"DROP TABLE practice_guard.{table} CASCADE")
    with refused(errors.SchemaError, f"{table} is missing", database):
        backed_up.backs_up()
    with refused(errors.SchemaError, f"{table} is missing", database):
        backed_up.finds()


def test_an_empty_schema_of_that_name_is_as_good_as_none(league: League, database: ScratchDatabase) -> None:
    league.captain_schedules_practice(league.has_team())
    database.rows("CREATE SCHEMA practice_guard")
    assert Guard(database).has_backed_up().rows == 1


def test_a_command_aimed_at_another_environment_stops(backed_up: Guard, database: ScratchDatabase) -> None:
    crossed = dataclasses.replace(backed_up, author=somebody("staging"))
    for act in (crossed.backs_up, crossed.restores):
        with refused(errors.WrongDatabaseError, "is marked as local, but the command was aimed at staging", database):
            act()


def is_a_copy(database: ScratchDatabase) -> None:
    """What a restored dump looks like: the mark was made on another server."""
    database.rows("UPDATE practice_guard.installation SET system_identifier = '1'")


def test_a_copy_is_known_as_one_until_it_is_marked(backed_up: Guard, database: ScratchDatabase) -> None:
    before = database.value("SELECT uuid FROM practice_guard.installation")
    is_a_copy(database)
    staging = dataclasses.replace(backed_up, author=somebody("staging"))
    for guard in (backed_up, staging):
        with refused(errors.WrongDatabaseError, "a clone or a restored dump", database):
            guard.restores()

    done = marks(staging)

    assert (done.changed, done.after.environment, done.after.copied) == (True, "staging", False)
    assert database.value("SELECT uuid FROM practice_guard.installation") != before
    assert database.rows("SELECT kind, environment FROM practice_guard.ledger") == [("mark", "staging")]
    builders.the_etl_recreates_everything(database)
    assert staging.restores().written == 2
    with refused(errors.WrongDatabaseError, "is marked as staging", database):
        backed_up.backs_up()


def test_a_clone_on_the_same_server_is_a_copy(backed_up: Guard, database: ScratchDatabase, cluster: Cluster) -> None:
    name = f"{database.name}_clone"
    database.session().close()
    cluster.run("CREATE DATABASE {} TEMPLATE {}", name, database.name)
    clone = ScratchDatabase(cluster.url_of(name), name, cluster.server)
    try:
        for guard in (Guard(clone), Guard(clone, author=somebody("staging"))):
            with refused(errors.WrongDatabaseError, "a clone or a restored dump", clone):
                guard.restores()
        assert marks(Guard(clone, author=somebody("staging"))).changed
    finally:
        clone.close()
        cluster.run("DROP DATABASE {} WITH (FORCE)", name)


def test_a_database_that_is_no_copy_is_not_marked_otherwise_by_the_way(
    backed_up: Guard, database: ScratchDatabase
) -> None:
    staging = dataclasses.replace(backed_up, author=somebody("staging"))
    with refused(errors.WrongDatabaseError, "it is the very one that was marked as local", database):
        marks(staging)
    with refused(errors.WrongDatabaseError, "is marked as local, not as railway", database):
        marks(staging, was="railway")

    assert marks(staging, was="local").after.environment == "staging"


def test_marking_again_as_it_is_marked_changes_nothing(backed_up: Guard, database: ScratchDatabase) -> None:
    with nothing_written(database):
        assert not marks(backed_up).changed


def test_a_database_can_be_marked_before_its_first_backup(database: ScratchDatabase) -> None:
    assert marks(Guard(database)).after.environment == "local"
    with refused(errors.WrongDatabaseError, "is marked as local", database):
        Guard(database, author=somebody("staging")).backs_up()


def test_where_we_are_is_asked_once_in_a_transaction_and_anew_when_that_has_changed(
    database: ScratchDatabase, league: League
) -> None:
    def work(connection: Connection) -> None:
        with connection.transaction(Access.WRITE):
            assert installation.locate(connection) is installation.locate(connection)
            assert not installation.exists(connection)
            made = installation.ensure(connection, "local", NOON)
            assert (made.version, installation.locate(connection)) == (installation.VERSION, made)
            assert installation.exists(connection)
        assert connection.known == {}
        database.rows("UPDATE practice_guard.installation SET environment = 'staging'")
        with connection.transaction(Access.READ):
            assert installation.locate(connection).environment == "staging"

    Guard(database).with_connection(work)


@pytest.mark.parametrize("habit", ["psycopg2", "psycopg"])
def test_inside_an_etl_what_was_taken_back_is_not_taken_for_known(database: ScratchDatabase, habit: str) -> None:
    with caller(database, habit) as cursor:
        port = Borrowed(cursor)
        with port.transaction(Access.WRITE):
            with contextlib.suppress(InterruptedError), port.transaction(Access.WRITE):
                installation.ensure(port, "local", NOON)
                assert installation.locate(port).environment == "local"
                raise InterruptedError
            assert installation.locate(port).environment is None
            with port.transaction(Access.WRITE):
                installation.ensure(port, "local", NOON)
            assert installation.locate(port).environment == "local"


def test_a_lost_mark_stops_everything_until_it_is_set_again(backed_up: Guard, database: ScratchDatabase) -> None:
    database.rows("DELETE FROM practice_guard.installation")
    for act in (backed_up.backs_up, backed_up.restores):
        with refused(errors.WrongDatabaseError, "no mark any more", database):
            act()

    assert marks(backed_up).after.version == installation.VERSION
    assert backed_up.restores().written == 0


def test_a_renamed_database_is_still_the_same(backed_up: Guard, database: ScratchDatabase, cluster: object) -> None:
    data = exports(backed_up)
    database.rows("UPDATE practice_guard.installation SET database_name = 'what_it_was_called_before'")
    assert backed_up.restores().written == 0
    the_guards_schema_is_lost(database)
    assert not imports(backed_up, data).told_otherwise

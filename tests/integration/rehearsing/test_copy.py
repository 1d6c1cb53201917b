"""A copy: everything that is the application's, nothing of the guard's, and no way out of it."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pytest

from practice_guard.core import errors
from practice_guard.core.database import Access, Connection, addresses, connect
from practice_guard.core.rehearsing import copying, original, scratch, tools
from practice_guard.core.rehearsing.copying import Extensions, Ways
from practice_guard.demo import server as embedded
from tests.conftest import Cluster
from tests.world.builders import League, ScratchDatabase
from tests.world.guarding import Guard


@contextmanager
def copied(
    database: ScratchDatabase, cluster: Cluster, missing: Sequence[str] = ()
) -> Iterator[tuple[Connection, ScratchDatabase]]:
    """The database, copied into another one of the same server."""
    found = tools.find((*embedded.tool_directories(), *tools.usual_places(os.environ["PATH"])))
    with connect(database.url, application="test") as real, real.transaction(Access.READ):
        facts = original.read(real)
    chosen, _ = tools.choose(found, facts.version, [facts.version], "the server")
    name, source = scratch.new_name(), addresses.address(database.url)
    with connect(cluster.url, application="test") as server:
        assert scratch.create(server, name, facts)
        copy = ScratchDatabase(source.of(name).url, name)
        try:
            ways = Ways(source, source.of(name), dict(os.environ), dict(os.environ))
            extensions = Extensions([each for each in facts.extensions if each not in missing], missing)
            copying.copy(chosen, ways, extensions, patience=1.0)
            with connect(copy.url, application="test") as connection:
                yield connection, copy
        finally:
            copy.close()
            scratch.drop(server, name)


def number(relation: tuple[str, Counter[str]]) -> tuple[str, list[str]]:
    """The last number of a sequence; nothing of a table."""
    name, rows = relation
    return name, [row.split(",")[0] for row in rows] if name.endswith("_seq") else []


def test_a_copy_has_all_that_is_the_applications_and_nothing_of_the_guards(
    database: ScratchDatabase, league: League, guard: Guard, cluster: Cluster
) -> None:
    league.captain_schedules_practices(league.has_team(), 3)
    guard.has_backed_up()
    database.rows("CREATE SCHEMA shop; CREATE TABLE shop.carts (id serial PRIMARY KEY, note text)")
    database.rows("INSERT INTO shop.carts (note) VALUES ('two balls, %s; \\ \"new\"')")
    database.rows("SELECT lo_from_bytea(4711, 'a photo')")
    before = database.everything()
    with copied(database, cluster) as (_, copy):
        theirs = {name: rows for name, rows in before.items() if not name.startswith("practice_guard.")}
        found = copy.everything()
        assert len(theirs) < len(before)
        assert found.keys() == theirs.keys()
        tables = [name for name in theirs if not name.endswith("_seq")]
        assert {name: found[name] for name in tables} == {name: theirs[name] for name in tables}
        # how many numbers are logged ahead is no part of a dump
        assert dict(map(number, found.items())) == dict(map(number, theirs.items()))
        assert copy.value("SELECT lo_get(4711)") == b"a photo"
    assert database.everything() == before


def test_nobody_can_log_in_to_a_foreign_server_from_a_copy(database: ScratchDatabase, cluster: Cluster) -> None:
    database.rows("CREATE FOREIGN DATA WRAPPER elsewhere; CREATE SERVER website FOREIGN DATA WRAPPER elsewhere")
    for role in ("PUBLIC", "CURRENT_USER"):
        database.rows(f"CREATE USER MAPPING FOR {role} SERVER website OPTIONS (password 'sesame')")
    with copied(database, cluster) as (connection, copy):
        assert copy.count("pg_user_mappings") == 2
        assert scratch.close_ways_out(connection) == ("website",)
        assert copy.count("pg_user_mappings") == 0
    assert database.count("pg_user_mappings") == 2


def test_a_dump_that_cannot_have_its_locks_is_told_in_its_own_words(
    database: ScratchDatabase, cluster: Cluster
) -> None:
    with database.connect() as session:
        session.execute("BEGIN; LOCK TABLE schedule IN ACCESS EXCLUSIVE MODE")
        with (
            pytest.raises(errors.DatabaseError, match=r"could not be made\. pg_dump \d+ said: .*LOCK TABLE"),
            copied(database, cluster),
        ):
            pass


def test_a_server_that_does_not_sort_as_the_original_sorts_by_bytes(cluster: Cluster) -> None:
    name = scratch.new_name()
    with connect(cluster.url, application="test") as server:
        with server.transaction(Access.READ):
            facts = original.read(server)
        strange = original.Original(
            facts.version, 0, "UTF8", "tlh_QO.utf8", "tlh_QO.utf8", "c", None, (), (), facts.may_create, facts.role
        )
        try:
            assert not scratch.create(server, name, strange)
            found = ScratchDatabase(cluster.url_of(name), name)
            assert found.value("SELECT datcollate FROM pg_database WHERE datname = current_database()") == "C"
            found.close()
        finally:
            scratch.drop(server, name)


def test_an_extension_that_the_copys_server_does_not_have_is_left_out(
    database: ScratchDatabase, cluster: Cluster
) -> None:
    some = "SELECT name::text FROM pg_available_extensions WHERE name IN ('vector', 'citext') ORDER BY name LIMIT 1"
    name = database.value(some)
    database.rows(f"CREATE EXTENSION {name}; SELECT lo_from_bytea(4711, 'a photo')")
    with copied(database, cluster, [name]) as (_, copy):
        assert copy.rows("SELECT extname::text FROM pg_extension") == [("plpgsql",)]
        assert copy.value("SELECT lo_get(4711)") == b"a photo"

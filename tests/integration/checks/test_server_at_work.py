"""The server's own work, which gives way to whoever waits for it, is in nobody's way."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import resources

import psycopg
import pytest

from practice_guard.core.application import look
from practice_guard.core.checks.before import obstacles
from practice_guard.core.checks.before.scene import Scene
from practice_guard.core.checks.safety import Result
from practice_guard.core.records import installation
from practice_guard.demo import server as embedded
from tests.conftest import Cluster
from tests.world import maintenance
from tests.world.builders import League, ScratchDatabase
from tests.world.inspecting import SoundLeague, a_sound_league


@pytest.fixture
def sound(database: ScratchDatabase, league: League) -> SoundLeague:
    return a_sound_league(database, league)


def a_hundred_thousand_transactions_pass(sound: SoundLeague) -> None:
    sound.database.rows("CREATE TABLE passing (number int)")
    sound.database.rows(
        "DO $$ BEGIN FOR number IN 1..100000 LOOP "
        "BEGIN INSERT INTO passing VALUES (number); EXCEPTION WHEN division_by_zero THEN END; "
        "END LOOP; END $$"
    )
    sound.database.rows("DROP TABLE passing")


def test_an_autovacuum_is_in_nobodys_way(cluster: Cluster, sound: SoundLeague) -> None:
    with maintenance.autovacuum_takes_its_time(cluster.url, sound.database):
        assert sound.says("locks-in-the-way").status is Result.PASSED


def test_one_that_prevents_wraparound_gives_way_to_nobody(cluster: Cluster, sound: SoundLeague) -> None:
    sound.runs("ALTER TABLE schedule SET (autovacuum_freeze_max_age = 100000)")
    a_hundred_thousand_transactions_pass(sound)
    with maintenance.autovacuum_takes_its_time(cluster.url, sound.database):
        finding = sound.finds("locks-in-the-way")
    assert "(autovacuum worker) has ShareUpdateExclusiveLock on schedule" in finding.what


def test_who_comes_while_the_checks_are_made_comes_after_them(sound: SoundLeague) -> None:
    """In one transaction the server answers with what it said first of who is there; of locks it says what is so."""
    with sound.connected() as connection:
        app, place = look(connection, sound.guard.sets), installation.locate(connection)
        scene = Scene(sound.guard.at(connection), app, place)
        assert (obstacles.transactions(scene).findings, obstacles.locks(scene).findings) == ((), ())
        late = sound.database.connect(application_name="late")
        for statement in ("BEGIN", "LOCK TABLE teams IN EXCLUSIVE MODE", "SELECT pg_sleep(1.5)"):
            late.execute(statement)
        assert obstacles.locks(scene).findings == ()
    assert "(late) has ExclusiveLock on teams" in sound.finds("locks-in-the-way").what


@pytest.fixture
def of_its_own() -> Iterator[ScratchDatabase]:
    """A database of a server that prevents wraparound early and lets transactions be prepared.

    A role there may look at everything but sessions.
    """
    with embedded.running() as server:
        with psycopg.connect(server.url(), autocommit=True) as connection:
            connection.execute("ALTER SYSTEM SET autovacuum_freeze_max_age = 100000")
            connection.execute("ALTER SYSTEM SET max_prepared_transactions = 5")
            connection.execute("CREATE DATABASE league")
            connection.execute("CREATE ROLE engineer LOGIN IN ROLE pg_read_all_data")
        server.crash()  # it must begin anew
        database = ScratchDatabase(server.url("league"), "league", server)
        database.session().execute(resources.files("practice_guard.demo").joinpath("schema.sql").read_bytes())
        yield database
        database.close()


def test_who_may_not_see_what_a_worker_does_is_told_of_one_that_may_prevent_wraparound(
    of_its_own: ScratchDatabase,
) -> None:
    assert of_its_own.server is not None
    sound = a_sound_league(of_its_own, League(of_its_own))
    sound.is_seen_by("engineer")
    with maintenance.autovacuum_takes_its_time(of_its_own.server.url(), of_its_own):
        assert sound.says("locks-in-the-way").status is Result.PASSED
    a_hundred_thousand_transactions_pass(sound)
    with maintenance.autovacuum_takes_its_time(of_its_own.server.url(), of_its_own):
        finding = sound.finds("locks-in-the-way")
    assert "(unnamed) has ShareUpdateExclusiveLock on schedule" in finding.what


def test_a_prepared_transaction_is_in_the_way_until_it_is_ended(of_its_own: ScratchDatabase) -> None:
    sound = a_sound_league(of_its_own, League(of_its_own))
    for statement in ("BEGIN", "LOCK TABLE teams IN EXCLUSIVE MODE", "PREPARE TRANSACTION 'forgotten'"):
        of_its_own.rows(statement)
    finding = sound.finds("locks-in-the-way")
    assert "a prepared transaction (unnamed) has ExclusiveLock on teams" in finding.what
    assert "ROLLBACK PREPARED" in str(finding.fix)
    of_its_own.rows("ROLLBACK PREPARED 'forgotten'")
    assert sound.says("locks-in-the-way").status is Result.PASSED

"""A publication of all tables: what has no key cannot be changed there unless its rows name themselves."""

from __future__ import annotations

import pytest

from practice_guard.core.database import Access, Connection
from practice_guard.core.model import Team
from practice_guard.core.records import installation
from tests.world import builders
from tests.world.builders import League, ScratchDatabase
from tests.world.guarding import Guard
from tests.world.keeping import has_the_tables_of_version_1
from tests.world.whole_nights import does

NAMELESS = """
SELECT c.relname::text
  FROM pg_class AS c
 WHERE c.relnamespace = 'practice_guard'::regnamespace AND c.relkind = 'r' AND c.relname !~ '^s[0-9]{8}_'
   AND c.relreplident <> 'f'
   AND NOT EXISTS (SELECT FROM pg_index AS i WHERE i.indrelid = c.oid AND i.indisprimary)
"""


def test_every_table_of_the_guard_names_its_rows(league: League, database: ScratchDatabase, guard: Guard) -> None:
    league.captain_schedules_practices(league.has_team(), 1)
    guard.has_backed_up()
    assert database.rows(NAMELESS) == []


def test_tables_of_before_do_so_once_brought_up(database: ScratchDatabase, guard: Guard) -> None:
    has_the_tables_of_version_1(database)
    assert database.rows(NAMELESS)

    def brought_up(connection: Connection) -> None:
        with connection.transaction(Access.WRITE):
            installation.ensure(connection, "local", guard.author.now)

    guard.with_connection(brought_up)
    assert database.rows(NAMELESS) == []


@pytest.mark.usefixtures("place")
def test_whole_nights_an_undo_and_a_cleanup_go_through(
    league: League, database: ScratchDatabase, tennaqua: Team
) -> None:
    database.rows("CREATE PUBLICATION everything FOR ALL TABLES")
    league.captain_schedules_practices(tennaqua, 3)
    for _ in range(3):
        does(0, "backup")
        builders.the_etl_recreates_everything(database)
        does(0, "restore")
    does(0, "restore", "--undo", "3")
    does(0, "restore")
    does(0, "cleanup", "--keep-last", "1")
    assert database.count("practice_guard.snapshots") == 1

"""The server's own work: what autovacuum does in the background, made slow enough to be met."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import sql

from tests.world import nights
from tests.world.builders import ScratchDatabase

OF_ITS_OWN = {"autovacuum_naptime": "1s", "autovacuum": "on"}
SLOW = "autovacuum_vacuum_cost_delay = 100, autovacuum_vacuum_cost_limit = 1, autovacuum_vacuum_threshold = 0"
AT_WORK = """
    SELECT FROM pg_locks AS l JOIN pg_stat_activity AS a USING (pid)
     WHERE a.backend_type = 'autovacuum worker' AND a.datname = current_database()
       AND a.xact_start < clock_timestamp() - interval '1.5 seconds'
       AND l.relation = 'schedule'::regclass AND l.mode = 'ShareUpdateExclusiveLock'
"""


@contextmanager
def autovacuum_takes_its_time(server_url: str, database: ScratchDatabase) -> Iterator[None]:
    """For the block, the server cleans up after the import's deletions in `schedule`, and does not come to an end."""
    with psycopg.connect(server_url, autocommit=True) as server:
        for name, value in OF_ITS_OWN.items():
            server.execute(sql.SQL("ALTER SYSTEM SET {} = {}").format(sql.Identifier(name), value))
        server.execute("SELECT pg_reload_conf()")
        try:
            database.rows(f"ALTER TABLE schedule SET ({SLOW}, autovacuum_vacuum_scale_factor = 0)")
            database.rows(
                "INSERT INTO schedule (home_team, match_date) "
                "SELECT 'Nobody', current_date FROM generate_series(1, 50000)"
            )
            database.rows("DELETE FROM schedule WHERE home_team = 'Nobody'")
            nights.until(lambda: database.rows(AT_WORK))
            yield
            assert database.rows(AT_WORK), "it has ended meanwhile"
        finally:
            for name in OF_ITS_OWN:
                server.execute(sql.SQL("ALTER SYSTEM RESET {}").format(sql.Identifier(name)))
            server.execute("SELECT pg_reload_conf()")

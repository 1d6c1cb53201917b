"""The PostgreSQL that Debian comes with, which is older than those of the wheel; skipped where it is not installed."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import resources
from pathlib import Path

import psycopg
import pytest

from practice_guard.demo import server
from tests.world.builders import League, ScratchDatabase, practices_by_natural_key
from tests.world.callers import nothing_is_set
from tests.world.whole_nights import goes_through_everything

VERSION = 15
pytestmark = pytest.mark.skipif(not server.is_installed(VERSION), reason=f"there is no PostgreSQL {VERSION} here")

A_ROLE = """
CREATE ROLE app LOGIN;
REVOKE TEMPORARY ON DATABASE league FROM PUBLIC;
GRANT CREATE ON DATABASE league TO app;
GRANT USAGE ON SCHEMA public TO app;
GRANT ALL ON ALL TABLES IN SCHEMA public TO app;
GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO app
"""


@pytest.fixture(scope="module")
def older() -> Iterator[server.Server]:
    with server.running(VERSION) as started:
        yield started


@pytest.fixture
def league_there(older: server.Server) -> Iterator[ScratchDatabase]:
    with psycopg.connect(older.url(), autocommit=True) as connection:
        connection.execute("CREATE DATABASE league")
        try:
            database = ScratchDatabase(older.url("league"), "league", older)
            ddl = resources.files("practice_guard.demo").joinpath("schema.sql").read_bytes()
            database.session().execute(ddl)
            yield database
            database.close()
        finally:
            connection.execute("DROP DATABASE league WITH (FORCE)")


@pytest.mark.parametrize("role", ["postgres", "app"])
def test_a_whole_night_goes_through(
    league_there: ScratchDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, role: str
) -> None:
    """`app` may make no temporary tables: it is asked everything in one chain."""
    database, league = league_there, League(league_there)
    for series in ("Chicago 22", "Chicago 23"):
        team = league.has_team(series=series)
        league.captain_schedules_practices(team, 3)
        league.captain_writes_message(team)
    if role == "app":
        database.session().execute(A_ROLE.encode())
    nothing_is_set(monkeypatch, tmp_path)
    url = database.url if role == "postgres" else database.url_of(role)
    monkeypatch.setenv("PRACTICE_GUARD_LOCAL_URL", url)
    before = practices_by_natural_key(database)
    goes_through_everything(database, tmp_path, {"captain_messages": "team_id"})
    assert practices_by_natural_key(database) == before

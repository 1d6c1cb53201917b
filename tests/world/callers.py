"""ETLs with a connection of their own, of either driver and with whatever rows they like."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import psycopg
import psycopg2
import psycopg2.extras
import pytest
from psycopg import rows, sql

from practice_guard.demo.etl import LeagueImport
from practice_guard.demo.source import Source
from practice_guard.demo.variant import Variant
from tests.world.builders import League, ScratchDatabase

CONNECT: dict[str, Callable[[str], Any]] = {
    "psycopg2": psycopg2.connect,
    "psycopg2 dict": lambda url: psycopg2.connect(url, cursor_factory=psycopg2.extras.RealDictCursor),
    "psycopg2 named": lambda url: psycopg2.connect(url, cursor_factory=psycopg2.extras.NamedTupleCursor),
    "psycopg": psycopg.connect,
    "psycopg dict": lambda url: psycopg.connect(url, row_factory=rows.dict_row),
    "psycopg named": lambda url: psycopg.connect(url, row_factory=rows.namedtuple_row),
    "psycopg client-side": lambda url: psycopg.connect(url, cursor_factory=psycopg.ClientCursor),
}
"""How a caller connects, by its habit."""


@contextmanager
def caller(database: ScratchDatabase, habit: str = "psycopg2") -> Iterator[Any]:
    """A caller's cursor, in a transaction of the caller's own as soon as it is used."""
    connection = CONNECT[habit](database.url)
    try:
        yield connection.cursor()
    finally:
        connection.close()


def ask(cursor: Any, text: str) -> Any:
    """The one value of a one-row answer, whatever the caller's rows look like."""
    cursor.execute(text)
    row = cursor.fetchone()
    return next(iter(row.values())) if isinstance(row, dict) else row[0]


def the_teams_are_recreated(cursor: Any) -> None:
    """In plain statements, as any ETL can: foreign keys off, practices and teams gone, teams back under new ids."""
    cursor.execute("SET session_replication_role = replica")
    cursor.execute("CREATE TEMP TABLE imported AS SELECT * FROM teams")
    cursor.execute("DELETE FROM schedule")
    cursor.execute("DELETE FROM teams")
    cursor.execute(
        "INSERT INTO teams (club_id, series_id, league_id, team_name, display_name)"
        " SELECT club_id, series_id, league_id, team_name, display_name FROM imported ORDER BY id DESC"
    )
    cursor.execute("DROP TABLE imported")


def nothing_is_set(monkeypatch: pytest.MonkeyPatch, directory: Path) -> None:
    """As in a process that was told nothing about environments."""
    for name in ("PRACTICE_GUARD_ENV", "PRACTICE_GUARD_SCHEMA", "RAILWAY_ENVIRONMENT_NAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(directory)


def what_users_own(league: League) -> None:
    """Teams in the real naming habits with practices, matches between them, and what else users own."""
    teams = [
        league.has_team(club="Tennaqua", series="Chicago 22", name="Tennaqua - 22"),
        league.has_team(club="Tennaqua", series="Division 11", name="Tennaqua - 11 (Division 11)"),
        league.has_team(club="Hinsdale PC", series="Chicago 13 SW", name="Hinsdale PC I - 13 SW"),
        league.has_team(club="Wilmette", series="Series H(2)", league="CNSWPL", name="Wilmette H(2)"),
    ]
    for number, team in enumerate(teams):
        league.captain_schedules_practices(team, 2 + number)
    league.has_match(teams[0], teams[1])
    league.captain_sets_practice_time(teams[2])
    league.captain_writes_message(teams[0])
    league.has_user(league="APTA_CHICAGO")


PRACTICES = 2 + 3 + 4 + 5
ALL_ROWS = PRACTICES + 3
"""What a backup of that counts."""


@dataclass
class LogsItself:
    """An ETL's object that logs with `self.log(message, level)` and has no `.info` or `.error`."""

    lines: list[tuple[str, str]] = field(default_factory=list)

    def log(self, message: str, level: str = "INFO") -> None:
        self.lines.append((level, message))

    def said(self, level: str) -> list[str]:
        return [message for each, message in self.lines if each == level]


class _Psycopg2AsPsycopg:
    """The demo's ETL speaks psycopg; this lets it run on an ETL's psycopg2 connection, plain rows or not."""

    def __init__(self, connection: Any, *, commits: bool) -> None:
        self._connection, self._commits, self.rowcount = connection, commits, 0

    def execute(self, statement: str | sql.Composable, parameters: object = None) -> Any:
        cursor = self._connection.cursor(cursor_factory=psycopg2.extensions.cursor)
        cursor.execute(_text(statement), parameters)
        return cursor

    @contextmanager
    def cursor(self) -> Iterator[Any]:
        yield self

    def executemany(self, statement: sql.Composable, many: list[object]) -> None:
        self.rowcount = sum(self.execute(statement, each).rowcount for each in many)

    def commit(self) -> None:
        if self._commits:
            self._connection.commit()


def _text(statement: str | sql.Composable) -> str:
    return statement if isinstance(statement, str) else statement.as_string(None)


def the_etl_imports(
    cursor: Any, website: Source, *variant: str, commits: bool = True, commit_every: int = 1000
) -> None:
    """One import of the demo's ETL on a caller's psycopg2 connection; without commits it leaves that to the caller."""
    connection = cast("Any", _Psycopg2AsPsycopg(cursor.connection, commits=commits))
    LeagueImport(connection, website, Variant.parse(variant), commit_every=commit_every, out=io.StringIO()).run()

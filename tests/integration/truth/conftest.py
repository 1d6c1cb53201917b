"""What the tests of the truth have in common."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.world.builders import League, ScratchDatabase
from tests.world.callers import nothing_is_set
from tests.world.seasons import two_teams

COPIED = ("leagues", "clubs", "series", "club_leagues", "series_leagues", "teams", "players", "schedule", "users",
          "practice_times", "captain_messages", "polls", "poll_choices", "poll_responses")  # fmt: skip


@pytest.fixture
def place(database: ScratchDatabase, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The directory in which the program works, aimed at the test's database and told nothing else."""
    nothing_is_set(monkeypatch, tmp_path)
    monkeypatch.setenv("PRACTICE_GUARD_LOCAL_URL", database.url)
    return tmp_path


@pytest.fixture
def two_schemas(league: League, database: ScratchDatabase, place: Path) -> ScratchDatabase:
    """Another schema with tables of the same names, and fewer practices."""
    two_teams(league)
    database.rows("CREATE SCHEMA other")
    for table in COPIED:
        database.rows(f"CREATE TABLE other.{table} (LIKE public.{table} INCLUDING ALL)")
        database.rows(f"INSERT INTO other.{table} SELECT * FROM public.{table}")
    database.rows("DELETE FROM other.schedule WHERE id > 1")
    database.rows("UPDATE other.schedule SET location = 'Elsewhere'")
    return database

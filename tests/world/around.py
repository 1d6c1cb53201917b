"""`run` in this process, around an import that is a process of its own and sends the statements it is given."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass
from typing import Any

import pytest

from practice_guard.cli import app

_STATEMENTS = """
import sys, psycopg
with psycopg.connect(sys.argv[1], autocommit=True) as connection:
    for each in sys.argv[2:]:
        connection.execute(each)
"""

THE_TEAMS_ARE_NEW = (
    "SET session_replication_role = replica",
    "CREATE TEMP TABLE imported AS SELECT * FROM teams",
    "DELETE FROM schedule",
    "DELETE FROM teams",
    (
        "INSERT INTO teams (club_id, series_id, league_id, team_name, display_name)"
        " SELECT club_id, series_id, league_id, team_name, display_name FROM imported ORDER BY id DESC"
    ),
)
"""What an import does that hands out new ids, statement by statement."""

NOTHING_IS_NEW = ("SELECT nextval('teams_id_seq')",)
"""What an import leaves that finds everything as it is: an upsert numbers rows also where it makes none."""


A_WATCHED_RUN = """
INSERT INTO practice_guard.runs
       (started_at, started_by, host, pid, tool_version, environment, command, phase, finished_at)
VALUES (now(), 'x', 'night', 1, '0', 'local', '["etl"]', 'health', now())
"""
"""What is left of a run that is over, whatever its import did."""


@dataclass(frozen=True)
class Said:
    """What a command of the program answered."""

    status: int
    document: Any

    @property
    def codes(self) -> list[str]:
        """What it found, by code."""
        return [each["code"] for each in self.document["findings"]]

    def errors(self) -> set[str]:
        """What it found that refuses."""
        return {each["code"] for each in self.document["findings"] if each["severity"] == "error"}

    @property
    def words(self) -> str:
        """All that it says, with its line breaks taken away."""
        return " ".join(json.dumps(self.document, ensure_ascii=False).split())


def says(*arguments: str, etl: Sequence[str] = ()) -> Said:
    """One command, as people type it, and its answer as programs read it."""
    status, printed = _answers([*arguments, "--env", "local", "--json", *(["--", *etl] if etl else [])])
    return Said(status, json.loads(printed))


def prints(*arguments: str, etl: Sequence[str] = ()) -> tuple[int, str]:
    """One command, as people type it: its status, and its answer as people read it."""
    return _answers([*arguments, "--env", "local", *(["--", *etl] if etl else [])])


def _answers(words: Sequence[str]) -> tuple[int, str]:
    printed = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    with redirect_stdout(printed), pytest.raises(SystemExit) as ended:
        app(words)
    printed.seek(0)
    return int(ended.value.code or 0), printed.read()


def runs_around(etl: Sequence[str], *options: str) -> Said:
    """`run` with that import."""
    return says("run", *options, etl=etl)


def an_import(url: str, *statements: str) -> list[str]:
    """The command line of an import that sends these statements, each in a transaction of its own."""
    return [sys.executable, "-c", _STATEMENTS, url, *statements]

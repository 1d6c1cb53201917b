"""How many statements the commands send on a nearly empty database, counted on the wire: a question is asked once.

A statement is what goes to the server at a time: the line that opens a transaction with all its settings is one, and
so are the tables of a new snapshot.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from practice_guard.cli import app
from practice_guard.etl import functions as etl
from tests.world import builders
from tests.world.builders import League, ScratchDatabase
from tests.world.callers import CONNECT, nothing_is_set
from tests.world.nights import nothing_new
from tests.world.wire import Wire, wire_to

MOST = 60

Work = Callable[[], object]


@dataclass
class Overheard:
    """The program on a wire, and what each thing it did has sent."""

    wire: Wire
    sent: dict[str, list[str]] = field(default_factory=dict)

    def does(self, *words: str, etl: Sequence[str] = (), status: int = 0, called: str = "") -> None:
        """One command, as people type it, around an import where one is given."""
        line = [*" ".join(words).split(), "--env", "local", *(["--", *etl] if etl else [])]
        with self.listening(called or " ".join(words)):
            done = CliRunner().invoke(app, line)
        assert done.exit_code == status, (words, done.output)

    @contextmanager
    def listening(self, name: str) -> Iterator[None]:
        self.wire.break_at(None)
        yield
        self.sent[name] = [text for text in self.wire.requests if text != "terminate"]

    def counts(self) -> dict[str, int]:
        return {name: len(sent) for name, sent in self.sent.items()}

    def over(self, most: int) -> dict[str, int]:
        """What has sent more, for people to look at; all counts are printed."""
        print("\n" + "\n".join(f"{count:4} {name}" for name, count in self.counts().items()))
        return {name: count for name, count in self.counts().items() if count > most}


@pytest.fixture
def overheard(
    league: League, database: ScratchDatabase, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[Overheard]:
    """One team with a few rows of nearly every protected set."""
    team = league.has_team(players=["one", "other"])
    league.captain_schedules_practices(team, 3)
    league.captain_sets_practice_time(team)
    league.captain_writes_message(team)
    league.captain_asks(team)
    league.has_user(league="APTA_CHICAGO")
    nothing_is_set(monkeypatch, tmp_path)
    with wire_to(database.url) as wire:
        monkeypatch.setenv("PRACTICE_GUARD_LOCAL_URL", wire.url)
        yield Overheard(wire)


def test_no_command_sends_more_than_sixty_statements(overheard: Overheard, database: ScratchDatabase) -> None:
    does = overheard.does
    does("backup", called="the first backup")
    does("backup", called="the second backup")
    does("validate-safety")
    does("check-preservation")
    does("health")
    for reading in ("history", "protected", "snapshots", "snapshots show", "snapshots verify"):
        does(*reading.split())
    does("snapshots", "export", "latest", "night.practice-guard")
    does("restore", "--dry-run", called="restore --dry-run of nothing")
    does("restore", called="restore of nothing")
    does("cleanup", "--keep-last", "1")
    does("snapshots", "import", "night.practice-guard")

    builders.the_etl_recreates_everything(database)
    does("validate-safety", called="validate-safety after an import", status=3)
    does("check-preservation", called="check-preservation after an import", status=3)
    does("health", called="health after an import", status=3)
    does("restore", "--dry-run")
    does("restore")
    entry = str(database.value("SELECT max(id) FROM practice_guard.ledger WHERE kind = 'restore'"))
    does("restore", "--undo", entry, "--dry-run")
    does("restore", "--undo", entry)
    does("restore", called="restore after an undo")
    does("mark", "--confirm", "local")
    oldest = str(database.value("SELECT id FROM practice_guard.snapshots ORDER BY number LIMIT 1"))
    does("backup", called="the third backup")
    does("cleanup", "--snapshot", oldest, called="cleanup --snapshot")

    assert overheard.over(MOST) == {}


def test_a_first_backup_that_makes_the_tables_sends_no_more(overheard: Overheard) -> None:
    overheard.does("backup")
    assert overheard.over(MOST) == {}


def test_a_run_sends_what_its_commands_send_and_writes_down_each(
    overheard: Overheard, database: ScratchDatabase
) -> None:
    does = overheard.does
    does("backup", called="the first backup")
    commands = ("validate-safety", "backup", "check-preservation", "restore", "health", "cleanup")
    for command in commands:
        does(command)
    does("run", etl=nothing_new(database.url))
    counts = overheard.counts()
    written_down = 10 * len(commands)
    assert counts["run"] <= sum(counts[command] for command in commands) + written_down, counts


def test_the_number_of_snapshots_does_not_matter_to_a_backup(overheard: Overheard) -> None:
    for night in ("first", "second", "third", "fourth"):
        overheard.does("backup", called=night)
    counts = overheard.counts()
    assert counts["second"] == counts["third"] == counts["fourth"], counts


@pytest.mark.parametrize("habit", ["psycopg2", "psycopg"])
def test_inside_an_etl_a_call_sends_little_more(overheard: Overheard, habit: str) -> None:
    """A transaction is a savepoint there, and the caller's settings are pinned and put back with statements."""
    calls: dict[str, Callable[[Any], object]] = {
        "checks": etl.validate_etl_safety_preconditions,
        "backs up": etl.create_enhanced_practice_time_backup,
        "compares": etl.validate_team_id_preservation_post_etl,
        "restores": etl.restore_practice_times_with_fallback,
        "judges": lambda cursor: etl.validate_practice_time_health(cursor, 3),
        "cleans up": etl.cleanup_enhanced_backup_tables,
    }
    overheard.does("backup")
    connection = CONNECT[habit](overheard.wire.url)
    try:
        with connection.cursor() as cursor:
            for name, call in calls.items():
                with overheard.listening(name):
                    call(cursor)
        connection.commit()
    finally:
        connection.close()
    assert overheard.over(MOST + 30) == {}

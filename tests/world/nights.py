"""Nights: an import by the demo's ETL as a real process, with the program around it."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.world.builders import League, PlacedPractice, ScratchDatabase, practices_by_natural_key, the_website_now
from tests.world.program import PROGRAM, SECONDS, Guard, Outcome, outcome_of_code, start

_ETL = """
import os, signal, subprocess, sys, time
{before}
from practice_guard.demo.etl import main
status = main(sys.argv[1:])
{after}
sys.exit(status)
"""

_NOTHING_NEW = """
import sys, psycopg
with psycopg.connect(sys.argv[1]) as connection:
    connection.execute("SELECT nextval('teams_id_seq')")
"""

_ENDED = """
import os, signal, sys
from practice_guard.core.running import phases
from practice_guard import cli

def ended(work):
    def until_then(*arguments, **options):
        if {moment!r} == "end":
            work(*arguments, **options)
        {end}
    return until_then

phases.{phase} = ended(phases.{phase})
cli.main()
"""


@dataclass
class Night:
    """A league, what the website has, and the program. Every run's record is compared with what it printed."""

    database: ScratchDatabase
    guard: Guard
    directory: Path
    before: Counter[PlacedPractice] = field(default_factory=Counter)
    environment: dict[str, str] = field(default_factory=dict)
    _started: list[subprocess.Popen[str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.environment = {"TMPDIR": str(self.directory), "PRACTICE_GUARD_LOCAL_URL": self.database.url}

    @property
    def source(self) -> Path:
        return self.directory / "website.json"

    def begins(self) -> None:
        """From now on the website is what the league is now, and its practices are those to be found again."""
        the_website_now(self.database).write(self.source)
        self.before = practices_by_natural_key(self.database)

    def etl(self, *options: str, before: str = "", after: str = "") -> list[str]:
        """The command line of the import, with Python statements before and after it."""
        code = _ETL.format(before=before, after=after)
        return [sys.executable, "-c", code, "--url", self.database.url, "--source", str(self.source), *options]

    @property
    def nothing_new(self) -> list[str]:
        """The command line of an import that finds everything as it is."""
        return nothing_new(self.database.url)

    def runs(self, etl: Sequence[str], *options: str, env: dict[str, str] | None = None) -> Outcome:
        outcome = self.guard("run", *options, "--", *etl, env={**self.environment, **(env or {})})
        self.assert_recorded(outcome)
        return outcome

    def resumes(self, *options: str) -> Outcome:
        outcome = self.guard("run", "--resume", *options, env=self.environment)
        self.assert_recorded(outcome)
        return outcome

    def asks(self, *arguments: str) -> Outcome:
        return self.guard(*arguments, env=self.environment)

    def starts(self, *arguments: str, nohup: bool = False) -> subprocess.Popen[str]:
        """The program with these arguments, left at work."""
        return self.starts_process([*PROGRAM, *arguments], nohup=nohup)

    def starts_process(self, command: Sequence[str], *, nohup: bool = False) -> subprocess.Popen[str]:
        self._started.append(start(command, self.directory, self.environment, nohup=nohup))
        return self._started[-1]

    def is_killed(self, phase: str, moment: str, etl: Sequence[str], *options: str) -> None:
        """A run that gets SIGKILL at the beginning or the end of a phase, named as its function is."""
        outcome = self.is_ended(phase, moment, f"os.kill(os.getpid(), {signal.SIGKILL:d})", etl, *options)
        assert outcome.status == -signal.SIGKILL, outcome

    def is_ended(self, phase: str, moment: str, end: str, etl: Sequence[str], *options: str) -> Outcome:
        """A run in which a Python statement is run at the beginning or the end of a phase."""
        code = _ENDED.format(phase=phase, moment=moment, end=end)
        return outcome_of_code(code, ["run", "--json", *options, "--", *etl], self.directory, self.environment)

    def ends(self, process: subprocess.Popen[str]) -> Outcome:
        out, errors = process.communicate(timeout=SECONDS)
        return Outcome(process.returncode, out, errors)

    @property
    def record(self) -> dict[str, Any]:
        """The newest run as the database has it."""
        names = ("id", "phase", "status", "says", "etl_exit_code", "snapshot", "token", "command", "finished")
        row = self.database.rows(
            "SELECT id, phase, status, says, etl_exit_code, snapshot, token, command, finished_at IS NOT NULL"
            " FROM practice_guard.runs ORDER BY id DESC LIMIT 1"
        )[0]
        return dict(zip(names, row, strict=True))

    def assert_recorded(self, outcome: Outcome) -> None:
        """What was printed last, the status and the record are one."""
        recorded = self.database.rows("SELECT to_regclass('practice_guard.runs') IS NOT NULL")[0][0]
        unrecorded = (
            "There is no ETL",
            "no unfinished run",
            "was not confirmed",
            "Another practice-guard",
            "still lives",
        )
        said = " ".join((outcome.stdout + outcome.stderr).split())
        if not recorded or any(word in said for word in unrecorded) or "1 run not finished" in said:
            assert outcome.status
            return
        record = self.record
        assert record["status"] == outcome.status, outcome
        assert " ".join(str(record["says"]).split()) in said, outcome

    def every_practice_is_in_place(self) -> bool:
        return practices_by_natural_key(self.database) == self.before

    def wrote(self, name: str) -> Path:
        """A file that an ETL may write."""
        return self.directory / name

    def close(self) -> None:
        """End what is still at work, an ETL that lost its guard too."""
        for process in self._started:
            if process.poll() is None:
                process.kill()
            process.wait()
        for name in ("started", "done"):
            if self.wrote(name).exists():
                for word in self.wrote(name).read_text().split():
                    ends_by_force(int(word))
        for process in self._started:
            process.communicate()


def a_night(database: ScratchDatabase, guard: Guard, directory: Path) -> Night:
    """Three teams of two leagues with four practices each."""
    league = League(database)
    places = [
        ("Tennaqua", "Chicago 22", "APTA_CHICAGO"),
        ("Wilmette", "Chicago 11", "APTA_CHICAGO"),
        ("Midtown", "Series 2B", "NSTF"),
    ]
    for club, series, code in places:
        team = league.has_team(club=club, series=series, league=code)
        league.captain_schedules_practices(team, 4)
        league.captain_sets_practice_time(team)
    night = Night(database, guard, directory)
    night.begins()
    return night


def nothing_new(url: str) -> list[str]:
    """The command line of an import that finds everything as it is: an upsert numbers rows also where it makes none."""
    return [sys.executable, "-c", _NOTHING_NEW, url]


def has_practices_on_a_team_that_is_gone(night: Night) -> None:
    """So many that no first backup takes them for how things are."""
    session = night.database.connect()
    session.execute("SET session_replication_role = replica")
    session.execute(
        "INSERT INTO schedule (match_date, home_team, home_team_id)"
        " SELECT DATE '2026-03-01' + i, 'Tennaqua Practice - Chicago 22', 424242 FROM generate_series(1, 30) AS i"
    )
    session.commit()


def until(condition: Callable[[], object], *, seconds: float = 60.0) -> None:
    """Wait for something to become true."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come true in time"
        time.sleep(0.02)


def touch(path: Path) -> str:
    """A Python statement that makes a file."""
    return f"open({str(path)!r}, 'a').write(str(os.getpid()) + ' ')"


def wait_for(path: Path) -> str:
    """A Python statement that waits for a file."""
    return f"\nwhile not os.path.exists({str(path)!r}): time.sleep(0.02)\n"


def ends_by_force(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def shell(script: str, *arguments: str) -> list[str]:
    """A command line that the shell reads; the arguments are its `"$@"`."""
    return ["/bin/sh", "-c", script, *(["etl", *arguments] if arguments else [])]


def and_then(script: str, etl: Sequence[str]) -> list[str]:
    """What the shell does before it becomes an import."""
    return shell(f'{script}; exec "$@"', *etl)


def quoted(path: Path) -> str:
    return shlex.quote(str(path))

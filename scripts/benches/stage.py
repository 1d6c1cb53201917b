"""Two databases with the same league, one for the guard and one for plain SQL, and their states through a night."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass

from practice_guard.core.database import statement
from scripts.benches import league
from scripts.benches.league import Size
from scripts.benches.program import Program
from scripts.benches.server import Database, Server

NOT_PRESERVED = 3
"""The status of a check after an import that gave every team another id."""

LEAGUE, GUARDED, IMPORTED = "league", "guarded", "imported"
"""The states that are kept: the league alone, with a snapshot, and after the import that followed it."""


@dataclass
class Stage:
    """A league of one size. `plain` has the rows and the teams' names copied where `guard` has a snapshot."""

    size: Size
    guard: Database
    plain: Database
    program: Program

    def imports_of(self, *arguments: str, status: int = 0) -> None:
        """See what a command imports, and have it do its work."""
        self.program.learn(self.guard.url, *arguments, status=status)

    def build(self) -> None:
        """Make both databases and keep their states, and see by the way what each command imports."""
        say(f"{self.size}: making the league")
        self.guard.create()
        with self.guard.session() as session:
            league.make(session, self.size)
        self.guard.keep(LEAGUE)
        self._build_plain()
        say(f"{self.size}: the first night")
        self.imports_of("backup")
        self.guard.keep(GUARDED)
        self.imports_of("validate-safety")
        self._import(self.guard)
        self.guard.keep(IMPORTED)
        self.imports_of("check-preservation", status=NOT_PRESERVED)
        self.imports_of("restore", "--dry-run")
        self.imports_of("restore")
        self.imports_of("health")

    def _build_plain(self) -> None:
        self.plain.create_as(self.guard)
        self.query("names")
        self.plain.keep(LEAGUE)
        self.query("backup")
        self._import(self.plain)
        self.plain.keep(IMPORTED)

    @staticmethod
    def _import(database: Database) -> None:
        with database.session() as session:
            league.nightly_import(session)
            league.tidy(session)

    def query(self, name: str) -> float:
        """Have plain SQL do its part, its commit included; returns the seconds, without those of the connection."""
        text = statement("scripts.benches.plain", name, moved=statement("scripts.benches.plain", "moved"))
        with self.plain.session() as session:
            began = time.perf_counter()
            session.execute(text, {})
            return time.perf_counter() - began

    def drop(self) -> None:
        """Remove both databases."""
        self.guard.drop()
        self.plain.drop()


def staged(server: Server, program: Program, size: Size) -> Stage:
    """Build a stage; what was made of it is removed if that fails."""
    stage = Stage(size, server.database("guard"), server.database("plain"), program)
    try:
        stage.build()
    except BaseException:
        stage.drop()
        raise
    return stage


def say(line: str) -> None:
    """Say what goes on; results are on standard output, this is not."""
    sys.stderr.write(f"{line} ...\n")

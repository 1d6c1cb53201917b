"""One call of the program: its settings, its database, what it prints."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timezone
from typing import TYPE_CHECKING, NoReturn

import typer

from practice_guard import __version__, exits, settings
from practice_guard.commands.options import Output
from practice_guard.core import application
from practice_guard.core.application import Declared, ProtectedSet
from practice_guard.core.database import Access, Connection, Database, Timeouts, connect
from practice_guard.core.errors import AccessError, ConfirmationError, DatabaseError, GuardError, UsageError
from practice_guard.core.guarding import Guard, Request
from practice_guard.core.later import later
from practice_guard.core.model import Author, Finding, Severity
from practice_guard.core.records import Place, installation, runs
from practice_guard.render import json, logs, text
from practice_guard.render.outcome import Heading, Outcome
from practice_guard.render.progress import Log, Progress, Screen, Terminal, lines_to
from practice_guard.settings import Settings, Target

if TYPE_CHECKING:
    from rich.console import RenderableType

    from practice_guard.core.restore import needs
else:
    (needs,) = later("practice_guard.core.restore", "needs")

_BEFORE_IMPORTS = ("validate-safety", "backup", "run", "rehearse", "protected")
"""Commands before which nothing is at stake yet, so that what is declared can still be set right."""


@dataclass
class Call:
    """One call of a command: what it was given, and how it answers."""

    command: str
    env: str | None
    output: Output
    json_output: bool
    lock_timeout: float | None
    statement_timeout: float | None
    verbose: bool
    quiet: bool
    no_color: bool
    debug: bool
    now: datetime = field(default_factory=lambda: datetime.now(timezone.utc))
    heading: Heading = field(init=False)
    settings: Settings = field(init=False)
    target: Target = field(init=False)
    place: Place = field(init=False)
    declared: Declared | None = None
    checked: bool = False
    answered: bool = False
    unfinished: Finding | None = None
    writes: bool = False
    discreet: bool = False  # which database it is stays unsaid: two are looked at, and the names of both are known
    progress: Progress = field(init=False)

    def __post_init__(self) -> None:
        """Know the command's name before anything can go wrong."""
        self.heading = Heading(self.command)
        self.progress = Progress(self.screen())

    def screen(self) -> Screen | None:
        """Return where what goes on is shown: at a terminal that has all output, or in a log; no program is told."""
        if self.speaks_json or self.quiet:
            return None
        if self.speaks_logs:
            return Log(lambda message: logs.say(self.heading, message), at_once=True)
        if sys.stderr.isatty() and os.environ.get("TERM") != "dumb":
            return Terminal(text.console(sys.stderr, color=not self.no_color)) if sys.stdout.isatty() else None
        return Log(lines_to(sys.stderr))

    @property
    def speaks_json(self) -> bool:
        """Whether standard output is for a program."""
        return self.json_output or self.output is Output.JSON

    @property
    def speaks_logs(self) -> bool:
        """Whether standard output is Railway's log."""
        return not self.speaks_json and settings.on_railway() and not sys.stdout.isatty()

    @property
    def meant(self) -> str | None:
        """The environment that is meant, before it is aimed at; None where what is meant is none."""
        with suppress(UsageError):
            return settings.environment_of(settings.load(), self.env)
        return None

    @property
    def sets(self) -> tuple[ProtectedSet, ...]:
        """The protected sets: built in, and declared in the settings file."""
        return (self.declared or Declared()).everything

    @property
    def schema(self) -> str:
        """The application's schema."""
        return self.settings.database_schema

    @property
    def author(self) -> Author:
        """On whose behalf is written."""
        return Author(self.target.environment, __version__, self.now)

    @property
    def request(self) -> Request:
        """What the settings ask of a plan."""
        return settings.request(self.settings, self.declared)

    @property
    def patience(self) -> float:
        """Seconds to go on trying for locks."""
        return self.lock_timeout or self.settings.lock_timeout

    def guard(self, database: Database, request: Request | None = None) -> Guard:
        """Aim a guard at an open database, with what the settings and this call's options say."""
        aimed = settings.guard(self.settings, database, self.declared or Declared(), self.author)
        return replace(aimed, request=request or aimed.request, patience=self.patience, watcher=self.progress)

    def aim(self) -> Target:
        """Find out which database is meant, before it is connected to."""
        self.settings = settings.load()
        self.declared = self.declared or settings.load_declared(self.settings)
        self.target = settings.resolve(self.settings, self.env)
        where = {"host": self.target.host, "name": self.target.database, "fingerprint": None}
        self.heading = Heading(self.command, self.target.environment, None if self.discreet else where)
        return self.target

    @contextmanager
    def database(self, *, marked: bool = True, sets: bool = True) -> Iterator[Connection]:
        """Open the database that is meant.

        Args:
            marked: its mark must be that of the environment.
            sets: the protected sets are needed, so that the declared ones must fit the database.

        Raises:
            errors.WrongDatabaseError: it is marked for another environment.
        """
        self.aim()
        timeouts = Timeouts(self.patience, self.statement_timeout or self.settings.statement_timeout)
        name = f"practice_guard:{self.command}"
        self.progress.begins("connecting")
        self.progress.opens(f"{self.command} {'writes in' if self.writes else 'reads'} {self.heading.where}")
        with ExitStack() as stack:
            url = self.target.url.get_secret_value()
            try:
                connection = stack.enter_context(connect(url, application=name, timeouts=timeouts, schema=self.schema))
            except DatabaseError as error:
                raise settings.explained(error, self.target) from error
            self.progress.begins("reading")
            try:
                self._find_place(connection, marked=marked)
            except AccessError:  # imported for this alone, and for no command that may read what it reads
                with needs.told(self.guard(connection), self.command):
                    raise
            # Once: later in a run there is more at stake than a setting.
            if sets and self.declared and not self.checked:
                before = self.command in _BEFORE_IMPORTS
                application.check_declared(connection, self.declared, self.schema, apart=before)
                self.checked = True
            yield connection

    def _find_place(self, connection: Connection, *, marked: bool) -> None:
        with connection.transaction(Access.READ):
            self.place = installation.locate(connection)
            if not self.discreet:
                self.heading = self.heading.at(self.place.fingerprint)
            if marked:
                installation.check_mark(self.place, self.target.environment)
            self.unfinished = self._unfinished(connection)

    @contextmanager
    def reading(self, *, sets: bool = True, plans: bool = False) -> Iterator[Connection]:
        """Open the database that is meant, and in it a transaction in which PostgreSQL refuses every write.

        Args:
            sets: see `database`.
            plans: a plan is worked out in it, in tables of its own.

        Raises:
            errors.WrongDatabaseError: it is marked for another environment.
        """
        access = Access.PLAN if plans else Access.READ
        with self.database(sets=sets) as database, database.transaction(access):
            yield database

    def _unfinished(self, connection: Connection) -> Finding | None:
        """Tell of a run that is not finished; `run` and the checks before an ETL weigh it themselves."""
        found = runs.unfinished(connection)
        if found is None or self.command == "run" or not found.touched:
            return None
        alive = runs.alive(connection, found)
        finding = runs.finding(connection, found, alive=alive)
        return finding if alive else replace(finding, severity=Severity.WARNING)

    def confirm(self, given: str | None, *, yes: bool, what: str, always: bool = False) -> None:
        """Have the environment's name typed where a mistake would cost most (contract, "Options").

        Args:
            given: the name given by option.
            yes: nothing is to be asked where nothing needs to be typed.
            what: what is to be confirmed.
            always: it must be typed on every environment.

        Raises:
            ConfirmationError: it was not, or another name was.
        """
        self.progress.ends()
        name = self.aim().environment
        if not (self.target.protected or always):
            if not yes and sys.stdin.isatty() and not self.speaks_json:
                typer.confirm(f"{what} on {name}?", abort=True)
            return
        if given is None and sys.stdin.isatty() and not self.speaks_json:
            given = typer.prompt(f"{what} on {name}. Type the environment's name to go on", err=True)
        if given is None or settings.canonical(given) != name:
            said = "was not confirmed" if given is None else f"was confirmed as {given!r}"
            raise ConfirmationError(
                f"{what} on {name} {said}: the environment's name is to be typed, or given with --confirm {name}. "
                "Nothing was done.",
                next_steps=("Give the same command again, with the name of the environment confirmed.",),
            )

    def asks(self, given: str | None, *, yes: bool) -> bool:
        """Whether `confirm` would ask a person at a terminal."""
        if not sys.stdin.isatty() or self.speaks_json:
            return False
        return given is None if self.aim().protected else not yes

    def show(self, *shown: RenderableType) -> None:
        """Show a person what is asked about next."""
        self.progress.ends()
        console = text.console(color=not self.no_color)
        for each in shown:
            console.print(each, soft_wrap=False)

    def say(self, message: str, level: str = "info", **fields: object) -> None:
        """Say at once what goes on, to people and to Railway; a JSON document comes at the end only."""
        self.progress.ends()
        if self.speaks_logs:
            logs.say(self.heading, message, level, **fields)
        elif not (self.speaks_json or self.quiet):
            text.console(color=not self.no_color).print(text.line(message), soft_wrap=True)

    def answer(self, outcome: Outcome, *, aside: bool = False) -> NoReturn:
        """Print an outcome and end with its status; `aside` where standard output is taken by something else."""
        self.progress.closes()
        status = exits.of_verdict(outcome.verdict) if outcome.status is None else outcome.status
        if self.unfinished is not None and self.unfinished.code not in {each.code for each in outcome.findings}:
            outcome = replace(outcome, findings=(self.unfinished, *outcome.findings))
        self.answered = True
        if self.speaks_json:
            json.show(self.heading, outcome, status)
        elif self.speaks_logs and not aside:
            logs.show(self.heading, outcome, status)
        else:
            out = text.console(sys.stderr if aside else None, color=not self.no_color)
            text.show(out, self.heading, outcome, quiet=self.quiet)
        raise typer.Exit(status)

    def fail(self, error: BaseException) -> NoReturn:
        """Say what went wrong and end with its status."""
        self.progress.closes()
        status = exits.of_error(error)
        if isinstance(error, GuardError):
            error.next_steps = exits.next_steps(error, self.command)
        self.answered = True
        self.heading = replace(self.heading, meant=self.meant)
        if self.speaks_json:
            json.show_error(self.heading, error, status)
        elif self.speaks_logs:
            logs.show_error(self.heading, error, status)
        else:
            text.show_error(text.console(sys.stderr, color=not self.no_color), self.heading, error, status)
        raise typer.Exit(status)

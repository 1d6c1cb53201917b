"""A league in which nothing is amiss, and what the safety checks say of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from practice_guard.core.application import Proposal, exposed, look, sections
from practice_guard.core.checks import Safety, safety
from practice_guard.core.checks.before.scene import Scene
from practice_guard.core.checks.safety import Check
from practice_guard.core.database import Access, Connection, connect
from practice_guard.core.model import Finding, Team
from practice_guard.core.records import installation
from practice_guard.core.steps import Advice
from tests.world.builders import League, ScratchDatabase
from tests.world.guarding import NOON, Guard, somebody

UNPROTECTED = ("activity_log",)
REFERENCES = (
    ("practice_times", "team_id", "teams"),
    ("practice_times", "league_id", "leagues"),
    ("polls", "team_id", "teams"),
    ("users", "league_context", "leagues"),
)


@dataclass
class SoundLeague:
    """Two clubs' teams with everything that users own, a snapshot of it, and no fault anywhere."""

    database: ScratchDatabase
    league: League
    guard: Guard
    tennaqua: Team
    wilmette: Team
    url: str = ""
    options: dict[str, Any] = field(default_factory=dict)
    through: Callable[[Connection], Any] = lambda connection: connection

    def asks(self, **options: Any) -> Safety:
        """What the checks say, to this league's role and under its options."""
        wanted = {**self.options, **options}
        weighed = {name: wanted.pop(name) for name in ("overrides", "max_age") if name in wanted}
        author = somebody(wanted.pop("environment", "local")).later(wanted.pop("now", NOON))
        with self.connected(wanted.pop("access", Access.PLAN)) as connection:
            app, place = look(connection, self.guard.sets), installation.locate(connection)
            guard = replace(self.guard.at(self.through(connection)), author=author, **weighed)
            said = safety.check(Scene(guard, app, place, **wanted))
            assert connection.execute("SELECT 1") == [(1,)], "the transaction must be left usable"
            return said

    def asks_all_the_same(self) -> Safety:
        """What is said to a role that may not even be allowed to look around."""
        with self.connected() as connection:
            return safety.examine(self.guard.at(connection))

    @contextmanager
    def connected(self, access: Access = Access.PLAN) -> Iterator[Connection]:
        with (
            connect(self.url or self.database.url, application="test") as connection,
            connection.transaction(access),
        ):
            yield connection

    def says(self, code: str, **options: Any) -> Check:
        """What one check says."""
        (check,) = (each for each in self.asks(**options).checks if each.code == code)
        return check

    def finds(self, code: str, **options: Any) -> Finding:
        """The one finding of a code."""
        (finding,) = (each for each in self.asks(**options).findings if each.code == code)
        return finding

    def proposes(self, table: str) -> Proposal:
        """What would protect one table."""
        with self.connected() as connection:
            app = look(connection, self.guard.sets)
            made = sections.propose(connection, app, exposed.tables(connection, app))
        return next(each for each in made if each.table == table)

    def is_seen_by(self, role: str) -> None:
        """From now on the checks run as that role."""
        self.url = self.database.url_of(f"{role}:secret")

    def sets_for_the_database(self, setting: str) -> None:
        """A default that new sessions of this database have, and the one we have open has not."""
        self.database.session().execute(f'ALTER DATABASE "{self.database.name}" SET {setting}'.encode())

    def runs(self, statements: Advice | tuple[Advice, ...]) -> None:
        """What a person does in psql, statement by statement."""
        assert isinstance(statements, str)
        for each in statements.split(";\n"):
            lines = [line for line in each.splitlines() if line.strip() and not line.lstrip().startswith("--")]
            if lines:
                self.database.session().execute("\n".join(lines).encode())


def a_sound_league(database: ScratchDatabase, league: League) -> SoundLeague:
    """Made, and backed up."""
    for table in UNPROTECTED:
        database.rows(f"DROP TABLE {table}")
    for table, column, parent in REFERENCES:
        database.rows(f"ALTER TABLE {table} ADD FOREIGN KEY ({column}) REFERENCES {parent} (id)")
    tennaqua, wilmette = league.has_team(), league.has_team(club="Wilmette")
    for team in (tennaqua, wilmette):
        league.captain_schedules_practices(team, 3)
        league.captain_sets_practice_time(team)
        league.captain_writes_message(team)
        league.captain_asks(team)
    league.has_user(league="APTA_CHICAGO")
    guard = Guard(database)
    guard.has_backed_up()
    return SoundLeague(database, league, guard, tennaqua, wilmette)


NEXT_WEEK = dt.date(2026, 3, 2)

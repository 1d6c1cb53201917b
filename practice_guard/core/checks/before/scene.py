"""What a check looks at, what it answers, and the savepoint that keeps one failure from ending all checks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, TypeVar, cast

from practice_guard.core.application import Application, BoundSet, Table
from practice_guard.core.database import Database, Row, statement
from practice_guard.core.guarding import Guard
from practice_guard.core.model import Finding, Team
from practice_guard.core.records import Place

T = TypeVar("T")

_ROLE = "role"


@dataclass(frozen=True, slots=True)
class Answer:
    """What one check says: a line for people, and the findings.

    Attributes:
        says: one line; where there are findings, the first one says it better.
        findings: what is wrong, all of the check's own code.
        looked: False where it could not look at everything.
        measured: it only measures, and has no opinion.
    """

    says: str
    findings: tuple[Finding, ...] = ()
    looked: bool = True
    measured: bool = False


@dataclass(frozen=True, slots=True)
class Role:
    """Who we are to the server, and which server that is.

    Attributes:
        name: quoted for a GRANT.
        database: quoted likewise.
        version: the server's major version.
        process: the one that serves this transaction, by its own account.
    """

    name: str
    database: str
    version: int
    process: int


@dataclass
class Scene:
    """Everything that the checks look at.

    Attributes:
        guard: with a READ ONLY, REPEATABLE READ transaction open.
        app: the schema, the protected sets and the teams, read in that transaction.
        place: which database this is.
        inside_etl: the connection is an ETL's own, which turns foreign keys and triggers off.
        etl_tables: what the ETL deletes and imports again.
        long_transaction: how long another transaction may be open.
    """

    guard: Guard
    app: Application
    place: Place
    inside_etl: bool = False
    etl_tables: frozenset[str] = frozenset()
    long_transaction: timedelta = timedelta(minutes=5)
    _known: dict[Callable[[Any], object], object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Take what the database has for the ETL's own, where nobody says otherwise."""
        self.etl_tables = self.etl_tables or self.app.catalog.etl_tables

    def once(self, work: Callable[[Scene], T]) -> T:
        """Return what `work` makes of this scene; it is done once however many checks ask."""
        if work not in self._known:
            self._known[work] = work(self)
        return cast("T", self._known[work])

    @property
    def database(self) -> Database:
        """The guard's database."""
        return self.guard.database

    @property
    def environment(self) -> str:
        """The one that the command is aimed at."""
        return self.guard.author.environment

    @property
    def role(self) -> Role:
        """Who looks."""
        return self.once(_role)

    @property
    def protected_tables(self) -> Sequence[Table]:
        """The tables with protected rows, each once."""
        return list({bound.table.name: bound.table for bound in self.app.sets}.values())

    def hidden(self, bound: BoundSet) -> str | None:
        """Say why the rows of a set cannot be seen as they are, or None where they can."""
        return self.once(_hidden_tables).get(bound.table.name)

    def team(self, number: int | None) -> Team | None:
        """Return the team of that id."""
        return self.once(_teams).get(number) if number is not None else None

    def named(self, number: int | None) -> str:
        """Write the team of that id as people do."""
        team = self.team(number)
        return str(team.identity) if team else f"a team that is not there (id {number})"


def _teams(scene: Scene) -> dict[int, Team]:
    return {team.id: team for team in scene.app.now.teams}


def _role(scene: Scene) -> Role:
    return role_of(scene.database)


def role_of(database: Database) -> Role:
    """Ask the server, once in a transaction, who we are to it."""
    known = database.known
    if _ROLE not in known:
        known[_ROLE] = Role(*database.execute(statement(__name__, "role"))[0])
    return cast("Role", known[_ROLE])


def visible(database: Database, tables: Sequence[int]) -> list[Row]:
    """Return of each table its oid and whether this role may use its schema, may read it, and is kept from rows."""
    return database.execute(statement(__name__, "visible"), {"tables": list(tables)})


def _hidden_tables(scene: Scene) -> dict[str, str]:
    tables = {table.oid: table for table in scene.protected_tables}
    hidden: dict[str, str] = {}
    for oid, usage, select, secured in visible(scene.database, [*tables]):
        name = tables[oid].name
        if not usage:
            hidden[name] = f"this role has no USAGE on the schema {tables[oid].schema}"
        elif not select:
            hidden[name] = f"this role has no SELECT on {name}"
        elif secured:
            hidden[name] = f"row level security hides rows of {name} from this role"
    return hidden


def shown(text: str) -> str:
    """Return a composed piece of SQL as people write it, with per cent signs single again."""
    return text.replace("%%", "%")

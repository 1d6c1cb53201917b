"""The guard's own schema in the database: made at the first backup, marked with its environment, versioned."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from practice_guard.core import errors
from practice_guard.core.database import Database
from practice_guard.core.sql import statement

VERSION = 1
"""The version of the guard's tables that this program writes."""

SCHEMA = "practice_guard"

_CREATE = (
    "create_schema", "create_installation", "create_snapshots", "create_sets", "create_teams", "index_teams",
    "create_leagues", "create_ledger", "create_ledger_rows",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Place:
    """Which database this is, by the server's own account and by the guard's mark.

    A host name proves nothing on Railway, a standby shares its primary's system identifier, and a dump copies the
    guard's UUID: only all of them together tell databases apart (reliability, C1).

    Attributes:
        system: the server's system identifier.
        name: the database's name.
        oid: the database's oid.
        server_version: PostgreSQL's version.
        user: the role that logged in.
        read_only: a standby, or a database whose transactions are read-only by default.
        uuid: the guard's own; None before the first backup.
        environment: the environment it was marked with; None before the first backup.
        copied: the mark was made in another database than this one: a clone or a restored dump.
    """

    system: str
    name: str
    oid: int
    server_version: str
    user: str
    read_only: bool
    uuid: str | None = None
    environment: str | None = None
    copied: bool = False

    @property
    def fingerprint(self) -> dict[str, object]:
        """The parts by which a snapshot knows where it was taken."""
        return {"uuid": self.uuid, "system": self.system, "name": self.name, "oid": self.oid}


def locate(database: Database) -> Place:
    """Find out which database this is.

    Raises:
        errors.SchemaError: its guard's tables were made by a newer program.
    """
    system, name, oid, version, user, standby, read_only = database.execute(statement("storage", "here"))[0]
    place = Place(system, name, oid, version, user, standby or read_only)
    if not exists(database):
        return place
    found = database.execute(statement("storage", "installation"))
    if not found:
        return place
    tables, uuid, environment, marked_system, _, marked_oid = found[0]
    if tables > VERSION:
        raise errors.SchemaError(
            f"The guard's tables in this database have version {tables}; this program knows {VERSION}. "
            "Use the practice-guard that made them, or a newer one."
        )
    copied = (marked_system, marked_oid) != (system, oid)
    return Place(system, name, oid, version, user, standby or read_only, uuid, environment, copied)


def exists(database: Database) -> bool:
    """Whether this database has the guard's tables."""
    return bool(database.execute(statement("storage", "version"))[0][0])


def check_mark(place: Place, environment: str) -> None:
    """Refuse to go on in a database that is marked for another environment (design, invariant 7).

    Raises:
        errors.WrongDatabaseError: the marks are crossed, or this is a copy that nobody has marked anew.
    """
    if place.environment is None:
        return
    if place.environment != environment:
        raise errors.WrongDatabaseError(
            f"This database ({place.name}) is marked as {place.environment}, but the command was aimed at "
            f"{environment}: its settings point at the database of {place.environment}. Nothing was written.",
            next_steps=(f"Compare the URLs of {environment} and {place.environment} in the environment and in .env.",),
        )
    if place.copied:
        raise errors.WrongDatabaseError(
            f"This database carries the mark of another one: it is a clone or a restored dump of the {environment} "
            "database. Nothing was written."
        )


def ensure(database: Database, environment: str, now: datetime) -> Place:
    """Make the guard's tables if need be, mark the database, and return where we are. Runs in a writing transaction.

    Raises:
        errors.WrongDatabaseError: the database is marked for another environment.
        errors.AccessError: the role may not create the schema.
    """
    place = locate(database)
    check_mark(place, environment)
    if place.uuid is not None:
        return place
    for name in _CREATE:
        database.execute(statement("storage", name))
    database.execute(
        statement("storage", "mark"),
        {
            "version": VERSION,
            "environment": environment,
            "now": now,
            "system": place.system,
            "name": place.name,
            "oid": place.oid,
        },
    )
    return locate(database)

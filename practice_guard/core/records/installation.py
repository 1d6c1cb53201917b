"""The guard's own schema in the database: made at the first backup, marked with its environment, versioned.

The tables of version 1 are made as they were first released and every later version is a step on top, so that a new
database and an old one that was brought up go the same way. Whatever only reads, and `restore`, must do with the tables
of every version: in an emergency nothing is migrated first.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from practice_guard.core import errors
from practice_guard.core.database import Database, statement
from practice_guard.core.steps import IMPORT_AN_EXPORT, Step
from practice_guard.core.words import agreeing

SCHEMA = "practice_guard"

_FIRST = (
    "create_schema", "create_installation", "create_snapshots", "create_sets", "create_teams", "index_teams",
    "create_leagues", "create_ledger", "create_ledger_rows",
)  # fmt: skip
"""The statements that make the tables of version 1; never changed."""

_LADDER: tuple[tuple[str, ...], ...] = (
    ("to_2_imports", "to_2_digests"),
    ("to_3_runs", "to_3_one_run"),
    ("to_4_rows_by_entry",),
    ("to_5_rows_unasked",),
    ("to_6_keeps", "to_6_schemas", "to_6_runs", "to_6_any_run", "to_6_one_run"),
    ("to_7_team_lists", "to_7_ledger_rows"),
    ("to_8_outside_ids", "to_8_active"),
    ("to_9_parent_lists",),
)
"""The statements from each version to the next. Each may be run twice; none touches what a digest is made of."""

VERSION = 1 + len(_LADDER)
"""The version of the guard's tables that this program writes."""

TABLES = frozenset(
    {"installation", "snapshots", "snapshot_sets", "team_lists", "league_lists", "ledger", "ledger_rows"}
)
"""The tables of version 1, without which nothing can be trusted."""

_RUNS = "runs"
_NAMES = (*sorted(TABLES), _RUNS)
_PLACE, _TABLES = "place", "the guard's tables"


@dataclass(frozen=True, slots=True)
class Place:
    """Which database this is, by the server's own account and by the guard's mark.

    A host name proves nothing on Railway, a standby shares its primary's system identifier, and a dump copies the
    guard's UUID: only all of them together tell databases apart (reliability, C1).

    Attributes:
        system: the server's system identifier; another one after a dump is restored and after an upgrade of the server.
        name: the database's name, which may change.
        oid: the database's oid; another one after a dump is restored.
        server_version: PostgreSQL's version.
        user: the role that logged in.
        read_only: a standby, or a database whose transactions are read-only by default.
        uuid: the guard's own; None before the first backup.
        environment: the environment it was marked with; None before the first backup.
        copied: the mark was made in another database than this one: a clone or a restored dump.
        version: the version of the guard's tables; None where there are none.
        unmarked: the guard's tables are there and their mark is not.
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
    version: int | None = None
    unmarked: bool = False

    @property
    def fingerprint(self) -> dict[str, object]:
        """The parts by which a snapshot knows where it was taken."""
        return {"uuid": self.uuid, "system": self.system, "name": self.name, "oid": self.oid}


def locate(database: Database) -> Place:
    """Find out which database this is, once in a transaction.

    Raises:
        errors.SchemaError: its guard's tables were made by a newer program, or are not all there.
    """
    known = database.known
    if _PLACE not in known:
        known[_PLACE] = _located(database)
    found: Place = known[_PLACE]
    return found


def _located(database: Database) -> Place:
    row = database.execute(statement(__name__, "here"), {"names": list(_NAMES)})[0]
    system, name, oid, version, user, standby, read_only, tables = row
    database.known[_TABLES] = frozenset(tables)
    place = Place(system, name, oid, version, user, standby or read_only)
    if not exists(database):
        return place
    found = database.execute(statement(__name__, "installation"))
    if not found:
        return replace(place, version=1, unmarked=True)
    tables, uuid, environment, marked_system, _, marked_oid = found[0]
    if tables > VERSION:
        raise errors.SchemaError(
            f"The guard's tables in this database have version {tables}; this program knows {VERSION}. "
            "Use the practice-guard that made them, or a newer one."
        )
    copied = (marked_system, marked_oid) != (system, oid)
    return replace(place, uuid=uuid, environment=environment, copied=copied, version=tables)


def exists(database: Database) -> bool:
    """Whether this database has the guard's tables.

    Raises:
        errors.SchemaError: it has some of them only.
    """
    found = TABLES & _there(database)
    if found and found != TABLES:
        missing = sorted(TABLES - found)
        raise errors.SchemaError(
            f"The guard's own tables in this database are not all there: {', '.join(missing)} "
            f"{agreeing(len(missing), 'is', 'are')} missing. What is left cannot be trusted, and nothing was written.",
            next_steps=(
                "\\dt practice_guard.*   -- in psql: look at what is left, and save what is needed of it",
                "DROP SCHEMA practice_guard CASCADE;   -- only then",
                IMPORT_AN_EXPORT,
            ),
        )
    return bool(found)


def records_runs(database: Database) -> bool:
    """Whether this database has a record of runs; one that an older program made has not."""
    return _RUNS in _there(database)


def _there(database: Database) -> frozenset[str]:
    """Return which of the guard's tables there are, asked once in a transaction."""
    known = database.known
    if _TABLES not in known:
        rows = database.execute(statement(__name__, "tables"), {"names": list(_NAMES)})
        known[_TABLES] = frozenset(row[0] for row in rows)
    found: frozenset[str] = known[_TABLES]
    return found


def _forget(database: Database) -> None:
    """Ask anew: the tables or the mark were changed."""
    for name in (_TABLES, _PLACE):
        database.known.pop(name, None)


def check_mark(place: Place, environment: str) -> None:
    """Refuse to go on in a database that is marked for another environment (design, invariant 7).

    Raises:
        errors.WrongDatabaseError: the marks are crossed, this is a copy that nobody has marked anew, or there is no
            mark any more.
    """
    again = Step("mark", why=f"only if it really is {environment}")
    if place.unmarked:
        raise errors.WrongDatabaseError(
            f"This database ({place.name}) has the guard's tables and no mark any more: nothing says that it is "
            f"{environment}. Nothing was written.",
            next_steps=(again,),
        )
    if place.environment is None:
        return
    if place.copied:
        raise errors.WrongDatabaseError(
            f"This database ({place.name}) carries the mark of another one: it is a clone or a restored dump of the "
            f"database that was marked as {place.environment}. Nothing was written.",
            next_steps=(again,),
        )
    if place.environment != environment:
        raise errors.WrongDatabaseError(
            f"This database ({place.name}) is marked as {place.environment}, but the command was aimed at "
            f"{environment}: its settings point at the database of {place.environment}. Nothing was written.",
            next_steps=(f"Compare the URLs of {environment} and {place.environment} in the environment and in .env.",),
        )


def ensure(database: Database, environment: str, now: datetime, *, uuid: str | None = None) -> Place:
    """Make the guard's tables if need be, bring them up to date, mark the database, and return where we are.

    Runs in a writing transaction that holds the guard's lock.

    Args:
        database: where.
        environment: what to mark the database with where it has no mark.
        now: the time.
        uuid: the guard's UUID where the tables are made anew for a database that had them; None for a new one.

    Raises:
        errors.WrongDatabaseError: the database is marked for another environment.
        errors.AccessError: the role may not create the schema, or not change its tables.
    """
    place = locate(database)
    check_mark(place, environment)
    if place.version is None:
        database.execute(";\n".join(statement(__name__, name) for name in _FIRST))
        mark = {"version": 1, "uuid": uuid, "environment": environment, "now": now}
        database.execute(
            statement(__name__, "mark"), {**mark, "system": place.system, "name": place.name, "oid": place.oid}
        )
        _forget(database)
        place = locate(database)
    return _brought_up(database, place)


def remark(database: Database, place: Place, environment: str, now: datetime) -> Place:
    """Mark a database anew that has the guard's tables. Whether that may be done is `marking`'s word."""
    values = {
        "version": 1,
        "uuid": None,
        "environment": environment,
        "now": now,
        "system": place.system,
        "name": place.name,
        "oid": place.oid,
    }
    database.execute(statement(__name__, "mark" if place.unmarked else "remark"), values)
    _forget(database)
    return _brought_up(database, locate(database))


def _brought_up(database: Database, place: Place) -> Place:
    if place.version is None or place.version == VERSION:
        return place
    # Somebody may be reading the guard's tables; better to try again than to queue up with locks on the application's.
    steps = [statement(__name__, name) for step in _LADDER[place.version - 1 :] for name in step]
    database.execute(";\n".join(["SET LOCAL lock_timeout = '400ms'", *steps]))
    database.execute(statement(__name__, "set_version"), {"version": VERSION})
    database.execute("SET LOCAL lock_timeout = 0")
    _forget(database)
    return replace(place, version=VERSION)

"""What is asked of the database that is copied: in transactions in which PostgreSQL refuses every write."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from practice_guard.core.application import Catalog, imprint
from practice_guard.core.database import Database, statement
from practice_guard.core.findings import Overrides, found, weigh
from practice_guard.core.model import Finding
from practice_guard.core.steps import Step
from practice_guard.core.words import agreeing, counted


@dataclass(frozen=True, slots=True)
class Original:
    """What a copy of a database needs to know of it.

    Attributes:
        version: the server's major version.
        size: bytes, without the guard's own schema.
        encoding: how its text is written.
        collation: how it is sorted, by the C library's name.
        ctype: how letters are told apart, by the C library's name.
        provider: who sorts: `c` for the C library, `i` for ICU, `b` for PostgreSQL itself.
        locale: how, where that is not the C library.
        extensions: those that it has.
        roles: those that its policies and foreign servers name.
        may_create: whether the role that asks may make databases.
        role: that role.
    """

    version: int
    size: int
    encoding: str
    collation: str
    ctype: str
    provider: str
    locale: str | None
    extensions: Sequence[str]
    roles: Sequence[str]
    may_create: bool
    role: str


@dataclass(frozen=True, slots=True)
class Written:
    """How much was written in some tables so far, by the server's own count."""

    rows: int
    files: str

    def since(self, earlier: Written) -> int:
        """Return how many rows were written since; at least 1 where a table was emptied or written anew as a whole."""
        return max(self.rows - earlier.rows, int(self.files != earlier.files))


def read(database: Database) -> Original:
    """Read what a copy needs to know, in the transaction that is open."""
    return Original(*database.execute(statement(__name__, "facts"))[0])


def available(database: Database) -> frozenset[str]:
    """Return the extensions that a server could make, in the transaction that is open."""
    return frozenset(row[0] for row in database.execute(statement(__name__, "available")))


def written(database: Database, catalog: Catalog) -> Written:
    """Read how much was written in the ETL's tables so far, in the transaction that is open."""
    tables = [each.oid for each in imprint.etl_tables(catalog)]
    return Written(*database.execute(statement(__name__, "written"), {"tables": tables})[0])


def finding(rows: int, environment: str, overrides: Overrides) -> Finding:
    """Tell that rows of the ETL's tables were written in the original while its copy was at work."""
    what = (
        f"{counted(rows, 'row')} of the ETL's tables in {environment} itself {agreeing(rows, 'was', 'were')} written "
        "during the rehearsal."
    )
    why = "By another import, by people, or by the rehearsed ETL with a URL of its own. The guard only read it."
    fix = Step("health", why="whether every row is still in its place there")
    return weigh(found("original-written", what, why, fix), overrides)

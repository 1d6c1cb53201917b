"""The league to be measured in, made by the server itself so that a million rows take seconds; and its import."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from practice_guard.core.database import statement
from practice_guard.demo import load
from scripts.benches.server import Session


@dataclass(frozen=True, slots=True)
class Size:
    """How large a league is.

    Attributes:
        rows: practices, all teams together.
        teams: teams.
        players: players a team, on average; they are on three teams in five.
        matches: the ETL's own rows of `schedule`, a team.
    """

    rows: int
    teams: int
    players: int
    matches: int

    def __str__(self) -> str:
        return f"{self.rows:,} rows, {self.teams:,} teams"


def make(session: Session, size: Size) -> None:
    """Create the application's tables and fill them, with the planner's statistics as they are after a while."""
    load.schema(session)
    for name in ("make", "fill"):
        session.execute(statement(__name__, name), asdict(size))
    session.execute("VACUUM ANALYZE")


def nightly_import(session: Session) -> None:
    """Import everything anew under new ids; practices are gone. Statistics are left as they were."""
    with session.transaction():
        session.execute(import_text())


def import_text() -> str:
    """The import's statements, for one transaction; they take no parameters."""
    return statement(__name__, "import").replace("%%", "%")


def tidy(session: Session) -> None:
    """Take away what the import deleted, as autovacuum would have."""
    session.execute("VACUUM")

"""Lineups: a set that a file declares, beside the practices that are built in, and with as many rows."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tests.world.builders import ScratchDatabase
from tests.world.damage.country import LINEUPS


@dataclass(frozen=True)
class Kind:
    """A protected set of either kind: its name, its table, and the columns of the team and of what the row says."""

    name: str
    table: str
    team: str
    says: str

    def count(self, database: ScratchDatabase, condition: str = "true") -> int:
        return database.count(self.table, condition)


PRACTICES = Kind("practices", "schedule", "home_team_id", "home_team")
DECLARED = Kind("lineups", "lineups", "team_id", "note")
KINDS = (PRACTICES, DECLARED)


def each_practice_has_a_lineup(database: ScratchDatabase) -> None:
    """A table of the application's own, without a foreign key, whose rows say which practice they are for."""
    database.rows(
        "CREATE TABLE lineups (id serial PRIMARY KEY, team_id int, league_id int, note text NOT NULL,"
        " created_at timestamptz DEFAULT now())"
    )
    database.rows(
        "INSERT INTO lineups (team_id, league_id, note)"
        " SELECT home_team_id, league_id, home_team || ', ' || match_date FROM schedule ORDER BY id"
    )


def somebody_declares_lineups(place: Path) -> None:
    (place / "practice_guard.toml").write_text(LINEUPS)

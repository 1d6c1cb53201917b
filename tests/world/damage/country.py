"""Many small leagues in one database, whose rows say themselves which row they are and on which team they belong."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from practice_guard.core.application.declared import parse
from tests.world.builders import ScratchDatabase

LINEUPS = """
[[protected]]
name = "lineups"
table = "lineups"
teams = ["team_id"]
leagues = ["league_id"]
same = ["note"]
"""
SETS = parse(LINEUPS, "practice_guard.toml").everything

CLUBS = ("Larkmoor", "Birchholt")
PLACES = {
    "schedule": ("practices", "location", "home_team_id", "league_id"),
    "practice_times": ("practice_times", "location", "team_id", "league_id"),
    "captain_messages": ("captain_messages", "message", "team_id", None),
    "polls": ("polls", "question", "team_id", None),
    "lineups": ("lineups", "note", "team_id", "league_id"),
}
"""By table: its protected set, and the columns of the label, the team and the league."""

_EXTRA: dict[str, dict[str, str]] = {
    "schedule": {
        "home_team": "c.name || ' Practice - Series 1'",
        "away_team": "''",
        "match_date": "DATE '2026-01-05' + i",
    },
    "captain_messages": {"captain_user_id": "1"},
    "practice_times": {"day_of_week": "'Monday'"},
}
"""What else a row of a table says, as SQL."""


@dataclass(frozen=True)
class Spot:
    """Where a row hangs: on which team of which league, and which league it says; None where it is none."""

    team: tuple[str, str] | None
    league: str | None


class Country:
    """The database, as its import, its users and its operators reach it: nothing holds their statements back."""

    def __init__(self, database: ScratchDatabase, leagues: int) -> None:
        """Settle the leagues: two teams each, with three practices, a time, a message, a poll and a lineup."""
        self.database = database
        self.session = database.connect()
        self.leagues = [f"LEAGUE_{number:02}" for number in range(1, leagues + 1)]
        self.does("SET session_replication_role = replica")
        self.does("ALTER TABLE teams ADD UNIQUE (id, league_id)")
        self.does(
            "CREATE TABLE lineups (id serial PRIMARY KEY, team_id int, league_id int, note text NOT NULL,"
            " created_at timestamptz DEFAULT now(),"
            " FOREIGN KEY (team_id, league_id) REFERENCES teams (id, league_id) ON DELETE CASCADE)"
        )
        self.does("INSERT INTO users (email, password_hash) VALUES ('captain@example.org', 'x')")
        self.does("INSERT INTO clubs (name) SELECT unnest(%s::text[])", list(CLUBS))
        self.does("INSERT INTO series (name, display_name) VALUES ('Series 1', 'Series 1')")
        for code in self.leagues:
            self.lists(code)
        for table in PLACES:
            self.fills(table, self.leagues, 3 if table == "schedule" else 1)

    def does(self, text: str, *values: object) -> None:
        """One statement by somebody."""
        self.session.execute(text.encode(), values or None)

    def asks(self, text: str, *values: object) -> list[tuple[Any, ...]]:
        return self.session.execute(text.encode(), values or None).fetchall()

    def lists(self, code: str, ids: Iterable[int] = ()) -> None:
        """A league and its teams, under new ids or under these."""
        self.does("INSERT INTO leagues (league_id, league_name) VALUES (%s, %s)", code, code)
        numbers = list(ids) or [
            number for (number,) in self.asks("SELECT nextval('teams_id_seq') FROM unnest(%s)", [1, 2])
        ]
        self._lists_teams(code, numbers, CLUBS)

    def lists_one(self, code: str, club: str) -> None:
        """A team of a league that is there, under a new id."""
        ((number,),) = self.asks("SELECT nextval('teams_id_seq')")
        self._lists_teams(code, [number], [club])

    def _lists_teams(self, code: str, numbers: Sequence[int], clubs: Sequence[str]) -> None:
        self.does(
            "INSERT INTO teams (id, club_id, series_id, league_id, team_name, display_name)"
            " SELECT u.id, c.id, s.id, l.id, u.club || ' - 1', u.club"
            "   FROM unnest(%s::int[], %s::text[]) AS u (id, club) JOIN clubs c ON c.name = u.club"
            "  CROSS JOIN series s CROSS JOIN leagues l WHERE l.league_id = %s",
            list(numbers), list(clubs), code,
        )  # fmt: skip

    def fills(self, table: str, leagues: Iterable[str], times: int, word: str = "row") -> None:
        """Rows of a table for each team of these leagues; each label says whose it is."""
        _, label, team, league = PLACES[table]
        columns, values = [label, team], [f"concat_ws(' ', l.league_id, c.name, '{word}', '{table}', i)", "t.id"]
        if league:
            columns, values = [*columns, league], [*values, "l.id"]
        extra = _EXTRA.get(table, {})
        self.does(
            f"INSERT INTO {table} ({', '.join([*columns, *extra])}) SELECT {', '.join([*values, *extra.values()])}"
            " FROM teams t JOIN leagues l ON l.id = t.league_id JOIN clubs c ON c.id = t.club_id"
            f" CROSS JOIN generate_series(1, {times}) AS i WHERE l.league_id = ANY (%s) ORDER BY t.id, i",
            list(leagues),
        )

    def team(self, code: str, club: str) -> int:
        found = self.asks(
            "SELECT t.id FROM teams t JOIN leagues l ON l.id = t.league_id"
            " WHERE l.league_id = %s AND t.team_name = %s || ' - 1'", code, club,
        )  # fmt: skip
        return int(found[0][0])

    def tidies_up(self) -> None:
        """Captains correct in the evening what a day has left of their own: labels, and practices without a team."""
        self.does("DELETE FROM schedule WHERE home_team_id IS NULL OR home_team_id NOT IN (SELECT id FROM teams)")
        self.does(
            "UPDATE schedule AS x SET home_team = c.name || ' Practice - Series 1', league_id = t.league_id"
            "  FROM teams t JOIN clubs c ON c.id = t.club_id WHERE t.id = x.home_team_id"
            "   AND (x.home_team, x.league_id) IS DISTINCT FROM (c.name || ' Practice - Series 1', t.league_id)"
        )

    def looks(self) -> dict[tuple[str, str], list[Spot]]:
        """Where each row hangs now, by table and label, as often as it is there."""
        found: defaultdict[tuple[str, str], list[Spot]] = defaultdict(list)
        for table, (_, label, team, league) in PLACES.items():
            says = f"LEFT JOIN leagues s ON s.id = x.{league}" if league else "LEFT JOIN leagues s ON false"
            for name, code, club, said in self.asks(
                f"SELECT x.{label}, l.league_id, c.name, s.league_id FROM {table} x"
                f"  LEFT JOIN teams t ON t.id = x.{team} LEFT JOIN leagues l ON l.id = t.league_id"
                f"  LEFT JOIN clubs c ON c.id = t.club_id {says}"
            ):
                found[table, name].append(Spot((code, club) if code else None, said))
        return found

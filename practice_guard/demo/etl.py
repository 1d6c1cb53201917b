"""An ETL that does what the real one does: empties the league's tables, practices and all, and imports anew.

Run it as `python -m practice_guard.demo.etl --url URL --source FILE.json`. Source: database document,
"What the ETL does".
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import time
from collections.abc import Iterable, Sequence
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, TextIO

import psycopg
from psycopg import sql

from practice_guard.demo import source as sources
from practice_guard.demo.source import Source
from practice_guard.demo.variant import VARIANTS, Variant

OWN_TABLES = (
    "schedule",
    "series_stats",
    "match_scores",
    "player_history",
    "players",
    "teams",
    "series_leagues",
    "club_leagues",
    "series",
    "clubs",
    "leagues",
)
"""What the ETL empties, in its order."""

_KEPT_BY_UPSERT = ("teams", "series_leagues", "club_leagues", "series", "clubs", "leagues")
_HANG_SECONDS = 3600.0


class ImportFailedError(Exception):
    """The import failed, as it was told to."""


class LeagueImport:
    """One import. Commits every `commit_every` rows, so that a failure leaves half of the work."""

    def __init__(
        self,
        connection: psycopg.Connection[Any],
        source: Source,
        variant: Variant | None = None,
        *,
        fail_after: int | None = None,
        commit_every: int = 1000,
        out: TextIO | None = None,
    ) -> None:
        self.connection = connection
        self.variant = variant or Variant()
        self.source = self.variant.of(source)
        self.fail_after = fail_after
        self.commit_every = commit_every
        self.out = out or sys.stdout
        self.rows = 0

    def log(self, message: str, level: str = "INFO") -> None:
        """Says what goes on, with the time."""
        now = datetime.now(timezone.utc)
        self.out.write(f"[{now:%Y-%m-%d %H:%M:%S}] {level}: {message}\n")
        self.out.flush()

    def run(self) -> None:
        """Does the whole import.

        Raises:
            ImportFailedError: it was told to fail. What was committed stays.
        """
        began = time.monotonic()
        self.log("Starting import of all JSON files")
        self.connection.execute("SET session_replication_role = replica")
        self._rename_series()
        self._clear()
        names = sources.named(self.source.teams)
        dropped = len(self.source.teams) - len(names)
        if dropped:
            self.log(f"Skipped {dropped}: an earlier team has the same club and series", "WARNING")
        self._import_leagues()
        teams = self._import_teams(names)
        self._import_players(teams)
        self._import_matches(teams, {team.key: name for team, name in names})
        self.connection.commit()
        self.log(f"Import finished: {self.rows:,} rows in {time.monotonic() - began:.1f} s")

    def _clear(self) -> None:
        keep = _KEPT_BY_UPSERT if {"upsert", "rename-series"} & self.variant.names else ()
        tables = [table for table in OWN_TABLES if table not in keep]
        cleared = {}
        keep_practices = bool({"set-null", "dangling"} & self.variant.names)
        for table in tables:
            statement = sql.SQL("DELETE FROM {}").format(sql.Identifier(table))
            if table == "schedule" and keep_practices:
                statement += sql.SQL(" WHERE home_team NOT ILIKE '%practice%' OR home_team IS NULL")
            cleared[table] = self.connection.execute(statement).rowcount
            if "recycle" in self.variant:
                # As TRUNCATE … RESTART IDENTITY, which itself would want to empty captain_messages too.
                sequence = sql.Identifier(f"{table}_id_seq")
                self.connection.execute(sql.SQL("ALTER SEQUENCE {} RESTART").format(sequence))
        if "set-null" in self.variant:
            self.connection.execute("UPDATE schedule SET home_team_id = NULL, away_team_id = NULL, league_id = NULL")
        self.connection.commit()
        self.log(f"Cleared {', '.join(f'{table} {rows:,}' for table, rows in cleared.items())}")

    def _rename_series(self) -> None:
        if "rename-series" not in self.variant:
            return
        names = sources.series_to_rename(self.source)
        for old, new in names.items():
            self.connection.execute("UPDATE series SET name = %s, display_name = %s WHERE name = %s", (new, new, old))
        self.connection.commit()
        self.source = sources.with_series(self.source, names)
        self.log(f"Renamed {len(names)} series")

    def _import_leagues(self) -> None:
        teams = self.source.teams
        leagues = self._order(self.source.leagues)
        self._insert("leagues", [(code, self.source.leagues[code]) for code in leagues])
        self._insert("clubs", [(club,) for club in self._order(team.club for team in teams)])
        self._insert("series", [(name, name) for name in self._order(team.series for team in teams)])
        self._insert("club_leagues", list(dict.fromkeys((team.club, team.league) for team in teams)))
        self._insert("series_leagues", list(dict.fromkeys((team.series, team.league) for team in teams)))

    def _order(self, names: Iterable[str]) -> list[str]:
        unique = list(dict.fromkeys(names))
        return unique[::-1] if "recycle" in self.variant else unique

    def _import_teams(self, names: list[tuple[sources.SourceTeam, str]]) -> dict[str, tuple[int, int, int, int]]:
        """Returns the ids of team, league, club and series for each team's key."""
        if "recycle" in self.variant:
            # Moved by a third: nearly every id comes back, and on another team.
            third = len(names) // 3 or 1
            names = names[third:] + names[:third]
        self._insert(
            "teams",
            [(name, team.alias, name, team.club, team.series, team.league) for team, name in names],
            fail_after=len(names) // 2 if "fail-half-way" in self.variant else None,
        )
        rows = self.connection.execute(_TEAM_IDS).fetchall()
        ids = {(league, club, series): tuple(rest) for league, club, series, *rest in rows}
        return {team.key: ids[team.league, team.club, team.series] for team, _ in names}

    def _import_players(self, teams: dict[str, tuple[int, int, int, int]]) -> None:
        rows = [
            (player.id, "Player", player.id, league, club, series, team)
            for player in self.source.players
            if player.team in teams
            for team, league, club, series in [teams[player.team]]
        ]
        self._insert("players", rows)
        self._insert("player_history", [(team,) for team, *_ in teams.values()])
        self._insert("series_stats", [(team,) for team, *_ in teams.values()])

    def _import_matches(self, teams: dict[str, tuple[int, int, int, int]], names: dict[str, str]) -> None:
        if "hang" in self.variant:
            self.log("Waiting for the website", "WARNING")
            time.sleep(_HANG_SECONDS)
        matches = [match for match in self.source.matches if match.home in teams and match.away in teams]
        rows = []
        for match in matches:
            (home, league, *_), (away, *_) = teams[match.home], teams[match.away]
            rows.append((match.date, names[match.home], names[match.away], league, home, away))
        self._insert(
            "schedule",
            [(*row, match.time, match.location) for row, match in zip(rows, matches, strict=True)],
        )
        self._insert("match_scores", [(*row, *_score(match)) for row, match in zip(rows, matches, strict=True)])

    def _insert(self, table: str, rows: Sequence[tuple[object, ...]], *, fail_after: int | None = None) -> None:
        done = imported = 0
        while done < len(rows):
            size = min(self.commit_every - self.rows % self.commit_every, len(rows) - done)
            if self.fail_after is not None:
                size = min(size, self.fail_after - self.rows)
            if fail_after is not None:
                size = min(size, fail_after - done)
            if size <= 0:
                self.log(f"Import failed in {table} after {self.rows:,} rows", "ERROR")
                raise ImportFailedError(table)
            with self.connection.cursor() as cursor:
                cursor.executemany(_INSERT[table], rows[done : done + size])
                imported += cursor.rowcount
            done += size
            self.rows += size
            if self.rows % self.commit_every == 0:
                self.connection.commit()
        self.log(f"Imported {table}: {imported:,} rows")


_INSERT = {
    "leagues": sql.SQL(
        "INSERT INTO leagues (league_id, league_name) VALUES (%s, %s) ON CONFLICT (league_id) DO NOTHING"
    ),
    "clubs": sql.SQL("INSERT INTO clubs (name) VALUES (%s) ON CONFLICT (name) DO NOTHING"),
    "series": sql.SQL("INSERT INTO series (name, display_name) VALUES (%s, %s) ON CONFLICT (name) DO NOTHING"),
    "club_leagues": sql.SQL(
        "INSERT INTO club_leagues (club_id, league_id) SELECT c.id, l.id FROM clubs c, leagues l"
        " WHERE c.name = %s AND l.league_id = %s ON CONFLICT DO NOTHING"
    ),
    "series_leagues": sql.SQL(
        "INSERT INTO series_leagues (series_id, league_id) SELECT s.id, l.id FROM series s, leagues l"
        " WHERE s.name = %s AND l.league_id = %s ON CONFLICT DO NOTHING"
    ),
    "teams": sql.SQL(
        "INSERT INTO teams (club_id, series_id, league_id, team_name, team_alias, display_name)"
        " SELECT c.id, s.id, l.id, %s, %s, %s FROM clubs c, series s, leagues l"
        " WHERE c.name = %s AND s.name = %s AND l.league_id = %s"
        " ON CONFLICT (club_id, series_id, league_id) DO UPDATE SET team_name = excluded.team_name,"
        " team_alias = excluded.team_alias, display_name = excluded.display_name, updated_at = now()"
    ),
    "players": sql.SQL(
        "INSERT INTO players (tenniscores_player_id, first_name, last_name, league_id, club_id, series_id,"
        " team_id) VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING"
    ),
    "player_history": sql.SQL(
        "INSERT INTO player_history (player_id, league_id, series, date, end_pti)"
        " SELECT p.id, p.league_id, s.name, current_date, 30 FROM players p JOIN series s ON s.id = p.series_id"
        " WHERE p.team_id = %s"
    ),
    "series_stats": sql.SQL(
        "INSERT INTO series_stats (series, team, points, league_id, series_id, team_id)"
        " SELECT s.name, t.team_name, 0, t.league_id, t.series_id, t.id"
        " FROM teams t JOIN series s ON s.id = t.series_id WHERE t.id = %s"
    ),
    "schedule": sql.SQL(
        "INSERT INTO schedule (match_date, home_team, away_team, league_id, home_team_id, away_team_id,"
        " match_time, location) VALUES (%s, %s, %s, %s, %s, %s, %s, %s)"
    ),
    "match_scores": sql.SQL(
        "INSERT INTO match_scores (match_date, home_team, away_team, league_id, home_team_id, away_team_id,"
        " scores, winner) VALUES (%s, %s, %s, %s, %s, %s, %s, %s)"
    ),
}

_TEAM_IDS = """
SELECT l.league_id, c.name, s.name, t.id, l.id, c.id, s.id
FROM teams t JOIN leagues l ON l.id = t.league_id
    JOIN clubs c ON c.id = t.club_id JOIN series s ON s.id = t.series_id
"""


def _score(match: sources.SourceMatch) -> tuple[str, str]:
    number = hashlib.sha256(f"{match.home} {match.away} {match.date}".encode()).digest()[0]
    return f"6-{number % 5}, 6-{number % 3}", "home" if number % 2 else "away"


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one import from the command line; returns 0, or 1 when it failed."""
    parser = argparse.ArgumentParser(prog="python -m practice_guard.demo.etl", description=__doc__)
    parser.add_argument("--url", required=True, help="the database; it must have no password in it")
    parser.add_argument("--source", required=True, type=Path, help="the JSON file to import")
    variants = "; ".join(f"{name}: {what}" for name, what in VARIANTS.items())
    parser.add_argument("--variant", action="append", default=[], help=variants)
    parser.add_argument("--fail-after", type=int, metavar="N", help="fail after N rows; up to 999 of them are lost")
    parser.add_argument("--commit-every", type=int, default=1000, metavar="N", help="rows (default 1000)")
    options = parser.parse_args(arguments)
    try:
        variant = Variant.parse(options.variant)
    except ValueError as error:
        parser.error(str(error))
    source = Source.load(options.source)
    connection = psycopg.connect(options.url, application_name="import_all_jsons_to_database")
    try:
        LeagueImport(
            connection, source, variant, fail_after=options.fail_after, commit_every=options.commit_every
        ).run()
    except ImportFailedError:
        return 1
    finally:
        connection.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())

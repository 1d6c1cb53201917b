"""Leagues, captains, users and ETLs in the words of the domain, and an oracle that does not ask the program."""

from __future__ import annotations

import datetime as dt
import io
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql
from psycopg.pq import ExecStatus

from practice_guard.core.model import Team, TeamIdentity
from practice_guard.demo import source as sources
from practice_guard.demo.etl import ImportFailedError, LeagueImport
from practice_guard.demo.server import Server
from practice_guard.demo.source import Source
from practice_guard.demo.variant import Variant

Row = tuple[Any, ...]
MONDAY = dt.date(2026, 1, 5)
SEVEN = dt.time(19, 0)


@dataclass
class ScratchDatabase:
    """A database of this test's own, with the application's schema in it. `server` is None when it is not ours."""

    url: str
    name: str
    server: Server | None = None
    _open: list[psycopg.Connection[Row]] = field(default_factory=list)

    def connect(self, **options: Any) -> psycopg.Connection[Row]:
        """Another session, in autocommit mode; closed at the end of the test."""
        connection = psycopg.connect(self.url, autocommit=True, **options)
        self._open.append(connection)
        return connection

    def url_of(self, login: str) -> str:
        """The URL with another role, and perhaps its password: `role:password`."""
        parts = urlsplit(self.url)
        return urlunsplit(parts._replace(netloc=f"{login}@{parts.netloc.rpartition('@')[2]}"))

    def session(self) -> psycopg.Connection[Row]:
        """One session that the helpers share."""
        if not self._open or self._open[0].closed:
            self._open.insert(0, psycopg.connect(self.url, autocommit=True))
        return self._open[0]

    def rows(self, text: str, **parameters: Any) -> list[Row]:
        """What a statement returns; a `SELECT FROM …` without columns has rows too."""
        cursor = self.session().execute(text.encode(), parameters or None)
        returned = cursor.pgresult is not None and cursor.pgresult.status == ExecStatus.TUPLES_OK
        return cursor.fetchall() if returned else []

    def value(self, text: str, **parameters: Any) -> Any:
        return self.rows(text, **parameters)[0][0]

    def count(self, table: str, condition: str = "true") -> int:
        return int(self.value(f"SELECT count(*) FROM {table} WHERE {condition}"))

    def everything(self) -> dict[str, Counter[str]]:
        """All rows of all tables and sequences as text, to prove that nothing was written."""
        relations = self.rows(
            "SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE c.relkind IN ('r', 'S', 'p') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'"
        )
        return {
            f"{schema}.{name}": Counter(
                row[0]
                for row in self.session().execute(
                    sql.SQL("SELECT ROW(x.*)::text FROM {} x").format(sql.Identifier(schema, name))
                )
            )
            for schema, name in relations
        }

    def all_rows(self, schema: str = "") -> dict[str, Counter[str]]:
        """All rows of all tables, or of one schema's; sequences go forwards even where a transaction is taken back."""
        tables = ((name, rows) for name, rows in self.everything().items() if not name.endswith("_seq"))
        return {name: rows for name, rows in tables if not schema or name.startswith(f"{schema}.")}

    def close(self) -> None:
        for connection in self._open:
            connection.close()


@dataclass
class League:
    """Builds leagues in a database, a sentence at a time."""

    database: ScratchDatabase

    def has_team(
        self,
        *,
        club: str = "Tennaqua",
        series: str = "Chicago 22",
        league: str = "APTA_CHICAGO",
        name: str | None = None,
        alias: str | None = None,
        players: Iterable[str] = (),
    ) -> Team:
        """A team, and its league, club and series where they are new. Without a name: `Tennaqua - 22`."""
        name = name if name is not None else f"{club} - {series.rsplit(' ', 1)[-1]}"
        ids = {
            "club_id": self._id("clubs", {"name": club}),
            "series_id": self._id("series", {"name": series}, display_name=series),
            "league_id": self._id("leagues", {"league_id": league}, league_name=league),
        }
        self._link("club_leagues", club_id=ids["club_id"], league_id=ids["league_id"])
        self._link("series_leagues", series_id=ids["series_id"], league_id=ids["league_id"])
        team = self._insert("teams", **ids, team_name=name, team_alias=alias, display_name=name)
        for player in players:
            self._insert(
                "players", tenniscores_player_id=player, first_name="Player", last_name=player, team_id=team, **ids
            )
        return Team(team, league, club, series, name, alias)

    def captain_schedules_practice(
        self,
        team: Team,
        date: dt.date = MONDAY,
        time: dt.time = SEVEN,
        *,
        label: str | None = None,
        location: str | None = None,
        with_league: bool = True,
    ) -> int:
        """One practice, as the web application writes it; returns its id."""
        league = self.database.value("SELECT league_id FROM teams WHERE id = %(id)s", id=team.id)
        return self._insert(
            "schedule",
            match_date=date,
            match_time=time,
            home_team=label if label is not None else practice_label(team),
            away_team="",
            location=location if location is not None else team.club,
            league_id=league if with_league else None,
            home_team_id=team.id,
        )

    def captain_schedules_practices(self, team: Team, count: int, date: dt.date = MONDAY) -> list[int]:
        """A practice a week; returns their ids."""
        return [self.captain_schedules_practice(team, date + dt.timedelta(weeks=week)) for week in range(count)]

    def has_match(self, home: Team, away: Team, date: dt.date = MONDAY, time: dt.time = SEVEN) -> int:
        league = self.database.value("SELECT league_id FROM teams WHERE id = %(id)s", id=home.id)
        return self._insert(
            "schedule",
            match_date=date,
            match_time=time,
            home_team=home.name,
            away_team=away.name,
            location=home.club,
            league_id=league,
            home_team_id=home.id,
            away_team_id=away.id,
        )

    def captain_sets_practice_time(
        self, team: Team, day: str = "Monday", start: dt.time = SEVEN, end: dt.time = dt.time(20, 30)
    ) -> int:
        """A recurring practice; returns its id."""
        league = self.database.value("SELECT league_id FROM teams WHERE id = %(id)s", id=team.id)
        return self._insert(
            "practice_times",
            team_id=team.id,
            day_of_week=day,
            start_time=start,
            end_time=end,
            location=team.club,
            league_id=league,
        )

    def captain_writes_message(self, team: Team, message: str = "Bring balls") -> int:
        return self._insert("captain_messages", team_id=team.id, captain_user_id=self.has_user(), message=message)

    def captain_asks(
        self, team: Team, question: str = "Which day suits you?", choices: Iterable[str] = ("Monday", "Tuesday")
    ) -> int:
        """A poll with choices; returns its id."""
        poll = self._insert("polls", team_id=team.id, created_by=self.has_user(), question=question)
        for choice in choices:
            self._insert("poll_choices", poll_id=poll, choice_text=choice)
        return poll

    def has_user(self, *, league: str | None = None) -> int:
        """A user of the web application, with a league chosen or none; returns its id."""
        context = self.database.rows("SELECT id FROM leagues WHERE league_id = %(code)s", code=league)
        number = self.database.count("users") + 1
        return self._insert(
            "users",
            email=f"user{number}@example.org",
            password_hash="x",
            league_context=context[0][0] if context else None,
        )

    def _insert(self, table: str, **values: object) -> int:
        statement = sql.SQL("INSERT INTO {} ({}) VALUES ({}) RETURNING id").format(
            sql.Identifier(table),
            sql.SQL(", ").join(map(sql.Identifier, values)),
            sql.SQL(", ").join(map(sql.Placeholder, values)),
        )
        row = self.database.session().execute(statement, values).fetchone()
        assert row is not None
        return int(row[0])

    def _id(self, table: str, key: dict[str, str], **values: str) -> int:
        (column, value), *_ = key.items()
        found = self.database.rows(f"SELECT id FROM {table} WHERE {column} = %(value)s", value=value)
        return int(found[0][0]) if found else self._insert(table, **key, **values)

    def _link(self, table: str, **values: int) -> None:
        first, second = values
        self.database.rows(
            f"INSERT INTO {table} ({first}, {second}) VALUES (%({first})s, %({second})s) ON CONFLICT DO NOTHING",
            **values,
        )


def practice_label(team: Team) -> str:
    """`Tennaqua Practice - Chicago 22`."""
    return f"{team.club} Practice - {team.series}"


def the_etl_runs(
    database: ScratchDatabase,
    *variant: str,
    source: Source | None = None,
    change: Callable[[Source], Source] = lambda source: source,
    fail_after: int | None = None,
    commit_every: int = 1000,
) -> None:
    """One import of what is in the database, or of a source given, changed if wanted; the demo ETL's variants."""
    imported = change(source or the_website_now(database))
    with psycopg.connect(database.url) as connection:
        LeagueImport(
            connection,
            imported,
            Variant.parse(variant),
            fail_after=fail_after,
            commit_every=commit_every,
            out=io.StringIO(),
        ).run()


def the_website_now(database: ScratchDatabase) -> Source:
    """What the ETL would read, were the website just as the database is; keep it to bring teams back later."""
    return sources.read(database.session())


def the_etl_recreates_everything(database: ScratchDatabase) -> None:
    """All leagues, clubs, series and teams under new ids; practices gone."""
    the_etl_runs(database)


def the_etl_recycles_ids(database: ScratchDatabase) -> None:
    """Old ids now belong to other teams, where there are several; practices gone."""
    the_etl_runs(database, "recycle")


def the_etl_keeps_ids(database: ScratchDatabase) -> None:
    """Teams updated in place; practices gone all the same."""
    the_etl_runs(database, "upsert")


def the_etl_relabels_the_season(database: ScratchDatabase) -> None:
    """`Tennaqua - 22` in `Chicago 22` becomes `Tennaqua 22` in `Series 22`, with new ids."""
    the_etl_runs(database, "relabel")


def the_etl_leaves_practices_without_team(database: ScratchDatabase) -> None:
    the_etl_runs(database, "set-null")


def the_etl_leaves_practices_on_old_ids(database: ScratchDatabase) -> None:
    the_etl_runs(database, "dangling")


ETLS = (
    the_etl_recreates_everything,
    the_etl_recycles_ids,
    the_etl_keeps_ids,
    the_etl_leaves_practices_without_team,
    the_etl_leaves_practices_on_old_ids,
)
"""What an import can do to practices whose teams are all there afterwards."""


def the_etl_lacks_series(database: ScratchDatabase, series: str) -> None:
    the_etl_runs(database, f"drop-series={series}")


def the_etl_lacks_league(database: ScratchDatabase, league: str) -> None:
    the_etl_runs(database, f"drop-league={league}")


def the_etl_lacks_team(database: ScratchDatabase, name: str) -> None:
    the_etl_runs(database, f"drop-team={name}")


def the_etl_fails_half_way(database: ScratchDatabase) -> None:
    """Only the first half of the teams is there afterwards."""
    try:
        the_etl_runs(database, "fail-half-way", commit_every=1)
    except ImportFailedError:
        return
    raise AssertionError("the ETL was to fail")


def the_etl_empties_everything(database: ScratchDatabase) -> None:
    the_etl_runs(database, "empty")


def swap_ids(database: ScratchDatabase, one: int, other: int) -> None:
    """As an import that hands out ids anew does, with foreign keys off."""
    database.rows("SET session_replication_role = replica")
    for old, new in ((one, -1), (other, one), (-1, other)):
        database.rows("UPDATE teams SET id = %(new)s, updated_at = now() WHERE id = %(old)s", old=old, new=new)
    database.rows("RESET session_replication_role")


def the_app_writes_a_practice(
    database: ScratchDatabase, team: Team, date: dt.date = MONDAY, time: dt.time = SEVEN
) -> int:
    """A practice of the team as it is now, whatever its id was; returns the new row's id."""
    return League(database).captain_schedules_practice(team_now(database, team.identity), date, time)


def a_user_deletes_practice(database: ScratchDatabase, practice: int) -> None:
    database.rows("DELETE FROM schedule WHERE id = %(id)s", id=practice)


def a_user_moves_practice(database: ScratchDatabase, practice: int, *, date: dt.date) -> None:
    database.rows("UPDATE schedule SET match_date = %(date)s WHERE id = %(id)s", id=practice, date=date)


_TEAMS = """
SELECT t.id, l.league_id, c.name, s.name, t.team_name, t.team_alias
FROM teams t
    LEFT JOIN leagues l ON l.id = t.league_id
    LEFT JOIN clubs c ON c.id = t.club_id
    LEFT JOIN series s ON s.id = t.series_id
ORDER BY t.id
"""


def teams_now(database: ScratchDatabase) -> list[Team]:
    """All teams, by id."""
    return [Team(*row) for row in database.rows(_TEAMS)]


def team_now(database: ScratchDatabase, identity: TeamIdentity) -> Team:
    """The one team of this name and place."""
    (team,) = (team for team in teams_now(database) if team.identity == identity)
    return team


@dataclass(frozen=True)
class PlacedPractice:
    """A practice by natural keys: what it is, and where it hangs; its team is None when NULL or vanished."""

    date: dt.date | None
    time: dt.time | None
    label: str | None
    location: str | None
    league: str | None
    team: TeamIdentity | None
    vanished: bool = False


def practices_by_natural_key(database: ScratchDatabase) -> Counter[PlacedPractice]:
    """All practices with their teams' names and places, each with the number of times it is there. Knows no ids."""
    teams = {team.id: team.identity for team in teams_now(database)}
    rows = database.rows(
        "SELECT x.match_date, x.match_time, x.home_team, x.location, l.league_id, x.home_team_id,"
        " x.league_id IS NOT NULL FROM schedule x LEFT JOIN leagues l ON l.id = x.league_id"
        " WHERE x.home_team ILIKE '%practice%'"
    )
    return Counter(
        PlacedPractice(
            date,
            time,
            label,
            location,
            (league or "vanished") if has_league else None,
            teams.get(team),
            vanished=team is not None and team not in teams,
        )
        for date, time, label, location, league, team, has_league in rows
    )

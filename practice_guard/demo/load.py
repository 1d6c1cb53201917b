"""Writes a world into an empty database: the league through the ETL, what captains and users own by COPY."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterable, Sequence
from importlib import resources
from typing import Any

import psycopg
from psycopg import sql

from practice_guard.core.model import TeamIdentity
from practice_guard.demo.etl import LeagueImport
from practice_guard.demo.league import World

Connection = psycopg.Connection[Any]


def schema(connection: Connection) -> None:
    """Creates the application's tables."""
    connection.execute(resources.files("practice_guard.demo").joinpath("schema.sql").read_bytes())


def into(connection: Connection, world: World) -> None:
    """Writes the whole world and commits. The tables must be there, and empty."""
    LeagueImport(connection, world.source, out=io.StringIO()).run()
    connection.execute("SET session_replication_role = origin")
    leagues = dict(connection.execute("SELECT league_id, id FROM leagues").fetchall())
    teams = _teams(connection)
    _users(connection, world, leagues, teams)
    _practices(connection, world, leagues, teams)
    _messages(connection, world, teams)
    _others(connection, world, teams)
    connection.commit()
    autocommit, connection.autocommit = connection.autocommit, True
    connection.execute("ANALYZE")
    connection.autocommit = autocommit


def _teams(connection: Connection) -> dict[TeamIdentity, int]:
    rows = connection.execute(
        "SELECT l.league_id, c.name, s.name, t.team_name, t.id FROM teams t JOIN leagues l ON l.id = t.league_id"
        " JOIN clubs c ON c.id = t.club_id JOIN series s ON s.id = t.series_id"
    ).fetchall()
    return {TeamIdentity(*names): number for *names, number in rows}


def _users(connection: Connection, world: World, leagues: dict[str, int], teams: dict[TeamIdentity, int]) -> None:
    users = list(enumerate(world.users, 1))
    _copy(
        connection,
        "users",
        ("email", "password_hash", "first_name", "last_name", "league_context"),
        [(user.email, "x", "User", f"{number:04}", user.league and leagues[user.league]) for number, user in users],
    )
    _copy(
        connection,
        "user_player_associations",
        ("user_id", "tenniscores_player_id"),
        [(number, user.player) for number, user in users if user.player],
    )
    _copy(
        connection,
        "user_instructions",
        ("user_email", "instruction", "team_id"),
        [(world.users[0].email, text, teams[team]) for team, text in world.instructions.items()],
    )
    _copy(
        connection,
        "activity_log",
        ("user_id", "team_id", "action_type"),
        [(number, teams[world.teams[number % len(teams)]], "login") for number, _ in users],
    )
    _copy(connection, "groups", ("name", "creator_user_id"), [("Saturday four", 1)])
    _copy(connection, "group_members", ("group_id", "user_id"), [(1, number) for number, _ in users[:4]])


def _practices(connection: Connection, world: World, leagues: dict[str, int], teams: dict[TeamIdentity, int]) -> None:
    _copy(
        connection,
        "schedule",
        ("match_date", "match_time", "home_team", "away_team", "location", "league_id", "home_team_id"),
        (
            (
                practice.date,
                practice.time,
                practice.label,
                "",
                practice.location,
                practice.league and leagues[practice.league],
                teams[practice.team],
            )
            for practice in world.practices
        ),
    )
    _copy(
        connection,
        "practice_times",
        ("team_id", "day_of_week", "start_time", "end_time", "location", "league_id"),
        [
            (teams[time.team], time.day, time.start, time.end, time.location, leagues[time.team.league or ""])
            for time in world.practice_times
        ],
    )


def _messages(connection: Connection, world: World, teams: dict[TeamIdentity, int]) -> None:
    _copy(
        connection,
        "captain_messages",
        ("team_id", "captain_user_id", "message"),
        [(teams[message.team], message.user + 1, message.text) for message in world.messages],
    )
    _copy(
        connection,
        "polls",
        ("team_id", "created_by", "question"),
        [(teams[poll.team], poll.user + 1, poll.question) for poll in world.polls],
    )
    polls = list(enumerate(world.polls, 1))
    _copy(
        connection,
        "poll_choices",
        ("poll_id", "choice_text"),
        [(number, choice) for number, poll in polls for choice in poll.choices],
    )
    first_choice = 1
    for number, poll in polls:
        for choice, player in poll.responses:
            connection.execute(
                "INSERT INTO poll_responses (poll_id, choice_id, player_id)"
                " SELECT %s, %s, id FROM players WHERE tenniscores_player_id = %s AND team_id = %s",
                (number, first_choice + choice, player, teams[poll.team]),
            )
        first_choice += len(poll.choices)


def _others(connection: Connection, world: World, teams: dict[TeamIdentity, int]) -> None:
    """Write what hangs on players, series and clubs."""
    clubs = dict(connection.execute("SELECT name, id FROM clubs").fetchall())
    series = dict(connection.execute("SELECT name, id FROM series").fetchall())
    there = connection.execute("SELECT tenniscores_player_id, team_id, id FROM players").fetchall()
    players = {(outside_id, team): number for outside_id, team, number in there}
    said = [(each, players.get((each.player, teams[each.team]))) for each in world.availability]
    _copy(
        connection,
        "player_availability",
        ("player_id", "user_id", "match_date", "availability_status", "series_id"),
        [(player, 1, each.date, each.status, series.get(each.series or "")) for each, player in said if player],
    )
    _copy(
        connection,
        "pickup_games",
        ("description", "game_date", "game_time", "club_id"),
        [(game.description, game.date, dt.time(10), clubs[game.club]) for game in world.games],
    )


def _copy(connection: Connection, table: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)

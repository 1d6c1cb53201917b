"""Rows of users on clubs, series, players and courts besides those on teams, and an oracle by natural keys."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from practice_guard.core.application import (
    BUILT_IN,
    BUILT_IN_PARENTS,
    CLUBS,
    LEAGUES,
    PLAYERS,
    SERIES,
    Parent,
    ProtectedSet,
    Reference,
)
from practice_guard.demo.source import Source
from tests.world import builders
from tests.world.builders import League, ScratchDatabase

COURTS = Parent("courts", "courts", ("club_id", "label"), (("club_id", "clubs"),), source="settings")
SETS: tuple[ProtectedSet, ...] = (
    *BUILT_IN,
    ProtectedSet(
        "court_bookings", "court_bookings", (Reference("court_id", COURTS), Reference("player_id", PLAYERS)),
        source="settings",
    ),
    ProtectedSet("club_notes", "club_notes", (Reference("club_id", CLUBS),), source="settings"),
    ProtectedSet(
        "ladders", "ladders", (Reference("series_id", SERIES), Reference("league_id", LEAGUES)), source="settings"
    ),
)  # fmt: skip
PARENTS = (*BUILT_IN_PARENTS, COURTS)

SCHEMA = """
ALTER TABLE schedule ADD club_id int REFERENCES clubs;
ALTER TABLE captain_messages ADD series_id int;
ALTER TABLE user_instructions ADD series_id int REFERENCES series;
ALTER TABLE users ADD team_id int;
CREATE TABLE user_contexts (user_id int PRIMARY KEY REFERENCES users, team_id int, league_id int, series_id int,
    club_id int);
CREATE TABLE lineup_escrow (id serial PRIMARY KEY, initiator_team_id int REFERENCES teams, recipient_team_id int,
    lineup text NOT NULL);
CREATE TABLE food (id serial PRIMARY KEY, club_id int REFERENCES clubs, league_id int, food_text text NOT NULL);
CREATE TABLE courts (id serial PRIMARY KEY, club_id int NOT NULL REFERENCES clubs, label text NOT NULL);
CREATE TABLE court_bookings (id serial PRIMARY KEY, court_id int REFERENCES courts, player_id int, day date,
    made_by text NOT NULL);
CREATE TABLE club_notes (id serial PRIMARY KEY, club_id int NOT NULL REFERENCES clubs, note text NOT NULL);
CREATE TABLE ladders (id serial PRIMARY KEY, series_id int, league_id int, note text NOT NULL);
"""

ROWS = """
UPDATE schedule s SET club_id = t.club_id FROM teams t WHERE t.id = s.home_team_id;
UPDATE captain_messages m SET series_id = t.series_id FROM teams t WHERE t.id = m.team_id;
UPDATE users u SET team_id = t.id FROM teams t WHERE t.id = u.id;
INSERT INTO user_contexts SELECT u.id, t.id, t.league_id, t.series_id, t.club_id FROM users u, teams t WHERE
    t.id = 1 + u.id % 4 AND u.id < 6;
INSERT INTO user_contexts (user_id) VALUES (7);
INSERT INTO player_availability (player_id, series_id, match_date, availability_status, notes) SELECT id,
    series_id, '2026-02-01', 1, 'available ' || id FROM players;
INSERT INTO player_availability (match_date, availability_status, notes) VALUES ('2026-02-02', 2, 'nobody');
INSERT INTO pickup_games (description, game_date, game_time, club_id, series_low, series_high) SELECT 'Game '
    || name, '2026-02-03', '18:00', c.id, (SELECT min(id) FROM series), (SELECT max(id) FROM series) FROM
    clubs c;
INSERT INTO pickup_games (description, game_date, game_time) VALUES ('Anywhere', '2026-02-04', '18:00');
INSERT INTO user_instructions (user_email, instruction, team_id, series_id) SELECT 'a@example.org', 'Bring
    balls ' || id, id, series_id FROM teams;
INSERT INTO user_instructions (user_email, instruction) VALUES ('a@example.org', 'Be kind');
INSERT INTO lineup_escrow (initiator_team_id, recipient_team_id, lineup) SELECT a.id, b.id, a.id || ' against
    ' || b.id FROM teams a, teams b WHERE a.id < b.id;
INSERT INTO food (club_id, league_id, food_text) SELECT id, 1, 'Soup at ' || name FROM clubs;
INSERT INTO food (food_text) VALUES ('Bread');
INSERT INTO court_bookings (court_id, player_id, day, made_by) SELECT x.id, p.id, '2026-03-01', 'user ' ||
    x.id || p.id FROM courts x, players p WHERE p.id < 4;
INSERT INTO club_notes (club_id, note) SELECT id, 'Park behind ' || name FROM clubs;
INSERT INTO ladders (series_id, league_id, note) SELECT series_id, league_id, 'Ladder ' || id FROM teams;
INSERT INTO poll_responses (poll_id, choice_id, player_id) SELECT q.id, min(c.id), min(p.id) FROM polls q
    JOIN poll_choices c ON c.poll_id = q.id JOIN players p ON p.team_id = q.team_id GROUP BY q.id;
"""

_REFERENCES: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "schedule": (
        "match_date::text || home_team",
        {"home_team_id": "teams", "league_id": "leagues", "club_id": "clubs"},
    ),
    "practice_times": ("day_of_week || start_time", {"team_id": "teams", "league_id": "leagues"}),
    "captain_messages": ("message", {"team_id": "teams", "series_id": "series"}),
    "polls": ("question", {"team_id": "teams"}),
    "poll_responses": ("poll_id::text || choice_id", {"player_id": "players"}),
    "users": ("email", {"league_context": "leagues", "team_id": "teams"}),
    "user_contexts": (
        "user_id::text",
        {"team_id": "teams", "league_id": "leagues", "series_id": "series", "club_id": "clubs"},
    ),
    "player_availability": ("notes", {"player_id": "players", "series_id": "series"}),
    "pickup_games": ("description", {"club_id": "clubs", "series_low": "series", "series_high": "series"}),
    "user_instructions": ("instruction", {"series_id": "series", "team_id": "teams"}),
    "lineup_escrow": ("lineup", {"initiator_team_id": "teams", "recipient_team_id": "teams"}),
    "food": ("food_text", {"club_id": "clubs", "league_id": "leagues"}),
    "court_bookings": ("day::text || made_by", {"court_id": "courts", "player_id": "players"}),
    "club_notes": ("note", {"club_id": "clubs"}),
    "ladders": ("note", {"series_id": "series", "league_id": "leagues"}),
}
"""By table what tells a row apart besides what it points at, and its columns, each with what it leads to."""

_SAYS: Mapping[str, str] = {
    "leagues": "SELECT id, league_id AS said FROM leagues",
    "clubs": "SELECT id, name AS said FROM clubs",
    "series": "SELECT id, name AS said FROM series",
    "teams": "SELECT t.id, concat_ws(' | ', l.league_id, c.name, s.name) AS said FROM teams t"
    " JOIN leagues l ON l.id = t.league_id JOIN clubs c ON c.id = t.club_id JOIN series s ON s.id = t.series_id",
    "players": "SELECT p.id, concat_ws(' | ', p.tenniscores_player_id, c.name, s.name) AS said FROM players p"
    " JOIN teams t ON t.id = p.team_id JOIN clubs c ON c.id = t.club_id JOIN series s ON s.id = t.series_id",
    "courts": "SELECT x.id, concat_ws(' | ', c.name, x.label) AS said FROM courts x JOIN clubs c ON c.id = x.club_id",
}

Seen = tuple[str, str, str, str]


def seen(database: ScratchDatabase) -> Counter[Seen]:
    """Every reference of every row: table, row, column, and what it truly leads to; `gone` where that is not there."""
    found: Counter[Seen] = Counter()
    there = {name for (name,) in database.rows("SELECT relname FROM pg_class WHERE relkind = 'r'")}
    for table, (row, references) in _REFERENCES.items():
        if table not in there:
            continue
        users = " WHERE t.home_team ILIKE '%practice%'" if table == "schedule" else ""
        for column, parent in references.items():
            found.update(
                (table, name, column, said if said is not None else "NULL" if empty else "gone")
                for name, empty, said in database.rows(
                    f"SELECT {row.replace('||', '::text ||')}::text, t.{column} IS NULL, p.said FROM {table} t"
                    f" LEFT JOIN ({_SAYS[parent]}) p ON p.id = t.{column}{users}"
                )
            )
    return found


def renamed(before: Counter[Seen], names: Mapping[str, str]) -> Counter[Seen]:
    """The same where clubs and series are called otherwise."""

    def now(said: str) -> str:
        return " | ".join(names.get(part, part) for part in said.split(" | "))

    return Counter({(table, row, column, now(said)): times for (table, row, column, said), times in before.items()})


def lost(before: Counter[Seen], after: Counter[Seen]) -> list[Seen]:
    """What is not there as it was; of a player it is enough that it is the same person."""
    there = Counter(map(_person, after.elements()))
    return sorted(each for each in (before - after).elements() if each[2] != "player_id" or not there[_person(each)])


def _person(each: Seen) -> Seen:
    table, row, column, said = each
    return table, row, column, said.split(" | ", 1)[0] if column == "player_id" else said


def wrong(before: Counter[Seen], damaged: Counter[Seen], after: Counter[Seen]) -> list[Seen]:
    """What leads to another row than at first, and did not before the restore; never what waits or is empty.

    Another row of the same player is no other one where the first is gone.
    """
    people = {_person(each) for each in before if each[2] == "player_id"}
    led = (each for each in (after - before - damaged).elements() if each[3] not in ("NULL", "gone"))
    return [each for each in led if _person(each) not in people]


_MAY_BE_EMPTY = ("club_id", "series_id", "series_low", "series_high", "court_id")


def beside(before: Counter[Seen], after: Counter[Seen]) -> list[Seen]:
    """What leads to another club, series or court than at first, whatever it led to meanwhile, and may be empty."""
    led = (each for each in (after - before).elements() if each[3] not in ("NULL", "gone"))
    return [each for each in led if each[2] in _MAY_BE_EMPTY and each[0] != "club_notes"]


def a_season(database: ScratchDatabase) -> League:
    """Three clubs, four series, two leagues, a player of two teams; every kind of row on each of them."""
    database.rows(SCHEMA)
    league = League(database)
    stranger = league.has_team(club="Birchwood", series="Chicago 1", players=["nndz-0", "nndz-7"])
    day = league.has_team(club="PraIrie Club", series="Chicago 22", players=["nndz-1", "nndz-2", "nndz-3"])
    other = league.has_team(club="Wilmette", series="Chicago 22", players=["nndz-4", "nndz-5"])
    sunday = league.has_team(
        club="PraIrie Club", series="Series 2B", league="NSTF", name="PraIrie S2B", players=["nndz-1", "nndz-6"]
    )
    database.rows("INSERT INTO courts (club_id, label) SELECT c.id, l FROM clubs c, unnest(ARRAY['1', '2']) l")
    league.has_match(day, other)
    for team in (stranger, day, other, sunday):
        league.captain_schedules_practices(team, 2)
        league.captain_sets_practice_time(team)
        league.captain_writes_message(team, f"To {team.name}")
        league.captain_asks(team, f"Of {team.name}")
        league.has_user(league=team.league)
    database.rows(ROWS)
    return league


Courts = Sequence[tuple[str, str]]


def courts_now(database: ScratchDatabase) -> Courts:
    """The courts by club and label."""
    rows = database.rows("SELECT c.name, x.label FROM courts x JOIN clubs c ON c.id = x.club_id ORDER BY x.id")
    return [(club, label) for club, label in rows]


def the_import_runs(
    database: ScratchDatabase, *variant: str, source: Source | None = None, courts: Courts | None = None
) -> None:
    """The whole import, the courts with it."""
    courts = list(courts or courts_now(database))
    clubs = {team.club.casefold(): team.club for team in (source or builders.the_website_now(database)).teams}
    builders.the_etl_runs(database, *variant, source=source)
    database.rows("SET session_replication_role = replica")
    database.rows("DELETE FROM courts")
    if "recycle" in variant:
        database.rows("ALTER SEQUENCE courts_id_seq RESTART")
        courts = courts[1:] + courts[:1]
    for club, label in courts:
        database.rows(
            "INSERT INTO courts (club_id, label) SELECT id, %(label)s FROM clubs WHERE name = %(club)s",
            club=clubs.get(club.casefold(), club),
            label=label,
        )
    database.rows("RESET session_replication_role")


def renaming(
    source: Source, *, clubs: Mapping[str, str] | None = None, series: Mapping[str, str] | None = None
) -> Source:
    """The website with clubs and series under other labels; teams keep their names."""
    names, labels = clubs or {}, series or {}
    teams = tuple(
        replace(each, club=names.get(each.club, each.club), series=labels.get(each.series, each.series))
        for each in source.teams
    )
    return replace(source, teams=teams)


def with_new_players(source: Source, league: str) -> Source:
    """The website after a season that has given all players of a league other ids."""
    keys = {team.key for team in source.teams if team.league == league}
    players = tuple(replace(each, id=f"cnsw-{each.id}") if each.team in keys else each for each in source.players)
    return replace(source, players=players)

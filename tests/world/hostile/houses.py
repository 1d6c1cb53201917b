"""Schemas in which worlds are played, and the tables in which protected rows are, with what may stand in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from practice_guard.core.application import BUILT_IN, ProtectedSet
from practice_guard.core.application.declared import parse

NO_PRACTICE = "Midtown - 22"
LABELS = ("Tennaqua Practice", "Wilmette practice", "Open PRACTICE")
TIMES = ("2026-01-05 12:00:00+00", "2026-01-05 12:00:00.5+00", "2026-01-05 13:00:00+00", None)
FEW_KEYS = range(1, 61)
"""Primary keys are few, so that rows come to have each other's."""


@dataclass(frozen=True)
class Table:
    """A table with protected rows: where its columns point, and what may stand in the others.

    Attributes:
        points: the table that each pointing column points at, the one that decides first.
        values: what may stand in the other columns; nothing protected is told by other values.
        fresh: columns that must be different in every row.
        keys: what the primary keys are taken from.
    """

    name: str
    points: Mapping[str, str]
    values: Mapping[str, Sequence[object]] = field(default_factory=dict)
    fresh: tuple[str, ...] = ()
    keys: Sequence[object] = FEW_KEYS
    timed: bool = True
    weight: int = 2

    @property
    def first(self) -> str:
        """The column that decides where a row belongs."""
        return next(iter(self.points))


SCHEDULE = Table(
    "schedule",
    {"home_team_id": "teams", "away_team_id": "teams", "league_id": "leagues"},
    {
        "home_team": LABELS,
        "match_date": ("2026-01-05", "2026-01-12"),
        "match_time": ("19:00", None),
        "location": ("Tennaqua", None),
    },
    weight=6,
)
BUILT = (
    SCHEDULE,
    Table(
        "practice_times",
        {"team_id": "teams", "league_id": "leagues"},
        {
            "day_of_week": ("Monday", "Tuesday"),
            "start_time": ("19:00", "20:00"),
            "end_time": ("21:00",),
            "location": ("Tennaqua", "100% %s"),
        },
        weight=4,
    ),
    Table("users", {"league_context": "leagues"}, {"password_hash": ("x", "y")}, fresh=("email",)),
    Table(
        "captain_messages",
        {"team_id": "teams", "captain_user_id": "users"},
        {"message": ("Bring balls", 'Bring "cake", please')},
    ),
    Table("polls", {"team_id": "teams", "created_by": "users"}, {"question": ("Which day?", "Who drives?")}, weight=4),
    Table("poll_choices", {"poll_id": "polls"}, {"choice_text": ("Monday", "Tuesday")}, timed=False, weight=4),
    Table(
        "poll_responses",
        {"poll_id": "polls", "choice_id": "poll_choices", "player_id": "players"},
        {"responded_at": TIMES[:2]},
        timed=False,
        weight=4,
    ),
)
DECLARED = (
    Table(
        "gear",
        {"team_id": "teams", "league_id": "leagues"},
        {"kind": ("net", "ball", "chalk")},
        keys=("7", "07", "-3", "--5", "\u00b2", "a1", "A1", "b%s", "10", "9"),
        weight=4,
    ),
    Table("badges", {"league_id": "leagues"}, timed=False),
    Table("comments", {"practice_id": "schedule", "author_team_id": "teams"}, {"body": ("Fine", "Rain")}, timed=False),
    Table("votes", {"comment_id": "comments", "team_id": "teams"}, timed=False),
    Table("requests", {"team_id": "teams", "opponent_id": "teams"}, {"note": ("Ours", "Theirs")}),
    Table("pins", {"practice_id": "schedule"}, timed=False),
)

_TABLES_DECLARED = """
CREATE TABLE gear (code text PRIMARY KEY, team_id bigint, league_id smallint, kind text, created_at timestamptz);
CREATE TABLE badges (id serial PRIMARY KEY, league_id int NOT NULL);
CREATE TABLE comments (id bigserial PRIMARY KEY, practice_id int, author_team_id int, body text);
CREATE TABLE votes (id serial PRIMARY KEY, comment_id bigint, team_id int NOT NULL);
CREATE TABLE requests (id serial PRIMARY KEY, team_id int, opponent_id int NOT NULL, note text, created_at timestamptz);
CREATE TABLE pins (id serial PRIMARY KEY, practice_id int);
"""
_SETS_DECLARED = """
[[protected]]
name = "gear"
table = "gear"
teams = ["team_id"]
leagues = ["league_id"]
condition = "kind <> 'ball'"
same = ["kind"]
etl_deletes = true
[[protected]]
name = "badges"
table = "badges"
leagues = ["league_id"]
etl_deletes = false
[[protected]]
name = "comments"
table = "comments"
parent = "practices"
parent_column = "practice_id"
teams = ["author_team_id"]
same = ["body"]
etl_deletes = true
[[protected]]
name = "votes"
table = "votes"
parent = "comments"
parent_column = "comment_id"
teams = ["team_id"]
[[protected]]
name = "requests"
table = "requests"
teams = ["team_id", "opponent_id"]
same = ["note"]
etl_deletes = true
[[protected]]
name = "pins"
table = "pins"
parent = "practices"
parent_column = "practice_id"
"""
_CASCADING = """
ALTER TABLE polls ADD CONSTRAINT polls_go FOREIGN KEY (team_id) REFERENCES teams ON DELETE CASCADE;
ALTER TABLE practice_times ADD CONSTRAINT times_go FOREIGN KEY (team_id) REFERENCES teams ON DELETE CASCADE;
"""
_CROWDED = """
ALTER TABLE schedule ADD CONSTRAINT one_a_day UNIQUE (home_team_id, match_date, match_time);
ALTER TABLE schedule ADD CONSTRAINT one_of_a_kind UNIQUE (home_team_id, home_team, match_date, match_time, location);
ALTER TABLE captain_messages ADD CONSTRAINT said_once UNIQUE (team_id, message);
ALTER TABLE poll_choices ADD CONSTRAINT offered_once UNIQUE (poll_id, choice_text);
CREATE UNIQUE INDEX for_a_part ON polls (question) WHERE team_id < 0;
CREATE UNIQUE INDEX over_expressions ON polls (lower(question), (id + 0));
"""
_STRICT = """
ALTER TABLE schedule ALTER home_team_id SET NOT NULL, ALTER league_id SET NOT NULL;
ALTER TABLE practice_times ALTER team_id SET NOT NULL;
ALTER TABLE polls ALTER team_id SET NOT NULL;
CREATE TYPE weekday AS ENUM ('Tuesday', 'Monday');
ALTER TABLE practice_times ALTER day_of_week TYPE weekday USING day_of_week::weekday;
"""
_TIMELESS = "ALTER TABLE polls DROP created_at; ALTER TABLE practice_times DROP created_at;"
_LENIENT = "ALTER TABLE poll_responses ALTER choice_id DROP NOT NULL, ALTER player_id DROP NOT NULL;"


@dataclass(frozen=True)
class House:
    """A schema: what is done to the application's, the protected sets, and their tables, parents first.

    Attributes:
        busy: the tables in which it shows what is peculiar to it.
    """

    name: str
    ddl: str
    busy: tuple[str, ...]
    sets: tuple[ProtectedSet, ...] = BUILT_IN
    tables: tuple[Table, ...] = BUILT


_DECLARED_NAMES = tuple(each.name for each in DECLARED)
_ALL_SETS = parse(_SETS_DECLARED, "practice_guard.toml").everything

HOUSES = (
    House("plain", "", ("schedule", "practice_times")),
    House("cascading", _CASCADING, ("polls", "poll_choices", "poll_responses", "practice_times")),
    House("crowded", _CROWDED, ("practice_times", "schedule", "captain_messages", "poll_choices")),
    House("strict", _STRICT, ("schedule", "practice_times", "polls")),
    House("timeless", _TIMELESS + _CASCADING + _LENIENT, ("polls", "poll_responses", "practice_times")),
    House("declared", _TABLES_DECLARED + _LENIENT, ("schedule", *_DECLARED_NAMES), _ALL_SETS, (*BUILT, *DECLARED)),
    House(
        "everything",
        _TABLES_DECLARED + _CASCADING + _CROWDED,
        ("practice_times", "polls", "schedule", "comments"),
        _ALL_SETS,
        (*BUILT, *DECLARED),
    ),
)

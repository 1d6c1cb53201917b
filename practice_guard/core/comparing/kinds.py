"""What is compared of two environments: kinds of things, and what one side says of each thing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from practice_guard.core.model import Team, Text


class Kind(Text):
    """The kinds of things that are compared, in the order in which they are told, each with when it matters.

    SERVER: PostgreSQL's version. Only where one side is older than the oldest that the guard knows.
    ENCODING: always. A name that one database can write may be none in the other.
    COLLATION: only where letters fold otherwise (Turkish, Azeri): `ILIKE` says by them which rows are practices. What
        sorts where is no matter: names are compared letter by letter.
    SETTING: whether transactions only read, and whether triggers and foreign keys work; not what the guard sets itself.
    GUARD: never. Every version of the guard's tables is read, and the next backup brings them up.
    SCHEMA: always. On one side nothing can be guarded, and it says why.
    TABLE: where protected rows, or what they point at, are kept in it.
    COLUMN: where a set or a parent asks for it: its key, its references, what says what a row is. Not the others.
    CONSTRAINT: on protected tables, whose rules may refuse a row; of parents the unique keys, which the import's upsert
        and a team's name rely on. By what they say: how a constraint or an index is called is no matter.
    TRIGGER: on protected tables. It fires for a restore too, and may change or swallow a row.
    RULE: as triggers.
    RIGHT: always. A backup or a restore would be refused on one side.
    SET: always. Rows are protected on one side only, or by other columns.
    PARENT: always. What points there is followed on one side only, or by other columns.
    ROWS, LEAGUE, CLUB, SERIES, TEAM: never. A list may be older; the guard goes by whatever list is there.
    MIGRATION: never. The guard reads no record of migrations; what one changes is seen in tables and columns.
    """

    SERVER = "server"
    ENCODING = "encoding"
    COLLATION = "collation"
    SETTING = "setting"
    GUARD = "guard"
    SCHEMA = "schema"
    TABLE = "table"
    COLUMN = "column"
    CONSTRAINT = "constraint"
    TRIGGER = "trigger"
    RULE = "rule"
    RIGHT = "right"
    SET = "set"
    PARENT = "parent"
    ROWS = "rows"
    LEAGUE = "league"
    CLUB = "club"
    SERIES = "series"
    TEAM = "team"
    MIGRATION = "migration"


BY_IDENTITY = (Kind.LEAGUE, Kind.CLUB, Kind.SERIES, Kind.TEAM)
"""What is compared by who it is, and not by what is said of it."""


@dataclass(frozen=True, slots=True)
class Item:
    """One thing of an environment.

    Attributes:
        name: how it is called there.
        says: what is compared of it, short and for people.
        relied: whether the guard would do something else if it were otherwise (see `Kind`).
        table: the table that it is of; compared only where both sides describe that.
    """

    name: str
    says: str
    relied: bool = False
    table: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """What one environment, or one export, says of everything that is compared.

    Attributes:
        name: the environment, or the export's file.
        items: by kind what there is.
        described: the tables of which the columns are known.
        teams: the team list.
        leagues: the leagues' codes, by id.
        clubs: the clubs' names.
        series: each series' league, where the table says it, and its name.
        unsaid: the kinds of which it can say nothing.
    """

    name: str
    items: Mapping[Kind, tuple[Item, ...]] = field(default_factory=dict)
    described: frozenset[str] = frozenset()
    teams: tuple[Team, ...] = ()
    leagues: Mapping[int, str] = field(default_factory=dict)
    clubs: tuple[str, ...] = ()
    series: tuple[tuple[str | None, str], ...] = ()
    unsaid: frozenset[Kind] = frozenset()

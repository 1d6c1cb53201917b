"""What the core speaks of: teams and their matches, findings, verdicts. Frozen dataclasses, no I/O."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import Enum

from practice_guard.core.steps import Advice


class Text(str, Enum):
    """An enumeration whose members print as their value (Python 3.10 has no StrEnum)."""

    __str__ = str.__str__


class Fate(Text):
    """What became of a team: five disjoint words (design, "Who a team is")."""

    KEPT = "kept"
    RENUMBERED = "renumbered"
    MISSING = "missing"
    AMBIGUOUS = "ambiguous"
    CONFLICTING = "conflicting"


class Reason(Text):
    """Why a row waits (contract, "JSON"): its team's fate, or that the database would not have it."""

    MISSING = "missing"
    AMBIGUOUS = "ambiguous"
    CONFLICTING = "conflicting"
    REFUSED = "refused"


class Evidence(Text):
    """Why an old team and a new one are taken for the same (contract, "JSON")."""

    SAME_ID = "same-id"
    EXACT = "exact"
    SAME_CASE = "same-case"
    NORMALISED = "normalised"
    UNIQUE_NAME = "unique-name"
    ROSTER = "roster"
    OUTSIDE_ID = "outside-id"
    DECISION = "decision"


@dataclass(frozen=True, slots=True)
class TeamIdentity:
    """A team by what it is called, never by id. The name is one facet, club and series (the place) the other.

    `inactive` tells a team that plays no more from the one beside it that has its name and its place.
    """

    league: str | None
    club: str | None
    series: str | None
    name: str | None
    inactive: bool = False

    def __str__(self) -> str:
        """As people write it: `Tennaqua - 22 (Tennaqua, Chicago 22, APTA_CHICAGO)`."""
        club, series, league = (part or "unknown" for part in (self.club, self.series, self.league))
        return f"{self.name or 'unknown'} ({club}, {series}, {league}{', inactive' if self.inactive else ''})"


@dataclass(frozen=True, slots=True)
class Team:
    """A team as one team list has it. A part is None where its row was gone when the list was read.

    `outside_id` is its id in the world outside. `inactive` is said only where the list has an active team of the same
    name and place as well.
    """

    id: int
    league: str | None
    club: str | None
    series: str | None
    name: str | None
    alias: str | None = None
    outside_id: str | None = None
    inactive: bool = False

    @property
    def identity(self) -> TeamIdentity:
        """The team without its id, which is worth nothing in another list."""
        return TeamIdentity(self.league, self.club, self.series, self.name, self.inactive)


Rosters = Mapping[int, frozenset[str]]
"""Team id → the outside ids of its players. A team without players need not be in it."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A new team that a person may decide for. `score` is a similarity, 0 to 100; it never decides anything."""

    team: Team
    score: float
    speaks_for: tuple[str, ...] = ()
    speaks_against: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Match:
    """What became of one old team.

    `new` is set exactly when `fate` is kept or renumbered, and `evidence` with it. `given_up` is a person's decision
    that the rows of a team without an heir are to wait no longer. `because` says in one phrase why it came out so.
    `agreeing` says of a match how the names and how the places agree: `exact`, `normalised` or not at all.
    """

    old: Team
    fate: Fate
    new: Team | None = None
    evidence: Evidence | None = None
    given_up: bool = False
    because: str = ""
    candidates: Sequence[Candidate] = ()
    agreeing: tuple[str | None, str | None] = (None, None)


class Severity(Text):
    """How much a finding weighs. Only errors make a check say no."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"

    @property
    def weight(self) -> int:
        """The more, the worse: the one order in which severities are compared."""
        return {Severity.INFO: 0, Severity.WARNING: 1, Severity.ERROR: 2}[self]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something a check found: `what` starts with the number, `fix` is what to do, or several things in turn."""

    code: str
    severity: Severity
    what: str
    why: str
    fix: Advice | tuple[Advice, ...] = ""
    rows: int = 0
    examples: tuple[str, ...] = field(default=())


class Verdict(Text):
    """What a command found, from which its text, its JSON and its exit status are all made."""

    FINE = "fine"
    REFUSED = "refused"
    WAITING = "waiting"
    DAMAGED = "damaged"


@dataclass(frozen=True, slots=True)
class Author:
    """On whose behalf the guard writes, and when: by the calendar, and by a clock that nobody sets."""

    environment: str
    tool_version: str
    now: datetime
    began: float = field(default_factory=time.monotonic, compare=False)

    def later(self, now: datetime) -> Author:
        """Return the same author at the beginning of the next call."""
        return replace(self, now=now, began=time.monotonic())

    @property
    def seconds(self) -> float:
        """How long the call has taken up to now."""
        return round(time.monotonic() - self.began, 3)

    @property
    def done(self) -> datetime:
        """The time now, as it passed since the call began, whatever has been done to the calendar meanwhile."""
        return self.now + timedelta(seconds=self.seconds)


BULK_ROWS, BULK_PERCENT = 20, 10.0
"""Rows, and percent of a set, up to which deleting or moving them is an ordinary day (design, "Much is not little")."""


@dataclass(frozen=True, slots=True)
class Bulk:
    """How many rows are many (design, "Much is not little"): more than some, and more than a share of all of them.

    Attributes:
        rows: that many are not yet many.
        percent: neither is that share of them, 0 to 100.
    """

    rows: int = BULK_ROWS
    percent: float = BULK_PERCENT

    def is_passed(self, some: int, of: int) -> bool:
        """Whether some rows of a number of rows are many."""
        return some > self.rows and 100 * some > self.percent * of


SLOW_SECONDS, SLOW_PERCENT = 60.0, 50.0
"""Seconds of the guard, and percent of the ETL's time, up to which a night is an ordinary one."""


@dataclass(frozen=True, slots=True)
class Slow:
    """From when on the guard takes too much of a night: over some seconds, and over a share of the ETL's time.

    Attributes:
        seconds: so long is not yet slow, however short the ETL was.
        percent: neither is that share of the ETL's time; it may be more than 100.
    """

    seconds: float = SLOW_SECONDS
    percent: float = SLOW_PERCENT

    def is_passed(self, seconds: float, percent: float) -> bool:
        """Whether a night's seconds, and percent of the ETL's time, are too much."""
        return seconds > self.seconds and percent > self.percent


LONGEST_TIMEOUT = 2_147_483.0
"""Seconds, 24 days: the longest time-out that PostgreSQL takes, which keeps milliseconds in 31 bits."""

GREATEST_KEY = 2**63 - 1
"""The greatest number under which the guard's tables can have anything."""

LATEST = "latest"
"""The name of the newest snapshot."""

KEEP_LAST = 14
"""How many of the newest snapshots stay where nothing else is said: two weeks of nights."""

MIN_RATE = 90.0
"""Percent of rows whose team should have kept its id, where nobody says otherwise."""

"""The demo's own check: is every row on its team, once? By names, never by ids or through the program's matching."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import psycopg

from practice_guard.core.model import TeamIdentity
from practice_guard.demo import source as sources
from practice_guard.demo.source import Source
from practice_guard.demo.variant import Variant

Holder = tuple[TeamIdentity | None, str | None]
"""Where a row hangs: on a team and on a league (its code), or on nothing."""

Inventory = Mapping[str, Counter[tuple[Holder, Hashable]]]
"""For each set the rows with where they hang, and how often each is there."""

Heirs = Callable[[TeamIdentity], TeamIdentity | None]
"""What a team is called after an import, or None when the import lacks it."""

_VANISHED = "vanished"
_NOWHERE = TeamIdentity(_VANISHED, _VANISHED, _VANISHED, _VANISHED)


@dataclass(frozen=True)
class Tally:
    """How the rows of a set stand. `expected` = `placed` + `lost` + `wrong_team`, without `waiting`.

    `waiting` rows belong to teams that the import lacked. `duplicated` and `added` are rows too many: copies of
    known ones, and rows that were not there before.
    """

    expected: int
    placed: int
    lost: int
    wrong_team: int
    duplicated: int
    waiting: int
    added: int

    @property
    def true(self) -> bool:
        """Whether every row whose team is there is on it, exactly once, and no other row is on any."""
        return self.placed == self.expected and not self.wrong_team and not self.duplicated

    def as_dict(self) -> dict[str, int]:
        """The counts by name."""
        return asdict(self)


_SETS = {
    "practices": "SELECT home_team_id, league_id, match_date, match_time, home_team, location FROM schedule"
    " WHERE home_team ILIKE '%practice%'",
    "practice_times": "SELECT team_id, league_id, day_of_week, start_time, end_time, location FROM practice_times",
    "captain_messages": "SELECT team_id, NULL, id, message FROM captain_messages",
    "polls": "SELECT team_id, NULL, id, question FROM polls",
    "poll_choices": "SELECT q.team_id, NULL, q.question, c.choice_text FROM poll_choices c"
    " LEFT JOIN polls q ON q.id = c.poll_id",
    "poll_responses": "SELECT q.team_id, NULL, q.question, c.choice_text, p.tenniscores_player_id FROM poll_responses r"
    " LEFT JOIN polls q ON q.id = r.poll_id LEFT JOIN poll_choices c ON c.id = r.choice_id AND c.poll_id = q.id"
    " LEFT JOIN players p ON p.id = r.player_id",
    "user_instructions": "SELECT team_id, NULL, id, instruction FROM user_instructions",
    "player_availability": "SELECT p.team_id, NULL, p.tenniscores_player_id, a.match_date, a.availability_status,"
    " regexp_replace(s.name, '^(Chicago|Series|S) ?(?=[0-9A-Z])', '') FROM player_availability a"
    " LEFT JOIN players p ON p.id = a.player_id LEFT JOIN series s ON s.id = a.series_id",
    "pickup_games": "SELECT NULL, NULL, g.description, c.name FROM pickup_games g"
    " LEFT JOIN clubs c ON c.id = g.club_id",
    "league_contexts": "SELECT NULL, league_context, email FROM users WHERE league_context IS NOT NULL",
}


def inventory(connection: psycopg.Connection[Any]) -> Inventory:
    """Returns what is in the database now, by names."""
    leagues: dict[int, str] = dict(connection.execute("SELECT id, league_id FROM leagues").fetchall())
    teams = {
        number: TeamIdentity(*names)
        for number, *names in connection.execute(
            "SELECT t.id, l.league_id, c.name, s.name, t.team_name FROM teams t JOIN leagues l ON l.id = t.league_id"
            " JOIN clubs c ON c.id = t.club_id JOIN series s ON s.id = t.series_id"
        ).fetchall()
    }
    return {
        name: Counter(
            (
                (
                    None if team is None else teams.get(team, _NOWHERE),
                    None if league is None else leagues.get(league, _VANISHED),
                ),
                tuple(content),
            )
            for team, league, *content in connection.execute(query.encode()).fetchall()
        )
        for name, query in _SETS.items()
    }


def heirs(source: Source, variant: Variant) -> Heirs:
    """Returns what the import was told to make of each team, read off the two sources and not off the database."""
    after = variant.of(source)
    if "rename-series" in variant:
        after = sources.with_series(after, sources.series_to_rename(after))
    if "upsert" in variant or "rename-series" in variant:
        # Nothing is deleted from teams: what the source lacks stays as it was.
        names = {team.key: team for team in source.teams} | {team.key: team for team in after.teams}
        after = Source(source.leagues, tuple(names.values()))
    now = {
        team.key: TeamIdentity(team.league, team.club, team.series, name) for team, name in sources.named(after.teams)
    }
    old = {
        TeamIdentity(team.league, team.club, team.series, name): now.get(team.key)
        for team, name in sources.named(source.teams)
    }
    return old.get


def compare(before: Inventory, after: Inventory, heir: Heirs) -> dict[str, Tally]:
    """Returns a tally for each set."""
    return {name: _tally(before[name], after[name], heir) for name in before}


def _tally(before: Counter[tuple[Holder, Hashable]], after: Counter[tuple[Holder, Hashable]], heir: Heirs) -> Tally:
    wanted: dict[Hashable, Counter[Holder]] = {}
    waiting: Counter[Hashable] = Counter()
    for ((team, league), content), count in before.items():
        holder = team and heir(team)
        if team is not None and holder is None:
            waiting[content] += count
        else:
            wanted.setdefault(content, Counter())[holder, league] += count
    found: dict[Hashable, Counter[Holder]] = {}
    for (there, content), count in after.items():
        found.setdefault(content, Counter())[there] += count

    placed = lost = wrong = duplicated = 0
    nothing: Counter[Holder] = Counter()
    for content in wanted.keys() | waiting.keys():
        right, live = wanted.get(content, nothing), found.get(content, nothing)
        surplus = live - right
        missing = (right - live).total()
        open_places = missing + waiting[content]
        # A row on another team stands for one that is missing, or for one that should have waited. One on no team
        # at all is lost or waits; beyond the open places, either is one too many.
        moved = min(open_places, sum(count for holder, count in surplus.items() if _hangs(holder)))
        placed += (right & live).total()
        wrong += moved
        lost += max(missing - moved, 0)
        duplicated += max(surplus.total() - open_places, 0)
    known = wanted.keys() | waiting.keys()
    return Tally(
        expected=_total(wanted.values()),
        placed=placed,
        lost=lost,
        wrong_team=wrong,
        duplicated=duplicated,
        waiting=waiting.total(),
        added=_total(counts for content, counts in found.items() if content not in known),
    )


def _hangs(holder: Holder) -> bool:
    team, league = holder
    return league not in (None, _VANISHED) if team is None else team != _NOWHERE


def _total(counters: Iterable[Counter[Holder]]) -> int:
    return sum(counter.total() for counter in counters)

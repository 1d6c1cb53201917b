"""A league's world as plain values: teams with players and matches, and what captains and users have entered.

Built from a seed, without a database. `load.into` writes it into one. Sizes: database document, "Size".
"""

from __future__ import annotations

import datetime as dt
import hashlib
import itertools
import random
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from practice_guard.core.model import TeamIdentity
from practice_guard.demo import names
from practice_guard.demo import source as sources
from practice_guard.demo.source import Source, SourceMatch, SourcePlayer, SourceTeam

SEASON_START = dt.date(2026, 9, 14)
"""The Monday on which the season of every world begins."""


@dataclass(frozen=True)
class Size:
    """How large a world is to be. Numbers of rows, but for `weeks`: practices a team."""

    teams: dict[str, int]
    players: int
    matches: int
    weeks: int
    practice_times: int
    messages: int = 13
    polls: int = 2
    users: int = 240


REAL = Size(
    teams={"APTA_CHICAGO": 413, "NSTF": 121, "CNSWPL": 301, "CITA": 96},
    players=10_300,
    matches=7_300,
    weeks=27,
    practice_times=310,
)
"""A full season. One of CNSWPL's teams is a second one at its club's place, which the ETL drops: 930 remain."""

SMALL = Size(
    teams={"APTA_CHICAGO": 40, "NSTF": 12, "CNSWPL": 24, "CITA": 10},
    players=600,
    matches=240,
    weeks=12,
    practice_times=20,
    messages=5,
    users=30,
)


@dataclass(frozen=True)
class Practice:
    """One practice of a team, as its captain entered it. `league` is the league's code, or None: some have none."""

    team: TeamIdentity
    date: dt.date
    time: dt.time
    label: str
    location: str
    league: str | None


@dataclass(frozen=True)
class PracticeTime:
    """A recurring practice."""

    team: TeamIdentity
    day: str
    start: dt.time
    end: dt.time
    location: str


@dataclass(frozen=True)
class User:
    """A user of the web application, with the league chosen and the player he or she is, each by an outside id."""

    email: str
    league: str | None
    player: str | None


@dataclass(frozen=True)
class Message:
    """A captain's message to a team. `user` is an index into the world's users."""

    team: TeamIdentity
    user: int
    text: str


@dataclass(frozen=True)
class Poll:
    """A captain's question. `responses` are pairs of an index of a choice and an outside player id."""

    team: TeamIdentity
    user: int
    question: str
    choices: tuple[str, ...]
    responses: tuple[tuple[int, str], ...]


@dataclass(frozen=True)
class Availability:
    """When a player can play; `series` is left out where two of the season's are called nearly so."""

    player: str
    team: TeamIdentity
    date: dt.date
    status: int
    series: str | None


@dataclass(frozen=True)
class Game:
    """A game for whoever comes, at a club."""

    description: str
    club: str
    date: dt.date


@dataclass(frozen=True)
class World:
    """Everything there is. `teams` are those that an import of `source` makes."""

    source: Source
    teams: tuple[TeamIdentity, ...]
    practices: tuple[Practice, ...]
    practice_times: tuple[PracticeTime, ...]
    users: tuple[User, ...]
    messages: tuple[Message, ...]
    polls: tuple[Poll, ...]
    instructions: dict[TeamIdentity, str] = field(default_factory=dict)
    availability: tuple[Availability, ...] = ()
    games: tuple[Game, ...] = ()


_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_HOURS = tuple(dt.time(hour, minute) for hour in range(17, 22) for minute in (0, 30))
# The database document: 872 of 10,299 players are on several teams; two teams in five have no players.
_ON_SEVERAL = 872 / 10_299
_WITHOUT_PLAYERS = 2 / 5
_WITHOUT_LEAGUE = 0.06
_TWICE_A_WEEK = 0.03
_ENTERED_TWICE = 0.0002


def build(size: Size = REAL, seed: int = 1) -> World:
    """Returns a world; the same for the same arguments."""
    chance = random.Random(seed)
    raw = [team for league, count in size.teams.items() for team in names.teams(league, count)]
    kept = sources.named(raw)
    teams = {team.key: TeamIdentity(team.league, team.club, team.series, name) for team, name in kept}
    players = _players([team for team, _ in kept], size.players, chance)
    source = Source(
        leagues={league: names.LEAGUES[league] for league in size.teams},
        teams=tuple(raw),
        players=tuple(players),
        matches=tuple(_matches([team for team, _ in kept], size.matches, chance)),
    )
    identities = tuple(teams.values())
    users = _users(size, players, chance)
    return World(
        source=source,
        teams=identities,
        practices=tuple(itertools.chain.from_iterable(_practices(team, size.weeks, chance) for team in identities)),
        practice_times=tuple(
            _practice_time(team, chance)
            for team in chance.sample(identities, min(size.practice_times, len(identities)))
        ),
        users=users,
        messages=tuple(
            Message(chance.choice(identities), chance.randrange(len(users)), f"Message {number}: bring balls")
            for number in range(1, size.messages + 1)
        ),
        polls=tuple(_poll(number, teams, players, len(users), chance) for number in range(1, size.polls + 1)),
        instructions=dict.fromkeys(chance.sample(identities, min(4, len(identities))), "Use the lower courts"),
        availability=tuple(_availability(teams, players, chance)),
        games=tuple(_games(identities, chance)),
    )


def _availability(
    teams: dict[str, TeamIdentity], players: list[SourcePlayer], chance: random.Random
) -> Iterator[Availability]:
    """Yield what a tenth of those players said who are on one team: of another row nobody could tell whose it was."""
    times = Counter(player.id for player in players)
    spelt = Counter(_designation(name) for name in {team.series or "" for team in teams.values()})
    alone = [player for player in players if times[player.id] == 1]
    for player in chance.sample(alone, len(alone) // 10):
        team = teams[player.team]
        series = team.series if team.series and spelt[_designation(team.series)] == 1 else None
        date = SEASON_START + dt.timedelta(days=7 * chance.randrange(12))
        yield Availability(player.id, team, date, chance.randrange(1, 4), series)


def _designation(series: str) -> str:
    return re.sub("^(chicago|series|s) ?(?=[0-9a-z])", "", series.casefold())


def _games(teams: tuple[TeamIdentity, ...], chance: random.Random) -> Iterator[Game]:
    clubs = sorted({team.club or "" for team in teams})
    for number in range(1, min(47, 4 * len(clubs)) + 1):
        date = SEASON_START + dt.timedelta(days=chance.randrange(80))
        yield Game(f"Game {number}: all come", chance.choice(clubs), date)


def _players(teams: list[SourceTeam], count: int, chance: random.Random) -> list[SourcePlayer]:
    able = [team for team in teams if team.league != "CITA"]
    with_players = chance.sample(able, min(len(able), round(len(teams) * (1 - _WITHOUT_PLAYERS)))) if count else []
    if not with_players:
        return []
    others = {
        league: [team.key for team in with_players if team.league == league]
        for league in {team.league for team in with_players}
    }
    players = []
    for number in range(count):
        team = with_players[number % len(with_players)]
        outside_id = hashlib.sha256(f"player {number}".encode()).hexdigest()[:16]
        players.append(SourcePlayer(outside_id, team.key))
        second = chance.choice(others[team.league]) if chance.random() < _ON_SEVERAL else team.key
        if second != team.key:
            players.append(SourcePlayer(outside_id, second))
    return players


def _matches(teams: list[SourceTeam], count: int, chance: random.Random) -> list[SourceMatch]:
    rivals: dict[tuple[str, str], list[SourceTeam]] = {}
    for team in teams:
        rivals.setdefault((team.league, team.series), []).append(team)
    pairs = [pair for group in rivals.values() for pair in itertools.permutations(group, 2)]
    chance.shuffle(pairs)
    matches = []
    for number, (home, away) in enumerate(itertools.islice(itertools.cycle(pairs), count if pairs else 0)):
        date = SEASON_START + dt.timedelta(days=7 * (number % 26) + chance.randrange(5))
        time = chance.choice(_HOURS).strftime("%H:%M")
        matches.append(SourceMatch(home.league, date.isoformat(), time, home.key, away.key, home.club))
    return matches


def _practices(team: TeamIdentity, weeks: int, chance: random.Random) -> list[Practice]:
    weekday, time = chance.randrange(5), chance.choice(_HOURS)
    label = f"{team.club} Practice - {team.series}"
    league = None if chance.random() < _WITHOUT_LEAGUE else team.league
    dates = [SEASON_START + dt.timedelta(weeks=week, days=weekday) for week in range(weeks)]
    practices = [Practice(team, date, time, label, team.club or "", league) for date in dates]
    if practices and chance.random() < _TWICE_A_WEEK:
        # A second one on the same evening.
        practices += [Practice(team, date, dt.time(22, 0), label, team.club or "", league) for date in dates[:3]]
    return practices + [practice for practice in practices if chance.random() < _ENTERED_TWICE]


def _practice_time(team: TeamIdentity, chance: random.Random) -> PracticeTime:
    start = chance.choice(_HOURS)
    end = dt.time(start.hour + 1, start.minute)
    return PracticeTime(team, chance.choice(_DAYS), start, end, team.club or "")


def _users(size: Size, players: list[SourcePlayer], chance: random.Random) -> tuple[User, ...]:
    leagues = list(size.teams)
    return tuple(
        User(
            f"user{number:04}@example.org",
            chance.choice(leagues) if number % 4 else None,
            chance.choice(players).id if players else None,
        )
        for number in range(1, size.users + 1)
    )


def _poll(
    number: int, teams: dict[str, TeamIdentity], players: list[SourcePlayer], users: int, chance: random.Random
) -> Poll:
    team = chance.choice(players).team if players else chance.choice(list(teams))
    choices = ("Monday", "Wednesday", "Either")
    members = [player.id for player in players if player.team == team]
    return Poll(
        teams[team],
        chance.randrange(users),
        f"Question {number}: which day suits you?",
        choices,
        tuple((chance.randrange(len(choices)), player) for player in members[:6]),
    )

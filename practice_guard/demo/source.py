"""What the ETL reads: leagues, teams, players and matches as the website has them, without any id of ours.

Sources: database document, "What the ETL does" and "How teams are named".
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import psycopg

from practice_guard import files
from practice_guard.core.model import TeamIdentity


@dataclass(frozen=True)
class SourceTeam:
    """A team of the website. `name` is not yet told apart from another team's of the same name."""

    key: str
    league: str
    club: str
    series: str
    name: str
    alias: str | None = None


@dataclass(frozen=True)
class SourcePlayer:
    """A player's place on a team; one with several teams is there several times. `id` is the outside id."""

    id: str
    team: str


@dataclass(frozen=True)
class SourceMatch:
    """A match between two teams, by their keys."""

    league: str
    date: str
    time: str | None
    home: str
    away: str
    location: str | None


@dataclass(frozen=True)
class Source:
    """All files of one import. `leagues` maps codes to names."""

    leagues: dict[str, str]
    teams: tuple[SourceTeam, ...]
    players: tuple[SourcePlayer, ...] = ()
    matches: tuple[SourceMatch, ...] = ()

    def write(self, path: Path) -> None:
        """Writes the source as one JSON file."""
        files.write(path, json.dumps(asdict(self), ensure_ascii=False).encode(), replace=True)

    @classmethod
    def load(cls, path: Path) -> Source:
        """Reads what `write` wrote."""
        content: dict[str, Any] = json.loads(files.read_text(path))
        return cls(
            leagues=content["leagues"],
            teams=tuple(SourceTeam(**team) for team in content["teams"]),
            players=tuple(SourcePlayer(**player) for player in content["players"]),
            matches=tuple(SourceMatch(**match) for match in content["matches"]),
        )

    def keeping(self, keep: Callable[[SourceTeam], bool]) -> Source:
        """Returns the source with some teams only, and without their players, matches and empty leagues."""
        teams = tuple(team for team in self.teams if keep(team))
        keys = {team.key for team in teams}
        codes = {team.league for team in teams}
        return Source(
            leagues={code: name for code, name in self.leagues.items() if code in codes},
            teams=teams,
            players=tuple(player for player in self.players if player.team in keys),
            matches=tuple(match for match in self.matches if {match.home, match.away} <= keys),
        )


def without(source: Source, attribute: str, value: str) -> Source:
    """Returns the source without the teams of one `league`, `series` or `name`, and what hangs on them."""
    return source.keeping(lambda team: bool(getattr(team, attribute) != value))


def named(teams: Iterable[SourceTeam]) -> list[tuple[SourceTeam, str]]:
    """Returns the teams that the ETL keeps, with the names it gives them.

    Of two teams of one club in one series only the first is kept; of several of one name in a league the
    first stays bare and the others become `name (series)`.
    """
    places: set[tuple[str, str, str]] = set()
    names: set[tuple[str, str]] = set()
    result = []
    for team in teams:
        place = (team.league, team.club, team.series)
        if place in places:
            continue
        name = team.name if (team.league, team.name) not in names else f"{team.name} ({team.series})"
        places.add(place)
        names.add((team.league, name))
        result.append((team, name))
    return result


def read(connection: psycopg.Connection[Any]) -> Source:
    """Returns the source whose import gives the leagues, teams, players and matches of the database."""
    with connection.transaction():
        leagues = connection.execute("SELECT league_id, league_name FROM leagues ORDER BY id").fetchall()
        teams = connection.execute(_TEAMS).fetchall()
        players = connection.execute(_PLAYERS).fetchall()
        matches = connection.execute(_MATCHES).fetchall()
    names = {(code, name) for _, code, _, _, name, _ in teams}
    found = [
        (SourceTeam(str(key), code, club, series, _bare(name, code, series, names), alias), name)
        for key, code, club, series, name, alias in teams
    ]
    # A team that is bare now comes first, and so stays bare, whatever its id is.
    found.sort(key=lambda pair: pair[0].name != pair[1])
    return Source(
        leagues=dict(leagues),
        teams=tuple(team for team, _ in found),
        players=tuple(SourcePlayer(player, str(team)) for player, team in players),
        matches=tuple(
            SourceMatch(code, str(date), time and str(time), str(home), str(away), location)
            for code, date, time, home, away, location in matches
        ),
    )


def _bare(name: str, league: str, series: str, names: set[tuple[str, str]]) -> str:
    bare = name.removesuffix(f" ({series})")
    return bare if (league, bare) in names else name


_TEAMS = """
SELECT t.id, l.league_id, c.name, s.name, t.team_name, t.team_alias
FROM teams t JOIN leagues l ON l.id = t.league_id
    JOIN clubs c ON c.id = t.club_id JOIN series s ON s.id = t.series_id
ORDER BY t.id
"""
_PLAYERS = """
SELECT p.tenniscores_player_id, p.team_id FROM players p JOIN teams t ON t.id = p.team_id ORDER BY p.id
"""
_MATCHES = """
SELECT l.league_id, x.match_date, x.match_time, x.home_team_id, x.away_team_id, x.location
FROM schedule x JOIN leagues l ON l.id = x.league_id
    JOIN teams h ON h.id = x.home_team_id JOIN teams a ON a.id = x.away_team_id
WHERE x.match_date IS NOT NULL AND x.home_team NOT ILIKE '%practice%' ORDER BY x.id
"""


_DASHED = re.compile(r"^(?P<club>.+?) - (?P<rest>\S.*)$")
RELABELLED_LEAGUE = "APTA_CHICAGO"


def relabelled(team: TeamIdentity) -> TeamIdentity:
    """Returns a relabelled team: `Tennaqua - 22` in `Chicago 22` → `Tennaqua 22` in `Series 22`."""
    if team.league != RELABELLED_LEAGUE:
        return team
    return replace(team, name=_undashed(team.name or ""), series=_season_series(team.series or ""))


def relabelled_source(source: Source) -> Source:
    """Returns the source after that relabelling."""
    return _with_teams(
        source, lambda team: replace(team, name=_undashed(team.name), series=_season_series(team.series))
    )


def renamed_source(source: Source) -> Source:
    """Returns the source with other team names in the same places: `Tennaqua - 22` → `Tennaqua 22`."""
    return _with_teams(source, lambda team: replace(team, name=_undashed(team.name)))


def with_series(source: Source, names: dict[str, str]) -> Source:
    """Returns the source with series renamed, old name to new."""
    teams = tuple(replace(team, series=names.get(team.series, team.series)) for team in source.teams)
    return replace(source, teams=teams)


def series_to_rename(source: Source) -> dict[str, str]:
    """Returns the series of which a season's relabelling leaves the row in place: `Chicago 22` → `Series 22`.

    A series row serves several leagues, so only names that no other series has yet are given.
    """
    taken = {team.series for team in source.teams}
    names = {name: _season_series(name) for name in sorted(taken)}
    return {old: new for old, new in names.items() if new not in taken}


def _with_teams(source: Source, change: Callable[[SourceTeam], SourceTeam]) -> Source:
    teams = tuple(change(team) if team.league == RELABELLED_LEAGUE else team for team in source.teams)
    return replace(source, teams=teams)


def _undashed(name: str) -> str:
    return _DASHED.sub(r"\g<club> \g<rest>", name)


def _season_series(series: str) -> str:
    return re.sub(r"^Chicago (?=\S)", "Series ", series)

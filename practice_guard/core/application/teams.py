"""Team lists: read from the application, kept with a snapshot, and resolved one against the other."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from practice_guard.core.application.catalog import Catalog
from practice_guard.core.database.connection import Database
from practice_guard.core.database.statements import statement
from practice_guard.core.model import Rosters, Team

_SEPARATOR = "\x1f"


@dataclass(frozen=True, slots=True)
class TeamList:
    """All teams and leagues of a database at one time, and the outside ids of the teams' players."""

    teams: tuple[Team, ...]
    leagues: Mapping[int, str]
    rosters: Rosters

    @property
    def ids(self) -> frozenset[int]:
        """The ids of the teams."""
        return frozenset(team.id for team in self.teams)


def read(database: Database, catalog: Catalog) -> TeamList:
    """Read the teams, leagues and rosters as they are now; rosters are empty where `players` is missing."""
    quoted = {name: catalog.table(name).quoted for name in ("teams", "leagues", "clubs", "series")}
    alias = "t.team_alias" if "team_alias" in catalog.table("teams").columns else "NULL"
    rows = database.execute(statement("teams", "team_list", alias=alias, **quoted))
    leagues = database.execute(statement("teams", "league_list", leagues=quoted["leagues"]))
    rosters: dict[int, frozenset[str]] = {}
    if catalog.has("players", "team_id", "tenniscores_player_id"):
        players = statement("teams", "rosters", players=catalog.table("players").quoted)
        rosters = {team: frozenset(ids) for team, ids in database.execute(players)}
    return TeamList(tuple(Team(*row) for row in rows), {row[0]: row[1] for row in leagues}, rosters)


def store(database: Database, name: str, found: TeamList) -> None:
    """Keep a team list under the id of the snapshot that took it."""
    teams = found.teams
    database.execute(
        statement("teams", "store_teams"),
        {
            "list": name,
            "separator": _SEPARATOR,
            "ids": [team.id for team in teams],
            "leagues": [team.league for team in teams],
            "clubs": [team.club for team in teams],
            "series": [team.series for team in teams],
            "names": [team.name for team in teams],
            "aliases": [team.alias for team in teams],
            "players": [_SEPARATOR.join(sorted(found.rosters.get(team.id, ()))) or None for team in teams],
        },
    )
    codes = {"list": name, "ids": list(found.leagues), "codes": list(found.leagues.values())}
    database.execute(statement("teams", "store_leagues"), codes)


def load(database: Database, name: str) -> TeamList:
    """Read a kept team list."""
    rows = database.execute(statement("teams", "stored_teams"), {"list": name})
    leagues = database.execute(statement("teams", "stored_leagues"), {"list": name})
    rosters = {row[0]: frozenset(row[6]) for row in rows if row[6]}
    return TeamList(tuple(Team(*row[:6]) for row in rows), {row[0]: row[1] for row in leagues}, rosters)


def resolve_leagues(old: Mapping[int, str], new: Mapping[int, str]) -> dict[int, int]:
    """Match leagues by their code, exactly or, where that is one to one, without regard to case and form.

    Returns:
        old id → new id, for the leagues that are there.
    """
    exact = {code: key for key, code in new.items()}
    folded = _one_to_one(list(new.values()))
    old_folded = _one_to_one(list(old.values()))
    found: dict[int, int] = {}
    for key, code in old.items():
        if code in exact:
            found[key] = exact[code]
        elif (form := _fold(code)) in folded and form in old_folded and folded[form] not in old.values():
            found[key] = exact[folded[form]]
    return found


def _fold(code: str) -> str:
    return unicodedata.normalize("NFKC", code).casefold().strip()


def _one_to_one(codes: Sequence[str]) -> dict[str, str]:
    counts = Counter(_fold(code) for code in codes)
    return {_fold(code): code for code in codes if counts[_fold(code)] == 1}

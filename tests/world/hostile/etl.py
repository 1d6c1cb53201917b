"""An import of the website into the database, with foreign keys off: other ids, other labels, matches under any key."""

from __future__ import annotations

from random import Random

from tests.world import imports
from tests.world.hostile.arena import NOBODY, Arena
from tests.world.hostile.houses import FEW_KEYS, NO_PRACTICE
from tests.world.imports import Imported
from tests.world.website import Entry, Website, build

MOST_TEAMS = 12


def small_website(chance: Random) -> Website:
    """A part of a website: few teams, among them such as are hard to tell apart."""
    site = build(chance, everyone_has_players=chance.random() < 0.2)
    order: dict[int, float] = {}
    for entry in site.entries:  # teams of one name or place stay together
        order.setdefault(entry.name.kin, chance.random())
        order.setdefault(entry.place.kin, order[entry.name.kin])
    kept = sorted(site.entries, key=lambda entry: order[entry.name.kin] + order[entry.place.kin])
    site.entries = kept[: chance.choice((3, 4, 5, chance.randint(3, MOST_TEAMS)))]
    for entry in site.entries:
        if entry.players and chance.random() < 0.3:
            chance.choice(site.entries).players.add(min(entry.players))
    return site


def run(arena: Arena, site: Website, chance: Random, before: Imported | None) -> Imported:
    """Replace leagues, clubs, series, teams and players, and the matches, by what the website has."""
    habit = chance.choice((*imports.ID_HABITS, "sequence", "sequence"))
    imported = imports.run(site, chance, before, habit)
    _write_teams(arena, chance, imported, _leagues(arena, site.entries, chance))
    _write_matches(arena, chance, imported)
    return imported


def _leagues(arena: Arena, entries: list[Entry], chance: Random) -> dict[str, int]:
    """Hand out the leagues' ids: those they had, those of each other, or new ones."""
    before: dict[str, int] = dict(arena.session.execute("SELECT league_id, id FROM leagues").fetchall())
    codes = sorted({entry.league for entry in entries} | set(before))
    fresh = iter(range(max(before.values(), default=0) + 1, NOBODY))
    ids = {code: before[code] if code in before else next(fresh) for code in codes}
    what = chance.random()
    if what < 0.3:
        return dict(zip(codes, chance.sample(list(ids.values()), len(codes)), strict=True))
    return {code: next(fresh) for code in codes} if what < 0.6 else ids


def _write_teams(arena: Arena, chance: Random, imported: Imported, leagues: dict[str, int]) -> None:
    players: dict[int, str] = dict(
        arena.session.execute("SELECT min(id), tenniscores_player_id FROM players GROUP BY 2").fetchall()
    )
    for name in ("players", "teams", "series", "clubs", "leagues"):
        arena.does("DELETE FROM {}", name)
    teams = imported.teams
    clubs = {name: place for place, name in enumerate(sorted({team.club or "" for team in teams}), 1)}
    series = {name: place for place, name in enumerate(sorted({team.series or "" for team in teams}), 1)}
    there = sorted({team.league or "" for team in teams})
    arena.insert_all("leagues", ["id", "league_id", "league_name"], [(leagues[code], code, code) for code in there])
    arena.insert_all("clubs", ["id", "name"], [(place, name) for name, place in clubs.items()])
    arena.insert_all("series", ["id", "name", "display_name"], [(place, name, name) for name, place in series.items()])
    home = {team.id: (leagues[team.league or ""], clubs[team.club or ""], series[team.series or ""]) for team in teams}
    arena.insert_all(
        "teams",
        ["id", "league_id", "club_id", "series_id", "team_name", "display_name", "team_alias"],
        [(team.id, *home[team.id], team.name, team.name, team.alias) for team in teams],
    )
    missing = chance.choice((0.0, 0.0, 0.3))
    on = sorted((player, team) for team, roster in imported.rosters.items() for player in roster)
    on = [each for each in on if chance.random() > missing]
    ids = _player_ids(chance, players, len(on))
    arena.insert_all(
        "players",
        ["id", "tenniscores_player_id", "first_name", "last_name", "team_id", "league_id", "club_id", "series_id"],
        [
            (id_, player, "P", player, team if chance.random() > 0.1 * missing else None, *home[team])
            for id_, (player, team) in zip(ids, on, strict=True)
        ],
    )


def _player_ids(chance: Random, before: dict[int, str], count: int) -> list[int]:
    """New ids, the same ones dealt out anew, or in their order."""
    first = max(before, default=0) + 1 if chance.random() < 0.4 else 1
    ids = list(range(first, first + count))
    if chance.random() < 0.4:
        chance.shuffle(ids)
    return ids


def _write_matches(arena: Arena, chance: Random, imported: Imported) -> None:
    """Delete the matches, mostly the practices too, and import matches under keys that go on or begin anew."""
    mostly = chance.random() < 0.4
    arena.does("DELETE FROM schedule" + ("" if mostly else " WHERE home_team NOT ILIKE '%%practice%%'"))
    ids = [team.id for team in imported.teams]
    arena.insert(
        "schedule",
        (
            {"id": chance.choice(FEW_KEYS), "home_team": NO_PRACTICE, "home_team_id": chance.choice(ids)}
            for _ in range(chance.choice((0, 0, 2, 6)) if ids else 0)
        ),
    )

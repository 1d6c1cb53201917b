"""What a season, or a wrong list, does to players: dealt anew, lied about, exchanged, pooled."""

from __future__ import annotations

from collections import defaultdict
from random import Random

from tests.world.website import Entry, Website

KEEPS = (0.55, 0.75)
"""Part of its players that a team keeps when it takes another seat: too few to be found whole again."""


def deal_players_anew(site: Website, chance: Random) -> None:
    """A season: names and places are as before, and each player of a league is dealt to some team; some keep theirs."""
    there = _with_players(site, chance.choice(site.entries).league)
    drawn: dict[int, list[str]] = {}
    for entry in there:
        drawn[entry.tag] = [player for player in sorted(entry.players) if chance.random() < 0.8]
        entry.players.difference_update(drawn[entry.tag])
    pool = sorted({player for players in drawn.values() for player in players})
    chance.shuffle(pool)
    for number, player in enumerate(pool):
        there[number % len(there)].players.add(player)
    site.tell("players dealt anew", there)


def deal_seats_anew(site: Website, chance: Random) -> None:
    """A season: a club's teams take each other's names and places, and more than half of their players with them."""
    clubs: dict[tuple[str, str], list[Entry]] = defaultdict(list)
    for entry in site.entries:
        clubs[entry.league, entry.place.club].append(entry)
    several = [entries for entries in clubs.values() if len(entries) > 1]
    if not several:
        return
    entries = chance.choice(several)
    held = [(entry.name, entry.place) for entry in entries]
    leaving = []
    for entry, (name, place) in zip(entries, [*held[1:], *held[:1]], strict=True):
        entry.name, entry.place = name, place
        left = sorted(entry.players)
        chance.shuffle(left)
        leaving.append(left[round(len(left) * chance.uniform(*KEEPS)) :])
    for at, players in enumerate(leaving):
        entries[at].players.difference_update(players)
        for player in players:
            chance.choice([each for each in entries if each is not entries[at]]).players.add(player)
    site.tell("seats dealt anew", entries)


def copy_a_roster(site: Website, chance: Random) -> None:
    """A list lies: a team has the players of another one, and its own are nowhere."""
    if pair := _two(site, chance):
        pair[0].players = set(pair[1].players)
        site.tell("roster lied", pair)


def exchange_rosters(site: Website, chance: Random) -> None:
    """Two teams exchange their players, and nothing else."""
    if pair := _two(site, chance):
        pair[0].players, pair[1].players = pair[1].players, pair[0].players
        site.tell("rosters exchanged", pair)


def pool_onto_a_sibling(site: Website, chance: Random) -> None:
    """A club's team has the players of another one too, which is no more, or has nobody."""
    one = chance.choice(site.entries)
    siblings = [each for each in site.entries if each is not one and each.name.family == one.name.family]
    siblings = [each for each in siblings if each.league == one.league]
    if not siblings:
        return
    other = chance.choice(siblings)
    other.players |= one.players
    one.players = set()
    site.tell("players pooled", [one, other])
    if chance.random() < 0.7:
        site.lose(one)


def take_over_a_roster(site: Website, chance: Random) -> None:
    """A club's team has the players of another one, which is no more, and none of its own."""
    one = chance.choice(site.entries)
    siblings = [each for each in site.entries if each is not one and each.name.family == one.name.family]
    siblings = [each for each in siblings if each.league == one.league and one.players]
    if siblings:
        other = chance.choice(siblings)
        other.players = set(one.players)
        site.tell("players pooled", [other])
        site.lose(one)


def _with_players(site: Website, league: str) -> list[Entry]:
    return [entry for entry in site.entries if entry.league == league and entry.players]


def _two(site: Website, chance: Random) -> list[Entry]:
    there = _with_players(site, chance.choice(site.entries).league)
    return chance.sample(there, 2) if len(there) > 1 else []

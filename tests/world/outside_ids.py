"""What becomes of the ids that teams have in the world outside."""

from __future__ import annotations

from random import Random

from tests.world.operations import letters
from tests.world.website import Entry, Website


def renumber_outside_ids(site: Website, chance: Random) -> None:
    """A league's outside ids are all new."""
    for entry in _numbered(site):
        entry.outside_id = str(10_000 + next(site.fresh))
        site.tell("outside ids new", [entry])


def deal_outside_ids_anew(site: Website, chance: Random) -> None:
    """A league's outside ids are dealt to other teams."""
    there = _numbered(site)
    ids = [entry.outside_id for entry in there]
    for entry, outside_id in zip(there, [*ids[1:], *ids[:1]], strict=True):
        entry.outside_id = outside_id
    site.tell("outside ids new", there)


def empty_some_outside_ids(site: Website, chance: Random) -> None:
    """Some teams have no outside id any more."""
    for entry in _numbered(site):
        if chance.random() < 0.4:
            entry.outside_id = ""


def pad_outside_ids(site: Website, chance: Random) -> None:
    """A league's outside ids are written with zeros in front."""
    for entry in _numbered(site):
        entry.outside_id = entry.outside_id.zfill(8)
        site.tell("outside ids padded", [entry])


def give_one_another_outside_id(site: Website, chance: Random) -> None:
    """One team has another outside id: it is entered anew, under its old name."""
    if there := _numbered(site):
        one = chance.choice(there)
        one.outside_id = str(10_000 + next(site.fresh))
        site.tell("outside id new", [one])


def replace_a_team_by_another(site: Website, chance: Random) -> None:
    """A team is no more, and another one, with an outside id and players of its own, has its name and place."""
    if there := [entry for entry in _numbered(site) if entry.name.of]:
        one = chance.choice(there)
        heir = Entry(next(site.fresh), one.league, one.name, one.place)
        heir.outside_id = str(10_000 + next(site.fresh))
        heir.players = {f"p{next(site.fresh)}" for _ in one.players}
        site.entries[site.entries.index(one)] = heir


def replace_a_team_under_another_name(site: Website, chance: Random) -> None:
    """A team is no more, and another one with another name and id has its place and its players."""
    if there := _numbered(site):
        one = chance.choice(there)
        site.lose(one)
        number = next(site.fresh)
        heir = site.add(one.league, f"Foxes {letters(number)}", one.place.club, one.place.series, beside=one.place.kin)
        heir.name.family = f"foxes {number}"
        heir.outside_id, heir.players = str(10_000 + number), set(one.players)


def exchange_names_and_outside_ids(site: Website, chance: Random) -> None:
    """Two teams exchange their names and their ids, where they are."""
    if len(there := _numbered(site)) > 1:
        one, other = chance.sample(there, 2)
        one.name, other.name = other.name, one.name
        one.outside_id, other.outside_id = other.outside_id, one.outside_id
        site.tell("names exchanged", (one, other))


def hand_on_an_outside_id(site: Website, chance: Random) -> None:
    """A team is no more, and another one has its id."""
    if len(there := _numbered(site)) > 1:
        one, other = chance.sample(there, 2)
        site.lose(one)
        if one not in site.entries:
            other.outside_id = one.outside_id
            site.tell("outside id new", [other])


def _numbered(site: Website) -> list[Entry]:
    return [entry for entry in site.entries if entry.outside_id]

"""An import of the website into the database, doing to names and ids what the real one does, and the oracle's view.

Source: database document, "What the ETL does", 1, 3, 5 and 6.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

from practice_guard.core.model import Team
from tests.world.website import Entry, Website

ID_HABITS = ("sequence", "restart", "recycle", "upsert")


@dataclass
class Imported:
    """A team list as the database has it. `truth` is hidden from the program: the true team behind each id.

    `told` is what has happened to whom until then. `shown` are the clubs, and the grades, that it shows side by side
    although the league's words make them one, of those that are `alike`; `twins` differ by their case alone.
    """

    teams: list[Team]
    rosters: dict[int, frozenset[str]]
    truth: dict[int, Truth]
    next_id: int
    told: tuple[tuple[int, str], ...] = ()
    shown: frozenset[frozenset[str]] = frozenset()
    alike: frozenset[frozenset[str]] = frozenset()
    twins: frozenset[frozenset[str]] = frozenset()
    tags: frozenset[int] = field(init=False)

    def __post_init__(self) -> None:
        self.tags = frozenset(truth.tag for truth in self.truth.values())


@dataclass(frozen=True)
class Truth:
    """The tag of a true team, and whose name and place it held when it was imported.

    `players_of` are the tags whose players the import put on it: those of its own and of the club's teams it dropped.
    `outside_id` is without zeros in front. `family` is the club that its name is of, `bare` the kin of the name that
    its name is but for a bracket. In a country, `seat` is what its place is, and `named` what its name tells.
    """

    tag: int
    name: int
    place: int
    players_of: frozenset[int] = frozenset()
    family: str = ""
    outside_id: str = ""
    seat: tuple[str, ...] | None = None
    named: tuple[str, ...] | None = None
    bare: int = 0


def run(site: Website, chance: Random, before: Imported | None = None, habit: str = "sequence") -> Imported:
    """Import the website once more, with ids handed out by a habit."""
    listed = site.listed()
    kept, names = _kept(listed, site.one_a_place)
    ids = _ids(kept, chance, before, habit)
    teams, truth = [], {}
    rosters = {}
    for entry in kept:
        id_ = ids[entry.tag]
        place, outside_id = entry.place, entry.outside_id
        teams.append(Team(id_, entry.league, place.club, place.series, names[entry.tag], "Series", outside_id or None))
        # Players find their team by league, club and series, so those of a dropped second team are on the first.
        here = [other for other in listed if _place(other) == _place(entry)] if site.one_a_place else [entry]
        tags = frozenset(other.tag for other in here)
        seat = (place.of.club, place.of.grade) if place.of else None
        named = site.writing.tells(entry.name.of) if entry.name.of else None
        name = entry.name
        truth[id_] = Truth(
            entry.tag, name.kin, place.kin, tags, name.family, outside_id.lstrip("0"), seat, named, name.bare
        )
        players = frozenset().union(*(other.players for other in here))
        if players:
            rosters[id_] = players
    chance.shuffle(teams)
    next_id = max([*ids.values(), before.next_id if before else 1]) + 1
    return Imported(
        teams, rosters, truth, next_id, tuple(site.told), _shown(site, kept), site.writing.alike, site.writing.twins
    )


def _shown(site: Website, kept: list[Entry]) -> frozenset[frozenset[str]]:
    parts = {part for entry in kept if entry.place.of for part in (entry.place.of.club, entry.place.of.grade)}
    return frozenset(pair for pair in site.writing.alike if pair <= parts)


def _place(entry: Entry) -> tuple[str, str, str]:
    return entry.league, entry.place.club, entry.place.series


def _kept(listed: list[Entry], one_a_place: bool) -> tuple[list[Entry], dict[int, str]]:
    """Of two teams in one place the first; of several with one name the first bare, the others with their series."""
    places: set[tuple[str, str, str]] = set()
    taken: set[tuple[str, str]] = set()
    kept, names = [], {}
    for entry in listed:
        if one_a_place and _place(entry) in places:
            continue
        text = entry.name.text
        if (entry.league, text) in taken:
            text = f"{text} ({entry.place.series})"
        if (entry.league, text) in taken:
            continue
        places.add(_place(entry))
        taken.add((entry.league, text))
        kept.append(entry)
        names[entry.tag] = text
    return kept, names


def _ids(kept: list[Entry], chance: Random, before: Imported | None, habit: str) -> dict[int, int]:
    first = before.next_id if before else 1
    fresh = iter(range(first, first + len(kept)))
    if habit == "restart" or before is None:
        return {entry.tag: number for number, entry in enumerate(chance.sample(kept, len(kept)), 1)}
    if habit == "recycle":
        used = [team.id for team in before.teams]
        chance.shuffle(used)
        return {entry.tag: used.pop() if used else next(fresh) for entry in kept}
    if habit == "upsert":
        there = {(team.league, team.club, team.series): team.id for team in before.teams}
        return {entry.tag: there.pop(_place(entry), 0) or next(fresh) for entry in kept}
    return {entry.tag: next(fresh) for entry in kept}

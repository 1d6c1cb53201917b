"""What the ETL reads: teams as the leagues' website has them, each with a hidden tag that no program sees.

A team holds its name and its place as things of their own, `Name` and `Place`, so that the oracle knows who has whose
without ever comparing two texts. Names follow the database document, "How teams are named".
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from random import Random

from practice_guard.core.identity import Habits

CHANCE_OF_PLAYERS = 0.6
PLAYERS = 6
FEW = 4


@dataclass(frozen=True)
class Seat:
    """What a team of a club is there for: its grade, and what tells it from the club's others."""

    club: str
    grade: str
    label: str = ""


@dataclass
class Writing:
    """How a country writes its seats at the moment.

    `pattern` is that of a name, over club, grade, label and sponsor. `spellings` are all that a club, grade or label
    may have, `texts` those that they have now. `alike` says which of them are two things that the league's words make
    one, `twins` which differ by case alone, `near` which by a mark that means something.
    """

    pattern: str = ""
    grades: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    spellings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    alike: frozenset[frozenset[str]] = frozenset()
    twins: frozenset[frozenset[str]] = frozenset()
    near: frozenset[frozenset[str]] = frozenset()
    texts: dict[str, str] = field(default_factory=dict)
    sponsors: dict[str, str] = field(default_factory=dict)

    def text(self, part: str) -> str:
        """A club, a grade or a label, as it is written now."""
        return self.texts.get(part, part)

    def name(self, seat: Seat) -> str:
        """The name of the team in a seat."""
        words = self.pattern.format(
            club=self.text(seat.club),
            grade=self.text(seat.grade),
            label=self.text(seat.label),
            sponsor=self.sponsors.get(seat.club, ""),
        )
        return " ".join(word for word in words.split(" ") if word)

    def tells(self, seat: Seat) -> tuple[str, ...]:
        """What a name says of a seat."""
        return tuple(getattr(seat, part) for part in ("club", "grade", "label") if f"{{{part}}}" in self.pattern)


@dataclass(eq=False)
class Name:
    """A team's name. Names that nobody can be expected to tell apart are of one `kin`.

    Those of one club are of one `family`, and share words. `bare` is the kin of the name without a bracket.
    """

    text: str
    kin: int
    family: str = ""
    of: Seat | None = None
    bare: int = 0

    def __post_init__(self) -> None:
        self.bare = self.bare or self.kin


@dataclass(eq=False)
class Place:
    """Club and series of a team. Two teams that the import takes for one place are of one `kin`."""

    club: str
    series: str
    kin: int
    of: Seat | None = None


@dataclass(eq=False)
class Entry:
    """A true team: what it is called and where it plays may change, its tag never does."""

    tag: int
    league: str
    name: Name
    place: Place
    players: set[str] = field(default_factory=set)
    outside_id: str = ""

    @property
    def seat(self) -> Seat | None:
        """What it is there for, where its name and its place agree about that."""
        return self.place.of if self.place.of == self.name.of else None


@dataclass
class Website:
    """All leagues, in the order in which they are listed. Its import keeps one team a place, or all that there are."""

    entries: list[Entry]
    unlisted_leagues: set[str] = field(default_factory=set)
    unlisted_series: set[tuple[str, str]] = field(default_factory=set)
    unlisted_tags: set[int] = field(default_factory=set)
    fresh: itertools.count[int] = field(default_factory=lambda: itertools.count(1))
    habits: Habits | None = None
    one_a_place: bool = True
    writing: Writing = field(default_factory=Writing)
    told: list[tuple[int, str]] = field(default_factory=list)
    kins: dict[tuple[str, ...], int] = field(default_factory=dict)

    def tell(self, kind: str, entries: Iterable[Entry]) -> None:
        """Remember what happened to teams, for whoever asks why they wait."""
        self.told.extend((entry.tag, kind) for entry in entries)

    def take_seat(self, entry: Entry, seat: Seat) -> None:
        """Give a team the name and the place of a seat, as the country writes them now."""
        written = self.writing
        place = self._kin("place", seat.club, seat.grade)
        entry.name = Name(written.name(seat), self._kin("name", *written.tells(seat)), seat.club, seat)
        entry.place = Place(written.text(seat.club), written.text(seat.grade), place, seat)

    def rewrite(self) -> None:
        """Write every seat again, as the country writes it now."""
        for entry in self.entries:
            if entry.name.of:
                entry.name.text = self.writing.name(entry.name.of)
            if entry.place.of:
                entry.place.club = self.writing.text(entry.place.of.club)
                entry.place.series = self.writing.text(entry.place.of.grade)

    def found(self, league: str, seat: Seat) -> Entry:
        """Add a team in a seat."""
        entry = self.add(league, "", "", "")
        self.take_seat(entry, seat)
        return entry

    def lose(self, entry: Entry) -> None:
        """Take a team away, but for the last few."""
        if len(self.entries) > FEW:
            self.entries.remove(entry)

    def _kin(self, *key: str) -> int:
        return self.kins.setdefault(key, next(self.fresh))

    def listed(self) -> list[Entry]:
        """The teams that the next import sees."""
        return [
            entry
            for entry in self.entries
            if entry.league not in self.unlisted_leagues
            and (entry.league, entry.place.series) not in self.unlisted_series
            and entry.tag not in self.unlisted_tags
        ]

    def add(self, league: str, text: str, club: str, series: str, *, like: int = 0, beside: int = 0) -> Entry:
        """Add a team; `like` and `beside` are the kin of its name and place, where they are not new."""
        name = Name(text, like or next(self.fresh), club.partition(" ")[0].casefold())
        entry = Entry(next(self.fresh), league, name, Place(club, series, beside or next(self.fresh)))
        self.entries.append(entry)
        return entry


def build(chance: Random, *, everyone_has_players: bool = False) -> Website:
    """A small website with every naming habit, and with the teams that are hard to tell apart.

    Where everyone is to have players, nobody plays in another team's place, for the import would drop one of the two.
    """
    site = Website([])
    for league in (_apta, _nstf, _cnswpl, _cita):
        league(site, chance)
    if everyone_has_players:
        first = {entry.place.kin: entry for entry in reversed(site.entries)}
        site.entries = [entry for entry in site.entries if first[entry.place.kin] is entry]
    for entry in site.entries:
        has_players = entry.league != "CITA" and chance.random() < CHANCE_OF_PLAYERS
        if everyone_has_players or has_players:
            entry.players = {f"p{next(site.fresh)}" for _ in range(PLAYERS)}
    if not everyone_has_players:
        _put_some_on_several_teams(site, chance)
    return site


def _put_some_on_several_teams(site: Website, chance: Random) -> None:
    for entry in site.entries:
        others = [other for other in site.entries if other.league == entry.league and other is not entry]
        if entry.players and others and chance.random() < 0.4:
            chance.choice(others).players.add(min(entry.players))


def _apta(site: Website, chance: Random) -> None:
    clubs = ["Tennaqua", "Hinsdale PC I", "Hinsdale PC II", "Midtown - Chicago", "Midtown"]
    for number in chance.sample(["2", "22", "11", "13 SW", "1"], 3):
        for club in chance.sample(clubs, 3):
            site.add("APTA_CHICAGO", f"{club} - {number}", club, f"Chicago {number}")
        if number == "11":
            second = site.add("APTA_CHICAGO", "Tennaqua - 11 (Division 11)", "Tennaqua", "Division 11")
            namesakes = [entry for entry in site.entries if entry.name.text == "Tennaqua - 11"]
            second.name.bare = namesakes[0].name.kin if namesakes else second.name.kin


def _nstf(site: Website, chance: Random) -> None:
    for designation in chance.sample(["2B", "2A", "1", "12"], 2):
        for club in ("Tennaqua", "Lake Forest "):
            site.add("NSTF", f"{club} S{designation}", club.strip(), f"S{designation}")
    site.add("NSTF", "Wilmette Sunday A", "Wilmette", "Series A")


def _cnswpl(site: Website, chance: Random) -> None:
    for number in chance.sample(range(2, 25), 2):
        site.add("CNSWPL", f"Tennaqua {number}", "Tennaqua", f"S{number}")
    first = site.add("CNSWPL", "Hinsdale PC 1a", "Hinsdale PC", "Series 1")
    site.add("CNSWPL", "Hinsdale PC 1b", "Hinsdale PC", "Series 1", beside=first.place.kin)
    first = site.add("CNSWPL", "PraIrie Club G(1)", "PraIrie Club", "Series G")
    site.add("CNSWPL", "PraIrie Club G(2)", "PraIrie Club", "G", beside=first.place.kin)
    site.add("CNSWPL", "Wilmette H(2)", "Wilmette", "Series H")


def _cita(site: Website, chance: Random) -> None:
    bare = site.add("CITA", "Lakeshore Sport and Fitness", "Lakeshore Sport and Fitness", "Series 3.0 & Under Thur")
    for series in chance.sample(["Series 3.5 & Under Thur", "4.5 Singles Sun", "4.0 Doubles Sat"], 2):
        site.add("CITA", bare.name.text, bare.place.club, series, like=bare.name.kin)
    site.add("CITA", "Midtown - Chicago", "Midtown", "4.5 Singles Sun")
    site.add("CITA", "Midtown - Chicago 2", "Midtown", "4.0 Singles Sun")
    east = site.add("CITA", "College Park - East", "College Park", "4.0 Doubles Sat")
    site.add("CITA", "College Park  - East", "College Park", "4.5 Doubles Sat", like=east.name.kin)

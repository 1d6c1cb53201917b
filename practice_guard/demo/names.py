"""Clubs, series and teams of four leagues, named as the application's leagues name theirs.

Source: database document, "How teams are named". The clubs that it does not mention are made up.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

from practice_guard.demo.source import SourceTeam

LEAGUES = {
    "APTA_CHICAGO": "APTA Chicago",
    "NSTF": "North Shore Tennis Foundation",
    "CNSWPL": "Chicago North Shore Women's Platform Tennis League",
    "CITA": "Chicago Indoor Tennis Association",
}

_MADE_UP = (
    "Ashbury,Birch Hill,Brook Park,Cedar Point,Clearview,Cobble Creek,Dunmore,Eagle Ridge,Elm Grove,Fairfield,Fox Run,"
    "Glenmoor,Green Acre,Harbor View,Heather Hills,Highmeadow,Ironwood,Juniper,Knollwood,Larkspur,Linden Park,"
    "Maple Bluff,Meadowbrook,Northfield Park,Oak Terrace,Old Mill,Orchard Lake,Pine Valley,Quarry Lake,Ridgemoor,"
    "River Bend,Rolling Green,Stonegate,Sunset Hills,Valley Lo,Willow Springs"
)
_STEMS = tuple(_MADE_UP.split(","))
_COUNTRY = ("Tennaqua", "Hinsdale PC I", "Hinsdale PC II", "Wilmette", "Park Ridge CC", "Park RIdge CC", "Lake Forest")
_INDOOR = ("Midtown", "Lakeshore Sport and Fitness", "College Park")

_CLUBS = {
    "APTA_CHICAGO": (*_COUNTRY, *_STEMS),
    "NSTF": ("Tennaqua", "Wilmette", "Lake Forest", *(f"{stem} CC" for stem in _STEMS[:22])),
    "CNSWPL": ("Tennaqua", "Hinsdale PC", "PraIrie Club", "Wilmette", *(f"{stem} CC" for stem in _STEMS[:35])),
    "CITA": (*_INDOOR, *_STEMS[:10]),
}

_DIVISIONS = ("11", "7", "15", "19")
_SOUTH_WEST = tuple(f"{number} SW" for number in range(7, 31, 2))
_LETTERS = "ABCDEFGHIJKLMN"
_LEVELS = ("2.5", "3.0", "3.5", "4.0", "4.5", "5.0")


def _apta_series() -> Iterator[str]:
    yield from (f"Chicago {designation}" for designation in (*range(1, 48), *_SOUTH_WEST))


def _nstf_series() -> Iterator[str]:
    yield from ("S1", "S2A", "S2B", "S3", "S4A", "S4B", "S5", "Series 2A", "Series 2B", "Series 3")
    yield from (f"Series {letter}" for letter in "ABCDE")


def _cnswpl_series() -> Iterator[str]:
    yield from (f"Series {number}" for number in range(1, 18))
    yield from (f"S{number}" for number in range(10, 25))
    yield from (f"Series {letter}" for letter in _LETTERS)
    yield from (f"Series {number} Day" for number in range(1, 18))


def _cita_series() -> Iterator[str]:
    for level, day in itertools.product(_LEVELS, ("Thur", "Sat")):
        yield f"Series {level} & Under {day}"
    for kind, level, day in itertools.product(("Singles", "Doubles"), _LEVELS, ("Mon", "Wed", "Sun")):
        yield f"{level} {kind} {day}"
    yield from (f"{level} Mixed {day}" for level, day in itertools.product(_LEVELS, ("Fri", "Sat")))
    yield from (f"Series {level} & Over Tues" for level in _LEVELS)


_SERIES = {
    "APTA_CHICAGO": tuple(_apta_series()),
    "NSTF": tuple(_nstf_series()),
    "CNSWPL": tuple(_cnswpl_series()),
    "CITA": tuple(_cita_series()),
}


@dataclass(frozen=True)
class _Place:
    club: str
    series: str
    name: str | None = None


# What has gone wrong there: twins by case and blanks, prefixes, two teams at one place, one name in several series.
_TRAPS = {
    "APTA_CHICAGO": (
        _Place("Tennaqua", "Chicago 22"),
        _Place("Tennaqua", "Chicago 2"),
        *(
            _Place(club, f"{first_or_second} {number}")
            for number, club, first_or_second in itertools.product(
                _DIVISIONS, ("Tennaqua", "Wilmette"), ("Chicago", "Division")
            )
        ),
        _Place("Hinsdale PC I", "Chicago 13 SW"),
        _Place("Hinsdale PC II", "Chicago 13 SW"),
        _Place("Park Ridge CC", "Chicago 22"),
        _Place("Park RIdge CC", "Chicago 22"),
    ),
    "NSTF": (
        _Place("Tennaqua", "S2B"),
        _Place("Wilmette", "Series A", "Wilmette Sunday A"),
        _Place("Lake Forest", "S1", "Lake Forest  S1"),
        _Place("Tennaqua", "Series 2B", "Tennaqua Sunday 2B"),
    ),
    "CNSWPL": (
        _Place("Tennaqua", "S10"),
        _Place("Hinsdale PC", "Series 1", "Hinsdale PC 1a"),
        _Place("Hinsdale PC", "Series 1", "Hinsdale PC 1b"),
        _Place("PraIrie Club", "Series G", "PraIrie Club G(1)"),
        _Place("PraIrie Club", "Series H", "PraIrie Club G(2)"),
        _Place("Wilmette", "Series H", "Wilmette H(2)"),
    ),
    "CITA": (
        _Place("Midtown", "Series 3.0 & Under Thur", "Midtown - Chicago"),
        _Place("Midtown", "4.5 Singles Sun", "Midtown - Chicago"),
        _Place("Midtown", "4.5 Singles Mon", "Midtown - Chicago 2"),
        _Place("Lakeshore Sport and Fitness", "Series 3.0 & Under Thur"),
        _Place("Lakeshore Sport and Fitness", "Series 3.5 & Under Thur"),
        _Place("College Park", "4.0 Doubles Wed", "College Park - East"),
        _Place("College Park", "4.5 Doubles Wed", "College Park  - East"),
    ),
}


def teams(league: str, count: int) -> list[SourceTeam]:
    """Returns `count` teams of a league, the troublesome ones first, then evenly over its series and clubs."""
    places = itertools.islice(itertools.chain(_TRAPS[league], _others(league)), count)
    return [_team(league, place, number) for number, place in enumerate(places, 1)]


def _others(league: str) -> Iterator[_Place]:
    taken = {(place.club, place.series) for place in _TRAPS[league]}
    clubs, series = _CLUBS[league], _SERIES[league]
    for turn, (number, name) in itertools.product(range(len(clubs)), enumerate(series)):
        # Each turn gives every series a club that it did not have; the seven spreads the clubs over the series.
        club = clubs[(number * 7 + turn) % len(clubs)]
        if (club, name) not in taken:
            yield _Place(club, name)


def _team(league: str, place: _Place, number: int) -> SourceTeam:
    designation = place.series.split(" ", 1)[-1]
    if league == "APTA_CHICAGO":
        second = place.series.startswith("Division ")
        name = f"{place.club} - {designation}"
        alias = f"Series {designation} ({place.series})" if second else f"Series {designation}"
    elif league == "NSTF":
        name = f"{place.club} {place.series if place.series.startswith('S') else designation}"
        alias = f"Series {place.series.removeprefix('Series ').removeprefix('S')}"
    elif league == "CNSWPL":
        name = f"{place.club} {place.series.removeprefix('Series ').removeprefix('S')}"
        alias = f"S{place.series.removeprefix('Series ').removeprefix('S')}"
    else:
        name = place.club
        alias = place.series
    return SourceTeam(f"{league}-{number}", league, place.club, place.series, place.name or name, alias)

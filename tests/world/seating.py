"""What happens to teams in the seats of a country: other grades, other ages, other labels, clubs and sponsors."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise
from random import Random

from tests.world.website import Entry, Seat, Website

SPONSORS = ("Acme", "Borealis", "Cinder", "Dunlin", "Ember & Sons", "")


def _seated(site: Website) -> list[tuple[Entry, Seat]]:
    return [(entry, entry.seat) for entry in site.entries if entry.seat]


def _is_free(site: Website, seat: Seat) -> bool:
    """Whether no team of the club is in that grade, and none has that name."""
    tells, others = site.writing.tells, [of for entry in site.entries for of in (entry.name.of, entry.place.of) if of]
    return all((other.club, other.grade) != (seat.club, seat.grade) and tells(other) != tells(seat) for other in others)


def _may_sit(site: Website, entry: Entry, seat: Seat) -> bool:
    rest = replace(site, entries=[each for each in site.entries if each is not entry])
    return _is_free(rest, seat)


def promote_and_relegate(site: Website, chance: Random) -> None:
    """A team goes up into the next grade and another one down."""
    grades = site.writing.grades
    at = chance.randrange(len(grades) - 1)
    for here, there in ((at, at + 1), (at + 1, at)):
        movers = [(entry, seat) for entry, seat in _seated(site) if seat.grade == grades[here]]
        if movers:
            entry, seat = chance.choice(movers)
            if _may_sit(site, entry, moved := replace(seat, grade=grades[there])):
                site.take_seat(entry, moved)
                site.tell("promoted", [entry])


def next_age_group(site: Website, chance: Random) -> None:
    """A season: every team is a year older, the oldest are no more, and the youngest are new."""
    grades = site.writing.grades
    older = dict(pairwise(grades))
    youngest = [(entry, seat) for entry, seat in _seated(site) if seat.grade == grades[0]]
    for entry, seat in _seated(site):
        if seat.grade in older:
            site.take_seat(entry, replace(seat, grade=older[seat.grade]))
            site.tell("a year older", [entry])
        elif seat.grade == grades[-1]:
            site.lose(entry)
    for entry, seat in youngest:
        if chance.random() < 0.7:
            _found(site, entry.league, seat, entry)


def leave_out_one_of_two(site: Website, chance: Random) -> None:
    """Of two teams of which somebody might take one for the other, only one is listed."""
    near = site.writing.alike | site.writing.twins | site.writing.near
    site.unlisted_tags = set()
    seats = _seated(site)
    for at, (one, seat) in enumerate(seats):
        for other, held in seats[at + 1 :]:
            parts = [(seat.club, held.club), (seat.grade, held.grade), (seat.label, held.label)]
            differing = {frozenset(pair) for pair in parts if len(set(pair)) > 1}
            if len(differing) == 1 and differing <= near:
                site.unlisted_tags.add(chance.choice((one, other)).tag)


def reshuffle_grades(site: Website, chance: Random) -> None:
    """The teams of a club exchange their grades."""
    seats = _seated(site)
    if not seats:
        return
    club = chance.choice(seats)[1].club
    there = [(entry, seat) for entry, seat in seats if seat.club == club]
    grades = [seat.grade for _, seat in there]
    for (entry, seat), grade in zip(there, [*grades[1:], *grades[:1]], strict=True):
        if seat.grade != grade:
            site.take_seat(entry, replace(seat, grade=grade))
            site.tell("grades exchanged", [entry])


def drop_the_mark(site: Website, chance: Random) -> None:
    """A grade like `B` is no more, and the one like `B-` is written `B` from now on."""
    marked = [grade for grade in site.writing.grades if grade[-1] in "-+"]
    if not marked:
        return
    grade = chance.choice(marked)
    for entry in [entry for entry, seat in _seated(site) if seat.grade == grade[:-1]]:
        site.lose(entry)
    for entry, seat in _seated(site):
        if seat.grade == grade:
            site.take_seat(entry, replace(seat, grade=grade[:-1]))
            site.tell("lost its mark", [entry])


def found_a_second_team(site: Website, chance: Random) -> None:
    """A club has one team more, in a grade where it had none."""
    if not (seats := _seated(site)):
        return
    like, seat = chance.choice(seats)
    new = Seat(seat.club, chance.choice(site.writing.grades), chance.choice(site.writing.labels or ("",)))
    if _is_free(site, new):
        _found(site, like.league, new, like)


def drop_a_second_team(site: Website, chance: Random) -> None:
    """A club's second team is no more."""
    seconds = [entry for entry, seat in _seated(site) if seat.label]
    if seconds:
        site.lose(chance.choice(seconds))


def close_ranks(site: Website, chance: Random) -> None:
    """A club's second team is no more, and the third is called the second, where it plays."""
    second, third = site.writing.labels[1:3] if len(site.writing.labels) > 2 else ("", "")
    clubs = {seat.club: (entry, seat) for entry, seat in _seated(site) if second and seat.label == third}
    if not clubs:
        return
    club, (entry, seat) = chance.choice(sorted(clubs.items(), key=lambda each: each[0]))
    for other, held in _seated(site):
        if (held.club, held.label) == (club, second):
            site.lose(other)
    site.take_seat(entry, replace(seat, label=second))
    site.tell("ranks closed", [entry])


def change_sponsor(site: Website, chance: Random) -> None:
    """A club's teams are named for another sponsor."""
    if seats := _seated(site):
        club = chance.choice(seats)[1].club
        site.writing.sponsors[club] = chance.choice(SPONSORS)
        _rewritten(site, "sponsor", (entry for entry, seat in seats if seat.club == club))


def rename_a_club(site: Website, chance: Random) -> None:
    """A club is renamed as a whole."""
    if seats := _seated(site):
        club = chance.choice(seats)[1].club
        site.writing.texts[club] = f"{club} {chance.choice(['Valley', 'Chicago', 'United'])}"
        _rewritten(site, "club renamed", (entry for entry, seat in seats if seat.club == club))


def respell_parts(site: Website, chance: Random) -> None:
    """Grades, clubs and labels are written in another of the country's ways: all of them, or some."""
    all_of_them = chance.random() < 0.5
    for part, ways in site.writing.spellings.items():
        if all_of_them or chance.random() < 0.4:
            site.writing.texts[part] = chance.choice(ways)
    _rewritten(site, "relabelled", site.entries)


def respell_grades(site: Website, chance: Random) -> None:
    """All grades are written in another of the country's ways, and the same one."""
    way = chance.randrange(4)
    for grade in site.writing.grades:
        if ways := site.writing.spellings.get(grade):
            site.writing.texts[grade] = ways[way % len(ways)]
    _rewritten(site, "relabelled", site.entries)


def respell_the_code(site: Website, chance: Random) -> None:
    """The league's code is written in another way."""
    codes = {each.code: (each.code, *each.code_aliases) for each in (site.habits.leagues if site.habits else ())}
    for one in codes.values():
        code = chance.choice(one)
        there = [entry for entry in site.entries if entry.league in one and entry.league != code]
        for entry in there:
            entry.league = code
        site.tell("code respelt", there)


def _rewritten(site: Website, kind: str, entries: Iterable[Entry]) -> None:
    site.tell(kind, entries)
    site.rewrite()


def _found(site: Website, league: str, seat: Seat, like: Entry) -> None:
    entry = site.found(league, seat)
    if like.outside_id:
        entry.outside_id = str(10_000 + next(site.fresh))
    if like.players:
        entry.players = {f"p{next(site.fresh)}" for _ in like.players}

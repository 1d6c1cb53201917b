"""Leagues of other countries, all made up: how they write their teams, what is said of them, what happens there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random

from practice_guard.core.identity import ORDINALS, Habits, League
from tests.world import operations, outside_ids, seating, turnover
from tests.world.operations import Operation
from tests.world.website import Seat, Website, Writing

TEAMS = (6, 10)
CLUBS = (2, 4)
PLAYERS = (5, 11)

LISTS: tuple[Operation, ...] = (*operations.LISTS_ONLY, operations.leave_out_series, operations.leave_out_teams)
ROSTERS: tuple[Operation, ...] = (
    operations.transfer_players,
    operations.replace_a_leagues_players,
    turnover.deal_players_anew,
    turnover.copy_a_roster,
    turnover.exchange_rosters,
    turnover.pool_onto_a_sibling,
    turnover.take_over_a_roster,
)
IDS: tuple[Operation, ...] = (
    outside_ids.renumber_outside_ids,
    outside_ids.empty_some_outside_ids,
    outside_ids.pad_outside_ids,
    outside_ids.give_one_another_outside_id,
    outside_ids.replace_a_team_by_another,
    outside_ids.replace_a_team_under_another_name,
    outside_ids.exchange_names_and_outside_ids,
    outside_ids.hand_on_an_outside_id,
)
TEAMS_COME_AND_GO: tuple[Operation, ...] = (
    operations.fold,
    operations.found,
    seating.found_a_second_team,
    seating.drop_a_second_team,
)
NAMES_MOVE: tuple[Operation, ...] = (operations.rename, operations.swap_names, operations.found_a_twin)
PLACES_MOVE: tuple[Operation, ...] = (operations.move, operations.swap_places, operations.list_in_another_order)
SPELLINGS: tuple[Operation, ...] = (operations.respell_a_name, operations.respell_a_club)


@dataclass(frozen=True)
class Country:
    """A league and its way of writing. `happens` is what may happen there beside what happens everywhere.

    A history is about a few of its `clubs` that stand beside each other here. `spellings` are interchangeable
    by `habits`, or everywhere; `alike` are two things that only such a word makes one, `twins` differ by case alone,
    and `near` by a mark that means something. Where it `shares_places`, an import may keep all teams of a place.
    """

    name: str
    habits: League
    pattern: str
    clubs: tuple[str, ...]
    grades: tuple[str, ...]
    labels: tuple[str, ...] = ("",)
    spellings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    alike: frozenset[frozenset[str]] = frozenset()
    twins: frozenset[frozenset[str]] = frozenset()
    near: frozenset[frozenset[str]] = frozenset()
    sponsors: bool = False
    outside_ids: bool = False
    shares_places: bool = False
    happens: tuple[Operation, ...] = ()

    def build(self, chance: Random) -> Website:
        """A small website of this country: the teams of a few of its clubs, some with players."""
        writing = Writing(self.pattern, self.grades, self.labels, self.spellings, self.alike, self.twins, self.near)
        one_a_place = not (self.shares_places and chance.random() < 0.5)
        site = Website([], habits=Habits((self.habits,)), writing=writing, one_a_place=one_a_place)
        if self.sponsors:
            writing.sponsors.update({club: chance.choice(seating.SPONSORS) for club in self.clubs})
        writing.texts.update({part: chance.choice(ways) for part, ways in self.spellings.items()})
        first, few = chance.randrange(len(self.clubs)), chance.randint(*CLUBS)
        clubs = [*self.clubs[first:], *self.clubs[:first]][:few]
        seats = [Seat(club, grade, label) for club in clubs for grade in self.grades for label in self.labels]
        chance.shuffle(seats)
        taken: set[tuple[str, ...]] = set()
        count, numbered, has_players = chance.randint(*TEAMS), chance.random() < 0.7, chance.random() < 0.8
        for seat in seats:
            # No two teams of one place but for the labels that are there for that, and each label of a club once.
            keys = {("name", *writing.tells(seat), *([seat.grade] if "{label}" not in self.pattern else []))}
            keys |= {("place", seat.club, seat.grade, seat.label if "{grade}" in self.pattern else "")}
            if keys & taken or len(site.entries) >= count:
                continue
            taken |= keys
            entry = site.found(self.habits.code, seat)
            if self.outside_ids and numbered and chance.random() < 0.9:
                entry.outside_id = str(1000 + entry.tag)
            if has_players and chance.random() < 0.75:
                entry.players = {f"p{next(site.fresh)}" for _ in range(chance.randint(*PLAYERS))}
        if chance.random() < 0.5:
            seating.leave_out_one_of_two(site, chance)
        return site


def _pairs(*pairs: tuple[str, str]) -> frozenset[frozenset[str]]:
    return frozenset(map(frozenset, pairs))


ROMAN = {"II": ("II", "2", "2nd"), "III": ("III", "3", "3rd")}

PROMOTION = Country(
    "promotion and relegation, names that are unique",
    League("FENLIGA", (), ORDINALS, ("FC", "SV", "TC"), unique_names=True),
    "{club} {label}",
    ("FC Tennaqua", "TC Tennaqua", "SV Winmere", "Lakeside 04", "Mill Brook"),
    ("Kreisliga B", "Kreisliga A", "Bezirksliga", "Landesliga"),
    ("", "II", "III"),
    {**ROMAN, "SV Winmere": ("SV Winmere", "Winmere")},
    _pairs(("FC Tennaqua", "TC Tennaqua")),
    outside_ids=True,
    happens=(
        seating.leave_out_one_of_two,
        *(seating.promote_and_relegate, seating.promote_and_relegate, seating.respell_parts, seating.close_ranks),
        *PLACES_MOVE,
    ),
)
AGE_GROUPS = Country(
    "age groups and colours",
    League("NORTH_YOUTH", ("Under", "U"), (("Red", "Crimson"), ("Blue", "Azure"))),
    "{club} {grade} {label}",
    ("Winmere", "PC", "Lakeside Juniors"),
    ("U10", "U11", "U12", "U13"),
    ("Red", "Blue", "Boys", "Girls", ""),
    {"Red": ("Red", "Crimson")},
    outside_ids=True,
    shares_places=True,
    happens=(seating.next_age_group, seating.next_age_group, seating.respell_parts, *NAMES_MOVE, *PLACES_MOVE),
)
SECOND_TEAMS = Country(
    "second teams, outside ids that confirm",
    League("BRENNA", ("Division", "Div"), ORDINALS, ("FC",), outside_id_confirms=True),
    "{club} {label}",
    ("FC Winmere", "Lakeside", "Northgate", "Mill Brook"),
    ("Division 1", "Division 2", "Division 3"),
    ("", "II", "III"),
    {
        **ROMAN,
        "FC Winmere": ("FC Winmere", "Winmere", "Winmere FC"),
        **{f"Division {number}": (f"Division {number}", f"Div {number}", f"{number}") for number in (1, 2, 3)},
    },
    outside_ids=True,
    happens=(
        *(seating.respell_parts, seating.respell_grades, seating.close_ranks, seating.promote_and_relegate),
        *(operations.rename, *PLACES_MOVE, outside_ids.deal_outside_ids_anew, seating.rename_a_club),
    ),
)
SPONSORS = Country(
    "sponsors in names, outside ids that veto",
    League("CORVIA_OPEN", ("Round", "R")),
    "{sponsor} {club} {label}",
    ("Winmere", "Lakeside", "Tennaqua", "Old Mill"),
    ("Round 1", "Round 2", "Round 3"),
    ("", "Ladies", "Seniors"),
    {f"Round {number}": (f"Round {number}", f"R{number}", f"R {number}") for number in (1, 2, 3)},
    sponsors=True,
    outside_ids=True,
    happens=(
        *(seating.change_sponsor, seating.change_sponsor, seating.respell_grades, outside_ids.deal_outside_ids_anew),
        *(*NAMES_MOVE, *PLACES_MOVE, *SPELLINGS, turnover.deal_seats_anew),
    ),
)
FLIGHTS = Country(
    "ordinals, aliases of clubs and codes",
    League(
        "FLIGHTS_WEST",
        ("Flight",),
        ORDINALS,
        ("TC",),
        (("Win", "Winmere"), ("LKS", "Lakeside")),
        ("FLIGHTS WEST 1", "FW"),
    ),
    "{club} - {grade}",
    ("Winmere", "Lakeside", "Northgate", "Hazel TC"),
    ("1st Flight", "2nd Flight", "3rd Flight", "4th Flight"),
    spellings={
        "1st Flight": ("1st Flight", "First Flight", "I Flight", "1 Flight"),
        "2nd Flight": ("2nd Flight", "Second Flight", "II Flight", "2 Flight"),
        "3rd Flight": ("3rd Flight", "Third Flight", "III Flight", "3 Flight"),
        "Winmere": ("Winmere", "Win"),
        "Lakeside": ("Lakeside", "LKS"),
        "Hazel TC": ("Hazel TC", "Hazel"),
    },
    outside_ids=True,
    happens=(
        *(seating.respell_parts, seating.respell_grades, seating.respell_the_code, seating.rename_a_club),
        *(seating.promote_and_relegate, *NAMES_MOVE, *PLACES_MOVE, *SPELLINGS, turnover.deal_seats_anew),
    ),
)
ENGLAND, SCOTLAND = (
    "\U0001f3f4" + "".join(chr(0xE0000 + ord(letter)) for letter in region) + "\U000e007f"
    for region in ("gbeng", "gbsct")
)
MARKED = (
    ("\u0646\u0648\u0631\u200c\u0622\u0628\u0627\u062f", "\u0646\u0648\u0631\u0622\u0628\u0627\u062f"),
    (f"Nova {ENGLAND}", f"Nova {SCOTLAND}"),
    ("Falke \U0001f1e9\U0001f1ea", "Falke \U0001f1eb\U0001f1f7"),
    ("Iris \U0001f469\u200d\U0001f680", "Iris \U0001f469\U0001f680"),
)
"""Clubs that differ by a joiner or by a flag."""
SCRIPTS = Country(
    "scripts, flags and joiners",
    League("LIGA_MIRA", ("Серия", "Σειρά", "シリーズ")),
    "{club} {grade}",
    (
        *(
            "Спартак Озёрный",
            "Όλυμπος Λίμνης",
            "東京ガルーダ",
            *MARKED[0],
            "สโมสรทะเล",
            *MARKED[1],
            *MARKED[2],
            *MARKED[3],
        ),
    ),
    ("Серия 1", "Серия 2", "Серия Б"),
    spellings={f"Серия {each}": (f"Серия {each}", f"Σειρά {each}", f"シリーズ {each}", each) for each in "12Б"},
    near=_pairs(*MARKED),
    happens=(
        *(seating.leave_out_one_of_two, seating.leave_out_one_of_two, seating.respell_parts, seating.respell_grades),
        *(*NAMES_MOVE, *PLACES_MOVE, turnover.deal_seats_anew),
    ),
)
GRADES = Country(
    "grades with marks, bare names, clubs that differ by case",
    League("GRADED"),
    "{club}",
    ("Sharks", "SHARKS", "Lakeside", "Winmere"),
    ("A", "A-", "A+", "B", "B-", "C"),
    twins=_pairs(("Sharks", "SHARKS")),
    near=_pairs(("A", "A-"), ("A", "A+"), ("A-", "A+"), ("B", "B-")),
    happens=(
        seating.leave_out_one_of_two,
        *(seating.reshuffle_grades, seating.drop_the_mark, seating.promote_and_relegate, turnover.deal_seats_anew),
        *(operations.swap_places, operations.list_in_another_order, operations.rename, turnover.take_over_a_roster),
    ),
)
TWO_WORDS = Country(
    "two series that only a synonym makes one",
    League("NUMBERED"),
    "{club} {grade}",
    ("Lions", "Bears", "Winmere", "Tennaqua"),
    ("1", "S1", "2", "Series 2", "Division 2"),
    alike=_pairs(("1", "S1"), ("2", "Series 2")),
    happens=(
        *(seating.leave_out_one_of_two, seating.leave_out_one_of_two),
        *(seating.reshuffle_grades, seating.promote_and_relegate, seating.rename_a_club, turnover.deal_seats_anew),
        *(operations.swap_names, operations.swap_places, operations.list_in_another_order),
    ),
)

COUNTRIES = (PROMOTION, AGE_GROUPS, SECOND_TEAMS, SPONSORS, FLIGHTS, SCRIPTS, GRADES, TWO_WORDS)


def happening(country: Country) -> tuple[Operation, ...]:
    """All that may happen in a country."""
    ids = IDS if country.outside_ids else ()
    return (*LISTS, *ROSTERS, *TEAMS_COME_AND_GO, *ids, *country.happens)

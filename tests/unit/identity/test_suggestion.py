"""What is suggested to be said of a league: each kind where it settles something, and where it must not be."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from practice_guard.core import toml
from practice_guard.core.application import leagues
from practice_guard.core.identity import Habits, League, Suggestion, Witnesses, resolve, suggest
from practice_guard.core.model import Team
from tests.world.team_lists import roster

CLUBS = ("Tennaqua", "Winmere", "Lakeside", "Midton", "Northfield")
LAKE = "LAKE"
Change = Callable[[Team], Team]


def season(change: Change = lambda team: team, *, first_id: int = 1, series: str = "Chicago") -> list[Team]:
    """Five clubs with a team in each of three series, changed if wanted."""
    names = [(club, f"{series} {number}", f"{club} - {number}") for club in CLUBS for number in (1, 2, 3)]
    return [change(Team(first_id + at, LAKE, *each)) for at, each in enumerate(names)]


def next_season(change: Change = lambda team: team, *, series: str = "Chicago") -> list[Team]:
    """The same teams under other ids, changed if wanted."""
    return season(change, first_id=101, series=series)


def called(old: str, new: str, *parts: str) -> Change:
    """Another word in a team's club, series or name, for one of its words."""

    def change(team: Team) -> Team:
        found = {part: str(getattr(team, part)).replace(old, new) for part in parts or ("club", "series", "name")}
        return replace(team, club=found.get("club", team.club), series=found.get("series", team.series),
                       name=found.get("name", team.name))  # fmt: skip

    return change


def read(section: str) -> Habits:
    """What the settings say with a section in them."""
    return leagues.read("practice_guard.toml", toml.Lines(section), toml.parse(section, "")["league"]).habits


def the_one(found: Sequence[Suggestion]) -> Suggestion:
    """The only suggestion there is."""
    assert len(found) == 1, found
    return found[0]


def settles(old: Sequence[Team], new: Sequence[Team], section: str, *, waiting: int, settled: int) -> Suggestion:
    """One suggestion, with this in its section, which settles what it says once it is pasted."""
    found = the_one(suggest(old, new, Habits()))
    assert section in found.section
    assert (found.waiting, found.settled) == (waiting, settled)
    assert len(found.examples) == min(3, settled)
    heirs = resolve(old, new, habits=read(found.section)).heirs
    assert len(heirs) == len(old) - waiting + settled
    assert all(heirs[was.id] == now.id for was, now in found.examples)
    return found


def test_nothing_is_suggested_where_no_team_waits() -> None:
    assert suggest(season(), next_season(), Habits()) == ()
    assert suggest([], next_season(), Habits()) == ()


def test_words_before_the_same_designations() -> None:
    said = 'series_words = ["Chicago", "Series", "S", "Liga", "Division"]\n'
    found = settles(season(series="Liga"), next_season(series="Division"), said, waiting=15, settled=15)
    assert found.section.startswith(f'[[league]]\ncode = "{LAKE}"\n')
    assert any("series_words would be wrong about" in each for each in found.against)


def test_a_word_that_only_one_list_has() -> None:
    settles(season(called("Chicago ", "", "series")), next_season(series="Level"), '"Level"]', waiting=15, settled=15)


def test_words_are_not_one_while_a_list_has_both() -> None:
    old, new = season(series="Liga"), next_season(called("Liga 2", "Division 2"), series="Liga")
    assert all("series_words" not in each.section for each in suggest(old, new, Habits()))


def test_single_letters_are_no_words_of_series() -> None:
    assert suggest(season(called("Chicago ", "A ", "series")), next_season(called("Chicago ", "B ", "series")), Habits(
        (League(LAKE, unique_names=True),))) == ()  # fmt: skip
    for each in suggest(season(series="A"), next_season(series="B"), Habits()):
        assert "series_words" not in each.section


def test_ordinals_where_they_make_names_and_series_meet() -> None:
    roman = {"1": "I", "2": "II", "3": "III"}

    def in_roman(team: Team) -> Team:
        number = str(team.series)[-1]
        return called(number, roman[number])(team)

    settles(season(in_roman), next_season(), "ordinals = true\n", waiting=15, settled=15)


def test_ordinals_are_not_suggested_where_letters_are_groups() -> None:
    old = [Team(at, LAKE, club, f"Chicago {group}", f"{club} {group}") for at, (club, group) in enumerate(
        [(club, group) for club in CLUBS for group in ("I", "1")], 1)]  # fmt: skip
    new = [replace(team, id=team.id + 100) for team in old if team.series != "Chicago I"]
    assert suggest(old, new, Habits()) == ()


def test_forms_of_clubs() -> None:
    def of_football(team: Team) -> Team:
        return replace(team, club=f"FC {team.club}", name=f"FC {team.name}")

    found = settles(season(of_football), next_season(), 'club_words = ["FC"]\n', waiting=15, settled=15)
    assert "club_aliases" not in found.section


def test_a_word_of_one_club_is_no_form_of_all() -> None:
    found = settles(season(called("Midton", "Midton Red", "club", "name")), next_season(), "club_aliases = ",
                    waiting=3, settled=3)  # fmt: skip
    assert "club_words" not in found.section


def test_forms_and_series_at_once() -> None:
    def of_football(team: Team) -> Team:
        return replace(team, club=f"FC {team.club}", name=f"FC {team.name}")

    found = settles(season(of_football, series="Liga"), next_season(series="Division"), "club_words", waiting=15,
                    settled=15)  # fmt: skip
    assert "series_words" in found.section


def test_a_club_that_has_another_name() -> None:
    settles(season(), next_season(called("Midton", "Midton Chicago", "club", "name")),
            'club_aliases = { Midton = "Midton Chicago" }\n', waiting=3, settled=3)  # fmt: skip


def test_a_club_that_left_is_not_the_one_that_came() -> None:
    assert suggest(season(), next_season(called("Midton", "Fox Run", "club", "name")), Habits()) == ()


def test_a_club_that_left_is_the_one_that_came_where_its_players_did() -> None:
    old, new = season(), next_season(called("Midton", "Fox Run", "club", "name"))
    players = Witnesses({team.id: roster(20 * team.id, 3) for team in old},
                        {team.id: roster(20 * (team.id - 100), 3) for team in new})  # fmt: skip
    assert '{ Midton = "Fox Run" }' in the_one(suggest(old, new, Habits(), players)).section


def test_a_club_is_no_alias_of_two() -> None:
    old = season()
    new = next_season(called("Midton", "Midton East", "club", "name"))
    west = [replace(team, id=team.id + 100, club="Midton West", name=str(team.name).replace("East", "West"))
            for team in new if team.club == "Midton East"]  # fmt: skip
    assert suggest(old, [*new, *west], Habits()) == ()


def test_an_alias_leads_on_to_the_name_of_today() -> None:
    said = Habits((League(LAKE, club_aliases=(("Middleton", "Midton"),)),))
    found = the_one(suggest(season(), next_season(called("Midton", "Midton Chicago", "club", "name")), said))
    assert found.replaces
    assert read(found.section).of(LAKE).club_aliases == (("Middleton", "Midton Chicago"), ("Midton", "Midton Chicago"))


def test_a_leagues_code_in_another_spelling() -> None:
    new = next_season(lambda team: replace(team, league="LAKE_SHORE"))
    found = settles(season(), new, f'code_aliases = ["{LAKE}"]\n', waiting=15, settled=15)
    assert found.league == LAKE
    assert 'code = "LAKE_SHORE"\n' in found.section


def test_a_leagues_code_is_added_to_what_is_said_of_it() -> None:
    said = Habits((League(LAKE, club_words=("TC",)),))
    found = the_one(suggest(season(), next_season(lambda team: replace(team, league="LAKE_SHORE")), said))
    assert (read(found.section).of(LAKE).code, read(found.section).of("LAKE_SHORE").club_words) == (LAKE, ("TC",))


def test_a_league_with_other_series_is_another_league() -> None:
    other = next_season(lambda team: replace(team, league="WINTER", series=f"{team.series} W", name=f"{team.name} W"))
    assert suggest(season(), other, Habits()) == ()


def test_a_league_is_not_one_of_two() -> None:
    one = next_season(lambda team: replace(team, league="LAKE_EAST"))
    other = next_season(lambda team: replace(team, id=team.id + 100, league="LAKE_WEST"))
    assert suggest(season(), [*one, *other], Habits()) == ()


NICKNAMES = {"Winmere - 1": "Wolves", "Winmere - 2": "Winmere Foxes", "Winmere - 3": "Winmere II"}


def nicknamed(team: Team) -> Team:
    """Winmere's teams under names that say no series."""
    return replace(team, name=NICKNAMES.get(str(team.name), team.name))


def test_two_leagues_are_not_one_that_came() -> None:
    new = next_season(lambda team: replace(team, league="LAKE_SHORE"))
    second = season(lambda team: replace(team, league="LAKE_2"), first_id=201)
    assert suggest([*season(), *second], new, Habits()) == ()


@pytest.mark.parametrize("code", ["*", "--", ""])
def test_a_league_that_no_section_can_name_is_left_alone(code: str) -> None:
    def its(team: Team) -> Team:
        return replace(team, league=code)

    assert suggest(season(its, series="Liga"), next_season(its, series="Division"), Habits()) == ()


def test_clubs_that_say_nothing_or_differ_by_case_alone_are_no_aliases() -> None:
    for one, other in ((",", ";"), ("MIDTON", "Midton")):
        twin = Team(90, LAKE, "midton", "Chicago 1", "Other 1")
        old = [*season(called("Midton", one, "club")), twin]
        new = [*next_season(called("Midton", other, "club")), replace(twin, id=190)]
        assert all("aliases" not in each.section for each in suggest(old, new, Habits()))


def promoted(team: Team) -> Team:
    """Winmere's teams, one series higher, under their names."""
    higher = {"Chicago 1": "Chicago 0", "Chicago 2": "Chicago 1", "Chicago 3": "Chicago 2"}
    return replace(nicknamed(team), series=higher[str(team.series)]) if team.club == "Winmere" else team


def test_names_that_stay_where_teams_are_promoted() -> None:
    found = settles(season(nicknamed), next_season(promoted), 'names = "unique"\n', waiting=3, settled=3)
    assert 'names = "unique" would be wrong about a second team that takes over a name' in found.against


def test_one_team_that_kept_its_name_is_no_habit_of_the_league() -> None:
    def one(team: Team) -> Team:
        return promoted(team) if team.name == "Winmere - 1" else nicknamed(team)

    assert suggest(season(nicknamed), next_season(one), Habits()) == ()


def test_names_that_say_a_series_do_not_leave_it() -> None:
    def shuffled(team: Team) -> Team:
        return replace(promoted(team), name=team.name)

    assert suggest(season(), next_season(shuffled), Habits()) == ()


def test_names_are_not_unique_where_a_list_has_one_twice() -> None:
    twice = Team(50, LAKE, "Fox Run", "Chicago 1", "Fox Run")
    old = [*season(nicknamed), twice, replace(twice, id=51, series="Chicago 2")]
    new = [*next_season(promoted), replace(twice, id=150), replace(twice, id=151, series="Chicago 2")]
    assert suggest(old, new, Habits()) == ()


def test_names_that_an_import_may_have_moved_are_not_unique() -> None:
    def bare(team: Team) -> Team:
        return replace(team, name=str(team.name).rpartition(" - ")[0]) if team.series == "Chicago 2" else team

    def elsewhere(team: Team) -> Team:
        return replace(bare(team), series="Chicago 4") if team.series == "Chicago 2" else team

    assert suggest(season(bare), next_season(elsewhere), Habits()) == ()


def test_names_of_another_club_are_counted_against_it() -> None:
    def one_left(team: Team) -> Team:
        return replace(promoted(team), club="Fox Run") if team.name == "Winmere - 2" else promoted(team)

    found = the_one(suggest(season(nicknamed), next_season(one_left), Habits()))
    assert any(each.startswith("1 team would be joined with a team of another club") for each in found.against)


def test_names_that_are_mostly_of_another_club_are_not_unique() -> None:
    def left(team: Team) -> Team:
        return replace(promoted(team), club="Fox Run") if team.club == "Winmere" else team

    assert suggest(season(nicknamed), next_season(left), Habits()) == ()


def with_ids(team: Team) -> Team:
    """A team with an outside id, the same in each season."""
    return replace(team, outside_id=f"T{team.id % 100}")


def renamed(team: Team) -> Team:
    return replace(team, name="Wolves") if team.name == "Winmere - 2" else team


def test_outside_ids_where_those_of_matched_teams_are_equal() -> None:
    found = the_one(suggest(season(with_ids), next_season(lambda team: renamed(with_ids(team))), Habits()))
    assert found.section.endswith("outside_id_confirms = true\n")
    assert (found.waiting, found.settled) == (1, 1)


def test_outside_ids_confirm_nothing_where_they_are_others() -> None:
    def anew(team: Team) -> Team:
        return renamed(replace(team, outside_id="T2" if team.name == "Winmere - 2" else f"N{team.id}"))

    old = season(with_ids)
    old[4] = replace(old[4], outside_id="T2")
    assert suggest(old, next_season(anew), Habits()) == ()


def test_what_players_contradict_is_not_suggested() -> None:
    old, new = season(nicknamed), next_season(promoted)
    elsewhere = {105: roster(100), 104: roster(200), 106: roster(300)}
    players = Witnesses({4: roster(100), 5: roster(300), 6: roster(200)}, elsewhere)
    assert all("unique" not in each.section for each in suggest(old, new, Habits(), players))


def with_stars(teams: list[Team], *names: str) -> list[Team]:
    """A league with a team of the club Fox Run, and others, besides."""
    first = max(team.id for team in teams) + 1
    return [*teams, *(Team(first + at, LAKE, f"Fox Run {at}", "Chicago 7", name) for at, name in enumerate(names))]


def football(team: Team) -> Team:
    """Winmere's teams as those of FC Winmere."""
    mine = team.club == "Winmere"
    return replace(team, club=f"FC {team.club}", name=f"FC {team.name}") if mine else team


def test_what_would_change_a_match_is_shown_with_that_where_nothing_else_settles_anything() -> None:
    # The club that is called otherwise has a series fewer, so that no alias is offered.
    old = [*season(football), Team(90, LAKE, "FC Winmere", "Chicago 5", "FC Winmere - 5")]
    new = next_season()
    assert the_one(suggest(old, new, Habits())).against == (
        "club_words would be wrong about a club that left, beside another that these words alone tell from it",
    )
    found = the_one(suggest(with_stars(old, "fc Stars", "Stars"), with_stars(new, "FC Stars", "Stars"), Habits()))
    assert "1 match of today would be lost or another: fc Stars (" in found.against[0]
    assert found.settled == 3


def test_what_would_change_a_match_is_not_suggested_where_something_else_settles_teams() -> None:
    old, new = with_stars(season(football), "fc Stars", "Stars"), with_stars(next_season(), "FC Stars", "Stars")
    found = the_one(suggest(old, new, Habits()))
    assert ("club_words" in found.section, "club_aliases" in found.section) == (False, True)
    assert not any("of today would be" in each for each in found.against)


def test_two_things_of_a_list_are_named_that_words_would_make_one() -> None:
    def in_both(team: Team) -> Team:
        return replace(team, series="Chicago II", name="Fox Run II") if team.id % 100 == 15 else team

    old = [*season(in_both), Team(80, LAKE, "Fox Run", "Chicago V", "Fox Run V")]
    new = [*next_season(in_both), Team(180, LAKE, "Fox Run", "Chicago 5", "Fox Run 5")]
    found = the_one(suggest(old, new, Habits()))
    assert "ordinals = true" in found.section
    assert any("'Chicago 2' and 'Chicago II' are two series in one of the lists" in each for each in found.against)


def test_teams_that_a_person_has_decided_about_do_not_wait() -> None:
    old, new = season(), next_season(called("Midton", "Midton Chicago", "club", "name"))
    decided = [team.id for team in old if team.club == "Midton"]
    assert suggest(old, new, Habits(), decided=decided) == ()
    assert the_one(suggest(old, new, Habits(), decided=decided[:1])).waiting == 2


def test_what_is_said_of_all_others_is_not_said_again() -> None:
    said = Habits((League("*", club_words=("TC",)),))
    found = the_one(suggest(season(), next_season(called("Midton", "Midton Chicago", "club", "name")), said))
    assert "club_words" not in found.section
    assert not found.replaces


@pytest.mark.parametrize(
    "club", ['Mid"ton', "Mid\\ton", "Mid\u200bton", "\u041c\u0438\u0434\u0442\u043e\u043d", "[bold]Midton"]
)
def test_names_come_back_as_they_are(club: str) -> None:
    old = season(called("Midton", club, "club", "name"))
    found = suggest(old, next_season(called("Midton", f"{club} Chicago", "club", "name")), Habits())
    assert read(the_one(found).section).of(LAKE).club_aliases == ((club, f"{club} Chicago"),)
    assert the_one(found).section.isprintable() or "\n" in the_one(found).section


def test_long_lists_are_broken_between_values() -> None:
    long = [f"Midton of the Lake {number}" for number in range(3)]
    said = Habits((League(LAKE, club_aliases=tuple((each, each + " Club") for each in long),
                          club_words=tuple(f"word{number}" for number in range(30))),))  # fmt: skip
    found = the_one(suggest(season(), next_season(called("Midton", "Midton Chicago", "club", "name")), said))
    assert max(map(len, found.section.splitlines())) <= 80
    assert len(read(found.section).of(LAKE).club_aliases) == 4
    assert len(read(found.section).of(LAKE).club_words) == 30

"""Who a team is: by both facets, one to one, and otherwise by nobody's guess (design, "Who a team is")."""

from __future__ import annotations

import pytest

from practice_guard.core.identity import explain
from practice_guard.core.identity.resolution import resolve
from practice_guard.core.model import Evidence, Fate, Team
from tests.world.team_lists import NSTF, outcome, resolving, teams

MISSING, AMBIGUOUS, CONFLICTING = "missing", "ambiguous", "conflicting"


def test_recreated_teams_are_found_under_their_new_ids() -> None:
    resolution = resolving(
        "1: Tennaqua - 22 | Tennaqua | Chicago 22\n2: Tennaqua - 2 | Tennaqua | Chicago 2",
        "91: Tennaqua - 2 | Tennaqua | Chicago 2\n92: Tennaqua - 22 | Tennaqua | Chicago 22",
    )
    assert outcome(resolution) == {1: 92, 2: 91}
    assert {match.evidence for match in resolution.matches.values()} == {Evidence.EXACT}
    assert resolution.fates[Fate.RENUMBERED] == 2
    assert resolution.heirs == {1: 92, 2: 91}


def test_a_name_is_normalised_with_its_own_teams_series() -> None:
    """Two teams may be written the same and mean another series each: `S2` is a designation in series 2 alone."""
    old = "1: Tennaqua S2 | Tennaqua | 2\n2: TENNAQUA S2 | Tennaqua | 3"
    assert outcome(resolving(old, "9: Tennaqua S2 | Tennaqua | 3"))[2] == 9


def test_a_kept_id_on_the_same_team_is_kept() -> None:
    match = resolving("7: Tennaqua - 22 | Tennaqua | Chicago 22", "7: Tennaqua - 22 | Tennaqua | Chicago 22").matches[7]
    assert (match.fate, match.evidence) == (Fate.KEPT, Evidence.SAME_ID)


def test_a_kept_id_under_a_relabelled_name_is_no_proof_but_kept() -> None:
    match = resolving("7: Tennaqua - 22 | Tennaqua | Chicago 22", "7: Tennaqua 22 | Tennaqua | Series 22").matches[7]
    assert (match.fate, match.evidence) == (Fate.KEPT, Evidence.NORMALISED)


def test_recycled_ids_are_seen_and_never_followed() -> None:
    resolution = resolving(
        "1: Tennaqua - 22 | Tennaqua | Chicago 22\n2: Wilmette - 22 | Wilmette | S22\n3: Ashbury 1 | Ashbury | S1",
        "2: Tennaqua - 22 | Tennaqua | Chicago 22\n1: Wilmette - 22 | Wilmette | S22\n3: Dunmore 5 | Dunmore | S5",
    )
    assert outcome(resolution) == {1: 2, 2: 1, 3: MISSING}
    assert resolution.reused == {1, 2, 3}


def test_an_id_whose_team_was_renamed_in_place_is_not_called_reused() -> None:
    resolution = resolving("1: Tennaqua - 22 | Tennaqua | Chicago 22", "1: Blue Wave | Tennaqua | Chicago 22")
    assert outcome(resolution) == {1: MISSING}
    assert not resolution.reused


def test_a_number_is_not_found_in_a_longer_one() -> None:
    resolution = resolving("1: Tennaqua - 2 | Tennaqua | Chicago 2", "9: Tennaqua - 22 | Tennaqua | Chicago 22")
    assert outcome(resolution) == {1: MISSING}


def test_the_league_is_part_of_both_facets() -> None:
    resolution = resolving(
        "1: Tennaqua 10 | Tennaqua | Series 10 | CNSWPL\n2: Wilmette 10 | Wilmette | Series 10 | CNSWPL",
        "8: Tennaqua 10 | Tennaqua | Series 10 | NSTF\n9: Wilmette 10 | Wilmette | Series 10 | CNSWPL",
    )
    assert outcome(resolution) == {1: MISSING, 2: 9}


def test_a_division_is_not_the_series_of_its_number() -> None:
    old = "1: Tennaqua - 11 | Tennaqua | Chicago 11\n2: Tennaqua - 11 (Division 11) | Tennaqua | Division 11"
    new = "8: Tennaqua 11 (Division 11) | Tennaqua | Division 11\n9: Tennaqua 11 | Tennaqua | Series 11"
    assert outcome(resolving(old, new)) == {1: 9, 2: 8}
    assert outcome(resolving(teams(old)[:1], teams(new)[:1])) == {1: MISSING}
    by_label_alone = "8: Tennaqua - 11 | Tennaqua | Division 11"
    assert outcome(resolving(teams(old)[:1], by_label_alone)) == {1: MISSING}


def test_what_stands_in_brackets_tells_teams_apart() -> None:
    old = "1: PraIrie Club G(1) | PraIrie Club | Series G | CNSWPL"
    assert outcome(resolving(old, "9: PraIrie Club G(2) | PraIrie Club | Series G | CNSWPL")) == {1: MISSING}
    assert outcome(resolving(old, "9: PraIrie Club G | PraIrie Club | Series G | CNSWPL")) == {1: MISSING}
    assert outcome(resolving(old, "9: Prairie Club G (1) | Prairie Club | G | CNSWPL")) == {1: 9}


def test_the_second_team_of_a_club_is_not_the_first_in_its_place() -> None:
    for first, second in (("Hinsdale PC 1a", "Hinsdale PC 1b"), ("Hinsdale PC I - 1", "Hinsdale PC II - 1")):
        resolution = resolving(f"1: {first} | Hinsdale PC | Series 1", f"9: {second} | Hinsdale PC | Series 1")
        assert outcome(resolution) == {1: MISSING}
        assert "only its place" in resolution.matches[1].because


def test_a_bare_name_that_moved_to_another_series_takes_no_rows_along() -> None:
    resolution = resolving(
        """1: Lakeshore | Lakeshore | Series 3.0 & Under Thur
        2: Lakeshore (4.5 Singles Sun) | Lakeshore | 4.5 Singles Sun""",
        "9: Lakeshore | Lakeshore | 4.5 Singles Sun",
    )
    assert outcome(resolution) == {1: MISSING, 2: 9}
    assert "but for the bracket" in resolution.matches[2].because


def test_name_and_place_on_two_teams_conflict() -> None:
    resolution = resolving(
        "1: Tennaqua - 7 | Tennaqua | Chicago 7",
        "8: Tennaqua - 7 | Tennaqua | Chicago 9\n9: Tennaqua - 9 | Tennaqua | Chicago 7",
    )
    assert outcome(resolution) == {1: CONFLICTING}
    assert "Chicago 9" in resolution.matches[1].because
    assert "Tennaqua - 9" in resolution.matches[1].because


def test_two_swapped_names_are_not_followed() -> None:
    resolution = resolving(
        "1: Blue | Tennaqua | Chicago 7\n2: Red | Tennaqua | Chicago 9",
        "8: Red | Tennaqua | Chicago 7\n9: Blue | Tennaqua | Chicago 9",
    )
    assert outcome(resolution) == {1: CONFLICTING, 2: CONFLICTING}


def test_of_two_new_teams_that_only_normalising_makes_alike_neither_is_taken() -> None:
    resolution = resolving(
        "1: Tennaqua - 22 | Tennaqua | Chicago 22",
        "8: Tennaqua 22 | Tennaqua | Series 22\n9: TENNAQUA 22 | TENNAQUA | Series 22",
    )
    assert outcome(resolution) == {1: AMBIGUOUS}


def test_of_two_old_teams_that_only_normalising_makes_alike_neither_gets_an_heir() -> None:
    resolution = resolving(
        "1: Park Ridge CC - 22 | Park Ridge CC | Chicago 22\n2: Park RIdge CC - 22 | Park RIdge CC | Chicago 22",
        "9: PARK RIDGE CC 22 | PARK RIDGE CC | Series 22",
    )
    assert outcome(resolution) == {1: AMBIGUOUS, 2: AMBIGUOUS}


def test_exactness_tells_twins_apart() -> None:
    old = "1: College Park - East | College Park | 4.0\n2: College Park  - East | College Park | 4.5"
    new = "8: College Park  - East | College Park | 4.5\n9: College Park - East | College Park | 4.0"
    assert outcome(resolving(old, new)) == {1: 9, 2: 8}


def test_the_twin_of_a_team_that_was_left_out_stays_itself() -> None:
    old = "1: College Park - East | College Park | S4\n2: College Park  - East | College Park | Series 4"
    new = "8: College Park  - East | College Park | Series 4"
    assert outcome(resolving(old, new)) == {1: MISSING, 2: 8}


def test_half_a_match_by_a_shared_spelling_is_ambiguous() -> None:
    """Place exact, name alike with two: nobody knows which of them kept the place."""
    resolution = resolving(
        "1: College Park - East | College Park | 4.0\n2: College Park  - East | College Park | 4.5",
        "8: College Park \u2013 East | College Park | 4.0",
    )
    assert outcome(resolution) == {1: AMBIGUOUS, 2: AMBIGUOUS}


def test_one_facet_exact_and_the_other_normalised_is_a_normalised_match() -> None:
    resolution = resolving("1: Tennaqua - 22 | Tennaqua | Series 22", "9: Tennaqua - 22 | Tennaqua | Chicago 22")
    assert resolution.matches[1].evidence is Evidence.NORMALISED
    assert resolution.matches[1].agreeing == ("exact", "normalised")


def test_unknown_parts_never_match() -> None:
    for unknown in (
        "1: ? | Tennaqua | Chicago 22",
        "1: Tennaqua - 22 | ? | Chicago 22",
        "1: Tennaqua - 22 | Tennaqua | ?",
    ):
        assert outcome(resolving(unknown, unknown)) == {1: MISSING}
    nowhere = teams("1: Tennaqua - 22 | Tennaqua | Chicago 22", league=None)
    assert outcome(resolving(nowhere, nowhere)) == {1: MISSING}
    empty = [Team(1, "NSTF", " ", "-", "")]
    assert outcome(resolving(empty, empty)) == {1: MISSING}


def test_after_a_failed_etl_only_exact_matches_are_taken() -> None:
    old = "1: Tennaqua - 22 | Tennaqua | Chicago 22\n2: Wilmette - 9 | Wilmette | Chicago 9"
    new = "8: Tennaqua 22 | Tennaqua | Series 22\n9: Wilmette - 9 | Wilmette | Chicago 9"
    assert outcome(resolving(old, new)) == {1: 8, 2: 9}
    failed = resolving(old, new, exact_only=True)
    assert outcome(failed) == {1: MISSING, 2: 9}
    assert "exactly as it was" in failed.matches[1].because


def test_a_league_that_was_left_out_comes_back_as_itself() -> None:
    old = teams("1: Tennaqua S2B | Tennaqua | S2B\n2: Wilmette Sunday A | Wilmette | Series A", league=NSTF)
    other = teams("5: Tennaqua 2B | Tennaqua | Series 2B | CNSWPL")
    without = resolve(old, other)
    assert outcome(without) == {1: MISSING, 2: MISSING}
    assert all("league" in match.because for match in without.matches.values())
    back = teams("71: Wilmette Sunday A | Wilmette | Series A\n72: Tennaqua S2B | Tennaqua | S2B", league=NSTF)
    assert outcome(resolve(old, [*other, *back])) == {1: 72, 2: 71}


def test_a_season_is_relabelled_at_once() -> None:
    clubs = [f"Club {letter}" for letter in "ABCDEFGHIJKLM"] + ["Hinsdale PC I", "Hinsdale PC II", "Midtown - Chicago"]
    numbers = [*map(str, range(1, 24)), "13 SW", "15 SW"]
    places = [(club, number) for number in numbers for club in clubs]
    old = [
        Team(at, "APTA_CHICAGO", club, f"Chicago {number}", f"{club} - {number}", f"Series {number}")
        for at, (club, number) in enumerate(places, 1)
    ]
    new = [
        Team(at + 900, "APTA_CHICAGO", club, f"Series {number}", f"{club} {number}", f"Series {number}")
        for at, (club, number) in enumerate(places, 1)
    ]
    second = [
        Team(at, "APTA_CHICAGO", club, "Division 11", f"{club} - 11 (Division 11)")
        for at, club in enumerate(clubs[:9], 5001)
    ]
    resolution = resolve([*old, *second], [*reversed(new), *second])
    assert len(places) + len(second) == 409
    assert resolution.heirs == {
        **{team.id: team.id + 900 for team in old},
        **{team.id: team.id for team in second},
    }


def test_a_series_label_changes_under_127_teams() -> None:
    old = [Team(at, "APTA_CHICAGO", f"Club {at}", "Series 13 SW", f"Club {at} - 13 SW") for at in range(1, 128)]
    new = [Team(at + 9, "APTA_CHICAGO", f"Club {at}", "Chicago 13 SW", f"Club {at} - 13 SW") for at in range(1, 128)]
    resolution = resolve(old, new)
    assert resolution.heirs == {team.id: team.id + 9 for team in old}
    assert {match.evidence for match in resolution.matches.values()} == {Evidence.NORMALISED}


def test_a_club_with_chicago_in_its_name_is_not_its_neighbour() -> None:
    old = "1: Midtown - Chicago - 2 | Midtown - Chicago | Chicago 2\n2: Midtown - 2 | Midtown | Chicago 2"
    new = "8: Midtown 2 | Midtown | Series 2\n9: Midtown - Chicago 2 | Midtown - Chicago | Series 2"
    assert outcome(resolving(old, new)) == {1: 9, 2: 8}
    assert outcome(resolving(teams(old)[:1], teams(new)[:1])) == {1: MISSING}


def test_one_name_in_several_series_says_nothing_unless_all_are_found_again() -> None:
    """Without the unique constraint a name may be there twice."""
    old = "1: Lakeshore | Lakeshore | 3.0\n2: Lakeshore | Lakeshore | 3.5"
    both = "8: Lakeshore | Lakeshore | 3.5\n9: Lakeshore | Lakeshore | 3.0"
    assert outcome(resolving(old, both)) == {1: 9, 2: 8}
    assert outcome(resolving(old, teams(both)[:1])) == {1: AMBIGUOUS, 2: AMBIGUOUS}
    assert outcome(resolving(teams(old)[:1], both)) == {1: AMBIGUOUS}


def test_of_two_teams_in_one_place_a_name_tells_which() -> None:
    old = "1: Hinsdale 1a | Hinsdale | S1\n2: Hinsdale 1b | Hinsdale | S1"
    new = "8: Hinsdale 1b | Hinsdale | S1\n9: Hinsdale 1a | Hinsdale | S1"
    assert outcome(resolving(old, new)) == {1: 9, 2: 8}
    assert outcome(resolving(old, teams(new)[:1])) == {1: MISSING, 2: 8}
    assert outcome(resolving(old, "8: Hinsdale 1c | Hinsdale | S1")) == {1: AMBIGUOUS, 2: AMBIGUOUS}


def test_identical_teams_are_ambiguous() -> None:
    twice = "1: Lakeshore | Lakeshore | 3.0\n2: Lakeshore | Lakeshore | 3.0"
    assert outcome(resolving(twice, twice)) == {1: AMBIGUOUS, 2: AMBIGUOUS}


def test_an_id_that_a_list_has_twice_is_ambiguous() -> None:
    twice = "1: Tennaqua - 2 | Tennaqua | S2\n1: Wilmette - 2 | Wilmette | S2"
    once = "1: Tennaqua - 2 | Tennaqua | S2\n2: Wilmette - 2 | Wilmette | S2"
    assert outcome(resolving(twice, once)) == {1: AMBIGUOUS}
    assert outcome(resolving(once, twice)) == {1: AMBIGUOUS, 2: AMBIGUOUS}
    one = teams(once)
    assert outcome(resolve([*one, *one], [*one, *one])) == {1: 1, 2: 2}


def test_every_old_team_gets_a_match_and_a_reason() -> None:
    resolution = resolving("1: A | A | S1\n2: B | B | S1\n3: ? | ? | ?", "")
    assert outcome(resolution) == {1: MISSING, 2: MISSING, 3: MISSING}
    assert all(match.because for match in resolution.matches.values())
    assert sum(resolution.fates.values()) == 3


def test_no_teams_are_no_trouble() -> None:
    assert not resolving("", "").matches


@pytest.mark.parametrize(
    ("new", "said"),
    [
        (
            "9: Tennaqua - 22 | Tennaqua | Chicago 22",
            ["is now id 9", "exactly the same", "neither points at any other"],
        ),
        ("9: Tennaqua 22 | Tennaqua | Series 22", ["Evidence normalised", "the same after normalising"]),
        ("1: Tennaqua - 22 | Tennaqua | Chicago 22", ["is kept", "same-id"]),
        ("9: Blue Wave | Tennaqua | Chicago 22", ["is missing", "only its place", "Blue Wave", "Its rows wait"]),
        (
            "9: Tennaqua - 22 | Tennaqua | S9\n8: X | Tennaqua | S22",
            ["is conflicting", "its name is on", "its place on"],
        ),
        ("9: Tennaqua 22 | Tennaqua | S22\n8: TENNAQUA 22 | TENNAQUA | 22", ["is ambiguous", "could be that of"]),
    ],
)
def test_every_match_is_explained_in_one_paragraph(new: str, said: list[str]) -> None:
    match = resolving("1: Tennaqua - 22 | Tennaqua | Chicago 22", new).matches[1]
    paragraph = explain(match)
    assert "\n" not in paragraph
    assert paragraph.startswith("Tennaqua - 22 (Tennaqua, Chicago 22, APTA_CHICAGO), id 1, ")
    for words in said:
        assert words in paragraph


def test_an_explanation_is_one_line_and_keeps_the_blanks_of_names() -> None:
    odd = [Team(1, "NSTF", "A", "S1", "College Park  - East\nWest")]
    assert "College Park  - East West" in explain(resolve(odd, odd).matches[1])


def test_a_name_that_is_there_twice_says_nothing_where_one_of_the_two_is_another_now() -> None:
    old = "1: Red | Tennaqua | Chicago 7\n2: Red | Tennaqua | Chicago 9"
    new = "8: Red | Tennaqua | Chicago 7\n9: Red | Tennaqua | Chicago 11"
    assert outcome(resolving(old, new)) == {1: "ambiguous", 2: "ambiguous"}

"""Candidates for a person: few, the likeliest first, with what speaks for and against each."""

from __future__ import annotations

import time
from dataclasses import replace
from unittest.mock import Mock

import pytest

from practice_guard.core.identity import Witnesses, candidates, explain, with_candidates
from practice_guard.core.identity.resolution import resolve
from practice_guard.core.model import Candidate, Team
from tests.world.team_lists import NSTF, roster, teams


def candidates_of(
    old: str, new: str, of: int = 1, rosters: tuple[dict[int, frozenset[str]], dict[int, frozenset[str]]] = ({}, {})
) -> dict[int, Candidate]:
    """The candidates of one old team by id, in their order."""
    witnesses = Witnesses(*rosters)
    before, now = teams(old), teams(new)
    resolution = with_candidates(resolve(before, now, witnesses=witnesses), now, witnesses=witnesses)
    return {candidate.team.id: candidate for candidate in resolution.matches[of].candidates}


def test_a_misspelt_team_is_the_first_candidate() -> None:
    found = candidates_of(
        "1: Tennaqua - 22 | Tennaqua | Chicago 22",
        "7: Wilmette - 22 | Wilmette | S22\n8: Tenaqua - 22 | Tenaqua | Chicago 22\n9: Tennaqua 2 | Tennaqua | S2",
    )
    assert next(iter(found)) == 8
    assert found[8].score > 90
    assert "another name" in found[8].speaks_against
    assert "the same series" in found[8].speaks_for


def test_at_most_five_are_named() -> None:
    many = "\n".join(f"{number}: Tennaqua - {number} | Tennaqua | Chicago {number}" for number in range(20, 40))
    assert len(candidates_of("1: Tennaqua - 2 | Tennaqua | Chicago 2", many)) == 5


def test_one_facet_makes_a_candidate_however_unlike_the_rest() -> None:
    found = candidates_of(
        "1: Blue | Tennaqua | Chicago 7 | APTA_CHICAGO | Series 7",
        "8: Zzyzx | Tennaqua | Series 7 | APTA_CHICAGO | Series 7\n9: BLUE | Quarry Lake | S99",
    )
    assert set(found) == {8, 9}
    assert found[8].speaks_for == (
        "the same place after normalising",
        "the same club",
        "the same series",
        "the same alias",
    )
    assert found[9].speaks_for == ("the same name after normalising",)
    assert found[9].speaks_against == ("another place",)


def test_a_candidate_that_is_another_teams_heir_says_so() -> None:
    old = "1: Park Ridge CC - 2 | Park Ridge CC | S2\n2: Park RIdge CC - 2 | Park RIdge CC | 2"
    found = candidates_of(old, "9: Park RIdge CC - 2 | Park RIdge CC | 2")
    assert any("already the heir of Park RIdge CC - 2" in words for words in found[9].speaks_against)


def test_a_candidate_with_another_old_teams_place_says_so() -> None:
    old = "1: Lakeshore | Lakeshore | 3.0\n2: Lakeshore (4.5) | Lakeshore | 4.5"
    found = candidates_of(old, "9: Lakeshore | Lakeshore | 4.5\n8: Lakeshore | Ashbury | 4.0")
    assert "it has the place of Lakeshore (4.5) (Lakeshore, 4.5, APTA_CHICAGO)" in found[9].speaks_against


def test_players_speak_for_or_against() -> None:
    old = "1: Blue | Tennaqua | Chicago 7"
    new = "8: Green | Tennaqua | Chicago 7\n9: Crimson | Ashbury | Chicago 5"
    found = candidates_of(old, new, rosters=({1: roster(1)}, {9: roster(1)}))
    assert list(found) == [9, 8]
    assert "10 of its 10 players still in the league are on it" in found[9].speaks_for
    assert "0 of its 10 players still in the league are on it" in found[8].speaks_against


def test_a_team_of_another_league_is_no_candidate_unless_the_league_is_gone() -> None:
    old = "1: Tennaqua - 22 | Tennaqua | Chicago 22 | APTA_CHICAGO"
    new = "9: Tennaqua - 22 | Tennaqua | Chicago 22 | APTA"
    assert "another league" in candidates_of(old, new)[9].speaks_against
    assert not candidates_of(old, new + "\n8: Wolves | Ashbury | S3 | APTA_CHICAGO")
    assert not candidates_of(old + "\n2: X | X | S1 | APTA", new)


def test_only_unmatched_teams_get_candidates_and_they_are_explained() -> None:
    old = teams("1: Tennaqua - 22 | Tennaqua | Chicago 22\n2: Tennaqua - 7 | Tennaqua | Chicago 7")
    new = teams("8: Tennaqua - 22 | Tennaqua | Chicago 22\n9: Tennaqua - 7B | Tennaqua | Chicago 7B")
    resolution = with_candidates(resolve(old, new), new)
    assert not resolution.matches[1].candidates
    paragraph = explain(resolution.matches[2])
    assert "Candidate 1: Tennaqua - 7B" in paragraph
    assert "% similar; for it: the same club; against it: another name, another place" in paragraph


def test_unknown_parts_make_no_candidates_of_each_other() -> None:
    assert not candidates_of("1: ? | ? | ?", "9: ? | ? | ?")


def test_the_search_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """A league renamed in every word costs no comparison of each with each."""
    count = 4000
    old = [Team(at, "NSTF", f"Club {at // 20}", f"S{at % 20}", f"Club {at // 20} S{at % 20}") for at in range(count)]
    new = [Team(at, "NSTF", f"Klub {at // 20}", f"X{at % 20}", f"Klub {at // 20} X{at % 20}") for at in range(count)]
    resolution = resolve(old, new)
    assert not resolution.heirs
    compare = Mock(return_value=0.0)
    monkeypatch.setattr(candidates, "_similarity", compare)
    started = time.perf_counter()
    found = with_candidates(resolution, new)
    assert not any(match.candidates for match in found.matches.values())
    assert 0 < compare.call_count <= count * candidates.COMPARED
    assert time.perf_counter() - started < 30


def test_nobody_is_compared_before_candidates_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    similarity = Mock(wraps=candidates._similarity)
    monkeypatch.setattr(candidates, "_similarity", similarity)
    old = teams("1: Tennaqua - 22 | Tennaqua | Chicago 22\n2: Tennaqua - 7 | Tennaqua | Chicago 7")
    new = teams("9: Tennaqua - 7B | Tennaqua | Chicago 7B")
    found = with_candidates(resolve(old, new), new)
    assert not similarity.called
    first, second = (match.candidates for match in found.matches.values())
    assert [candidate.team.id for candidate in first] == [9]
    assert similarity.call_count == 1
    assert first == tuple(first) != second
    assert (first[0], len(first)) == (first[:1][0], 1)


def test_similarity_is_bounded_for_one_team_and_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    similarity = Mock(wraps=candidates._similarity)
    monkeypatch.setattr(candidates, "_similarity", similarity)
    old = [Team(at, "NSTF", "Tennaqua", f"S{at}", f"Tennaqua Blue {at}") for at in (1, 2)]
    new = [Team(at, "NSTF", "Tennaqua", f"S{at}", f"Tennaqua Blue {at}") for at in range(1000, 2000)]
    found = with_candidates(resolve(old, new), new)
    assert all(match.candidates for match in found.matches.values())
    assert 0 < similarity.call_count <= 2 * candidates.COMPARED == 400
    monkeypatch.setattr(candidates, "ASKED", 1)
    found = with_candidates(resolve(old, new), new)
    assert [len(match.candidates) for match in found.matches.values()] == [5, 0]


def test_a_candidate_that_plays_no_more_says_so() -> None:
    old = [Team(1, NSTF, "Winmere", "S1", "Winmere S1")]
    active = replace(old[0], id=8)
    new = [active, replace(active, id=9, inactive=True)]
    found = {each.team.id: each for each in with_candidates(resolve(old, new), new).matches[1].candidates}
    assert "it is inactive" in found[9].speaks_against
    assert not any("active" in said for said in found[8].speaks_against)
    found = {each.team.id: each for each in with_candidates(resolve(new[1:], new), new).matches[9].candidates}
    assert "it is active" in found[8].speaks_against


def test_outside_ids_speak_for_or_against() -> None:
    old = [Team(1, NSTF, "Winmere", "S1", "Winmere S1", outside_id="A12")]
    new = [replace(old[0], id=8, outside_id="B7"), Team(9, NSTF, "Winmere", "S2", "Winmere S2", outside_id=" a12 ")]
    found = {each.team.id: each for each in with_candidates(resolve(old, new), new).matches[1].candidates}
    assert "another outside id (B7, and not A12)" in found[8].speaks_against
    assert "the same outside id" in found[9].speaks_for

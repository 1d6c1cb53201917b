"""Players as witnesses: they confirm, settle and contradict, and their absence says nothing."""

from __future__ import annotations

import pytest

from practice_guard.core.identity import Witnesses
from practice_guard.core.identity.resolution import resolve
from practice_guard.core.model import Evidence, Team
from tests.world.team_lists import outcome, players, resolving, roster, teams

OLD = "1: Blue | Tennaqua | Chicago 7\n2: Red | Wilmette | Chicago 7"
SAME = "8: Blue | Tennaqua | Chicago 7\n9: Red | Wilmette | Chicago 7"
EXCHANGED = {8: roster(200), 9: roster(100)}
BEFORE = {1: roster(100), 2: roster(200)}


def test_an_exchange_of_name_and_place_is_seen_by_the_players() -> None:
    resolution = resolving(OLD, SAME, rosters=(BEFORE, EXCHANGED))
    assert outcome(resolution) == {1: "conflicting", 2: "conflicting"}
    assert "10 of its 10 players" in resolution.matches[1].because


def test_an_exchange_is_seen_although_only_one_of_the_two_has_players() -> None:
    assert outcome(resolving(OLD, SAME, rosters=({1: roster(100)}, {9: roster(100)}))) == {
        1: "conflicting",
        2: "conflicting",
    }


def test_a_team_renamed_onto_a_vacated_name_and_place_is_seen_by_its_players() -> None:
    new = "9: Blue | Tennaqua | Chicago 7"
    resolution = resolving(OLD, new, rosters=(BEFORE, {9: roster(200)}))
    assert outcome(resolution) == {1: "conflicting", 2: "missing"}


def test_players_in_their_place_change_nothing() -> None:
    resolution = resolving(OLD, SAME, rosters=(BEFORE, {8: roster(100), 9: roster(200)}))
    assert outcome(resolution) == {1: 8, 2: 9}
    assert {match.evidence for match in resolution.matches.values()} == {Evidence.EXACT}


@pytest.mark.parametrize(
    "now",
    [
        {},
        {8: roster(5000), 9: roster(6000)},
        {9: players(100, 101, 102)},
        {8: players(*range(100, 105)), 9: players(*range(105, 110))},
        {8: roster(100), 9: roster(100)},
    ],
    ids=["no players", "a season's new ids", "three only", "half of them", "on both teams"],
)
def test_too_few_or_too_scattered_players_say_nothing(now: dict[int, frozenset[str]]) -> None:
    assert outcome(resolving(OLD, SAME, rosters=({1: roster(100)}, now))) == {1: 8, 2: 9}


def test_eight_in_ten_are_enough_and_six_are_not() -> None:
    for there, expected in ((8, "conflicting"), (6, 8)):
        now = {9: players(*range(100, 100 + there)), 8: players(*range(100 + there, 110), *range(300, 310))}
        before = {1: roster(100), 2: roster(200, 30), 3: roster(300)}
        old = OLD + "\n3: Green | Ashbury | Chicago 7"
        assert outcome(resolving(old, SAME, rosters=(before, now)))[1] == expected


def test_ids_that_left_the_league_do_not_count() -> None:
    now = {9: players(100, 101, 102, 103)}
    assert outcome(resolving(OLD, SAME, rosters=(BEFORE, now)))[1] == "conflicting"


def test_players_who_left_keep_nobody_from_being_confirmed() -> None:
    old, moved = "1: Blue | Tennaqua | Chicago 7", "8: Blue | Tennaqua | Chicago 6\n9: Red | Wilmette | Chicago 7"
    assert outcome(resolving(old, moved, rosters=({1: roster(100)}, {8: roster(100, 4)}))) == {1: 8}


def test_players_of_another_league_are_no_witnesses() -> None:
    new = SAME + "\n7: Blue 7 | Tennaqua | Series 7 | NSTF"
    assert outcome(resolving(OLD, new, rosters=(BEFORE, {7: roster(100)}))) == {1: 8, 2: 9}


def test_a_roster_confirms_a_team_that_one_facet_alone_points_at() -> None:
    renamed = "8: Wave | Tennaqua | Chicago 7\n9: Red | Wilmette | Chicago 7"
    resolution = resolving(OLD, renamed, rosters=(BEFORE, {8: roster(100), 9: roster(200)}))
    assert outcome(resolution) == {1: 8, 2: 9}
    assert resolution.matches[1].evidence is Evidence.ROSTER
    moved = "8: Blue | Tennaqua | Chicago 6\n9: Red | Wilmette | Chicago 7"
    assert outcome(resolving(OLD, moved, rosters=(BEFORE, {8: roster(100)}))) == {1: 8, 2: 9}


def test_a_bare_name_that_moves_when_series_are_left_out_is_not_followed_by_players_of_both_teams() -> None:
    """One import lacked the second series, the next one the first: what is left is the club's other team."""
    one = "1: Lakeshore Sport and Fitness | Lakeshore | Series 3.0 & Under Thur"
    other = "9: Lakeshore Sport and Fitness | Lakeshore | 4.5 Singles Sun"
    rosters = ({1: roster(100)}, {9: roster(100)})
    assert outcome(resolving(one, other, rosters=rosters)) == {1: "missing"}
    # where either series has teams in both lists, it was not left out, and the team has moved to the other
    still_there = "\n8: Midtown - Chicago | Midtown | 3.0 & Under Thur"
    assert outcome(resolving(one, other + still_there, rosters=rosters)) == {1: 9}
    there_before = "\n2: Midtown - Chicago | Midtown | Series 4.5 Singles Sun"
    assert outcome(resolving(one + there_before, other, rosters=rosters))[1] == 9


def test_a_name_that_carries_its_series_moves_to_no_other_team() -> None:
    old, new = "1: Tennaqua - 22 | Tennaqua | Chicago 22", "9: Tennaqua - 22 | Tennaqua | Level Three"
    assert outcome(resolving(old, new, rosters=({1: roster(100)}, {9: roster(100)}))) == {1: 9}
    old, new = "1: Tennaqua (Series 22) | Tennaqua | Chicago 22", "9: Tennaqua (22) | Tennaqua | Level Three"
    assert outcome(resolving(old, new, rosters=({1: roster(100)}, {9: roster(100)}))) == {1: 9}


def test_a_roster_settles_two_candidates() -> None:
    new = "7: Blue | Tennaqua | Chicago 5\n8: Green | Tennaqua | Chicago 7"
    assert outcome(resolving(OLD, new))[1] == "conflicting"
    for heir in (7, 8):
        assert outcome(resolving(OLD, new, rosters=(BEFORE, {heir: roster(100)})))[1] == heir


def test_a_roster_without_any_facet_is_no_match() -> None:
    new = "8: Blue Wave | Ashbury | Chicago 3"
    assert outcome(resolving(OLD, new, rosters=(BEFORE, {8: roster(100)})))[1] == "missing"


def test_players_of_two_old_teams_confirm_neither() -> None:
    new = "8: Blue Wave | Tennaqua | Chicago 7"
    same_players = {1: roster(100), 2: roster(100)}
    assert outcome(resolving(OLD, new, rosters=(same_players, {8: roster(100)})))[1] == "missing"


def test_players_on_two_new_teams_confirm_neither() -> None:
    new = "7: Blue | Tennaqua | Chicago 5\n8: Green | Tennaqua | Chicago 7"
    now = {7: roster(100), 8: roster(100)}
    assert outcome(resolving(OLD, new, rosters=(BEFORE, now)))[1] == "conflicting"


def test_a_team_that_swallowed_another_is_not_confirmed_as_the_smaller() -> None:
    """All of Blue's players stand there, but most who stand there were Red's."""
    new = "8: Crimson | Tennaqua | Chicago 7"
    before = {1: roster(100, 5), 2: roster(200, 20)}
    now = {8: roster(100, 5) | roster(200, 20)}
    assert outcome(resolving(OLD, new, rosters=(before, now)))[1] == "missing"


def test_the_second_team_is_not_confirmed_as_the_first_by_players_of_both() -> None:
    """The import put the players of 1a and 1b on 1a; now 1a is gone, and with it its own players."""
    old = "1: Hinsdale PC 1a | Hinsdale PC | S1"
    new = "9: Hinsdale PC 1b | Hinsdale PC | S1"
    both, second = roster(100, 7) | roster(200, 9), roster(200, 9)
    assert outcome(resolving(old, new, rosters=({1: both}, {9: second}))) == {1: "missing"}
    moved = "9: Hinsdale PC 1a | Hinsdale PC | S3\n8: Tennaqua 1 | Tennaqua | S1"
    assert outcome(resolving(old, moved, rosters=({1: both}, {9: second}))) == {1: 9}


def test_a_league_that_moved_as_a_whole_is_one_finding() -> None:
    """Every team got the players of the next; those without players have moved too, so nobody is matched."""
    count = 40
    old = [Team(at, "NSTF", f"Club {at}", "S1", f"Club {at} S1") for at in range(count)]
    new = [Team(at + 100, "NSTF", f"Club {at}", "S1", f"Club {at} S1") for at in range(count)]
    other = teams("9000: Tennaqua - 2 | Tennaqua | S2")
    before = {at: roster(1000 * at) for at in range(count) if at % 5 < 3}
    after = {100 + (at + 1) % count: ids for at, ids in before.items()}
    resolution = resolve([*old, *other], [*new, *other], witnesses=Witnesses(before, after))
    assert len(resolution.findings) == 1
    assert resolution.findings[0].code == "rosters-moved"
    assert "32 of 32 teams of NSTF" in resolution.findings[0].what
    assert resolution.moved == {"NSTF"}
    assert set(outcome(resolution).values()) == {"conflicting", 9000}
    deciding = '[[league]]\nleague = "NSTF"\nrosters = "ignore"'
    followed = resolving([*old, *other], [*new, *other], rosters=(before, after), deciding=deciding)
    assert followed.heirs == {**{at: at + 100 for at in range(count)}, 9000: 9000}
    assert followed.matches[0].evidence is Evidence.DECISION
    assert not followed.findings


def test_one_exchange_does_not_move_a_league() -> None:
    old = [Team(at, "NSTF", f"Club {at}", "S1", f"Club {at} S1") for at in range(20)]
    before = {at: roster(1000 * at) for at in range(20)}
    after = {**before, 3: before[4], 4: before[3]}
    resolution = resolve(old, old, witnesses=Witnesses(before, after))
    assert outcome(resolution) == {**{at: at for at in range(20)}, 3: "conflicting", 4: "conflicting"}
    assert not resolution.findings


def test_an_id_on_a_crowd_of_teams_is_no_player() -> None:
    old = [Team(at, "NSTF", f"Club {at}", "S1", f"Club {at} S1") for at in range(60)]
    crowd = {at: players("a", "b", "c", "d") for at in range(60)}
    assert not resolve(old, old, witnesses=Witnesses(crowd, crowd)).findings
    moved = [Team(60, "NSTF", "Club 0", "S1", "Blue"), *old[1:]]
    now = {60: players("a", "b", "c", "d")}
    assert outcome(resolve(old, moved, witnesses=Witnesses(crowd, now)))[0] == "missing"


def test_after_a_failed_etl_players_confirm_nothing_but_still_contradict() -> None:
    renamed = "8: Blue Wave | Tennaqua | Chicago 7"
    assert outcome(resolving(OLD, renamed, rosters=(BEFORE, {8: roster(100)}), exact_only=True))[1] == "missing"
    assert outcome(resolving(OLD, SAME, rosters=(BEFORE, EXCHANGED), exact_only=True)) == {
        1: "conflicting",
        2: "conflicting",
    }


def test_the_thresholds_can_be_set() -> None:
    witnesses = Witnesses({1: players(1, 2)}, {9: players(1, 2)}, at_least=2)
    assert outcome(resolve(teams(OLD), teams(SAME), witnesses=witnesses))[1] == "conflicting"
    witnesses = Witnesses({1: roster(100)}, {9: players(*range(100, 106)), 8: players(*range(106, 110))}, percent=60)
    assert outcome(resolve(teams(OLD), teams(SAME), witnesses=witnesses))[1] == "conflicting"


def test_a_match_that_players_settled_says_how_many_and_who_else_it_could_be() -> None:
    old = "1: Park Ridge - 7 | Park Ridge | Chicago 7\n2: Park  Ridge - 7 | Park  Ridge | Chicago 7"
    new = "8: Park Ridge 7 | Park Ridge | Series 7\n9: Park  Ridge 7 | Park  Ridge | Series 7"
    resolution = resolving(old, new, rosters=({1: roster(100)}, {8: roster(102)}))
    assert outcome(resolution) == {1: 8, 2: "ambiguous"}
    because = resolution.matches[1].because
    assert "its name and place may be that team's, and 8 of its 8 players still in the league are on it" in because
    assert because.endswith("it could also be Park  Ridge 7 (Park  Ridge, Series 7, APTA_CHICAGO)")


def test_an_id_on_more_than_twenty_teams_is_no_player() -> None:
    """A placeholder in every roster, which the import puts on one team now, contradicts nothing."""
    for count, expected in ((20, "conflicting"), (21, 1000)):
        old = [Team(at, "NSTF", f"Club {at}", "S7", f"Club {at}") for at in range(1, count + 1)]
        new = [Team(team.id + 999, team.league, team.club, team.series, team.name) for team in old]
        rosters = ({team.id: roster(100) for team in old}, {1001: roster(100)})
        assert outcome(resolving(old, new, rosters=rosters))[1] == expected


def test_players_who_are_also_on_a_team_that_is_matched_still_confirm() -> None:
    """The two teams share all their players; Red is there by name and place, so the other must be Blue."""
    new = "8: Blue | Tennaqua | Chicago 9\n9: Red | Wilmette | Chicago 7"
    rosters = ({1: roster(100), 2: roster(100)}, {8: roster(100), 9: roster(100)})
    assert outcome(resolving(OLD, new, rosters=rosters)) == {1: 8, 2: 9}


def test_players_do_not_bring_back_a_match_that_a_person_decided_against() -> None:
    deciding = (
        '[[team]]\nleague = "APTA_CHICAGO"\nclub = "Tennaqua"\nseries = "Chicago 7"\nteam = "Blue"\noverrule = true\n'
        'heir = { club = "Wilmette", team = "Red" }\n'
    )
    rosters = ({1: roster(100)}, {8: roster(100)})
    resolution = resolving(OLD, SAME, rosters=rosters, deciding=deciding)
    assert outcome(resolution) == {1: "missing", 2: 9}
    assert "merge = true" in resolution.findings[0].why

"""Bugs planted in what is decided for a whole league, club or series, and for each the test that fails of it."""

from __future__ import annotations

import pytest

from practice_guard.core.decisions import offers
from practice_guard.core.identity import decision, following, gone, leagues, succession
from tests.unit.decisions import test_clubs, test_offers
from tests.unit.identity import test_leagues, test_succession
from tests.world.planting import Bug, notices

BUGS = [
    Bug(
        "a club's decision beats a series'",
        decision,
        "        TeamIdentity(team.league, None, team.series, None),\n"
        "        TeamIdentity(team.league, team.club, None, None),\n",
        "        TeamIdentity(team.league, team.club, None, None),\n"
        "        TeamIdentity(team.league, None, team.series, None),\n",
        test_clubs.test_what_is_said_of_a_team_or_a_series_goes_before_and_of_the_league_behind,
    ),
    Bug(
        "a club's name is written anew in the middle of a word",
        decision,
        "if not own or words[: len(own)] != own:",
        "if not name.startswith(old):",
        test_clubs.test_only_the_clubs_name_at_the_head_is_written_anew,
    ),
    Bug(
        "no outside id is held against a renamed club",
        following,
        "elif outside.forbids(at, found[at]):",
        "elif False:",
        test_clubs.test_outside_ids_contradict_a_renamed_club_unless_the_leagues_are_others_as_a_whole,
    ),
    Bug(
        "two leagues go by one alias",
        leagues,
        "if key and times[key] == 1}",
        "if key}",
        test_leagues.test_no_alias_counts_where_a_list_shows_both_spellings,
    ),
    Bug(
        "a decision about a league goes against its code unasked",
        leagues,
        "if decision and (code not in standing or decision.overrule):",
        "if decision:",
        test_leagues.test_a_decision_goes_against_the_codes_only_expressly,
    ),
    Bug(
        "two leagues get one heir unasked",
        leagues,
        "(claims[heir] == 1 or followed[code].merge)",
        "True",
        test_leagues.test_two_leagues_have_one_heir_only_where_that_is_said,
    ),
    Bug(
        "a club is gone although a team of it is there",
        succession,
        "before.key(about) not in now.keys:",
        "True:",
        test_succession.test_a_club_of_which_anything_is_left_is_not_gone,
    ),
    Bug(
        "a club that was there before may be a successor",
        succession,
        "if (key := self.key(whole)) not in before.keys:",
        "if key := self.key(whole):",
        test_succession.test_a_club_that_was_there_before_is_no_successor,
    ),
    Bug(
        "a successor may lack a series",
        succession,
        "if needed <= each.has]",
        "]",
        test_succession.test_a_club_that_lacks_a_series_is_no_successor,
    ),
    Bug(
        "a successor may have none of the teams",
        succession,
        "if 2 * len(each.found) > each.teams]",
        "]",
        test_succession.test_a_club_whose_teams_have_other_names_is_no_successor,
    ),
    Bug(
        "what no rows wait for is offered",
        offers,
        ".settled & ours and",
        " and",
        test_offers.test_a_club_on_whose_other_teams_alone_rows_wait_is_not_offered,
    ),
    Bug(
        "a club that was given up is told of again",
        gone,
        "if match.new is None and not match.given_up:",
        "if match.new is None:",
        test_offers.test_a_club_that_was_decided_about_is_no_finding_any_more,
    ),
]


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.name)
def test_a_planted_bug_is_noticed(bug: Bug) -> None:
    assert notices(bug)

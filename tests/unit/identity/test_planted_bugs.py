"""Bugs planted on purpose, and for each the test that fails because of it."""

from __future__ import annotations

from random import Random

import pytest

from practice_guard.core.identity import (
    candidates,
    decision,
    facets,
    following,
    resolution,
    roster,
    standing,
    unmatched,
)
from tests.unit.decisions import test_file
from tests.unit.identity import test_candidates, test_resolution, test_roster, test_standing
from tests.world import operations
from tests.world.generate import history
from tests.world.judging import judged
from tests.world.planting import Bug, notices
from tests.world.team_lists import players


def too_few_players_say_nothing() -> None:
    test_roster.test_too_few_or_too_scattered_players_say_nothing({9: players(100, 101, 102)})


def players_are_found_team_by_team() -> None:
    with pytest.MonkeyPatch.context() as patch:
        test_standing.test_players_are_found_however_they_are_looked_up(99, patch)


def histories_have_no_wrong_match() -> None:
    """The judgement of `test_never_wrong`, over as many histories as a bug needs to show."""
    for seed in range(300):
        lived = history(Random(seed), operations.ORDINARY)
        for old, new in lived.pairs():
            verdict = judged(old, new, with_players=seed % 3 != 0)
            assert not verdict.wrong


PAIR = "            if heir is not None and heir == self.place.heir(at):\n"
ONE_TO_ONE = "return new[0] if len(old) == 1 and len(new) == 1 else None"

BUGS = [
    Bug(
        "the league is left out of the key",
        facets,
        "        self.old_keys = old_keys\n"
        "        self.old = group(old_keys)\n"
        "        self.new = group(new_keys, among=self.old)\n",
        "        self.old_keys = [(key or ())[1:] or None for key in old_keys]\n"
        "        self.old = group(self.old_keys)\n"
        "        self.new = group([(key or ())[1:] or None for key in new_keys], among=self.old)\n",
        test_resolution.test_the_league_is_part_of_both_facets,
    ),
    Bug(
        "the id comes first",
        facets,
        "        for at in range(len(self.old)):\n            heir = self.name.heir(at)\n" + PAIR,
        "        ids = {team.id: at for at, team in enumerate(self.new)}\n"
        "        for at in range(len(self.old)):\n            heir = ids.get(self.old[at].id, self.name.heir(at))\n"
        "            if heir is not None:\n",
        test_resolution.test_recycled_ids_are_seen_and_never_followed,
    ),
    Bug(
        "a name is normalised with another team's series",
        facets,
        "if self.old[at].series == team.series:",
        "if True:",
        test_resolution.test_a_name_is_normalised_with_its_own_teams_series,
    ),
    Bug(
        "a name is found inside another",
        facets,
        "group(new_keys, among=self.old)",
        "group([next((key for key in old_keys if key and all(a in b for a, b in zip(key, other or ()))), None) "
        "for other in new_keys])",
        test_resolution.test_a_number_is_not_found_in_a_longer_one,
    ),
    Bug(
        "the first of many is taken",
        facets,
        ONE_TO_ONE,
        "return new[0] if old and new else None",
        test_resolution.test_of_two_new_teams_that_only_normalising_makes_alike_neither_is_taken,
    ),
    Bug(
        "greedy, many to one",
        facets,
        ONE_TO_ONE,
        "return new[0] if len(new) == 1 else None",
        test_resolution.test_of_two_old_teams_that_only_normalising_makes_alike_neither_gets_an_heir,
    ),
    Bug(
        "the name alone is enough",
        facets,
        PAIR,
        "            if heir is not None:\n",
        test_resolution.test_a_bare_name_that_moved_to_another_series_takes_no_rows_along,
    ),
    Bug(
        "the place alone is enough",
        facets,
        "            heir = self.name.heir(at)\n" + PAIR,
        "            heir = self.place.heir(at)\n            if heir is not None:\n",
        test_resolution.test_the_second_team_of_a_club_is_not_the_first_in_its_place,
    ),
    Bug(
        "either facet is enough, seen by the histories",
        facets,
        "            heir = self.name.heir(at)\n" + PAIR,
        "            heir = self.name.heir(at) or self.place.heir(at)\n            if heir is not None:\n",
        histories_have_no_wrong_match,
    ),
    Bug(
        "normalising counts after a failed ETL",
        resolution,
        "normalising=not self.exact_only)",
        "normalising=True)",
        test_resolution.test_after_a_failed_etl_only_exact_matches_are_taken,
    ),
    Bug(
        "unknown parts match",
        facets,
        "    if not team.league or not team.club or not team.series:\n        return None\n    return team.league,",
        "    return team.league,",
        test_resolution.test_unknown_parts_never_match,
    ),
    Bug(
        "a name that is there twice is taken by its place",
        facets,
        "if len(old) != len(new):",
        "if False:",
        test_resolution.test_one_name_in_several_series_says_nothing_unless_all_are_found_again,
    ),
    Bug(
        "repeated ids are forgotten",
        resolution,
        "return repeated(team.id for team in teams)",
        "return frozenset()",
        test_resolution.test_an_id_that_a_list_has_twice_is_ambiguous,
    ),
    Bug(
        "reused ids are those that are there",
        resolution,
        "if match.new or team.id in heirs or not any(agreement(match.old, team)):",
        "if True:",
        test_resolution.test_an_id_whose_team_was_renamed_in_place_is_not_called_reused,
    ),
    Bug(
        "players do not contradict",
        roster,
        "return new not in onto if onto else bool(self.strangers(old, new, pairs))",
        "return False",
        test_roster.test_an_exchange_of_name_and_place_is_seen_by_the_players,
    ),
    Bug(
        "only the old team's own players contradict",
        roster,
        "return new not in onto if onto else bool(self.strangers(old, new, pairs))",
        "return new not in onto if onto else False",
        test_roster.test_an_exchange_is_seen_although_only_one_of_the_two_has_players,
    ),
    Bug(
        "a handful of players is enough",
        roster,
        "if len(present) < self._rule.at_least:",
        "if not present:",
        too_few_players_say_nothing,
    ),
    Bug(
        "players who left count against",
        roster,
        "[player for player in players if player in here and player in there]",
        "[player for player in players if player in here]",
        test_roster.test_ids_that_left_the_league_do_not_count,
    ),
    Bug(
        "the same players in another league are the same",
        roster,
        " and self._old.league(old) == self._new.league(new)",
        "",
        test_standing.test_the_same_players_in_another_league_confirm_nothing,
    ),
    Bug(
        "players of any league are heard",
        standing,
        'else normalise.text(team.league or "")',
        'else "any"',
        test_roster.test_players_of_another_league_are_no_witnesses,
    ),
    Bug(
        "players looked up again stand twice",
        standing,
        "[player for player in side.ids(at) if player not in asked]",
        "list(side.ids(at))",
        players_are_found_team_by_team,
    ),
    Bug(
        "an id on every team is a person",
        standing,
        "if len(teams) > self._several]",
        "if False]",
        players_are_found_team_by_team,
    ),
    Bug(
        "players alone are a match",
        roster,
        "if (by_name or by_place) and hearing",
        "if hearing",
        test_roster.test_a_roster_without_any_facet_is_no_match,
    ),
    Bug(
        "one direction is enough",
        roster,
        "if (by_name or by_place) and hearing.out_of(heir) - matched == {at}:",
        "if by_name or by_place:",
        test_roster.test_a_team_that_swallowed_another_is_not_confirmed_as_the_smaller,
    ),
    Bug(
        "the club's other team is confirmed by players of both",
        roster,
        "heir in pointing.places - pointing.strangers and hearing.complete(at, heir)",
        "heir in pointing.places",
        test_roster.test_the_second_team_is_not_confirmed_as_the_first_by_players_of_both,
    ),
    Bug(
        "a bare name is followed from one left-out series to another",
        roster,
        "pointing.names - pointing.wandered",
        "pointing.names",
        test_roster.test_a_bare_name_that_moves_when_series_are_left_out_is_not_followed_by_players_of_both_teams,
    ),
    Bug(
        "five hundred findings instead of one",
        roster,
        "if count >= witnesses.moved_at_least and",
        "if False and",
        test_roster.test_a_league_that_moved_as_a_whole_is_one_finding,
    ),
    Bug(
        "decisions about teams that are back are followed",
        following,
        "        if decision.overrule:\n",
        "        if True:\n",
        test_file.test_a_decision_about_a_team_that_is_back_is_reported_and_not_followed,
    ),
    Bug(
        "a decision may give an heir to two",
        following,
        "if claims[heir] > 1 and heir in unsaid:",
        "if False:",
        test_file.test_another_teams_heir_is_not_given_away_without_saying_so,
    ),
    Bug(
        "a league's decision beats a team's",
        decision,
        "            team.identity,\n            TeamIdentity(team.league, None, team.series, None),\n",
        "            TeamIdentity(team.league, None, team.series, None),\n            team.identity,\n",
        test_file.test_the_nearest_decision_counts,
    ),
    Bug(
        "name and place on two teams are merely missing",
        unmatched,
        "if not set(names) & set(places):",
        "if False:",
        test_resolution.test_name_and_place_on_two_teams_conflict,
    ),
    Bug(
        "taken teams are offered as if they were free",
        candidates,
        "        if team in self.heir_of:\n            speaks_against",
        "        if False:\n            speaks_against",
        test_candidates.test_a_candidate_that_is_another_teams_heir_says_so,
    ),
]


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.name)
def test_a_planted_bug_is_noticed(bug: Bug) -> None:
    assert notices(bug)

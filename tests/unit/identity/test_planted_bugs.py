"""Bugs planted on purpose, and for each the test that fails because of it."""

from __future__ import annotations

from random import Random

import pytest

from practice_guard.core.identity import (
    candidates,
    decision,
    facets,
    following,
    outside,
    resolution,
    roster,
    standing,
    unmatched,
)
from tests.unit.decisions import test_file
from tests.unit.identity import test_candidates, test_outside, test_resolution, test_roster, test_rules, test_standing
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


def second_teams_are_siblings() -> None:
    test_rules.test_players_lead_no_team_onto_its_sibling("PC I", "PC II")


def names_are_outvoted() -> None:
    test_rules.test_players_outvote_a_name(1, 3, 2, "conflicting")


def names_are_not_outvoted_by_few() -> None:
    test_rules.test_players_outvote_a_name(0, 2, 2, 7)


PAIR = "            if heir is not None and self._agree(at, heir):\n"
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
        "if self.old[at].series == team.series and self.old[at].club == team.club:",
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
        " if len(old) == len(new) else {}",
        "",
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
        "if match.new or team.id in heirs or not any(agreement(match.old, team, self.spelling)):",
        "if True:",
        test_resolution.test_an_id_whose_team_was_renamed_in_place_is_not_called_reused,
    ),
    Bug(
        "players do not contradict",
        roster,
        "            return new not in onto\n",
        "            return False\n",
        test_roster.test_an_exchange_of_name_and_place_is_seen_by_the_players,
    ),
    Bug(
        "only the old team's own players contradict",
        roster,
        " or bool(self.strangers(old, new, pairs))",
        "",
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
        "        present = [player for player in players if player in here and player in there]\n        if",
        "        present = [player for player in players if player in here]\n        if",
        test_roster.test_players_who_left_keep_nobody_from_being_confirmed,
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
        "else league_of(team)",
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
        "if (by_name or (by_place and hearing.complete(at, heir))) and hearing",
        "if hearing",
        test_roster.test_a_roster_without_any_facet_is_no_match,
    ),
    Bug(
        "one direction is enough",
        roster,
        "if (by_name or (by_place and hearing.complete(at, heir))) and hearing.out_of(heir) - matched == {at}:",
        "if by_name or by_place:",
        test_roster.test_a_team_that_swallowed_another_is_not_confirmed_as_the_smaller,
    ),
    Bug(
        "the club's other team is confirmed by players of both",
        resolution,
        "            placed = not self.spelling.siblings(self.old[at], self.new[heir])\n",
        "            placed = True\n",
        second_teams_are_siblings,
    ),
    Bug(
        "a bare name is followed from one left-out series to another",
        resolution,
        "not self.facets.may_have_wandered(at, heir) and ",
        "",
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
        "for key in (team.identity, *wholes(team)):",
        "for key in (*wholes(team), team.identity):",
        test_file.test_the_nearest_decision_counts,
    ),
    Bug(
        "name and place on two teams are merely missing",
        unmatched,
        "if self._gathered(names).isdisjoint(places if len(places) <= LISTED else self._gathered(places)):",
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

BUGS += [
    Bug(
        "players outvote no name",
        roster,
        "return self.outvoting(old, new) is not None or",
        "return",
        names_are_outvoted,
    ),
    Bug(
        "a few players outvote a name",
        roster,
        "if most < OUTVOTED_BY or most <= 2 * mine:",
        "if not most:",
        names_are_not_outvoted_by_few,
    ),
    Bug(
        "a name is followed onto another old team's place",
        resolution,
        " and not self.facets.is_another_ones(at, heir)",
        "",
        test_rules.test_players_lead_no_name_onto_another_old_teams_place,
    ),
    Bug(
        "a place is followed to a team with another old one's name",
        resolution,
        "placed = not self._may_be_its_namesake(at, heir)",
        "placed = True",
        test_rules.test_players_lead_no_team_to_one_that_has_another_old_teams_name,
    ),
    Bug(
        "a bracket is dropped although a namesake is there",
        facets,
        "if differ and tuple(self.bare.bearers(at)[1]) == (heir,):",
        "if differ and heir in self.bare.bearers(at)[1]:",
        test_rules.test_the_imports_own_bracket_tells_nobody_apart_where_one_is_left,
    ),
    Bug(
        "case tells twins apart although one is gone",
        facets,
        " or mine.keys() != there.keys():\n            return {}\n"
        "        return {at: there[key] for key, at in mine.items()}",
        ":\n            return {}\n        return {at: there[key] for key, at in mine.items() if key in there}",
        test_rules.test_twins_are_told_by_case_where_all_of_them_are_there,
    ),
    Bug(
        "names that repeat are believed",
        facets,
        "if self.spelling.league(self.old[at]) not in self.repeating",
        "if True",
        test_rules.test_names_that_repeat_say_nothing_whatever_the_settings_say,
    ),
    Bug(
        "every league's names say all",
        facets,
        "if self.spelling.of(self.old[at]).unique_names]",
        "if True]",
        test_rules.test_a_promoted_team_keeps_its_name_where_the_settings_say_so,
    ),
    Bug(
        "outside ids veto nothing",
        outside,
        "return ids is not None and ids[0] != ids[1]",
        "return False",
        test_outside.test_another_outside_id_vetoes_a_match,
    ),
    Bug(
        "outside ids given anew veto everything",
        outside,
        "if count >= RENUMBERED_FROM and",
        "if False and",
        test_outside.test_ids_that_are_others_as_a_whole_are_ignored_and_said,
    ),
    Bug(
        "two teams are a league whose ids are others",
        outside,
        "if count >= RENUMBERED_FROM and",
        "if",
        test_outside.test_two_of_two_are_not_yet_a_league_with_other_ids,
    ),
    Bug(
        "an outside id settles without being asked",
        outside,
        "if not self.spelling.of(team).outside_id_confirms or",
        "if",
        test_outside.test_an_id_settles_nothing_where_nobody_said_so,
    ),
    Bug(
        "an outside id settles without any facet",
        resolution,
        "if self._is_named_or_placed(at, heir) and",
        "if",
        test_outside.test_an_id_settles_what_one_facet_says_where_the_settings_say_so,
    ),
]


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.name)
def test_a_planted_bug_is_noticed(bug: Bug) -> None:
    assert notices(bug)

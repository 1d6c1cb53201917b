"""Bugs in how rows of a parent are matched, and for each the test that fails because of it."""

from __future__ import annotations

import pytest

from practice_guard.core.identity import entries
from tests.unit.identity import test_entries
from tests.world.planting import Bug, notices


def several_say(old: tuple[str, ...], new: tuple[str, ...]) -> None:
    test_entries.test_of_several_rows_that_say_the_same_none_is_taken(old, new)


def spellings_of_two() -> None:
    test_entries.test_of_what_a_form_makes_alike_nobody_is_guessed(
        ("Park Ridge", "Park RIdge"), ("PARK RIDGE",), {1: test_entries.NEARLY, 2: test_entries.NEARLY}
    )


BUGS = [
    Bug(
        "the first of several is taken",
        entries,
        "    if len(chosen) != 1:\n",
        "    if not chosen and not candidates:\n        pass\n    chosen = chosen or list(candidates)\n    if False:\n",
        lambda: test_entries.test_of_several_rows_that_say_the_same_none_is_taken(
            ("Tennaqua",), ("Tennaqua", "Tennaqua")
        ),
    ),
    Bug(
        "two old rows become one",
        entries,
        "elif len(alike) > 1 and not each.loose:",
        "elif False:",
        lambda: test_entries.test_of_several_rows_that_say_the_same_none_is_taken(
            ("Tennaqua", "Tennaqua"), ("Tennaqua",)
        ),
    ),
    Bug(
        "where a row leads to is not asked",
        entries,
        "    if form is None:\n        return each.texts, each.place\n",
        "    if form is None:\n        return each.texts, ()\n",
        test_entries.test_a_series_never_crosses_to_another_league,
    ),
    Bug(
        "a league that is gone is no league",
        entries,
        "if places[column] == _UNKNOWN and column not in ways.loose:",
        "if False:",
        lambda: test_entries.test_a_series_waits_while_nobody_knows_its_league({}),
    ),
    Bug(
        "the id is proof",
        entries,
        "        candidates = new.get(key, [])\n",
        "        candidates = new.get(key, []) or [other for other in now if other.entry.id == each.entry.id]\n",
        test_entries.test_an_id_that_another_club_has_by_now_is_never_followed,
    ),
    Bug(
        "a form is used where two are alike",
        entries,
        "elif form is not None and (_spellings(old[key]) > 1 or _spellings(candidates) > 1):",
        "elif False:",
        spellings_of_two,
    ),
    Bug(
        "an old row that is found already is alike to nobody",
        entries,
        "    old, new = _grouped(before, form), _grouped(now, form)\n",
        "    old, new = _grouped(left, form), _grouped(now, form)\n",
        test_entries.test_a_row_found_to_the_letter_is_nobody_elses_in_another_spelling,
    ),
    Bug(
        "a player's team tells nothing",
        entries,
        "chosen = [other for other in chosen if each.loose and other.loose == each.loose]",
        "chosen = []",
        test_entries.test_a_player_of_several_teams_is_found_team_by_team,
    ),
    Bug(
        "any row of a player is taken",
        entries,
        "if each.loose and other.loose == each.loose]",
        "][:1]",
        test_entries.test_a_player_whose_team_is_gone_is_not_guessed_among_several_rows,
    ),
    Bug(
        "what says nothing is somebody",
        entries,
        "if not candidates or not _says(key):",
        "if not candidates:",
        lambda: test_entries.test_what_says_nothing_is_nobody(None),
    ),
    Bug(
        "spelling counts after a failed import",
        entries,
        "*(() if exact_only else ways.forms)",
        "*ways.forms",
        test_entries.test_after_an_import_that_failed_only_the_letter_counts,
    ),
    Bug(
        "an heir of two is the first one's",
        entries,
        "alone = len(olds) == 1 and id_ not in taken",
        "alone = id_ not in taken",
        test_entries.test_an_heir_of_two_is_nobodys_unless_merged,
    ),
    Bug(
        "an heir that is another's is taken",
        entries,
        "alone = len(olds) == 1 and id_ not in taken",
        "alone = len(olds) == 1",
        test_entries.test_an_heir_that_is_anothers_is_taken_only_by_merging,
    ),
]


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.name)
def test_a_planted_bug_is_noticed(bug: Bug) -> None:
    assert notices(bug)

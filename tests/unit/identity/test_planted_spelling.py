"""Bugs planted in how names and series are written down alike, and for each the test that fails because of it."""

from __future__ import annotations

import pytest

from practice_guard.core.identity import kinship, normalise, spelling
from tests.unit.identity import test_normalise, test_resolution, test_rules, test_rules_together
from tests.world.planting import Bug, notices


def series_are_told_apart() -> None:
    for one, other in test_normalise.OTHER_SERIES:
        test_normalise.test_two_series_stay_two(one, other)


def names_are_told_apart() -> None:
    for one, other in test_normalise.OTHER_NAMES:
        test_normalise.test_two_names_stay_two_in_whatever_series(one, other, None)


def spelling_tells_nobody_apart() -> None:
    for spellings in test_normalise.SAME_NAMES:
        test_normalise.test_spelling_does_not_tell_names_apart(spellings)


def series_are_their_designation() -> None:
    for spellings in test_normalise.SAME_SERIES:
        test_normalise.test_a_series_is_its_designation(spellings)


INTERCHANGEABLE = "tokens[0] in dialect.series_words and"


def siblings_are_told_apart() -> None:
    test_normalise.test_a_clubs_other_team_is_known_by_its_name("Tennaqua", "Tennaqua Reserves", True)


def siblings_are_told_apart_without_blanks() -> None:
    test_rules_together.test_a_sibling_is_one_in_every_script("PC Red", "PCs Blue")


BUGS = [
    Bug(
        "Division is a synonym",
        normalise,
        INTERCHANGEABLE,
        "tokens[0] in dialect.series_words | {'division'} and",
        test_resolution.test_a_division_is_not_the_series_of_its_number,
    ),
    Bug(
        "Division is a synonym, in the tables",
        normalise,
        INTERCHANGEABLE,
        "tokens[0] in dialect.series_words | {'division'} and",
        series_are_told_apart,
    ),
    Bug(
        "Chicago is no synonym",
        normalise,
        INTERCHANGEABLE,
        "tokens[0] in dialect.series_words - {'chicago'} and",
        test_resolution.test_a_season_is_relabelled_at_once,
    ),
    Bug(
        "Chicago is dropped from names too",
        normalise,
        "head[-1] in dialect.series_words - _IN_NAMES and",
        "head[-1] in dialect.series_words and",
        test_normalise.test_a_club_called_chicago_keeps_its_name,
    ),
    Bug(
        "any series in a name is a designation",
        normalise,
        "tokens = _bracketed(tokens, own, dialect) or _trailing(tokens, own, dialect) or tokens",
        'tokens = tuple(re.sub(r"^s(?=\\d)", "", token) for token in tokens)',
        test_normalise.test_only_a_teams_own_series_is_a_designation_in_its_name,
    ),
    Bug(
        "brackets are dropped",
        normalise,
        "    return token in _BETWEEN_WORDS or",
        '    return token in _BETWEEN_WORDS | {"(", ")"} or',
        names_are_told_apart,
    ),
    Bug(
        "what stands in brackets is dropped",
        normalise,
        "for token in pattern.findall(folded)",
        'for token in pattern.findall(re.sub(r"\\(.*", "", folded))',
        test_resolution.test_what_stands_in_brackets_tells_teams_apart,
    ),
    Bug(
        "Roman numerals are cut off",
        normalise,
        "if not _separates(token))",
        'if not _separates(token) and token not in ("i", "ii"))',
        names_are_told_apart,
    ),
    Bug(
        "letters after numbers are cut off",
        normalise,
        "tuple(token for token in pattern",
        'tuple(re.sub(r"(?<=\\d)[a-z]$", "", token) for token in pattern',
        test_resolution.test_the_second_team_of_a_club_is_not_the_first_in_its_place,
    ),
    Bug(
        "the dot of a number is a blank",
        normalise,
        "(?:(?<=\\d)\\.(?=\\d)[^\\W_]+|",
        "(?:",
        series_are_told_apart,
    ),
    Bug(
        "case matters",
        normalise,
        "return fold(value).replace",
        "return value.replace",
        spelling_tells_nobody_apart,
    ),
    Bug(
        "Unicode forms matter",
        normalise,
        '"NFKC", fold(unicodedata.normalize("NFKC"',
        '"NFC", fold(unicodedata.normalize("NFC"',
        spelling_tells_nobody_apart,
    ),
    Bug("nothing is unseen", normalise, "return sign in _UNSEEN or", "return False and", spelling_tells_nobody_apart),
    Bug(
        "S is glued for good",
        normalise,
        "found = _LETTERS_AND_NUMBER.fullmatch(token)",
        "found = None",
        series_are_their_designation,
    ),
]


def marks_tell_apart() -> None:
    test_rules.test_a_mark_at_a_words_end_stays("Sharks B-", "Sharks B")


def flags_are_told_apart() -> None:
    test_rules.test_what_is_drawn_differently_stays_two("\U0001f468\u200d\U0001f467", "\U0001f468\U0001f467")


BUGS += [
    Bug("a grade loses its mark", normalise, "pattern = _TOKEN if", "pattern = _UNMARKED if", marks_tell_apart),
    Bug(
        "joiners are dropped",
        normalise,
        "            if _joins(before):\n",
        "            if False:\n",
        flags_are_told_apart,
    ),
    Bug(
        "a synonym counts although a list shows both",
        spelling,
        "if len(values) > 1}:",
        "if False}:",
        test_rules.test_no_synonym_where_a_list_shows_both,
    ),
    Bug(
        "an alias counts although a list shows both",
        spelling,
        "if len(values) > 1}:",
        "if False}:",
        test_rules.test_a_form_or_an_alias_tells_clubs_apart_where_a_list_has_both,
    ),
    Bug(
        "a common word makes no sibling",
        normalise,
        "return words[0] == words[1] or bool(shared)",
        "return words[0] == words[1]",
        siblings_are_told_apart,
    ),
    Bug(
        "words that begin alike make no sibling",
        kinship,
        "return short == long or (len(short) > 1 and long.startswith(short))",
        "return short == long",
        siblings_are_told_apart_without_blanks,
    ),
]


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.name)
def test_a_planted_bug_is_noticed(bug: Bug) -> None:
    assert notices(bug)

"""Bugs planted in how names and series are written down alike, and for each the test that fails because of it."""

from __future__ import annotations

import pytest

from practice_guard.core.identity import normalise
from tests.unit.identity import test_normalise, test_resolution
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


INTERCHANGEABLE = '_SERIES_WORDS = frozenset(("chicago", "series", "s"))'

BUGS = [
    Bug(
        "Division is a synonym",
        normalise,
        INTERCHANGEABLE,
        '_SERIES_WORDS = frozenset(("chicago", "series", "s", "division"))',
        test_resolution.test_a_division_is_not_the_series_of_its_number,
    ),
    Bug(
        "Division is a synonym, in the tables",
        normalise,
        INTERCHANGEABLE,
        '_SERIES_WORDS = frozenset(("chicago", "series", "s", "division"))',
        series_are_told_apart,
    ),
    Bug(
        "Chicago is no synonym",
        normalise,
        INTERCHANGEABLE,
        '_SERIES_WORDS = frozenset(("series", "s"))',
        test_resolution.test_a_season_is_relabelled_at_once,
    ),
    Bug(
        "Chicago is dropped from names too",
        normalise,
        'if len(head) > 1 and head[-1] == "series" and tail == own:',
        "if len(head) > 1 and head[-1] in _SERIES_WORDS and tail == own:",
        test_resolution.test_a_club_with_chicago_in_its_name_is_not_its_neighbour,
    ),
    Bug(
        "any series in a name is a designation",
        normalise,
        "tokens = _bracketed(tokens, own) or _trailing(tokens, own) or tokens",
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
        "for token in _TOKEN.findall(_folded(value))",
        'for token in _TOKEN.findall(re.sub(r"\\(.*", "", _folded(value)))',
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
        "tuple(token for token",
        'tuple(re.sub(r"(?<=\\d)[a-z]$", "", token) for token',
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
        "return value.casefold().replace",
        "return value.replace",
        spelling_tells_nobody_apart,
    ),
    Bug(
        "Unicode forms matter",
        normalise,
        '"NFKC", unicodedata.normalize("NFKC"',
        '"NFC", unicodedata.normalize("NFC"',
        spelling_tells_nobody_apart,
    ),
    Bug("nothing is unseen", normalise, "return sign in _UNSEEN or", "return False and", spelling_tells_nobody_apart),
    Bug(
        "S is glued for good",
        normalise,
        '_GLUED = re.compile(r"s(?=\\d)")',
        '_GLUED = re.compile(r"$^")',
        series_are_their_designation,
    ),
]


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.name)
def test_a_planted_bug_is_noticed(bug: Bug) -> None:
    assert notices(bug)

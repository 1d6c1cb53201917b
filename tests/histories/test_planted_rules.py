"""Each rule about who a team is, taken away: the histories of a country notice that it is gone."""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType

import pytest

from practice_guard.core.identity import facets, normalise, outside, resolution, roster, spelling
from tests.world import countries, operations, turnover
from tests.world.campaigns import nothing_is_wrong_in
from tests.world.countries import Country
from tests.world.operations import Operation
from tests.world.planting import Bug, notices


@dataclass(frozen=True)
class Gone:
    """A rule that is taken away, the country where that shows, and in how many histories at most."""

    name: str
    module: ModuleType
    right: str
    wrong: str
    country: Country
    histories: int
    steps: tuple[Operation, ...] | None = None

    def bug(self) -> Bug:
        """The bug that it is."""

        def noticed() -> None:
            nothing_is_wrong_in(self.country, self.histories, steps=self.steps)

        return Bug(self.name, self.module, self.right, self.wrong, noticed)


RULES = [
    Gone(
        "players outvote nobody",
        roster,
        "if most < OUTVOTED_BY or most <= 2 * mine:",
        "if True:",
        countries.TWO_WORDS,
        200,
    ),
    Gone(
        "synonyms count where both are there",
        spelling,
        "if len(values) > 1}:",
        "if False}:",
        countries.TWO_WORDS,
        100,
    ),
    Gone(
        "a bare name and players are enough for another's seat",
        resolution,
        " and not self.facets.is_another_ones(at, heir)",
        "",
        countries.GRADES,
        300,
        (operations.leave_out_series, operations.list_in_another_order, turnover.take_over_a_roster),
    ),
    Gone(
        "a sibling is a team renamed",
        resolution,
        "placed = not self.spelling.siblings(self.old[at], self.new[heir])",
        "placed = True",
        countries.AGE_GROUPS,
        200,
    ),
    Gone(
        "a mark at a word's end is punctuation",
        normalise,
        r"""    rf"(?<![^\W_])(?<!'){_GRADE}[{_DASHES}']+(?=\s|$|[)\]}}])"
    rf"|(?<![^\W_])(?<!'){_WORD}[{_DASHES}']+(?=\s*(?:$|[)\]}}]))"
    rf"|{_WORD}""",
        r"""    rf"{_WORD}""",
        countries.GRADES,
        200,
    ),
    Gone("flags are alike", normalise, "(0x13430, 0x1343F), (0xE0020, 0xE007F),", "", countries.SCRIPTS, 200),
    Gone(
        "joiners join nothing",
        normalise,
        "            if _joins(before):",
        "            if False:",
        countries.SCRIPTS,
        100,
    ),
    Gone(
        "outside ids veto nothing",
        outside,
        "return {at: self._against(at) for at in self._differing if self._league(at) not in self.ignored}",
        "return {}",
        countries.PROMOTION,
        200,
    ),
    Gone(
        "outside ids veto no match by players",
        resolution,
        "return (False, False) if outside.forbids(at, heir) else self._says(at, heir)",
        "return self._says(at, heir)",
        countries.FLIGHTS,
        200,
    ),
    Gone(
        "outside ids confirm everywhere",
        outside,
        "if not self.spelling.of(team).outside_id_confirms or",
        "if",
        countries.FLIGHTS,
        200,
    ),
    Gone(
        "an outside id alone settles",
        resolution,
        "if self._is_named_or_placed(at, heir) and not",
        "if not",
        countries.SECOND_TEAMS,
        200,
    ),
    Gone(
        "players say nothing against an outside id",
        resolution,
        " and not self.hearing.contradicts(at, heir, self.accepted)",
        "",
        countries.SECOND_TEAMS,
        200,
    ),
    Gone(
        "names are unique everywhere",
        facets,
        "if self.spelling.of(self.old[at]).unique_names]",
        "]",
        countries.GRADES,
        100,
    ),
    Gone(
        "a shared place is everybody's",
        facets,
        "return self.place.means(at, heir) and not self.place.is_another_ones(at, heir)",
        "return True",
        countries.GRADES,
        100,
    ),
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_histories_notice_that_a_rule_is_gone(rule: Gone) -> None:
    assert notices(rule.bug())

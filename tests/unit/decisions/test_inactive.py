"""A team that plays no more beside its active successor of the same name and place: either can be meant."""

from __future__ import annotations

from dataclasses import replace

import pytest

from practice_guard.core import decisions
from practice_guard.core.errors import UsageError
from practice_guard.core.model import Team, TeamIdentity
from tests.world.team_lists import outcome, resolving, teams

ACTIVE = teams("11: Tennaqua - 22 | Tennaqua | Chicago 22")
TWINS = [*ACTIVE, replace(ACTIVE[0], id=12, inactive=True)]
OLD = "1: Tennaqua Red | Tennaqua | Chicago 5"
RED = '[[team]]\nleague = "APTA_CHICAGO"\nclub = "Tennaqua"\nseries = "Chicago 5"\nteam = "Tennaqua Red"\n'
TWIN = '[[team]]\nleague = "APTA_CHICAGO"\nclub = "Tennaqua"\nseries = "Chicago 22"\nteam = "Tennaqua - 22"\n'


def heir(inactive: str = "") -> str:
    return f'heir = {{ series = "Chicago 22", team = "Tennaqua - 22"{inactive} }}\n'


@pytest.mark.parametrize(
    ("inactive", "new"), [("", 11), (", inactive = false", 11), (", inactive = true", 12)], ids=["unsaid", "no", "yes"]
)
def test_an_heir_is_the_active_team_unless_it_is_said_to_be_the_other(inactive: str, new: int) -> None:
    text = RED + heir(inactive)
    decisions.check(decisions.parse(text), teams(OLD), TWINS, {})
    assert outcome(resolving(teams(OLD), TWINS, deciding=text)) == {1: new}


def test_each_of_two_old_twins_is_spoken_of() -> None:
    old = [replace(team, id=team.id - 10) for team in TWINS]
    new = teams("21: Blue | Tennaqua | Chicago 3\n22: Red | Tennaqua | Chicago 4")
    text = TWIN + 'heir = { series = "Chicago 3", team = "Blue" }\n'
    text += TWIN + 'inactive = true\nheir = { series = "Chicago 4", team = "Red" }\n'
    decisions.check(decisions.parse(text), old, new, {})
    assert outcome(resolving(old, new, deciding=text)) == {1: 21, 2: 22}
    given_up = resolving(old, new, deciding=TWIN + "inactive = true\ngive_up = true\n")
    assert [match.given_up for match in given_up.matches.values()] == [False, True]


def test_an_heir_is_active_also_where_the_old_team_is_not() -> None:
    (found,) = decisions.parse(TWIN + 'inactive = true\nheir = { series = "Chicago 3" }\n').entries
    assert found.about.inactive
    assert found.heir == TeamIdentity("APTA_CHICAGO", "Tennaqua", "Chicago 3", "Tennaqua - 22")


def test_a_team_becomes_its_own_inactive_twin() -> None:
    old = teams("1: Tennaqua - 22 | Tennaqua | Chicago 22")
    text = TWIN + "heir = { inactive = true }\noverrule = true\n"
    assert outcome(resolving(old, TWINS, deciding=text)) == {1: 12}


def test_the_only_team_of_a_name_is_meant_by_an_entry_that_does_not_say_which() -> None:
    assert outcome(resolving(teams(OLD), ACTIVE, deciding=RED + heir())) == {1: 11}
    with pytest.raises(UsageError, match=r"inactive\) is not in the new list \(the nearest name there is Tennaqua - 2"):
        decisions.check(decisions.parse(RED + heir(", inactive = true")), teams(OLD), ACTIVE, {})


def test_both_twins_in_the_old_list_and_the_new_one_are_written_and_read_back() -> None:
    text = TWIN + "inactive = true\n" + heir(", inactive = true").replace("Chicago 22", "Chicago 3")
    found = decisions.parse(text + TWIN + "give_up = true\n")
    assert decisions.parse(decisions.dump(found)) == found
    assert decisions.dump(found).count("inactive = true") == 2


def test_a_draft_says_which_of_two_twins_waits() -> None:
    old: list[Team] = [replace(team, id=team.id - 10) for team in TWINS]
    stays = teams("9: Blue | Ashbury | Chicago 22")
    draft = decisions.draft(resolving([*old, *stays], stays))
    assert draft.count("[[team]]") == 2
    assert draft.count("inactive = true") == 1
    edited = decisions.parse(draft.replace("# give_up", "give_up"))
    assert {entry.about for entry in edited.entries} == {team.identity for team in old}


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (TWIN + 'inactive = "yes"\n', "line 6: `inactive` must be true or false"),
        (TWIN + "heir = { inactive = 1 }\n", "line 6: `inactive` must be true or false"),
        ('[[series]]\nleague = "NSTF"\nseries = "S2B"\ninactive = true', "line 4: [[series]] has no key `inactive`"),
    ],
)
def test_what_is_neither_true_nor_false_is_refused(text: str, complaint: str) -> None:
    with pytest.raises(UsageError) as caught:
        decisions.parse(text)
    assert complaint in str(caught.value)

"""Where players stand is the same however it is looked up: for all, for many teams at once, or team by team."""

from __future__ import annotations

from random import Random

import pytest

from practice_guard.core.identity import Witnesses, standing
from practice_guard.core.identity.roster import Hearing
from practice_guard.core.identity.spelling import Spelling
from practice_guard.core.model import Rosters, Team

LISTS = 200


def listed(chance: Random) -> tuple[list[Team], Rosters]:
    """A few teams of two leagues, an id twice now and then, and players of whom some are on several teams."""
    teams = [Team(chance.randrange(20), chance.choice(("APTA", "NSTF")), "Tennaqua", "S1", "T") for _ in range(12)]
    pool = ["", *(f"p{number}" for number in range(chance.choice((6, 15, 60))))]
    return teams, {team.id: frozenset(chance.sample(pool, chance.choice((0, 4, 6)))) for team in teams}


def standing_on(team: Team, teams: list[Team], rosters: Rosters, several: int) -> dict[str, list[int]]:
    """The players of a league and the positions they stand on, found the long way."""
    found: dict[str, list[int]] = {}
    for at, each in enumerate(teams):
        if each.league == team.league and sum(other.id == each.id for other in teams) == 1:
            for player in rosters[each.id] - {""}:
                found.setdefault(player, []).append(at)
    return {player: positions for player, positions in found.items() if len(positions) <= several}


def onto(at: int, old: list[Team], new: list[Team], witnesses: Witnesses) -> frozenset[int]:
    """What `Hearing.onto` says, found the long way."""
    team = old[at]
    here = standing_on(team, old, witnesses.old, witnesses.several)
    there = standing_on(team, new, witnesses.new, witnesses.several)
    alone = sum(other.id == team.id for other in old) == 1
    present = [player for player in witnesses.old[team.id] if alone and player in here and player in there]
    if len(present) < witnesses.at_least:
        return frozenset()
    shares = {heir: sum(heir in there[player] for player in present) for heir in range(len(new))}
    return frozenset(
        heir for heir, count in shares.items() if count and 100 * count >= witnesses.percent * len(present)
    )


@pytest.mark.parametrize("one_by_one", [0, 2, 99])
def test_players_are_found_however_they_are_looked_up(one_by_one: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(standing, "ONE_BY_ONE", one_by_one)
    heard = 0
    for seed in range(LISTS):
        chance = Random(seed)
        (old, before), (new, now) = listed(chance), listed(chance)
        witnesses = Witnesses(before, now, at_least=chance.choice((1, 3)), percent=60.0, several=chance.choice((2, 20)))
        hearing = Hearing(Spelling(old, new), witnesses)
        back = Hearing(
            Spelling(new, old), Witnesses(now, before, witnesses.at_least, witnesses.percent, witnesses.several)
        )
        if chance.random() < 0.5:
            hearing.call(chance.sample(range(len(old)), 4), chance.sample(range(len(new)), 3))
        for at in chance.sample(range(len(old)), len(old)):
            expected = onto(at, old, new, witnesses)
            assert hearing.onto(at) == back.out_of(at) == expected
            heard += bool(expected)
    assert heard > 100


def test_a_roster_that_is_the_same_is_looked_up_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """The night on which nothing happened costs a comparison a team."""
    monkeypatch.setattr(standing.Standing, "of", None)
    old = [Team(1, "NSTF", "Tennaqua", "S1", "Tennaqua S1"), Team(2, "NSTF", "Tennaqua", "S2", "Tennaqua S2")]
    everyone = frozenset(f"p{number}" for number in range(8))
    hearing = Hearing(Spelling(old, old), Witnesses({1: everyone, 2: everyone}, {1: everyone, 2: everyone}))
    assert not hearing.contradicts(0, 0, {0: 0, 1: 1})


def test_the_same_players_in_another_league_confirm_nothing() -> None:
    everyone = frozenset(f"p{number}" for number in range(8))
    one, other = Team(1, "APTA", "Tennaqua", "S1", "Tennaqua S1"), Team(1, "NSTF", "Tennaqua", "S1", "Tennaqua S1")
    rosters = {1: everyone}
    assert Hearing(Spelling([one], [one]), Witnesses(rosters, rosters)).same(0, 0)
    assert not Hearing(Spelling([one], [other]), Witnesses(rosters, rosters)).same(0, 0)

"""Players as witnesses of who a team is: able to confirm, to settle and to contradict, never to match alone.

Rosters are sets of outside ids. They are compared within one league, over the ids that both lists have there, since
an id that an import no longer has says nothing (design, "Who a team is").
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

from practice_guard.core.identity.grouping import Grouping
from practice_guard.core.identity.spelling import Spelling
from practice_guard.core.identity.standing import Side, Standing
from practice_guard.core.model import Rosters, Team
from practice_guard.core.words import agreeing, counted

ROSTER_AT_LEAST = 4
"""Players of a team still in the league below which its roster witnesses nothing."""

ROSTER_PERCENT = 80.0
"""Percent of them that must stand on one team."""

OUTVOTED_PERCENT = 34.0
"""Percent of a team's players that must stand on its match, or another team that has many of them outvotes it."""
OUTVOTED_BY = 3
"""Players that must stand on the other team: those, and more than twice as many as on the match."""


@dataclass(frozen=True, slots=True)
class Witnesses:
    """The rosters of two team lists, and how much of one must be found again before it says anything.

    `at_least` is a number of ids still present in the league, `percent` (0 to 100) the part of them that must stand
    on one team. An id on more than `several` teams of a league is no person and is not heard. A league has moved as
    a whole when `moved_at_least` of its matches and `moved_percent` of those with a witness are contradicted.
    """

    old: Rosters = field(default_factory=dict)
    new: Rosters = field(default_factory=dict)
    at_least: int = ROSTER_AT_LEAST
    percent: float = ROSTER_PERCENT
    several: int = 20
    moved_at_least: int = 3
    moved_percent: float = 50.0


class Hearing:
    """What the players of two team lists say, team by team.

    In most nights nearly all rosters are what they were, and nobody needs to be heard. So who stands where is looked up
    only for players that are asked about: for those of many teams at once (`call`), else team by team.
    """

    def __init__(self, spelling: Spelling, witnesses: Witnesses) -> None:
        self._rule = witnesses
        self._old = Side(spelling.old, witnesses.old, spelling.league)
        self._new = Side(spelling.new, witnesses.new, spelling.league)
        self._onto: dict[int, frozenset[int]] = {}
        self._out_of: dict[int, frozenset[int]] = {}
        self._standing = Standing(self._old, self._new, witnesses.several)

    def about(self, spelling: Spelling) -> Hearing:
        """Hear the same players about the same lists under other labels."""
        return Hearing(spelling, self._rule)

    def call(self, old: Collection[int], new: Collection[int] = ()) -> None:
        """Look up at once where the players of many teams stand, of old and new positions that will be asked about."""
        self._standing.find(old, new)

    def onto(self, old: int) -> frozenset[int]:
        """Return the new positions on which an old team's roster stands nearly whole."""
        if old not in self._onto:
            here, there = self._standing.of(self._old, old)
            self._onto[old] = self._nearly_whole(self._old.ids(old), here, there)
        return self._onto[old]

    def out_of(self, new: int) -> frozenset[int]:
        """Return the old positions on which a new team's roster stood nearly whole."""
        if new not in self._out_of:
            there, here = self._standing.of(self._new, new)
            self._out_of[new] = self._nearly_whole(self._new.ids(new), here, there)
        return self._out_of[new]

    def overlap(self, old: int, new: int) -> tuple[int, int]:
        """Return how many of an old team's players stand on a new one, and how many are still in the league."""
        _, there = self._standing.of(self._old, old)
        present = [player for player in self._old.ids(old) if player in there]
        return sum(new in there[player] for player in present), len(present)

    def standing(self, old: int, new: int) -> str:
        """Say of an old team how many of its players stand on a new one."""
        shared, present = self.overlap(old, new)
        return f"{shared} of its {counted(present, 'player')} still in the league {agreeing(shared, 'is', 'are')} on"

    def complete(self, old: int, new: int) -> bool:
        """Tell whether an old roster is nearly whole on a new team even when those who left the league count."""
        shared, _ = self.overlap(old, new)
        return 100 * shared >= self._rule.percent * len(self._old.ids(old))

    def contradicts(self, old: int, new: int, pairs: Mapping[int, int]) -> bool:
        """Tell whether the players speak against a match, where `pairs` are all matches by name and place.

        They do when the old roster is nearly whole on another team and not also on this one; when they outvote the
        match; and when the new team has, instead of the old one's players, those of an old team whose own heir does not
        have them. A roster that is the same on both contradicts nothing, wherever else its players may be.
        """
        if self.same(old, new):
            return False
        if onto := self.onto(old):
            return new not in onto
        return self.outvoting(old, new) is not None or bool(self.strangers(old, new, pairs))

    def outvoting(self, old: int, new: int) -> int | None:
        """Return the new position that has more of an old team's players than a match with another would bear.

        Of at least `at_least` players who are there, under a third stand on the match, and the other team has at least
        3 and more than twice as many (design, "Who a team is"). None where there is no such team.
        """
        times, present = self._votes(old)
        mine = times[new]
        if present < self._rule.at_least or 100 * mine >= OUTVOTED_PERCENT * present:
            return None
        most = max(times.values(), default=0)
        if most < OUTVOTED_BY or most <= 2 * mine:
            return None
        return min(at for at, count in times.items() if count == most)

    def supports(self, old: int, new: int) -> bool:
        """Tell whether the players speak for a match: nearly all of them, or a third and nowhere more."""
        if new in self.onto(old):
            return True
        times, present = self._votes(old)
        enough = present >= self._rule.at_least and 100 * times[new] >= OUTVOTED_PERCENT * present
        return enough and times[new] == max(times.values(), default=0)

    def _votes(self, old: int) -> tuple[Counter[int], int]:
        """Return how many of an old team's players stand on each new one, and how many are in the league."""
        here, there = self._standing.of(self._old, old)
        present = [player for player in self._old.ids(old) if player in here and player in there]
        return Counter(at for player in present for at in there[player]), len(present)

    def same(self, old: int, new: int) -> bool:
        """Tell whether an old team and a new one have the same players, in the same league."""
        return self._old.ids(old) == self._new.ids(new) and self._old.league(old) == self._new.league(new)

    def strangers(self, old: int, new: int, pairs: Mapping[int, int]) -> frozenset[int]:
        """Return the old positions, not this one, whose roster went to a new team and not to their own heir."""
        out_of = self.out_of(new)
        if old in out_of:
            return frozenset()
        return frozenset(at for at in out_of if new in self.onto(at) and pairs.get(at) not in self.onto(at))

    def _nearly_whole(self, players: frozenset[str], here: Grouping, there: Grouping) -> frozenset[int]:
        present = [player for player in players if player in here and player in there]
        if len(present) < self._rule.at_least:
            return frozenset()
        times = Counter(at for player in present for at in there[player])
        enough = self._rule.percent * len(present)
        return frozenset(at for at, count in times.items() if 100 * count >= enough)


@dataclass(frozen=True, slots=True)
class Objections:
    """Matches by name and place that the players speak against.

    `reasons` gives one phrase for each old position, `moved` the leagues that stand on other teams as a whole, with
    the number of matches contradicted there and the number with a witness.
    """

    reasons: Mapping[int, str] = field(default_factory=dict)
    moved: Mapping[str, tuple[int, int]] = field(default_factory=dict)


def objections(
    pairs: Mapping[int, int], old: Sequence[Team], new: Sequence[Team], hearing: Hearing, witnesses: Witnesses
) -> Objections:
    """Find the matches that rosters contradict.

    Where a league has moved as a whole, every match there that no roster confirms is contradicted with it: the teams
    without players have moved too, and nobody can see where.
    """
    doubtful = [at for at, heir in pairs.items() if not hearing.same(at, heir)]
    hearing.call(doubtful, [pairs[at] for at in doubtful])
    hearing.call({origin for at in doubtful for origin in hearing.out_of(pairs[at])})
    against = {at: pairs[at] for at in doubtful if hearing.contradicts(at, pairs[at], pairs)}
    reasons = {at: _reason(at, pairs, old, new, hearing) for at in against}
    contradicted = Counter(old[at].league or "" for at in against)
    if not contradicted:
        return Objections()
    many = {league for league, count in contradicted.items() if count >= witnesses.moved_at_least}
    others = [at for at in pairs if (old[at].league or "") in many and at not in against]
    hearing.call(others)
    agreeing = {at for at in others if hearing.supports(at, pairs[at])}
    confirmed = Counter(old[at].league or "" for at in agreeing)
    moved = {}
    for league, count in contradicted.items():
        heard = count + confirmed[league]
        if count >= witnesses.moved_at_least and 100 * count >= witnesses.moved_percent * heard:
            moved[league] = (count, heard)
    for at in pairs:
        if (old[at].league or "") in moved and at not in against and at not in agreeing:
            reasons[at] = "the rosters of its league stand on other teams as a whole, and it has no players to witness"
    return Objections(reasons, moved)


def _reason(at: int, pairs: Mapping[int, int], old: Sequence[Team], new: Sequence[Team], hearing: Hearing) -> str:
    heir = pairs[at]
    outvoting = hearing.outvoting(at, heir)
    elsewhere = sorted(hearing.onto(at)) or ([] if outvoting is None else [outvoting])
    if elsewhere:
        there = f"{hearing.standing(at, elsewhere[0])} {new[elsewhere[0]].identity}"
        return f"name and place say {new[heir].identity}, but {there}"
    origin = old[min(hearing.strangers(at, heir, pairs))]
    return f"name and place say {new[heir].identity}, but the players there are those of {origin.identity}"


def confirmations(
    waiting: Collection[int],
    may: Callable[[int, int], tuple[bool, bool]],
    taken: frozenset[int],
    matched: frozenset[int],
    hearing: Hearing,
) -> dict[int, int]:
    """Match old positions to one of the new ones that a facet says, where the players say it too.

    The rosters must be nearly whole on each other in both directions, and on no other team that is still without
    its counterpart: a player may be on several teams, and two teams with the same players witness nothing.

    Where only the name agrees, it must not be one that moves between a club's teams when series are left out, since a
    player may be on both, and the place must not be another old team's who was called so.

    Where only the place agrees, two more things must hold, since the import keeps only the first of a club's teams in
    a series and may put the players of both on it: players who left the league count as well (when `1a` drops out,
    what is left of them is `1b`), and the name must not say that it is the club's other team.

    Args:
        waiting: Old positions that are not matched and may be.
        may: Says of an old and a new position whether the name and whether the place may make them one.
        taken: New positions that are matched already, or contested.
        matched: Old positions that are matched already.
        hearing: What the players say.
    """
    claims: dict[int, int] = {}
    hearing.call(waiting)
    hearing.call((), {heir for at in waiting for heir in hearing.onto(at) - taken})
    for at in waiting:
        onto = hearing.onto(at) - taken
        if len(onto) != 1:
            continue
        (heir,) = onto
        by_name, by_place = may(at, heir)
        if (by_name or (by_place and hearing.complete(at, heir))) and hearing.out_of(heir) - matched == {at}:
            claims[at] = heir
    contested = Counter(claims.values())
    return {at: heir for at, heir in claims.items() if contested[heir] == 1}

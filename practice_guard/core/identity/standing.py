"""Who of a league's players stands on which team, in two team lists: looked up for those that are asked about. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

from practice_guard.core.identity.grouping import Grouping, repeated
from practice_guard.core.model import Rosters, Team

_NOBODY: frozenset[str] = frozenset()
_NONE: Mapping[str, str] = {}
_UNNAMED = frozenset(("",))

ONE_BY_ONE = 2
"""How often players of a single team are looked up before those of all are."""


class Side:
    """One team list with the players of its teams, by position in the list."""

    def __init__(self, teams: Sequence[Team], rosters: Rosters, league_of: Callable[[Team], str]) -> None:
        self._teams, self._rosters = teams, rosters
        twice = repeated(team.id for team in teams)
        self._leagues = ["" if team.id in twice else league_of(team) for team in teams]

    def __len__(self) -> int:
        return len(self._teams)

    def league(self, at: int) -> str:
        """Return the league in which a team's players are heard; empty where they are not."""
        return self._leagues[at]

    def ids(self, at: int) -> frozenset[str]:
        """Return the outside ids of a team's players."""
        found = self._rosters.get(self._teams[at].id, _NOBODY) if self.league(at) else _NOBODY
        return found - _UNNAMED if "" in found else found


class Standing:
    """Where players stand in an old and in a new list, league by league; an id on more than `several` is nowhere."""

    def __init__(self, old: Side, new: Side, several: int) -> None:
        self._sides, self._several = (old, new), several
        self._found: dict[str, tuple[Grouping, Grouping]] = {}
        self._asked: dict[str, dict[str, str]] = {}
        self._left = ONE_BY_ONE
        self._whole = False

    def of(self, side: Side, at: int) -> tuple[Grouping, Grouping]:
        """Return where the players of a team stand, and perhaps others of its league: old and new positions."""
        league = side.league(at)
        if fresh := self._fresh(side, at):
            self._left -= 1
            if self._left < 0:
                self._find_all()
            else:
                self._find({league: {player: player for player in fresh}})
        return self._of(league)

    def find(self, old: Collection[int], new: Collection[int]) -> None:
        """Look up the players of many teams at once."""
        if self._whole:
            return
        if 2 * (len(old) + len(new)) > len(self._sides[0]) + len(self._sides[1]):
            self._find_all()
            return
        wanted: dict[str, dict[str, str]] = {}
        for side, positions in zip(self._sides, (old, new), strict=True):
            for at in positions:
                for player in self._fresh(side, at):
                    wanted.setdefault(side.league(at), {}).setdefault(player, player)
        if wanted:
            self._find(wanted)

    def _fresh(self, side: Side, at: int) -> list[str]:
        """The players of a team that nobody has asked about yet."""
        if self._whole:
            return []
        asked = self._asked.get(side.league(at), _NONE)
        return [player for player in side.ids(at) if player not in asked]

    def _of(self, league: str) -> tuple[Grouping, Grouping]:
        return self._found.setdefault(league, (Grouping(), Grouping()))

    def _find(self, wanted: Mapping[str, dict[str, str]]) -> None:
        """Look up players that were not looked up before, by league; each with the one text that stands for him."""
        for which, side in enumerate(self._sides):
            for at in range(len(side)):
                if (league := side.league(at)) in wanted:
                    known, found = wanted[league], self._of(league)[which]
                    for player in side.ids(at):
                        if player in known:
                            found.add(known[player], at)
        for league, players in wanted.items():
            self._asked.setdefault(league, {}).update(players)
        self._drop()

    def _find_all(self) -> None:
        """Look up every player; one that is not in the old list is of no weight anywhere."""
        self._found, self._asked = {}, {}
        old = self._sides[0]
        everyone: dict[str, dict[str, str]] = {}
        for at in range(len(old)):
            for player in old.ids(at):
                everyone.setdefault(old.league(at), {}).setdefault(player, player)
        self._find(everyone)
        self._asked, self._whole = {}, True

    def _drop(self) -> None:
        for sides in self._found.values():
            for found in sides:
                for player in [player for player, teams in found.several.items() if len(teams) > self._several]:
                    found.drop(player)

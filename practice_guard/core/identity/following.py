"""Which of a person's decisions are followed for two team lists, and which no longer fit. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from practice_guard.core.findings import found
from practice_guard.core.identity.decision import Decision, Decisions, said, wholes
from practice_guard.core.identity.facets import Facets
from practice_guard.core.identity.grouping import Grouping, group
from practice_guard.core.identity.outside import OutsideIds
from practice_guard.core.identity.roster import Hearing
from practice_guard.core.identity.spelling import Spelling
from practice_guard.core.model import Finding, Team, TeamIdentity
from practice_guard.core.words import counted

_ANEW = "none, if that is right; else decide anew, with `restore --decisions`"


@dataclass
class Followed:
    """What decisions come to, by position.

    `heirs` are followed; `withdrawn` old teams lose the match that name and place gave them; `given_up` wait no
    longer; `refused` says why a decision was not followed, for the teams it was about.
    """

    heirs: dict[int, int] = field(default_factory=dict)
    withdrawn: set[int] = field(default_factory=set)
    given_up: set[int] = field(default_factory=set)
    refused: dict[int, str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)


@dataclass
class Following:
    """Follows decisions where they still fit. `standing` are the matches that hold without any decision."""

    spelling: Spelling
    standing: Mapping[int, int]
    available: Mapping[TeamIdentity, int]
    hearing: Hearing
    exact_only: bool
    followed: Followed = field(default_factory=Followed)
    deciding: dict[int, Decision] = field(default_factory=dict)
    why_not: dict[Decision, list[tuple[int, str]]] = field(default_factory=lambda: defaultdict(list))

    def follow(self, decisions: Decisions) -> Followed:
        """Return what the decisions come to."""
        if not decisions.entries:
            return self.followed
        relabelled: dict[int, Decision] = {}
        for at, team in enumerate(self.old):
            decision = decisions.of(team)
            if decision is None:
                continue
            if decision.give_up:
                self._give_up(at, decision)
            elif decision.names_a_team:
                self._name_an_heir(at, decision)
            elif self._may_relabel(at, decision):
                relabelled[at] = decision
        self._relabel(relabelled)
        self._drop_shared_heirs()
        self._report()
        return self.followed

    def _give_up(self, at: int, decision: Decision) -> None:
        if self._stands(at, decision) or self.exact_only:
            return
        self.followed.given_up.add(at)

    def _name_an_heir(self, at: int, decision: Decision) -> None:
        heir = self.available.get(decision.heir) if decision.heir else None
        if heir is None:
            self._refuse(at, decision, f"{decision.heir} is not in the new list, or more than once")
        elif self.standing.get(at) != heir and not self._stands(at, decision):
            self.followed.heirs[at] = heir
            self.deciding[at] = decision

    def _may_relabel(self, at: int, decision: Decision) -> bool:
        target = decision.heir
        if target is None or self.exact_only:
            return False
        if target not in self._there:
            self._refuse(at, decision, f"{said(target)} is not in the new list")
            return False
        team = self.old[at]
        # `Series 22` for `Chicago 22` says nothing that normalising would not have said.
        place = self.spelling.place
        says_nothing = place(decision.relabelled(team, renaming=False)) == place(team)
        return not says_nothing and not self._stands(at, decision)

    @property
    def old(self) -> Sequence[Team]:
        """The old list."""
        return self.spelling.old

    @property
    def new(self) -> Sequence[Team]:
        """The new list."""
        return self.spelling.new

    @cached_property
    def _there(self) -> frozenset[TeamIdentity]:
        """The leagues, clubs and series of the new list."""
        return frozenset(whole for team in self.new for whole in wholes(team))

    def _relabel(self, relabelled: Mapping[int, Decision]) -> None:
        waiting, teams = dict(relabelled), list(self.old)
        for renaming in (True, False):
            if not waiting:
                return
            for at, decision in waiting.items():
                teams[at] = decision.relabelled(self.old[at], renaming=renaming)
            spelling = Spelling(teams[:], self.new, self.spelling.habits)
            found = Facets(spelling).pairs()
            outside, hearing = OutsideIds(spelling, found), self.hearing.about(spelling)
            for at in [at for at in waiting if at in found]:
                decision = waiting.pop(at)
                if hearing.contradicts(at, found[at], found):
                    self._refuse(at, decision, "the rosters contradict it")
                elif outside.forbids(at, found[at]):
                    self._refuse(at, decision, "the outside ids contradict it")
                elif (owner := self._waits_for(found[at], relabelled)) is not None:
                    self._refuse(at, decision, f"its place was that of {self.old[owner].identity}, which waits too")
                else:
                    self.followed.heirs[at] = found[at]
                    self.deciding[at] = decision
        for at in waiting:
            self.followed.refused[at] = "its relabelled name and place are not both in the new list"

    def _waits_for(self, heir: int, relabelled: Mapping[int, Decision]) -> int | None:
        """Return an old position that had a new team's place, of which nothing says where it is now."""
        key = self.spelling.place(self.new[heir])
        held = self._places[key] if key else ()
        known = self.standing, relabelled, self.followed.heirs, self.followed.given_up
        return next((at for at in held if not any(at in each for each in known)), None)

    @cached_property
    def _places(self) -> Grouping:
        """The old positions by place."""
        return group(map(self.spelling.place, self.old))

    def _stands(self, at: int, decision: Decision) -> bool:
        """Tell whether name and place already match the team, so that the decision is no longer true."""
        if at not in self.standing:
            return False
        if decision.overrule:
            self.followed.withdrawn.add(at)
            return False
        self._refuse(at, decision, "it is in the new list by its own name and place (`overrule = true` insists)")
        return True

    def _drop_shared_heirs(self) -> None:
        heirs = self.followed.heirs
        claims = Counter(heirs.values())
        claims.update(
            heir for at, heir in self.standing.items() if at not in heirs and at not in self.followed.withdrawn
        )
        unsaid = {heir for at, heir in heirs.items() if not self.deciding[at].merge}
        for at, heir in list(heirs.items()):
            if claims[heir] > 1 and heir in unsaid:
                del heirs[at]
                self._refuse(
                    at, self.deciding[at], f"{self.new[heir].identity} is another team's too (`merge = true` allows it)"
                )

    def _refuse(self, at: int, decision: Decision, why: str) -> None:
        self.followed.refused[at] = why
        self.why_not[decision].append((at, why))

    def _report(self) -> None:
        for decision, teams in self.why_not.items():
            at, why = teams[0]
            others = f" (and {counted(len(teams) - 1, 'more team')})" if len(teams) > 1 else ""
            self.followed.findings.append(
                found(
                    "decision-not-followed",
                    what=f"{counted(len(teams), 'time')} a decision was not followed: {self.old[at].identity}{others}",
                    why=f"the decision in {decision.where} no longer fits: {why}",
                    fix="correct or remove the entry in the decisions file" if decision.line else _ANEW,
                    examples=(str(self.old[at].identity) for at, _ in teams),
                )
            )

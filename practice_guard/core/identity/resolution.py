"""Who a team is: `resolve(old teams, new teams)`, the one place where teams are matched. Pure, no I/O.

A team matches only where its name and its place both point at the same new team, each exactly or after normalising,
and neither at another one. Ids prove nothing. Rosters may confirm or contradict, a person may decide; whatever is
left is missing, ambiguous or conflicting, and waits (design, "Who a team is").
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from practice_guard.core.findings import found
from practice_guard.core.identity import normalise
from practice_guard.core.identity.decision import Decisions
from practice_guard.core.identity.facets import Facets, agreement, exact_name, exact_place
from practice_guard.core.identity.following import Followed, Following
from practice_guard.core.identity.grouping import repeated
from practice_guard.core.identity.roster import Hearing, Objections, Pointing, Witnesses, confirmations, objections
from practice_guard.core.identity.unmatched import Unmatched, listed
from practice_guard.core.model import Evidence, Fate, Finding, Match, Team, TeamIdentity
from practice_guard.core.words import counted


@dataclass(frozen=True, slots=True)
class Resolution:
    """Who every team of an old list is in a new one (design, "Who a team is").

    `matches` has one match for every id of the old list. `reused` are the old ids that the new list has too, on
    another team. `findings` are for people: what concerns a whole league, and decisions that were not followed.
    `moved` names the leagues whose rosters stand on other teams as a whole.
    """

    matches: Mapping[int, Match]
    reused: frozenset[int] = frozenset()
    findings: tuple[Finding, ...] = ()
    moved: frozenset[str] = frozenset()

    @property
    def heirs(self) -> Mapping[int, int]:
        """Old id → new id, for every team that was matched."""
        return MappingProxyType({old: match.new.id for old, match in self.matches.items() if match.new})

    @property
    def fates(self) -> Mapping[Fate, int]:
        """How many teams came to each fate; the five add up to the number of old teams."""
        fates = Counter(match.fate for match in self.matches.values())
        return MappingProxyType({fate: fates[fate] for fate in Fate})

    def unmatched(self) -> Iterator[Match]:
        """Yield the matches that say missing, ambiguous or conflicting, in the order of the old list."""
        return (match for match in self.matches.values() if match.new is None)


def resolve(
    old: Sequence[Team],
    new: Sequence[Team],
    *,
    witnesses: Witnesses | None = None,
    decisions: Decisions | None = None,
    exact_only: bool = False,
) -> Resolution:
    """Say for every old team who it is in the new list, or why nobody can know.

    Args:
        old: The team list that ids of protected rows come from; rows carried forward bring their own.
        new: The team list as it is now.
        witnesses: The rosters of both lists; without them nobody confirms or contradicts.
        decisions: A person's decisions. Those that no longer fit are reported in `findings` and not followed.
        exact_only: After an ETL that failed half-way: only matches exact on both facets, and heirs that a person
            named and that are there; everything else waits.

    Returns:
        One match for each old id. No two old teams have one heir unless a decision says `merge`.
    """
    case = _Case(distinct(old), distinct(new), witnesses or Witnesses(), exact_only)
    return case.resolve(decisions or Decisions())


@dataclass
class _Case:
    """One resolution at work. Teams are spoken of by their position in the two lists, since ids may repeat."""

    old: Sequence[Team]
    new: Sequence[Team]
    witnesses: Witnesses
    exact_only: bool
    accepted: dict[int, int] = field(default_factory=dict)
    evidence: dict[int, Evidence] = field(default_factory=dict)

    def resolve(self, decisions: Decisions) -> Resolution:
        facets = Facets(self.old, self.new, normalising=not self.exact_only)
        hearing = Hearing(self.old, self.new, self.witnesses)
        repeated = _repeated(self.old), _repeated(self.new)
        pairs = facets.pairs()
        if any(repeated):
            pairs = {
                at: heir
                for at, heir in pairs.items()
                if self.old[at].id not in repeated[0] and self.new[heir].id not in repeated[1]
            }
        objected = self._without_ignored(objections(pairs, self.old, self.new, hearing, self.witnesses), decisions)
        standing = {at: heir for at, heir in pairs.items() if at not in objected.reasons}
        available = _once(self.new, repeated[1]) if decisions.entries else {}
        followed = Following(self.old, self.new, standing, available, hearing, self.exact_only).follow(decisions)
        self.accepted = {at: heir for at, heir in standing.items() if at not in followed.withdrawn}
        decided = {at: heir for at, heir in followed.heirs.items() if self.old[at].id not in repeated[0]}
        self._accept(decided, Evidence.DECISION)
        if not self.exact_only:
            contested = frozenset(pairs[at] for at in objected.reasons)
            self._accept(self._confirmed(facets, hearing, followed, contested, repeated), Evidence.ROSTER)
        unmatched = Unmatched(facets, frozenset(self.accepted.values()), repeated[0], objected.reasons, followed)
        matches: dict[int, Match] = {}
        for at, team in enumerate(self.old):
            matches.setdefault(
                team.id, self._matched(at, facets, hearing) if at in self.accepted else unmatched.match(at)
            )
        return Resolution(
            matches,
            self._reused(matches),
            (*(_moved(league, *counts) for league, counts in objected.moved.items()), *followed.findings),
            frozenset(objected.moved),
        )

    def _without_ignored(self, found: Objections, decisions: Decisions) -> Objections:
        """Drop the objections of leagues that have moved as a whole and whose names a person lets stand."""
        ignored = {league for league in found.moved if decisions.ignores_rosters(league)}
        overruled = {at for at in found.reasons if self.old[at].league in ignored}
        self.evidence.update(dict.fromkeys(overruled, Evidence.DECISION))
        return Objections(
            {at: why for at, why in found.reasons.items() if at not in overruled},
            {league: counts for league, counts in found.moved.items() if league not in ignored},
        )

    def _accept(self, heirs: Mapping[int, int], evidence: Evidence) -> None:
        self.accepted.update(heirs)
        self.evidence.update(dict.fromkeys(heirs, evidence))

    def _confirmed(
        self,
        facets: Facets,
        hearing: Hearing,
        followed: Followed,
        contested: frozenset[int],
        repeated: tuple[Collection[int], Collection[int]],
    ) -> dict[int, int]:
        waiting = [
            at
            for at in range(len(self.old))
            if at not in self.accepted and at not in followed.given_up and at not in followed.withdrawn
        ]
        if not waiting:
            return {}
        taken = contested | frozenset(self.accepted.values())
        heirs = confirmations(waiting, lambda at: self._pointing(at, facets), taken, frozenset(self.accepted), hearing)
        return {
            at: heir
            for at, heir in heirs.items()
            if self.old[at].id not in repeated[0] and self.new[heir].id not in repeated[1]
        }

    def _pointing(self, at: int, facets: Facets) -> Pointing:
        names, places = frozenset(facets.name.towards(at)), frozenset(facets.place.towards(at))
        name = _bare(self.old[at])
        return Pointing(
            names,
            places,
            frozenset(heir for heir in names - places if facets.may_have_wandered(at, heir)),
            frozenset(heir for heir in places if normalise.siblings(name, _bare(self.new[heir]))),
        )

    def _matched(self, at: int, facets: Facets, hearing: Hearing) -> Match:
        old, new = self.old[at], self.new[self.accepted[at]]
        evidence = self.evidence.get(at) or _by_facets(old, new)
        return Match(
            old,
            Fate.KEPT if old.id == new.id else Fate.RENUMBERED,
            new=new,
            evidence=evidence,
            because=self._witnessed(at, facets, hearing) if evidence is Evidence.ROSTER else _BECAUSE[evidence],
        )

    def _witnessed(self, at: int, facets: Facets, hearing: Hearing) -> str:
        """Say what the players settled: which facets point there, how many of them do, and who else it could be."""
        heir = self.accepted[at]
        names, places = facets.name.towards(at), facets.place.towards(at)
        says = [which for which, found in (("name", names), ("place", places)) if heir in found]
        because = f"its {' and '.join(says)} may be that team's, and {hearing.standing(at, heir)} it"
        others = [self.new[other] for other in (*names, *places) if other != heir]
        return f"{because}; by name or place it could also be {listed(others)}" if others else because

    def _reused(self, matches: Mapping[int, Match]) -> frozenset[int]:
        """Return the old ids that stand on another team now.

        The id of a team without a match counts too, unless the team that has it now still carries its name or its
        place: that may be the very same team, renamed in place.
        """
        heirs = {self.new[heir].id for heir in self.accepted.values()}
        reused = set()
        for team in self.new:
            match = matches.get(team.id)
            if match is None or (match.new and match.new.id == team.id):
                continue
            if match.new or team.id in heirs or not any(agreement(match.old, team)):
                reused.add(team.id)
        return frozenset(reused)


_BECAUSE = {
    Evidence.SAME_ID: "name and place are exactly the same, and so is the id",
    Evidence.EXACT: "name and place are exactly the same",
    Evidence.NORMALISED: "name and place are the same after normalising",
    Evidence.DECISION: "a person decided it",
}


def _by_facets(old: Team, new: Team) -> Evidence:
    written = (old.league, old.club, old.series, old.name) == (new.league, new.club, new.series, new.name)
    if not written and (exact_name(old), exact_place(old)) != (exact_name(new), exact_place(new)):
        return Evidence.NORMALISED
    return Evidence.SAME_ID if old.id == new.id else Evidence.EXACT


def _bare(team: Team) -> str:
    return normalise.bare(team.name or "", team.series or "")


def distinct(teams: Sequence[Team]) -> Sequence[Team]:
    """Return the teams, each that is there twice to the letter once."""
    return list(dict.fromkeys(teams)) if _repeated(teams) else teams


def _repeated(teams: Sequence[Team]) -> frozenset[int]:
    return repeated(team.id for team in teams)


def _once(teams: Sequence[Team], repeated: Collection[int]) -> dict[TeamIdentity, int]:
    """The positions of the teams whose whole identity, and id, is there only once."""
    times = Counter(team.identity for team in teams)
    return {team.identity: at for at, team in enumerate(teams) if times[team.identity] == 1 and team.id not in repeated}


def _moved(league: str, contradicted: int, heard: int) -> Finding:
    return found(
        "rosters-moved",
        what=f"{contradicted} of {counted(heard, 'team')} of {league} with players to witness: they are on other teams",
        why="the league's rosters have moved as a whole, so names and places there may mean other teams than before",
        fix='if the names stand: [[league]] with league and rosters = "ignore" in a file for restore --decisions',
    )

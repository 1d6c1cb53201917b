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
from practice_guard.core.identity.decision import Decisions
from practice_guard.core.identity.facets import Facets, agreement, exact_name, exact_place
from practice_guard.core.identity.following import Followed, Following
from practice_guard.core.identity.grouping import repeated
from practice_guard.core.identity.habits import Habits
from practice_guard.core.identity.outside import OutsideIds
from practice_guard.core.identity.roster import Hearing, Objections, Witnesses, confirmations, objections
from practice_guard.core.identity.spelling import Spelling
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
    habits: Habits | None = None,
) -> Resolution:
    """Say for every old team who it is in the new list, or why nobody can know.

    Args:
        old: The team list that ids of protected rows come from; rows carried forward bring their own.
        new: The team list as it is now.
        witnesses: The rosters of both lists; without them nobody confirms or contradicts.
        decisions: A person's decisions. Those that no longer fit are reported in `findings` and not followed.
        exact_only: After an ETL that failed half-way: only matches exact on both facets, and heirs that a person
            named and that are there; everything else waits.
        habits: How the leagues write their teams.

    Returns:
        One match for each old id. No two old teams have one heir unless a decision says `merge`.
    """
    spelling = Spelling(distinct(old), distinct(new), habits or Habits())
    return _Case(spelling, witnesses or Witnesses(), decisions or Decisions(), exact_only).resolve()


@dataclass
class _Case:
    """One resolution at work. Teams are spoken of by their position in the two lists, since ids may repeat."""

    spelling: Spelling
    witnesses: Witnesses
    decisions: Decisions
    exact_only: bool
    accepted: dict[int, int] = field(default_factory=dict)
    evidence: dict[int, Evidence] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Know both lists."""
        self.old, self.new = self.spelling.old, self.spelling.new
        self.facets = Facets(self.spelling, normalising=not self.exact_only)
        self.hearing = Hearing(self.spelling, self.witnesses)
        self.repeated = _repeated(self.old), _repeated(self.new)

    def resolve(self) -> Resolution:
        pairs = self._known_once(self.facets.pairs())
        outside = OutsideIds(self.spelling, pairs)
        vetoes = outside.objections()
        heard = objections(pairs, self.old, self.new, self.hearing, self.witnesses)
        objected = self._without_ignored(heard)
        reasons = {**objected.reasons, **vetoes}
        standing = {at: heir for at, heir in pairs.items() if at not in reasons}
        available = _once(self.new, self.repeated[1]) if self.decisions.entries else {}
        following = Following(self.spelling, standing, available, self.hearing, self.exact_only)
        followed = following.follow(self.decisions)
        self.accepted = {at: heir for at, heir in standing.items() if at not in followed.withdrawn}
        self._accept({at: heir for at, heir in followed.heirs.items() if self._is_once(at)}, Evidence.DECISION)
        if not self.exact_only:
            contested = frozenset(pairs[at] for at in reasons)
            self._settle(outside, followed, contested)
        taken = frozenset(self.accepted.values())
        unmatched = Unmatched(self.facets, taken, self.repeated[0], reasons, followed)
        matches: dict[int, Match] = {}
        for at, team in enumerate(self.old):
            matches.setdefault(team.id, self._matched(at) if at in self.accepted else unmatched.match(at))
        moved = (_moved(league, *counts) for league, counts in objected.moved.items())
        return Resolution(
            matches,
            self._reused(matches),
            (*moved, *outside.findings(), *self._repeating(), *followed.findings),
            frozenset(objected.moved),
        )

    def _is_once(self, at: int) -> bool:
        return self.old[at].id not in self.repeated[0]

    def _known_once(self, pairs: dict[int, int]) -> dict[int, int]:
        if not any(self.repeated):
            return pairs
        return {
            at: heir for at, heir in pairs.items() if self._is_once(at) and self.new[heir].id not in self.repeated[1]
        }

    def _without_ignored(self, found: Objections) -> Objections:
        """Drop the objections of leagues that have moved as a whole and whose names a person lets stand."""
        ignored = {league for league in found.moved if self.decisions.ignores_rosters(league)}
        overruled = {at for at in found.reasons if self.old[at].league in ignored}
        self.evidence.update(dict.fromkeys(overruled, Evidence.DECISION))
        return Objections(
            {at: why for at, why in found.reasons.items() if at not in overruled},
            {league: counts for league, counts in found.moved.items() if league not in ignored},
        )

    def _accept(self, heirs: Mapping[int, int], evidence: Evidence) -> None:
        self.accepted.update(heirs)
        self.evidence.update(dict.fromkeys(heirs, evidence))

    def _settle(self, outside: OutsideIds, followed: Followed, contested: frozenset[int]) -> None:
        """Match what one facet says where an outside id or the players say it too."""
        waiting = [
            at
            for at in range(len(self.old))
            if at not in self.accepted and at not in followed.given_up and at not in followed.withdrawn
        ]
        if not waiting:
            return
        taken = contested | frozenset(self.accepted.values())
        settled = {
            at: heir
            for at, heir in self._known_once(outside.confirmations(waiting, taken)).items()
            if self._is_named_or_placed(at, heir) and not self.hearing.contradicts(at, heir, self.accepted)
        }
        self._accept(settled, Evidence.OUTSIDE_ID)
        waiting = [at for at in waiting if at not in settled]
        taken |= frozenset(settled.values())

        def may(at: int, heir: int) -> tuple[bool, bool]:
            return (False, False) if outside.forbids(at, heir) else self._says(at, heir)

        heirs = confirmations(waiting, may, taken, frozenset(self.accepted), self.hearing)
        self._accept(self._known_once(heirs), Evidence.ROSTER)

    def _is_named_or_placed(self, at: int, heir: int) -> bool:
        return self.facets.name.means(at, heir) or self.facets.place.means(at, heir)

    def _says(self, at: int, heir: int) -> tuple[bool, bool]:
        """Say whether a name and whether a place may make two teams one, if their players do."""
        named, placed = self.facets.name.means(at, heir), self.facets.place.means(at, heir)
        if named and not placed:
            named = not self.facets.may_have_wandered(at, heir) and not self.facets.is_another_ones(at, heir)
        if placed:
            placed = not self.spelling.siblings(self.old[at], self.new[heir])
        if placed and not named:
            placed = not self._may_be_its_namesake(at, heir)
        return named, placed

    def _may_be_its_namesake(self, at: int, heir: int) -> bool:
        """Tell whether the team in a place may be another old one, which had its name and is seen nowhere else."""
        others = self.facets.namesakes(heir)
        return any(other != at and not self.hearing.onto(other) - {heir} for other in others)

    def _matched(self, at: int) -> Match:
        old, new = self.old[at], self.new[self.accepted[at]]
        evidence = self.evidence.get(at) or self._by_facets(at)
        return Match(
            old,
            Fate.KEPT if old.id == new.id else Fate.RENUMBERED,
            new=new,
            evidence=evidence,
            because=self._because(at, evidence),
            agreeing=_EXACTLY if evidence in _EXACT else agreement(old, new, self.spelling),
        )

    def _by_facets(self, at: int) -> Evidence:
        old, new = self.old[at], self.new[self.accepted[at]]
        if at in self.facets.named:
            return Evidence.UNIQUE_NAME
        written = (old.league, old.club, old.series, old.name) == (new.league, new.club, new.series, new.name)
        if not written and (exact_name(old), exact_place(old)) != (exact_name(new), exact_place(new)):
            return Evidence.SAME_CASE if at in self.facets.twins else Evidence.NORMALISED
        return Evidence.SAME_ID if old.id == new.id else Evidence.EXACT

    def _because(self, at: int, evidence: Evidence) -> str:
        """Say in one phrase what a match rests on."""
        if at in self.facets.bracketed and evidence is Evidence.NORMALISED:
            return "the place is the same, and the name but for the bracket that tells it from a namesake"
        if evidence not in {Evidence.ROSTER, Evidence.OUTSIDE_ID}:
            return _BECAUSE[evidence]
        heir = self.accepted[at]
        names, places = self.facets.name.towards(at), self.facets.place.towards(at)
        says = [which for which, found in (("name", names), ("place", places)) if heir in found]
        settled = self.hearing.standing(at, heir) + " it" if evidence is Evidence.ROSTER else "its outside id is too"
        because = f"its {' and '.join(says)} may be that team's, and {settled}"
        others = [self.new[other] for other in (*names, *places) if other != heir]
        return f"{because}; by name or place it could also be {listed(others)}" if others else because

    def _repeating(self) -> Iterator[Finding]:
        """Yield a finding for each league whose names alone should say who a team is, and which has one twice."""
        habits = {team.league: self.spelling.of(team) for team in self.old if team.league}
        if self.exact_only or not any(each.unique_names for each in habits.values()):
            return
        for league, each in habits.items():
            key = self.spelling.league(Team(0, league, None, None, None))
            if each.unique_names and key in self.facets.repeating:
                yield found(
                    "names-not-unique",
                    what=f"1 league, {league}: a name is there more than once, be it in another spelling",
                    why='`names = "unique"` is not true of it, so that name and place are asked for as elsewhere',
                    fix="tell the teams apart, or take the line out of the settings file",
                )

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
            if match.new or team.id in heirs or not any(agreement(match.old, team, self.spelling)):
                reused.add(team.id)
        return frozenset(reused)


_EXACT = {Evidence.SAME_ID, Evidence.EXACT}
_EXACTLY = ("exact", "exact")
_BECAUSE = {
    Evidence.SAME_ID: "name and place are exactly the same, and so is the id",
    Evidence.EXACT: "name and place are exactly the same",
    Evidence.SAME_CASE: "name and place are the same after normalising, and of those that are, in case as well",
    Evidence.NORMALISED: "name and place are the same after normalising",
    Evidence.UNIQUE_NAME: "the name is the same, and no other team of its league has it in either list",
    Evidence.DECISION: "a person decided it",
}


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

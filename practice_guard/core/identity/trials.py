"""What would come of saying more of a league: its teams resolved once as they are, and once so. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from practice_guard.core.identity import normalise
from practice_guard.core.identity.additions import Addition
from practice_guard.core.identity.facets import Facets
from practice_guard.core.identity.habits import Habits, League
from practice_guard.core.identity.resolution import Resolution, resolve
from practice_guard.core.identity.roster import Witnesses
from practice_guard.core.identity.spelling import Spelling, dialect
from practice_guard.core.model import Evidence, Fate, Match, Team

HABIT = 2
"""Teams that their name alone must join, or it is no habit of the league: one is sooner decided by a person."""


@dataclass(frozen=True, eq=False)
class Case:
    """The teams of one league in two lists.

    Attributes:
        old: in the old list.
        new: in the new one, those of a league that it may be called now included.
        league: what is said of it.
        habits: what is said of all leagues.
        witnesses: the rosters of both lists.
        decided: the old ids that a person has decided about: they do not wait.
        first: what has to be said before anything else.
    """

    old: Sequence[Team]
    new: Sequence[Team]
    league: League
    habits: Habits
    witnesses: Witnesses
    decided: Collection[int] = ()
    first: tuple[Addition, ...] = ()
    _trials: dict[frozenset[Addition], Trial] = field(default_factory=dict)

    @cached_property
    def before(self) -> Mapping[int, Match]:
        """What became of its teams as things are, by old id."""
        return resolve(self.old, self.new, witnesses=self.witnesses, habits=self.habits).matches

    @cached_property
    def waiting(self) -> frozenset[int]:
        """The old ids that wait."""
        return frozenset(at for at, match in self.before.items() if not match.new and at not in self.decided)

    def saying(self, chosen: Sequence[Addition]) -> League:
        """Return what is said of the league with additions."""
        league = self.league
        for each in (*self.first, *chosen):
            league = each.to(league)
        return league

    def trial(self, chosen: Sequence[Addition] = ()) -> Trial:
        """Resolve with additions."""
        key = frozenset(chosen)
        if key not in self._trials:
            league = self.saying(chosen)
            others = tuple(each for each in self.habits.leagues if each.code != self.league.code)
            habits = replace(self.habits, leagues=(*others, league))
            found = resolve(self.old, self.new, witnesses=self.witnesses, habits=habits)
            self._trials[key] = Trial(self, league, habits, found)
        return self._trials[key]


@dataclass(frozen=True, eq=False)
class Trial:
    """What came of what was said, against what there was."""

    case: Case
    league: League
    habits: Habits
    found: Resolution

    @cached_property
    def settled(self) -> frozenset[int]:
        """The old ids that waited, and would not."""
        return frozenset(at for at in self.case.waiting if self.found.matches[at].new)

    @cached_property
    def changed(self) -> Sequence[tuple[Match, Match]]:
        """The matches of today that would be lost, or be with another team, each with what would be."""
        pairs = ((match, self.found.matches[at]) for at, match in self.case.before.items() if match.new)
        return [(was, now) for was, now in pairs if now.new != was.new]

    @cached_property
    def contradicted(self) -> Sequence[Match]:
        """The teams that waited for something else, and whose match rosters or outside ids would contradict."""
        return [
            self.found.matches[at]
            for at in sorted(self.case.waiting)
            if self.found.matches[at].fate is Fate.CONFLICTING and self.case.before[at].fate is not Fate.CONFLICTING
        ]

    @cached_property
    def is_harmless(self) -> bool:
        """Whether every match stays, and it is not doubtful."""
        return not self.changed and not self.is_doubtful

    @cached_property
    def is_doubtful(self) -> bool:
        """Whether no fewer new matches are contradicted than there are, or names alone say too little."""
        if len(self.contradicted) >= max(1, len(self.settled)):
            return True
        return not self.case.league.unique_names and self._may_be_chance

    @cached_property
    def _may_be_chance(self) -> bool:
        """Whether too few teams have a name alone in common for a habit, or half of the names went to another team."""
        if 0 < len(self.by_name) < HABIT:
            return True
        astray = {*self.wandered, *self.elsewhere, *self.named_by_series}
        return bool(astray) and 2 * len(astray) >= len(self.by_name)

    @cached_property
    def named_by_series(self) -> Sequence[tuple[Team, Team]]:
        """The teams that their name alone would join, and whose name says the series that they would have left."""
        carries = Spelling(self.case.old, self.case.new, self.habits).carries
        return [(old, new) for old, new in self.by_name if carries(old) and not carries(new)]

    @cached_property
    def elsewhere(self) -> Sequence[tuple[Team, Team]]:
        """The teams that their name alone would join with one of another club: promotion keeps a team's club."""
        club = Spelling(self.case.old, self.case.new, self.habits).club
        return [(old, new) for old, new in self.by_name if club(old) != club(new)]

    @cached_property
    def by_name(self) -> Sequence[tuple[Team, Team]]:
        """The teams that would be settled by their name alone, with those that they are."""
        matches = (self.found.matches[at] for at in sorted(self.settled))
        return [(match.old, match.new) for match in matches if match.new and match.evidence is Evidence.UNIQUE_NAME]

    @cached_property
    def wandered(self) -> Sequence[tuple[Team, Team]]:
        """Those of them whose name an import may have moved to another team, since it has left out their series."""
        if not self.by_name:
            return []
        facets = Facets(Spelling(self.case.old, self.case.new, self.habits))
        old, new = ({team.id: at for at, team in enumerate(teams)} for teams in (self.case.old, self.case.new))
        return [pair for pair in self.by_name if facets.may_have_wandered(old[pair[0].id], new[pair[1].id])]

    @property
    def pairs(self) -> Sequence[tuple[Team, Team]]:
        """The teams that would be settled, with those that they are."""
        matches = (self.found.matches[at] for at in sorted(self.settled))
        return [(match.old, match.new) for match in matches if match.new]

    def values_apart(self, part: str) -> Sequence[tuple[str, str]]:
        """Return two clubs, or series, for each that what is said more makes one, and that a list shows as two things.

        Args:
            part: `club` or `series`.
        """
        write = normalise.club if part == "club" else normalise.series
        was, now = dialect(self.case.league), dialect(self.league)
        found = {}
        for teams in (self.case.old, self.case.new):
            met: dict[str, dict[str, str]] = {}
            for value in sorted({getattr(team, part) for team in teams} - {None, ""}):
                met.setdefault(write(value, now), {}).setdefault(write(value, was), value)
            found.update({form: tuple(values.values())[:2] for form, values in met.items() if len(values) > 1})
        return [(pair[0], pair[1]) for pair in found.values()]

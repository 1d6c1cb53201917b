"""What a resolution says: one match for every old team, the ids that went to others, and what to tell a person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from practice_guard.core.model import Fate, Finding, Match


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
        counted = Counter(match.fate for match in self.matches.values())
        return MappingProxyType({fate: counted[fate] for fate in Fate})

    def unmatched(self) -> Iterator[Match]:
        """Yield the matches that say missing, ambiguous or conflicting, in the order of the old list."""
        return (match for match in self.matches.values() if match.new is None)

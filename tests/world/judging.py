"""The oracle: what a resolution is worth, by a hidden tag and by who was given what, never by a text.

A match that puts a team's rows on another true team is wrong, unless nobody could have seen it: `UNSEEN` are those
classes, each counted by itself. What the people of a team show is nothing that nobody could see.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from practice_guard.core.identity import Habits, Resolution
from practice_guard.core.model import Evidence, Match
from tests.world.generate import resolved
from tests.world.imports import Imported, Truth

EXCHANGED = "another has its name and its place"
NAME_ALONE = "another has its name, where names alone are said to tell"
OUTSIDE_ID = "another has its outside id, where that is said to tell"
POOLED = "another of an unrelated name has its place and its players"
FOLLOWED = "another has its name and its players, where it never was"
ONE_BY_WORDS = "two that the league's words make one were never listed side by side"
TWIN = "another is written like it but for its case"
BRACKET = "another has its place and the name that it has but for a bracket"
UNSEEN = (BRACKET, EXCHANGED, NAME_ALONE, OUTSIDE_ID, POOLED, FOLLOWED, ONE_BY_WORDS, TWIN)
"""What nobody could see."""

KINDS = (
    *("renamed", "moved", "names exchanged", "places exchanged", "promoted", "grades exchanged", "a year older"),
    *("lost its mark", "ranks closed", "club renamed", "code respelt", "sponsor", "outside id new", "seats dealt anew"),
    *("rosters exchanged", "roster lied", "players pooled", "players dealt anew", "outside ids new"),
    *("outside ids padded", "got a second team in its place", "got a twin", "relabelled", "respelt"),
)
"""Why a team may wait that is there, the gravest reason first."""


@dataclass
class Verdict:
    """How many old teams came out how. `wrong` and each class of `unseen` describe each, for a failing test."""

    right: int = 0
    waiting: int = 0
    needless: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    unseen: dict[str, list[str]] = field(default_factory=dict)

    @property
    def not_seen(self) -> int:
        """How many matches nobody could see through."""
        return sum(map(len, self.unseen.values()))

    def counted(self) -> Counter[str]:
        """All of it in numbers."""
        needless = Counter({f"needless: {kind}": count for kind, count in self.needless.items()})
        unseen = Counter({kind: len(said) for kind, said in self.unseen.items()})
        return Counter(right=self.right, waiting=self.waiting) + needless + unseen


def judge(
    old: Imported, new: Imported, resolution: Resolution, *, with_players: bool = True, habits: Habits | None = None
) -> Verdict:
    """Compare a resolution with the truth."""
    verdict = Verdict()
    assert set(resolution.matches) == set(old.truth), "every old team has one match"
    happened: dict[int, set[str]] | None = None
    for id_, match in resolution.matches.items():
        assert match.because, "every match has its reason"
        truth = old.truth[id_]
        if match.new is None:
            verdict.waiting += 1
            if truth.tag in new.tags:
                happened = _since(old, new) if happened is None else happened
                verdict.needless[_kind(truth, old, new, happened.get(truth.tag, set()))] += 1
            continue
        there = new.truth[match.new.id]
        if there.tag == truth.tag:
            verdict.right += 1
            continue
        said = f"{match.old} -> {match.new} by {match.evidence}"
        unseen = _Case(old, new, match, truth, there, with_players, habits).unseen()
        if unseen:
            verdict.unseen.setdefault(unseen, []).append(said)
        else:
            verdict.wrong.append(said)
    heirs = [match.new.id for match in resolution.matches.values() if match.new]
    assert len(heirs) == len(set(heirs)), "one to one"
    return verdict


def judged(old: Imported, new: Imported, *, with_players: bool = True, habits: Habits | None = None) -> Verdict:
    """Resolve one import against a later one, and compare it with the truth."""
    resolution = resolved(old, new, with_players=with_players, habits=habits)
    return judge(old, new, resolution, with_players=with_players, habits=habits)


@dataclass(frozen=True)
class _Case:
    """A match with another true team."""

    old: Imported
    new: Imported
    match: Match
    truth: Truth
    there: Truth
    with_players: bool
    habits: Habits | None

    def unseen(self) -> str:
        """Return the class of what nobody could see, or nothing where it is plainly wrong."""
        truth, there = self.truth, self.there
        name, place = there.name == truth.name, there.place == truth.place
        league = (self.habits or Habits()).of(self.match.old.league)
        if self._seen_by_players() or self._seen_by_outside_ids():
            return ""
        if name and place:
            return EXCHANGED
        if name and league.unique_names:
            return NAME_ALONE
        if (name or place) and league.outside_id_confirms and truth.outside_id == there.outside_id != "":
            return OUTSIDE_ID
        if (
            place
            and there.bare == truth.bare
            and not any(each.bare == there.bare and each.tag != there.tag for each in self.new.truth.values())
        ):
            return BRACKET
        if place and there.family != truth.family and self._share_there() >= 0.75:
            return POOLED
        held = {(each.name, each.place) for each in self.old.truth.values() if each.tag != truth.tag}
        if name and (there.name, there.place) not in held and self._share_there() >= 0.75:
            return FOLLOWED
        return self._written_alike()

    def _people(self) -> frozenset[str]:
        """Those of the old team whom the new list shows somewhere."""
        if not self.with_players or self.match.new is None:
            return frozenset()
        return self.old.rosters.get(self.match.old.id, frozenset()) & frozenset().union(*self.new.rosters.values())

    def _share_there(self) -> float:
        assert self.match.new
        people = self._people()
        there = self.new.rosters.get(self.match.new.id, frozenset())
        return len(people & there) / len(people) if len(people) >= 4 else 0.0

    def _seen_by_players(self) -> bool:
        """Whether most of its people are on the true team, and hardly any on the match."""
        people = self._people()
        true = [id_ for id_, each in self.new.truth.items() if each.tag == self.truth.tag]
        if len(people) < 5 or not true:
            return False
        mine = self.new.rosters.get(true[0], frozenset())
        return len(people & mine) >= 0.6 * len(people) and self._share_there() < 0.25

    def _seen_by_outside_ids(self) -> bool:
        """Whether the two have different ids outside, where nearly all that stayed where they were kept theirs."""
        if not self.truth.outside_id or not self.there.outside_id or self.truth.outside_id == self.there.outside_id:
            return False
        now = {(each.name, each.place): each.outside_id for each in self.new.truth.values()}
        stayed = [
            (each.outside_id, now[each.name, each.place])
            for each in self.old.truth.values()
            if each.outside_id and now.get((each.name, each.place))
        ]
        kept = sum(before == after for before, after in stayed)
        return kept >= 4 and kept >= 0.75 * len(stayed)

    def _written_alike(self) -> str:
        """Which class two seats are of that differ only in what is written alike."""
        differing: set[frozenset[str]] = set()
        by_name_alone = self.match.evidence is Evidence.UNIQUE_NAME
        for kin, seat in (("name", "named"), *(() if by_name_alone else (("place", "seat"),))):
            if getattr(self.truth, kin) != getattr(self.there, kin):
                mine, other = getattr(self.truth, seat), getattr(self.there, seat)
                if mine is None or other is None:
                    return ""
                differing |= {frozenset(pair) for pair in zip(mine, other, strict=True) if len(set(pair)) > 1}
        if differing and differing <= self.old.alike and not differing & (self.old.shown | self.new.shown):
            return ONE_BY_WORDS
        return TWIN if differing and differing <= self.old.twins else ""


def _since(old: Imported, new: Imported) -> dict[int, set[str]]:
    """What happened to each true team between two imports."""
    found: dict[int, set[str]] = {}
    for tag, kind in new.told[len(old.told) :]:
        found.setdefault(tag, set()).add(kind)
    return found


def _kind(truth: Truth, old: Imported, new: Imported, happened: set[str]) -> str:
    """Why a team waits that is there."""
    for kind in KINDS:
        if kind in happened:
            return kind
    for listed in (old, new):
        if sum(each.name == truth.name for each in listed.truth.values()) > 1:
            return "namesakes"
        if sum(each.place == truth.place for each in listed.truth.values()) > 1:
            return "one place"
    return "another took its name or place" if _taken(truth, old, new) else "nothing"


def _taken(truth: Truth, old: Imported, new: Imported) -> bool:
    """Whether another team has, or had, its name or its place."""
    return any(
        each.tag != truth.tag and (each.name == truth.name or each.place == truth.place)
        for listed in (old, new)
        for each in listed.truth.values()
    )

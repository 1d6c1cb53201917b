"""Histories of imports, and the oracle that judges what was made of them.

The oracle knows the true team behind every id by a hidden tag. A match that puts a team's rows on another true team is
wrong. It is *pooled* when players said so whom the import had put on the first of two teams of one club in one series,
and *unseen* when the other team held, in the new list, the very name and the very place that the team held in
the old one, or a name and place that nobody can tell apart from them; this is known from who was given what, never from
the texts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

from practice_guard.core import identity
from practice_guard.core.identity import Resolution, Witnesses
from practice_guard.core.model import Evidence
from tests.world import imports
from tests.world.imports import Imported
from tests.world.operations import Operation
from tests.world.website import build


@dataclass(frozen=True)
class History:
    """A few imports, one after the other, and what happened before each but the first."""

    imports: tuple[Imported, ...]
    happened: tuple[str, ...]

    def pairs(self) -> Iterator[tuple[Imported, Imported]]:
        """Every earlier import with every later one: rows may wait through several."""
        for at, old in enumerate(self.imports):
            for new in self.imports[at + 1 :]:
                yield old, new


def history(
    chance: Random,
    operations: Sequence[Operation],
    *,
    between: int = 6,
    count: int = 3,
    once: Operation | None = None,
    everyone_has_players: bool = False,
) -> History:
    """Draw a history of `count` imports with up to `between` operations before each, and `once` before the last."""
    site = build(chance, everyone_has_players=everyone_has_players)
    happened = []
    done = [imports.run(site, chance)]
    for number in range(1, count):
        steps = [chance.choice(operations) for _ in range(chance.randint(0, between))]
        if once and number == count - 1:
            steps.append(once)
        for step in steps:
            step(site, chance)
            happened.append(step.__name__)
        habit = chance.choice(imports.ID_HABITS)
        happened.append(f"import ({habit})")
        done.append(imports.run(site, chance, done[-1], habit))
    return History(tuple(done), tuple(happened))


@dataclass
class Verdict:
    """How many old teams came out how. `wrong` and `unseen` describe each, for the message of a failing test."""

    right: int
    waiting: int
    needless: int
    wrong: list[str]
    unseen: list[str]
    pooled: list[str]


def judge(old: Imported, new: Imported, resolution: Resolution) -> Verdict:
    """Compare a resolution with the truth."""
    verdict = Verdict(0, 0, 0, [], [], [])
    assert set(resolution.matches) == set(old.truth), "every old team has one match"
    for id_, match in resolution.matches.items():
        assert match.because, "every match has its reason"
        truth = old.truth[id_]
        if match.new is None:
            verdict.waiting += 1
            verdict.needless += truth.tag in new.tags
            continue
        there = new.truth[match.new.id]
        if there.tag == truth.tag:
            verdict.right += 1
            continue
        said = f"{match.old} -> {match.new} by {match.evidence}"
        if (there.name, there.place) == (truth.name, truth.place):
            verdict.unseen.append(said)
        elif match.evidence is Evidence.ROSTER and there.players_of & truth.players_of:
            verdict.pooled.append(said)
        else:
            verdict.wrong.append(said)
    heirs = [match.new.id for match in resolution.matches.values() if match.new]
    assert len(heirs) == len(set(heirs)), "one to one"
    return verdict


def resolved(old: Imported, new: Imported, *, with_players: bool = True) -> Resolution:
    """Resolve one import against a later one, as the program does."""
    witnesses = Witnesses(old.rosters, new.rosters) if with_players else None
    return identity.resolve(old.teams, new.teams, witnesses=witnesses)

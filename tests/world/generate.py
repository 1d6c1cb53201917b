"""Histories of imports: a website, what happens to it, and what an import makes of it each time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from random import Random

from practice_guard.core import identity
from practice_guard.core.identity import Habits, Resolution, Witnesses
from tests.world import imports
from tests.world.imports import Imported
from tests.world.operations import Operation
from tests.world.website import Website, build


@dataclass(frozen=True)
class History:
    """A few imports, one after the other, and what happened before each but the first."""

    imports: tuple[Imported, ...]
    happened: tuple[str, ...]
    habits: Habits | None = None

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
    country: Callable[[Random], Website] | None = None,
) -> History:
    """Draw a history of `count` imports with up to `between` operations before each, and `once` before the last."""
    site = country(chance) if country else build(chance, everyone_has_players=everyone_has_players)
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
    return History(tuple(done), tuple(happened), site.habits)


def resolved(old: Imported, new: Imported, *, with_players: bool = True, habits: Habits | None = None) -> Resolution:
    """Resolve one import against a later one, as the program does."""
    witnesses = Witnesses(old.rosters, new.rosters) if with_players else None
    return identity.resolve(old.teams, new.teams, witnesses=witnesses, habits=habits)

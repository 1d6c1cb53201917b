"""The course of a world: seasons, users, nights with and without an import, and a guard that is there now and then."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random

from practice_guard.core import errors, snapshots
from practice_guard.core.application import BUILT_IN
from practice_guard.core.guarding import Request, Scope
from practice_guard.core.identity import Decision, Decisions
from practice_guard.core.model import Team
from tests.world import builders
from tests.world.guarding import Guard
from tests.world.hostile import etl, vandals
from tests.world.hostile.arena import Arena
from tests.world.hostile.scene import Scene
from tests.world.imports import Imported
from tests.world.operations import ORDINARY, UNSEEN, Operation

MOST_NIGHTS = 4
MOST_DEEDS = 7


@dataclass
class World:
    """A world after its last night.

    Attributes:
        guard: what has backed it up.
        chance: goes on where the world has left it.
        happened: what was done, in order.
        refused: what the guard did not do, with the error's name.
    """

    guard: Guard
    chance: Random
    happened: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


def play(arena: Arena, seed: int) -> Iterator[World]:
    """Play a world from its seed in an arena.

    Yields:
        the world before the guard comes by each night, and after the last; it has one verified snapshot at least.
    """
    chance = Random(seed)
    world = World(arena.empty(), chance)
    site, scene = etl.small_website(chance), Scene(arena, chance)
    imported: Imported | None = etl.run(arena, site, chance, None)
    scene.remember()
    _settle(scene)
    if chance.random() < 0.1:
        world.guard.sets, everything = BUILT_IN, world.guard.sets  # the rest is declared later
        _backs_up(world)
        world.guard.sets = everything
    else:
        _backs_up(world)
    for _ in range(chance.choice((1, 1, 2, 3, MOST_NIGHTS))):
        world.guard = world.guard.later(days=1)
        if chance.random() < 0.1:
            arena.grow(chance.choice(("polls", "captain_messages")))
        if chance.random() < 0.25:
            world.happened += [vandals.do_something(scene) for _ in range(chance.randint(0, 3))]
        if chance.random() < 0.7:
            steps: list[Operation] = [chance.choice(ORDINARY) for _ in range(chance.randint(0, 3))]
            if chance.random() < 0.1:
                steps.append(chance.choice(UNSEEN))
            for step in steps:
                step(site, chance)
            imported = etl.run(arena, site, chance, imported)
            scene.remember()
            world.happened += [*(step.__name__ for step in steps), "import"]
            if chance.random() < 0.5:
                world.happened.append(vandals.write_all_anew(scene))
        world.happened += [vandals.do_something(scene) for _ in range(chance.randint(0, MOST_DEEDS))]
        yield world
        _guard_comes_by(world)
        world.happened += [vandals.do_something(scene) for _ in range(chance.choice((0, 0, 1, 3)))]
    yield world


def _settle(scene: Scene) -> None:
    """The rows that there are before anything happens: some of each table, and many of the busy ones."""
    for table in scene.arena.tables.values():
        for _ in range(scene.chance.randint(2, 7) if table in scene.busy else scene.chance.randint(0, 2)):
            vandals.add(scene, table)


def _guard_comes_by(world: World) -> None:
    """A restore of the latest snapshot, its undo, a backup; each of them sometimes."""
    chance, guard = world.chance, world.guard
    if chance.random() < 0.4:
        asked = request(world)
        try:
            done = guard.restores(request=asked)
            world.happened.append(f"restored, {done.written} written")
            if chance.random() < 0.2:
                guard.takes_back(done.ledger)
                world.happened.append("undone")
        except errors.GuardError as error:
            world.refused.append(f"restore: {type(error).__name__}: {error.message}")
    if chance.random() < 0.5:
        _backs_up(world)


def _backs_up(world: World) -> None:
    try:
        world.guard.backs_up(accept_current=True)
        world.happened.append("backed up")
    except errors.GuardError as error:
        world.refused.append(f"backup: {type(error).__name__}: {error.message}")


def request(world: World) -> Request:
    """What somebody may ask of the latest snapshot's plan; mostly all of it."""
    chance = world.chance
    return Request(
        scope=_scope(world) if chance.random() < 0.3 else Scope(),
        include_deleted=chance.random() < 0.25,
        exact_only=chance.random() < 0.1,
        decisions=_decisions(world) if chance.random() < 0.3 else None,
        roster_at_least=chance.choice((4, 4, 2)),
    )


def _scope(world: World) -> Scope:
    chance = world.chance
    teams = _old_teams(world)
    if not teams or chance.random() < 0.4:
        sets = [name for name, each in world.guard.finds().sets.items() if not each.companion]
        return Scope(protected=frozenset(chance.sample(sorted(sets), chance.randint(1, 2))))
    if chance.random() < 0.5:
        return Scope(leagues=frozenset({chance.choice(teams).league or ""}))
    return Scope(teams=frozenset(team.name or "" for team in chance.sample(teams, min(len(teams), 2))))


def _decisions(world: World) -> Decisions | None:
    """A person decides, often against what everybody else would say."""
    chance, old, now = world.chance, _old_teams(world), builders.teams_now(world.guard.database)
    entries: dict[object, Decision] = {}
    for team in chance.sample(old, min(len(old), chance.randint(1, 3))):
        if chance.random() < 0.5 or not now:
            entries[team.identity] = Decision(team.identity, give_up=True)
        else:
            heir = chance.choice(now).identity
            entries[team.identity] = Decision(team.identity, heir, merge=True, overrule=True)
    return Decisions(tuple(entries.values())) if entries else None


def _old_teams(world: World) -> list[Team]:
    """The teams of the latest snapshot's lists."""
    lists = world.guard.reads(lambda database: snapshots.team_lists(database, snapshots.find(database).lists))
    return [team for each in lists.values() for team in each.teams]

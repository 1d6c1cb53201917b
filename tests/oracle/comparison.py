"""The program's plan beside the judge's, row by row, and what a campaign of such comparisons has come to see."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from practice_guard.core import errors, restore, snapshots
from practice_guard.core.application import look
from practice_guard.core.database import Access, Connection, Query, ask_each
from practice_guard.core.guarding import Request
from practice_guard.core.model import Evidence, Fate
from practice_guard.core.restore import Bucket, Workings, summing
from tests import oracle
from tests.oracle.plans import PlannedRow, SetPlan
from tests.world.hostile import world as worlds
from tests.world.hostile.arena import Arena
from tests.world.hostile.world import World

FIELDS = (
    "set", "row", "key", "bucket", "live_key", "before", "after", "new_key", "evidence", "fate", "reason", "note",
    "was_wrong", "unresolved", "team", "origin",
)  # fmt: skip
"""What must be equal in two planned rows."""

NOTES = tuple(
    re.compile(pattern)
    for pattern in (
        r"",
        r"content was changed since and is kept",
        r"its .+ was deleted by a user; it is left as it is",
        r"hangs on a .+ that was given its old .+'s id",
        r"its .+ is not known; somebody has put it on another one",
        r"was moved to another .+ by a user and is left there",
        r"points at something else than it did, and is left there",
        r"hung on no .+ when it was backed up, and is left where somebody has put it",
        r"was deleted by a user",
        r"hung on no team when it was backed up",
        r"something else that it must point at is gone",
        r"its primary key is taken, and nothing else says which row it is",
        r"its primary key is taken, and its table makes no other",
        r"what its .+ points at is not there",
        r"another row stands in its place, and .+ allows one",
    )
)
"""Every note that a row may have."""

_FLAGS = ("new_key", "was_wrong", "unresolved", "writes")

Fields = Mapping[str, object]


@dataclass(frozen=True)
class Seen:
    """A plan of one set as it is compared.

    Attributes:
        rows: each row by its number.
        live: how many live rows are protected.
        extra: how many of them are none of the snapshot's.
        waits: the numbers of the rows that will not be in place, also of those that were not asked for.
        sparse: whether rows plainly in place may have no line.
        bare: whether the lines of rows plainly to be put back are not laid down.
    """

    rows: Mapping[int, Fields]
    live: int
    extra: int
    waits: Sequence[int]
    sparse: bool = False
    bare: bool = False


def planned(workings: Workings) -> dict[str, Seen]:
    """The program's plan, by set. The only place that knows how the program hands out what it has planned."""
    facts, waiting = workings.plan.sets, summing.waiting(workings)
    waits = ask_each(workings.scratch, [Query(waiting[name]) for name in workings.sheets])
    found: dict[str, Seen] = {}
    for (name, sheet), waits_of in zip(workings.sheets.items(), waits, strict=True):
        rows, numbers = by_number(workings.rows(name)), sorted(row for (row,) in waits_of)
        found[name] = Seen(rows, facts[name].live, facts[name].added, numbers, sheet.sparse, sheet.bare)
    return found


def judged(sets: Mapping[str, SetPlan]) -> dict[str, Seen]:
    """The judge's."""
    return {name: Seen(by_number(made.rows), made.live, len(made.extra), made.waits) for name, made in sets.items()}


def by_number(rows: Iterable[restore.PlannedRow | PlannedRow]) -> dict[int, Fields]:
    """What is compared of planned rows."""
    return {row.row: {name: getattr(row, name) for name in FIELDS} for row in rows}


@dataclass
class Campaign:
    """What was compared: worlds, plans, and rows by everything that may be said of one.

    Attributes:
        counted: how often each was seen.
        refused: how often the guard would not do something, by why, without numbers.
        first: in which world it first was.
        access: how the program is let plan: with tables of its own, or with questions alone.
    """

    counted: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    first: dict[str, str] = field(default_factory=dict)
    access: Access = Access.PLAN

    @property
    def unseen(self) -> list[str]:
        """What may be said of a row and was of none."""
        said = [f"bucket: {each}" for each in Bucket] + [f"fate: {each}" for each in Fate]
        said += [f"evidence: {each}" for each in Evidence] + ["reason: missing", "reason: conflicting", *_FLAGS]
        said += [f"note: {each.pattern}" for each in NOTES]
        return [each for each in said if not self.counted[each]]

    def compare(self, arena: Arena, seed: int) -> str:
        """Play a world and compare plans of its snapshots night by night; returns how they first differ, or nothing."""
        self.counted["worlds"] += 1
        nights = (self._compare_night(world, f"{arena.house.name}, seed {seed}") for world in worlds.play(arena, seed))
        return next((found for found in nights if found), "")

    def _compare_night(self, world: World, name: str) -> str:
        known = [each.id for each in world.guard.reads(snapshots.listing) if each.verified_at]
        asked = [("latest", Request()), (world.chance.choice(known), worlds.request(world))]
        differences = [found for wanted, request in asked for found in self._compare(world, wanted, request)]
        while world.refused:
            why = re.sub(r"\d+", "N", world.refused.pop())
            self.refused[why] += 1
            self.first.setdefault(why, name)
        if not differences:
            return ""
        return "\n".join([name, *(f"  {each}" for each in (*world.happened, *differences))])

    def _compare(self, world: World, wanted: str, request: Request) -> list[str]:
        digests: list[str] = []

        def work(database: Connection) -> list[str]:
            snapshot, app = snapshots.find(database, wanted), look(database, world.guard.sets)
            try:
                made = restore.work_out(database, snapshot, app, request)
                seen = planned(made)
                digests.append(made.plan.digest)
            except errors.UsageError as error:
                world.refused.append(f"plan: {error.message.splitlines()[0]}")
                return []
            self.counted["bare sets"] += sum(each.bare for each in seen.values())
            right = oracle.plan(database, snapshot, app, request)
            self._count(right)
            return [f"{wanted}, {request}: {each}" for each in differences(seen, judged(right))]

        def again(database: Connection) -> str:
            snapshot, app = snapshots.find(database, wanted), look(database, world.guard.sets)
            return restore.plan(database, snapshot, app, request).digest

        found = world.guard.reads(work, self.access)
        if digests and self.access is Access.READ and world.guard.reads(again, Access.PLAN) != digests[0]:
            found.append(f"{wanted}, {request}: another digest where tables can be made for the plan")
        return found

    def _count(self, sets: Mapping[str, SetPlan]) -> None:
        self.counted["plans"] += 1
        for made in sets.values():
            self.counted["extra"] += len(made.extra)
            for row in made.rows:
                self.counted["rows"] += 1
                for name in ("bucket", "evidence", "fate", "reason"):
                    self.counted[f"{name}: {getattr(row, name)}"] += 1
                for name in _FLAGS:
                    self.counted[name] += bool(getattr(row, name))
                (note,) = [each.pattern for each in NOTES if each.fullmatch(row.note)]
                self.counted[f"note: {note}"] += 1


def differences(seen: Mapping[str, Seen], right: Mapping[str, Seen]) -> Iterator[str]:
    """Say in what two plans differ, a line for each row."""
    if seen.keys() != right.keys():
        yield f"sets: {sorted(seen)} where {sorted(right)} are right"
    for name in sorted(seen.keys() & right.keys()):
        mine, theirs = seen[name], right[name]
        for what in ("live", "extra", "waits"):
            is_, ought = getattr(mine, what), getattr(theirs, what)
            if is_ != ought:
                yield f"{name}: {what} {is_} where {ought} is right"
        for row in sorted(mine.rows.keys() | theirs.rows.keys()):
            one, other = mine.rows.get(row, {}), theirs.rows.get(row, {})
            if mine.sparse and not one and _plainly_in_place(other):
                continue
            wrong = [
                f"{each} {one.get(each)!r} not {other.get(each)!r}"
                for each in FIELDS
                if one.get(each) != other.get(each)
            ]
            if wrong:
                yield f"{name} {row} (key {other.get('key')}): {', '.join(wrong)}"


def _plainly_in_place(row: Fields) -> bool:
    """Whether a row may have no line of its own."""
    plain = row["live_key"] == row["key"] and row["before"] == row["after"] and not (row["note"] or row["unresolved"])
    return plain and row["bucket"] is Bucket.INTACT and not row["was_wrong"]

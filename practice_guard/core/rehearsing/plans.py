"""A copy before it is made, and when it is there."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from practice_guard.core.database.addresses import Address
from practice_guard.core.model import Text
from practice_guard.core.records import Place
from practice_guard.core.rehearsing.estimate import Estimate
from practice_guard.core.rehearsing.original import Original
from practice_guard.core.rehearsing.tools import Tools


class Where(Text):
    """Where a copy is."""

    EMBEDDED = "embedded"
    SERVER = "copy-server"
    SAME = "same-server"


@dataclass(frozen=True, slots=True)
class Plan:
    """How a copy is to be made.

    Attributes:
        where: where.
        facts: what was read of the original.
        place: which database the original is.
        version: the major version of the copy's server.
        tools: pg_dump and pg_restore.
        estimate: what it will take.
    """

    where: Where
    facts: Original
    place: Place
    version: int
    tools: Tools
    estimate: Estimate


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy that is there.

    Attributes:
        plan: how it was made.
        address: where it is.
        directory: a directory of its own, for files that go with it.
        sorts_alike: whether text is sorted there as in the original.
        left_out: extensions of the original that the copy's server does not have.
        closed: foreign servers of the original that nobody can log in to from the copy.
        seconds: how long it took.
        reached: how to reach it and to remove it, where it stays.
    """

    plan: Plan
    address: Address
    directory: Path
    sorts_alike: bool
    left_out: tuple[str, ...]
    closed: tuple[str, ...]
    seconds: float
    reached: tuple[str, ...] = field(repr=False)

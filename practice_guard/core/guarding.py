"""What every command is given."""

from __future__ import annotations

from dataclasses import dataclass, field

from practice_guard.core.identity import Decisions


@dataclass(frozen=True, slots=True)
class Scope:
    """Which part of a snapshot is meant; an empty part means all. Teams and leagues are named as people write them.

    What the rows of a set hang on belongs to its part.
    """

    protected: frozenset[str] = frozenset()
    leagues: frozenset[str] = frozenset()
    teams: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked of a plan.

    Attributes:
        scope: the part that is meant.
        include_deleted: rows that users deleted are wanted back too.
        exact_only: only matches exact on both facets are taken (after an ETL that failed half-way).
        decisions: a person's decisions.
        roster_at_least: how many outside ids a roster must share to witness anything.
        roster_percent: which share of them, 0 to 100.
    """

    scope: Scope = field(default_factory=Scope)
    include_deleted: bool = False
    exact_only: bool = False
    decisions: Decisions | None = None
    roster_at_least: int = 4
    roster_percent: float = 80.0

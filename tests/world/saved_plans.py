"""Plans as files without a database: what `Workings` tells, told by a test."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timezone
from io import BytesIO
from types import SimpleNamespace
from typing import Any, cast

from practice_guard.core.application.imprint import Imprint, Since
from practice_guard.core.guarding import Request
from practice_guard.core.identity import Resolution
from practice_guard.core.model import Evidence, Fate, Match, Team
from practice_guard.core.restore import planfile
from practice_guard.core.restore.plans import Bucket, Plan, PlannedRow, SetFacts
from practice_guard.core.restore.summing import Workings

NOON = datetime(2026, 1, 5, 12, 0, tzinfo=timezone.utc)
OLD = Team(1, "APTA_CHICAGO", "Tennaqua", "Chicago 22", "Tennaqua - 22")
WAS = "Tennaqua - 22 (Tennaqua, Chicago 22, APTA_CHICAGO)"
NEVER = Imprint("s", 1, {})
BECAUSE = "name and place are the same"
SAYS = "Tennaqua Practice - Chicago 22, 2026-01-07, 19:00:00, Court 3"


@dataclass
class Made:
    """A plan with its rows, by set."""

    plan: Plan
    rows: Mapping[str, Iterable[PlannedRow]]
    sparse: bool = False
    sheets: Mapping[str, object] = field(init=False)

    def __post_init__(self) -> None:
        self.sheets = {name: SimpleNamespace(sparse=self.sparse) for name in self.rows}

    def told(self, name: str) -> Iterator[tuple[PlannedRow, str]]:
        return ((row, SAYS) for row in self.rows[name])


def row(number: int, bucket: Bucket = Bucket.INSERT, **more: Any) -> PlannedRow:
    """A row of the team with that number in its list; of team 1 as a rule."""
    made = PlannedRow("practices", number, str(100 + number), bucket, ("monday", 1), after=(11, None, 21))
    return replace(made, **{"evidence": Evidence.EXACT, "fate": Fate.RENUMBERED, "team": ("monday", 1), **more})


def of_team(team: int, number: int, bucket: Bucket = Bucket.INSERT) -> PlannedRow:
    return row(number, bucket, team=("monday", team), origin=("monday", team))


def plan(
    *rows: PlannedRow,
    snapshot: str = "monday",
    oid: int = 5,
    teams: int = 1,
    sparse: bool = False,
    lazy: Iterable[PlannedRow] | None = None,
    more: Mapping[str, Iterable[PlannedRow]] | None = None,
) -> Workings:
    """A plan of these rows of practices, or of those that are made one by one by `lazy`, and of `more` sets' rows."""
    old = [replace(OLD, id=number, name=f"Tennaqua - {21 + number}") for number in range(1, teams + 1)]
    matches = {
        each.id: Match(each, Fate.RENUMBERED, replace(each, id=10 + each.id), Evidence.EXACT, because=BECAUSE)
        for each in old
    }
    by_set = {"practices": rows if lazy is None else lazy, **(more or {})}
    fingerprint = {"uuid": "u", "system": "s", "name": "n", "oid": oid}
    found = {"monday": Resolution(matches, frozenset())}
    made = Plan(
        snapshot, fingerprint, dict.fromkeys(by_set, SetFacts(0)), (), found, "d" * 64, Since(known=False), NEVER
    )
    return cast("Workings", Made(made, by_set, sparse))


def written(made: Workings, request: Request | None = None) -> bytes:
    """A plan's file."""
    file = BytesIO()
    planfile.dump(made, request or Request(), NOON, file)
    return file.getvalue()


def saved(data: bytes) -> planfile.SavedPlan:
    """What is read of a file."""
    return planfile.load(BytesIO(data))

"""Runs as the guard records them, with times of our own: what many nights cost, without living through them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone

from practice_guard.core.database import Access, Timeouts, connect
from practice_guard.core.model import Author
from practice_guard.core.records import Holder, Phase, Run, runs
from tests.world.builders import ScratchDatabase

FIRST = datetime(2026, 1, 5, 9, 0, tzinfo=timezone.utc)


@dataclass(frozen=True)
class Spent:
    """What one night took: the guard's phases, the ETL, and what lay between the phases; None is what nobody noted."""

    phases: Mapping[str, float]
    etl: float | None = 100.0
    between: float = 0.5
    etl_exit_code: int = 0


def has_spent(database: ScratchDatabase, spent: list[Spent]) -> None:
    """Record a run a night, in the guard's own way; they begin on 5 January 2026 at 9:00 UTC."""
    with connect(database.url, application="test", timeouts=Timeouts(30, 60)) as connection:
        for day, night in enumerate(spent):
            author = Author("local", "0", FIRST + timedelta(days=day))
            with connection.transaction(Access.WRITE):
                begun = runs.begin(connection, author, Holder("host", 1), ["import"], Phase.BACKUP, [])
                runs.write(connection, _ended(begun, night))


def _ended(run: Run, night: Spent) -> Run:
    etl = () if night.etl is None else ({"name": "etl", "seconds": night.etl, "ok": night.etl_exit_code == 0},)
    phases = ({"name": name, "seconds": seconds, "ok": True} for name, seconds in night.phases.items())
    return replace(
        run,
        phase=Phase.CLEANUP,
        phases=(*phases, *etl),
        etl_exit_code=night.etl_exit_code,
        etl_seconds=night.etl,
        guard_seconds=sum(night.phases.values()) + night.between if night.phases else 0.0,
        status=night.etl_exit_code,
        verdict="fine",
        says="As it was.",
        finished_at=run.started_at + timedelta(hours=1),
    )

"""A league whose club has its courts, and what is booked there, in schemas beside the application's."""

from __future__ import annotations

from dataclasses import replace

import pytest

from practice_guard.core.application import Parent, ProtectedSet, Reference
from practice_guard.core.model import Verdict
from practice_guard.demo.source import without
from tests.world import builders
from tests.world.bookings import COURTS, PARENTS, SETS, a_season, courts_now, lost, seen, the_import_runs, wrong
from tests.world.builders import ScratchDatabase
from tests.world.guarding import Guard
from tests.world.market import has_path

THERE = Parent("courts", "venue.courts", COURTS.same, COURTS.leads, source="settings")
DESK = ("court_bookings", "club_notes", "ladders")


def moved(each: ProtectedSet) -> ProtectedSet:
    if each.name not in DESK:
        return each
    led = (Reference(one.column, THERE) if one.target == COURTS else one for one in each.references)
    return replace(each, table=f"desk.{each.table}", references=tuple(led))


@pytest.fixture
def guard(database: ScratchDatabase) -> Guard:
    a_season(database)
    for schema, tables in {"venue": ("courts",), "desk": DESK}.items():
        database.rows(f"CREATE SCHEMA {schema}")
        for table in tables:
            database.rows(f"ALTER TABLE {table} SET SCHEMA {schema}")
    has_path(database, "public", "venue", "desk")
    parents = (*(each for each in PARENTS if each != COURTS), THERE)
    return Guard(database, tuple(map(moved, SETS)), parents=parents)


@pytest.mark.parametrize("variant", [(), ("recycle",)], ids=["new ids", "ids go to others"])
def test_every_reference_is_as_before_after_an_import(
    guard: Guard, database: ScratchDatabase, variant: tuple[str, ...]
) -> None:
    before, website = seen(database), builders.the_website_now(database)
    assert {table for table, *_ in before} >= {*DESK, "schedule", "polls"}
    guard.has_backed_up()
    assert guard.judges_health().verdict is Verdict.FINE

    the_import_runs(database, *variant, source=website)
    damaged = seen(database)
    lost_of = {table for table, *_ in lost(before, damaged)}
    assert lost_of >= {*DESK}, "the import must do harm"
    assert guard.judges_health().verdict is Verdict.REFUSED
    applied = guard.restores()
    assert (lost(before, seen(database)), applied.plan.counts()["pending"]) == ([], 0)
    assert guard.judges_health().verdict is Verdict.FINE

    guard.takes_back(applied.ledger)
    assert not wrong(damaged, before, seen(database))
    guard.restores()
    assert lost(before, seen(database)) == []
    guard.later(days=1).has_backed_up()


def test_what_an_import_lacks_waits_and_comes_back_with_a_later_one(guard: Guard, database: ScratchDatabase) -> None:
    before, website, courts = seen(database), builders.the_website_now(database), courts_now(database)
    guard.has_backed_up()
    the_import_runs(database, source=without(website, "club", "PraIrie Club"))
    damaged = seen(database)
    applied = guard.restores()
    assert wrong(before, damaged, seen(database)) == []
    assert applied.plan.counts()["pending"] > 0

    later = guard.later(days=1)
    taken = later.backs_up()
    assert taken.snapshot is not None, taken.findings
    assert any(each.carried for each in taken.snapshot.sets.values())
    the_import_runs(database, "recycle", source=website, courts=courts)
    later.restores()
    assert lost(before, seen(database)) == []

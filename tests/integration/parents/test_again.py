"""Imports that follow one another with a restore between them and no backup."""

from __future__ import annotations

import pytest

from practice_guard.demo.source import without
from tests.world import builders
from tests.world.bookings import PARENTS, SETS, a_season, courts_now, lost, seen, the_import_runs, wrong
from tests.world.builders import ScratchDatabase
from tests.world.guarding import Guard


@pytest.mark.parametrize(
    ("attribute", "value"), [("club", "PraIrie Club"), ("series", "Chicago 1"), ("league", "NSTF")]
)
def test_what_a_restore_has_put_somewhere_is_no_users_choice_after_the_next_import(
    database: ScratchDatabase, attribute: str, value: str
) -> None:
    a_season(database)
    guard = Guard(database, SETS, parents=PARENTS)
    before, website = seen(database), builders.the_website_now(database)
    courts = courts_now(database)
    guard.has_backed_up()
    the_import_runs(database, "recycle", source=without(website, attribute, value))
    damaged = seen(database)
    guard.restores()
    assert wrong(before, damaged, seen(database)) == []
    the_import_runs(database, "recycle", source=website, courts=courts)
    guard.restores()
    assert lost(before, seen(database)) == []

"""What hangs on clubs, series and players follows an import that calls the guard itself."""

from __future__ import annotations

import pytest

from practice_guard import etl
from tests.world import builders
from tests.world.bookings import a_season, lost, seen
from tests.world.builders import ScratchDatabase
from tests.world.callers import caller, the_etl_imports

DECLARED = ("court_bookings", "club_notes", "ladders")
"""What no settings tell the guard of here."""


@pytest.mark.parametrize("commits", [True, False])
def test_every_reference_is_as_before_when_an_etl_calls_the_guard(
    database: ScratchDatabase, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory, commits: bool
) -> None:
    monkeypatch.chdir(tmp_path_factory.mktemp("etl"))
    a_season(database)
    before, website = seen(database), builders.the_website_now(database)
    with caller(database) as cursor:
        assert etl.create_enhanced_practice_time_backup(cursor) > 0
        the_etl_imports(cursor, website, "recycle", commits=commits)
        restored = etl.restore_practice_times_with_fallback(cursor)
        assert restored["pending"] == 0
        cursor.connection.commit()
    assert {each[0] for each in lost(before, seen(database))} <= set(DECLARED)

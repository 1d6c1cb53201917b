"""A night in which an import renumbers clubs, series, players and courts, and rows of users hang on all of them."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.world import builders
from tests.world.bookings import a_season, lost, seen
from tests.world.builders import ScratchDatabase
from tests.world.program import Guard

SETTINGS = """
[[protected]]
name = "club_notes"
table = "club_notes"
clubs = ["club_id"]

[[protected]]
name = "ladders"
table = "ladders"
series = ["series_id"]
leagues = ["league_id"]
"""


@pytest.mark.parametrize("variant", [(), ("--variant", "recycle")], ids=["new ids", "ids go to others"])
def test_a_night_leaves_every_reference_as_it_was(
    guard: Guard, database: ScratchDatabase, tmp_path: Path, variant: tuple[str, ...]
) -> None:
    a_season(database)
    database.rows("DROP TABLE court_bookings, courts")
    (tmp_path / "practice_guard.toml").write_text(SETTINGS, encoding="utf-8")
    before, source = seen(database), tmp_path / "website.json"
    builders.the_website_now(database).write(source)
    etl = [sys.executable, "-m", "practice_guard.demo.etl", "--url", database.url, "--source", str(source), *variant]
    outcome = guard("run", "--json", "--", *etl)
    assert outcome.status == 0, outcome
    assert outcome.json["result"]["restore"]["rows"]["pending"] == 0
    assert lost(before, seen(database)) == []

"""What a command imports where it is run: what it uses and no more."""

from __future__ import annotations

from tests.world.builders import League
from tests.world.importing import TOLD, imported
from tests.world.program import Guard

SELDOM = {"rapidfuzz", "tomlkit", "rich.markdown", "practice_guard.demo"}
"""For a team that nothing matched, a file that a person wrote, the page of a finding, the demo."""

WINGS = {f"practice_guard.core.{each}" for each in ("checks", "restore", "running", "upkeep")}

NEEDS_NOT = {
    "validate-safety": {"running"},
    "backup": {"running"},
    "check-preservation": {"running"},
    "restore --dry-run": {"checks", "running", "upkeep"},
    "health": {"running"},
    "cleanup --dry-run": {"running"},
    "history": set(),
    "protected": {"checks", "restore", "running", "upkeep"},
    "snapshots": {"checks", "restore", "running", "upkeep"},
    "snapshots verify": {"checks", "restore", "running", "upkeep"},
}


def test_a_command_imports_what_it_uses(guard: Guard, league: League) -> None:
    league.captain_schedules_practices(league.has_team(), 5)
    assert guard("backup").status == 0
    found: dict[str, set[str]] = {}
    for line, needs_not in NEEDS_NOT.items():
        done = guard(*line.split(), env=TOLD)
        assert done.status == 0, done
        modules = imported(done.stderr)
        assert "psycopg" in modules
        assert modules & SELDOM == set(), line
        found[line] = {each for each in needs_not if f"practice_guard.core.{each}" in modules}
    assert {line: unneeded for line, unneeded in found.items() if unneeded} == {}


def test_the_page_of_a_finding_needs_no_wing_that_looks_into_a_database(guard: Guard) -> None:
    done = guard("explain", "snapshot-old", env=TOLD)
    assert done.status == 0, done
    modules = imported(done.stderr)
    assert "rich.markdown" in modules
    assert modules & (WINGS | {"practice_guard.core.snapshots", "rapidfuzz", "tomlkit"}) == set()

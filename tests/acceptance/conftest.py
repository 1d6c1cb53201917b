"""The program, pointed at the test's database, and what it meets there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from tests.world import builders, command_lines
from tests.world.builders import League, ScratchDatabase
from tests.world.nights import Night, a_night
from tests.world.program import PROGRAM, Guard, Outcome, outcome_of
from tests.world.season_before import is_as_the_version_before_left_it


@pytest.fixture
def guard(request: pytest.FixtureRequest, tmp_path: Path) -> Guard:
    """The program, pointed at the test's `database` as `local`, if the test has one, and run in an empty directory."""
    settings = {}
    if "database" in request.fixturenames:
        settings["PRACTICE_GUARD_LOCAL_URL"] = request.getfixturevalue("database").url

    def run(*arguments: str, env: Mapping[str, str] | None = None, stdin: str = "", cwd: Path | None = None) -> Outcome:
        outcome = outcome_of([*PROGRAM, *arguments], cwd or tmp_path, {**settings, **(env or {})}, stdin=stdin)
        outcome.can_be_copied(command_lines.aimed_at(arguments, env or {}))
        return outcome

    return run


@pytest.fixture
def night(database: ScratchDatabase, guard: Guard, tmp_path: Path) -> Iterator[Night]:
    """A night in the test's database; what was left at work in it is ended after the test."""
    made = a_night(database, guard, tmp_path)
    yield made
    made.close()


@pytest.fixture
def left_before(make_database: Callable[[], ScratchDatabase]) -> ScratchDatabase:
    """A database made from the dump that the version before left, as anybody would make one."""
    made = make_database()
    is_as_the_version_before_left_it(made)
    return made


@pytest.fixture
def marked(database: ScratchDatabase, guard: Guard) -> ScratchDatabase:
    """The test's database, marked as what it is now; a restored dump needs that."""
    done = guard("mark", "--confirm", "local", "--json")
    assert done.status == 0, done
    return database


@pytest.fixture
def damaged(guard: Guard, database: ScratchDatabase, league: League) -> ScratchDatabase:
    """A backup of two teams' practices, and an import that recreated the teams."""
    for number in (1, 2):
        league.captain_schedules_practices(league.has_team(series=f"Chicago {number}"), 3)
    assert guard("backup").status == 0
    builders.the_etl_recreates_everything(database)
    return database

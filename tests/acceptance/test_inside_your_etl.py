"""README, "Inside your ETL": that very code, run with psycopg2 on an ETL that deletes the teams."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import pytest

from tests.world import builders
from tests.world.builders import League, ScratchDatabase, practices_by_natural_key
from tests.world.program import Guard, outcome_of

README = Path(__file__).parents[2] / "README.md"


def code_of_the_readme() -> list[str]:
    """The section's blocks of Python: before, after, and with `protect`."""
    section = re.search(
        r"^## Inside your ETL$(.*?)(?=^## |\Z)", README.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )
    assert section, "README.md has no section 'Inside your ETL'"
    blocks = re.findall(r"^```python\n(.*?)^```$", section[1], re.MULTILINE | re.DOTALL)
    assert len(blocks) == 3
    return [str(block) for block in blocks]


@pytest.fixture
def season(league: League) -> League:
    """Neighbouring names, so that a practice could land on a wrong team."""
    teams = [
        league.has_team(club="Tennaqua", series="Chicago 22"),
        league.has_team(club="Tennaqua", series="Chicago 2"),
        league.has_team(club="Hinsdale PC", series="Chicago 13 SW", name="Hinsdale PC I - 13 SW"),
        league.has_team(club="Hinsdale PC II", series="Chicago 13 SW", name="Hinsdale PC II - 13 SW"),
        league.has_team(club="Wilmette", series="Series H(2)", league="CNSWPL", name="Wilmette H(2)"),
    ]
    for number, team in enumerate(teams):
        league.captain_schedules_practices(team, 2 + number)
    league.has_match(teams[0], teams[1])
    league.captain_writes_message(teams[2])
    return league


def the_website(database: ScratchDatabase) -> str:
    """What the import reads."""
    teams = builders.teams_now(database)
    return json.dumps([{"league": t.league, "club": t.club, "series": t.series, "name": t.name} for t in teams])


def the_import_runs(
    database: ScratchDatabase, directory: Path, code: str, name: str, website: str = "", status: int = 0
) -> str:
    """The class as a program of its own; returns what it printed."""
    (directory / "teams.json").write_text(website or the_website(database))
    (directory / "import.py").write_text(f"{code}\n\n{name}({database.url!r}, 'teams.json').run()\n")
    done = outcome_of([sys.executable, "import.py"], directory)
    assert done.status == status, done.stderr
    return done.stdout


def test_before_every_practice_is_lost(season: League, database: ScratchDatabase, tmp_path: Path) -> None:
    before, _, _ = code_of_the_readme()
    the_import_runs(database, tmp_path, before, "LeagueImport")
    assert not practices_by_natural_key(database)


def test_after_every_practice_is_once_on_its_team(season: League, database: ScratchDatabase, tmp_path: Path) -> None:
    _, after, _ = code_of_the_readme()
    expected, old = practices_by_natural_key(database), {team.id for team in builders.teams_now(database)}
    for _ in range(2):
        printed = the_import_runs(database, tmp_path, after, "LeagueImport")
    assert practices_by_natural_key(database) == expected
    assert not old & {team.id for team in builders.teams_now(database)}  # the ETL did delete the teams
    assert "INFO: Restored from " in printed
    assert "INFO: Import finished" in printed


def test_protect_does_the_same(season: League, database: ScratchDatabase, tmp_path: Path) -> None:
    before, _, guarded = code_of_the_readme()
    expected = practices_by_natural_key(database)
    printed = the_import_runs(database, tmp_path, before + guarded, "GuardedImport")
    assert practices_by_natural_key(database) == expected
    assert "INFO: 21 of 21 rows were put back or re-linked" in printed


def test_an_import_that_fails_is_made_good(
    season: League, database: ScratchDatabase, guard: Guard, tmp_path: Path
) -> None:
    """The deletions were committed, and the snapshot with them."""
    _, after, _ = code_of_the_readme()
    expected = practices_by_natural_key(database)
    website = the_website(database)
    fails = after.replace("for team in self.teams:", "for team in self.teams[:2]:").replace(
        "validate_team_id_preservation_post_etl(cursor, self)\n", "self.connection.commit()\n            sys.exit(9)\n"
    )
    the_import_runs(database, tmp_path, "import sys\n" + fails, "LeagueImport", website, status=9)
    assert not practices_by_natural_key(database)
    with pytest.raises(AssertionError, match="restore"):
        the_import_runs(database, tmp_path, after, "LeagueImport", website)

    restored = guard("restore", "--env", "local")
    assert restored.status == 4, restored
    the_import_runs(database, tmp_path, after, "LeagueImport", website)
    assert practices_by_natural_key(database) == expected


def test_only_the_imports_and_run_are_new() -> None:
    before, after, _ = code_of_the_readme()
    lines = after.splitlines()
    kept = [line for line in before.splitlines() if line in lines]
    assert kept == before.splitlines()


def test_an_etl_that_guards_itself_may_be_wrapped_too(
    season: League, database: ScratchDatabase, guard: Guard, tmp_path: Path
) -> None:
    """Whoever moves from the one way to the other has both for a night."""
    _, after, _ = code_of_the_readme()
    expected = practices_by_natural_key(database)
    (tmp_path / "teams.json").write_text(the_website(database))
    (tmp_path / "import.py").write_text(f"{after}\n\nLeagueImport({database.url!r}, 'teams.json').run()\n")
    done = guard("run", "--env", "local", "--", sys.executable, "import.py")
    assert done.status == 0, done
    assert practices_by_natural_key(database) == expected

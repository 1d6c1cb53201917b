"""Carpools of teams: a set that is declared late, and what its rows hang on by their own words."""

from __future__ import annotations

from collections import Counter

from practice_guard.core.application import LEAGUES, TEAMS, ProtectedSet, Reference
from practice_guard.core.steps import Step
from practice_guard.core.upkeep import Backup
from tests.world import builders
from tests.world.builders import ScratchDatabase
from tests.world.guarding import Guard

CARPOOLS = ProtectedSet("carpools", "carpools", (Reference("team_id", TEAMS), Reference("league_id", LEAGUES)))
NAMES = ("Tennaqua", "Wilmette", "Hinsdale PC")


def drives(database: ScratchDatabase, times: int, *, team: int) -> None:
    """Each carpool says in words whose it is, which no import changes."""
    for _ in range(times):
        database.rows(
            "INSERT INTO carpools (team_id, league_id, driver)"
            " SELECT t.id, t.league_id, t.team_name FROM teams AS t WHERE t.id = %(team)s",
            team=team,
        )


def whose(database: ScratchDatabase) -> Counter[tuple[str, ...]]:
    """The carpools by their own words, and by the team and league that they point at."""
    return Counter(
        database.rows(
            "SELECT c.driver, t.team_name, l.league_id FROM carpools AS c"
            " LEFT JOIN teams AS t ON t.id = c.team_id LEFT JOIN leagues AS l ON l.id = c.league_id"
        )
    )


def imported(guard: Guard, *, times: int = 1) -> None:
    """Nights on which an import ran and the guard put back what it knew of."""
    for _ in range(times):
        builders.the_etl_recreates_everything(guard.database)
        guard.restores()
        guard.has_backed_up()


def adopted(taken: Backup) -> dict[tuple[str, str], int]:
    """The rows that were adopted, by column and by what their id was."""
    assert taken.adoption is not None
    sums: Counter[tuple[str, str]] = Counter()
    for each in taken.adoption.adopted:
        sums[each.orphan.column, each.was.partition(" (")[0]] += each.orphan.rows
    return dict(sums)


ALL = {
    ("team_id", "Tennaqua - 22"): 1,
    ("team_id", "Wilmette - 22"): 2,
    ("team_id", "Hinsdale PC - 22"): 3,
    ("league_id", "APTA_CHICAGO"): 4,
    ("league_id", "NSTF"): 2,
}


def adopting(steps: object) -> list[Step]:
    """The commands among advice that adopt."""
    listed = steps if isinstance(steps, tuple) else (steps,)
    return [each for each in listed if isinstance(each, Step) and "--orphans-from" in each.words]

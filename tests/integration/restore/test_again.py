"""A second import after a restore, with no backup between: what the ledger knows of the rows."""

from __future__ import annotations

import datetime as dt

import pytest

from practice_guard.core.model import Team
from tests.world import builders
from tests.world.builders import MONDAY, League, ScratchDatabase, practices_by_natural_key, swap_ids
from tests.world.guarding import Guard

TUESDAY = MONDAY + dt.timedelta(days=1)


def test_a_practice_edited_after_it_came_back_under_a_new_key_is_not_put_back_beside_it(
    league: League, database: ScratchDatabase, guard: Guard, tennaqua: Team
) -> None:
    practice = league.captain_schedules_practice(tennaqua)
    league.has_match(tennaqua, league.has_team(club="Wilmette", series="Chicago 11"))
    guard.has_backed_up()
    builders.the_etl_recycles_ids(database)
    guard.restores()
    new = database.value("SELECT id FROM schedule WHERE home_team ILIKE '%%practice%%'")
    assert new != practice
    builders.a_user_moves_practice(database, new, date=TUESDAY)
    builders.the_etl_leaves_practices_on_old_ids(database)
    assert guard.restores().plan.counts("practices")["edited"] == 1
    (row,) = practices_by_natural_key(database)
    assert (row.date, row.team) == (TUESDAY, tennaqua.identity)


@pytest.mark.parametrize("still_there", [True, False])
def test_a_second_import_that_hands_the_id_on_after_a_restore_is_mended_too(
    league: League, database: ScratchDatabase, guard: Guard, tennaqua: Team, still_there: bool
) -> None:
    """17 became 18, the restore followed it there, and now it is 17 again, or gone, and 18 another team's."""
    other = league.has_team(series="Chicago 11")
    poll = league.captain_asks(tennaqua)
    guard.has_backed_up()
    swap_ids(database, tennaqua.id, other.id)
    assert guard.restores().plan.counts()["relink"] == 1
    swap_ids(database, tennaqua.id, other.id)
    if not still_there:
        database.rows("DELETE FROM teams WHERE id = %(id)s", id=tennaqua.id)
    assert guard.judges_health().total.wrong_team == 1
    guard.restores()
    hangs_on = database.value("SELECT team_id FROM polls WHERE id = %(id)s", id=poll)
    assert hangs_on == (tennaqua.id if still_there else None)

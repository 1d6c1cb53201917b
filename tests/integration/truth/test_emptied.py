"""A table that was emptied as a whole, and what the application writes into it under the old ids."""

from __future__ import annotations

import pytest

from tests.world import builders
from tests.world.builders import League, ScratchDatabase, practices_by_natural_key
from tests.world.guarding import Guard
from tests.world.seasons import teams_in_a_row

WRITTEN = """
INSERT INTO captain_messages (team_id, captain_user_id, message)
SELECT max(t.id), (SELECT min(id) FROM users), 'A new message' FROM teams AS t
"""


@pytest.fixture
def guarded(league: League, database: ScratchDatabase) -> Guard:
    for team in teams_in_a_row(league, 3, practices=4):
        for number in range(3):
            league.captain_writes_message(team, f"Message {number} of {team.series}")
        league.captain_asks(team, f"Question of {team.series}")
    guard = Guard(database)
    guard.has_backed_up()
    return guard


def messages(database: ScratchDatabase) -> list[tuple[object, ...]]:
    return sorted(
        database.rows("SELECT t.team_name, m.message FROM captain_messages m LEFT JOIN teams t ON t.id = m.team_id")
    )


@pytest.mark.parametrize("restart", ["RESTART IDENTITY", "CONTINUE IDENTITY"])
def test_the_rows_of_an_emptied_table_come_back_and_the_new_one_is_its_captains(
    guarded: Guard, database: ScratchDatabase, restart: str
) -> None:
    before = messages(database)
    database.rows(f"TRUNCATE captain_messages {restart} CASCADE")
    database.rows(WRITTEN)
    (new,) = messages(database)

    assert guarded.judges_health().total.deleted == 0
    guarded.restores()

    assert messages(database) == sorted([*before, new])
    assert guarded.judges_health().sets["captain_messages"].added == 1


RELOADED = {
    "some rows are put in again": (
        "CREATE TABLE kept AS SELECT * FROM captain_messages WHERE id % 3 = 0",
        "TRUNCATE captain_messages CASCADE",
        "INSERT INTO captain_messages SELECT * FROM kept",
    ),
    "the table has a new column too": (
        "TRUNCATE captain_messages CASCADE",
        "ALTER TABLE captain_messages ADD COLUMN seen boolean NOT NULL DEFAULT random() > 2",
    ),
}
"""By what an import does with a table that it empties, its statements."""


@pytest.mark.parametrize("restored", [False, True])
@pytest.mark.parametrize("statements", RELOADED.values(), ids=RELOADED)
def test_what_an_emptied_table_lacks_is_nobodys_wish(
    guarded: Guard, database: ScratchDatabase, statements: tuple[str, ...], *, restored: bool
) -> None:
    before = messages(database)
    if restored:
        builders.the_etl_runs(database, "dangling")
        guarded.restores()
        assert messages(database) == before
    for each in statements:
        database.rows(each)
    assert messages(database) != before

    assert guarded.judges_health().total.deleted == 0
    guarded.restores()
    assert messages(database) == before


def test_what_a_user_deletes_after_an_emptied_table_was_restored_stays_deleted(
    guarded: Guard, database: ScratchDatabase
) -> None:
    database.rows("TRUNCATE captain_messages CASCADE")
    guarded.restores()
    database.rows("DELETE FROM captain_messages WHERE id = 2")
    assert guarded.judges_health().sets["captain_messages"].deleted == 1
    guarded.restores()
    assert database.count("captain_messages", "id = 2") == 0


def test_practices_of_an_emptied_table_come_back_beside_a_new_one(guarded: Guard, database: ScratchDatabase) -> None:
    before = practices_by_natural_key(database)
    team = builders.teams_now(database)[-1]
    database.rows("TRUNCATE schedule RESTART IDENTITY CASCADE")
    builders.the_app_writes_a_practice(database, team, builders.MONDAY.replace(month=6))
    new = practices_by_natural_key(database)
    assert database.value("SELECT min(id) FROM schedule") == 1

    guarded.restores()

    assert practices_by_natural_key(database) == before + new


def test_one_row_deleted_beside_a_new_one_stays_deleted(guarded: Guard, database: ScratchDatabase) -> None:
    database.rows("DELETE FROM captain_messages WHERE id = 1")
    database.rows(WRITTEN)
    after = messages(database)
    assert guarded.judges_health().sets["captain_messages"].deleted == 1
    guarded.restores()
    assert messages(database) == after

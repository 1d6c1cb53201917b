"""TRUNCATE … CASCADE, an import, and one new message before the restore: everything is back, and the message is left.

The new one may have the key of an old one, and may say what an old one said: written at another time, it is another.
"""

from __future__ import annotations

import pytest

from tests.world import builders
from tests.world.builders import League, ScratchDatabase, practices_by_natural_key
from tests.world.guarding import Guard
from tests.world.polling import polls_by_natural_key
from tests.world.seasons import teams_in_a_row

TRUNCATED = {
    "teams": "TRUNCATE teams CASCADE",
    "teams, numbered anew": "TRUNCATE teams RESTART IDENTITY CASCADE",
    "leagues": "TRUNCATE leagues CASCADE",
    "everything, numbered anew": "TRUNCATE leagues, clubs, series, teams, players RESTART IDENTITY CASCADE",
    "messages alone": "TRUNCATE captain_messages CASCADE",
}
OLD_KEY, OWN_KEY = 2, 5000
KEYS = {"the next key": None, "a key that is taken": OLD_KEY, "a key of its own": OWN_KEY}


@pytest.fixture
def guarded(league: League, database: ScratchDatabase) -> Guard:
    """Three teams with practices, practice times, messages and a poll each."""
    for team in teams_in_a_row(league, 3, practices=4):
        for number in range(3):
            league.captain_writes_message(team, f"Message {number} of {team.series}")
        league.captain_asks(team, f"Question of {team.series}")
    guard = Guard(database)
    guard.has_backed_up()
    return guard


def an_import_truncates(database: ScratchDatabase, statement: str) -> None:
    website = builders.the_website_now(database)
    database.rows(statement)
    if "messages" not in statement:
        builders.the_etl_runs(database, source=website)


def a_captain_writes(database: ScratchDatabase, message: str, key: int | None) -> None:
    """One message of the last team, by the application or, where a key is given, put in with that key."""
    database.rows(
        "INSERT INTO captain_messages (id, team_id, captain_user_id, message) SELECT"
        " coalesce(%(key)s, nextval(pg_get_serial_sequence('captain_messages', 'id'))), max(t.id),"
        " (SELECT min(id) FROM users), %(message)s FROM teams AS t",
        key=key,
        message=message,
    )


def messages(database: ScratchDatabase) -> list[tuple[object, ...]]:
    return sorted(
        database.rows("SELECT t.team_name, m.message FROM captain_messages m LEFT JOIN teams t ON t.id = m.team_id")
    )


@pytest.mark.parametrize("message", ["A new message", "Message 1 of Chicago 3"], ids=["new", "the same again"])
@pytest.mark.parametrize("key", KEYS.values(), ids=KEYS)
@pytest.mark.parametrize("statement", TRUNCATED.values(), ids=TRUNCATED)
def test_messages_and_practices_are_back_beside_the_new_message(
    guarded: Guard, database: ScratchDatabase, statement: str, key: int | None, message: str
) -> None:
    before = messages(database)
    whole = practices_by_natural_key(database), polls_by_natural_key(database)
    an_import_truncates(database, statement)
    a_captain_writes(database, message, key)
    (new,) = messages(database)
    emptied = database.all_rows("public")

    foreseen = guarded.plans()
    done = guarded.restores()

    assert done.plan.counts() == foreseen.counts()
    assert done.plan.counts()["pending"] == 0
    back = messages(database)
    assert back == sorted([*before, new])
    assert (practices_by_natural_key(database), polls_by_natural_key(database)) == whole
    assert guarded.judges_health().healthy
    assert guarded.restores().written == 0
    guarded.takes_back(done.ledger)
    assert database.all_rows("public") == emptied
    assert guarded.restores().plan.counts()["pending"] == 0
    assert messages(database) == back

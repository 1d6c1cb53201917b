"""Taking a restore back: exactly its changes, only while they stand, and never mistaken for a user's deletions."""

from __future__ import annotations

import pytest

from practice_guard.core import errors
from practice_guard.core.guarding import Request, Scope
from practice_guard.core.restore import undo
from practice_guard.core.restore.undo import Undone
from tests.world import builders
from tests.world.builders import MONDAY, League, ScratchDatabase, practices_by_natural_key
from tests.world.guarding import Guard
from tests.world.seasons import two_neighbours


@pytest.fixture
def guard(database: ScratchDatabase, league: League) -> Guard:
    """A backup of two teams with practices and practice times."""
    two_neighbours(league)
    found = Guard(database)
    found.has_backed_up()
    return found


def takes_back(guard: Guard, entry: int) -> Undone:
    return guard.with_connection(lambda connection: undo.apply(guard.at(connection), entry))


def would_take_back(guard: Guard, entry: int) -> Undone:
    return guard.reads(lambda connection: undo.plan(guard.at(connection), entry))


@pytest.mark.parametrize("variant", [("recreate",), ("recycle",), ("set-null",), ("recycle", "dangling")], ids=str)
def test_an_undo_is_the_exact_inverse(guard: Guard, database: ScratchDatabase, variant: tuple[str, ...]) -> None:
    whole = practices_by_natural_key(database)
    builders.the_etl_runs(database, *(name for name in variant if name != "recreate"))
    damaged = database.all_rows("public")
    entry = guard.restores().ledger
    assert practices_by_natural_key(database) == whole
    planned = would_take_back(guard, entry)

    undone = takes_back(guard, entry)

    assert database.all_rows("public") == damaged
    assert (undone.removed, undone.relinked) == (planned.removed, planned.relinked)
    assert guard.restores().written == sum(undone.removed.values()) + sum(undone.relinked.values())
    assert practices_by_natural_key(database) == whole


def test_rows_that_pointed_at_nothing_point_at_nothing_again(
    guard: Guard, database: ScratchDatabase, league: League
) -> None:
    """The import left them on vanished ids with foreign keys off; on again, they let nobody do that."""
    message = league.captain_writes_message(builders.teams_now(database)[0])
    guard.has_backed_up()
    builders.the_etl_leaves_practices_on_old_ids(database)
    times = database.rows("SELECT * FROM practice_times ORDER BY id")
    entry = guard.restores().ledger
    (placed,) = database.rows("SELECT team_id FROM captain_messages")
    assert would_take_back(guard, entry).adrift == takes_back(guard, entry).adrift
    assert database.count("schedule", "home_team_id IS NULL AND league_id IS NULL") == 4
    assert database.rows("SELECT id, team_id FROM captain_messages") == [(message, *placed)]  # must not be empty
    assert database.rows("SELECT * FROM practice_times ORDER BY id") == times  # no foreign key there
    assert guard.restores().plan.counts()["relink"] == 4 + 2


def test_an_undo_is_done_once(guard: Guard, database: ScratchDatabase) -> None:
    builders.the_etl_recreates_everything(database)
    entry = guard.restores().ledger
    takes_back(guard, entry)
    after = database.all_rows("public")
    with pytest.raises(errors.UsageError, match="taken back already"):
        takes_back(guard, entry)
    assert database.all_rows("public") == after


def test_an_undo_cannot_be_undone_nor_what_is_not_there(guard: Guard, database: ScratchDatabase) -> None:
    builders.the_etl_recreates_everything(database)
    undone = takes_back(guard, guard.restores().ledger)
    for entry in (undone.ledger or 0, 999):
        with pytest.raises(errors.UsageError):
            takes_back(guard, entry)


@pytest.mark.parametrize(
    "since",
    [
        "UPDATE schedule SET location = 'elsewhere' WHERE id = 1",
        "DELETE FROM schedule WHERE id = 1",
        "UPDATE practice_times SET day_of_week = 'Sunday'",
        "UPDATE practice_times SET team_id = NULL WHERE id = 1",
    ],
)
def test_rows_that_have_changed_since_stop_it(guard: Guard, database: ScratchDatabase, since: str) -> None:
    builders.the_etl_recreates_everything(database)
    entry = guard.restores().ledger
    database.rows(since)
    before = database.all_rows("public")
    for attempt in (would_take_back, takes_back):
        with pytest.raises(errors.StalePlanError, match=r"ha(s|ve) changed or gone"):
            attempt(guard, entry)
    assert database.all_rows("public") == before


def test_what_the_application_wrote_since_is_no_hindrance(guard: Guard, database: ScratchDatabase) -> None:
    builders.the_etl_recreates_everything(database)
    entry = guard.restores().ledger
    own = builders.the_app_writes_a_practice(database, builders.teams_now(database)[0], MONDAY)
    takes_back(guard, entry)
    assert database.rows("SELECT id FROM schedule") == [(own,)]


class TestWhatAnUndoTookBackIsNoUsersDeletion:
    def test_when_a_later_restore_had_found_it_in_place(self, guard: Guard, database: ScratchDatabase) -> None:
        builders.the_etl_recreates_everything(database)
        entry = guard.restores().ledger
        assert guard.restores().written == 0
        takes_back(guard, entry)
        assert guard.restores().plan.counts()["insert"] == 4

    def test_when_a_backup_was_made_in_between(self, guard: Guard, database: ScratchDatabase) -> None:
        builders.the_etl_recreates_everything(database)
        entry = guard.restores().ledger
        guard.has_backed_up()
        takes_back(guard, entry)
        assert guard.restores().plan.counts()["insert"] == 4

    def test_when_it_was_restored_in_parts(self, guard: Guard, database: ScratchDatabase) -> None:
        builders.the_etl_recreates_everything(database)
        part = guard.restores(request=Request(Scope(protected=frozenset({"practices"})))).ledger
        guard.restores()
        takes_back(guard, part)
        assert guard.restores().plan.counts()["insert"] == 4

    def test_but_what_users_delete_after_the_next_restore_is(self, guard: Guard, database: ScratchDatabase) -> None:
        builders.the_etl_recreates_everything(database)
        takes_back(guard, guard.restores().ledger)
        guard.restores()
        builders.a_user_deletes_practice(database, 1)
        assert guard.restores().plan.counts()["deleted"] == 1
        assert database.count("schedule") == 3


@pytest.mark.parametrize(
    ("variant", "when", "body"),
    [
        ("set-null", "BEFORE UPDATE", "NEW.home_team_id := OLD.home_team_id; RETURN NEW;"),
        (
            "set-null",
            "AFTER UPDATE",
            "UPDATE schedule SET location = 'x' WHERE home_team !~* 'practice' AND location <> 'x'; RETURN NULL;",
        ),
        ("recycle", "AFTER DELETE", "INSERT INTO schedule SELECT OLD.*; RETURN NULL;"),
    ],
)
def test_an_undo_that_a_trigger_turns_into_something_else_is_given_up(
    guard: Guard, database: ScratchDatabase, league: League, variant: str, when: str, body: str
) -> None:
    builders.the_etl_runs(database, variant)
    team = builders.teams_now(database)[0]
    league.has_match(team, team)
    entry = guard.restores().ledger
    database.rows(f"CREATE FUNCTION answer() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} END $$")
    database.rows(f"CREATE TRIGGER answer {when} ON schedule FOR EACH ROW EXECUTE FUNCTION answer()")
    before = database.all_rows("public")
    with pytest.raises(errors.RestoreError, match="rolled back"):
        takes_back(guard, entry)
    assert database.all_rows("public") == before

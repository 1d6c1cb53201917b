"""Rows of the ledger go with the last snapshot that is older, except those that a later judgement depends on."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import timedelta

import pytest

from practice_guard.core import errors, restore, snapshots
from practice_guard.core.application import look
from practice_guard.core.checks import drift, health
from practice_guard.core.database import Access, Connection
from practice_guard.core.guarding import Request, Scope
from practice_guard.core.records import ledger
from practice_guard.core.restore import undo
from practice_guard.core.upkeep import Rule, cleanup
from tests.world import builders
from tests.world.builders import League, ScratchDatabase
from tests.world.guarding import NOON, Guard
from tests.world.keeping import has_the_tables_of_version_1, refused
from tests.world.seasons import two_neighbours

ONLY_PRACTICES = Request(Scope(protected=frozenset({"practices"})))


@pytest.fixture
def guard(league: League, database: ScratchDatabase) -> Guard:
    """Two teams with practices and practice times; no snapshot yet."""
    two_neighbours(league)
    return Guard(database)


def at(guard: Guard, hours: int) -> Guard:
    """The same guard so many hours later."""
    return dataclasses.replace(guard, author=dataclasses.replace(guard.author, now=NOON + timedelta(hours=hours)))


def has_its_nights(guard: Guard, nights: int) -> list[int]:
    """A backup, an import that recreates everything and a restore a night; returns the restores' entries."""
    entries: list[int] = []
    for night in range(nights):
        at(guard, 24 * night).has_backed_up()
        builders.the_etl_recreates_everything(guard.database)
        entries.append(at(guard, 24 * night + 1).restores().ledger)
    return entries


def keeps_the_newest(guard: Guard, count: int) -> None:
    keeps(guard, Rule(keep_last=count))


def keeps(guard: Guard, rule: Rule) -> None:
    a_month_later = guard.later(days=30)
    guard.with_connection(lambda found: cleanup.apply(a_month_later.at(found), rule, overrule=True))


def with_rows(database: ScratchDatabase) -> list[int]:
    """The entries that have rows of practices, which no import leaves where a restore has put them."""
    found = database.rows(
        "SELECT DISTINCT ledger FROM practice_guard.ledger_rows WHERE set_name = 'practices' ORDER BY 1"
    )
    return [entry for (entry,) in found]


def judged(connection: Connection, guard: Guard) -> list[object]:
    """What a restore, a backup and health would say now, from every snapshot that is left, and from none."""
    app = look(connection, guard.sets)
    said: list[object] = [drift.older_than_their_team(connection, app, None)]
    for kept in snapshots.listing(connection):
        workings = restore.work_out(connection, kept, app)
        made = workings.plan
        rows = [dataclasses.asdict(row) for name in workings.sheets for row in workings.rows(name)]
        said += [kept.id, made.digest, made.counts(), rows]
        said += [drift.since(workings, 1), drift.older_than_their_team(connection, app, workings)]
        said += [health.check(connection, workings, guard.author.now)]
    return said


def test_rows_of_restores_before_the_oldest_snapshot_left_go_with_those_before_it(
    guard: Guard, database: ScratchDatabase
) -> None:
    entries = has_its_nights(guard, 4)
    assert with_rows(database) == entries

    keeps_the_newest(guard, 2)

    assert with_rows(database) == entries[2:]
    assert database.count("practice_guard.ledger", "kind = 'restore'") == 4
    (trimmed,) = database.rows("SELECT (result ->> 'trimmed')::int FROM practice_guard.ledger WHERE kind = 'cleanup'")
    assert trimmed == (2 * 6,)


def test_where_no_snapshot_goes_no_row_does(guard: Guard, database: ScratchDatabase) -> None:
    entries = has_its_nights(guard, 3)
    keeps_the_newest(guard, 3)
    assert with_rows(database) == entries


def test_a_restore_whose_rows_are_gone_cannot_be_taken_back_and_one_whose_are_not_can(
    guard: Guard, database: ScratchDatabase
) -> None:
    entries = has_its_nights(guard, 3)
    keeps_the_newest(guard, 1)
    none = "the ledger keeps 0 of 6 rows that it wrote"
    with refused(errors.UsageError, none, database):
        guard.takes_back(entries[0])
    with refused(errors.UsageError, none, database):
        guard.reads(lambda connection: undo.plan(guard.at(connection), entries[0]))

    assert sum(guard.takes_back(entries[2]).removed.values()) == 4


def test_a_restore_of_which_only_some_rows_are_kept_is_not_taken_back_in_part(
    guard: Guard, database: ScratchDatabase
) -> None:
    (entry,) = has_its_nights(guard, 1)
    database.rows("DELETE FROM practice_guard.ledger_rows WHERE set_name = 'practices'")
    with refused(errors.UsageError, "the ledger keeps 2 of 6 rows that it wrote", database):
        guard.takes_back(entry)


def test_a_restore_that_wrote_nothing_is_still_taken_back(guard: Guard) -> None:
    guard.has_backed_up()
    entry = guard.restores().ledger
    assert sum(guard.takes_back(entry).relinked.values()) == 0


def test_what_a_snapshot_that_stays_may_ask_for_stays_whatever_the_clock_said(
    guard: Guard, database: ScratchDatabase
) -> None:
    """The clock was put back between the last backup and its restore."""
    _, second = has_its_nights(guard, 2)
    database.rows("UPDATE practice_guard.ledger SET at = at - interval '3 days' WHERE id = %(id)s", id=second)
    builders.the_etl_recreates_everything(database)
    keeps_the_newest(guard, 1)
    assert with_rows(database) == [second]


def test_what_follows_a_restore_that_is_kept_is_kept(guard: Guard, database: ScratchDatabase) -> None:
    """The clock was ahead during the first restore: which of a key's rows is the newest must not change."""
    entries = has_its_nights(guard, 3)
    database.rows("UPDATE practice_guard.ledger SET at = at + interval '9 days' WHERE id = %(id)s", id=entries[0])
    keeps_the_newest(guard, 1)
    assert with_rows(database) == entries


def test_where_no_snapshot_is_left_every_row_is(guard: Guard, database: ScratchDatabase) -> None:
    entries = has_its_nights(guard, 1)
    builders.the_etl_recreates_everything(database)
    keeps(guard, Rule(named=guard.finds().id))
    assert guard.reads(snapshots.listing) == []
    assert with_rows(database) == entries


def test_the_tables_of_version_1_are_trimmed_as_they_are(database: ScratchDatabase) -> None:
    has_the_tables_of_version_1(database)
    guard = Guard(database)
    database.rows("UPDATE practice_guard.ledger SET at = '2026-01-01', snapshot = 'gone'")
    builders.the_etl_recreates_everything(database)

    keeps_the_newest(guard, 1)

    assert with_rows(database) == []
    assert database.value("SELECT version FROM practice_guard.installation") == 1


def one_was_taken_back_after_the_next_backup(guard: Guard, database: ScratchDatabase) -> None:
    (entry,) = has_its_nights(guard, 1)
    at(guard, 24).has_backed_up()
    at(guard, 25).takes_back(entry)


def one_was_taken_back_and_done_again(guard: Guard, database: ScratchDatabase) -> None:
    (entry,) = has_its_nights(guard, 1)
    at(guard, 2).takes_back(entry)
    at(guard, 3).restores()
    at(guard, 24).has_backed_up()
    builders.a_user_deletes_practice(database, 1)


def one_was_taken_back_and_done_again_in_part(guard: Guard, database: ScratchDatabase) -> None:
    (entry,) = has_its_nights(guard, 1)
    at(guard, 2).takes_back(entry)
    at(guard, 3).restores(request=ONLY_PRACTICES)
    database.rows("UPDATE practice_times SET team_id = (SELECT min(id) FROM teams) WHERE team_id IS NULL")
    at(guard, 24).backs_up(accept_current=True)
    builders.a_user_deletes_practice(database, 1)


def one_was_taken_back_and_done_again_under_another_key(guard: Guard, database: ScratchDatabase) -> None:
    guard.has_backed_up()
    builders.the_etl_recreates_everything(database)
    database.rows("INSERT INTO schedule (id, home_team) VALUES (1, 'In the way')")
    entry = at(guard, 1).restores().ledger
    assert database.count("practice_guard.ledger_rows", "old_key <> new_key") == 1
    at(guard, 2).takes_back(entry)
    database.rows("DELETE FROM schedule WHERE id = 1")
    at(guard, 3).restores()
    at(guard, 24).has_backed_up()
    builders.a_user_deletes_practice(database, 1)


def rows_stand_on_teams_that_are_younger(guard: Guard, database: ScratchDatabase) -> None:
    """As a restore put them; only it says so where no snapshot is whole any more."""
    has_its_nights(guard, 1)
    database.rows("UPDATE teams SET created_at = now() + interval '1 minute'")
    at(guard, 24).has_backed_up()


Story = Callable[[Guard, ScratchDatabase], None]


@pytest.mark.parametrize(
    "story",
    [
        one_was_taken_back_after_the_next_backup,
        one_was_taken_back_and_done_again,
        one_was_taken_back_and_done_again_in_part,
        one_was_taken_back_and_done_again_under_another_key,
        rows_stand_on_teams_that_are_younger,
    ],
)
def test_all_is_judged_as_if_no_row_had_gone(
    guard: Guard, database: ScratchDatabase, monkeypatch: pytest.MonkeyPatch, story: Story
) -> None:
    """And not as if all of them had."""
    story(guard, database)
    with monkeypatch.context() as patch:
        patch.setattr(ledger, "trim", lambda *_: 0)
        keeps_the_newest(guard, 1)
    before = guard.reads(lambda connection: judged(connection, guard))

    def trims(connection: Connection) -> int:
        with connection.transaction(Access.WRITE):
            return ledger.trim(connection, look(connection, guard.sets).sets)

    guard.with_connection(trims)

    assert guard.reads(lambda connection: judged(connection, guard)) == before
    database.rows("DELETE FROM practice_guard.ledger_rows")
    assert guard.reads(lambda connection: judged(connection, guard)) != before


def test_after_each_night_the_rows_of_that_many_nights_are_kept(guard: Guard, database: ScratchDatabase) -> None:
    for night in range(5):
        at(guard, 24 * night).has_backed_up()
        builders.the_etl_keeps_ids(database)
        at(guard, 24 * night + 1).restores()
        keeps_the_newest(guard, 2)
        assert len(with_rows(database)) <= 2

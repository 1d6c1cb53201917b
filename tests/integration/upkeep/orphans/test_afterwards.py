"""Adopted rows afterwards: taken back, exported, refused, and what names the command that adopts."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from practice_guard.core import errors
from practice_guard.core.checks import safety
from practice_guard.core.model import Severity
from tests.world import builders
from tests.world.builders import League, ScratchDatabase
from tests.world.carpools import adopted, adopting, imported, whose
from tests.world.guarding import Guard
from tests.world.keeping import (
    exports,
    imports,
    refused,
    the_guards_schema_is_lost,
    verifies,
)


def test_a_restore_of_them_can_be_taken_back_and_done_again(before: Guard, guard: Guard) -> None:
    first, right = before.has_backed_up(), whose(guard.database)
    imported(before)
    guard.adopts(first.id)
    adrift = whose(guard.database)
    guard.takes_back(guard.restores().ledger)
    assert whose(guard.database) == adrift
    guard.restores()
    assert whose(guard.database) == right


def test_an_export_has_their_origins(before: Guard, guard: Guard, database: ScratchDatabase) -> None:
    first, right = before.has_backed_up(), whose(database)
    imported(before)
    taken = guard.adopts(first.id).snapshot
    assert taken is not None
    file = exports(guard, taken.id)
    the_guards_schema_is_lost(database)
    assert imports(guard, file).snapshot.digest == taken.digest
    assert verifies(guard, taken.id).lists == taken.lists
    guard.restores(taken.id)
    assert whose(database) == right


def test_every_snapshot_is_whole_afterwards(before: Guard, guard: Guard) -> None:
    first = before.has_backed_up()
    imported(before)
    taken = guard.adopts(first.id).snapshot
    assert taken is not None
    assert [verifies(guard, each).id for each in (first.id, taken.id)] == [first.id, taken.id]


@pytest.mark.parametrize("wanted", ["20200101-000000-abc", "nobody"])
def test_a_snapshot_that_is_not_there_is_said(before: Guard, guard: Guard, wanted: str) -> None:
    before.has_backed_up()
    imported(before)
    kept = guard.database.all_rows()
    with pytest.raises(errors.NoSnapshotError, match=f"no snapshot {wanted}"):
        guard.adopts(wanted)
    assert guard.database.all_rows() == kept


def test_a_damaged_snapshot_adopts_nobody(before: Guard, guard: Guard) -> None:
    first = before.has_backed_up()
    imported(before)
    guard.database.rows("UPDATE practice_guard.team_lists SET name = 'x' WHERE list = %(id)s", id=first.id)
    with refused(errors.DamagedSnapshotError, first.id, guard.database):
        guard.adopts(first.id)


def test_a_snapshot_of_another_database_adopts_nobody(
    before: Guard, guard: Guard, make_database: Callable[[], ScratchDatabase]
) -> None:
    before.has_backed_up()
    imported(before)
    other = Guard(make_database())
    team = League(other.database).has_team()
    League(other.database).captain_schedules_practices(team, 1)
    theirs = other.has_backed_up()
    imports(guard, exports(other, theirs.id), into_other=True)
    with refused(errors.WrongDatabaseError, "from another database", guard.database):
        guard.adopts(theirs.id)


class TestWithoutAdoption:
    """What names the command: the snapshot whose lists know most of the ids."""

    def named(self, guard: Guard, code: str) -> list[str]:
        found = guard.reads(lambda connection: safety.examine(guard.at(connection))).findings
        return [step.words[2] for each in found if each.code == code for step in adopting(each.fix)]

    def test_a_backup_goes_through_and_names_it(self, before: Guard, guard: Guard) -> None:
        first = before.has_backed_up()
        imported(before, times=2)
        taken = guard.backs_up()
        assert taken.snapshot is not None
        (finding,) = taken.findings
        assert (finding.code, finding.severity) == ("rows-on-vanished-team", Severity.WARNING)
        assert [step.words[2] for step in adopting(finding.fix)] == [first.id]

    def test_validate_safety_names_it_before_and_after_that_backup(self, before: Guard, guard: Guard) -> None:
        first = before.has_backed_up()
        imported(before)
        assert self.named(guard, "rows-on-vanished-team") == [first.id]
        guard.has_backed_up()
        assert self.named(guard, "rows-pending") == [first.id]
        guard.adopts(first.id)
        guard.restores()
        assert self.named(guard, "rows-pending") == []

    def test_where_no_list_knows_the_ids_nothing_is_named(self, before: Guard, guard: Guard) -> None:
        builders.the_etl_recreates_everything(guard.database)
        before.has_backed_up_nothing()
        assert self.named(guard, "rows-on-vanished-team") == []

    def test_rows_that_came_to_hang_on_such_ids_since_stop_the_etl_and_name_it(
        self, before: Guard, guard: Guard, database: ScratchDatabase
    ) -> None:
        old = builders.teams_now(database)[0].id
        first = before.has_backed_up()
        imported(before)
        newest = guard.adopts(first.id).snapshot
        guard.restores()
        guard.has_backed_up()
        assert newest is not None
        database.rows("INSERT INTO carpools (team_id, driver) VALUES (%(old)s, 'Tennaqua - 22')", old=old)
        found = guard.reads(lambda connection: safety.examine(guard.at(connection)))
        assert (found.safe, self.named(guard, "rows-on-vanished-team")) == (False, [newest.id])
        assert adopted(guard.adopts(first.id)) == {("team_id", "Tennaqua - 22"): 1}
        guard.restores()
        assert guard.reads(lambda connection: safety.examine(guard.at(connection))).safe

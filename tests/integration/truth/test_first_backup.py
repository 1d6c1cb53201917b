"""A first backup does not take for the truth what an import has left of it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from practice_guard.core.application import BUILT_IN
from practice_guard.core.model import Verdict
from practice_guard.core.steps import IMPORT_AN_EXPORT
from tests.world import builders
from tests.world.backing_up import codes, refused_for
from tests.world.builders import League, ScratchDatabase, practices_by_natural_key
from tests.world.guarding import Guard
from tests.world.keeping import exports, imports, the_guards_schema_is_lost
from tests.world.seasons import teams_in_a_row


@pytest.fixture
def guarded(league: League, database: ScratchDatabase) -> Guard:
    teams_in_a_row(league, 5, practices=8)
    return Guard(database)


def hang_on_nothing(database: ScratchDatabase, rows: int) -> None:
    database.rows("SET session_replication_role = replica")
    database.rows(
        "UPDATE schedule SET home_team_id = 424242 WHERE id IN (SELECT id FROM schedule ORDER BY id LIMIT %(rows)s)",
        rows=rows,
    )
    database.rows("RESET session_replication_role")


def test_a_first_backup_after_an_import_refuses_and_an_export_brings_all_back(
    guarded: Guard, database: ScratchDatabase
) -> None:
    before = practices_by_natural_key(database)
    guarded.has_backed_up()
    export = exports(guarded)
    the_guards_schema_is_lost(database)
    builders.the_etl_leaves_practices_on_old_ids(database)

    taken = refused_for("rows-already-orphaned", guarded)
    (finding,) = (each for each in taken.findings if each.code == "rows-already-orphaned")
    assert finding.rows >= 40
    assert isinstance(finding.fix, tuple)
    assert finding.fix[0] == IMPORT_AN_EXPORT

    imports(guarded, export)
    guarded.restores()
    assert practices_by_natural_key(database) == before
    assert guarded.judges_health().verdict is Verdict.FINE
    assert guarded.backs_up().snapshot is not None


@pytest.mark.parametrize(("rows", "refused"), [(20, False), (21, True)])
def test_a_first_backup_refuses_above_the_bulk_threshold_only(
    guarded: Guard, database: ScratchDatabase, rows: int, refused: bool
) -> None:
    hang_on_nothing(database, rows)
    taken = guarded.backs_up()
    assert (taken.snapshot is None) is refused
    assert ("rows-already-orphaned" in codes(taken)) is refused
    assert guarded.backs_up(accept_current=True).snapshot is not None


def test_a_set_that_is_new_to_a_guarded_database_refuses_nothing(guarded: Guard, database: ScratchDatabase) -> None:
    without = Guard(database, tuple(each for each in BUILT_IN if each.name != "practices"))
    without.has_backed_up()
    hang_on_nothing(database, 39)
    taken = guarded.backs_up()
    assert taken.snapshot is not None
    assert taken.snapshot.sets["practices"].rows == 40


def test_an_imported_snapshot_is_as_old_as_it_says(guarded: Guard, database: ScratchDatabase) -> None:
    guarded.has_backed_up()
    export = exports(guarded)
    newer = guarded.later(days=2)
    the_guards_schema_is_lost(database)
    newest = newer.has_backed_up()
    imported = imports(newer.later(days=1), export, into_other=True)
    old = newer.finds(imported.snapshot.id)
    assert old.imported_at is not None
    assert newest.taken_at - old.taken_at == timedelta(days=2)
    assert newer.finds().id == newest.id

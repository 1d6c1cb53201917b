"""A first backup does not take for the truth what an import has left of it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from practice_guard.core.checks import safety
from practice_guard.core.model import Severity, Verdict
from practice_guard.core.steps import IMPORT_AN_EXPORT
from tests.world import around, builders
from tests.world.backing_up import codes, refused_for
from tests.world.builders import League, ScratchDatabase, practices_by_natural_key
from tests.world.damage.country import SETS
from tests.world.guarding import Guard
from tests.world.keeping import exports, imports, the_guards_schema_is_lost
from tests.world.lineups import DECLARED, KINDS, PRACTICES, Kind, each_practice_has_a_lineup, somebody_declares_lineups
from tests.world.seasons import teams_in_a_row

KIND = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)


@pytest.fixture
def guarded(league: League, database: ScratchDatabase) -> Guard:
    """Five teams with eight practices and as many lineups each; nothing backed up yet."""
    teams_in_a_row(league, 5, practices=8)
    each_practice_has_a_lineup(database)
    return Guard(database, SETS)


def hang_on_nothing(database: ScratchDatabase, rows: int, kind: Kind = PRACTICES) -> None:
    database.rows("SET session_replication_role = replica")
    database.rows(
        f"UPDATE {kind.table} SET {kind.team} = 424242"
        f" WHERE id IN (SELECT id FROM {kind.table} ORDER BY id LIMIT %(rows)s)",
        rows=rows,
    )
    database.rows("RESET session_replication_role")


LINEUPS = "SELECT x.note, t.team_name FROM lineups x LEFT JOIN teams t ON t.id = x.team_id ORDER BY x.note"


@KIND
def test_a_first_backup_after_an_import_refuses_and_an_export_brings_all_back(
    guarded: Guard, database: ScratchDatabase, kind: Kind
) -> None:
    """The import leaves both kinds on old ids; of the one that is not asked about nothing is there any more."""
    before = practices_by_natural_key(database), database.rows(LINEUPS)
    guarded.has_backed_up()
    export = exports(guarded)
    the_guards_schema_is_lost(database)
    builders.the_etl_leaves_practices_on_old_ids(database)
    database.rows(f"DELETE FROM {(DECLARED if kind is PRACTICES else PRACTICES).table}")

    taken = refused_for("rows-already-orphaned", guarded)
    (finding,) = (each for each in taken.findings if each.code == "rows-already-orphaned")
    assert finding.rows >= 40
    assert f"40 of 40 {kind.name}" in finding.examples
    assert isinstance(finding.fix, tuple)
    assert finding.fix[0] == IMPORT_AN_EXPORT

    imports(guarded, export)
    guarded.restores()
    assert (practices_by_natural_key(database), database.rows(LINEUPS)) == before
    assert guarded.judges_health().verdict is Verdict.FINE
    assert guarded.backs_up().snapshot is not None


@KIND
@pytest.mark.parametrize(("rows", "refused"), [(20, False), (21, True)])
def test_a_first_backup_refuses_above_the_bulk_threshold_only(
    guarded: Guard, database: ScratchDatabase, rows: int, refused: bool, kind: Kind
) -> None:
    hang_on_nothing(database, rows, kind)
    taken = guarded.backs_up()
    assert (taken.snapshot is None) is refused
    assert ("rows-already-orphaned" in codes(taken)) is refused
    assert guarded.backs_up(accept_current=True).snapshot is not None


@KIND
@pytest.mark.parametrize("rows", [1, 39])
def test_what_hangs_on_nothing_in_a_set_that_is_new_to_a_guarded_database_is_a_warning(
    guarded: Guard, database: ScratchDatabase, place: Path, kind: Kind, rows: int
) -> None:
    without = Guard(database, tuple(each for each in SETS if each.name != kind.name))
    without.has_backed_up()
    hang_on_nothing(database, rows, kind)
    somebody_declares_lineups(place)

    before = around.says("validate-safety")
    taken = around.says("backup")
    after = around.says("health")

    assert (before.status, severity(before, "rows-on-vanished-team")) == (0, ("warning", rows))
    assert f"row{'s' if rows > 1 else ''} of {kind.name} on a team that is not there" in before.words
    assert "no snapshot with that set yet" in before.words
    assert (taken.status, taken.errors()) == (0, set())
    assert severity(taken, "rows-on-vanished-team") == ("warning", rows)
    assert taken.document["result"]["protected"][kind.name]["rows"] == 40
    assert (after.status, after.errors(), severity(after, "rows-pending")) == (4, set(), ("warning", rows))


@KIND
def test_what_hangs_on_nothing_in_a_set_that_the_snapshot_knows_is_an_error(
    guarded: Guard, database: ScratchDatabase, place: Path, kind: Kind
) -> None:
    guarded.has_backed_up()
    hang_on_nothing(database, 39, kind)
    somebody_declares_lineups(place)
    assert around.says("validate-safety").status == 3
    taken = around.says("backup")
    assert (taken.status, severity(taken, "import-not-restored")) == (3, ("error", 39))


def severity(said: around.Said, code: str) -> tuple[str, int]:
    """How severe the one finding of this code is, and of how many rows."""
    (found,) = (each for each in said.document["findings"] if each["code"] == code)
    return found["severity"], found["rows"]


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


def test_what_dangles_in_tables_besides_refuses_no_first_backup_and_is_told(
    guarded: Guard, database: ScratchDatabase
) -> None:
    """Where nobody guarded them, all of them dangle after one import, and would keep every new user out."""
    database.rows("ALTER TABLE pickup_games DROP CONSTRAINT pickup_games_club_id_fkey")
    database.rows(
        "INSERT INTO pickup_games (description, game_date, game_time, club_id)"
        " SELECT 'Game ' || n, '2026-02-03', '18:00', 424242 FROM generate_series(1, 60) AS n"
    )
    said = guarded.reads(lambda connection: safety.examine(guarded.at(connection))).findings
    (finding,) = (each for each in said if each.code == "rows-on-vanished-parent")
    assert (finding.rows, finding.severity) == (60, Severity.WARNING)
    assert guarded.backs_up().snapshot is not None

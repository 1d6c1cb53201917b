"""Exports that were edited with their sums put right, are of another database, or come twice: nothing is written."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import pytest
from typer.testing import CliRunner

from practice_guard.cli import app
from practice_guard.core import errors
from practice_guard.core.errors import DamagedSnapshotError
from practice_guard.core.snapshots import archive, snapshot
from tests.world.builders import League, ScratchDatabase
from tests.world.callers import nothing_is_set
from tests.world.exporting import Lines, Spoil, spoilt
from tests.world.guarding import Guard, somebody
from tests.world.keeping import (
    exports,
    has_carried_a_practice,
    imports,
    nothing_written,
    refused,
    removes,
    the_guards_schema_is_lost,
    verifies,
)
from tests.world.tampering import TAMPERING, tampered_with


@pytest.fixture
def guard(league: League, database: ScratchDatabase) -> Guard:
    """A guard with a snapshot of two teams' practices, one of them carried, and a message."""
    return has_carried_a_practice(league, database)


def a_line(lines: Lines, **fields: object) -> dict[str, object]:
    return next(line for line in lines if all(line.get(name) == value for name, value in fields.items()))


def values(lines: Lines, set_name: str, number: int = 1) -> dict[str, object]:
    return a_line(lines, set=set_name, row=number)["values"]  # type: ignore[return-value]


def of_set(lines: Lines, name: str) -> dict[str, object]:
    return lines[0]["sets"][name]  # type: ignore[no-any-return]


def of_snapshot(lines: Lines) -> dict[str, object]:
    return lines[0]["snapshot"]  # type: ignore[no-any-return]


def a_row_is_gone(lines: Lines) -> None:
    lines.remove(a_line(lines, set="captain_messages"))
    of_set(lines, "captain_messages").update(rows=0)
    of_snapshot(lines).update(rows=of_snapshot(lines)["rows"] - 1)  # type: ignore[operator]


def a_team_moves(lines: Lines) -> None:
    team = next(line["team"] for line in lines if "team" in line)
    team.update(name="Tennaqua - 2")


def a_team_changes(**said: object) -> Spoil:
    """Has an export say something else of its first team."""
    return lambda lines: next(line["team"] for line in lines if "team" in line).update(said)


def a_value_goes_deep(lines: Lines) -> None:
    of_set(lines, "practices")["columns"][4].update(type="jsonb", stored_as="jsonb")  # type: ignore[index]
    for line in lines:
        if line.get("set") == "practices":
            line["values"]["away_team"] = "[" * 200_000


EDITS: dict[str, tuple[Spoil, str]] = {
    "a value changed": (
        lambda lines: values(lines, "practices").update(location="Elsewhere"),
        "rows of practices were",
    ),
    "a team's id changed": (
        lambda lines: values(lines, "practices").update(home_team_id="1"),
        "rows of practices were changed",
    ),
    "a value made NULL": (lambda lines: values(lines, "practices").update(location=None), "rows of practices were"),
    "an origin changed": (
        lambda lines: a_line(lines, carried=True)["from"]["home_team_id"].update(id=1),  # type: ignore[index]
        "rows of practices were changed",
    ),
    "a row gone": (a_row_is_gone, "rows of captain_messages were changed"),
    "a value too long": (
        lambda lines: of_set(lines, "captain_messages")["columns"][3].update(  # type: ignore[index]
            type="character varying(3)", stored_as="character varying(3)"
        ),
        "rows of captain_messages were changed",
    ),
    "a value of another type": (
        lambda lines: values(lines, "practices").update(match_date="tomorrow perhaps"),
        "PostgreSQL does not take what is in it",
    ),
    "a number out of range": (
        lambda lines: values(lines, "practices").update(id="99999999999"),
        "PostgreSQL does not take what is in it",
    ),
    "a type that takes no value": (
        lambda lines: of_set(lines, "practices")["columns"][1].update(type="pg_node_tree", stored_as="pg_node_tree"),  # type: ignore[index]
        "PostgreSQL does not take what is in it",
    ),
    "deeper than the server's stack": (a_value_goes_deep, "PostgreSQL does not take what is in it"),
    "a type that is none": (
        lambda lines: of_set(lines, "practices")["columns"][0].update(type="int9", stored_as="int9"),  # type: ignore[index]
        "PostgreSQL does not take what is in it",
    ),
    "a type that is a sequence": (
        lambda lines: of_set(lines, "practices")["columns"][0].update(type="serial", stored_as="serial"),  # type: ignore[index]
        "PostgreSQL does not take what is in it",
    ),
    "another digest of a set": (
        lambda lines: of_set(lines, "practices").update(digest="0" * 64),
        "rows of practices were changed",
    ),
    "another digest": (lambda lines: of_snapshot(lines).update(digest="0" * 64), "its digest is not that of"),
    "another label": (lambda lines: of_snapshot(lines).update(label="a better one"), "its digest is not that of"),
    "an earlier time": (
        lambda lines: of_snapshot(lines).update(taken_at="2020-01-01T00:00:00+00:00"),
        "its digest is not that of",
    ),
    "another user": (lambda lines: of_snapshot(lines).update(taken_by="nobody"), "its digest is not that of"),
    "another mark": (lambda lines: of_snapshot(lines).update(mark="0" * 64), "its digest is not that of"),
    "a team renamed": (a_team_moves, "its digest is not that of"),
    "a player moved": (
        lambda lines: next(line for line in lines if line.get("players")).update(players=["P1"]),
        "its digest is not that of",
    ),
    "another outside id": (a_team_changes(outside_id="T0"), "its digest is not that of"),
    "no outside id": (a_team_changes(outside_id=None), "its digest is not that of"),
    "a team that plays no more": (a_team_changes(active=False), "its digest is not that of"),
    "a team that may play": (a_team_changes(active=None), "its digest is not that of"),
    "a condition changed": (
        lambda lines: of_set(lines, "practices")["definition"].update(condition="true"),  # type: ignore[attr-defined]
        "its digest is not that of",
    ),
    "a set of another name": (
        lambda lines: (
            lines[0]["sets"].update(more=lines[0]["sets"].pop("captain_messages")),
            [line.update(set="more") for line in lines if line.get("set") == "captain_messages"],
        ),
        "its digest is not that of",
    ),
}


@pytest.mark.parametrize("case", EDITS)
def test_an_edited_export_is_refused_although_its_sums_are_right(
    guard: Guard, database: ScratchDatabase, case: str
) -> None:
    spoil, message = EDITS[case]
    data = spoilt(spoil, sums_too=True, data=exports(guard))
    the_guards_schema_is_lost(database)
    with refused(DamagedSnapshotError, message, database):
        imports(guard, data)


def test_the_same_export_unedited_is_taken(guard: Guard, database: ScratchDatabase) -> None:
    data = spoilt(lambda lines: None, sums_too=True, data=exports(guard))
    the_guards_schema_is_lost(database)
    imports(guard, data)
    assert verifies(guard).carried == 1


def test_there_are_enough_such_cases() -> None:
    assert len(EDITS) + len(TAMPERING) >= 40


def test_a_snapshot_that_does_not_exist_is_said(guard: Guard, database: ScratchDatabase) -> None:
    with refused(errors.NoSnapshotError, "There is no snapshot nonsense. The newest ones are: 2026", database):
        guard.restores("nonsense")


def test_a_snapshot_that_was_never_verified_is_not_latest(guard: Guard, database: ScratchDatabase) -> None:
    newest = guard.finds()
    database.rows("UPDATE practice_guard.snapshots SET verified_at = NULL WHERE id = %(id)s", id=newest.id)
    assert guard.finds().id != newest.id
    assert guard.finds(newest.id).verified_at is None


def test_an_export_comes_back_where_the_schema_was_lost(guard: Guard, database: ScratchDatabase) -> None:
    kept, data = guard.finds(), exports(guard)
    uuid = database.value("SELECT uuid FROM practice_guard.installation")
    the_guards_schema_is_lost(database)

    done = imports(guard, data)

    assert (done.already_there, done.told_otherwise) == (False, False)
    assert done.snapshot.verified_at is not None
    assert done.snapshot.imported_at is not None
    assert database.value("SELECT uuid FROM practice_guard.installation") == uuid
    assert database.rows("SELECT kind, snapshot FROM practice_guard.ledger") == [("import", kept.id)]
    assert guard.finds().digest == kept.digest
    assert exports(guard, kept.id)
    assert guard.plans().counts()["pending"] == 1


def test_importing_twice_is_as_once(guard: Guard, database: ScratchDatabase) -> None:
    data = exports(guard)
    with nothing_written(database):
        assert imports(guard, data).already_there


def test_another_snapshot_of_the_same_id_is_not_overwritten(guard: Guard, database: ScratchDatabase) -> None:
    data = exports(guard)
    database.rows(
        "UPDATE practice_guard.snapshots SET digest = %(d)s WHERE id = %(id)s", d="1" * 64, id=guard.finds().id
    )
    with refused(DamagedSnapshotError, "Another snapshot", database):
        imports(guard, data)


def test_a_damaged_one_of_the_same_id_is_said(guard: Guard, database: ScratchDatabase) -> None:
    data = exports(guard)
    tampered_with(database, guard.finds().id, "a row lost")
    with refused(DamagedSnapshotError, "1 of 3 rows of practices is lost", database):
        imports(guard, data)


def test_a_team_list_that_is_here_otherwise_is_not_mixed_up(guard: Guard, database: ScratchDatabase) -> None:
    oldest = guard.reads(snapshot.listing)[-1]
    data = exports(guard)
    the_guards_schema_is_lost(database)
    imports(guard, data)
    database.rows("DELETE FROM practice_guard.snapshots")
    database.rows("UPDATE practice_guard.team_lists SET name = 'x' WHERE list = %(id)s", id=oldest.id)
    with refused(DamagedSnapshotError, f"its team list {oldest.id} is another", database):
        imports(guard, data)


def test_an_export_of_another_database_is_refused_unless_told_otherwise(
    guard: Guard, make_database: Callable[[], ScratchDatabase]
) -> None:
    data, other = exports(guard), make_database()
    there = Guard(other)
    with refused(errors.WrongDatabaseError, "and this is practice_guard_test_", other):
        imports(there, data)
    assert imports(there, data, into_other=True).told_otherwise
    assert other.value("SELECT uuid FROM practice_guard.installation") != guard.finds().fingerprint["uuid"]
    assert there.finds().rows == guard.finds().rows


def test_an_export_of_another_environment_is_refused(guard: Guard, database: ScratchDatabase) -> None:
    data = exports(guard)
    the_guards_schema_is_lost(database)
    staging = dataclasses.replace(guard, author=somebody("staging"))
    with refused(errors.WrongDatabaseError, "it is of local, and this is staging", database):
        imports(staging, data)


def test_an_export_from_before_the_tables_were_made_anew_is_another_ones(
    guard: Guard, database: ScratchDatabase
) -> None:
    data = exports(guard)
    the_guards_schema_is_lost(database)
    guard.backs_up(accept_current=True)
    with refused(errors.WrongDatabaseError, "the guard's UUID there was", database):
        imports(guard, data)
    imports(guard, data, into_other=True)


def test_an_export_of_another_server_is_refused(guard: Guard, database: ScratchDatabase) -> None:
    data = spoilt(
        lambda lines: of_snapshot(lines)["fingerprint"].update(system="7"),  # type: ignore[attr-defined]
        data=exports(guard),
    )
    the_guards_schema_is_lost(database)
    with refused(errors.WrongDatabaseError, "that server's identifier was 7", database):
        imports(guard, data)


def test_an_older_one_from_a_file_does_not_become_the_latest(guard: Guard, database: ScratchDatabase) -> None:
    older = dataclasses.replace(
        guard, author=dataclasses.replace(guard.author, now=guard.author.now.replace(year=2025))
    )
    kept = older.has_backed_up()
    data = exports(guard, kept.id)
    newest = guard.has_backed_up()
    removes(guard, kept)
    assert kept.id not in [each.id for each in guard.reads(snapshot.listing)]

    imports(guard, data)

    listed = [each.id for each in guard.reads(snapshot.listing)]
    assert listed[0] == newest.id == guard.finds().id
    assert listed[-1] == kept.id


def test_an_import_that_was_cut_off_is_finished_by_another(guard: Guard, database: ScratchDatabase) -> None:
    """Killed between its commit and its verification: the snapshot is there and counts for nothing yet."""
    kept, data = guard.finds(), exports(guard)
    the_guards_schema_is_lost(database)
    imports(guard, data)
    database.rows("UPDATE practice_guard.snapshots SET verified_at = NULL")
    with pytest.raises(errors.NoSnapshotError):
        guard.finds()
    assert imports(guard, data).already_there
    assert guard.finds().id == kept.id


def test_only_one_guard_imports_at_a_time(guard: Guard, database: ScratchDatabase) -> None:
    data = exports(guard)
    the_guards_schema_is_lost(database)
    other = database.connect()
    other.execute("SELECT pg_advisory_lock(1886545255, 1)")
    with refused(errors.LockedError, "Another practice-guard is at work", database):
        imports(guard, data)
    other.execute("SELECT pg_advisory_unlock(1886545255, 1)")  # closing lets go some time later
    assert not imports(guard, data).already_there


def test_no_transaction_is_open_while_an_export_is_read_back(
    guard: Guard, database: ScratchDatabase, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """At a million rows that takes longer than the server lets a session with a transaction do nothing."""
    nothing_is_set(monkeypatch, tmp_path)
    monkeypatch.setenv("PRACTICE_GUARD_LOCAL_URL", database.url)
    open_then: list[object] = []
    confirm = archive.confirm

    def looked_at(file: BinaryIO, exported: archive.Exported) -> archive.Size:
        open_then.append(database.value("SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in trans%%'"))
        return confirm(file, exported)

    monkeypatch.setattr(archive, "confirm", looked_at)
    done = CliRunner().invoke(app, ["snapshots", "export", "latest", "night", "--env", "local"])
    assert done.exit_code == 0, done.output
    assert open_then == [0]
    assert (tmp_path / "night").exists()

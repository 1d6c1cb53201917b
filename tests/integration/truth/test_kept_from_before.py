"""The snapshot from before a drop stays and says why, however many newer ones there are, until a person lets it go."""

from __future__ import annotations

from pathlib import Path

import pytest

from practice_guard.core import snapshots
from practice_guard.core.snapshots import verification
from tests.world import around
from tests.world.builders import League, ScratchDatabase
from tests.world.damage.country import SETS
from tests.world.guarding import Guard
from tests.world.lineups import KINDS, Kind, each_practice_has_a_lineup, somebody_declares_lineups
from tests.world.seasons import teams_in_a_row

KIND = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
MISSED = "has rows that are gone and nobody can explain (backup --accept-current lets it go)"
NEWEST = "is the newest verified snapshot"
OLDER = "is older than the rule keeps"


@pytest.fixture
def guarded(league: League, database: ScratchDatabase, place: Path, monkeypatch: pytest.MonkeyPatch) -> ScratchDatabase:
    """Five teams with twelve practices and as many lineups each, and a screen on which a reason has one line."""
    teams_in_a_row(league, 5, practices=12)
    each_practice_has_a_lineup(database)
    somebody_declares_lineups(place)
    monkeypatch.setenv("COLUMNS", "200")
    return database


def backs_up(*options: str) -> str:
    """A backup that must work; returns the snapshot's id."""
    done = around.says("backup", *options)
    assert done.status == 0, done.document
    return str(done.document["result"]["snapshot"])


def one_bad_statement_runs(database: ScratchDatabase, kind: Kind) -> None:
    database.rows(f"DELETE FROM {kind.table} WHERE id % 10 <> 0")


def an_earlier_version_backs_up() -> str:
    """One that knew of no bulk and took whatever was deleted."""
    with pytest.MonkeyPatch.context() as then:
        then.setenv("PRACTICE_GUARD_BULK_ROWS", "1000000")
        return backs_up()


def its_version_noted_nothing_of_imports(database: ScratchDatabase) -> None:
    """The one snapshot is of a version that could not tell whether an import ran since."""
    database.rows("UPDATE practice_guard.snapshots SET mark = repeat('0', 64)")
    guard = Guard(database, SETS)
    digest = guard.reads(lambda connection: verification.digest(connection, snapshots.find(connection)))
    database.rows("UPDATE practice_guard.snapshots SET digest = %(digest)s", digest=digest)


def kept(*, goes: str = "") -> dict[str, str]:
    """Which snapshots a cleanup to one leaves, and the reasons that it gives, to programs and to people."""
    would = around.says("cleanup", "--keep-last", "1", "--dry-run")
    assert would.status == 0
    result = would.document["result"]
    reasons = {each["snapshot"]: each["reason"] for each in result["kept"]}
    status, text = around.prints("cleanup", "--keep-last", "1", "--yes")
    lines = [" ".join(line.split()) for line in text.splitlines()]
    assert status == 0
    for words, said in (("keep", reasons), ("remove", result["reasons"])):
        for name, reason in said.items():
            assert [line for line in lines if line.startswith(name) and line.endswith(f"{words} {reason}")], text
    assert f"OK {len(result['removed'])} snapshot" in text.replace("  ", " ")
    assert set(reasons) == listed()
    assert result["reasons"].get(goes, OLDER) == OLDER
    assert (goes in result["removed"]) is bool(goes)
    return reasons


def listed() -> set[str]:
    return {each["snapshot"] for each in around.says("snapshots", "list").document["result"]["snapshots"]}


@KIND
def test_the_snapshot_from_before_a_bulk_deletion_stays_until_that_is_accepted(
    guarded: ScratchDatabase, kind: Kind
) -> None:
    first = backs_up()
    one_bad_statement_runs(guarded, kind)
    assert around.says("backup").status == 3
    assert kept() == {first: NEWEST}
    accepted = backs_up("--accept-current")
    assert kept(goes=first) == {accepted: NEWEST}


@KIND
def test_newer_snapshots_do_not_let_the_one_from_before_a_drop_go(guarded: ScratchDatabase, kind: Kind) -> None:
    first = backs_up()
    one_bad_statement_runs(guarded, kind)
    second = an_earlier_version_backs_up()
    assert kept() == {second: NEWEST, first: MISSED}
    third = backs_up()
    assert kept(goes=second) == kept() == {third: NEWEST, first: MISSED}
    assert around.says("restore", "--snapshot", first, "--include-deleted", "--yes").status == 0
    assert kind.count(guarded) == 60


@KIND
def test_newer_snapshots_do_not_let_the_one_with_a_row_that_nobody_can_explain_go(
    guarded: ScratchDatabase, kind: Kind
) -> None:
    first = backs_up()
    its_version_noted_nothing_of_imports(guarded)
    guarded.rows(f"DELETE FROM {kind.table} WHERE id = 1")
    absent = around.says("backup")
    assert (absent.status, "rows-absent" in absent.codes, absent.errors()) == (0, True, set())
    second = str(absent.document["result"]["snapshot"])
    assert kept() == {second: NEWEST, first: MISSED}
    third = backs_up()
    assert kept(goes=second) == kept() == {third: NEWEST, first: MISSED}


@KIND
def test_a_row_nobody_can_explain_is_let_go_of_at_once(guarded: ScratchDatabase, kind: Kind) -> None:
    first = backs_up()
    its_version_noted_nothing_of_imports(guarded)
    guarded.rows(f"DELETE FROM {kind.table} WHERE id = 1")
    accepted = backs_up("--accept-current")
    assert kept(goes=first) == {accepted: NEWEST}


@KIND
def test_the_snapshot_from_before_an_ordinary_deletion_goes(guarded: ScratchDatabase, kind: Kind) -> None:
    first = backs_up()
    guarded.rows(f"DELETE FROM {kind.table} WHERE {kind.team} = 1")
    second = backs_up()
    assert kept(goes=first) == {second: NEWEST}

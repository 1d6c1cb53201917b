"""Exports that the version before wrote are read by this one, restored, and taken back; plans are asked for anew."""

from __future__ import annotations

import gzip
import hashlib
from pathlib import Path

import pytest

from tests.world.builders import ScratchDatabase
from tests.world.program import Guard
from tests.world.season_before import (
    LEFT,
    assert_every_row_is_right,
    counts,
    result,
    totals,
)


@pytest.fixture
def database(left_before: ScratchDatabase) -> ScratchDatabase:
    return left_before


def test_a_plan_of_the_version_before_is_refused_and_to_be_asked_for_anew(
    marked: ScratchDatabase, guard: Guard, tmp_path: Path
) -> None:
    """It held every row at once; what is to be reviewed is a line each now, and says more."""
    before = marked.everything()
    for options in ((), ("--dry-run",)):
        refused = guard("restore", "--plan", str(LEFT / "plan.json"), *options, "--json")
        assert refused.status == 2, refused
        assert "has version 1; this program reads 2, and it must be asked for anew" in refused.json["verdict"], refused
        assert any("restore --dry-run --out plan.json" in step for step in refused.json["next_steps"]), refused
    assert marked.everything() == before

    theirs = (LEFT / "plan.json").read_bytes()
    (tmp_path / "plan.json").write_bytes(theirs)
    refused = guard("restore", "--dry-run", "--out", "plan.json", "--json")
    assert refused.status == 2, refused
    assert (tmp_path / "plan.json").read_bytes() == theirs

    result(guard("restore", "--dry-run", "--out", "new.json", "--json"), 4)
    done = guard("restore", "--plan", "new.json", "--json")
    assert counts(done) == totals()
    assert_every_row_is_right(marked)
    result(guard("restore", "--plan", "new.json", "--json"), 14)


@pytest.fixture
def lost(database: ScratchDatabase) -> ScratchDatabase:
    """The application as the import left it, in a database that never had the guard's tables."""
    database.rows("DROP SCHEMA practice_guard CASCADE")
    return database


def test_an_export_of_the_version_before_is_imported_restored_and_taken_back(
    lost: ScratchDatabase, guard: Guard
) -> None:
    before = lost.all_rows("public")
    export = str(LEFT / "newest.pgs")
    result(guard("snapshots", "import", export, "--json"), 14)
    assert lost.count("pg_namespace", "nspname = 'practice_guard'") == 0
    imported = result(guard("snapshots", "import", export, "--into-other-database", "--json"))
    assert (imported["rows"], imported["carried"], imported["from_other_database"]) == (59, 2, True)
    result(guard("snapshots", "verify", imported["snapshot"], "--json"))

    # nobody gave the two rows up in this database: the ledger that says so was not exported
    without_ledger = (12, 26, 15, 5, 1, 0, 0)
    assert counts(guard("restore", "--dry-run", "--json")) == without_ledger
    assert lost.all_rows("public") == before
    done = guard("restore", "--json")
    assert counts(done) == without_ledger
    assert_every_row_is_right(lost)
    result(guard("health", "--json"), 4)
    result(guard("restore", "--undo", str(result(done, 4)["ledger"]), "--json"))
    assert lost.all_rows("public") == before


def a_byte_of_the_file() -> bytes:
    data = bytearray((LEFT / "newest.pgs").read_bytes())
    data[len(data) // 2] ^= 1
    return bytes(data)


def a_byte_of_a_row(*, sums_too: bool) -> bytes:
    """The same file with one digit of a practice's time changed, packed as it was; perhaps with its section's sum."""
    packed = (LEFT / "newest.pgs").read_bytes()
    first, *lines = gzip.decompress(packed).splitlines(keepends=True)
    own = [line for line in lines if b'"set": "practices"' in line]
    changed = [line.replace(b'"19:00:00"', b'"18:00:00"', line is own[0]) for line in lines]
    if sums_too:
        was, now = (
            hashlib.sha256(b"".join(line for line in each if b'"set": "practices"' in line)).hexdigest().encode()
            for each in (lines, changed)
        )
        assert was in first
        first = first.replace(was, now)
    body = gzip.compress(b"".join((first, *changed)), 9)[10:]
    comment = f"practice-guard snapshot 1 bytes={len(body)} sha256={hashlib.sha256(body).hexdigest()}"
    return packed[:10] + comment.encode() + b"\0" + body


@pytest.mark.parametrize(
    ("spoilt", "says"),
    [
        (a_byte_of_the_file(), "its SHA-256 sum is another"),
        (a_byte_of_a_row(sums_too=False), "set practices: its rows were changed"),
        (a_byte_of_a_row(sums_too=True), "once in PostgreSQL, rows of practices were changed"),
    ],
    ids=["in the file", "in a row", "in a row and its sum"],
)
def test_one_byte_of_it_changed_is_refused(
    lost: ScratchDatabase, guard: Guard, tmp_path: Path, spoilt: bytes, says: str
) -> None:
    before = lost.everything()
    (tmp_path / "spoilt.pgs").write_bytes(spoilt)
    refused = guard("snapshots", "import", "spoilt.pgs", "--into-other-database", "--json")
    assert refused.status == 12, refused
    assert refused.json["verdict"].startswith("This export cannot be used: "), refused
    assert says in refused.json["verdict"], refused
    assert lost.everything() == before

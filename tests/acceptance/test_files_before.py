"""Exports and plans that the version before wrote are read by this one, restored, and taken back."""

from __future__ import annotations

import gzip
import hashlib
import json
from pathlib import Path
from typing import Any

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


def test_a_plan_of_the_version_before_is_read_and_is_of_another_database(marked: ScratchDatabase, guard: Guard) -> None:
    before = marked.everything()
    refused = guard("restore", "--plan", str(LEFT / "plan.json"), "--json")
    assert refused.status == 14, refused
    assert "made for another database" in refused.json["verdict"]
    assert marked.everything() == before


def sum_of(document: object) -> str:
    return hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()


def digest_of(plan: dict[str, Any]) -> str:
    """What a plan does, and to what."""
    parts = ("set", "row", "bucket", "live_key", "before", "after", "new_key")
    return sum_of([plan["snapshot"], plan["database"], [[row[part] for part in parts] for row in plan["rows"]]])


def test_its_plan_would_be_applied_as_it_was_shown(marked: ScratchDatabase, guard: Guard, tmp_path: Path) -> None:
    """As if it had been made in this database: all else that the file says is still so."""
    plan = json.loads((LEFT / "plan.json").read_text())
    assert plan.pop("checksum") == sum_of(plan)
    assert plan["digest"] == digest_of(plan)
    plan["database"] = guard("snapshots", "--json").json["database"]["fingerprint"]
    plan["digest"] = digest_of(plan)
    (tmp_path / "plan.json").write_text(json.dumps({**plan, "checksum": sum_of(plan)}))
    done = guard("restore", "--plan", "plan.json", "--json")
    assert counts(done) == totals()
    assert result(done, 4)["plan_digest"] == plan["digest"]
    assert_every_row_is_right(marked)
    result(guard("restore", "--plan", "plan.json", "--json"), 14)


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
    without_ledger = (12, 26, 14, 5, 1, 1, 0)
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

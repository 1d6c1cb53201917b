"""Exports a piece at a time: nothing is held that does not have to be, and what was written is read back."""

from __future__ import annotations

import gzip
import io
import tracemalloc
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from practice_guard.core import lines as core_lines
from practice_guard.core.errors import DamagedSnapshotError
from practice_guard.core.snapshots import archive
from practice_guard.core.snapshots.archive import Archive, envelope, writer
from practice_guard.core.snapshots.archive.exports import Exported
from practice_guard.core.snapshots.archive.writer import NamedRow, StoredRow
from tests.world.exporting import NOON, an_archive, an_export, unpacked


@pytest.mark.parametrize("long", [0, 1, 0xFFFF - 1, 0xFFFF, 0xFFFF + 1, 200_000])
def test_a_manifest_may_be_of_any_length(long: int) -> None:
    export = io.BytesIO()
    packing = envelope.Packing(export, b"-" * long)
    packing.write(b"the rest")
    packing.finish(b"x" * long)
    assert gzip.decompress(export.getvalue()) == unpacked(export.getvalue()) == b"x" * long + b"the rest"


def many_rows() -> Iterator[NamedRow]:
    for number in range(1, 20_001):
        yield "practices", StoredRow(number, False, None, (str(number), "Practice " + "x" * 500, None, "7"))


def test_neither_writing_nor_reading_holds_the_rows(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The text has 12 MB; what is held does not hang on that."""
    monkeypatch.setattr(core_lines, "AT_ONCE", 2**16)
    known = an_archive().snapshot
    sets = {"practices": replace(known.sets["practices"], rows=20_000, carried=0)}
    large = Archive(replace(known, rows=20_000, carried=0, sets=sets), an_archive().lists, many_rows)
    with (tmp_path / "large").open("w+b") as file:
        tracemalloc.start()
        writer.dump(large, file, exported_at=NOON, tool_version="0.1.0")
        found = archive.read(file)
        assert sum(1 for _ in found.rows()) == 20_000
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert peak < 2_000_000


def test_what_is_read_back_is_compared_with_what_was_read() -> None:
    file = io.BytesIO(an_export())
    found = archive.read(file)
    with pytest.raises(DamagedSnapshotError, match="is not what was to be written"):
        archive.confirm(file, Exported(found.snapshot, found.lists, found.entries, tally=1))

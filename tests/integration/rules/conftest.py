"""What the tests of the rules have in common."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.world.builders import ScratchDatabase
from tests.world.callers import nothing_is_set


@pytest.fixture
def place(database: ScratchDatabase, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The directory in which the program works, aimed at the test's database and told nothing else."""
    nothing_is_set(monkeypatch, tmp_path)
    monkeypatch.setenv("PRACTICE_GUARD_LOCAL_URL", database.url)
    return tmp_path

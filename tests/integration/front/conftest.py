"""What ETLs that call the guard have in common."""

from __future__ import annotations

import pytest

from tests.world.builders import League
from tests.world.callers import nothing_is_set, what_users_own


@pytest.fixture
def nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """No setting, and an empty directory."""
    nothing_is_set(monkeypatch, tmp_path_factory.mktemp("etl"))


@pytest.fixture
def impatient(nothing_set: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting but that locks are waited for a second only."""
    monkeypatch.setenv("PRACTICE_GUARD_LOCK_TIMEOUT", "1")


@pytest.fixture
def season(league: League) -> League:
    """Teams in the real naming habits, and what their users own."""
    what_users_own(league)
    return league

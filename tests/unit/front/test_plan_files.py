"""A plan that is open while a command does its work is not blamed for what fails of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from practice_guard.commands import restore
from practice_guard.core import errors


def test_what_fails_meanwhile_is_not_put_down_to_the_file(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    path.write_bytes(b"a plan")
    with pytest.raises(BrokenPipeError), restore._open(path) as file:
        raise BrokenPipeError
    assert file.closed


def test_a_file_that_cannot_be_opened_is_a_usage_error(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "nowhere.json"):
        with pytest.raises(errors.UsageError, match="cannot be read"), restore._open(path):
            pass

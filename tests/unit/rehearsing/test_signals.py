"""A database that is being made when a signal comes is made first, so that it is there to be removed."""

from __future__ import annotations

import signal

import pytest

from practice_guard.commands import copies


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_is_heeded_when_the_database_is_there(number: int) -> None:
    done: list[str] = []

    def end(_number: int, _frame: object) -> None:
        done.append("heeded")

    before = signal.signal(number, end)
    try:
        with copies._at_once():
            signal.raise_signal(number)
            done.append("made")
        with copies._undisturbed():
            signal.raise_signal(number)
            done.append("removed")
        assert done == ["made", "heeded", "removed"]
        assert signal.getsignal(number) is end
    finally:
        signal.signal(number, before)

"""What `cleanup` does where a person is asked."""

from __future__ import annotations

import time
from typing import Any, cast

import pytest

from practice_guard.commands import snapshots
from practice_guard.commands.call import Call
from practice_guard.core.errors import ConfirmationError
from practice_guard.core.guarding import Guard
from practice_guard.core.upkeep import Rule, cleanup
from tests.world.guarding import somebody


class Asking:
    """A call whose person answers yes."""

    def __init__(self) -> None:
        self.answered = float("inf")

    def guard(self, database: Any) -> Guard:
        return Guard(database, (), somebody())

    def confirm(self, given: str | None, **_: object) -> None:
        self.answered = time.monotonic()


def test_the_time_that_a_person_took_to_answer_is_not_noted(monkeypatch: pytest.MonkeyPatch) -> None:
    call, done = Asking(), []

    def apply(guard: Guard, rule: Rule, *, overrule: bool = False) -> list[object]:
        if not overrule:
            raise ConfirmationError("", against="is the newest verified snapshot")
        done.append(guard.author.began)
        return []

    monkeypatch.setattr(cleanup, "apply", apply)
    snapshots._removes(cast("Call", call), call.guard(None), Rule(named="one"), None)
    assert done[0] >= call.answered

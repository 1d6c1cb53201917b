"""The numbers that scripts rely on."""

from __future__ import annotations

import pytest

from practice_guard import exits
from practice_guard.core import errors
from practice_guard.core.model import Verdict


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (errors.UsageError, 2),
        (errors.ConfirmationError, 2),
        (errors.UnreachableError, 10),
        (errors.AccessError, 10),
        (errors.StatementError, 10),
        (errors.LockedError, 11),
        (errors.LockTimeoutError, 11),
        (errors.NoSnapshotError, 12),
        (errors.DamagedSnapshotError, 12),
        (errors.SchemaError, 13),
        (errors.StalePlanError, 14),
        (errors.WrongDatabaseError, 14),
        (errors.RestoreError, 21),
        (errors.HealthError, 3),
    ],
)
def test_each_error_has_the_contracts_status(error: type[errors.GuardError], status: int) -> None:
    assert exits.of_error(error()) == status


def test_what_is_not_ours_is_a_fault_of_the_program() -> None:
    assert exits.of_error(ZeroDivisionError()) == 1
    assert exits.of_error(errors.GuardError()) == 1


def test_verdicts() -> None:
    assert {verdict: int(exits.of_verdict(verdict)) for verdict in Verdict} == {
        Verdict.FINE: 0,
        Verdict.REFUSED: 3,
        Verdict.WAITING: 4,
        Verdict.DAMAGED: 12,
    }


def subclasses(kind: type[errors.GuardError]) -> set[type[errors.GuardError]]:
    return {kind}.union(*(subclasses(each) for each in kind.__subclasses__()))


def test_every_error_has_a_message_and_only_the_base_is_a_fault() -> None:
    for kind in subclasses(errors.GuardError) - {errors.StoppedError}:
        assert kind.__doc__
        assert str(kind()) == kind.__doc__.strip()
        if kind is not errors.GuardError:
            assert exits.of_error(kind()) != 1, kind


def test_a_run_that_was_stopped_has_the_signals_status() -> None:
    assert exits.of_error(errors.StoppedError(number=15)) == 143

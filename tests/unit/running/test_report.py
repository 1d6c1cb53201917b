"""A run's words and its one status, without any database; and a pooler, met as a process number that is not true."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from datetime import datetime, timezone
from typing import Any, ClassVar

import pytest

from practice_guard import exits
from practice_guard.core import errors
from practice_guard.core.checks import Counts, Health
from practice_guard.core.database import Access, Query, Row, Timeouts
from practice_guard.core.model import Finding, Severity
from practice_guard.core.records import Holder, Phase, Run, runs
from practice_guard.core.running import session
from practice_guard.core.running.report import PhaseDone, Report, overhead
from practice_guard.render.history import sparkline
from practice_guard.render.running import share

NOON = datetime(2026, 1, 5, 12, 0, tzinfo=timezone.utc)
RUN = Run(7, 1, NOON, "somebody", Holder("host", 1), "0", "local", ("etl",), Phase.HEALTH)
ERROR = Finding("rows-lost", Severity.ERROR, "1 row", "why")


def health(*, pending: int = 0, lost: int = 0) -> Health:
    counts = Counts(10, 10 - pending - lost, lost, 0, 0, 0, 0, 0, 0, pending)
    return Health("s", {"practices": counts}, (ERROR,) if lost else (), {}, {})


def report(
    etl: int | None = 0,
    found: Health | None = None,
    error: errors.GuardError | None = None,
    *,
    allow_pending: bool = False,
) -> Report:
    made = Report(allow_pending=allow_pending, run=RUN, etl_exit_code=etl, etl_seconds=2.0, error=error, seconds=3.0)
    made.phases = [PhaseDone(Phase.HEALTH, 0.1, True, found)] if found else []
    return made


@pytest.mark.parametrize(
    ("made", "status"),
    [
        (report(0, health()), 0),
        (report(7, health()), 7),
        (report(127, health()), 127),
        (report(137, health()), 137),
        (report(0, health(pending=2)), 4),
        (report(7, health(pending=2)), 4),
        (report(0, health(pending=2), allow_pending=True), 0),
        (report(7, health(pending=2), allow_pending=True), 7),
        (report(0, health(pending=10), allow_pending=True), 4),
        (report(0, health(lost=1)), 3),
        (report(7, health(lost=1, pending=2), allow_pending=True), 3),
        (report(0, health(lost=1), errors.LockTimeoutError()), 11),
        (report(0, None, errors.UnreachableError()), 10),
        (report(0, None, errors.DamagedSnapshotError()), 12),
        (report(0, None, errors.SchemaError()), 13),
        (report(0, None, errors.StalePlanError()), 14),
        (report(7, None, errors.RestoreError()), 21),
        (report(None, None), 3),
        (Report(resumed=True, run=replace(RUN, phase=Phase.BACKUP)), 0),
    ],
)
def test_the_status_is_the_contracts(made: Report, status: int) -> None:
    assert exits.of_run(made) == status
    assert made.complete == (status == 0 and made.etl_exit_code == 0)


def test_the_guards_time_is_what_the_etl_did_not_take() -> None:
    made = report(0, health())
    assert (made.guard_seconds, made.overhead_percent) == (1.0, 50.0)
    assert share(0.9, 18.2) == "0.9 s beside 18.2 s, 5 %"
    assert report(None).overhead_percent == 50.0
    assert Report(seconds=1.0).overhead_percent is None


def test_the_guards_share_is_that_of_the_times_beside_it() -> None:
    assert overhead(0.0364, 0.0014) == 3600.0, "36 ms beside 1 ms, as they are reported"
    assert overhead(0.9, 0.0004) is None
    assert overhead(0.9, None) is None


@pytest.mark.parametrize("phase", list(Phase))
def test_every_phase_says_what_state_the_data_is_in(phase: Phase) -> None:
    said = runs.state(replace(RUN, phase=phase, etl_exit_code=1))
    assert ("not started" in said) == (phase in runs.BEFORE_ETL)
    assert "{" not in said


@pytest.mark.parametrize(
    ("word", "shown"),
    [
        ("postgresql://user:secret@host/db", "postgresql://user:***@host/db"),
        ("postgresql://:secret@host/db", "postgresql://:***@host/db"),
        ("--password=secret", "--password=***"),
        ("API_KEY=secret", "API_KEY=***"),
        ("host=h password=secret dbname=d", "host=h password=*** dbname=d"),
        ("host=h password='se cret' dbname=d", "host=h password=*** dbname=d"),
        ("https://example.org/a@b", "https://example.org/a@b"),
        ("--tokenise", "--tokenise"),
        ("import.py", "import.py"),
    ],
)
def test_a_command_line_is_shown_without_secrets(word: str, shown: str) -> None:
    assert runs.scrubbed([word]) == [shown]


def test_the_word_after_an_option_that_names_a_secret_is_not_shown() -> None:
    assert runs.scrubbed(["etl", "--db-password", "secret", "next"]) == ["etl", "--db-password", "***", "next"]


def test_a_sparkline_is_as_high_as_its_values() -> None:
    assert sparkline([0, 1, 4, 8]) == "▁▂▅█"
    assert sparkline([0.0, 0.0]) == "▁▁"
    assert sparkline([]) == ""


class Behind:
    """A database whose driver was told of one process, and that answers as another."""

    def __init__(self, told: int | None, answers: int) -> None:
        self.backend = told
        self.answers = answers

    def execute(self, text: str, parameters: object = None) -> list[Row]:
        return [(self.answers,)]

    def together(self, queries: Sequence[Query]) -> list[list[Row]]:
        return [[(self.answers,)] for _ in queries]

    timeouts = Timeouts()
    schema = "public"
    encoding = "UTF8"
    usable = False
    known: ClassVar[dict[str, Any]] = {}

    def transaction(self, access: Access, *, within: float | None = None) -> AbstractContextManager[None]:
        return nullcontext()

    def write(self, queries: Sequence[Query]) -> list[int]:
        return []

    def notice_constraints(self) -> None: ...
    def check_constraints(self) -> None: ...


def test_a_pooler_is_refused() -> None:
    with pytest.raises(errors.UsageError, match="pooler") as raised:
        session.refuse_pooler(Behind(-2133043907, 15666))
    assert "DATABASE_UNPOOLED_URL" in " ".join(map(str, raised.value.next_steps))
    with pytest.raises(errors.UsageError):
        session.refuse_pooler(Behind(None, 15666))
    session.refuse_pooler(Behind(15666, 15666))


@pytest.mark.parametrize(
    ("pending", "refused", "said"),
    [
        (1, {}, "1 of 10 protected rows waits for its team or a person."),
        (2, {}, "2 of 10 protected rows wait for their team or a person."),
        (1, {"polls": 1}, "1 of 10 protected rows waits, since the database refuses it in polls."),
        (3, {"polls": 1, "practices": 2}, "rows wait, since the database refuses them in polls, practices."),
        (2, {"polls": 1}, "wait: 1 for its team or a person, 1 since the database refuses it in polls."),
        (5, {"polls": 2}, "wait: 3 for their team or a person, 2 since the database refuses them in polls."),
    ],
)
def test_what_waits_is_said_to_be_one_or_many_and_for_what(pending: int, refused: dict[str, int], said: str) -> None:
    assert report(0, replace(health(pending=pending), refused=refused)).says.endswith(said)

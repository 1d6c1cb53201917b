"""What a night cost, from its record alone: when a phase has grown, when the guard is slow, and what nobody knows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest

from practice_guard.core.model import Severity, Slow
from practice_guard.core.records import Holder, Phase, Run
from practice_guard.core.running import Night, cost, guard_slow, nights
from practice_guard.render import costs

FIRST = datetime(2026, 1, 5, 9, 0, tzinfo=timezone.utc)
USUAL: Mapping[str, float] = {"validate-safety": 1.0, "backup": 2.0, "check-preservation": 1.0, "restore": 4.0}
SLOW = Slow(60.0, 50.0)


def phase(name: str, seconds: float, *, ok: bool = True) -> dict[str, object]:
    return {"name": name, "seconds": seconds, "ok": ok}


def a_run(number: int = 1, *, etl: float | None = 100.0, between: float = 0.5, **took: float) -> Run:
    """A run of one night: its phases take as long as usual, where nothing else is said."""
    spent = {**USUAL, **{name.replace("_", "-"): seconds for name, seconds in took.items()}}
    return Run(
        number, 1, FIRST + timedelta(days=number), "somebody", Holder("host", 1), "0", "local", ("etl",), Phase.CLEANUP,
        phases=(*(phase(name, seconds) for name, seconds in spent.items()), phase("etl", etl or 0.0)),
        etl_exit_code=0,
        guard_seconds=sum(spent.values()) + between,
        etl_seconds=etl,
        finished_at=FIRST + timedelta(days=number, hours=1),
    )  # fmt: skip


def ordinary(number: int) -> list[Run]:
    """So many ordinary nights, newest first."""
    return [a_run(each) for each in range(number, 0, -1)]


def newest(last: Run, before: int = 5) -> Night:
    return nights([replace(last, id=before + 1), *ordinary(before)])[0]


def grown(night: Night) -> list[str]:
    return [part.name for part in night.grew]


def test_a_phase_that_takes_three_times_as_long_as_usual_has_grown() -> None:
    night = newest(a_run(restore=12.0))
    assert grown(night) == ["restore"]
    assert [(part.seconds, part.usual) for part in night.grew] == [(12.0, 4.0)]


@pytest.mark.parametrize(
    "last",
    [
        a_run(),
        a_run(restore=7.9),
        a_run(backup=3.9, validate_safety=1.9),
        a_run(check_preservation=2.9),
        a_run(restore=0.1),
        a_run(between=2.4),
    ],
    ids=["as usual", "less than twice", "a busy machine", "by less than two seconds", "less", "a short wait"],
)
def test_the_noise_of_a_busy_machine_is_no_growth(last: Run) -> None:
    assert grown(newest(last)) == []


def test_a_wait_between_the_phases_has_grown_too() -> None:
    assert grown(newest(a_run(between=90.0))) == [cost.BETWEEN]


def test_one_long_night_makes_no_other_look_short() -> None:
    told = nights([a_run(7), a_run(6, restore=400.0), *ordinary(5)])
    assert [grown(night) for night in told[:2]] == [[], ["restore"]]
    assert {part.name: part.usual for part in told[0].parts}["restore"] == 4.0


def test_what_is_long_for_weeks_is_usual() -> None:
    told = nights([a_run(each, restore=40.0) for each in range(99, 5, -1)] + ordinary(5))
    assert grown(told[0]) == []
    assert grown(told[-6]) == ["restore"]


@pytest.mark.parametrize("before", [0, 1, 2])
def test_before_three_nights_nobody_can_say_what_grew(before: int) -> None:
    night = newest(a_run(restore=400.0), before)
    assert {part.grew for part in night.parts} == {None}
    assert "too few nights" in costs._grown([night])


def test_a_phase_that_failed_neither_grew_nor_makes_what_is_usual() -> None:
    failed = replace(a_run(6), phases=(phase("backup", 300.0, ok=False), phase("etl", 1.0)))
    told = nights([a_run(7, backup=8.0), *([failed] * 30), *ordinary(5)])
    assert told[1].parts[0].grew is None
    assert grown(told[0]) == ["backup"]


def test_a_phase_that_a_resumed_run_was_in_twice_is_added_up() -> None:
    again = replace(a_run(), phases=(phase("restore", 3.0), phase("etl", 9.0), phase("restore", 4.0)), guard_seconds=9)
    assert [(part.name, part.seconds) for part in cost.of_run(again).parts] == [("restore", 7.0), (cost.BETWEEN, 2.0)]


def test_the_parts_of_a_night_add_up_to_the_guards_time() -> None:
    night = cost.of_run(a_run(between=0.7))
    assert night.guard_seconds == pytest.approx(sum(part.seconds for part in night.parts))
    assert night.overhead_percent == 8.7


NO_FIGURES = {
    "none at all": replace(a_run(), phases=(), guard_seconds=0.0, etl_seconds=None),
    "not finished": replace(a_run(), phases=(), finished_at=None, etl_seconds=None),
    "phases without seconds": replace(
        a_run(), phases=({"name": "backup", "ok": True}, {"name": "restore", "seconds": None}), guard_seconds=0.0
    ),
}


@pytest.mark.parametrize("run", NO_FIGURES.values(), ids=NO_FIGURES)
def test_a_night_without_figures_is_unknown_and_never_nothing(run: Run) -> None:
    night = cost.of_run(run)
    assert (night.guard_seconds, night.overhead_percent, night.parts) == (None, None, ())
    document = costs._document(night)
    assert (document["guard_seconds"], document["overhead_percent"], document["phases"]) == (None, None, [])
    assert guard_slow([night], Slow(0.0, 0.0), {}) == []


@pytest.mark.parametrize("run", NO_FIGURES.values(), ids=NO_FIGURES)
def test_a_night_without_figures_changes_nothing_of_what_is_usual(run: Run) -> None:
    told = nights([a_run(9, restore=12.0), *([replace(run, id=8)] * 30), *ordinary(5)])
    assert [(part.name, part.usual) for part in told[0].grew] == [("restore", 4.0)]


def test_a_phase_without_seconds_leaves_open_what_lay_between() -> None:
    run = replace(a_run(), phases=(phase("backup", 2.0), {"name": "restore", "ok": True}))
    assert [part.name for part in cost.of_run(run).parts] == ["backup"]


@pytest.mark.parametrize(
    ("run", "slow"),
    [
        (a_run(restore=90.0), True),
        (a_run(restore=40.0), False),
        (a_run(restore=40.0, etl=0.1), False),
        (a_run(restore=90.0, etl=1000.0), False),
        (replace(a_run(restore=90.0), etl_exit_code=1), False),
        (replace(a_run(restore=90.0), etl_exit_code=None, etl_seconds=None), False),
        (replace(a_run(restore=90.0), finished_at=None), False),
    ],
    ids=["slow", "below the share", "an ETL of a moment", "beside a long one", "ETL failed", "no ETL", "unfinished"],
)
def test_the_guard_is_slow_by_its_share_and_its_seconds(run: Run, slow: bool) -> None:
    codes = ["guard-slow"] if slow else []
    assert [each.code for each in guard_slow(nights([run]), SLOW, {})] == codes
    assert [each.code for each in cost.at_the_end(run, SLOW, {})] == codes


def test_of_several_nights_the_newest_that_can_be_judged_is_warned_of() -> None:
    failed = replace(a_run(8), etl_exit_code=1)
    (finding,) = guard_slow(nights([failed, a_run(7, restore=90.0), *ordinary(6)]), SLOW, {})
    assert "in run 7" in finding.what
    assert "Most of it is restore, 90.0 s. Restore grew: 90.0 s, where 4.0 s is usual." in finding.why
    assert guard_slow(nights([a_run(8), a_run(7, restore=90.0)]), SLOW, {}) == []


def test_a_limit_of_the_settings_is_not_passed_by_what_is_just_as_much() -> None:
    run = a_run(restore=46.0)
    assert cost.of_run(run).overhead_percent == 50.5
    assert guard_slow(nights([run]), Slow(10.0, 50.5), {}) == []
    assert guard_slow(nights([run]), Slow(10.0, 50.4), {}) != []
    assert guard_slow(nights([run]), Slow(50.5, 10.0), {}) == []


@pytest.mark.parametrize("wanted", list(Severity))
def test_settings_weigh_a_slow_guard_and_make_no_run_bad(wanted: Severity) -> None:
    run = a_run(restore=90.0)
    (told,) = guard_slow(nights([run]), SLOW, {"guard-slow": wanted})
    (said,) = cost.at_the_end(run, SLOW, {"guard-slow": wanted})
    assert told.severity is wanted
    assert said.severity is (Severity.INFO if wanted is Severity.INFO else Severity.WARNING)


def test_one_night_far_out_leaves_the_others_their_bars() -> None:
    told = nights([a_run(7, restore=90_000.0), *ordinary(6)])
    full = 2 * 8.5
    far, *others = [costs._bar(night, full).plain for night in told]
    assert far.endswith(">")
    assert "R" in far
    assert all(set("vbcr") <= set(bar) for bar in others), others

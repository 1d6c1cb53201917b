"""What has moved since a plan was made is said in people's words, a line a team, and never without a reason."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest

from practice_guard import files
from practice_guard.core import errors, lines
from practice_guard.core.guarding import Request
from practice_guard.core.model import Evidence, Fate
from practice_guard.core.restore import drift, planfile
from practice_guard.core.restore.plans import Bucket, PlannedRow
from practice_guard.core.restore.summing import Workings
from tests.world.saved_plans import NOON, WAS, of_team, plan, row, saved, written

FIRST = row(1)
SECOND = row(2, Bucket.RELINK, live_key="102", before=(1, None, 1))
THIRD = row(3, Bucket.PENDING, after=None)
THEN = plan(FIRST, SECOND, THIRD)


def moved(then: Workings, now: Workings) -> list[str]:
    return drift.moved(saved(written(then)), now)


@pytest.mark.parametrize(
    ("now", "said"),
    [
        (plan(FIRST, SECOND), "1 row of practices that was waiting is not in the plan now"),
        (plan(FIRST, SECOND, THIRD, row(4)), "1 row of practices that was not in the plan is to be put back now"),
        (
            plan(row(1, Bucket.DELETED), SECOND, THIRD),
            "1 row of practices that was to be put back is to be left deleted now",
        ),
        (
            plan(row(1, Bucket.INTACT), row(2, Bucket.EDITED), THIRD),
            (
                "1 row of practices that was to be put back is in place now;"
                " 1 row of practices that was to be re-linked is to be left as edited now"
            ),
        ),
        (
            plan(row(1, Bucket.PENDING), row(2, Bucket.PENDING), row(3, Bucket.GIVEN_UP)),
            (
                "1 row of practices that was to be put back is waiting now;"
                " 1 row of practices that was waiting is given up now;"
                " 1 row of practices that was to be re-linked is waiting now"
            ),
        ),
        (
            plan(replace(FIRST, new_key=True), SECOND, THIRD),
            "1 row of practices is to be put back still, but the old primary key is taken",
        ),
        (
            plan(replace(FIRST, after=(12, None, 21)), SECOND, THIRD),
            "1 row of practices is to be put back still, but only ids moved (the ids to point at)",
        ),
        (
            plan(FIRST, replace(SECOND, live_key="7", before=(2, None, 1), after=(12, None, 21)), THIRD),
            (
                "1 row of practices is to be re-linked still, but only ids moved"
                " (the primary key in the table, the ids pointed at now, the ids to point at)"
            ),
        ),
        (
            plan(FIRST, SECOND, replace(THIRD, fate=Fate.AMBIGUOUS, evidence=None)),
            "1 row of practices is waiting still, but the team is ambiguous, the evidence is none",
        ),
        (
            plan(replace(FIRST, evidence=Evidence.ROSTER, after=(12, None, 21)), SECOND, THIRD),
            "1 row of practices is to be put back still, but the evidence is roster, ids moved (the ids to point at)",
        ),
    ],
)
def test_what_moved_is_said_of_its_team(now: Workings, said: str) -> None:
    (line,) = moved(THEN, now)
    team, _, rest = line.partition("): ")
    assert team + ")" == WAS
    assert sorted(rest.split("; ")) == sorted(said.split("; "))


def test_many_rows_of_a_team_are_one_line() -> None:
    then = plan(*map(row, range(1, 6)))
    now = plan(*(row(number, Bucket.INTACT) for number in (1, 2, 3)), row(4, Bucket.RELINK), row(5))
    assert moved(then, now) == [
        (
            f"{WAS}: 3 rows of practices that were to be put back are in place now;"
            " 1 row of practices that was to be put back is to be re-linked now"
        )
    ]


@pytest.mark.parametrize(("then", "now"), [(False, False), (False, True), (True, False), (True, True)])
def test_rows_without_a_line_are_in_place_where_these_have_none(then: bool, now: bool) -> None:
    before, today = (
        plan(*((row(1),) if there else ()), *(() if sparse else (row(2, Bucket.INTACT),)), sparse=sparse)
        for there, sparse in ((True, then), (False, now))
    )
    ends = "in place" if now else "not in the plan"
    assert moved(before, today) == [f"{WAS}: 1 row of practices that was to be put back is {ends} now"]


def test_what_moved_alike_in_several_sets_is_one_clause() -> None:
    both = [replace(row(number), set=name) for name, number in (("practices", 1), ("practices", 2), ("messages", 1))]
    then = plan(*both[:2], more={"messages": both[2:]})
    assert moved(then, plan(more={"messages": ()})) == [
        f"{WAS}: 2 rows of practices, 1 of messages that were to be put back are not in the plan now"
    ]
    assert moved(then, plan(*both[:2])) == [f"{WAS}: 1 row of messages that was to be put back is not in the plan now"]
    assert moved(plan(), then)[0].endswith("that were not in the plan are to be put back now")


def test_rows_that_swapped_their_ends_are_seen_though_their_counts_are_the_same() -> None:
    (line,) = moved(plan(row(1), row(2, Bucket.DELETED)), plan(row(1, Bucket.DELETED), row(2)))
    assert "that was to be put back is to be left deleted now" in line
    assert "that was to be left deleted is to be put back now" in line


def test_another_database_and_another_snapshot_are_said_alone() -> None:
    assert moved(THEN, plan(row(9), oid=6)) == ["it was made for another database"]
    assert moved(THEN, plan(row(9), snapshot="tuesday")) == ["it was made for snapshot monday, not tuesday"]


def test_rows_without_a_team_have_their_line() -> None:
    (line,) = moved(plan(row(1, team=None)), plan(row(1, Bucket.PENDING, team=None)))
    assert line.startswith("rows without a team: 1 row of practices that was to be put back is waiting now")


def test_a_change_of_what_has_no_line_is_not_without_a_reason() -> None:
    assert moved(THEN, THEN) == ["no row ends elsewhere, but how the teams are known of rows that are in place"]


def test_what_moved_is_cut_short_with_the_most_rows_first() -> None:
    then = plan(*(of_team(number, number) for number in range(1, 51)), of_team(50, 51), teams=50)
    found = moved(then, plan(teams=50))
    assert (len(found), found[-1]) == (21, "… and 30 more teams")
    assert found[0].startswith("Tennaqua - 71 (Tennaqua, Chicago 22, APTA_CHICAGO): 2 rows of practices that were")
    (*_, last) = moved(plan(*(of_team(number, number) for number in range(1, 22)), teams=21), plan(teams=21))
    assert last == "… and 1 more team"


@pytest.mark.parametrize("line", [b"[]\n", b"{}\n", b'{"set": "practices", "row": 1, "bucket": "lost"}\n', b"\xff\n"])
def test_a_line_that_is_none_of_a_row_is_refused_though_the_sum_is_right(line: bytes) -> None:
    tally = lines.Sum()
    header = written(THEN).splitlines(keepends=True)[0]
    data = b"".join(map(tally.add, (header, line)))
    with pytest.raises(errors.UsageError):
        drift.moved(planfile.load(BytesIO(data + planfile._last(tally))), THEN)


def test_many_rows_are_compared_a_line_at_a_time(tmp_path: Path) -> None:
    rows, path = 30_000, tmp_path / "plan.json"

    def today() -> Iterator[PlannedRow]:
        return (row(number, Bucket.INTACT if number % 2 else Bucket.INSERT) for number in range(rows))

    with files.writing(path) as file:
        planfile.dump(plan(lazy=map(row, range(rows))), Request(), NOON, file)
    with files.reading(path) as file:
        found = planfile.load(file)
        tracemalloc.start()
        try:
            said = drift.moved(found, plan(lazy=today()))
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert said == [f"{WAS}: 15,000 rows of practices that were to be put back are in place now"]
    assert peak < 4 * 1024**2 < path.stat().st_size / 2

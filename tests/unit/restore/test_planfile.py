"""A plan as a file: what is read back is what was written, or nothing is; and no more of it is held than a line."""

from __future__ import annotations

import json
import re
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from practice_guard import files
from practice_guard.core import errors, lines
from practice_guard.core.guarding import Request, Scope
from practice_guard.core.identity import Habits, League
from practice_guard.core.restore import planfile
from practice_guard.core.restore.plans import Bucket, NewKey, PlannedRow
from tests.world.saved_plans import BECAUSE, NOON, SAYS, WAS, plan, row, saved, written

PLAN = plan(row(1), row(2, Bucket.RELINK, live_key="102", before=(1, None, 1)), row(3, Bucket.PENDING, after=None))
WIDE = Request(
    Scope(frozenset({"practices"}), frozenset({"NSTF"}), frozenset({"Tennaqua S2B"})), True, True, None, 3, 75
)
TOLD = Request(
    habits=Habits(
        (
            League(unique_names=True),
            League(
                "LAKE",
                ("Liga",),
                (("2", "II"), ("3", "III")),
                ("FC",),
                (("Lake", "Lakeside"),),
                ("LL",),
                outside_id="federation_id",
                outside_id_confirms=True,
                active="plays",
            ),
        )
    )
)
DATA = written(PLAN)
HEADER, *ROWS, LAST = DATA.splitlines(keepends=True)


def summed(*before: bytes) -> bytes:
    """These lines, with the last one that they should have."""
    tally = lines.Sum()
    return b"".join(map(tally.add, before)) + planfile._last(tally)


def changed(**parts: object) -> bytes:
    """The file with other fields in its header, and the sum of the old ones."""
    return lines.dump({**json.loads(HEADER), **parts}) + b"".join((*ROWS, LAST))


@pytest.mark.parametrize("request_", [Request(), WIDE, TOLD], ids=["all", "a part", "with leagues' habits"])
def test_what_is_written_is_read_back(request_: Request) -> None:
    found = saved(written(PLAN, request_))
    assert (found.request, found.snapshot, found.made_at) == (request_, "monday", NOON)
    assert (found.database, found.digest) == (PLAN.plan.database, PLAN.plan.digest)
    assert (found.sets, found.left_out) == (frozenset({"practices"}), frozenset())
    for _ in range(2):
        assert [(each["set"], each["row"]) for each in found.rows()] == [("practices", number) for number in (1, 2, 3)]


def header(request: Request, **league: object) -> bytes:
    """The header of a plan, with other words about its last league; a field that is None is left out."""
    written_ = json.loads(written(PLAN, request).splitlines()[0])
    last = {**written_["request"]["habits"][-1], **league}
    written_["request"]["habits"][-1] = {key: value for key, value in last.items() if value is not None}
    return lines.dump(written_)


def test_a_plan_from_before_leagues_had_habits_is_read_as_it_was() -> None:
    old = json.loads(HEADER)
    assert old["request"].pop("habits") == []
    assert saved(summed(lines.dump(old), *ROWS)).request == Request()


@pytest.mark.parametrize(
    "league",
    [
        {"code": 1},
        {"code": None},
        {"colour": "red"},
        {"series_words": "Liga"},
        {"series_words": [1]},
        {"series_words": [["Liga"]]},
        {"ordinals": True},
        {"ordinals": ["II"]},
        {"ordinals": [[2]]},
        {"club_aliases": {"Lake": "Lakeside"}},
        {"club_aliases": [["Lake"]]},
        {"club_aliases": [["Lake", "Lakeside", "Winmere"]]},
        {"unique_names": 1},
        {"unique_names": "unique"},
        {"outside_id": None},
        {"active": True},
    ],
    ids=str,
)
def test_habits_that_no_plan_is_written_with_are_refused(league: dict[str, object]) -> None:
    assert saved(summed(header(TOLD), *ROWS)).request == TOLD
    with pytest.raises(errors.UsageError):
        saved(summed(header(TOLD, **league), *ROWS))


@pytest.mark.parametrize("habits", [None, 1, {}, {"LAKE": {}}, "LAKE", [None], ["LAKE"], [[]]], ids=str)
def test_habits_of_no_league_are_refused(habits: object) -> None:
    other = json.loads(HEADER)
    other["request"]["habits"] = habits
    with pytest.raises(errors.UsageError):
        saved(summed(lines.dump(other), *ROWS))


def test_a_plan_that_leaves_out_what_is_in_place_says_so() -> None:
    assert saved(written(plan(row(1), sparse=True))).left_out == {"practices"}


def test_a_row_says_what_a_person_must_know_to_judge_it() -> None:
    assert json.loads(ROWS[1]) == {
        "set": "practices",
        "row": 2,
        "key": "102",
        "bucket": "relink",
        "says": SAYS,
        "was": WAS,
        "team": WAS,
        "club": "Tennaqua",
        "evidence": "exact",
        "fate": "renumbered",
        "because": BECAUSE,
        "note": "",
        "live_key": "102",
        "before": [1, None, 1],
        "after": [11, None, 21],
        "new_key": False,
    }


def test_a_row_without_a_team_is_written_with_its_note() -> None:
    (line,) = saved(written(plan(row(1, Bucket.PENDING, team=None, note="hung on no team")))).rows()
    assert (line["was"], line["team"], line["club"], line["because"]) == (None, None, None, "hung on no team")


def test_a_key_that_is_still_to_come_is_said_in_words() -> None:
    (line,) = saved(written(plan(row(1, after=(NewKey.of(7), 21))))).rows()
    assert line["after"] == ["the new key of row 7", 21]


def test_every_plan_has_an_id_of_its_own() -> None:
    assert saved(DATA).id != saved(written(PLAN)).id


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b"1",
        b'"plan"',
        b"{",
        b"\xff\xfe",
        DATA[:-10],
        DATA[:-1],
        DATA + b"x",
        DATA + b"\n",
        DATA + LAST,
        DATA + DATA,
        DATA.replace(b"\n", b"\r\n"),
        HEADER,
        HEADER + LAST,
        b"[" * 100_000,
        b'{"format": "practice-guard plan"}',
        HEADER[:-2] + b"[" * 100_000 + b"\n" + LAST,
        changed(format="something else"),
        changed(version=1),
        changed(version=3),
        changed(version=True),
        changed(version=2.5),
        changed(version=None),
        changed(request=None),
        changed(digest="0" * 64),
        changed(snapshot="tuesday"),
        changed(note="added"),
        DATA.replace(b'"insert"', b'"delete"', 1),
        DATA.replace(b"Tennaqua", b"Wilmette", 1),
        DATA.replace(b'"roster_at_least": 4', b'"roster_at_least": 1e999'),
        DATA.replace(b'"roster_at_least": 4', b'"roster_at_least": NaN'),
        DATA.replace(b'"include_deleted": false', b'"include_deleted": true'),
        DATA.replace(b'{"rows": 3', b'{"rows": 4'),
        DATA.replace(b'{"rows": 3', b'{"rows":  3'),
        summed(HEADER.replace(b'"include_deleted"', b'"exact_only"')),
        summed(HEADER.replace(b"}", b"", 1)),
    ],
    ids=range(39),
)
def test_what_is_no_plan_or_was_changed_is_refused(data: bytes) -> None:
    with pytest.raises(errors.UsageError):
        saved(data)


@pytest.mark.parametrize("place", range(len(ROWS) + 2))
def test_a_line_that_was_edited_left_out_or_moved_is_noticed_wherever_it_is(place: int) -> None:
    every = [HEADER, *ROWS, LAST]
    without = every[:place] + every[place + 1 :]
    other = re.sub(rb"\d", lambda digit: b"%d" % (9 - int(digit[0])), every[place], count=1)
    edited = [*every[:place], other, *every[place + 1 :]]
    moved = [*without, every[place]] if place < len(every) - 1 else [every[place], *without]
    for spoilt in (without, edited, moved):
        assert spoilt != every
        with pytest.raises(errors.UsageError):
            saved(b"".join(spoilt))


def test_an_edited_plan_is_to_be_asked_for_anew() -> None:
    with pytest.raises(errors.UsageError, match="was changed since it was written") as caught:
        saved(DATA.replace(b"Court 3", b"Court 4", 1))
    assert caught.value.next_steps == (planfile.AGAIN,)


@pytest.mark.parametrize("indent", [1, None], ids=["as it was written", "in one line"])
def test_a_plan_of_version_1_is_to_be_asked_for_anew(indent: int | None) -> None:
    document = {"format": planfile.FORMAT, "version": 1, "id": "1", "rows": [], "checksum": "0" * 64}
    with pytest.raises(
        errors.UsageError, match="has version 1; this program reads 2, and it must be asked for anew"
    ) as caught:
        saved(json.dumps(document, indent=indent).encode())
    assert caught.value.next_steps == (planfile.AGAIN,)


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@given(st.sampled_from(sorted(json.loads(HEADER))), JUNK)
@example("request", {"roster_at_least": 1e300})
def test_junk_in_any_place_is_refused_also_where_the_sum_is_right(name: str, junk: object) -> None:
    """Somebody who computes the checksum anew gets a usage error too, or a plan that the database must agree with."""
    try:
        saved(summed(lines.dump({**json.loads(HEADER), name: junk}), *ROWS))
    except errors.UsageError:
        return
    assert name not in ("format", "version") or junk == json.loads(HEADER)[name]


@pytest.mark.parametrize("place", range(0, len(DATA), 37))
def test_a_flipped_letter_is_refused(place: int) -> None:
    other = b"7" if DATA[place : place + 1] != b"7" else b"8"
    with pytest.raises(errors.UsageError):
        saved(DATA[:place] + other + DATA[place + 1 :])


def test_a_plan_that_is_written_anew_has_nothing_of_the_first_try(tmp_path: Path) -> None:
    """A lock that could not be had in time has all the work done again, on the same file."""
    with files.writing(tmp_path / "plan.json") as file:
        planfile.dump(PLAN, Request(), NOON, file)
        planfile.dump(plan(row(1)), Request(), NOON, file)
    found = saved((tmp_path / "plan.json").read_bytes())
    assert len(list(found.rows())) == 1


@pytest.mark.parametrize("failure", [errors.DatabaseError("the line is lost"), KeyboardInterrupt()], ids=repr)
@pytest.mark.parametrize("there", [False, True], ids=["nothing there", "a plan there"])
def test_a_plan_that_fails_while_it_is_written_leaves_what_was_there(
    tmp_path: Path, failure: BaseException, there: bool
) -> None:
    path = tmp_path / "plan.json"
    if there:
        path.write_bytes(DATA)

    def broken() -> Iterator[PlannedRow]:
        yield row(1)
        raise failure

    with pytest.raises(type(failure)), files.writing(path, replace=True) as file:
        planfile.dump(plan(lazy=broken()), Request(), NOON, file)
    assert [each.name for each in tmp_path.iterdir()] == (["plan.json"] if there else [])
    assert not there or path.read_bytes() == DATA


def test_a_hundred_thousand_rows_are_written_and_read_a_line_at_a_time(tmp_path: Path) -> None:
    rows, path = 100_000, tmp_path / "plan.json"
    tracemalloc.start()
    try:
        with files.writing(path) as file:
            planfile.dump(plan(lazy=map(row, range(rows))), Request(), NOON, file)
        with files.reading(path) as file:
            found = planfile.load(file)
            assert sum(1 for _ in found.rows()) == rows
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert path.stat().st_size > 30 * 1024**2
    assert peak < 6 * 1024**2 < path.stat().st_size / 5

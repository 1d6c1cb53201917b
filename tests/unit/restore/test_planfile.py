"""A plan as a file: what is read back is what was written, or nothing is."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timezone
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from practice_guard.core import errors
from practice_guard.core.guarding import Request, Scope
from practice_guard.core.identity import Resolution
from practice_guard.core.model import Evidence, Fate, Match, Team
from practice_guard.core.restore import planfile
from practice_guard.core.restore.plans import Bucket, Plan, PlannedRow, SetPlan

NOON = datetime(2026, 1, 5, 12, 0, tzinfo=timezone.utc)
OLD = Team(1, "APTA_CHICAGO", "Tennaqua", "Chicago 22", "Tennaqua - 22")
NEW = replace(OLD, id=11)


def row(number: int, bucket: Bucket = Bucket.INSERT, **more: Any) -> PlannedRow:
    made = PlannedRow("practices", number, str(100 + number), bucket, ("monday", 1), after=(11, None, 21))
    return replace(made, evidence=Evidence.EXACT, fate=Fate.RENUMBERED, team=("monday", 1), **more)


def plan(*rows: PlannedRow, snapshot: str = "monday", oid: int = 5) -> Plan:
    found = Resolution(
        {1: Match(OLD, Fate.RENUMBERED, NEW, Evidence.EXACT, because="name and place are the same")}, frozenset()
    )
    fingerprint = {"uuid": "u", "system": "s", "name": "n", "oid": oid}
    return Plan(snapshot, fingerprint, {"practices": SetPlan("practices", rows, 0, ())}, {"monday": found}, False, "m")


PLAN = plan(row(1), row(2, Bucket.RELINK, live_key="102", before=(1, None, 1)), row(3, Bucket.PENDING, after=None))
WIDE = Request(
    Scope(frozenset({"practices"}), frozenset({"NSTF"}), frozenset({"Tennaqua S2B"})), True, True, None, 3, 75
)
TEXT = planfile.dump(PLAN, Request(), NOON)


def changed(**parts: object) -> str:
    return json.dumps({**json.loads(TEXT), **parts})


@pytest.mark.parametrize("request_", [Request(), WIDE], ids=["all", "a part"])
def test_what_is_written_is_read_back(request_: Request) -> None:
    saved = planfile.load(planfile.dump(PLAN, request_, NOON))
    assert (saved.request, saved.snapshot, saved.digest, saved.made_at) == (request_, "monday", PLAN.digest, NOON)
    assert saved.database == PLAN.database
    assert list(saved.rows) == [("practices", 1), ("practices", 2), ("practices", 3)]


def test_every_plan_has_an_id_of_its_own() -> None:
    assert planfile.load(TEXT).id != planfile.load(planfile.dump(PLAN, Request(), NOON)).id


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[]",
        "{}",
        "1",
        '"plan"',
        "{",
        TEXT[:-10],
        TEXT + "x",
        "[" * 100_000,
        '{"format": "practice-guard plan"}',
        changed(format="something else"),
        changed(version=2),
        changed(version=True),
        changed(version=None),
        changed(rows=None),
        changed(rows=[]),
        changed(rows=[1]),
        changed(request=None),
        changed(request=[]),
        changed(digest="0" * 64),
        changed(snapshot="tuesday"),
        changed(id="another"),
        changed(made_at="yesterday"),
        changed(database=7),
        changed(checksum=None),
        changed(note="added"),
        TEXT.replace('"INSERT"'.lower(), '"pending"', 1),
        TEXT.replace("Tennaqua", "Wilmette", 1),
        TEXT.replace('"roster_at_least": 4', '"roster_at_least": 1e999'),
        TEXT.replace('"roster_at_least": 4', '"roster_at_least": NaN'),
        TEXT.replace('"include_deleted": false', '"include_deleted": true'),
    ],
)
def test_what_is_no_plan_or_was_changed_is_refused(text: str) -> None:
    with pytest.raises(errors.UsageError):
        planfile.load(text)


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@given(st.sampled_from(sorted(json.loads(TEXT))), JUNK)
@example("request", {"roster_at_least": float("inf")})
def test_junk_in_any_place_is_refused_also_where_the_sum_is_right(name: str, junk: object) -> None:
    """Somebody who computes the checksum anew gets a usage error too, or a plan that the database must agree with."""
    document = {**json.loads(TEXT), name: junk}
    if name != "checksum":
        document["checksum"] = planfile._checksum(document)
    try:
        planfile.load(json.dumps(document))
    except errors.UsageError:
        return
    assert name in ("id", "made_at", "snapshot", "digest", "database", "rows", "counts", "request")


@pytest.mark.parametrize("place", [place for place in range(0, len(TEXT), 37) if not TEXT[place].isspace()])
def test_a_flipped_letter_is_refused(place: int) -> None:
    other = "7" if TEXT[place] != "7" else "8"
    with pytest.raises(errors.UsageError):
        planfile.load(TEXT[:place] + other + TEXT[place + 1 :])


class TestWhatMoved:
    @pytest.mark.parametrize(
        ("now", "said"),
        [
            (plan(*PLAN.rows(), snapshot="tuesday"), "snapshot monday, not tuesday"),
            (plan(*PLAN.rows(), oid=6), "another database"),
            (plan(*list(PLAN.rows())[:2]), "practices row 3: gone from the plan"),
            (plan(*PLAN.rows(), row(4)), "practices row 4: new in the plan"),
            (plan(row(1, Bucket.DELETED), *list(PLAN.rows())[1:]), "bucket insert is now deleted"),
            (plan(row(1, new_key=True), *list(PLAN.rows())[1:]), "new_key False is now True"),
            (plan(row(1, after=(12, None, 21)), *list(PLAN.rows())[1:]), "after [11, None, 21] is now [12, None, 21]"),
        ],
    )
    def test_is_said_row_by_row(self, now: Plan, said: str) -> None:
        assert any(said in line for line in planfile.moved(planfile.load(TEXT), now)), planfile.moved(
            planfile.load(TEXT), now
        )
        assert now.digest != PLAN.digest

    def test_says_whose_row(self) -> None:
        now = plan(row(1, Bucket.DELETED), *list(PLAN.rows())[1:])
        assert "Tennaqua - 22 (Tennaqua, Chicago 22, APTA_CHICAGO)" in planfile.moved(planfile.load(TEXT), now)[0]

    def test_is_cut_short_and_counted(self) -> None:
        lines = planfile.moved(planfile.load(TEXT), plan(*(row(number) for number in range(10, 60))))
        assert (len(lines), lines[-1]) == (21, "… and 33 more")

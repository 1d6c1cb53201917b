"""Which live row is which row of the snapshot: the order of pairing, its safe and unsafe twins.

The examples are tests of whatever pairs: a file of tests imports them and has a fixture `pair` (`Pair`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from practice_guard.core.model import Evidence, Fate
from practice_guard.core.restore import Bucket
from tests.oracle.plans import Destination, Kept, Live, PlannedRow, SetPlan
from tests.oracle.rules import Pair, Rules

LIST = "monday"
OLDER = "sunday"
TENNAQUA, WILMETTE, LAKESHORE = 1, 2, 3
"""Teams by the ids they had at the snapshot."""
RENUMBERED = {TENNAQUA: 11, WILMETTE: 12, LAKESHORE: 13}
SWAPPED = {TENNAQUA: 2, WILMETTE: 1, LAKESHORE: 3}
AT_NOON, AT_ONE, NOW = "2026-01-05 12:00:00+00", "2026-01-05 13:00:00+00", "2026-01-06 03:00:00+00"


def kept(row: int, team: int | None = TENNAQUA, content: str = "Monday", **more: object) -> Kept:
    """A row of the snapshot under the primary key 100 + its number."""
    refs = (None if team is None else (LIST, team),)
    return replace(Kept(row, str(100 + row), content, AT_NOON, refs), **more)  # type: ignore[arg-type]  # test sugar


def live(key: int, team: int | None, content: str = "Monday", created: str | None = AT_NOON, **more: object) -> Live:
    return replace(Live(str(key), content, created, (team,)), **more)  # type: ignore[arg-type]  # test sugar


def rules(*, now: Mapping[int, int | None] = RENUMBERED, etl_deletes: bool | None = True, **more: object) -> Rules:
    valid = frozenset(new for new in now.values() if new is not None)
    made = Rules("practices", etl_deletes, etl_deletes is True, (True,), (valid,))
    return replace(made, **more)  # type: ignore[arg-type]  # test sugar


def plan(
    pair: Pair,
    rows: Sequence[Kept],
    table: Sequence[Live],
    given: Rules | None = None,
    *,
    now: Mapping[int, int | None] = RENUMBERED,
    given_up: bool = False,
) -> SetPlan:
    def resolve(_place: int, origin: tuple[str, int]) -> Destination:
        old = origin[1]
        new = now.get(old)
        if new is None:
            return Destination(None, fate=Fate.MISSING, given_up=given_up)
        return Destination(new, Evidence.EXACT, Fate.KEPT if new == old else Fate.RENUMBERED)

    return pair(rows, table, given or rules(now=now), resolve)


def only(made: SetPlan) -> PlannedRow:
    (row,) = made.rows
    return row


class TestTheOrder:
    def test_first_the_same_key_content_and_team(self, pair: Pair) -> None:
        twin, own = live(90, 11), live(101, 11)
        row = only(plan(pair, [kept(1)], [twin, own]))
        assert (row.bucket, row.live_key) == (Bucket.INTACT, "101")

    def test_then_content_and_team_the_nth_with_the_nth(self, pair: Pair) -> None:
        rows = [kept(1), kept(2)]
        table = [live(202, 11, created=AT_ONE), live(201, 11)]
        made = plan(pair, rows, table)
        assert [(row.bucket, row.live_key) for row in made.rows] == [(Bucket.INTACT, "201"), (Bucket.INTACT, "202")]

    def test_then_the_same_key_and_time_with_other_content(self, pair: Pair) -> None:
        row = only(plan(pair, [kept(1)], [live(101, 1, "Tuesday")]))
        assert (row.bucket, row.live_key, row.after) == (Bucket.EDITED, "101", (11,))

    def test_then_the_same_content_on_the_old_id_that_is_gone(self, pair: Pair) -> None:
        row = only(plan(pair, [kept(1)], [live(700, 1, created=AT_ONE)]))
        assert (row.bucket, row.live_key, row.after) == (Bucket.RELINK, "700", (11,))

    def test_then_the_same_content_and_time_on_no_team(self, pair: Pair) -> None:
        row = only(plan(pair, [kept(1)], [live(700, None)]))
        assert (row.bucket, row.live_key, row.after) == (Bucket.RELINK, "700", (11,))

    def test_of_two_alike_the_one_that_is_not_there_under_its_key_takes_what_stands_on_the_team(
        self, pair: Pair
    ) -> None:
        made = plan(pair, [kept(1), kept(2)], [live(101, None), live(500, 11, created=NOW)])
        assert [(row.bucket, row.live_key) for row in made.rows] == [(Bucket.RELINK, "101"), (Bucket.INTACT, "500")]

    def test_content_on_the_team_comes_before_the_own_key_elsewhere(self, pair: Pair) -> None:
        """The team has its practice; the one with the old key and no team is not put beside it."""
        made = plan(pair, [kept(1)], [live(101, None), live(500, 11, created=NOW)])
        assert (only(made).live_key, only(made).writes) == ("500", False)
        assert [each.key for each in made.extra] == ["101"]

    def test_but_not_before_it_on_another_team(self, pair: Pair) -> None:
        """Left where it is, it would stay on the team that was given its team's old id."""
        made = plan(pair, [kept(1)], [live(101, TENNAQUA), live(500, 2, created=NOW)], now=SWAPPED)
        assert (only(made).live_key, only(made).after) == ("101", (2,))

    @pytest.mark.parametrize(("now", "bucket", "after"), [(TENNAQUA, Bucket.RELINK, 1), (None, Bucket.PENDING, None)])
    def test_where_a_restore_put_it_is_no_users_move_once_that_id_is_anothers(
        self, pair: Pair, now: int | None, bucket: Bucket, after: int | None
    ) -> None:
        """The team was 2 for a while and has its old id again, or is gone."""
        teams = {TENNAQUA: now, WILMETTE: 2}
        row = only(plan(pair, [kept(1)], [live(101, 2)], rules(now=teams, put={"101": 2}), now=teams))
        assert (row.bucket, row.after, row.was_wrong) == (bucket, (after,), True)

    def test_the_key_that_a_restore_gave_it_is_its_own_too(self, pair: Pair) -> None:
        """The user edited it since; put back once more, it would be there twice."""
        row = only(plan(pair, [kept(1)], [live(700, 1, "Tuesday")], rules(renumbered={1: "700"})))
        assert (row.bucket, row.live_key, row.after) == (Bucket.EDITED, "700", (11,))
        stranger = live(700, 1, "Tuesday", created=NOW)
        assert only(plan(pair, [kept(1)], [stranger], rules(renumbered={1: "700"}))).bucket is Bucket.INSERT

    def test_alike_rows_are_not_given_each_others(self, pair: Pair) -> None:
        passed_round = {TENNAQUA: 2, WILMETTE: 3, LAKESHORE: 1}
        rows = [kept(1, TENNAQUA), kept(2, WILMETTE)]
        made = plan(pair, rows, [live(101, TENNAQUA), live(102, WILMETTE)], now=passed_round)
        assert [(row.live_key, row.after) for row in made.rows] == [("101", (2,)), ("102", (3,))]

    def test_an_adrift_row_of_another_is_not_taken(self, pair: Pair) -> None:
        """The second row's team has one of the same content; its own, without team, is not the first one's."""
        rows = [kept(1, WILMETTE), kept(2, TENNAQUA)]
        made = plan(pair, rows, [live(102, None), live(500, 11, created=NOW)])
        assert [(row.bucket, row.live_key) for row in made.rows] == [(Bucket.INSERT, None), (Bucket.INTACT, "500")]

    def test_rows_of_a_known_team_choose_adrift_rows_first(self, pair: Pair) -> None:
        rows = [kept(1, LAKESHORE), kept(2)]
        now = {**RENUMBERED, LAKESHORE: None}
        made = plan(pair, rows, [live(700, None)], now=now)
        assert [row.bucket for row in made.rows] == [Bucket.PENDING, Bucket.RELINK]


class TestTheStrongestEvidenceChooses:
    """… among rows adrift, and not the first row."""

    def test_a_row_on_a_teams_old_id_goes_to_that_team_before_one_made_at_the_same_second(self, pair: Pair) -> None:
        made = plan(pair, [kept(1, TENNAQUA), kept(2, WILMETTE)], [live(700, WILMETTE)])
        assert [(row.bucket, row.live_key) for row in made.rows] == [(Bucket.INSERT, None), (Bucket.RELINK, "700")]

    def test_also_before_the_first_of_that_time_on_no_team(self, pair: Pair) -> None:
        rows, table = [kept(1, TENNAQUA), kept(2, WILMETTE)], [live(700, WILMETTE), live(701, None)]
        assert [row.live_key for row in plan(pair, rows, table).rows] == ["701", "700"]

    def test_the_old_id_and_the_time_come_before_the_old_id_alone(self, pair: Pair) -> None:
        rows, table = [kept(1, created=AT_ONE), kept(2)], [live(700, TENNAQUA), live(701, TENNAQUA, created=NOW)]
        assert [row.live_key for row in plan(pair, rows, table).rows] == ["701", "700"]

    def test_the_old_id_alone_comes_before_the_time(self, pair: Pair) -> None:
        rows, table = [kept(1)], [live(700, None), live(701, TENNAQUA, created=AT_ONE)]
        assert only(plan(pair, rows, table)).live_key == "701"

    def test_the_time_on_no_team_comes_before_the_time_on_a_vanished_one(self, pair: Pair) -> None:
        assert only(plan(pair, [kept(1)], [live(700, 99), live(701, None)])).live_key == "701"

    @pytest.mark.parametrize("team", [TENNAQUA, None, 99])
    def test_of_those_alike_the_nth_takes_the_nth(self, pair: Pair, team: int | None) -> None:
        rows = [kept(1), kept(2)]
        made = plan(pair, rows, [live(1000, team), live(999, team)])
        assert [row.live_key for row in made.rows] == ["999", "1000"]

    @pytest.mark.parametrize(("team", "bucket"), [(TENNAQUA, Bucket.RELINK), (None, Bucket.INSERT)])
    def test_having_no_time_is_no_evidence(self, pair: Pair, team: int | None, bucket: Bucket) -> None:
        assert only(plan(pair, [kept(1, created=None)], [live(700, team, created=None)])).bucket is bucket

    def test_but_of_two_on_the_old_id_the_one_without_a_time_too_comes_first(self, pair: Pair) -> None:
        rows = [kept(1, created=AT_ONE), kept(2, created=None)]
        assert [row.live_key for row in plan(pair, rows, [live(700, TENNAQUA, created=None)]).rows] == [None, "700"]


class TestOwnKeys:
    """… come before the keys that a restore gave."""

    def test_a_row_that_has_the_key_from_its_beginning_comes_first(self, pair: Pair) -> None:
        rows, table = [kept(1), kept(2)], [live(102, 11, "Tuesday")]
        made = plan(pair, rows, table, rules(renumbered={1: "102"}))
        assert [(row.bucket, row.live_key) for row in made.rows] == [(Bucket.INSERT, None), (Bucket.EDITED, "102")]

    def test_of_two_that_had_it_the_carried_one_is_left(self, pair: Pair) -> None:
        rows = [kept(1, key="102", carried=True, refs=((OLDER, WILMETTE),)), kept(2)]
        made = plan(pair, rows, [live(102, 11, "Tuesday")])
        assert [row.bucket for row in made.rows] == [Bucket.INSERT, Bucket.EDITED]

    def test_and_goes_by_the_key_that_it_was_given(self, pair: Pair) -> None:
        rows = [kept(1, key="102", carried=True, refs=((OLDER, WILMETTE),)), kept(2)]
        table = [live(102, 11, "Tuesday"), live(700, 12, "Sunday")]
        made = plan(pair, rows, table, rules(renumbered={1: "700"}))
        assert [row.live_key for row in made.rows] == ["700", "102"]


class TestARowTheApplicationWrote:
    def test_on_a_valid_team_is_never_taken_for_another_teams(self, pair: Pair) -> None:
        made = plan(pair, [kept(1)], [live(500, 12, created=NOW)])
        assert only(made).bucket is Bucket.INSERT
        assert [each.key for each in made.extra] == ["500"]

    def test_on_the_right_team_counts_as_there(self, pair: Pair) -> None:
        row = only(plan(pair, [kept(1)], [live(500, 11, created=NOW)]))
        assert (row.bucket, row.writes) == (Bucket.INTACT, False)

    def test_under_a_reused_primary_key_is_another_row(self, pair: Pair) -> None:
        made = plan(pair, [kept(1)], [live(101, 12, "Tuesday", NOW)])
        row = only(made)
        assert (row.bucket, row.new_key) == (Bucket.INSERT, True)
        assert [each.key for each in made.extra] == ["101"]

    def test_on_a_vanished_id_of_another_team_is_never_taken(self, pair: Pair) -> None:
        """Two teams of a club share label, day and place; only the id says whose it was."""
        made = plan(pair, [kept(1, TENNAQUA)], [live(700, WILMETTE, created=AT_ONE)])
        assert only(made).bucket is Bucket.INSERT
        assert [each.key for each in made.extra] == ["700"]

    def test_on_no_team_and_of_another_time_is_never_taken(self, pair: Pair) -> None:
        made = plan(pair, [kept(1)], [live(700, None, created=AT_ONE)])
        assert only(made).bucket is Bucket.INSERT

    @pytest.mark.parametrize("team", [None, WILMETTE, 99])
    def test_in_a_table_that_the_etl_leaves_alone_is_never_taken(self, pair: Pair, team: int | None) -> None:
        given = rules(etl_deletes=False, proven=frozenset({1}))
        made = plan(pair, [kept(1)], [live(700, team, created=AT_ONE)], given)
        assert only(made).bucket is Bucket.DELETED
        assert [each.key for each in made.extra] == ["700"]

    def test_an_absence_that_nothing_proves_is_no_wish(self, pair: Pair) -> None:
        made = plan(pair, [kept(1)], [live(700, WILMETTE, created=AT_ONE)], rules(etl_deletes=False))
        assert only(made).bucket is Bucket.INSERT
        assert [each.key for each in made.extra] == ["700"]

    def test_on_a_vanished_id_is_not_taken_for_a_carried_row(self, pair: Pair) -> None:
        """A carried row's id is of an older list, and may have been another team's since."""
        carried = kept(1, carried=True, refs=((OLDER, TENNAQUA),))
        made = plan(pair, [carried], [live(700, TENNAQUA, created=AT_ONE)])
        assert only(made).bucket is Bucket.INSERT


class TestIdsThatChangedHands:
    def test_a_row_on_its_teams_old_id_goes_to_its_team(self, pair: Pair) -> None:
        row = only(plan(pair, [kept(1)], [live(101, TENNAQUA)], now=SWAPPED))
        assert (row.bucket, row.after, row.was_wrong) == (Bucket.RELINK, (2,), True)

    @pytest.mark.parametrize("etl_deletes", [True, False])
    def test_alike_rows_that_cross_each_keep_their_own_key(self, pair: Pair, etl_deletes: bool) -> None:
        rows = [kept(1, TENNAQUA), kept(2, WILMETTE)]
        table = [live(101, TENNAQUA), live(102, WILMETTE)]
        made = plan(pair, rows, table, rules(now=SWAPPED, etl_deletes=etl_deletes), now=SWAPPED)
        assert [(row.live_key, row.after) for row in made.rows] == [("101", (2,)), ("102", (1,))]

    def test_a_reused_id_whose_own_team_is_missing_loses_the_row(self, pair: Pair) -> None:
        now = {TENNAQUA: None, WILMETTE: TENNAQUA}
        row = only(plan(pair, [kept(1)], [live(101, TENNAQUA)], now=now))
        assert (row.bucket, row.before, row.after) == (Bucket.PENDING, (1,), (None,))
        assert row.was_wrong

    def test_but_not_where_the_column_must_have_a_value(self, pair: Pair) -> None:
        now = {TENNAQUA: None, WILMETTE: TENNAQUA}
        row = only(plan(pair, [kept(1)], [live(101, TENNAQUA)], rules(now=now, nullable=(False,)), now=now))
        assert (row.bucket, row.writes, row.was_wrong) == (Bucket.PENDING, False, True)

    def test_a_row_on_a_vanished_id_waits_where_it_is(self, pair: Pair) -> None:
        row = only(plan(pair, [kept(1)], [live(101, TENNAQUA)], now={WILMETTE: 12}))
        assert (row.bucket, row.writes) == (Bucket.PENDING, False)


class TestNull:
    def test_a_row_without_a_team_stays_without(self, pair: Pair) -> None:
        row = only(plan(pair, [kept(1, None)], [live(101, None)]))
        assert (row.bucket, row.writes) == (Bucket.INTACT, False)

    def test_a_row_that_somebody_gave_a_team_since_keeps_it_and_is_told(self, pair: Pair) -> None:
        row = only(plan(pair, [kept(1, None)], [live(101, 12)]))
        assert (row.bucket, row.writes) == (Bucket.EDITED, False)

    def test_a_lost_row_without_a_team_waits(self, pair: Pair) -> None:
        assert only(plan(pair, [kept(1, None)], [])).bucket is Bucket.PENDING

    def test_a_team_set_to_null_is_mended(self, pair: Pair) -> None:
        row = only(plan(pair, [kept(1)], [live(101, None)]))
        assert (row.bucket, row.after) == (Bucket.RELINK, (11,))


class TestWhatUsersDid:
    def test_a_deletion_is_known_where_no_import_ran(self, pair: Pair) -> None:
        assert only(plan(pair, [kept(1)], [], rules(proven=frozenset({1})))).bucket is Bucket.DELETED

    def test_a_deletion_is_not_known_after_an_import(self, pair: Pair) -> None:
        assert only(plan(pair, [kept(1)], [])).bucket is Bucket.INSERT

    @pytest.mark.parametrize("etl_deletes", [True, False, None])
    def test_an_absence_is_no_wish(self, pair: Pair, etl_deletes: bool | None) -> None:
        assert only(plan(pair, [kept(1)], [], rules(etl_deletes=etl_deletes))).bucket is Bucket.INSERT

    def test_a_deleted_row_comes_back_when_asked_for(self, pair: Pair) -> None:
        given = rules(proven=frozenset({1}))
        assert only(plan(pair, [kept(1)], [], replace(given, include_deleted=True))).bucket is Bucket.INSERT

    def test_a_move_to_another_team_is_left_where_no_import_ran(self, pair: Pair) -> None:
        unchanged = {TENNAQUA: 1, WILMETTE: 2}
        row = only(plan(pair, [kept(1)], [live(101, 2)], rules(now=unchanged, proven=frozenset({1})), now=unchanged))
        assert (row.bucket, row.writes) == (Bucket.EDITED, False)

    def test_a_row_on_a_wrong_team_after_an_import_is_mended(self, pair: Pair) -> None:
        row = only(plan(pair, [kept(1)], [live(101, 12)]))
        assert (row.bucket, row.after, row.was_wrong) == (Bucket.RELINK, (11,), True)

    def test_an_edited_row_that_is_no_practice_any_more_is_not_put_back(self, pair: Pair) -> None:
        row = only(plan(pair, [kept(1)], [live(101, 11, "Match", protected=False)]))
        assert (row.bucket, row.writes) == (Bucket.EDITED, False)


class TestRowsThatWait:
    def test_a_lost_row_of_a_missing_team_waits(self, pair: Pair) -> None:
        row = only(plan(pair, [kept(1)], [], now={WILMETTE: 12}))
        assert (row.bucket, row.fate) == (Bucket.PENDING, Fate.MISSING)

    def test_unless_a_person_gave_it_up(self, pair: Pair) -> None:
        assert only(plan(pair, [kept(1)], [], now={}, given_up=True)).bucket is Bucket.GIVEN_UP

    def test_a_carried_row_is_settled_by_an_equal_one_on_its_team(self, pair: Pair) -> None:
        carried = kept(1, carried=True, refs=((OLDER, TENNAQUA),))
        assert only(plan(pair, [carried], [live(500, 11, created=NOW)])).bucket is Bucket.INTACT

    def test_a_carried_row_comes_after_the_snapshots_own(self, pair: Pair) -> None:
        rows = [kept(1, carried=True, refs=((OLDER, TENNAQUA),)), kept(2)]
        made = plan(pair, rows, [live(500, 11, created=NOW)])
        assert [row.bucket for row in made.rows] == [Bucket.INSERT, Bucket.INTACT]

    def test_a_carried_row_whose_key_is_wanted_by_another_gets_a_new_one(self, pair: Pair) -> None:
        rows = [kept(1), kept(2, key="101", carried=True, refs=((OLDER, WILMETTE),))]
        assert [row.new_key for row in plan(pair, rows, []).rows] == [False, True]


class TestOtherReferences:
    LEAGUES = frozenset({21})

    def with_league(
        self, pair: Pair, *, now: int | None, gone: bool = False, table: Sequence[Live] | None = None
    ) -> PlannedRow:
        """A practice of league 1, which is league 21 today, or gone; its live row points at league `now`."""

        def resolve(place: int, origin: tuple[str, int]) -> Destination:
            if place == 0:
                return Destination(11, Evidence.EXACT, Fate.RENUMBERED)
            return Destination(None, fate=Fate.MISSING) if gone else Destination(21, Evidence.EXACT, Fate.RENUMBERED)

        row = kept(1, refs=((LIST, TENNAQUA), (LIST, 1)))
        given = rules(nullable=(True, True), valid=(frozenset({11}), self.LEAGUES | {5}))
        there = [live(101, 11, refs=(11, now))] if table is None else table
        return only(pair([row], there, given, resolve))

    def test_a_league_under_its_old_id_is_mended(self, pair: Pair) -> None:
        assert self.with_league(pair, now=1).after == (11, 21)

    def test_a_league_that_is_in_place_is_no_work(self, pair: Pair) -> None:
        assert self.with_league(pair, now=21).bucket is Bucket.INTACT

    def test_a_league_that_somebody_chose_is_kept(self, pair: Pair) -> None:
        assert not self.with_league(pair, now=5).writes

    def test_a_league_that_is_gone_is_emptied_and_remembered(self, pair: Pair) -> None:
        row = self.with_league(pair, now=1, gone=True)
        assert (row.after, row.unresolved) == ((11, None), (1,))

    def test_a_lost_row_comes_back_without_the_league_that_is_gone(self, pair: Pair) -> None:
        row = self.with_league(pair, now=None, gone=True, table=[])
        assert (row.bucket, row.after, row.unresolved) == (Bucket.INSERT, (11, None), (1,))

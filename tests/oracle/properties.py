"""What holds of every plan, whatever the rows: the world knows whose each row is, and what pairs does not.

Tests of whatever pairs, as the `examples` are; the fixture `pair` must outlive a test.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from hypothesis import given, settings
from hypothesis import strategies as st

from practice_guard.core.model import Evidence, Fate
from practice_guard.core.restore import Bucket
from tests.oracle.plans import Destination, Kept, Live, PlannedRow, SetPlan
from tests.oracle.rules import Pair, Rules

TEAMS = (1, 2, 3)
LIST = "monday"
NUMBERINGS = (
    {1: 1, 2: 2, 3: 3},
    {1: 11, 2: 12, 3: 13},
    {1: 2, 2: 3, 3: 1},
    {1: 2, 2: 1, 3: 13},
    {1: 2, 2: None, 3: 3},
    {1: None, 2: 1, 3: 12},
    {1: None, 2: 12, 3: 13},
)
"""What became of the teams: kept, new, passed round, exchanged, missing with the id in other hands, missing."""


@dataclass(frozen=True)
class Tagged:
    """A live row and whose it truly is; `ours` is the number of the snapshot's row that it was."""

    row: Live
    owner: int | None
    ours: int | None = None


@dataclass(frozen=True)
class World:
    """A snapshot, what became of its teams, and the table now."""

    now: dict[int, int | None]
    kept: tuple[Kept, ...]
    table: tuple[Tagged, ...]
    etl_deletes: bool | None
    proven: frozenset[int]
    include_deleted: bool

    @property
    def valid(self) -> frozenset[int]:
        return frozenset(new for new in self.now.values() if new is not None)

    def plan(self, pair: Pair, table: Sequence[Live]) -> SetPlan:
        rules = Rules(
            "practices",
            self.etl_deletes,
            self.etl_deletes is True,
            (True,),
            (self.valid,),
            self.proven,
            self.include_deleted,
        )
        return pair(self.kept, table, rules, self.resolve)

    def resolve(self, _place: int, origin: tuple[str, int]) -> Destination:
        new = self.now[origin[1]]
        if new is None:
            return Destination(None, fate=Fate.MISSING)
        return Destination(new, Evidence.EXACT, Fate.KEPT if new == origin[1] else Fate.RENUMBERED)


CONTENTS = st.sampled_from(["Monday", "Tuesday"])


@st.composite
def worlds(draw: st.DrawFn, *, peaceful: bool = False) -> World:
    """Any world; a peaceful one is without users' edits and moves, and all its teams are known."""
    numberings = [each for each in NUMBERINGS if not peaceful or None not in each.values()]
    now: dict[int, int | None] = dict(draw(st.sampled_from(numberings)))
    valid = [new for new in now.values() if new is not None]
    etl_deletes = peaceful or draw(st.sampled_from([True, False, None]))
    kept = tuple(
        Kept(number, str(100 + number), draw(CONTENTS), f"created {draw(st.integers(0, 3))}", ((LIST, team),))
        for number, team in enumerate(draw(st.lists(st.sampled_from(TEAMS), max_size=7)), 1)
    )
    became = ["left", "null", "gone", "home"] + ([] if peaceful else ["edited", "moved"])
    table: list[Tagged] = []
    for row in kept:
        owner = row.refs[0][1] if row.refs[0] else None
        assert owner is not None
        fate = draw(st.sampled_from(became))
        if fate == "gone":
            continue
        home, content = now[owner] if fate == "home" else owner, row.content
        if fate == "edited":
            content = "Sunday"
        live = Live(row.key, content, row.created, (home,))
        if fate == "null" or home is None:
            live = replace(live, refs=(None,))
        if fate == "moved":
            live = replace(live, refs=(draw(st.sampled_from(valid)),))
        table.append(Tagged(live, owner, row.row))
    keys = {each.row.key for each in table}
    for number in range(draw(st.integers(0, 5))):
        key = str(500 + number)
        if etl_deletes and draw(st.booleans()):
            key = str(100 + draw(st.integers(1, 7)))
        if key in keys:
            continue
        keys.add(key)
        where = draw(st.sampled_from([*valid, None, *TEAMS]))
        table.append(Tagged(Live(key, draw(CONTENTS), f"later {number}", (where,)), _written_for(where, now)))
    proven = frozenset(row.row for row in kept if not peaceful and now == NUMBERINGS[0] and draw(st.booleans()))
    return World(now, kept, tuple(table), etl_deletes, proven, draw(st.booleans()))


def _written_for(where: int | None, now: dict[int, int | None]) -> int | None:
    """Whose the application's own row is: of the team that has the id now, else of the one that had it."""
    for old, new in now.items():
        if new is not None and new == where:
            return old
    return where


def applied(made: SetPlan, table: Iterable[Live], kept: Iterable[Kept]) -> list[Live]:
    """The table after the plan."""
    rows = {each.key: each for each in table}
    source = {row.row: row for row in kept}
    for planned in made.rows:
        if planned.live_key is not None and planned.after is not None:
            rows[planned.live_key] = replace(rows[planned.live_key], refs=planned.after)
        elif planned.bucket is Bucket.INSERT:
            own, key = source[planned.row], planned.key if not planned.new_key else f"9{planned.row:03}"
            assert key not in rows
            assert planned.after is not None
            rows[key] = Live(key, own.content, own.created, planned.after)
    return list(rows.values())


def counts(made: SetPlan) -> Counter[Bucket]:
    return Counter(row.bucket for row in made.rows)


def _live(world: World) -> list[Live]:
    return [each.row for each in world.table]


def _team_of(row: PlannedRow) -> int | None:
    return row.origin[1] if row.origin else None


@settings(max_examples=200, deadline=None)
@given(world=worlds())
def test_every_row_is_in_one_bucket_and_every_live_row_is_paired_once(pair: Pair, world: World) -> None:
    made = world.plan(pair, _live(world))
    assert [row.row for row in made.rows] == [row.row for row in world.kept]
    paired = [row.live_key for row in made.rows if row.live_key]
    assert len(paired) == len(set(paired))
    assert {each.key for each in made.extra} == {each.key for each in _live(world)} - set(paired)
    assert len(made.rows) == len(world.kept)


@settings(max_examples=200, deadline=None)
@given(world=worlds())
def test_a_second_restore_has_nothing_to_do(pair: Pair, world: World) -> None:
    made = world.plan(pair, _live(world))
    after = applied(made, _live(world), world.kept)
    again = world.plan(pair, after)
    assert not [row for row in again.rows if row.writes]
    before, settled = counts(made), counts(again)
    in_place = (Bucket.INTACT, Bucket.EDITED)
    moved = (Bucket.RELINK, Bucket.INSERT)
    assert sum(settled[bucket] for bucket in in_place) == sum(before[bucket] for bucket in (*in_place, *moved))
    assert all(settled[bucket] == before[bucket] for bucket in Bucket if bucket not in (*in_place, *moved))


@settings(max_examples=200, deadline=None)
@given(world=worlds())
def test_the_plan_does_not_depend_on_the_order_of_the_rows(pair: Pair, world: World) -> None:
    assert world.plan(pair, _live(world)).rows == world.plan(pair, _live(world)[::-1]).rows


@settings(max_examples=200, deadline=None)
@given(world=worlds())
def test_what_is_written_ends_on_the_team_whose_it_is(pair: Pair, world: World) -> None:
    made = world.plan(pair, _live(world))
    whose = {each.row.key: each for each in world.table}
    for row in made.rows:
        if not row.writes:
            continue
        owner = _team_of(row) if row.live_key is None else whose[row.live_key].owner
        assert owner is not None
        assert row.after is not None
        assert row.after[0] in (world.now[owner], None)
        assert row.live_key is None or whose[row.live_key].ours or whose[row.live_key].row.refs[0] == owner


@settings(max_examples=200, deadline=None)
@given(world=worlds())
def test_what_the_application_wrote_on_a_team_is_not_touched(pair: Pair, world: World) -> None:
    own = {each.row.key: each.row for each in world.table if each.ours is None and each.row.refs[0] in world.valid}
    after = {each.key: each for each in applied(world.plan(pair, _live(world)), _live(world), world.kept)}
    assert {key: after[key] for key in own} == own


@settings(max_examples=200, deadline=None)
@given(world=worlds())
def test_what_users_provably_deleted_comes_back_only_when_asked_for(pair: Pair, world: World) -> None:
    made = world.plan(pair, _live(world))
    for row in made.rows:
        known = row.row in world.proven
        if row.bucket is Bucket.INSERT and known:
            assert world.include_deleted
        if row.bucket is Bucket.DELETED:
            assert known
            assert not world.include_deleted


@settings(max_examples=200, deadline=None)
@given(world=worlds(peaceful=True))
def test_every_team_has_as_many_of_each_as_it_had_or_more_where_users_added(pair: Pair, world: World) -> None:
    """Counted, not paired: of each content a team ends with what it had, or with what stands there by right."""
    after = Counter(
        (each.content, each.refs[0])
        for each in applied(world.plan(pair, _live(world)), _live(world), world.kept)
        if each.refs[0] in world.valid
    )
    had = Counter((row.content, world.now[row.refs[0][1]]) for row in world.kept if row.refs[0])
    by_right = Counter(
        (each.row.content, each.row.refs[0])
        for each in world.table
        if each.owner is not None and each.row.refs[0] == world.now[each.owner]
    )
    brought_back = Counter(
        (each.row.content, world.now[each.owner])
        for each in world.table
        if each.ours is not None
        and each.owner == each.row.refs[0]
        and each.owner is not None
        and each.owner in world.valid
        and world.now[each.owner] != each.owner
    )
    for content in ("Monday", "Tuesday"):
        for team in world.valid:
            key = (content, team)
            assert had[key] <= after[key] <= max(had[key], by_right[key] + brought_back[key])

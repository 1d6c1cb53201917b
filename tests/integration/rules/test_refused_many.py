"""More rows that the database refuses than a restore looks for: the rest waits with them, and is told apart."""

from __future__ import annotations

import datetime as dt

import pytest

from practice_guard.core.model import Team, Verdict
from practice_guard.core.restore import halving
from practice_guard.render.restoring import waiting
from tests.integration.rules.test_refused import OLD, the_past_is_closed
from tests.world import builders
from tests.world.builders import MONDAY, League, ScratchDatabase, practices_by_natural_key
from tests.world.guarding import Guard

MANY = 16


@pytest.fixture
def mixed(league: League, database: ScratchDatabase, guard: Guard, tennaqua: Team) -> Guard:
    """Practices of long ago among those of now, one and one, which an import has deleted."""
    for week in range(MANY):
        league.captain_schedules_practice(tennaqua, date=MONDAY + dt.timedelta(weeks=week))
        league.captain_schedules_practice(tennaqua, date=OLD + dt.timedelta(weeks=week))
    guard.has_backed_up()
    builders.the_etl_recreates_everything(database)
    the_past_is_closed(database, "check")
    return guard


@pytest.mark.parametrize("attempts", [1, 2, 9, 20])
def test_what_was_not_looked_at_waits_too_and_says_so(
    mixed: Guard, database: ScratchDatabase, monkeypatch: pytest.MonkeyPatch, attempts: int
) -> None:
    monkeypatch.setattr(halving, "ATTEMPTS", attempts)
    done = mixed.restores()
    pending = done.plan.counts()["pending"]
    assert (done.written, database.count("schedule")) == (2 * MANY - pending, 2 * MANY - pending)
    assert MANY < pending <= 2 * MANY
    told = waiting(done.plan)
    assert {each["reason"] for each in told} == {"refused"}
    alone = sum(int(str(each["rows"])) for each in told if "the database refuses it" in str(each["message"]))
    assert alone <= MANY, "of no row is it said that is not known to be refused"
    assert any("the database refuses some of " in str(each["message"]) for each in told)
    health = mixed.judges_health()
    assert (health.verdict, health.total.pending, health.total.lost) == (Verdict.WAITING, pending, 0)


def test_each_restore_looks_further_until_only_what_is_refused_waits(
    mixed: Guard, database: ScratchDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(halving, "ATTEMPTS", 20)
    left = [2 * MANY]
    while left[-1] > MANY and len(left) <= MANY:
        left.append(mixed.restores().plan.counts()["pending"])
        assert left[-1] < left[-2]
    assert database.count("schedule") == MANY
    (entry,) = waiting(mixed.restores().plan)
    assert (entry["rows"], "refuses it" in str(entry["message"])) == (MANY, True)


def test_once_the_rule_is_gone_all_of_them_come_back(
    mixed: Guard, database: ScratchDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(halving, "ATTEMPTS", 9)
    mixed.restores()
    database.rows("ALTER TABLE schedule DROP CONSTRAINT only_now")
    done = mixed.restores()
    assert done.plan.counts()["pending"] == 0
    assert sum(practices_by_natural_key(database).values()) == 2 * MANY


def test_as_many_as_are_looked_for_wait_alone(mixed: Guard, database: ScratchDatabase) -> None:
    done = mixed.restores()
    (entry,) = waiting(done.plan)
    assert (entry["rows"], done.written) == (MANY, MANY)
    assert "the database refuses it" in str(entry["message"])


class TestASearch:
    """A thousand rows that are refused among many are all found; where nearly all are, it is soon given up."""

    def test_goes_on_where_it_lets_most_rows_in(
        self, mixed: Guard, database: ScratchDatabase, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        database.rows("ALTER TABLE schedule DROP CONSTRAINT only_now")
        ends = (MONDAY + dt.timedelta(weeks=week) for week in (3, 9))
        refused = ", ".join(f"'{end}'" for end in ends)
        database.rows(f"ALTER TABLE schedule ADD CHECK (match_date NOT IN ({refused}))")
        monkeypatch.setattr(halving, "FRUITLESS", 1)
        done = mixed.restores()
        assert (done.written, done.plan.counts()["pending"]) == (2 * MANY - 2, 2)

    def test_ends_where_it_lets_hardly_any_in(
        self, mixed: Guard, database: ScratchDatabase, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        database.rows("ALTER TABLE schedule DROP CONSTRAINT only_now")
        database.rows(f"ALTER TABLE schedule ADD CHECK (match_date = '{MONDAY}')")
        monkeypatch.setattr(halving, "FRUITLESS", 8)
        done = mixed.restores()
        assert done.plan.counts()["pending"] >= 2 * MANY - 1
        assert any("some of " in str(each["message"]) for each in waiting(done.plan))

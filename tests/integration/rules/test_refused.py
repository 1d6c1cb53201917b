"""Rows that the database refuses wait alone; the rest comes back, and a later restore tries again."""

from __future__ import annotations

import datetime as dt

import pytest

from practice_guard.core.guarding import Request, Scope
from practice_guard.core.model import Team, Verdict
from practice_guard.render.restoring import waiting
from tests.world import builders
from tests.world.builders import MONDAY, League, ScratchDatabase
from tests.world.guarding import Guard

OLD = MONDAY - dt.timedelta(days=900)


def the_past_is_closed(database: ScratchDatabase, how: str) -> None:
    """A rule of the database that a practice of long ago breaks."""
    if how == "check":
        database.rows("ALTER TABLE schedule ADD CONSTRAINT only_now CHECK (match_date > '2025-01-01') NOT VALID")
        return
    database.rows(
        "CREATE FUNCTION closed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " IF NEW.match_date < '2025-01-01' THEN RAISE 'the past is closed'; END IF; RETURN NEW; END $$"
    )
    if how == "trigger":
        database.rows(
            "CREATE TRIGGER closed BEFORE INSERT OR UPDATE ON schedule FOR EACH ROW EXECUTE FUNCTION closed()"
        )
    else:
        database.rows(
            "CREATE CONSTRAINT TRIGGER closed AFTER INSERT OR UPDATE ON schedule DEFERRABLE INITIALLY DEFERRED"
            " FOR EACH ROW EXECUTE FUNCTION closed()"
        )


HOWS = ["check", "trigger", "deferred trigger"]


class TestAPracticeOfLongAgo:
    @pytest.mark.parametrize("how", HOWS)
    @pytest.mark.parametrize(
        "etl", [builders.the_etl_recreates_everything, builders.the_etl_leaves_practices_without_team]
    )
    def test_waits_alone_with_the_databases_words(
        self, league: League, database: ScratchDatabase, guard: Guard, tennaqua: Team, how: str, etl: object
    ) -> None:
        league.captain_schedules_practices(tennaqua, 11)
        old = league.captain_schedules_practice(tennaqua, date=OLD)
        guard.has_backed_up()
        assert callable(etl)
        etl(database)
        the_past_is_closed(database, how)
        done = guard.restores()
        assert (done.written, done.plan.counts()["pending"]) == (11, 1)
        (entry,) = waiting(done.plan)
        assert (entry["rows"], entry["reason"]) == (1, "refused")
        said = "only_now" if how == "check" else "the past is closed"
        assert said in str(entry["message"])
        assert database.count("schedule", "home_team_id IS NOT NULL") == 11
        assert database.count("schedule", f"id = {old}") == (etl is not builders.the_etl_recreates_everything)

    def test_is_carried_on_and_comes_back_once_it_is_let(
        self, league: League, database: ScratchDatabase, guard: Guard, tennaqua: Team
    ) -> None:
        league.captain_schedules_practices(tennaqua, 3)
        old = league.captain_schedules_practice(tennaqua, date=OLD)
        before = builders.practices_by_natural_key(database)
        guard.has_backed_up()
        builders.the_etl_recreates_everything(database)
        the_past_is_closed(database, "check")
        guard.restores()
        assert guard.plans().counts()["pending"] == 1
        assert not guard.judges_health().total.lost
        for night in (1, 2):
            taken = guard.later(days=night).has_backed_up()
            assert taken.sets["practices"].carried == 1
            assert guard.plans().counts()["pending"] == 1
            builders.the_etl_recreates_everything(database)
            again = guard.later(days=night).restores()
            assert (again.written, again.plan.counts()["pending"]) == (3, 1)
        database.rows("ALTER TABLE schedule DROP CONSTRAINT only_now")
        assert guard.later(days=3).restores().written == 1
        assert builders.practices_by_natural_key(database) == before
        assert database.count("schedule", f"id = {old}") == 1
        assert guard.plans().counts()["pending"] == 0

    def test_is_not_forgotten_by_a_restore_of_a_part(
        self, league: League, database: ScratchDatabase, guard: Guard, tennaqua: Team
    ) -> None:
        other = league.has_team(club="Wilmette", series="Chicago 11")
        league.captain_schedules_practices(other, 2)
        league.captain_schedules_practices(tennaqua, 3)
        league.captain_schedules_practice(tennaqua, date=OLD)
        guard.has_backed_up()
        builders.the_etl_recreates_everything(database)
        the_past_is_closed(database, "check")
        guard.restores()
        (told,) = waiting(guard.plans())
        assert guard.judges_health().verdict is Verdict.WAITING
        guard.restores(request=Request(scope=Scope(teams=frozenset({other.name or ""}))))
        assert waiting(guard.plans()) == [told]
        assert guard.judges_health().verdict is Verdict.WAITING

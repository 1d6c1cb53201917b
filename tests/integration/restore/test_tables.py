"""Tables that answer back: triggers, rules, deferred constraints, and a schema that has changed."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from practice_guard.core import errors
from practice_guard.core.guarding import Request
from tests.world import builders
from tests.world.builders import League, ScratchDatabase, practices_by_natural_key, team_now
from tests.world.guarding import Guard
from tests.world.keeping import refused


@pytest.fixture
def guard(database: ScratchDatabase, league: League) -> Guard:
    """A backup of two practices and a practice time, not yet damaged."""
    team = league.has_team()
    league.captain_schedules_practices(team, 2)
    league.captain_sets_practice_time(team)
    found = Guard(database)
    found.has_backed_up()
    return found


def has_trigger(database: ScratchDatabase, body: str, when: str = "BEFORE INSERT", table: str = "schedule") -> None:
    database.rows(f"CREATE FUNCTION answer() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} END $$")
    database.rows(f"CREATE TRIGGER answer {when} ON {table} FOR EACH ROW EXECUTE FUNCTION answer()")


class TestATriggerThat:
    @pytest.mark.parametrize(
        ("body", "when"),
        [
            ("NEW.home_team := upper(NEW.home_team); RETURN NEW;", "BEFORE INSERT"),
            ("NEW.location := NULL; RETURN NEW;", "BEFORE INSERT"),
            ("NEW.created_at := now(); RETURN NEW;", "BEFORE INSERT"),
            ("NEW.home_team_id := NULL; RETURN NEW;", "BEFORE INSERT"),
            ("UPDATE schedule SET location = 'x' WHERE id = NEW.id; RETURN NULL;", "AFTER INSERT"),
            ("DELETE FROM schedule WHERE id = NEW.id; RETURN NULL;", "AFTER INSERT"),
            ("DELETE FROM schedule WHERE home_team NOT ILIKE '%practice%'; RETURN NULL;", "AFTER INSERT"),
            ("UPDATE schedule SET location = 'x' WHERE home_team !~* 'practice'; RETURN NULL;", "AFTER INSERT"),
            ("INSERT INTO schedule (home_team) VALUES ('Other'); RETURN NULL;", "AFTER INSERT"),
        ],
    )
    def test_changes_or_removes_rows_stops_the_restore(
        self, guard: Guard, database: ScratchDatabase, league: League, body: str, when: str
    ) -> None:
        builders.the_etl_recreates_everything(database)
        team = builders.teams_now(database)[0]
        league.has_match(team, team)
        if "INSERT INTO" in body:
            body = f"IF pg_trigger_depth() = 1 THEN {body.removesuffix('RETURN NULL;')} END IF; RETURN NULL;"
        has_trigger(database, body, when)
        before = database.all_rows()
        with pytest.raises(errors.RestoreError, match=r"rolled back"):
            guard.restores()
        assert database.all_rows() == before

    @pytest.mark.parametrize(
        "body",
        ["NEW.location := 'x'; RETURN NEW;", "RETURN OLD;", "NEW.home_team_id := NULL; RETURN NEW;"],
    )
    def test_changes_updates_stops_the_restore(self, guard: Guard, database: ScratchDatabase, body: str) -> None:
        builders.the_etl_leaves_practices_without_team(database)
        has_trigger(database, body, "BEFORE UPDATE")
        before = database.all_rows()
        with pytest.raises(errors.RestoreError, match=r"rolled back"):
            guard.restores()
        assert database.all_rows() == before

    @pytest.mark.parametrize(
        "etl", [builders.the_etl_recreates_everything, builders.the_etl_leaves_practices_without_team]
    )
    @pytest.mark.parametrize(
        "body",
        [
            "UPDATE schedule SET location = 'x' WHERE id = NEW.id AND location <> 'x';",
            "UPDATE schedule SET location = 'x' WHERE home_team !~* 'practice' AND location <> 'x';",
            "DELETE FROM schedule WHERE home_team !~* 'practice';",
        ],
    )
    def test_fires_after_everything_else_is_found_too(
        self, guard: Guard, database: ScratchDatabase, league: League, etl: Callable[[ScratchDatabase], None], body: str
    ) -> None:
        etl(database)
        team = builders.teams_now(database)[0]
        league.has_match(team, team)
        database.rows(f"CREATE FUNCTION late() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} RETURN NULL; END $$")
        database.rows(
            "CREATE CONSTRAINT TRIGGER late AFTER INSERT OR UPDATE ON schedule DEFERRABLE INITIALLY DEFERRED"
            " FOR EACH ROW EXECUTE FUNCTION late()"
        )
        before = database.all_rows()
        with pytest.raises(errors.RestoreError, match=r"rolled back"):
            guard.restores()
        assert database.all_rows() == before

    @pytest.mark.parametrize(
        ("body", "said"),
        [
            ("UPDATE practice_times SET location = 'x';", "other columns of practice_times"),
            ("INSERT INTO practice_times (day_of_week) VALUES ('Friday');", "Rows of practice_times that the plan"),
        ],
    )
    def test_changes_another_table_that_is_written_too_stops_the_restore(
        self, guard: Guard, database: ScratchDatabase, body: str, said: str
    ) -> None:
        """Practices are written before practice times."""
        builders.the_etl_recreates_everything(database)
        has_trigger(database, f"{body} RETURN NULL;", "AFTER INSERT")
        before = database.all_rows()
        with pytest.raises(errors.RestoreError, match=said):
            guard.restores()
        assert database.all_rows() == before

    @pytest.mark.parametrize("quiet", ["PERFORM pg_notify('practices', NEW.id::text);", "PERFORM 1 FROM teams;"])
    def test_only_tells_others_fires_as_it_would(self, guard: Guard, database: ScratchDatabase, quiet: str) -> None:
        """The second one finds its table by the application's search path."""
        before = practices_by_natural_key(database)
        builders.the_etl_recreates_everything(database)
        listener = database.connect()
        listener.execute("LISTEN practices")
        has_trigger(database, f"{quiet} RETURN NULL;", "AFTER INSERT")
        guard.restores()
        heard = list(listener.notifies(timeout=0.2))
        assert len(heard) == (2 if "notify" in quiet else 0)
        assert practices_by_natural_key(database) == before

    def test_only_looks_in_the_end_finds_its_tables(self, guard: Guard, database: ScratchDatabase) -> None:
        builders.the_etl_recreates_everything(database)
        database.rows(
            "CREATE FUNCTION late() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN PERFORM 1 FROM teams; RETURN NULL; END $$"
        )
        database.rows(
            "CREATE CONSTRAINT TRIGGER late AFTER INSERT ON schedule DEFERRABLE INITIALLY DEFERRED"
            " FOR EACH ROW EXECUTE FUNCTION late()"
        )
        assert guard.restores().plan.counts()["insert"] == 2

    def test_keeps_updated_at_is_no_harm(self, guard: Guard, database: ScratchDatabase) -> None:
        database.rows("ALTER TABLE schedule ADD updated_at timestamptz DEFAULT '2026-01-01'")
        guard.backs_up(accept_current=True)
        builders.the_etl_leaves_practices_without_team(database)
        has_trigger(database, "NEW.updated_at := now(); RETURN NEW;", "BEFORE UPDATE")
        assert guard.restores().written == 3


class TestARuleThat:
    @pytest.mark.parametrize("rule", ["INSERT TO schedule DO INSTEAD NOTHING", "UPDATE TO schedule DO INSTEAD NOTHING"])
    def test_swallows_all_rows_of_a_table_keeps_those_of_no_other_off(
        self, guard: Guard, database: ScratchDatabase, rule: str
    ) -> None:
        etl = builders.the_etl_recreates_everything
        if rule.startswith("UPDATE"):
            etl = builders.the_etl_leaves_practices_without_team
        etl(database)
        database.rows(f"CREATE RULE swallow AS ON {rule}")
        plan = guard.restores().plan
        assert (plan.counts("practices")["pending"], plan.counts()["pending"]) == (2, 2)
        assert guard.plans().counts("practice_times")["intact"] == 1


class TestAConstraint:
    def test_that_is_deferred_is_checked_before_the_commit(self, guard: Guard, database: ScratchDatabase) -> None:
        builders.the_etl_recreates_everything(database)
        database.rows("ALTER TABLE schedule ADD CONSTRAINT one_a_place UNIQUE (location) DEFERRABLE INITIALLY DEFERRED")
        done = guard.restores()
        assert (done.plan.counts("practices")["insert"], done.plan.counts()["pending"]) == (1, 1)
        assert database.count("schedule") == 1

    @pytest.mark.parametrize(
        ("rule", "waiting"),
        [
            ("UNIQUE (home_team)", 1),
            ("CHECK (match_date > '2030-01-01')", 2),
            ("CHECK (home_team_id IS NULL OR away_team_id IS NOT NULL)", 2),
            ("EXCLUDE (home_team WITH =)", 1),
        ],
    )
    def test_that_rows_break_lets_these_wait_and_keeps_no_others_off(
        self, guard: Guard, database: ScratchDatabase, rule: str, waiting: int
    ) -> None:
        builders.the_etl_recreates_everything(database)
        database.rows(f"ALTER TABLE schedule ADD CONSTRAINT rule {rule}")
        done = guard.restores()
        assert done.plan.counts()["pending"] == waiting
        assert (database.count("schedule"), database.count("practice_times")) == (2 - waiting, 1)

    @pytest.mark.parametrize(
        ("change", "named"),
        [
            ("ALTER TABLE schedule DROP COLUMN away_team", "schedule.away_team is gone"),
            ("ALTER TABLE schedule ALTER away_team TYPE varchar(3)", "schedule.away_team was text"),
            ("ALTER TABLE schedule ADD season int NOT NULL", "schedule.season is new"),
        ],
    )
    def test_column_that_rows_do_not_fit_is_found_before_anything_is_written(
        self, guard: Guard, database: ScratchDatabase, change: str, named: str
    ) -> None:
        builders.the_etl_recreates_everything(database)
        database.rows(change)
        before = database.all_rows()
        with pytest.raises(errors.SchemaError, match=named):
            guard.restores()
        assert database.all_rows() == before

    def test_column_with_a_default_is_no_harm(self, guard: Guard, database: ScratchDatabase) -> None:
        before = practices_by_natural_key(database)
        builders.the_etl_recreates_everything(database)
        database.rows("ALTER TABLE schedule ADD season int NOT NULL DEFAULT 2026")
        database.rows("ALTER TABLE schedule ADD doubled int GENERATED ALWAYS AS (id * 2) STORED")
        guard.restores()
        assert practices_by_natural_key(database) == before
        assert database.count("schedule", "season = 2026 AND doubled = id * 2") == 2


def test_what_a_cascade_took_along_comes_back(guard: Guard, database: ScratchDatabase, league: League) -> None:
    """A foreign key that deletes messages with their team, and an import with foreign keys on."""
    team = builders.teams_now(database)[0]
    database.rows("ALTER TABLE captain_messages ADD CONSTRAINT along FOREIGN KEY (team_id) REFERENCES teams"
                  " ON DELETE CASCADE")  # fmt: skip
    message = league.captain_writes_message(team)
    guard.has_backed_up()
    website = builders.the_website_now(database)
    database.rows("DELETE FROM schedule")
    database.rows("ALTER TABLE captain_messages DROP CONSTRAINT captain_messages_team_id_fkey")
    database.rows("DELETE FROM teams")
    assert database.count("captain_messages") == 0
    builders.the_etl_runs(database, source=website)
    guard.restores()
    new = team_now(database, team.identity).id
    assert database.rows("SELECT id, team_id FROM captain_messages") == [(message, new)]


def test_a_row_put_back_may_touch_the_one_that_it_hangs_on(league: League, database: ScratchDatabase) -> None:
    """As applications do it: a new choice sets its poll's `updated_at`, also where the plan leaves that poll alone."""
    database.rows("ALTER TABLE polls ADD COLUMN updated_at timestamptz DEFAULT now()")
    one, other = league.has_team(), league.has_team(club="Wilmette")
    league.captain_asks(one)
    poll = league.captain_asks(other, "Who drives?")
    database.rows(
        "CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "UPDATE polls SET updated_at = clock_timestamp() WHERE id = NEW.poll_id; RETURN NEW; END $$"
    )
    database.rows("CREATE TRIGGER touch AFTER INSERT ON poll_choices FOR EACH ROW EXECUTE FUNCTION touch()")
    guard = Guard(database)
    guard.has_backed_up()
    database.rows("UPDATE teams SET id = id + 1000 WHERE id = %(id)s", id=one.id)
    database.rows("DELETE FROM poll_choices WHERE poll_id = %(poll)s AND choice_text = 'Monday'", poll=poll)
    assert guard.restores(request=Request(include_deleted=True)).written == 2


def test_what_nothing_that_is_written_hangs_on_is_left_as_it_is(league: League, database: ScratchDatabase) -> None:
    """Not even `updated_at` of a neighbour may change there."""
    database.rows("ALTER TABLE practice_times ADD COLUMN IF NOT EXISTS updated_at timestamptz DEFAULT now()")
    one, other = league.has_team(), league.has_team(club="Wilmette")
    league.captain_sets_practice_time(one)
    league.captain_sets_practice_time(other)
    database.rows(
        "CREATE FUNCTION touch_all() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF pg_trigger_depth() = 1 THEN "
        "UPDATE practice_times SET updated_at = clock_timestamp() WHERE id <> NEW.id; END IF; RETURN NEW; END $$"
    )
    database.rows("CREATE TRIGGER touch_all AFTER UPDATE ON practice_times FOR EACH ROW EXECUTE FUNCTION touch_all()")
    guard = Guard(database)
    guard.has_backed_up()
    database.rows("UPDATE teams SET id = id + 1000 WHERE id = %(id)s", id=one.id)
    with refused(errors.RestoreError, "that the plan does not touch", database):
        guard.restores()

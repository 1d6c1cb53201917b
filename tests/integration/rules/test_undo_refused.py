"""Every kind of rule a table may have, against an undo: one row stays, with the database's words, the others go back.

What the dry run cannot foresee it names; what a try says is what happens. A second undo takes the rest back.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from practice_guard.core import errors
from practice_guard.core.database import Access
from practice_guard.core.model import Team
from practice_guard.core.restore import undo
from practice_guard.core.restore.undo import Undone
from tests.world import builders
from tests.world.builders import League, ScratchDatabase, practices_by_natural_key
from tests.world.guarding import Guard
from tests.world.seasons import teams_in_a_row

OTHERS = 5


def would_take_back(guard: Guard, entry: int, access: Access = Access.PLAN) -> Undone:
    return guard.reads(lambda connection: undo.plan(guard.at(connection), entry), access)


def tries_to_take_back(guard: Guard, entry: int) -> Undone:
    return guard.with_connection(lambda connection: undo.attempt(guard.at(connection), entry))


def says(undone: Undone) -> tuple[object, ...]:
    return undone.removed, undone.relinked, undone.adrift, undone.staying, undone.refused


def words(undone: Undone) -> list[str]:
    return [each for said in undone.refused.values() for each in said]


def there(database: ScratchDatabase) -> list[int]:
    return [key for (key,) in database.rows("SELECT id FROM schedule ORDER BY id")]


def calls(database: ScratchDatabase, when: str, condition: str, *, constraint: str = "") -> None:
    database.rows(
        "CREATE FUNCTION closed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" IF {condition} THEN RAISE 'this is closed' USING ERRCODE = 'PG042'; END IF;"
        " RETURN coalesce(NEW, OLD); END $$"
    )
    kind = "CONSTRAINT TRIGGER" if constraint else "TRIGGER"
    database.rows(f"CREATE {kind} closed {when} ON schedule {constraint} FOR EACH ROW EXECUTE FUNCTION closed()")


@pytest.fixture
def season(league: League, guard: Guard, tennaqua: Team) -> Team:
    league.captain_schedules_practices(tennaqua, OTHERS + 1)
    guard.has_backed_up()
    return tennaqua


def hangs_without_cascade(database: ScratchDatabase, odd: int) -> None:
    """A table of nobody's whose foreign key was made while rows of before broke it."""
    database.rows("CREATE TABLE lights (id serial PRIMARY KEY, practice_id int)")
    database.rows("INSERT INTO lights (practice_id) VALUES (%(odd)s), (-1)", odd=odd)
    database.rows("ALTER TABLE lights ADD FOREIGN KEY (practice_id) REFERENCES schedule NOT VALID")


def hangs_with_cascade(database: ScratchDatabase, odd: int) -> None:
    database.rows("CREATE TABLE lights (practice_id int REFERENCES schedule ON DELETE CASCADE)")
    database.rows("INSERT INTO lights VALUES (%(odd)s)", odd=odd)


def hangs_in_another_schema(database: ScratchDatabase, odd: int) -> None:
    """What the catalogue of the guarded schema does not tell."""
    database.rows("CREATE SCHEMA other")
    database.rows("CREATE TABLE other.lights (practice_id int REFERENCES public.schedule)")
    database.rows("INSERT INTO other.lights VALUES (%(odd)s)", odd=odd)


def a_trigger_keeps_it(database: ScratchDatabase, odd: int) -> None:
    calls(database, "BEFORE DELETE", f"OLD.id = {odd}")


def a_trigger_keeps_it_after(database: ScratchDatabase, odd: int) -> None:
    calls(database, "AFTER DELETE", f"OLD.id = {odd}")


def a_trigger_keeps_it_in_the_end(database: ScratchDatabase, odd: int) -> None:
    calls(database, "AFTER DELETE", f"OLD.id = {odd}", constraint="DEFERRABLE INITIALLY DEFERRED")


KEPT: dict[Callable[[ScratchDatabase, int], None], tuple[bool, str]] = {
    hangs_without_cascade: (True, "rows of lights hang on it"),
    hangs_with_cascade: (True, "rows of lights hang on it"),
    hangs_in_another_schema: (False, "(SQLSTATE 23503)"),
    a_trigger_keeps_it: (False, "this is closed (SQLSTATE PG042)"),
    a_trigger_keeps_it_after: (False, "this is closed (SQLSTATE PG042)"),
    a_trigger_keeps_it_in_the_end: (False, "this is closed (SQLSTATE PG042)"),
}
"""What keeps a row from being removed: whether the catalogue tells it, and what is said then."""


@pytest.mark.parametrize("keeps", KEPT, ids=lambda each: each.__name__)
def test_a_row_that_cannot_be_removed_stays_and_the_others_go(
    database: ScratchDatabase, guard: Guard, season: Team, keeps: Callable[[ScratchDatabase, int], None]
) -> None:
    whole = practices_by_natural_key(database)
    builders.the_etl_recreates_everything(database)
    entry = guard.restores().ledger
    odd = there(database)[2]
    keeps(database, odd)
    before = database.all_rows("public")
    foreseeable, said = KEPT[keeps]

    foreseen = [would_take_back(guard, entry, access) for access in (Access.PLAN, Access.READ)]
    tried = tries_to_take_back(guard, entry)
    assert database.all_rows("public") == before
    undone = guard.takes_back(entry)

    assert undone.removed["practices"] == OTHERS
    assert there(database) == [odd]
    assert [said in each for each in words(undone)] == [True]
    assert says(tried) == says(undone)
    for each in foreseen:
        assert (says(each) == says(undone)) == foreseeable
        assert each.untold == (("schedule: TRIGGER closed",) if "this is closed" in said else ())
    assert guard.restores().written == OTHERS
    assert practices_by_natural_key(database) == whole


def test_the_rest_is_taken_back_once_it_can_be(database: ScratchDatabase, guard: Guard, season: Team) -> None:
    builders.the_etl_recreates_everything(database)
    damaged = database.all_rows("public")
    entry = guard.restores().ledger
    odd = there(database)[0]
    a_trigger_keeps_it(database, odd)
    first = guard.takes_back(entry)
    again = guard.takes_back(entry)
    assert (again.ledger, sum(again.removed.values()), words(again)) == (None, 0, words(first))
    database.rows("DROP TRIGGER closed ON schedule")
    rest = guard.takes_back(entry)
    assert (rest.removed["practices"], words(rest)) == (1, [])
    assert database.all_rows("public") == damaged
    with pytest.raises(errors.UsageError, match="taken back already"):
        guard.takes_back(entry)


def test_where_nothing_can_be_taken_back_the_restore_stands(
    database: ScratchDatabase, guard: Guard, season: Team
) -> None:
    builders.the_etl_recreates_everything(database)
    entry = guard.restores().ledger
    calls(database, "BEFORE DELETE", "true")
    before = database.all_rows()
    undone = guard.takes_back(entry)
    assert undone.ledger is None
    assert sum(count for said in undone.refused.values() for count in said.values()) == OTHERS + 1
    assert database.all_rows() == before
    assert guard.restores().plan.counts()["intact"] == OTHERS + 1


def test_what_stays_under_a_new_number_is_known_again(database: ScratchDatabase, guard: Guard, season: Team) -> None:
    """Edited since, it would be put back beside itself by anyone who took it for gone."""
    builders.the_etl_recreates_everything(database)
    team = builders.team_now(database, season.identity)
    database.rows("ALTER SEQUENCE schedule_id_seq RESTART")
    for _ in range(OTHERS + 1):  # the application's own have the old numbers
        builders.the_app_writes_a_practice(database, team, builders.MONDAY + dt.timedelta(days=400))
    mine = there(database)
    entry = guard.restores().ledger
    put = [key for key in there(database) if key not in mine]
    a_trigger_keeps_it(database, put[0])
    guard.takes_back(entry)
    assert there(database) == [*mine, put[0]]
    database.rows("UPDATE schedule SET location = 'Elsewhere' WHERE id = %(id)s", id=put[0])
    database.rows("DROP TRIGGER closed ON schedule")
    assert guard.restores().plan.counts()["insert"] == OTHERS
    assert database.count("schedule") == 2 * (OTHERS + 1)


UPDATED = {
    "check": "ALTER TABLE practice_times ADD CONSTRAINT rule CHECK (team_id <> {former}) NOT VALID",
    "unique, of a part": "CREATE UNIQUE INDEX rule ON practice_times (team_id, start_time) WHERE start_time < '23:00'",
    "unique, over an expression": "CREATE UNIQUE INDEX rule ON practice_times (abs(team_id), start_time)",
    "exclusion": "ALTER TABLE practice_times ADD CONSTRAINT rule EXCLUDE (team_id WITH =, start_time WITH =)",
    "trigger": "CREATE TRIGGER rule BEFORE UPDATE ON practice_times FOR EACH ROW EXECUTE FUNCTION former()",
    "trigger, deferred": "CREATE CONSTRAINT TRIGGER rule AFTER UPDATE ON practice_times DEFERRABLE INITIALLY DEFERRED"
    " FOR EACH ROW EXECUTE FUNCTION former()",
}


@pytest.mark.parametrize("rule", UPDATED)
def test_a_row_that_cannot_be_pointed_back_stays_and_the_others_go_back(
    league: League, database: ScratchDatabase, guard: Guard, rule: str
) -> None:
    teams = teams_in_a_row(league, 4, practices=0)
    guard.has_backed_up()
    builders.the_etl_recreates_everything(database)
    entry = guard.restores().ledger
    former = teams[1].id
    database.rows(
        "CREATE FUNCTION former() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" IF NEW.team_id = {former} THEN RAISE 'that team is gone'; END IF; RETURN NEW; END $$"
    )
    stays = database.rows("SELECT * FROM practice_times ORDER BY id")[1]
    if rule.startswith(("unique", "exclusion")):
        database.rows(
            "INSERT INTO practice_times (team_id, day_of_week, start_time, end_time, location)"
            " SELECT %(team)s, 'Sunday', start_time, end_time, location FROM practice_times LIMIT 1",
            team=former,
        )
    database.rows(UPDATED[rule].format(former=former))
    before = database.all_rows("public")

    foreseen, tried = would_take_back(guard, entry), tries_to_take_back(guard, entry)
    assert database.all_rows("public") == before
    undone = guard.takes_back(entry)

    assert foreseen.untold
    assert undone.relinked["practice_times"] == 3
    assert [("rule" in each or "that team is gone" in each) and "SQLSTATE" in each for each in words(undone)] == [True]
    assert says(tried) == says(undone)
    assert database.rows("SELECT * FROM practice_times WHERE id = %(id)s", id=stays[0]) == [stays]
    ids = [team.id for team in (teams[0], *teams[2:])]
    assert database.count("practice_times", f"team_id IN ({', '.join(map(str, ids))})") == 3
    assert guard.restores().written == 3


def test_what_waits_beneath_a_row_keeps_it_there(league: League, database: ScratchDatabase, guard: Guard) -> None:
    """A choice that cannot be removed keeps its poll, and nothing else."""
    team = league.has_team()
    polls = [league.captain_asks(team, f"Question {number}?", ("Yes", "No")) for number in range(3)]
    guard.has_backed_up()
    database.rows("SET session_replication_role = replica")
    for table in ("poll_responses", "poll_choices", "polls"):
        database.rows(f"DELETE FROM {table}")
    database.rows("RESET session_replication_role")
    builders.the_etl_recreates_everything(database)
    entry = guard.restores().ledger
    assert database.count("poll_choices") == 6
    database.rows(
        "CREATE FUNCTION closed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" IF OLD.poll_id = {polls[1]} AND OLD.choice_text = 'No' THEN RAISE 'votes are in'; END IF; RETURN OLD; END $$"
    )
    database.rows("CREATE TRIGGER closed BEFORE DELETE ON poll_choices FOR EACH ROW EXECUTE FUNCTION closed()")
    undone = guard.takes_back(entry)
    assert (undone.removed["polls"], undone.removed["poll_choices"]) == (2, 5)
    assert database.rows("SELECT p.id, c.choice_text FROM poll_choices c JOIN polls p ON p.id = c.poll_id") == [
        (polls[1], "No")
    ]
    assert (undone.left("polls"), undone.left("poll_choices")) == (1, 1)
    assert "the database refuses it: votes are in (SQLSTATE P0001)" in words(undone)

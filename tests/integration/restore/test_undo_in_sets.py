"""Undos worked out where the rows are: what crosses unique keys, keys of other types, sets that share a row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import pytest

from practice_guard.core import errors
from practice_guard.core.application import BUILT_IN, TEAMS, ProtectedSet, Reference
from practice_guard.core.database import Access, Connection, Query
from practice_guard.core.restore import undo
from practice_guard.core.restore.undo import Undone
from tests.world import builders
from tests.world.builders import League, ScratchDatabase, swap_ids
from tests.world.guarding import Guard
from tests.world.keeping import refused
from tests.world.season_before import is_as_the_version_before_left_it
from tests.world.seasons import teams_in_a_row, two_neighbours


def on_teams(name: str, table: str, *columns: str, content: tuple[str, ...], etl_deletes: bool = False) -> ProtectedSet:
    references = tuple(Reference(column, TEAMS) for column in columns)
    return ProtectedSet(name, table, references, content=content, etl_deletes=etl_deletes)


def would_take_back(guard: Guard, entry: int, access: Access = Access.PLAN) -> Undone:
    return guard.reads(lambda connection: undo.plan(guard.at(connection), entry), access)


def has_trigger(database: ScratchDatabase, table: str, when: str, body: str) -> None:
    database.rows(f"CREATE FUNCTION answer() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} END $$")
    database.rows(f"CREATE TRIGGER answer {when} ON {table} FOR EACH ROW EXECUTE FUNCTION answer()")


class TestRowsThatChangePlaces:
    @pytest.fixture
    def crossed(self, league: League, database: ScratchDatabase, guard: Guard) -> int:
        """Three practice times at one time of the week, each where another one was; returns the restore's entry."""
        teams = teams_in_a_row(league, 3, practices=0)
        guard.has_backed_up()
        swap_ids(database, teams[0].id, teams[1].id)
        swap_ids(database, teams[1].id, teams[2].id)
        done = guard.restores()
        assert done.written == 3
        return done.ledger

    @pytest.mark.parametrize(
        "schema",
        [
            "",
            "ALTER TABLE practice_times ALTER team_id SET NOT NULL",
            "ALTER TABLE practice_times ALTER team_id SET NOT NULL, ADD FOREIGN KEY (team_id) REFERENCES teams",
        ],
        ids=["go aside to nowhere", "to ids that are none", "to a team that has none"],
    )
    def test_change_them_back(
        self, guard: Guard, league: League, database: ScratchDatabase, crossed: int, schema: str
    ) -> None:
        for series in ("a", "b", "c"):
            league.has_team(series=series)
        database.rows(schema or "SELECT")
        before: dict[int, int] = dict(database.rows("SELECT id, team_id FROM practice_times"))
        undone = guard.takes_back(crossed)
        after: dict[int, int] = dict(database.rows("SELECT id, team_id FROM practice_times"))
        assert undone.relinked["practice_times"] == sum(before[key] != after[key] for key in before) == 3
        assert sorted(before.values()) == sorted(after.values())
        assert guard.restores().written == 3
        assert dict(database.rows("SELECT id, team_id FROM practice_times")) == before

    @pytest.fixture
    def nowhere_to_wait(self, database: ScratchDatabase, crossed: int) -> int:
        database.rows("ALTER TABLE practice_times ALTER team_id SET NOT NULL, ALTER league_id SET NOT NULL")
        database.rows("ALTER TABLE practice_times ADD FOREIGN KEY (team_id) REFERENCES teams")
        return crossed

    def test_go_back_at_once_where_there_is_nowhere_to_wait(self, guard: Guard, nowhere_to_wait: int) -> None:
        undone = guard.takes_back(nowhere_to_wait)
        assert (undone.left("practice_times"), undone.relinked["practice_times"]) == (0, 3)
        assert guard.restores().written == 3

    def test_stay_where_others_would_notice_that(
        self, guard: Guard, database: ScratchDatabase, nowhere_to_wait: int
    ) -> None:
        database.rows("CREATE TABLE lights (time_id int REFERENCES practice_times ON DELETE CASCADE)")
        before = database.all_rows()
        undone = guard.takes_back(nowhere_to_wait)
        assert (undone.left("practice_times"), undone.ledger) == (3, None)
        assert database.all_rows() == before


@pytest.mark.parametrize("key", ["text", "varchar(9)", "numeric"])
def test_primary_keys_of_any_type_are_found_again(database: ScratchDatabase, league: League, key: str) -> None:
    gear = on_teams("gear", "gear", "team_id", content=("name",), etl_deletes=True)
    team, *_ = two_neighbours(league)
    codes = ("7", "-3", "10", "8.50") if key == "numeric" else ("7", "07", "b%s", "a'1", "A \u00e9", "%(key)s")
    database.rows(f"CREATE TABLE gear (code {key} PRIMARY KEY, team_id int, name text)")
    for code in codes:
        database.rows(f"INSERT INTO gear VALUES (%(code)s::{key}, %(team)s, 'net')", code=code, team=team.id)
    guard = Guard(database, sets=(*BUILT_IN, gear))
    guard.has_backed_up()
    builders.the_etl_recreates_everything(database)
    database.rows("DELETE FROM gear WHERE code::text = ANY (%(gone)s)", gone=list(codes[1:3]))
    damaged = database.all_rows("public")
    entry = guard.restores().ledger
    assert database.count("gear") == len(codes)

    undone = guard.takes_back(entry)

    assert (undone.removed["gear"], undone.relinked["gear"]) == (2, len(codes) - 2)
    assert database.all_rows("public") == damaged


class TestTwoSetsThatMoveReferencesOfOneRow:
    @pytest.fixture
    def guard(self, database: ScratchDatabase, league: League) -> Guard:
        """Requests of one team to another, each side a set of its own; and a user of a league, and one of none."""
        one, other = two_neighbours(league)
        database.rows("CREATE TABLE requests (id serial PRIMARY KEY, team_id int, opponent_id int, note text)")
        for pair in ((one.id, other.id), (other.id, one.id)):
            database.rows(
                "INSERT INTO requests (team_id, opponent_id, note) VALUES (%(a)s, %(b)s, 'x')", a=pair[0], b=pair[1]
            )
        league.has_user(league="APTA_CHICAGO")
        league.has_user()
        asking = on_teams("asking", "requests", "team_id", content=("note",))
        asked = on_teams("asked", "requests", "opponent_id", content=("note",))
        return Guard(database, sets=(*BUILT_IN, asking, asked))

    @pytest.fixture
    def entry(self, guard: Guard, database: ScratchDatabase) -> int:
        guard.has_backed_up()
        builders.the_etl_recreates_everything(database)
        self.damaged = database.all_rows("public")
        return guard.restores().ledger

    def test_are_taken_back_both(self, guard: Guard, database: ScratchDatabase, entry: int) -> None:
        undone = guard.takes_back(entry)
        assert (undone.relinked["asking"], undone.relinked["asked"]) == (2, 2)
        assert database.all_rows("public") == self.damaged

    @pytest.mark.parametrize(
        ("body", "message"),
        [
            ("NEW.note := NEW.note || '!'; RETURN NEW;", "A trigger changed other columns of requests"),
            ("UPDATE users SET email = email || '!'; RETURN NEW;", "Rows of users that the plan does not"),
        ],
    )
    def test_are_held_to_nothing_else(
        self, guard: Guard, database: ScratchDatabase, entry: int, body: str, message: str
    ) -> None:
        has_trigger(database, "requests", "BEFORE UPDATE", body)
        with refused(errors.RestoreError, message, database):
            guard.takes_back(entry)


def test_rows_changed_since_are_counted_and_the_first_of_them_named_by_their_order_in_the_snapshot(
    league: League, database: ScratchDatabase, guard: Guard
) -> None:
    teams_in_a_row(league, 1, practices=12)
    guard.has_backed_up()
    builders.the_etl_recreates_everything(database)
    entry = guard.restores().ledger
    database.rows("UPDATE schedule SET location = 'elsewhere' WHERE id IN (2, 4, 9, 10, 11)")
    wrote = "of 12 rows of practices that restore 1 wrote have changed or gone since (primary keys"
    for access in (Access.PLAN, Access.READ):
        with pytest.raises(errors.StalePlanError) as caught:
            would_take_back(guard, entry, access)
        assert caught.value.message == f"5 {wrote} 2, 4, 9, 10, 11). Nothing was written."
    database.rows("DELETE FROM schedule WHERE id = 3")
    with refused(errors.StalePlanError, f"6 {wrote} 2, 3, 4, 9, 10, …). Nothing was written.", database):
        guard.takes_back(entry)


def test_a_dry_run_without_tables_of_its_own_says_the_same(
    league: League, database: ScratchDatabase, guard: Guard
) -> None:
    """A standby has none; neither has a role that may not make them."""
    two_neighbours(league)
    league.captain_writes_message(builders.teams_now(database)[0])
    guard.has_backed_up()
    builders.the_etl_leaves_practices_on_old_ids(database)
    database.rows("DELETE FROM schedule WHERE id = 1")
    entry = guard.restores().ledger
    planned = would_take_back(guard, entry, Access.READ)
    assert planned == would_take_back(guard, entry)
    undone = guard.takes_back(entry)
    assert sum(planned.adrift.values()) > 0
    assert (planned.removed, planned.relinked, planned.adrift) == (undone.removed, undone.relinked, undone.adrift)


def test_a_set_that_was_given_another_reference_since_is_not_taken_for_what_it_was(
    league: League, database: ScratchDatabase
) -> None:
    """The ledger does not name the columns; what is not noted must not be emptied."""
    team, other = two_neighbours(league)
    database.rows("CREATE TABLE gear (id serial PRIMARY KEY, team_id int, lender_id int, name text)")
    database.rows("INSERT INTO gear VALUES (1, %(team)s, %(other)s, 'net')", team=team.id, other=other.id)
    guard = Guard(database, sets=(*BUILT_IN, on_teams("gear", "gear", "team_id", content=("name",))))
    guard.has_backed_up()
    builders.the_etl_recreates_everything(database)
    entry = guard.restores().ledger
    guard.sets = (*BUILT_IN, on_teams("gear", "gear", "team_id", "lender_id", content=("name",)))
    with refused(errors.SchemaError, "gear has not the references", database):
        guard.takes_back(entry)


def test_entries_of_the_version_before_are_read_as_it_wrote_them(database: ScratchDatabase) -> None:
    """Its own words for what has changed since, too."""
    is_as_the_version_before_left_it(database)
    guard = Guard(database)
    since = {
        2: ("5 of 5 rows of captain_messages", "have", "3, 4, 5, 6, 7"),
        3: ("1 of 6 rows of captain_messages", "has", "7"),
        4: ("14 of 14 rows of practices", "have", "2, 3, 6, 7, 8, …"),
    }
    for entry, (rows, have, keys) in since.items():
        with pytest.raises(errors.StalePlanError) as caught:
            would_take_back(guard, entry)
        wrote = f"that restore {entry} wrote {have} changed or gone since"
        assert caught.value.message == f"{rows} {wrote} (primary keys {keys}). Nothing was written."
    undone = would_take_back(guard, 5)
    assert (undone.removed, undone.relinked) == ({"practice_times": 0}, {"practice_times": 4})


@contextmanager
def overheard() -> Iterator[list[int]]:
    """Counts what goes through the client: rows that come in, and values of lists that go out."""
    heard = [0]

    def counted(own: Any) -> Any:
        def sends(self: Connection, *given: Any) -> Any:
            found = own(self, *given)
            heard[0] += len(found) if own is execute else sum(map(len, found)) if own is together else 0
            heard[0] += sum(_listed(each) for each in given)
            return found

        return sends

    execute, together, write = Connection.execute, Connection.together, Connection.write
    with pytest.MonkeyPatch.context() as patch:
        for own in (execute, together, write):
            patch.setattr(Connection, own.__name__, counted(own))
        yield heard


def _listed(given: object) -> int:
    if isinstance(given, Query):
        return _listed(given.parameters)
    if isinstance(given, Mapping):
        return sum(len(each) for each in given.values() if isinstance(each, list))
    return sum(map(_listed, given)) if isinstance(given, Sequence) and not isinstance(given, str) else 0


def test_as_much_goes_through_the_client_for_many_rows_as_for_few(
    league: League, database: ScratchDatabase, guard: Guard
) -> None:
    team = league.has_team()
    heard: list[int] = []
    for more in (3, 100):
        league.captain_schedules_practices(builders.teams_now(database)[0] if heard else team, more)
        guard.has_backed_up()
        builders.the_etl_runs(database, "set-null")
        database.rows("DELETE FROM schedule WHERE id % 2 = 0")
        entry = guard.restores().ledger
        with overheard() as through:
            guard.takes_back(entry)
        heard += through
        guard.restores()
    assert heard[0] == heard[1] > 0

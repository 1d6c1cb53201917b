"""A backup sees what has changed in the tables under it, and carries on what waits as it was or not at all."""

from __future__ import annotations

import dataclasses
import itertools
import os
from collections.abc import Iterator

import pytest

from practice_guard.core import errors
from practice_guard.core.application import BUILT_IN, TEAMS, ProtectedSet, Reference
from practice_guard.core.guarding import Request, Scope
from practice_guard.core.restore import Bucket
from practice_guard.core.steps import lines
from tests.conftest import Cluster
from tests.world import builders
from tests.world.backing_up import codes, has_two_teams, refused_for
from tests.world.builders import League, ScratchDatabase
from tests.world.guarding import Guard
from tests.world.keeping import refused, verifies

NAMES = itertools.count(1)


@pytest.fixture
def guard(league: League, database: ScratchDatabase) -> Guard:
    """Two teams with three practices, a recurring one and a message; nothing backed up yet."""
    return has_two_teams(league, database)


# The tables under it


def test_a_renamed_table_is_named_with_its_new_name(guard: Guard, database: ScratchDatabase) -> None:
    guard.has_backed_up()
    database.rows("ALTER TABLE practice_times RENAME TO practice_times_old")
    for act in (guard.backs_up, guard.restores, guard.judges_health):
        with refused(errors.SchemaError, "public.practice_times is gone (the nearest name there is", database):
            act()
    with pytest.raises(errors.SchemaError) as gone:
        guard.backs_up()
    renaming, accepting, others = lines(gone.value.next_steps, "local")
    assert renaming.startswith('ALTER TABLE "public"."practice_times_old" RENAME TO "practice_times";')
    assert accepting.startswith("practice-guard backup --accept-current --env local")
    assert "--protected practices " in others
    assert "--protected practice_times" not in others
    only_practices = Request(scope=Scope(protected=frozenset({"practices"})))
    assert guard.restores(request=only_practices).plan.counts()["total"] == 3
    taken = guard.backs_up(accept_current=True)
    assert codes(taken) == ["set-gone"]
    assert taken.snapshot is not None
    assert "practice_times" not in taken.snapshot.sets
    database.rows(renaming)
    assert guard.has_backed_up().rows


def test_a_value_that_its_type_no_longer_takes_waits(guard: Guard, database: ScratchDatabase) -> None:
    database.rows("CREATE TYPE mood AS ENUM ('happy', 'sad')")
    database.rows("ALTER TABLE schedule ADD mood mood DEFAULT 'happy'")
    database.rows("UPDATE schedule SET mood = 'sad' WHERE id = (SELECT min(id) FROM schedule)")
    rows = guard.has_backed_up().sets["practices"].rows
    builders.the_etl_recreates_everything(database)
    database.rows("ALTER TYPE mood RENAME VALUE 'sad' TO 'blue'")
    counts = guard.restores().plan.counts("practices")
    assert (counts["insert"], counts["pending"]) == (rows - 1, 1)


def test_a_table_that_nobody_had_rows_in_may_go(guard: Guard, database: ScratchDatabase) -> None:
    guard.has_backed_up()
    database.rows("DROP TABLE poll_responses, poll_choices, polls")
    assert guard.backs_up().snapshot is not None


def test_the_schedule_renamed_is_refused(guard: Guard, database: ScratchDatabase) -> None:
    guard.has_backed_up()
    database.rows("ALTER TABLE schedule RENAME TO schedules")
    for act in (guard.backs_up, guard.restores):
        with refused(errors.SchemaError, "public.schedule does not exist in this database (the nearest", database):
            act()


@pytest.mark.parametrize("table", ["schedule", "practice_times", "teams"])
def test_a_view_in_place_of_a_table_is_refused(guard: Guard, database: ScratchDatabase, table: str) -> None:
    guard.has_backed_up()
    database.rows(f"ALTER TABLE {table} RENAME TO real_one")
    database.rows(f"CREATE VIEW {table} AS SELECT * FROM real_one")
    for act in (guard.backs_up, guard.restores):
        with refused(errors.SchemaError, f"public.{table} is a view, not a table", database):
            act()


def test_a_table_of_the_same_name_earlier_in_the_search_path_is_refused(
    guard: Guard, database: ScratchDatabase
) -> None:
    guard.has_backed_up()
    database.rows("CREATE SCHEMA evil")
    database.rows("CREATE TABLE evil.schedule (LIKE public.schedule)")
    assert guard.backs_up().snapshot is not None
    database.rows(f"ALTER DATABASE {database.name} SET search_path = evil, public")
    for act in (guard.backs_up, guard.restores):
        with refused(errors.SchemaError, "evil.schedule stands before public.schedule", database):
            act()


def test_a_table_made_anew_without_its_key_is_refused(guard: Guard, database: ScratchDatabase) -> None:
    guard.has_backed_up()
    database.rows("CREATE TABLE other AS SELECT * FROM schedule")
    database.rows("DROP TABLE schedule")
    database.rows("ALTER TABLE other RENAME TO schedule")
    for act in (guard.backs_up, guard.restores):
        with refused(errors.SchemaError, "has no primary key of one column", database):
            act()


def test_a_table_made_anew_alike_is_as_good_as_the_old_one(guard: Guard, database: ScratchDatabase) -> None:
    before = builders.practices_by_natural_key(database)
    guard.has_backed_up()
    database.rows("CREATE TABLE other (LIKE schedule INCLUDING ALL EXCLUDING DEFAULTS)")
    database.rows("ALTER TABLE other ALTER id ADD GENERATED BY DEFAULT AS IDENTITY")
    database.rows("DROP TABLE schedule")
    database.rows("ALTER TABLE other RENAME TO schedule")
    refused_for("import-not-restored", guard)
    guard.restores()
    assert builders.practices_by_natural_key(database) == before


# Row level security


@pytest.fixture
def limited(guard: Guard, cluster: Cluster, database: ScratchDatabase) -> Iterator[Guard]:
    """A guard whose role owns nothing and may read and write everything, row level security allowing."""
    role = f"practice_guard_role_{os.getpid()}_{next(NAMES)}"
    cluster.run("CREATE ROLE {} LOGIN", role)
    database.rows(f"GRANT ALL ON DATABASE {database.name} TO {role}")
    database.rows(f"GRANT ALL ON ALL TABLES IN SCHEMA public TO {role}")
    database.rows(f"GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO {role}")
    url = database.url_of(role)
    assert url != database.url
    yield dataclasses.replace(guard, database=ScratchDatabase(url, database.name))
    database.rows(f"REASSIGN OWNED BY {role} TO postgres")
    database.rows(f"DROP OWNED BY {role}")
    cluster.run("DROP ROLE {}", role)


@pytest.mark.parametrize("table", ["schedule", "teams", "practice_times", "players"])
def test_hidden_rows_are_no_snapshot(limited: Guard, database: ScratchDatabase, table: str) -> None:
    limited.has_backed_up()
    database.rows(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    database.rows(f"CREATE POLICY every_other ON {table} USING (id % 2 = 0)")
    for act in (limited.backs_up, limited.restores):
        with refused(errors.AccessError, "Row level security hides rows from this role", database):
            act()
    database.rows(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
    assert limited.backs_up().snapshot is not None


# Columns that change while rows wait

WAITING = ProtectedSet("notes", "notes", (Reference("team_id", TEAMS),), content=("note",), etl_deletes=True)


@pytest.fixture
def waiting(league: League, database: ScratchDatabase) -> Guard:
    """A snapshot with a note of a team that an import left out, in a table of many types."""
    database.rows(
        "CREATE TABLE notes (id serial PRIMARY KEY, team_id int, note text, price numeric(7,2), size real,"
        " at timestamptz, on_day date, short varchar(20), whole int, extra text)"
    )
    team = league.has_team()
    other = league.has_team(club="Wilmette", series="Series H(2)", league="CNSWPL", name="Wilmette H(2)")
    for each in (team, other):
        database.rows(
            "INSERT INTO notes (team_id, note, price, size, at, on_day, short, whole, extra)"
            " VALUES (%(t)s, 'bring balls', 12.56, 1.5, '2026-03-08 02:30:00.5-06', '2026-01-05', 'longer text', 70000,"
            " 'x')",
            t=each.id,
        )
    guard = Guard(database, (*BUILT_IN, WAITING))
    guard.has_backed_up()
    builders.the_etl_lacks_series(database, "Series H(2)")
    database.rows("DELETE FROM notes")
    guard.restores()
    assert guard.has_backed_up().carried == 1
    return guard


LOSSLESS = [
    "ALTER TABLE notes ALTER short TYPE varchar(50)",
    "ALTER TABLE notes ALTER short TYPE text",
    "ALTER TABLE notes ALTER whole TYPE bigint",
    "ALTER TABLE notes ALTER price TYPE numeric",
    "ALTER TABLE notes ADD more text",
]
LOSSY = [
    "ALTER TABLE notes ALTER price TYPE numeric(5,0)",
    "ALTER TABLE notes ALTER price TYPE int",
    "ALTER TABLE notes ALTER size TYPE int",
    "ALTER TABLE notes ALTER at TYPE timestamp",
    "ALTER TABLE notes ALTER at TYPE timestamptz(0)",
    "ALTER TABLE notes ALTER at TYPE date",
    "ALTER TABLE notes ALTER on_day TYPE timestamp",
    "ALTER TABLE notes ALTER short TYPE varchar(5) USING left(short, 5)",
    "ALTER TABLE notes ALTER short TYPE int USING NULL",
    "ALTER TABLE notes ALTER whole TYPE smallint USING 1",
    "ALTER TABLE notes ALTER extra TYPE bytea USING NULL",
    "ALTER TABLE notes DROP extra",
    "ALTER TABLE notes RENAME extra TO another",
]


@pytest.mark.parametrize("change", LOSSLESS)
def test_rows_that_wait_are_carried_on_where_nothing_is_lost(
    waiting: Guard, database: ScratchDatabase, change: str
) -> None:
    database.rows(change)
    taken = waiting.backs_up()
    assert codes(taken)[0] == "columns-changed"
    assert taken.snapshot is not None
    assert taken.snapshot.carried == 1
    verifies(waiting)


@pytest.mark.parametrize("change", LOSSY)
def test_rows_that_wait_are_never_carried_on_as_something_else(
    waiting: Guard, database: ScratchDatabase, change: str
) -> None:
    database.rows(change)
    with refused(errors.SchemaError, "1 row of notes waits for its team and cannot be carried on unchanged", database):
        waiting.backs_up()
    assert waiting.finds().carried == 1


def test_rows_that_wait_get_the_default_of_a_new_column(waiting: Guard, database: ScratchDatabase) -> None:
    database.rows("CREATE TYPE mood AS ENUM ('happy', 'sad')")
    database.rows("ALTER TABLE notes ADD flag text NOT NULL DEFAULT '100%', ADD mood mood NOT NULL DEFAULT 'sad'")
    kept = waiting.has_backed_up()
    table = kept.sets["notes"].rows_table
    carried = database.rows(f"SELECT flag, mood, note FROM practice_guard.{table} WHERE guard_carried")
    assert carried == [("100%", "sad", "bring balls")]
    League(database).has_team(club="Wilmette", series="Series H(2)", league="CNSWPL", name="Wilmette H(2)")
    assert waiting.restores().written == 1
    assert database.count("notes", "mood = 'sad'") == 2


def test_a_drift_is_noticed_whatever_it_is(waiting: Guard, database: ScratchDatabase) -> None:
    assert len(LOSSLESS) + len(LOSSY) >= 15


def test_what_the_table_can_still_take_is_carried_on_when_asked_for(waiting: Guard, database: ScratchDatabase) -> None:
    database.rows("ALTER TABLE notes DROP extra")
    database.rows("ALTER TABLE notes ALTER price TYPE numeric(5,0)")
    taken = waiting.backs_up(accept_current=True)
    assert taken.snapshot is not None
    assert taken.snapshot.carried == 1
    (pending,) = (row for row in waiting.plans_rows() if row.bucket is Bucket.PENDING)
    assert pending.set == "notes"

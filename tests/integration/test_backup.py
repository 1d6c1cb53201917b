"""A backup never makes damage the truth, sees what has changed under it, and carries on what waits."""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools
import os
from collections.abc import Callable, Iterator

import pytest

from practice_guard.core import errors, snapshot
from practice_guard.core.backup import Backup
from practice_guard.core.catalog import Target
from practice_guard.core.model import Severity, Verdict
from practice_guard.core.plan import Bucket
from practice_guard.core.protected import BUILT_IN, ProtectedSet, Reference
from practice_guard.core.restore import Request, Scope
from tests import builders
from tests.builders import League, ScratchDatabase
from tests.conftest import Cluster
from tests.integration.guarding import Guard
from tests.integration.keeping import nothing_written, refused, verifies

NAMES = itertools.count(1)


@pytest.fixture
def guard(league: League, database: ScratchDatabase) -> Guard:
    """Two teams with three practices, a recurring one and a message; nothing backed up yet."""
    first = league.has_team()
    second = league.has_team(club="Wilmette", series="Series H(2)", league="CNSWPL", name="Wilmette H(2)")
    league.captain_schedules_practices(first, 2)
    league.captain_schedules_practice(second)
    league.captain_sets_practice_time(second)
    league.captain_writes_message(first)
    return Guard(database)


def codes(taken: Backup) -> list[str]:
    return [finding.code for finding in taken.findings]


def refused_for(code: str, guard: Guard) -> Backup:
    """A backup that refuses: nothing is written and `latest` stays."""
    before = guard.reads(snapshot.listing)
    with nothing_written(guard.database):
        taken = guard.backs_up()
    assert (taken.snapshot, taken.verdict) == (None, Verdict.REFUSED)
    assert code in codes(taken)
    assert guard.reads(snapshot.listing) == before
    return taken


@pytest.mark.parametrize(
    "etl",
    [
        builders.the_etl_recreates_everything,
        builders.the_etl_recycles_ids,
        builders.the_etl_keeps_ids,
        builders.the_etl_leaves_practices_without_team,
        builders.the_etl_leaves_practices_on_old_ids,
        builders.the_etl_fails_half_way,
    ],
)
def test_an_import_that_nobody_restored_is_not_taken_as_the_truth(
    guard: Guard, etl: Callable[[ScratchDatabase], None]
) -> None:
    guard.has_backed_up()
    etl(guard.database)
    refused_for("import-not-restored", guard)

    guard.restores()

    assert guard.backs_up().snapshot is not None


def test_nothing_at_all_is_no_first_snapshot(database: ScratchDatabase) -> None:
    guard = Guard(database)
    with nothing_written(database):
        taken = guard.backs_up()
    assert (taken.snapshot, codes(taken)) == (None, ["nothing-to-protect"])
    assert guard.backs_up(accept_current=True).snapshot is not None


def test_nothing_left_where_there_was_something_is_refused(guard: Guard, database: ScratchDatabase) -> None:
    guard.has_backed_up()
    for table in ("schedule", "practice_times", "captain_messages"):
        database.rows(f"DELETE FROM {table}")
    refused_for("nothing-left", guard)


def test_a_set_that_had_many_rows_and_has_none_is_refused(
    guard: Guard, league: League, database: ScratchDatabase
) -> None:
    league.captain_schedules_practices(builders.teams_now(database)[0], 10)
    guard.has_backed_up()
    database.rows("DELETE FROM schedule")
    assert refused_for("nothing-left", guard).findings[0].rows == 13
    assert "0 rows of practices where snapshot" in refused_for("nothing-left", guard).findings[0].what


def test_a_schedule_without_matches_that_was_truncated_was_not_emptied_by_users(
    guard: Guard, database: ScratchDatabase
) -> None:
    guard.has_backed_up()
    database.rows("TRUNCATE schedule")
    refused_for("import-not-restored", guard)


def test_what_is_there_can_be_accepted_and_that_is_recorded(guard: Guard, database: ScratchDatabase) -> None:
    kept = guard.has_backed_up()
    assert not kept.accepted_current
    builders.the_etl_recreates_everything(database)

    taken = guard.backs_up(accept_current=True)

    assert taken.snapshot is not None
    assert taken.snapshot.accepted_current
    assert taken.verdict is Verdict.FINE
    (finding,) = (each for each in taken.findings if each.code == "import-not-restored")
    assert finding.severity is Severity.WARNING
    assert "--accept-current" in finding.why
    assert guard.finds().id == taken.snapshot.id


def test_accepting_what_needs_no_acceptance_is_not_recorded(guard: Guard) -> None:
    taken = guard.backs_up(accept_current=True)
    assert taken.snapshot is not None
    assert not taken.snapshot.accepted_current


def test_rows_that_users_deleted_are_said(guard: Guard, database: ScratchDatabase) -> None:
    guard.has_backed_up()
    database.rows("DELETE FROM practice_times")
    taken = guard.backs_up()
    assert taken.snapshot is not None
    assert codes(taken) == ["rows-deleted"]
    assert taken.snapshot.carried == 0


@pytest.mark.parametrize("label", ["a\0b", "half \ud800", "two\nlines", "\x1b[31m"])
def test_a_label_that_cannot_be_shown_is_refused(guard: Guard, label: str) -> None:
    with refused(errors.UsageError, "label", guard.database):
        guard.backs_up(label=label)


def test_a_damaged_snapshot_is_passed_over(guard: Guard, database: ScratchDatabase) -> None:
    good = guard.has_backed_up()
    bad = guard.has_backed_up()
    database.rows("UPDATE practice_guard.snapshots SET label = 'x' WHERE id = %(id)s", id=bad.id)

    taken = guard.backs_up()

    assert taken.previous == guard.finds(good.id)
    assert codes(taken) == ["snapshot-passed-over"]
    builders.the_etl_recreates_everything(database)
    refused_for("import-not-restored", guard)


def test_where_no_snapshot_is_whole_nothing_is_compared_and_nothing_taken(
    guard: Guard, database: ScratchDatabase
) -> None:
    guard.has_backed_up()
    guard.has_backed_up()
    database.rows("UPDATE practice_guard.snapshots SET label = 'x'")
    with refused(errors.DamagedSnapshotError, "None of the 2 snapshots is whole", database):
        guard.backs_up()
    taken = guard.backs_up(accept_current=True)
    assert taken.snapshot is not None
    assert codes(taken) == ["snapshot-passed-over"] * 2


# Rows older than their team


def teams_are_created_anew_under_the_same_ids(database: ScratchDatabase) -> None:
    """An import that handed ids out again, before the guard was there."""
    database.rows("UPDATE teams SET created_at = now() + interval '1 minute'")


def test_rows_older_than_their_team_are_a_sign_at_the_first_backup(guard: Guard, database: ScratchDatabase) -> None:
    teams_are_created_anew_under_the_same_ids(database)
    taken = guard.backs_up()
    assert taken.verdict is Verdict.FINE
    (finding,) = taken.findings
    assert (finding.code, finding.severity, finding.rows) == ("rows-older-than-team", Severity.WARNING, 5)
    assert "on Tennaqua - 22 (Tennaqua, Chicago 22, APTA_CHICAGO), which is of 20" in finding.examples[0]
    assert len(database.rows(finding.fix)) == 3
    assert codes(guard.backs_up()) == []


def test_a_row_that_came_onto_a_recycled_id_is_a_sign(guard: Guard, league: League, database: ScratchDatabase) -> None:
    """Written between the backup and the import, which handed its team's id to another team."""
    guard.has_backed_up()
    (first, second) = builders.teams_now(database)
    league.captain_sets_practice_time(first)
    builders.the_etl_recycles_ids(database)
    guard.restores()
    assert first.identity != builders.teams_now(database)[0].identity or second.id
    taken = guard.backs_up()
    assert taken.snapshot is not None
    assert codes(taken) == ["rows-older-than-team"]
    assert taken.findings[0].rows == 1


def test_rows_that_a_restore_placed_are_no_sign(guard: Guard, database: ScratchDatabase) -> None:
    guard.has_backed_up()
    for etl in (
        builders.the_etl_recreates_everything,
        builders.the_etl_recycles_ids,
        builders.the_etl_keeps_ids,
        builders.the_etl_leaves_practices_on_old_ids,
        builders.the_etl_recreates_everything,
    ):
        etl(database)
        guard.restores()
        assert codes(guard.backs_up()) == []


def test_rows_placed_by_a_restore_from_an_older_snapshot_are_no_sign(guard: Guard, database: ScratchDatabase) -> None:
    kept = guard.has_backed_up()
    builders.the_etl_recreates_everything(database)
    guard.restores(kept.id)
    database.rows("DELETE FROM practice_guard.snapshots WHERE id <> %(id)s", id=kept.id)
    database.rows("UPDATE practice_guard.snapshots SET verified_at = NULL")
    assert codes(guard.backs_up()) == []


# The tables under it


def test_a_renamed_table_is_named_with_its_new_name(guard: Guard, database: ScratchDatabase) -> None:
    guard.has_backed_up()
    database.rows("ALTER TABLE practice_times RENAME TO practice_times_old")
    for act in (guard.backs_up, guard.restores, guard.judges_health):
        with refused(errors.SchemaError, "public.practice_times is gone (the nearest name there is", database):
            act()
    only_practices = Request(scope=Scope(protected=frozenset({"practices"})))
    assert guard.restores(request=only_practices).plan.counts()["total"] == 3
    taken = guard.backs_up(accept_current=True)
    assert codes(taken) == ["set-gone"]
    assert taken.snapshot is not None
    assert "practice_times" not in taken.snapshot.sets


def test_a_value_that_its_type_no_longer_takes_is_refused(guard: Guard, database: ScratchDatabase) -> None:
    database.rows("CREATE TYPE mood AS ENUM ('happy', 'sad')")
    database.rows("ALTER TABLE schedule ADD mood mood DEFAULT 'sad'")
    guard.has_backed_up()
    builders.the_etl_recreates_everything(database)
    database.rows("ALTER TYPE mood RENAME VALUE 'sad' TO 'blue'")
    before = builders.practices_by_natural_key(database)
    with pytest.raises(errors.SchemaError, match="invalid input value for enum"):
        guard.restores()
    assert builders.practices_by_natural_key(database) == before


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
    url = database.url.replace("postgres:@", f"{role}:@")
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

WAITING = ProtectedSet("notes", "notes", (Reference("team_id", Target.TEAMS),), content=("note",), etl_deletes=True)


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
    with refused(errors.SchemaError, "1 rows of notes wait for their team and cannot be carried on as they", database):
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
    (pending,) = (row for row in waiting.plans().rows() if row.bucket is Bucket.PENDING)
    assert pending.set == "notes"


def test_nobody_knows_which_is_later_without_a_zone(guard: Guard, database: ScratchDatabase) -> None:
    database.rows("ALTER TABLE teams ALTER created_at TYPE timestamp USING created_at + interval '1 day'")
    assert codes(guard.backs_up()) == []


def test_a_snapshot_says_what_it_is(guard: Guard, database: ScratchDatabase) -> None:
    taken = guard.backs_up(label="before the season")
    assert taken.snapshot is not None
    kept = guard.finds()
    assert kept == taken.snapshot
    assert (kept.label, kept.environment, kept.tool_version) == ("before the season", "local", "0.0-test")
    assert kept.taken_at == dt.datetime(2026, 1, 5, 12, tzinfo=dt.timezone.utc)
    assert kept.server_version == database.value("SHOW server_version")
    assert kept.fingerprint["uuid"] == str(database.value("SELECT uuid FROM practice_guard.installation"))
    assert (kept.rows, kept.sets["practices"].rows, kept.sets["practices"].teams) == (5, 3, 2)


def test_a_person_reads_it_with_plain_sql(guard: Guard, database: ScratchDatabase) -> None:
    kept = guard.has_backed_up()
    builders.the_etl_empties_everything(database)
    rows = database.rows(
        "SELECT p.match_date, p.match_time, t.name FROM practice_guard."
        + kept.sets["practices"].rows_table
        + " AS p JOIN practice_guard.team_lists AS t ON t.list = %(id)s AND t.id = p.home_team_id ORDER BY p.id",
        id=kept.id,
    )
    assert rows[0] == (builders.MONDAY, builders.SEVEN, "Tennaqua - 22")
    assert len(rows) == 3

"""What is so before the first snapshot, what is empty, what is lacking, and what becomes of the kept lists."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from practice_guard.core.application import BUILT_IN, CLUBS
from practice_guard.core.application.declared import parse
from practice_guard.core.errors import DamagedSnapshotError
from practice_guard.core.model import Verdict
from practice_guard.core.upkeep import cleanup
from practice_guard.core.upkeep.retention import Rule
from practice_guard.demo.source import without
from tests.world import builders
from tests.world.bookings import PARENTS, SETS, a_season, beside, courts_now, lost, seen, the_import_runs, wrong
from tests.world.builders import ScratchDatabase
from tests.world.guarding import Guard
from tests.world.keeping import exports, imports, the_guards_schema_is_lost, verifies

COURTS = [(club, label) for club in ("Birchwood", "PraIrie Club", "Wilmette") for label in ("1", "2")]


@pytest.fixture
def guard(database: ScratchDatabase) -> Guard:
    a_season(database)
    return Guard(database, SETS, parents=PARENTS)


# What led nowhere before


@pytest.mark.parametrize("table", ["captain_messages", "ladders"])
def test_an_id_that_led_nowhere_before_the_first_snapshot_stays_and_stops_nothing(
    guard: Guard, database: ScratchDatabase, table: str
) -> None:
    database.rows(f"UPDATE {table} SET series_id = 999 WHERE id = 1")
    before = seen(database)
    guard.has_backed_up()
    the_import_runs(database, "recycle")
    guard.restores()
    where_it_waits = [("ladders", "Ladder 1", "league_id", "APTA_CHICAGO")] if table == "ladders" else []
    assert lost(before, seen(database)) == where_it_waits
    assert database.value(f"SELECT series_id FROM {table} WHERE id = 1") == 999
    assert guard.judges_health().verdict in (Verdict.FINE, Verdict.WAITING)
    assert guard.later(days=1).backs_up().snapshot is not None


@pytest.mark.parametrize("table", ["captain_messages", "ladders"])
def test_an_id_that_led_nowhere_is_not_followed_to_whom_it_is_given(
    guard: Guard, database: ScratchDatabase, table: str
) -> None:
    database.rows(f"UPDATE {table} SET series_id = 999 WHERE id = 1")
    before = seen(database)
    guard.has_backed_up()
    the_import_runs(database)
    database.rows("INSERT INTO series (id, name, display_name) VALUES (999, 'Division 9', 'Division 9')")
    damaged = seen(database)
    guard.restores()
    after = seen(database)
    assert wrong(before, damaged, after) == []
    health = guard.judges_health()
    stays = database.value(f"SELECT series_id FROM {table} WHERE id = 1") == 999
    assert not stays or health.verdict is not Verdict.FINE, "nobody may be told that this is fine"


@pytest.mark.parametrize(("column", "code"), [("team_id", "PraIrie Club"), ("league_context", "NSTF")])
def test_users_who_wait_pointing_at_nothing_are_carried(
    guard: Guard, database: ScratchDatabase, column: str, code: str
) -> None:
    """An id that another has by now is taken away from a user; who it was is kept all the same."""
    database.rows("UPDATE leagues SET league_name = league_id")
    before, website = seen(database), builders.the_website_now(database)
    guard.has_backed_up()
    by = "club" if column == "team_id" else "league"
    the_import_runs(database, source=without(website, by, code))
    table = "teams" if column == "team_id" else "leagues"
    database.rows("SET session_replication_role = replica")
    for (old,) in database.rows(f"SELECT DISTINCT {column} FROM users WHERE {column} IS NOT NULL"):
        database.rows(f"UPDATE {table} SET id = %(id)s WHERE id = (SELECT max(id) FROM {table})", id=old)
    database.rows("RESET session_replication_role")
    guard.restores()
    later = guard.later(days=1)
    later.has_backed_up()
    the_import_runs(database, source=website, courts=COURTS)
    later.restores()
    assert [each for each in lost(before, seen(database)) if each[2] == column and each[0] == "users"] == []


def test_an_outside_id_in_another_case_is_another_person(guard: Guard, database: ScratchDatabase) -> None:
    """They are made of letters of both cases, each of which counts."""
    guard.has_backed_up()
    website = builders.the_website_now(database)
    players = [replace(each, id="nndz-4".upper()) if each.id == "nndz-4" else each for each in website.players]
    the_import_runs(database, source=replace(website, players=tuple(players)))
    guard.restores()
    found = database.rows(
        "SELECT p.tenniscores_player_id FROM player_availability a JOIN players p ON p.id = a.player_id"
        " WHERE p.tenniscores_player_id ILIKE 'nndz-4'"
    )
    assert found == []
    assert guard.plans().counts("player_availability")["pending"] == 1


# What is empty


def test_a_row_on_nothing_is_as_it_should_be_and_comes_back_when_it_is_lost(
    guard: Guard, database: ScratchDatabase
) -> None:
    guard.has_backed_up()
    database.rows("INSERT INTO food (food_text) VALUES ('Cake')")
    database.rows("INSERT INTO user_instructions (user_email, instruction) VALUES ('b@example.org', 'Smile')")
    assert guard.judges_health().verdict is Verdict.FINE
    before = seen(database)
    the_import_runs(database)
    database.rows("DELETE FROM food WHERE food_text IN ('Bread', 'Soup at Wilmette')")
    guard.restores()
    assert lost(before, seen(database)) == []
    assert guard.judges_health().verdict is Verdict.FINE


# What is lacking


def test_a_table_without_a_key_is_left_out_and_told(guard: Guard, database: ScratchDatabase) -> None:
    database.rows("ALTER TABLE food DROP CONSTRAINT food_pkey")
    before = seen(database)
    taken = guard.backs_up()
    assert taken.snapshot is not None
    assert "food" not in taken.snapshot.sets
    the_import_runs(database)
    guard.restores()
    assert {each[0] for each in lost(before, seen(database))} == {"food"}
    health = guard.judges_health()
    assert any(each.startswith("food.") for each in health.not_followed), health.not_followed
    assert health.verdict is Verdict.FINE


def test_a_right_that_is_lacking_on_one_of_them_leaves_it_out_and_is_told(
    role: str, guard: Guard, database: ScratchDatabase
) -> None:
    database.rows(f"GRANT ALL ON SCHEMA public TO {role}")
    database.rows(f"GRANT CREATE, TEMPORARY ON DATABASE {database.name} TO {role}")
    database.rows(f"GRANT ALL ON ALL TABLES IN SCHEMA public TO {role}")
    database.rows(f"GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO {role}")
    database.rows(f"REVOKE ALL ON food FROM {role}")
    theirs = replace(guard, database=ScratchDatabase(database.url_of(role), database.name))
    before = seen(database)
    taken = theirs.backs_up()
    assert taken.snapshot is not None
    assert "food" not in taken.snapshot.sets
    the_import_runs(database)
    theirs.restores()
    assert {each[0] for each in lost(before, seen(database))} == {"food"}
    health = theirs.judges_health()
    assert any(each.startswith("food.") for each in health.not_followed), health.not_followed
    assert health.verdict is Verdict.FINE


def test_a_set_that_is_declared_takes_the_place_of_the_built_in_one(database: ScratchDatabase) -> None:
    a_season(database)
    text = '[[protected]]\nname = "games"\ntable = "pickup_games"\nclubs = ["club_id"]\nseries = ["series_low"]\n'
    guard = Guard(database, tuple(parse(text, "practice_guard.toml").everything))
    before = seen(database)
    kept = guard.has_backed_up()
    assert "games" in kept.sets
    assert "pickup_games" not in kept.sets
    the_import_runs(database)
    guard.restores()
    columns = {each[:1] + each[2:3] for each in lost(before, seen(database)) if each[0] in {s.table for s in BUILT_IN}}
    assert columns == {("pickup_games", "series_high")}


# The kept lists


TAMPERING = {
    "a club renamed": """UPDATE practice_guard.parent_lists SET said = '{"name": "Nowhere"}' WHERE parent = 'clubs'""",
    "an id changed": "UPDATE practice_guard.parent_lists SET id = id + 1000 WHERE parent = 'series' AND id = 1",
    "a player lost": "DELETE FROM practice_guard.parent_lists WHERE parent = 'players' AND id = 1",
    "a court added": "INSERT INTO practice_guard.parent_lists SELECT list, 'courts', 999, said"
    " FROM practice_guard.parent_lists LIMIT 1",
    "a parent taken for another": "UPDATE practice_guard.parent_lists SET parent = 'halls' WHERE parent = 'courts'",
    "all lost": "DELETE FROM practice_guard.parent_lists",
}


@pytest.mark.parametrize("encoding", ["UTF8", "EUC_JP"])
def test_what_somebody_does_to_the_lists_is_noticed(encoded: Callable[[str], ScratchDatabase], encoding: str) -> None:
    database = encoded(encoding)
    a_season(database)
    guard = Guard(database, SETS, parents=PARENTS)
    guard.has_backed_up()
    assert verifies(guard).digest_version == (5 if encoding == "EUC_JP" else 4)
    kept = database.rows("SELECT list, parent, id, said::text FROM practice_guard.parent_lists")
    for case, change in TAMPERING.items():
        database.rows(change)
        with pytest.raises(DamagedSnapshotError):
            pytest.fail(f"{case}: {verifies(guard)}")
        database.rows("DELETE FROM practice_guard.parent_lists")
        for row in kept:
            database.rows(
                "INSERT INTO practice_guard.parent_lists (list, parent, id, said)"
                " VALUES (%(list)s, %(parent)s, %(id)s, %(said)s)",
                **dict(zip(("list", "parent", "id", "said"), row, strict=True)),
            )
        verifies(guard)


def test_an_export_carries_the_lists_with_it(guard: Guard, database: ScratchDatabase) -> None:
    before = seen(database)
    guard.has_backed_up()
    lists = "SELECT list, parent, id, said FROM practice_guard.parent_lists ORDER BY 1, 2, 3"
    kept, data = database.rows(lists), exports(guard)
    assert {row[1] for row in kept} == {"clubs", "series", "players", "courts"}
    the_import_runs(database, "recycle")
    the_guards_schema_is_lost(database)
    imports(guard, data)
    assert database.rows(lists) == kept
    verifies(guard)
    guard.restores()
    assert lost(before, seen(database)) == []


def test_cleanup_keeps_the_lists_that_rows_wait_for(guard: Guard, database: ScratchDatabase) -> None:
    """The snapshot that took a list may go; the list stays while a row that is carried has an id of it."""
    before, website = seen(database), builders.the_website_now(database)
    first = guard.has_backed_up()
    the_import_runs(database, "recycle", source=without(website, "club", "PraIrie Club"))
    guard.restores()
    later = guard
    for day in range(1, 4):
        later = guard.later(days=40 * day)
        later.has_backed_up()
        the_import_runs(database, "recycle")
        later.restores()
    later = guard.later(days=200)
    removed = later.with_connection(
        lambda connection: cleanup.apply(later.at(connection), Rule(all=True), overrule=False)
    )
    assert any(each.goes for each in removed)
    lists = {row[0] for row in database.rows("SELECT DISTINCT list FROM practice_guard.parent_lists")}
    kept = {row[0] for row in database.rows("SELECT id FROM practice_guard.snapshots")}
    assert first.id in lists, "rows of the club that was left out have ids of it"
    needed = {name for id_ in kept for name in later.finds(id_).lists}
    assert lists == needed

    the_import_runs(database, source=website, courts=COURTS)
    later.restores()
    assert lost(before, seen(database)) == []


def test_a_column_that_was_no_reference_when_a_snapshot_was_taken_is_like_any_other(
    guard: Guard, database: ScratchDatabase
) -> None:
    """Of clubs such a snapshot knows nothing; what is in its table keeps what it has."""
    older = [replace(each, references=tuple(r for r in each.references if r.target != CLUBS)) for each in BUILT_IN]
    unaware = replace(guard, sets=[each for each in older if each.references])
    before = seen(database)
    unaware.has_backed_up()
    the_import_runs(database, "set-null")
    clubs = database.rows("SELECT id, club_id FROM schedule WHERE home_team ILIKE '%practice%' ORDER BY id")
    aware = replace(guard, sets=BUILT_IN)
    aware.restores()
    now = "SELECT id, club_id FROM schedule WHERE home_team ILIKE '%practice%' ORDER BY id"
    assert database.rows(now) == clubs
    assert {each[2] for each in lost(before, seen(database)) if each[0] == "schedule"} == {"club_id"}
    assert "schedule.club_id" in aware.judges_health().not_followed, "nothing is left unfollowed in silence"
    later = aware.later(days=1)
    assert later.backs_up().snapshot is not None
    assert "schedule.club_id" not in later.judges_health().not_followed


def test_ids_of_a_column_that_was_no_reference_mean_nothing_in_a_later_list(
    guard: Guard, database: ScratchDatabase
) -> None:
    """Rows that wait are carried on with them; the next snapshot's list has other clubs under the same ids."""
    older = [replace(each, references=tuple(r for r in each.references if r.target != CLUBS)) for each in BUILT_IN]
    unaware, aware = replace(guard, sets=[each for each in older if each.references]), replace(guard, sets=BUILT_IN)
    before, website, courts = seen(database), builders.the_website_now(database), courts_now(database)
    unaware.has_backed_up()
    the_import_runs(database, "recycle", source=without(website, "club", "PraIrie Club"))
    assert aware.restores().plan.counts("practices")["pending"]
    later = aware.later(days=1)
    taken = later.backs_up().snapshot
    assert taken is not None
    assert taken.sets["practices"].carried
    the_import_runs(database, "recycle", source=website, courts=courts)
    assert later.restores().plan.counts("practices")["insert"]
    waited = [each for each in beside(before, seen(database)) if each[0] == "schedule" and "PraIrie" in each[1]]
    assert waited == []

"""The ETL's tables and the protected rows as they were, whatever an import has done since."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from practice_guard.core import errors
from tests.world import builders
from tests.world.builders import ScratchDatabase
from tests.world.keeping import exports, imports, the_guards_schema_is_lost
from tests.world.rolling_back import Season

Import = Callable[[ScratchDatabase], None]
IMPORTS: dict[str, Import] = {
    "recreates everything": builders.the_etl_recreates_everything,
    "keeps ids": builders.the_etl_keeps_ids,
    "recycles ids": builders.the_etl_recycles_ids,
    "sets NULL": builders.the_etl_leaves_practices_without_team,
    "leaves old ids": builders.the_etl_leaves_practices_on_old_ids,
    "relabels the season": builders.the_etl_relabels_the_season,
    "fails half-way": builders.the_etl_fails_half_way,
    "empties everything": builders.the_etl_empties_everything,
    "lacks a league": lambda database: builders.the_etl_lacks_league(database, "NSTF"),
    "lacks a series": lambda database: builders.the_etl_lacks_series(database, "Chicago 22"),
}


@pytest.mark.parametrize("owner", [False, True], ids=["a superuser", "an owner"])
@pytest.mark.parametrize("name", IMPORTS)
def test_every_row_of_every_table_is_as_it_was(role: str, season: Season, name: str, owner: bool) -> None:
    if owner:
        season.is_seen_by(role)
    season.is_kept_in_full()
    before = season.rows
    IMPORTS[name](season.database)
    assert season.rows != before
    done = season.goes_back()
    assert season.rows == before
    assert done.plan.counts()["pending"] == 0
    assert season.guard.judges_health().total.orphaned == 0


@pytest.mark.parametrize("name", ["recreates everything", "recycles ids", "relabels the season", "lacks a series"])
def test_what_a_restore_has_put_elsewhere_goes_back_too(season: Season, name: str) -> None:
    season.is_kept_in_full()
    before = season.placed
    IMPORTS[name](season.database)
    season.guard.restores()
    done = season.goes_back()
    assert season.placed == before
    assert done.plan.counts()["pending"] == 0
    assert season.guard.judges_health().total.wrong_team == 0


@pytest.mark.parametrize("owner", [False, True], ids=["a superuser", "an owner"])
def test_keys_triggers_and_comments_are_what_they_were(role: str, season: Season, owner: bool) -> None:
    season.runs("COMMENT ON CONSTRAINT captain_messages_team_id_fkey ON captain_messages IS '100% of it'")
    season.runs(
        "ALTER TABLE teams DISABLE TRIGGER USER;"
        "CREATE FUNCTION look_on() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;"
        "CREATE TRIGGER looks_on BEFORE UPDATE ON clubs FOR EACH ROW EXECUTE FUNCTION look_on();"
        "CREATE TRIGGER looks_on BEFORE UPDATE ON series FOR EACH ROW EXECUTE FUNCTION look_on();"
        "ALTER TABLE series ENABLE ALWAYS TRIGGER looks_on;"
        "CREATE TRIGGER looks_on BEFORE UPDATE ON leagues FOR EACH ROW EXECUTE FUNCTION look_on();"
        "ALTER TABLE leagues ENABLE REPLICA TRIGGER looks_on"
    )
    if owner:
        season.is_seen_by(role)
    season.is_kept_in_full()
    builders.the_etl_recreates_everything(season.database)
    before = season.rules
    season.goes_back()
    assert season.rules == before
    assert any("100% of it" in str(rule) for rule in before)


def test_what_users_wrote_since_stays_with_its_team(season: Season) -> None:
    """By hand on the new ids: a practice, a message, a poll, and a practice time that was there and was changed."""
    season.is_kept_in_full()
    before = season.placed
    builders.the_etl_recreates_everything(season.database)
    season.guard.restores()
    tennaqua = builders.team_now(season.database, season.teams[0].identity)
    practice = season.league.captain_schedules_practice(tennaqua, builders.MONDAY + dt.timedelta(weeks=9))
    message = season.league.captain_writes_message(tennaqua, "Since")
    poll = season.league.captain_asks(tennaqua, "Since?")
    done = season.goes_back()
    assert season.database.value(f"SELECT home_team_id FROM schedule WHERE id = {practice}") == season.teams[0].id
    for table, key in (("captain_messages", message), ("polls", poll)):
        assert season.database.value(f"SELECT team_id FROM {table} WHERE id = {key}") == season.teams[0].id
    assert season.placed - before == season.placed - (season.placed & before)
    assert not before - season.placed
    assert done.plan.sets["practices"].added == 1


def test_a_practice_of_a_team_that_came_since_is_not_taken_along(season: Season) -> None:
    """The league had no `Winnetka - 22` when the snapshot was taken: the rollback would leave its practice nowhere."""
    season.is_kept_in_full()
    winnetka = season.league.has_team(club="Winnetka")
    season.league.captain_schedules_practice(winnetka)
    before = season.rows
    with pytest.raises(
        errors.RestoreError, match=r"1 row that users wrote since points at what the rollback removes.*"
    ):
        season.goes_back()
    assert season.rows == before


def test_a_message_of_a_table_that_nobody_protects_is_not_taken_along(season: Season) -> None:
    season.runs("CREATE TABLE lineups (id serial PRIMARY KEY, team_id int REFERENCES teams ON DELETE CASCADE)")
    season.is_kept_in_full()
    builders.the_etl_recreates_everything(season.database)
    season.runs("INSERT INTO lineups (team_id) SELECT min(id) FROM teams")
    before = season.rows
    with pytest.raises(
        errors.RestoreError, match=r"1 row of public\.lineups would lead nowhere by lineups_team_id_fkey"
    ):
        season.goes_back()
    assert season.rows == before


def test_rolled_back_twice_is_rolled_back_once(season: Season) -> None:
    kept = season.is_kept_in_full()
    before = season.rows
    builders.the_etl_recreates_everything(season.database)
    season.goes_back()
    again = season.goes_back()
    assert (again.snapshot.id, season.rows) == (kept.id, before)
    assert not any(each.removed or each.put_back for each in again.tables.values())


def test_a_rollback_is_taken_back_by_the_copy_of_what_was_there(season: Season) -> None:
    season.is_kept_in_full()
    builders.the_etl_relabels_the_season(season.database)
    season.guard.restores()
    before = season.rows
    done = season.goes_back()
    assert done.before is not None
    season.goes_back(done.before)
    assert season.rows == before


def test_without_a_safety_copy_none_is_left(season: Season) -> None:
    season.is_kept_in_full()
    builders.the_etl_recreates_everything(season.database)
    done = season.goes_back(safety_copy=False)
    labels = [label for (label,) in season.database.rows("SELECT label FROM practice_guard.snapshots")]
    assert (done.before, [label for label in labels if label.startswith("before")]) == (None, [])


def test_a_rollback_that_is_tried_leaves_nothing(season: Season) -> None:
    season.is_kept_in_full()
    builders.the_etl_recycles_ids(season.database)
    before = season.database.all_rows()
    tried = season.tries()
    assert season.database.all_rows() == before
    done = season.goes_back()
    assert (tried.tables, tried.plan.counts()) == (done.tables, done.plan.counts())


def test_the_newest_snapshot_is_of_what_is_there_now(season: Season) -> None:
    """Not the copy of what was there before: by that one the next backup would be compared with damage."""
    season.is_kept_in_full()
    builders.the_etl_empties_everything(season.database)
    done = season.goes_back()
    assert season.guard.finds().id == done.after
    health = season.guard.judges_health()
    assert (health.total.lost, health.total.orphaned, health.total.wrong_team) == (0, 0, 0)


def test_a_sequence_that_an_import_restarted_gives_no_key_twice(season: Season) -> None:
    season.is_kept_in_full()
    builders.the_etl_runs(season.database, "recycle", "drop-series=Chicago 22")
    season.goes_back()
    for table in ("teams", "leagues", "clubs", "series", "schedule"):
        top = season.database.value(f"SELECT max(id) FROM {table}")
        assert season.database.value(f"SELECT nextval('{table}_id_seq')") > top


@pytest.mark.parametrize("swallows", [False, True])
def test_what_a_trigger_makes_otherwise_is_not_called_as_it_was(season: Season, swallows: bool) -> None:
    """One that fires always, also where foreign keys and triggers are off."""
    season.is_kept_in_full()
    builders.the_etl_recreates_everything(season.database)
    body = "RETURN NULL" if swallows else "NEW.team_alias := 'x'; RETURN NEW"
    season.runs(
        f"CREATE FUNCTION meddle() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body}; END $$;"
        "CREATE TRIGGER meddle BEFORE INSERT ON teams FOR EACH ROW EXECUTE FUNCTION meddle();"
        "ALTER TABLE teams ENABLE ALWAYS TRIGGER meddle"
    )
    before = season.rows
    with pytest.raises(errors.RestoreError, match="Everything was rolled back"):
        season.goes_back()
    assert season.rows == before


def test_a_snapshot_that_was_not_taken_in_full_is_refused(season: Season) -> None:
    taken = season.guard.has_backed_up()
    for wanted, says in (("latest", "No snapshot here was taken in full"), (taken.id, "was not taken in full")):
        with pytest.raises(errors.NoSnapshotError, match=says):
            season.goes_back(wanted)


def test_a_table_that_has_changed_since_is_refused(season: Season) -> None:
    season.is_kept_in_full()
    season.runs("ALTER TABLE players ADD COLUMN nickname text")
    before = season.rows
    with pytest.raises(errors.SchemaError, match=r"public\.players has other columns .* nickname"):
        season.goes_back()
    assert season.rows == before


def test_a_role_without_the_rights_is_told_all_of_them(role: str, season: Season) -> None:
    season.is_seen_by(role)
    season.is_kept_in_full()
    season.runs(f"ALTER TABLE players OWNER TO postgres; GRANT SELECT ON players TO {role}")
    before = season.rows
    with pytest.raises(errors.AccessError, match="players"):
        season.goes_back()
    assert season.rows == before


def test_tables_that_the_settings_name_are_kept_and_put_back_too(season: Season) -> None:
    season.runs("CREATE TABLE standings (team_id int, points int); INSERT INTO standings SELECT id, 3 FROM teams")
    season.writes_too("standings")
    kept = season.is_kept_in_full()
    before = season.rows
    season.runs("TRUNCATE standings; INSERT INTO standings VALUES (1, 7), (1, 7), (NULL, NULL)")
    season.writes_too()
    done = season.goes_back()
    assert season.rows == before
    assert (kept.tables["standings"].rows, done.tables["standings"].removed) == (len(season.teams), 3)


def test_a_table_that_is_not_there_is_not_kept(season: Season) -> None:
    season.runs("CREATE TABLE standings (team_id int)")
    season.writes_too("standing")
    with pytest.raises(errors.SchemaError, match=r"ETL_TABLES names standing, .* standings"):
        season.is_kept_in_full()


@pytest.mark.parametrize(
    "damage", ["DELETE FROM {} WHERE guard_row = 1", "UPDATE {} SET team_alias = 'x'", "DROP TABLE {}"]
)
def test_a_damaged_copy_of_a_table_is_no_way_back(season: Season, damage: str) -> None:
    kept = season.is_kept_in_full()
    builders.the_etl_recreates_everything(season.database)
    season.runs(damage.format(f'practice_guard."{kept.tables["teams"].rows_table}"'))
    before = season.rows
    with pytest.raises(errors.DamagedSnapshotError, match=r"table teams|is gone"):
        season.goes_back()
    assert season.rows == before


def test_an_export_carries_the_tables_to_where_the_guards_schema_was_lost(season: Season) -> None:
    season.is_kept_in_full()
    before = season.rows
    file = exports(season.guard)
    builders.the_etl_recycles_ids(season.database)
    the_guards_schema_is_lost(season.database)
    imports(season.guard, file)
    season.goes_back()
    assert season.rows == before

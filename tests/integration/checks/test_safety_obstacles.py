"""What the safety checks make of what is in the way, of what they remember, and of what they cannot look at."""

from __future__ import annotations

import datetime as dt

import pytest

from practice_guard.core import errors
from practice_guard.core.checks.safety import Result
from practice_guard.core.database import Connection
from practice_guard.core.model import Severity, Team
from tests.world import builders
from tests.world.builders import League, ScratchDatabase
from tests.world.inspecting import NEXT_WEEK, SoundLeague, a_sound_league


@pytest.fixture
def sound(database: ScratchDatabase, league: League) -> SoundLeague:
    return a_sound_league(database, league)


def test_inside_an_etl_switched_off_foreign_keys_are_expected(sound: SoundLeague) -> None:
    sound.sets_for_the_database("session_replication_role = replica")
    assert sound.says("replication-role").status is Result.WARNING
    assert sound.says("replication-role", inside_etl=True).status is Result.MEASURED


def test_a_driver_that_does_not_name_its_process_leaves_the_pooler_unchecked(sound: SoundLeague) -> None:
    class Mute:
        backend = None

        def __init__(self, connection: Connection) -> None:
            self.execute, self.transaction = connection.execute, connection.transaction
            self.write, self.known, self.schema = connection.write, connection.known, connection.schema

    sound.through = Mute
    said = sound.asks()
    assert said.safe
    assert next(check for check in said.checks if check.code == "pooler-in-the-way").status is Result.NOT_CHECKED


def test_with_a_damaged_snapshot_nobody_knows_whether_the_import_was_restored(sound: SoundLeague) -> None:
    stored = sound.guard.finds().sets["polls"].rows_table
    sound.runs(f"UPDATE practice_guard.{stored} SET question = 'Who paid?' WHERE guard_row = 1")
    said = sound.asks()
    statuses = {check.code: check.status for check in said.checks}
    assert statuses["snapshot-damaged"] is Result.FAILED
    assert statuses["import-not-restored"] is Result.NOT_CHECKED
    assert statuses["rows-on-vanished-team"] is Result.PASSED
    assert not sound.asks(overrides={"snapshot-damaged": Severity.INFO}).safe


def test_a_snapshot_that_cannot_even_be_read_is_a_damaged_one(sound: SoundLeague) -> None:
    sound.runs("UPDATE practice_guard.snapshot_sets SET columns = '1' WHERE name = 'polls'")
    statuses = {check.code: check.status for check in sound.asks().checks}
    assert statuses["snapshot-damaged"] is Result.FAILED
    assert statuses["no-snapshot"] is Result.PASSED
    assert statuses["import-not-restored"] is Result.NOT_CHECKED


def test_a_check_that_fails_leaves_the_others_and_the_transaction_whole(sound: SoundLeague) -> None:
    sound.runs("ALTER TABLE practice_guard.runs RENAME COLUMN host TO something_else")
    said = sound.asks()
    unlooked = [check for check in said.checks if check.status is Result.NOT_CHECKED]
    assert [check.code for check in unlooked] == ["run-unfinished", "etl-at-work"]
    assert [(finding.code, finding.severity) for finding in said.findings] == [
        ("run-unfinished", Severity.ERROR),
        ("etl-at-work", Severity.ERROR),
    ]
    assert all("does not exist" in finding.why for finding in said.findings)
    calmed = {"run-unfinished": Severity.INFO, "etl-at-work": Severity.INFO}
    assert not sound.asks(overrides=calmed).safe, "could not check is never fine"


def test_ids_that_run_out_are_widened_wherever_they_are_kept(sound: SoundLeague) -> None:
    sound.runs("ALTER TABLE practice_times DROP CONSTRAINT practice_times_team_id_fkey")
    sound.runs("SELECT setval('teams_id_seq', 2000000000)")
    finding = sound.finds("ids-running-out")
    assert finding.what == "1 sequence more than 80 % used: teams_id_seq is at 2,000,000,000 of 2,147,483,647."
    sound.runs(finding.fix)
    assert sound.says("ids-running-out").status is Result.PASSED
    narrow = sound.database.rows(
        "SELECT table_name, column_name FROM information_schema.columns"
        " WHERE table_schema = 'public' AND column_name ~ 'team_id$' AND data_type = 'integer'"
    )
    assert narrow == []


def test_a_foreign_key_that_works_for_replicas_only_stops_nothing(sound: SoundLeague) -> None:
    (trigger,) = sound.database.rows(
        "SELECT tgname FROM pg_trigger WHERE tgrelid = 'polls'::regclass AND tgtype & 4 = 4"
        " AND tgconstraint = (SELECT oid FROM pg_constraint WHERE conname = 'polls_team_id_fkey')"
    )[0]
    sound.runs(f'ALTER TABLE polls ENABLE REPLICA TRIGGER "{trigger}"')
    finding = sound.finds("foreign-key-disabled")
    assert finding.examples == ("polls_team_id_fkey: polls.team_id → teams",)
    sound.runs(finding.fix)
    assert sound.says("foreign-key-disabled").status is Result.PASSED


def test_a_lost_connection_is_no_finding(sound: SoundLeague) -> None:
    class Cut:
        backend = 1

        def __init__(self, connection: Connection) -> None:
            self.transaction = connection.transaction
            self.known, self.schema = connection.known, connection.schema

        def execute(self, text: str, parameters: object = None) -> list[tuple[object, ...]]:
            raise errors.UnreachableError

    sound.through = Cut
    with pytest.raises(errors.UnreachableError):
        sound.asks()


UNFINISHED = """
INSERT INTO practice_guard.runs (started_at, started_by, host, pid, tool_version, environment, command, phase)
VALUES (now(), 'x', 'night', 2, '0', 'local', '["etl"]', '{}')
"""


@pytest.mark.parametrize("phase", ["validate-safety", "backup"])
def test_a_run_that_was_ended_before_its_etl_left_nothing_to_finish(sound: SoundLeague, phase: str) -> None:
    sound.runs(UNFINISHED.format(phase))
    assert sound.asks().findings == ()
    assert sound.says("run-unfinished").status is Result.MEASURED


def test_a_run_whose_etl_lives_is_at_work_and_not_to_be_resumed(sound: SoundLeague) -> None:
    sound.runs(UNFINISHED.format("etl"))
    assert [finding.code for finding in sound.asks().findings] == ["run-unfinished"]
    etl = sound.database.connect(application_name="practice_guard_etl:1")
    assert [finding.code for finding in sound.asks().findings] == ["etl-at-work"]
    said = sound.asks(inside_etl=True)
    assert (said.findings, said.safe) == ((), True)
    etl.close()


def test_another_guard_at_work_is_seen_by_its_lock(sound: SoundLeague) -> None:
    guard = sound.database.connect(application_name="practice_guard:backup")
    guard.execute("SELECT pg_advisory_lock(1886545255, 1)")
    assert "practice_guard:backup" in sound.finds("etl-at-work").what


def test_a_mark_that_is_gone_is_no_mark_to_go_by(sound: SoundLeague) -> None:
    sound.runs("DELETE FROM practice_guard.installation")
    assert sound.finds("wrong-environment").what.startswith("0 marks: ")
    assert not sound.asks().safe


def test_a_set_that_lost_all_of_its_many_rows_is_seen_before_a_backup_refuses_it(sound: SoundLeague) -> None:
    sound.league.captain_schedules_practices(sound.tennaqua, 10, NEXT_WEEK)
    sound.guard.has_backed_up()
    sound.runs("DELETE FROM schedule")
    finding = sound.finds("nothing-left")
    assert finding.what.startswith("0 rows of practices where snapshot")
    assert sound.guard.backs_up().snapshot is None


def test_nothing_is_written(sound: SoundLeague) -> None:
    builders.the_etl_runs(sound.database, "recycle", "dangling")
    before = sound.database.everything()
    sound.asks()
    assert sound.database.everything() == before


def test_a_name_with_a_per_cent_sign_or_a_quote_is_no_trouble(sound: SoundLeague) -> None:
    team: Team = sound.league.has_team(club="O'Hare 100%", series="Chicago 7", name="O'Hare 100% - 7")
    sound.league.captain_schedules_practice(team, NEXT_WEEK, label=builders.practice_label(sound.tennaqua))
    sound.league.captain_schedules_practice(
        sound.tennaqua, NEXT_WEEK, dt.time(8), label=builders.practice_label(team), location="x"
    )
    finding = sound.finds("label-names-another-team")
    assert finding.rows == 2
    sound.runs(finding.fix)
    assert sound.says("label-names-another-team").status is Result.PASSED

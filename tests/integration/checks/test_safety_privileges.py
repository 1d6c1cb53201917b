"""A role with just the rights a guard needs, and what happens when one of them is missing."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from practice_guard.core import errors
from practice_guard.core.checks.safety import CHECKS, Check, Result, Safety
from practice_guard.render import reports
from tests.conftest import Cluster
from tests.world import builders, maintenance
from tests.world.builders import League, ScratchDatabase
from tests.world.inspecting import SoundLeague
from tests.world.roles import GRANTS, a_league_of_the_least_role, lock_right

README = (Path(__file__).parents[3] / "README.md").read_text(encoding="utf-8")

FOR_A_BACKUP = {
    "USAGE on SCHEMA public": "REVOKE USAGE ON SCHEMA public FROM PUBLIC, {role}",
    "SELECT on public.teams": "REVOKE SELECT ON teams FROM {role}",
    "SELECT on public.leagues": "REVOKE SELECT ON leagues FROM {role}",
    "SELECT on public.clubs": "REVOKE SELECT ON clubs FROM {role}",
    "SELECT on public.series": "REVOKE SELECT ON series FROM {role}",
    "SELECT on public.players": "REVOKE SELECT ON players FROM {role}",
    "SELECT on public.schedule": "REVOKE SELECT ON schedule FROM {role}",
    "SELECT on public.polls": "REVOKE SELECT ON polls FROM {role}",
    "SELECT on public.users": "REVOKE SELECT ON users FROM {role}",
    "USAGE on SCHEMA practice_guard": "ALTER SCHEMA practice_guard OWNER TO postgres;\n"
    "GRANT CREATE ON SCHEMA practice_guard TO {role};\nREVOKE USAGE ON SCHEMA practice_guard FROM {role}",
    "CREATE on SCHEMA practice_guard": "ALTER SCHEMA practice_guard OWNER TO postgres;\n"
    "GRANT USAGE ON SCHEMA practice_guard TO {role};\nREVOKE CREATE ON SCHEMA practice_guard FROM {role}",
    "INSERT on practice_guard.snapshots": "ALTER TABLE practice_guard.snapshots OWNER TO postgres;\n"
    "REVOKE ALL ON practice_guard.snapshots FROM {role};\n"
    "GRANT SELECT, UPDATE ON practice_guard.snapshots TO {role}",
}

FOR_A_RESTORE = {
    "INSERT on public.schedule": "REVOKE INSERT ON schedule FROM {role}",
    "UPDATE on public.schedule": "REVOKE UPDATE ON schedule FROM {role}",
    "UPDATE on public.practice_times": "REVOKE UPDATE ON practice_times FROM {role}",
    "UPDATE on public.users": "REVOKE UPDATE ON users FROM {role}",
    "{lock} on public.teams": "REVOKE {lock} ON teams FROM {role}",
    "{lock} on public.players": "REVOKE {lock} ON players FROM {role}",
    "{lock} on public.series": "REVOKE {lock} ON series FROM {role}",
    "UPDATE on SEQUENCE public.schedule_id_seq": "REVOKE UPDATE ON SEQUENCE schedule_id_seq FROM {role}",
    "SELECT on SEQUENCE public.schedule_id_seq": "REVOKE SELECT ON SEQUENCE schedule_id_seq FROM {role}",
    "INSERT on practice_guard.ledger": "ALTER TABLE practice_guard.ledger OWNER TO postgres;\n"
    "REVOKE ALL ON practice_guard.ledger FROM {role};\nGRANT SELECT ON practice_guard.ledger TO {role}",
}


@pytest.fixture
def sound(role: str, database: ScratchDatabase, league: League) -> SoundLeague:
    """A sound league, backed up and looked at by a role with just the rights a guard needs."""
    return a_league_of_the_least_role(database, league, role)


def missing(said: Safety, code: str) -> str:
    (finding,) = (finding for finding in said.findings if finding.code == code)
    return finding.what.partition(": ")[2].rstrip(".")


def test_the_rights_in_the_readme_are_enough_for_everything(sound: SoundLeague) -> None:
    said = sound.asks()
    assert said.findings == ()
    before = builders.practices_by_natural_key(sound.database)
    builders.the_etl_recreates_everything(sound.database)
    sound.guard.restores()
    sound.guard.has_backed_up()
    assert builders.practices_by_natural_key(sound.database) == before
    assert sound.asks().safe


def test_without_the_right_to_make_temporary_tables_all_works_and_nothing_stays(sound: SoundLeague) -> None:
    sound.runs(f"REVOKE TEMPORARY ON DATABASE {sound.database.name} FROM PUBLIC")
    assert sound.asks().findings == ()
    before = builders.practices_by_natural_key(sound.database)
    builders.the_etl_recreates_everything(sound.database)
    assert sound.guard.backs_up().snapshot is None, "what is not restored is not made the truth"
    assert sound.guard.plans().counts()["insert"] == 6
    assert sound.guard.restores().written
    sound.guard.has_backed_up()
    sound.guard.later(days=1).has_backed_up()
    assert builders.practices_by_natural_key(sound.database) == before
    assert sound.guard.judges_health().healthy
    assert sound.database.count("pg_tables", "tablename LIKE 'guard%'") == 0


def test_an_autovacuum_is_no_session_of_another_role(cluster: Cluster, sound: SoundLeague, role: str) -> None:
    sound.runs(f"REVOKE pg_read_all_stats FROM {role}")
    before = sound.finds("long-transactions")
    assert before.what == "1 session of other roles could not be looked into."
    with maintenance.autovacuum_takes_its_time(cluster.url, sound.database):
        assert sound.finds("long-transactions") == before
        assert sound.says("locks-in-the-way").status is Result.PASSED


def test_the_readme_has_these_rights() -> None:
    (block,) = re.findall(r"^A role for the guard.*?^```sql\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
    assert "from PostgreSQL 17 on: GRANT MAINTAIN" in block
    role, *rights = statements(re.sub(r"--.*", "", block))
    assert role.startswith("CREATE ROLE guard LOGIN")
    assert rights == statements(GRANTS.format(role="guard", lock="UPDATE"))


def statements(text: str) -> list[str]:
    return [" ".join(each.split()) for each in text.split(";") if each.strip()]


def test_no_right_in_the_readme_is_too_much_for_the_application(sound: SoundLeague, role: str) -> None:
    has = "SELECT has_table_privilege(%(role)s, 'teams', 'DELETE') OR has_table_privilege(%(role)s, 'users', 'INSERT')"
    assert sound.database.value(has, role=role) is False


def test_instead_of_its_schema_a_guard_may_have_the_right_to_make_it(sound: SoundLeague, role: str) -> None:
    sound.runs("DROP SCHEMA practice_guard CASCADE")
    said = sound.asks()
    assert missing(said, "backup-privileges") == f"CREATE on DATABASE {sound.database.name}"
    with pytest.raises(errors.AccessError):
        sound.guard.backs_up()
    sound.runs(next(finding.fix for finding in said.findings if finding.code == "backup-privileges"))
    assert sound.says("backup-privileges").status is Result.PASSED
    sound.guard.has_backed_up()


@pytest.mark.parametrize("right", FOR_A_BACKUP)
def test_without_a_right_a_backup_fails_as_foretold(sound: SoundLeague, role: str, right: str) -> None:
    sound.runs(FOR_A_BACKUP[right].format(role=role))
    said = unsafe(sound)
    assert right in missing(said, "backup-privileges").split(", ")
    with pytest.raises(errors.AccessError):
        sound.guard.backs_up()
    grant = next(str(finding.fix) for finding in said.findings if finding.code == "backup-privileges")
    assert grant.startswith("GRANT ")
    sound.runs(grant)
    assert sound.asks().safe
    sound.guard.has_backed_up()


@pytest.mark.parametrize("right", FOR_A_RESTORE)
def test_without_a_right_a_restore_fails_as_foretold(sound: SoundLeague, role: str, right: str) -> None:
    lock = lock_right(sound.database)
    sound.runs(FOR_A_RESTORE[right].format(role=role, lock=lock))
    said = unsafe(sound)
    assert missing(said, "restore-privileges") == right.format(lock=lock)
    builders.the_etl_recycles_ids(sound.database)
    with pytest.raises(errors.AccessError):
        sound.guard.restores()
    sound.runs(next(finding.fix for finding in said.findings if finding.code == "restore-privileges"))
    sound.guard.restores()
    assert sound.asks().safe


def unsafe(sound: SoundLeague) -> Safety:
    """What is said of a role that lacks something: by the checks, or where not even they can look, of its access."""
    said = sound.asks_all_the_same()
    assert {check.code for check in said.checks} == set(CHECKS)
    assert not said.safe
    try:
        again = sound.asks()
        assert (steady(again), again.findings) == (steady(said), said.findings)
    except errors.AccessError:
        assert {check.status for check in said.checks if unseen(check.code)} == {Result.NOT_CHECKED}
    return said


def steady(said: Safety) -> list[Check]:
    """What is said of it, without figures that grow while it is looked at."""
    return [replace(check, says="") if check.status is Result.MEASURED else check for check in said.checks]


def unseen(code: str) -> bool:
    return code not in {"backup-privileges", "restore-privileges", "row-security"}


def test_what_cannot_be_read_is_not_checked_and_never_green(sound: SoundLeague, role: str) -> None:
    sound.runs(f"REVOKE SELECT ON schedule FROM {role}")
    said = sound.asks()
    statuses = {check.code: check.status for check in said.checks}
    blind = {code for code, status in statuses.items() if status is Result.NOT_CHECKED}
    assert blind == {
        "import-not-restored",
        "nothing-left",
        "rows-pending",
        "rows-without-team",
        "rows-on-vanished-team",
        "rows-on-vanished-league",
        "rows-on-vanished-parent",
        "rows-without-league",
        "label-names-another-team",
        "deleted-in-bulk",
        "moved-in-bulk",
        "edited-in-bulk",
        "rows-absent",
        "rows-moved",
    }
    assert statuses["upsert-key-missing"] is Result.PASSED
    (finding,) = (finding for finding in said.findings if finding.code == "rows-on-vanished-team")
    assert finding.why == "Because this role has no SELECT on schedule."


def test_sessions_that_cannot_be_looked_into_are_counted(sound: SoundLeague, role: str) -> None:
    session = sound.database.connect()
    session.execute("BEGIN; SELECT 1")
    sound.runs(f"REVOKE pg_read_all_stats FROM {role}")
    said = sound.asks()
    (finding,) = said.findings
    assert (finding.code, finding.fix) == ("long-transactions", f"GRANT pg_read_all_stats TO {role};")
    assert next(check.status for check in said.checks if check.code == finding.code) is Result.NOT_CHECKED
    assert said.safe
    assert reports.safety(said).sentence.endswith(" checks, 0 warnings, 1 could not be made.")


def test_a_sequence_that_cannot_be_looked_at_is_not_taken_for_a_fresh_one(sound: SoundLeague, role: str) -> None:
    sound.runs(f"REVOKE SELECT ON teams_id_seq FROM {role};\nSELECT setval('teams_id_seq', 2000000000)")
    assert sound.says("ids-running-out").status is Result.NOT_CHECKED
    sound.runs(sound.finds("ids-running-out").fix)
    assert sound.finds("ids-running-out").what.startswith("1 sequence more than 80 % used: teams_id_seq")


def test_rows_of_an_unprotected_table_need_not_be_readable(sound: SoundLeague, role: str) -> None:
    sound.runs("CREATE TABLE lineups (id serial, team_id int);\nINSERT INTO lineups (team_id) SELECT id FROM teams")
    finding = sound.finds("unprotected-table")
    assert finding.what == "1 unprotected table, lineups (team_id), whose rows this role may not count."
    sound.runs(str(finding.fix).splitlines()[0])
    assert sound.finds("unprotected-table").what.startswith("2 rows of lineups (team_id)")


def test_row_level_security_is_found_and_mended(sound: SoundLeague, role: str) -> None:
    assert sound.says("row-security").status is Result.PASSED
    sound.runs(
        "ALTER TABLE schedule ENABLE ROW LEVEL SECURITY;\n"
        f"CREATE POLICY own ON schedule TO {role} USING (home_team_id = {sound.tennaqua.id})"
    )
    said = sound.asks()
    (finding,) = (finding for finding in said.findings if finding.code == "row-security")
    assert finding.what == "1 table with rows that this role may not see: schedule."
    assert next(check.status for check in said.checks if check.code == "rows-pending") is Result.NOT_CHECKED
    assert not said.safe
    with pytest.raises(errors.AccessError):
        sound.guard.backs_up()
    sound.runs(finding.fix)
    said = sound.asks()
    assert said.safe
    assert "does not apply to this role" in next(check.says for check in said.checks if check.code == "row-security")
    sound.guard.has_backed_up()


def test_row_level_security_on_the_team_list_leaves_nothing_green(sound: SoundLeague, role: str) -> None:
    sound.runs("ALTER TABLE teams ENABLE ROW LEVEL SECURITY")
    said = unsafe(sound)
    assert any(finding.code == "row-security" for finding in said.findings)

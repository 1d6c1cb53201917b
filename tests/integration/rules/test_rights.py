"""Rights that are missing: the dry run, the restore and the checks before an ETL name the same."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from practice_guard.cli import app
from practice_guard.core.checks import Safety
from tests.world import builders
from tests.world.builders import League, ScratchDatabase
from tests.world.callers import nothing_is_set
from tests.world.inspecting import SoundLeague
from tests.world.roles import a_league_of_the_least_role, lock_right

DENIED = 10
OWNED = ("poll_responses", "poll_choices", "polls", "captain_messages", "practice_times")
WRITTEN = ("schedule", "poll_choices", "polls", "captain_messages", "practice_times")
PARENTS = ("leagues", "clubs", "series", "teams", "players")


def an_import_takes_everything(database: ScratchDatabase) -> None:
    """All that users own is gone with the teams, but for their accounts."""
    builders.the_etl_recreates_everything(database)
    for table in OWNED:
        database.rows(f"DELETE FROM {table}")


an_import_renumbers = builders.the_etl_recreates_everything
"""What users own is there, on teams that are not."""


@dataclass(frozen=True)
class Way:
    """One way in which a right can be missing.

    Attributes:
        lacks: what is named.
        takes: what a person did, in psql.
        night: the import that makes the right needed.
        first: what the database has besides, before the backup.
        called: what tells it from others that lack the same.
        before_a_backup: the restore of the next snapshot lacks it too.
    """

    lacks: str
    takes: str
    night: Callable[[ScratchDatabase], None] = an_import_takes_everything
    first: str = ""
    called: str = ""
    before_a_backup: bool = True

    @property
    def name(self) -> str:
        return self.called or self.lacks


def taken_from_the_guard(table: str, left: str) -> str:
    return (
        f"ALTER TABLE practice_guard.{table} OWNER TO postgres;\nREVOKE ALL ON practice_guard.{table} FROM {{role}};\n"
        f"GRANT {left} ON practice_guard.{table} TO {{role}}"
    )


SCHEMA_OF_ANOTHER = "ALTER SCHEMA practice_guard OWNER TO postgres;\nREVOKE ALL ON SCHEMA practice_guard FROM {role}"
NO_FUNCTION = "REVOKE EXECUTE ON FUNCTION {function} FROM PUBLIC"


def function(name: str, body: str = "true", returns: str = "boolean", takes: str = "text") -> str:
    return f"CREATE FUNCTION {name}({takes}) RETURNS {returns} IMMUTABLE LANGUAGE plpgsql AS 'BEGIN RETURN {body}; END'"


WAYS = [
    *(Way(f"INSERT on public.{table}", f"REVOKE INSERT ON {table} FROM {{role}}") for table in WRITTEN),
    *(
        Way(
            f"UPDATE on public.{table}",
            f"REVOKE UPDATE ON {table} FROM {{role}}",
            an_import_renumbers,
        )
        for table in ("practice_times", "captain_messages", "polls", "users")
    ),
    Way(
        "UPDATE on public.schedule",
        "REVOKE UPDATE ON schedule FROM {role}",
        builders.the_etl_leaves_practices_on_old_ids,
    ),
    *(
        Way(f"{{lock}} on public.{table}", f"REVOKE {{lock}} ON {table} FROM {{role}}", called=f"lock {table}")
        for table in PARENTS
    ),
    Way(
        "{lock} on public.poll_choices",
        "REVOKE UPDATE ON poll_choices FROM {role};\nGRANT UPDATE (poll_id) ON poll_choices TO {role}",
        called="columns alone lock nothing",
    ),
    *(
        Way(f"SELECT on public.{table}", f"REVOKE SELECT ON {table} FROM {{role}}")
        for table in (*PARENTS, "schedule", "polls", "users")
    ),
    Way(
        "INSERT (location) on public.schedule",
        "REVOKE INSERT ON schedule FROM {role};\nGRANT INSERT (id, match_date, match_time, home_team, away_team, "
        "created_at, league_id, home_team_id, away_team_id) ON schedule TO {role}",
    ),
    Way(
        "UPDATE (team_id) on public.polls",
        "REVOKE UPDATE ON polls FROM {role};\nGRANT UPDATE (question, created_by) ON polls TO {role};\n"
        "GRANT DELETE ON polls TO {role}",
        an_import_renumbers,
    ),
    Way(
        "UPDATE on public.users",
        "REVOKE UPDATE ON users FROM {role};\nGRANT DELETE ON users TO {role}",
        an_import_renumbers,
        called="who may delete rows may lock the table and change none",
    ),
    *(
        Way(f"{right} on SEQUENCE public.{table}_id_seq", f"REVOKE {right} ON SEQUENCE {table}_id_seq FROM {{role}}")
        for table in WRITTEN
        for right in ("SELECT", "UPDATE")
    ),
    Way(
        "UPDATE on SEQUENCE public.tickets",
        "REVOKE UPDATE ON SEQUENCE tickets FROM {role}",
        first="CREATE SEQUENCE tickets;\nGRANT SELECT, UPDATE ON SEQUENCE tickets TO {role};\n"
        "ALTER TABLE polls ADD COLUMN ticket bigint DEFAULT nextval('tickets')",
    ),
    Way(
        "USAGE on SCHEMA elsewhere",
        "REVOKE USAGE ON SCHEMA elsewhere FROM {role}",
        first="CREATE SCHEMA elsewhere;\nGRANT USAGE ON SCHEMA elsewhere TO {role};\n"
        "CREATE SEQUENCE elsewhere.tickets;\nGRANT SELECT, UPDATE ON SEQUENCE elsewhere.tickets TO {role};\n"
        "ALTER TABLE polls ALTER COLUMN id SET DEFAULT nextval('elsewhere.tickets')",
        called="a sequence of another schema",
    ),
    Way(
        "USAGE on SCHEMA kinds",
        "REVOKE USAGE ON SCHEMA kinds FROM {role}",
        first="CREATE SCHEMA kinds;\nGRANT USAGE ON SCHEMA kinds TO {role};\nCREATE DOMAIN kinds.place AS text;\n"
        "ALTER TABLE schedule ALTER COLUMN location TYPE kinds.place",
        called="a type of another schema",
    ),
    Way("USAGE on SCHEMA public", "REVOKE USAGE ON SCHEMA public FROM PUBLIC, {role}"),
    Way("INSERT on practice_guard.ledger", taken_from_the_guard("ledger", "SELECT")),
    Way("INSERT on practice_guard.ledger_rows", taken_from_the_guard("ledger_rows", "SELECT")),
    Way("SELECT on practice_guard.ledger", taken_from_the_guard("ledger", "INSERT")),
    Way("SELECT on practice_guard.snapshot_sets", taken_from_the_guard("snapshot_sets", "INSERT")),
    Way("SELECT on practice_guard.team_lists", taken_from_the_guard("team_lists", "INSERT")),
    Way(
        "TEMPORARY on DATABASE {database}",
        f"{SCHEMA_OF_ANOTHER};\nGRANT USAGE ON SCHEMA practice_guard TO {{role}};\n"
        "REVOKE TEMPORARY ON DATABASE {database} FROM PUBLIC",
    ),
    Way(
        "EXECUTE on FUNCTION public.is_fair(text)",
        NO_FUNCTION.format(function="is_fair(text)"),
        first=f"{function('is_fair')};\nALTER TABLE schedule ADD CHECK (is_fair(location))",
        called="a function in a CHECK",
    ),
    Way(
        "EXECUTE on FUNCTION public.is_fair(text)",
        NO_FUNCTION.format(function="is_fair(text)"),
        first=f"{function('is_fair')};\nCREATE DOMAIN fair AS text CHECK (is_fair(VALUE));\n"
        "ALTER TABLE schedule ALTER COLUMN location TYPE fair",
        called="a function of a domain",
    ),
    Way(
        "EXECUTE on FUNCTION public.shortened(text)",
        NO_FUNCTION.format(function="shortened(text)"),
        first=f"{function('shortened', 'left($1, 3)', 'text')};\nCREATE INDEX ON schedule (shortened(location))",
        called="a function in an index",
    ),
    Way(
        "EXECUTE on FUNCTION public.shortened(text)",
        NO_FUNCTION.format(function="shortened(text)"),
        first=f"{function('shortened', 'left($1, 3)', 'text')};\n"
        "ALTER TABLE schedule ADD COLUMN brief text GENERATED ALWAYS AS (shortened(location)) STORED",
        called="a function of a generated column",
    ),
    Way(
        "EXECUTE on FUNCTION public.ticket()",
        f"{function('ticket', '7', 'int', '')};\nALTER TABLE schedule ADD COLUMN ticket int DEFAULT ticket();\n"
        + NO_FUNCTION.format(function="ticket()"),
        called="a function of a new column's default",
        before_a_backup=False,
    ),
    Way(
        "EXECUTE on FUNCTION public.alike(text,text)",
        NO_FUNCTION.format(function="alike(text, text)"),
        first=f"{function('alike', takes='text, text')};\n"
        "CREATE OPERATOR === (LEFTARG = text, RIGHTARG = text, FUNCTION = alike);\n"
        "ALTER TABLE schedule ADD CHECK (location === location)",
        called="a function of an operator",
    ),
    Way(
        "SELECT on public.courts",
        "REVOKE SELECT ON courts FROM {role}",
        first="CREATE TABLE courts (id int PRIMARY KEY, name text);\nINSERT INTO courts VALUES (1, 'one');\n"
        "GRANT SELECT ON courts TO {role};\nALTER TABLE schedule ADD COLUMN court int DEFAULT 1 REFERENCES courts",
    ),
]
"""Each is one right that the least role has and this one has not."""


@pytest.fixture
def sound(
    role: str, database: ScratchDatabase, league: League, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> SoundLeague:
    """A sound league, guarded by a role with just the rights that the README has."""
    sound = a_league_of_the_least_role(database, league, role)
    nothing_is_set(monkeypatch, tmp_path)
    monkeypatch.setenv("PRACTICE_GUARD_LOCAL_URL", sound.url)
    return sound


@dataclass(frozen=True)
class Said:
    """What a command said: its status, and the rights that it named as missing."""

    status: int
    rights: tuple[str, ...]
    grants: tuple[str, ...]
    verdict: str


def says(*words: str) -> Said:
    done = CliRunner().invoke(app, [*words, "--env", "local", "--json"])
    document: dict[str, Any] = json.loads(done.stdout)
    message = str(document["verdict"])
    before, missing, after = message.partition(" missing to ")
    named = after.partition(": ")[2].partition(". Nothing")[0] if before and missing else ""
    return Said(done.exit_code, tuple(filter(None, split(named))), tuple(document["next_steps"]), message)


def split(named: str) -> list[str]:
    """Rights as they are listed; there are commas within brackets too."""
    return re.split(r", (?![^(]*\))", named)


def missing_for_a_restore(said: Safety) -> list[str]:
    return [
        right
        for finding in said.findings
        if finding.code in ("restore-privileges", "backup-privileges")
        for right in split(finding.what.partition(": ")[2].rstrip("."))
    ]


def comes_about(way: Way, sound: SoundLeague, role: str) -> str:
    """The night, and the right taken away; returns how it is called."""
    words = {"role": role, "lock": lock_right(sound.database), "database": sound.database.name}
    if way.first:
        sound.runs(way.first.format(**words))
        sound.guard.has_backed_up()
    way.night(sound.database)
    sound.runs(way.takes.format(**words))
    return way.lacks.format(**words)


@pytest.mark.parametrize("way", [pytest.param(way, id=way.name) for way in WAYS])
def test_a_right_that_is_missing_is_told_before_and_its_grant_is_all_it_takes(
    sound: SoundLeague, role: str, way: Way
) -> None:
    lacks = comes_about(way, sound, role)
    before = sound.database.everything()
    assert (lacks in missing_for_a_restore(sound.asks_all_the_same())) == way.before_a_backup
    foreseen, done = says("restore", "--dry-run"), says("restore")
    assert (foreseen.status, done.status) == (DENIED, DENIED)
    assert lacks in foreseen.rights
    assert lacks in done.rights
    assert sound.database.everything() == before

    sound.runs(";\n".join(step.rstrip(";") for step in foreseen.grants))
    for words in (("restore", "--dry-run"), ("restore",)):
        done = says(*words)
        assert done.status == 0, done.verdict
    assert sound.guard.judges_health().healthy


ENOUGH = {
    "rights on just the columns that are written": "REVOKE INSERT, UPDATE ON schedule, users FROM {role};\n"
    "GRANT INSERT (id, match_date, match_time, home_team, away_team, location, created_at, league_id, home_team_id, "
    "away_team_id), UPDATE (home_team_id, away_team_id, league_id) ON schedule TO {role};\n"
    "GRANT UPDATE (league_context) ON users TO {role};\nGRANT TRUNCATE ON schedule, users TO {role}",
    "rights by way of another role": "REVOKE INSERT, UPDATE ON schedule, polls, users FROM {role};\n"
    "GRANT pg_write_all_data TO {role}",
    "the right to delete, which lets lock": "REVOKE {lock} ON leagues, teams, players FROM {role};\n"
    "GRANT DELETE ON leagues, teams, players TO {role}",
    "the sequence of users, who are never put in": "REVOKE SELECT, UPDATE ON SEQUENCE users_id_seq FROM {role}",
    "no temporary tables, but a schema of its own": "REVOKE TEMPORARY ON DATABASE {database} FROM PUBLIC",
    "functions that triggers call": "CREATE FUNCTION looks() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; "
    "END';\nCREATE TRIGGER looks BEFORE INSERT ON schedule FOR EACH ROW EXECUTE FUNCTION looks();\n"
    "REVOKE EXECUTE ON FUNCTION looks() FROM PUBLIC",
    "the tables themselves": "ALTER TABLE schedule OWNER TO {role};\nALTER TABLE users OWNER TO {role}",
}
"""Other rights than those of the README that do as well."""


@pytest.mark.parametrize("grants", ENOUGH)
def test_other_rights_are_enough_too(sound: SoundLeague, role: str, grants: str) -> None:
    words = {"role": role, "lock": lock_right(sound.database), "database": sound.database.name}
    an_import_takes_everything(sound.database)
    sound.runs(ENOUGH[grants].format(**words))
    assert missing_for_a_restore(sound.asks_all_the_same()) == []
    for command in (("restore", "--dry-run"), ("restore",)):
        done = says(*command)
        assert done.status == 0, done.verdict
    assert sound.guard.judges_health().healthy


def test_all_rights_that_are_missing_are_told_at_once(sound: SoundLeague, role: str) -> None:
    an_import_takes_everything(sound.database)
    sound.runs(
        f"REVOKE INSERT ON schedule, polls FROM {role};\nREVOKE UPDATE ON SEQUENCE polls_id_seq FROM {role};\n"
        f"REVOKE {lock_right(sound.database)} ON teams FROM {role}"
    )
    foreseen, done = says("restore", "--dry-run"), says("restore")
    assert foreseen.status == done.status == DENIED
    assert foreseen.rights == done.rights
    assert set(done.rights) == {
        f"{lock_right(sound.database)} on public.teams",
        "INSERT on public.schedule",
        "INSERT on public.polls",
        "UPDATE on SEQUENCE public.polls_id_seq",
    }
    tried = says("restore", "--dry-run", "--try")
    assert (tried.status, tried.rights) == (DENIED, done.rights)


def test_a_dry_run_needs_no_right_that_its_plan_does_not_need(sound: SoundLeague, role: str) -> None:
    sound.runs(f"REVOKE INSERT ON schedule, polls FROM {role}")
    assert says("restore", "--dry-run").status == 0
    an_import_takes_everything(sound.database)
    sound.database.rows(f"GRANT INSERT ON schedule TO {role}")
    assert says("restore", "--dry-run").rights == ("INSERT on public.polls",)
    assert says("restore", "--dry-run", "--protected", "practices").status == 0
    assert says("restore", "--protected", "practices").status == 0


def test_to_take_a_restore_back_takes_more_and_its_dry_run_says_so(sound: SoundLeague, role: str) -> None:
    builders.the_etl_recreates_everything(sound.database)
    assert says("restore").status == 0
    foreseen, done = says("restore", "--undo", "1", "--dry-run"), says("restore", "--undo", "1")
    assert foreseen == done
    assert (done.status, done.rights) == (DENIED, ("DELETE on public.schedule",))
    sound.runs(done.grants[0].rstrip(";"))
    assert says("restore", "--undo", "1", "--dry-run").status == 0
    assert says("restore", "--undo", "1").status == 0


def test_what_a_role_of_no_rights_at_all_is_told(sound: SoundLeague, role: str) -> None:
    sound.runs(f"ALTER SCHEMA practice_guard OWNER TO postgres;\nREVOKE ALL ON SCHEMA practice_guard FROM {role}")
    for command in ("restore", "health", "validate-safety"):
        said = says(command)
        assert (said.status, said.rights) == (DENIED, ("USAGE on SCHEMA practice_guard",)), said.verdict

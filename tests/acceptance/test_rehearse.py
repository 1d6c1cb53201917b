"""`rehearse`: a night on a copy. What is rehearsed is read and never written, whatever becomes of the copy."""

from __future__ import annotations

import json
import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from typer.testing import CliRunner

from practice_guard.cli import app
from practice_guard.core.rehearsing import estimate, tools
from practice_guard.core.rehearsing.tools import Tools
from tests.acceptance.test_run import ALL
from tests.conftest import Cluster
from tests.world import command_lines
from tests.world.nights import Night, shell, until
from tests.world.program import PROGRAM, Guard, Outcome, outcome_of
from tests.world.roles import a_role

NOWHERE = "postgresql://captain:sesame@127.0.0.1:9/league"

_IMPORT = """
import json, os, sys
with open({told!r}, "w") as told:
    json.dump(dict(os.environ), told)
from practice_guard.demo.etl import main
sys.exit(main(["--url", os.environ["DATABASE_URL"], "--source", {source!r}, *sys.argv[1:]]))
"""
_ASKS = """
import os, psycopg
from practice_guard import etl, settings
found = settings.load()
with psycopg.connect(os.environ["DATABASE_URL"]) as connection, connection.cursor() as cursor:
    safe, _ = etl.validate_etl_safety_preconditions(cursor)
here = settings.resolve(found, "railway").url.get_secret_value() == os.environ["DATABASE_URL"]
open("asked.txt", "w").write(f"{settings.environment_of(found, None)} {here}")
assert safe
"""
_COUNTERS = (
    "SELECT relname, n_tup_ins, n_tup_upd, n_tup_del, pg_relation_filenode(relid) FROM pg_stat_user_tables ORDER BY 1"
)


class Rehearsals:
    """A night's database as `railway`, the program that rehearses on it, and what must stay as it is there."""

    def __init__(self, night: Night, cluster: Cluster) -> None:
        self.night, self.cluster, self.env = night, cluster, {**night.environment, "PRACTICE_GUARD_LOCAL_URL": ""}
        self.env |= {"PRACTICE_GUARD_RAILWAY_URL": night.database.url, "PRACTICE_GUARD_COPY_URL": cluster.url}
        self.told, self.program = night.wrote("told.txt"), night.wrote("import.py")
        self.program.write_text(_IMPORT.format(told=str(self.told), source=str(night.source)))
        self.before = self.now()

    def now(self) -> tuple[object, ...]:
        """All rows, the sequences' last values and the counters of what was written."""
        database = self.night.database
        database.rows("SELECT pg_stat_force_next_flush()")
        return database.everything(), database.rows(_COUNTERS)

    @property
    def etl(self) -> list[str]:
        """An import that reads its URL from DATABASE_URL."""
        return [sys.executable, str(self.program)]

    def starts(self, etl: list[str]) -> subprocess.Popen[str]:
        """A rehearsal, left at work."""
        self.night.environment |= self.env
        return self.night.starts("rehearse", "--env", "railway", "--", *etl)

    def __call__(self, *arguments: str, etl: list[str] | None = None, **env: str) -> Outcome:
        words = ("rehearse", "--env", "railway", *arguments, "--", *(etl or self.etl))
        outcome = outcome_of([*PROGRAM, *words], self.night.directory, {**self.env, **env})
        outcome.can_be_copied("railway")
        return outcome

    def nothing_was_written(self) -> bool:
        return self.now() == self.before

    def copies(self) -> list[str]:
        """The databases of copies that are on the server."""
        with self.night.database.connect() as session:
            found = session.execute("SELECT datname FROM pg_database WHERE datname ~ '^practice_guard_rehearsal_'")
            return [row[0] for row in found]

    @property
    def seen(self) -> dict[str, str]:
        """The environment that the ETL was given."""
        found: dict[str, str] = json.loads(self.told.read_text())
        return found


@pytest.fixture
def rehearsal(night: Night, cluster: Cluster) -> Iterator[Rehearsals]:
    made = Rehearsals(night, cluster)
    yield made
    assert made.copies() == []


def codes(outcome: Outcome) -> dict[str, str]:
    return {each["code"]: each["severity"] for each in outcome.json["findings"]}


def test_a_good_night_is_rehearsed_on_a_postgresql_of_its_own(rehearsal: Rehearsals, tmp_path: Path) -> None:
    rehearsal.env["PRACTICE_GUARD_COPY_URL"] = ""
    outcome = rehearsal("--json", "--etl-url-env", "LEAGUE_DB")
    assert outcome.status == 0, outcome
    document = outcome.json
    assert (document["command"], document["environment"], document["ok"]) == ("rehearse", "railway", True)
    assert document["verdict"].startswith("Rehearsed on a copy of railway. The ETL went well. All ")
    result = document["result"]
    assert result["restore"]["rows"]["insert"] == sum(rehearsal.night.before.values())
    assert [each["name"] for each in result["phases"]] == ALL
    assert result["copy"]["where"] == "embedded"
    assert result["copy"]["server_version"] == result["copy"]["original_server_version"]
    assert result["estimate"]["fits"]
    assert (result["waiting"], result["original_rows_written"]) == ([], 0)
    assert rehearsal.nothing_was_written()
    assert rehearsal.seen["LEAGUE_DB"] == rehearsal.seen["DATABASE_URL"] == rehearsal.seen["PRACTICE_GUARD_RAILWAY_URL"]
    assert not Path(rehearsal.seen["PGHOST"]).exists(), "the server is gone, and its files"
    assert not list(tmp_path.glob("practice-guard-*"))


def test_what_the_etl_is_given_leads_to_the_copy_and_opens_nothing_else(rehearsal: Rehearsals) -> None:
    real = rehearsal.night.database
    outcome = rehearsal(
        "--json",
        OTHER_DB=real.url.replace("postgresql://", "postgres+psycopg2://"),
        NOTES=f"the league is at {real.url}, ask before writing",
        PGDATABASE=real.name,
        LANGUAGE="en",
    )
    assert outcome.status == 0, outcome
    seen = rehearsal.seen
    assert real.name not in " ".join(seen.values())
    assert seen["OTHER_DB"].startswith("postgres+psycopg2://")
    assert urlsplit(seen["OTHER_DB"]).path == urlsplit(seen["DATABASE_URL"]).path == f"/{seen['PGDATABASE']}"
    assert (seen["LANGUAGE"], "NOTES" in seen, "PRACTICE_GUARD_COPY_URL" in seen) == ("en", False, False)
    assert seen["PRACTICE_GUARD_ENV"] == "rehearsal"
    assert outcome.json["result"]["variables"]["taken_out"] == ["NOTES"]
    assert "OTHER_DB" in outcome.json["result"]["variables"]["led"]
    assert rehearsal.nothing_was_written()


def test_an_etl_that_ignores_the_variables_and_writes_to_the_real_database_is_noticed(rehearsal: Rehearsals) -> None:
    real = f'os.environ["DATABASE_URL"] = {rehearsal.night.database.url!r}'
    rehearsal.program.write_text(f"import os\n{real}\n{rehearsal.program.read_text()}")
    outcome = rehearsal("--json", PRACTICE_GUARD_SEVERITIES='{"import-not-seen": "info"}')
    assert outcome.status == 3, outcome
    assert not outcome.json["ok"]
    assert codes(outcome)["import-not-seen"] == "error"
    assert codes(outcome)["original-written"] == "warning"
    assert outcome.json["result"]["original_rows_written"] > 0
    assert outcome.json["result"]["etl_exit_code"] == 0
    assert "imported nothing" in outcome.json["verdict"]


def test_a_command_line_that_leads_to_the_real_database_is_refused(rehearsal: Rehearsals) -> None:
    refused = rehearsal(etl=rehearsal.night.etl())
    assert refused.status == 2, refused
    assert "--etl-url-env" in refused.stderr
    assert rehearsal.nothing_was_written()


def test_what_would_wait_is_told_and_decided_before_the_real_night(rehearsal: Rehearsals) -> None:
    night, file = rehearsal.night, rehearsal.night.directory / "decisions.toml"
    night.source.write_text(night.source.read_text().replace("Midtown", "Midton Racquet"))
    told = rehearsal("--write-decisions", file.name, "--etl-url-env", "DATABASE_URL")
    assert told.status == 4, told
    assert re.search(r"In the real night these would wait:\n\n.*\n.*\n  Midtown - 2B \(.*\)  +5 ", told.stdout), told
    assert "--snapshot" not in told.stdout, "what is in a copy goes with it"
    steps = [shlex.split(line, comments=True) for line in command_lines.printed(told.stdout, "")]
    assert [words[1] for words in steps] == ["rehearse", "run"]
    assert rehearsal.nothing_was_written()

    heir = 'heir = { club = "Midton Racquet", team = "Midton Racquet - 2B" }'
    file.write_text(file.read_text().replace('# heir = { team = "..." }', heir))
    assert rehearsal("--decisions", file.name).status == 0
    assert rehearsal.nothing_was_written()

    real = outcome_of([*PROGRAM, "run", "--confirm", "railway", *steps[1][2:]], night.directory, rehearsal.env)
    assert real.status == 0, real
    assert night.database.count("schedule", "home_team_id IN (SELECT id FROM teams)") == 12


def test_an_etl_that_fails_gives_its_own_status_and_leaves_no_copy(rehearsal: Rehearsals) -> None:
    outcome = rehearsal(etl=shell("exit 7"))
    assert outcome.status == 7, outcome
    assert "Rehearsed on a copy of railway. The ETL ended with status 7. All " in outcome.stdout
    assert rehearsal.nothing_was_written()


def test_a_rehearsal_that_is_ended_during_its_import_leaves_no_copy(rehearsal: Rehearsals) -> None:
    process = rehearsal.starts(shell(f"echo $$ >{rehearsal.told}; exec sleep 600"))
    until(lambda: rehearsal.told.exists() and rehearsal.copies())
    process.send_signal(signal.SIGTERM)
    outcome = rehearsal.night.ends(process)
    assert outcome.status == 128 + signal.SIGTERM, outcome
    assert rehearsal.copies() == []
    assert rehearsal.nothing_was_written()


def test_a_rehearsal_that_is_ended_while_it_copies_leaves_no_copy(rehearsal: Rehearsals) -> None:
    with rehearsal.night.database.connect() as session:
        session.execute("BEGIN; LOCK TABLE users IN ACCESS EXCLUSIVE MODE")
        process = rehearsal.starts(rehearsal.etl)
        until(rehearsal.copies)
        process.send_signal(signal.SIGINT)
        outcome = rehearsal.night.ends(process)
    assert outcome.status == 128 + signal.SIGINT, outcome
    assert "The copy is removed; the database itself was only read." in outcome.stderr
    assert rehearsal.copies() == []
    assert not rehearsal.told.exists()
    assert rehearsal.nothing_was_written()


def test_a_copy_that_is_kept_is_an_environment_of_its_own(rehearsal: Rehearsals) -> None:
    rehearsal.env["PRACTICE_GUARD_COPY_URL"] = ""
    outcome = rehearsal("--keep", "--json", etl=["true"])
    assert outcome.status == 3, outcome
    export, stop = outcome.json["result"]["copy"]["reached"]
    name, _, url = shlex.split(export, comments=True)[1].partition("=")
    try:
        asked = [*PROGRAM, "health", "--env"]
        assert outcome_of([*asked, "rehearsal"], rehearsal.night.directory, {name: url}).status == 0
        crossed = outcome_of([*asked, "local"], rehearsal.night.directory, {"PRACTICE_GUARD_LOCAL_URL": url})
        assert crossed.status == 14, crossed
        assert "is marked as rehearsal" in crossed.stderr
        assert outcome_of([*asked, "rehearsal"], rehearsal.night.directory).status == 2
    finally:
        subprocess.run(["/bin/sh", "-c", stop], check=True)
    assert not Path(parse_qs(urlsplit(url).query)["host"][0]).exists()


def test_a_copy_beside_its_original(rehearsal: Rehearsals) -> None:
    rehearsal.env["PRACTICE_GUARD_COPY_URL"] = NOWHERE
    outcome = rehearsal("--on-same-server", "--json")
    assert outcome.status == 0, outcome
    assert outcome.json["result"]["copy"]["where"] == "same-server"
    assert outcome.json["result"]["estimate"]["free"] is None
    assert rehearsal.nothing_was_written()


def test_a_role_is_told_what_lets_it_make_a_database_and_read_one(rehearsal: Rehearsals, cluster: Cluster) -> None:
    with a_role(cluster) as role:
        rehearsal.night.database.rows(f"GRANT pg_read_all_stats TO {role}")
        rehearsal.env["PRACTICE_GUARD_RAILWAY_URL"] = rehearsal.night.database.url_of(f"{role}:secret")
        outcome = rehearsal("--on-same-server")
        assert outcome.status == 10, outcome
        assert f'ALTER ROLE "{role}" CREATEDB;' in outcome.stderr
        assert "secret" not in outcome.stderr

        unread = rehearsal()
        assert unread.status == 10, unread
        assert f'GRANT pg_read_all_data TO "{role}";' in unread.stderr
        assert "secret" not in unread.stdout + unread.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "There is no ETL to rehearse."),
        (("--etl-url-env", "A B", "--", "true"), "is no name of an environment variable"),
        (("--decisions", "none.toml", "--", "true"), "none.toml"),
    ],
)
def test_what_cannot_be_rehearsed_is_a_wrong_command_line(guard: Guard, arguments: tuple[str, ...], said: str) -> None:
    refused = guard("rehearse", *arguments, env={"PRACTICE_GUARD_LOCAL_URL": NOWHERE})
    assert refused.status == 2, refused
    assert said in refused.stderr


def test_the_tools_that_are_missing_are_named_with_their_version(
    rehearsal: Rehearsals, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    server = int(rehearsal.night.database.value("SHOW server_version_num")) // 10_000
    for name, value in rehearsal.env.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(tools, "find", lambda _: (Tools(server - 1, Path("/old")), Tools(server + 1, Path("/new"))))
    refused = CliRunner().invoke(app, ["rehearse", "--env", "railway", "--", "true"])
    assert refused.exit_code == 2, refused.output
    said = " ".join(refused.output.split())
    assert f"pg_dump and pg_restore of PostgreSQL {server} are needed; there is {server - 1} in /old," in said
    assert f"apt-get install postgresql-client-{server}" in said
    assert rehearsal.nothing_was_written()


def test_a_disk_without_room_is_told_before_anything_is_copied(
    rehearsal: Rehearsals, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name, value in {**rehearsal.env, "PRACTICE_GUARD_COPY_URL": ""}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(estimate, "free_in", lambda _: 100 * estimate.MB)
    refused = CliRunner().invoke(app, ["rehearse", "--env", "railway", "--", "true"])
    assert refused.exit_code == 2, refused.output
    assert "where 100 MB are free" in " ".join(refused.output.split())


def test_an_etl_that_asks_the_guard_from_inside_is_told_of_the_copy(rehearsal: Rehearsals) -> None:
    (rehearsal.night.directory / ".env").write_text(f"PRACTICE_GUARD_RAILWAY_URL={rehearsal.night.database.url}\n")
    rehearsal.program.write_text(f"{_ASKS}\n{rehearsal.program.read_text()}")
    outcome = rehearsal("--json")
    assert outcome.status == 0, outcome
    told = rehearsal.night.wrote("asked.txt").read_text().split()
    assert told == ["rehearsal", "True"]
    assert rehearsal.nothing_was_written()

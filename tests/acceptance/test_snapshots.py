"""The commands around snapshots, as a person and a script meet them."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.world import builders
from tests.world.builders import League, ScratchDatabase
from tests.world.program import PROGRAM, Guard, Outcome, in_bytes
from tests.world.seasons import two_teams
from tests.world.tampering import tampered_with

Binary = Callable[..., subprocess.CompletedProcess[bytes]]


@pytest.fixture
def season(league: League, database: ScratchDatabase) -> League:
    """Two teams with practices, and one snapshot to be taken by whoever needs it."""
    first, _ = two_teams(league)
    league.captain_writes_message(first)
    return league


def backed_up(guard: Guard, *options: str) -> str:
    """Takes a snapshot; returns its id."""
    done = guard("backup", "--json", *options)
    assert done.status == 0, done
    return str(done.json["result"]["snapshot"])


def result(done: Outcome, status: int = 0) -> Any:
    assert done.status == status, done
    assert done.json["exit_code"] == status
    assert done.json["ok"] is (status == 0)
    assert done.stderr == ""
    return done.json["result"]


def refused(done: Outcome, status: int, *words: str) -> None:
    """An error with that status and these words, and no traceback."""
    assert done.status == status, done
    said = " ".join((done.stdout + done.stderr).split())
    for word in words:
        assert word in said, done
    assert "Traceback" not in done.stderr


@pytest.fixture
def binary(database: ScratchDatabase, tmp_path: Path) -> Binary:
    """The program with bytes on its standard input and output."""

    def run(*arguments: str, **streams: Any) -> subprocess.CompletedProcess[bytes]:
        return in_bytes([*PROGRAM, *arguments], tmp_path, {"PRACTICE_GUARD_LOCAL_URL": database.url}, **streams)

    return run


def test_an_empty_database_has_none(season: League, database: ScratchDatabase, guard: Guard) -> None:
    before = database.everything()
    assert result(guard("snapshots", "--json")) == {"latest": None, "snapshots": []}
    refused(guard("snapshots", "verify"), 12, "There is no verified snapshot")
    refused(guard("snapshots", "show"), 12, "There is no verified snapshot")
    refused(guard("snapshots", "export", "latest", "file"), 12, "There is no verified snapshot")
    assert database.everything() == before


def test_that_there_is_none_is_one_finding_wherever_it_is_found(
    season: League, database: ScratchDatabase, guard: Guard
) -> None:
    """Found by the checks before an ETL, by health and in the list; health says too what it could not see."""
    for others in ("", ", 1 that were never verified"):
        found = {}
        for command in ("validate-safety", "health", "snapshots"):
            findings = guard(command, "--json").json["findings"]
            found[command] = next(each for each in findings if each["code"] == "no-snapshot")
        said = {command: each.pop("what") for command, each in found.items()}
        assert said["validate-safety"] == said["snapshots"] == f"0 verified snapshots{others}."
        assert said["health"].startswith(f"0 verified snapshots{others}: only rows without a team can be seen")
        assert found["validate-safety"] == found["health"] == found["snapshots"]
        assert found["health"]["fix"].splitlines() == [
            "Import an export, where there is one: `snapshots import`, with the name of its file.",
            "practice-guard backup --env local",
        ]
        backed_up(guard)
        database.rows("UPDATE practice_guard.snapshots SET verified_at = NULL")


def test_what_is_stored_is_listed_newest_first(season: League, guard: Guard) -> None:
    first = backed_up(guard, "--label", "before the season")
    second = backed_up(guard)
    for words in (("snapshots", "--env", "local"), ("snapshots", "list", "-e", "local")):
        done = guard(*words, "--output", "json")
        assert done.json["command"] == "snapshots"
        listed = result(done)
        assert listed["latest"] == second
        assert [each["snapshot"] for each in listed["snapshots"]] == [second, first]
        assert listed["snapshots"][1]["label"] == "before the season"
        assert all(each["verified"] and each["rows"] == 4 and each["bytes"] > 0 for each in listed["snapshots"])
    text = guard("snapshots")
    assert "before the season" in text.stdout
    assert text.stdout.splitlines()[-1].startswith("OK")


def test_one_is_shown_with_the_statement_that_reads_it(season: League, database: ScratchDatabase, guard: Guard) -> None:
    kept = backed_up(guard)
    shown = result(guard("snapshots", "show", kept, "--json"))
    assert (shown["snapshot"], shown["rows"], shown["environment"]) == (kept, 4, "local")
    builders.the_etl_recreates_everything(database)
    practices = shown["protected"]["practices"]
    assert practices["columns"]["match_time"] == "time without time zone"
    assert [row[3] for row in database.rows(practices["sql"])] == ["Tennaqua - 22"] * 2 + ["Wilmette H(2)"]
    for each in shown["protected"].values():
        assert len(database.rows(each["sql"])) == each["rows"]
    assert result(guard("snapshots", "show", "--json")) == shown
    assert practices["stored_in"].replace("practice_guard.", "") in guard("snapshots", "show", kept).stdout


def test_carried_rows_are_shown_with_the_team_they_waited_for(
    season: League, database: ScratchDatabase, guard: Guard
) -> None:
    backed_up(guard)
    builders.the_etl_lacks_series(database, "Series H(2)")
    assert guard("restore").status == 4
    kept = backed_up(guard)
    practices = result(guard("snapshots", "show", kept, "--json"))["protected"]["practices"]
    assert practices["carried"] == 1
    assert "Wilmette H(2)" in [row[3] for row in database.rows(practices["sql"])]


def test_all_are_verified_and_the_damaged_one_is_named(season: League, database: ScratchDatabase, guard: Guard) -> None:
    good, bad = backed_up(guard), backed_up(guard)
    assert result(guard("snapshots", "verify", "--json"))["damaged"] == 0
    tampered_with(database, bad, "a row lost")
    before = database.everything()

    done = guard("snapshots", "verify", "--json")
    found = result(done, 12)
    assert found["snapshots"] == [
        {
            "snapshot": bad,
            "whole": False,
            "problem": f"Snapshot {bad} is damaged: 1 of 3 rows of practices is lost.",
        },
        {"snapshot": good, "whole": True, "problem": None},
    ]
    assert done.json["findings"][0]["code"] == "snapshot-damaged"
    assert f"restore --snapshot {good} --dry-run" in done.json["next_steps"][0]
    assert result(guard("snapshots", "verify", good, "--json"))["verified"] == 1
    assert result(guard("snapshots", "verify", "latest", "--json"), 12)["damaged"] == 1
    refused(guard("snapshots", "verify"), 12, "DAMAGED", "1 of 2 snapshots is damaged")
    refused(guard("restore"), 12, "1 of 3 rows of practices is lost")
    refused(guard("snapshots", "export", bad, "file"), 12, "1 of 3 rows of practices is lost")
    assert database.everything() == before


@pytest.mark.parametrize("command", [("show",), ("verify",), ("export",)])
def test_an_id_that_does_not_exist_is_said(season: League, guard: Guard, command: tuple[str, ...]) -> None:
    backed_up(guard)
    file = ("file",) if command == ("export",) else ()
    refused(guard("snapshots", *command, "20260101-000000-abc", *file), 12, "There is no snapshot 20260101-000000-abc")


def test_out_into_a_file_and_back_after_everything_was_lost(
    season: League, database: ScratchDatabase, guard: Guard, tmp_path: Path
) -> None:
    before = builders.practices_by_natural_key(database)
    kept = backed_up(guard, "--label", "the last one")
    out = result(guard("snapshots", "export", "latest", "snapshot.gz", "--json"))
    file = tmp_path / "snapshot.gz"
    assert (out["snapshot"], out["file"], out["bytes"]) == (kept, "snapshot.gz", file.stat().st_size)
    assert file.stat().st_mode & 0o777 == 0o600
    database.rows("DROP SCHEMA practice_guard CASCADE")
    builders.the_etl_recreates_everything(database)

    done = result(guard("snapshots", "import", "snapshot.gz", "--json"))

    assert (done["snapshot"], done["rows"], done["verified"], done["already_there"]) == (kept, 4, True, False)
    assert guard("restore").status == 0
    assert builders.practices_by_natural_key(database) == before
    assert result(guard("snapshots", "import", "snapshot.gz", "--json"))["already_there"]
    assert result(guard("snapshots", "--json"))["snapshots"][0]["label"] == "the last one"
    assert "imported: 4 rows" in guard("history").stdout


def test_out_through_a_pipe_and_back(season: League, database: ScratchDatabase, guard: Guard, binary: Binary) -> None:
    kept = backed_up(guard)
    out = binary("snapshots", "export", kept, "-")
    assert out.returncode == 0, out
    assert json.loads(gzip.decompress(out.stdout).splitlines()[0])["snapshot"]["id"] == kept
    assert b"was written to standard output" in out.stderr
    database.rows("DROP SCHEMA practice_guard CASCADE")
    back = binary("snapshots", "import", "-", "--json", stdin=out.stdout)
    assert json.loads(back.stdout)["result"]["snapshot"] == kept
    refused(guard("snapshots", "export", kept, "-", "--json"), 2, "both want standard output")


def test_a_full_disk_is_no_export(season: League, guard: Guard, binary: Binary) -> None:
    backed_up(guard)
    with Path("/dev/full").open("wb") as full:
        done = binary("snapshots", "export", "latest", "-", stdout=full)
    assert done.returncode == 2
    assert b"No space left on device" in done.stderr
    assert b"Traceback" not in done.stderr


def test_a_reader_that_goes_away_is_no_export(season: League, guard: Guard, binary: Binary) -> None:
    backed_up(guard)
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = binary("snapshots", "export", "latest", "-", stdout=writing)
    finally:
        os.close(writing)
    assert done.returncode != 0
    assert b"Traceback" not in done.stderr


def test_an_export_overwrites_nothing(season: League, guard: Guard, tmp_path: Path) -> None:
    backed_up(guard)
    (tmp_path / "file").write_text("mine")
    refused(guard("snapshots", "export", "latest", "file"), 2, "exists already")
    refused(guard("snapshots", "export", "latest", "missing/file"), 2, "No such file or directory")
    assert (tmp_path / "file").read_text() == "mine"
    assert [each.name for each in tmp_path.iterdir()] == ["file"]


BAD_FILES = {
    "an empty one": b"",
    "a dump": b"--\n-- PostgreSQL database dump\n--\n",
    "a picture": b"\x89PNG\r\n\x1a\n" + bytes(range(256)),
    "a gzip of something": gzip.compress(b"something"),
    "text": b"Tennaqua - 22\n",
}


@pytest.mark.parametrize("kind", [*BAD_FILES, "a cut off one", "a changed one", "a longer one"])
def test_a_file_that_is_something_else_writes_nothing(
    season: League, database: ScratchDatabase, guard: Guard, binary: Binary, tmp_path: Path, kind: str
) -> None:
    backed_up(guard)
    good = binary("snapshots", "export", "latest", "-").stdout
    made = {"a cut off one": good[:-5], "a changed one": good[:-9] + b"?" + good[-8:], "a longer one": good + b"\n"}
    (tmp_path / "file").write_bytes({**BAD_FILES, **made}[kind])
    database.rows("DROP SCHEMA practice_guard CASCADE")
    before = database.everything()
    done = guard("snapshots", "import", "file", "--json")
    assert result(done, 12) is None
    assert done.json["verdict"].startswith("This export cannot be used: ")
    assert done.json["environment"] == "local"
    assert database.everything() == before


def test_a_file_that_is_not_there_is_said(season: League, guard: Guard) -> None:
    refused(guard("snapshots", "import", "nowhere"), 2, "nowhere cannot be read: No such file")
    refused(guard("snapshots", "import", "."), 2, "cannot be read")


def test_an_export_of_another_environment_needs_to_be_told(
    season: League, database: ScratchDatabase, guard: Guard, tmp_path: Path
) -> None:
    kept = backed_up(guard)
    assert guard("snapshots", "export", kept, "file").status == 0
    database.rows("DROP SCHEMA practice_guard CASCADE")
    staging = {"PRACTICE_GUARD_STAGING_URL": database.url}
    before = database.everything()
    words = ("snapshots", "import", "file", "--env", "staging")
    refused(guard(*words, env=staging), 14, "it is of local, and this is staging", "--into-other-database")
    assert database.everything() == before
    assert result(guard(*words, "--into-other-database", "--json", env=staging))["from_other_database"]


def test_marking_needs_the_name_everywhere(season: League, database: ScratchDatabase, guard: Guard) -> None:
    backed_up(guard)
    staging = {"PRACTICE_GUARD_STAGING_URL": database.url}
    before = database.everything()
    refused(guard("mark"), 2, "mark on local was not confirmed")
    refused(guard("mark", "--confirm", "staging"), 2, "was confirmed as 'staging'")
    refused(
        guard("mark", "--env", "staging", "--confirm", "staging", env=staging),
        14,
        "is no copy: it is the very one that was marked as local",
        "--was local",
    )
    assert database.everything() == before
    assert not result(guard("mark", "--confirm", "local", "--json"))["changed"]


def test_the_mark_that_was_may_be_named_by_an_alias(season: League, database: ScratchDatabase, guard: Guard) -> None:
    urls = {"PRACTICE_GUARD_STAGING_URL": database.url, "PRACTICE_GUARD_RAILWAY_URL": database.url}
    assert guard("backup", "--env", "production", env=urls).status == 0
    asked = ("mark", "--env", "staging", "--was", "production", "--confirm", "staging", "--json")
    assert result(guard(*asked, env=urls))["after"]["environment"] == "staging"


def test_a_copy_that_is_staging_now_is_marked_on_purpose(
    season: League, database: ScratchDatabase, guard: Guard
) -> None:
    backed_up(guard)
    database.rows("UPDATE practice_guard.installation SET system_identifier = '1'")
    staging = {"PRACTICE_GUARD_STAGING_URL": database.url}
    refused(guard("backup", "--env", "staging", env=staging), 14, "clone or a restored dump", "mark --env staging")
    done = result(guard("mark", "--env", "staging", "--confirm", "staging", "--json", env=staging))
    assert (done["changed"], done["before"]["environment"], done["after"]["environment"]) == (True, "local", "staging")
    assert done["before"]["uuid"] != done["after"]["uuid"]
    assert guard("backup", "--env", "staging", env=staging).status == 0
    refused(guard("backup"), 14, "is marked as staging, but the command was aimed at local")
    history = guard("history", "--env", "staging", "--json", env=staging).json["result"]["events"]
    assert "The database was marked as staging; before it was local." in [event["says"] for event in history]


def test_cleanup_by_id_never_removes_silently_what_had_to_stay(
    season: League, database: ScratchDatabase, guard: Guard
) -> None:
    first, last = backed_up(guard), backed_up(guard)
    assert result(guard("cleanup", "--snapshot", first, "--json"))["removed"] == [first]
    before = database.everything()
    would = result(guard("cleanup", "--snapshot", last, "--dry-run", "--json"))
    assert would["removed"] == [last]
    assert would["reasons"][last] == "named by its id, although it is the newest verified snapshot"
    refused(guard("cleanup", "--snapshot", last, "-y"), 2, "which is the newest verified snapshot", "--confirm local")
    refused(guard("cleanup", "--snapshot", "latest"), 2, "named by its id")
    refused(guard("cleanup", "--snapshot", last, "--all"), 2, "no other rule")
    refused(guard("cleanup", "--snapshot", "nonsense"), 12, "There is no snapshot nonsense")
    assert database.everything() == before
    assert result(guard("cleanup", "--snapshot", last, "--confirm", "local", "--json"))["removed"] == [last]
    assert result(guard("snapshots", "--json"))["snapshots"] == []
    assert f"Snapshot {last} removed" in " ".join(guard("history", env={"COLUMNS": "300"}).stdout.split())


def test_cleanup_says_why(season: League, database: ScratchDatabase, guard: Guard) -> None:
    ids = [backed_up(guard) for _ in range(3)]
    dry = result(guard("cleanup", "--keep-last", "2", "--dry-run", "--json"))
    assert dry["removed"] == [ids[0]]
    assert dry["kept"] == [
        {"snapshot": ids[2], "reason": "is the newest verified snapshot"},
        {"snapshot": ids[1], "reason": "is one of the newest 2"},
    ]
    assert guard("cleanup", "--keep-last", "2", "--dry-run", "--json").json["next_steps"] == [
        "practice-guard cleanup --keep-last 2 --env local"
    ]
    for words in (
        ("--keep-last", "0"),
        ("--keep-within", "0d"),
        ("--keep-within", "soon"),
        ("--all", "--keep-last", "1"),
    ):
        assert guard("cleanup", *words).status == 2, words
    assert result(guard("cleanup", "--all", "--json"))["removed"] == [ids[1], ids[0]]


def test_options_stand_after_the_whole_subcommand(season: League, guard: Guard) -> None:
    backed_up(guard)
    refused(guard("snapshots", "--env", "local", "verify"), 2, "verify")
    assert guard("snapshots", "verify", "-e", "local", "-q").stdout.splitlines() == [
        guard("snapshots", "verify", "-q").stdout.strip()
    ]
    for words in (("snapshots", "--help"), ("snapshots", "-h"), ("snapshots", "import", "--help"), ("mark", "-h")):
        assert guard(*words).status == 0
    refused(guard("snapshots", "nonsense"), 2, "nonsense")
    refused(guard("snapshots", "export", "latest"), 2)
    assert json.loads(guard("snapshots", "nonsense", "--json").stdout)["exit_code"] == 2


@pytest.mark.parametrize(
    "words",
    [
        ("snapshots",),
        ("snapshots", "show"),
        ("snapshots", "verify"),
        ("snapshots", "export", "latest", "file"),
        ("cleanup",),
        ("backup",),
    ],
)
def test_a_command_aimed_elsewhere_stops(
    season: League, database: ScratchDatabase, guard: Guard, words: tuple[str, ...]
) -> None:
    backed_up(guard)
    staging = {"PRACTICE_GUARD_STAGING_URL": database.url}
    before = database.everything()
    done = guard(*words, "--env", "staging", env=staging)
    refused(done, 14, "is marked as local, but the command was aimed at staging", "Compare the URLs")
    assert database.everything() == before

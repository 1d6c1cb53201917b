"""The restore as people and scripts run it: its statuses and its plan files."""

from __future__ import annotations

import datetime as dt
import json
import shlex
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.world import builders
from tests.world.builders import MONDAY, League, ScratchDatabase
from tests.world.program import Guard


class TestThePlan:
    def test_is_shown_saved_applied_and_used_up(self, guard: Guard, damaged: ScratchDatabase, tmp_path: Path) -> None:
        before = damaged.everything()
        shown = guard("restore", "--dry-run", "--out", "plan.json", "--json")
        assert shown.status == 0, shown
        assert damaged.everything() == before
        assert (tmp_path / "plan.json").stat().st_mode & 0o777 == 0o600
        applied = guard("restore", "--plan", "plan.json", "--json")
        assert applied.status == 0, applied
        assert applied.json["result"]["rows"] == shown.json["result"]["rows"]
        assert applied.json["result"]["plan_digest"] == shown.json["result"]["plan_digest"]
        again = guard("restore", "--plan", "plan.json", "--json")
        assert again.status == 14, again
        assert "applied already" in again.json["verdict"]

    def test_says_first_and_last_that_nothing_was_written(self, guard: Guard, damaged: ScratchDatabase) -> None:
        shown = guard("restore", "--dry-run")
        assert "nothing is written" in "\n".join(shown.stdout.splitlines()[:6]).casefold(), shown
        assert shown.stdout.splitlines()[-1].startswith("OK  Nothing was written. A restore of "), shown
        assert shown.stdout.splitlines()[-1].endswith(" would put back 6 rows and re-link 0."), shown
        assert "put back 6" in next(line for line in shown.stdout.splitlines() if "APTA_CHICAGO" in line), shown
        assert guard("restore").status == 0
        again = guard("restore", "--dry-run").stdout.splitlines()[-1]
        assert again.startswith("OK  Nothing was written, nor would a restore of "), again

    def test_that_is_not_there_is_said_plainly(self, guard: Guard, damaged: ScratchDatabase) -> None:
        refused = guard("restore", "--plan", "nowhere.json")
        assert refused.status == 2, refused
        assert "nowhere.json cannot be read: No such file or directory.\n" in refused.stderr, refused

    def test_leads_to_what_users_deleted(self, guard: Guard, league: League) -> None:
        team = league.has_team()
        for _ in range(2):
            league.captain_schedules_practice(team)
        assert guard("backup").status == 0
        league.database.rows("DELETE FROM schedule WHERE id = (SELECT max(id) FROM schedule)")
        shown = guard("restore", "--dry-run", "--json").json
        assert shown["result"]["rows"]["deleted"] == 1
        assert any("--include-deleted" in step for step in shown["next_steps"]), shown
        assert guard("restore", "--include-deleted").status == 0
        assert not any("--include-deleted" in step for step in guard("restore", "-n", "--json").json["next_steps"])

    def test_leads_to_a_file_of_decisions_where_a_person_could_decide(
        self, guard: Guard, damaged: ScratchDatabase
    ) -> None:
        damaged.rows("UPDATE teams SET team_name = 'Somebody else' WHERE id = (SELECT min(id) FROM teams)")
        shown = guard("restore", "--dry-run", "--json")
        assert shown.status == 4, shown
        assert any("--write-decisions decisions.toml" in step for step in shown.json["next_steps"]), shown

    @pytest.mark.parametrize("dry", [(), ("--dry-run",)], ids=["apply", "look"])
    def test_is_stale_when_the_database_has_moved(
        self, guard: Guard, damaged: ScratchDatabase, dry: tuple[str, ...]
    ) -> None:
        guard("restore", "--dry-run", "--out", "plan.json")
        builders.the_app_writes_a_practice(damaged, builders.teams_now(damaged)[0], MONDAY)
        before = damaged.everything()
        refused = guard("restore", "--plan", "plan.json", *dry)
        assert refused.status == 14, refused
        said = "1 row of practices that was to be put back is in place now"
        assert said in " ".join(refused.stderr.split()), refused
        assert damaged.everything() == before

    def test_of_another_database_is_refused(
        self, guard: Guard, damaged: ScratchDatabase, make_database: Callable[[], ScratchDatabase]
    ) -> None:
        guard("restore", "--dry-run", "--out", "plan.json")
        other = make_database()
        League(other).captain_schedules_practice(League(other).has_team())
        there = {"PRACTICE_GUARD_LOCAL_URL": other.url}
        assert guard("backup", env=there).status == 0
        assert guard("restore", "--plan", "plan.json", env=there).status == 14

    def test_takes_the_place_of_a_plan_as_it_was_written_and_of_nothing_else(
        self, guard: Guard, damaged: ScratchDatabase, tmp_path: Path
    ) -> None:
        write, plan = ("restore", "--dry-run", "--out", "plan.json"), tmp_path / "plan.json"
        assert guard(*write).status == 0
        plan.chmod(0o644)
        before = plan.read_text()
        assert guard(*write).status == 0
        assert plan.read_text() != before, "a plan that nobody touched is written anew"
        assert plan.stat().st_mode & 0o777 == 0o600
        for mine in ("a list of my own", plan.read_text().replace('"digest": "', '"digest": "0')):
            plan.write_text(mine)
            refused = guard(*write)
            assert refused.status == 2, refused
            assert "plan.json is there already and is no plan as it was written. Name another file." in refused.stderr
            assert plan.read_text() == mine
        assert [each.name for each in tmp_path.iterdir()] == ["plan.json"]

    @pytest.mark.parametrize("option", ["--out", "--write-decisions"])
    def test_is_not_written_through_a_link(
        self, guard: Guard, damaged: ScratchDatabase, tmp_path: Path, option: str
    ) -> None:
        assert guard("restore", "--dry-run", option, "theirs").status == 0
        theirs = (tmp_path / "theirs").read_text()
        for name, aim in (("link", "theirs"), ("dangling", "nowhere")):
            (tmp_path / name).symlink_to(aim)
            refused = guard("restore", "--dry-run", option, name)
            assert refused.status == 2, refused
            assert f"{name} is there already" in refused.stderr
            assert (tmp_path / name).is_symlink()
        assert (tmp_path / "theirs").read_text() == theirs
        assert not (tmp_path / "nowhere").exists()

    def test_is_refused_a_place_that_cannot_be_written(
        self, guard: Guard, damaged: ScratchDatabase, tmp_path: Path
    ) -> None:
        for option in ("--out", "--write-decisions"):
            refused = guard("restore", "--dry-run", option, "missing/file")
            assert refused.status == 2, refused
            assert "missing/file cannot be written: No such file or directory." in refused.stderr
        refused = guard("restore", "--dry-run", "--out", "one", "--write-decisions", "./one")
        assert refused.status == 2, refused
        assert "--out and --write-decisions name one file" in refused.stderr
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.parametrize("text", ["", "{}", "[]", "\x00", '{"format": "practice-guard plan", "version": 9}'])
    def test_that_is_none_is_a_usage_error(
        self, guard: Guard, damaged: ScratchDatabase, tmp_path: Path, text: str
    ) -> None:
        (tmp_path / "plan.json").write_text(text)
        assert guard("restore", "--plan", "plan.json").status == 2

    def test_that_was_edited_is_a_usage_error(self, guard: Guard, damaged: ScratchDatabase, tmp_path: Path) -> None:
        guard("restore", "--dry-run", "--out", "plan.json")
        first, second, *others = (tmp_path / "plan.json").read_bytes().splitlines(keepends=True)
        assert json.loads(second)["bucket"] == "insert"
        (tmp_path / "plan.json").write_bytes(b"".join((first, *others)))
        refused = guard("restore", "--plan", "plan.json")
        assert (refused.status, "was changed" in " ".join(refused.stderr.split())) == (2, True), refused
        assert damaged.count("schedule") == 0

    @pytest.mark.parametrize("moved", [False, True])
    def test_is_read_from_a_pipe_also_where_it_must_be_read_again(
        self, guard: Guard, damaged: ScratchDatabase, tmp_path: Path, *, moved: bool
    ) -> None:
        guard("restore", "--dry-run", "--out", "plan.json")
        if moved:
            builders.the_app_writes_a_practice(damaged, builders.teams_now(damaged)[0], MONDAY)
        found = guard("restore", "--plan", "/dev/stdin", stdin=(tmp_path / "plan.json").read_text())
        assert found.status == (14 if moved else 0), found
        assert ("1 row of practices that was to be put back is" in " ".join(found.stderr.split())) is moved, found

    def test_that_cannot_be_made_leaves_what_was_there(
        self, guard: Guard, damaged: ScratchDatabase, tmp_path: Path
    ) -> None:
        write = ("restore", "--dry-run", "--out", "plan.json")
        guard(*write)
        before = (tmp_path / "plan.json").read_bytes()
        assert guard(*write, "--snapshot", "there-is-none").status == 12
        assert [each.name for each in tmp_path.iterdir()] == ["plan.json"]
        assert (tmp_path / "plan.json").read_bytes() == before

    def test_brings_its_own_snapshot(self, guard: Guard, damaged: ScratchDatabase) -> None:
        guard("restore", "--dry-run", "--out", "plan.json")
        before = damaged.everything()
        assert guard("restore", "--plan", "plan.json", "--snapshot", "another").status == 2
        assert damaged.everything() == before

    @pytest.mark.parametrize(
        "options",
        [
            ("--league", "APTA_CHICAGO"),
            ("--team", "Tennaqua - 1", "--include-deleted"),
            ("--protected", "practices", "--exact-only"),
        ],
        ids=" ".join,
    )
    def test_is_followed_by_a_command_to_copy_that_does_the_same(
        self, guard: Guard, damaged: ScratchDatabase, options: tuple[str, ...]
    ) -> None:
        shown = guard("restore", "--dry-run", "--json", *options).json
        (command,) = shown["next_steps"]
        done = guard(*shlex.split(command)[1:], "--json").json
        assert done["result"]["plan_digest"] == shown["result"]["plan_digest"]


@pytest.mark.parametrize(
    "part", [("--team", "Tennaqua - 1"), ("--include-deleted",), ("--snapshot", "another"), ("--plan", "plan.json")]
)
def test_an_undo_of_a_part_is_refused_and_not_taken_for_one_of_all(
    guard: Guard, damaged: ScratchDatabase, part: tuple[str, ...]
) -> None:
    entry = guard("restore", "--json").json["result"]["ledger"]
    assert guard("restore", "--undo", str(entry), *part).status == 2
    assert damaged.count("schedule") == 6


def test_an_undo_takes_exactly_that_back(guard: Guard, damaged: ScratchDatabase) -> None:
    before = damaged.everything()["public.schedule"]
    entry = guard("restore", "--json").json["result"]["ledger"]
    assert guard("restore", "--undo", str(entry), "--dry-run").status == 0
    assert damaged.count("schedule") == 6
    assert guard("restore", "--undo", str(entry)).status == 0
    assert damaged.everything()["public.schedule"] == before
    assert guard("restore", "--undo", str(entry)).status == 2
    assert guard("restore", "--json").json["result"]["rows"]["insert"] == 6


def test_new_columns_and_rows_that_the_application_wrote_are_said(guard: Guard, damaged: ScratchDatabase) -> None:
    damaged.rows("ALTER TABLE schedule ADD season int NOT NULL DEFAULT 2026")
    builders.the_app_writes_a_practice(damaged, builders.teams_now(damaged)[0], MONDAY, dt.time(6))
    for arguments in (("--dry-run",), ()):
        shown = guard("restore", *arguments, "--json")
        assert (shown.status, shown.json["result"]["added"]) == (0, 1), shown
        (finding,) = shown.json["findings"]
        assert (finding["code"], "schedule.season" in finding["what"], finding["rows"]) == ("columns-changed", True, 6)


def test_rows_that_wait_are_status_4(guard: Guard, damaged: ScratchDatabase) -> None:
    builders.the_etl_lacks_series(damaged, "Chicago 1")
    for arguments in (("--dry-run",), ()):
        assert guard("restore", *arguments).status == 4


@pytest.mark.parametrize("arguments", [("restore",), ("restore", "--dry-run")], ids=" ".join)
def test_a_lock_in_the_way_is_status_11_and_named(
    guard: Guard, damaged: ScratchDatabase, arguments: tuple[str, ...]
) -> None:
    holder = damaged.connect(application_name="import_all_jsons_to_database")
    holder.execute("BEGIN")
    holder.execute("LOCK TABLE schedule IN ACCESS EXCLUSIVE MODE")
    began = time.monotonic()
    refused = guard(*arguments, "--lock-timeout", "1")
    assert time.monotonic() - began < 15
    assert refused.status == 11, refused
    assert "import_all_jsons_to_database" in "".join(refused.stderr.split()), refused


def test_a_trigger_that_changes_rows_is_status_21(guard: Guard, damaged: ScratchDatabase) -> None:
    damaged.rows("CREATE FUNCTION shout() RETURNS trigger LANGUAGE plpgsql AS"
                 " $$ BEGIN NEW.home_team := upper(NEW.home_team); RETURN NEW; END $$")  # fmt: skip
    damaged.rows("CREATE TRIGGER shout BEFORE INSERT ON schedule FOR EACH ROW EXECUTE FUNCTION shout()")
    failed = guard("restore")
    assert failed.status == 21, failed
    assert "rolled back" in " ".join(failed.stderr.split())
    assert damaged.count("schedule") == 0

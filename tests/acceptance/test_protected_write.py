"""`protected --write`: what nobody protects is protected by one command, and nothing that a person wrote is lost."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.world import builders
from tests.world.builders import League, ScratchDatabase
from tests.world.program import Guard, clean_environment

MINE = """# carpools of the spring
not_protected = ["polls"]

[[protected]]
name = "rides"
table = "carpools"
teams = ["team_id"]"""


@pytest.fixture
def season(league: League, database: ScratchDatabase) -> ScratchDatabase:
    """Practices with attendance, carpools, wishes of teams and of leagues, bookings of courts, a log without a key."""
    for club, series in (("Tennaqua", "Chicago 7"), ("Wilmette", "Chicago 8")):
        team = league.has_team(club=club, series=series, players=[f"nndz-{club}"])
        league.captain_schedules_practices(team, 3)
    database.rows("CREATE TABLE carpools (id serial PRIMARY KEY, team_id int, driver text)")
    database.rows("INSERT INTO carpools (team_id, driver) SELECT id, team_name FROM teams")
    database.rows("CREATE TABLE wishes (id serial PRIMARY KEY, team_id int, league_id int, text text)")
    database.rows(
        "INSERT INTO wishes (team_id, league_id, text) SELECT id, league_id, team_name FROM teams"
        " UNION ALL SELECT NULL, min(id), 'of the league' FROM leagues UNION ALL SELECT NULL, NULL, 'of nobody'"
    )
    database.rows(
        "CREATE TABLE attendance (id serial PRIMARY KEY,"
        " practice_id int NOT NULL REFERENCES schedule ON DELETE CASCADE)"
    )
    database.rows("INSERT INTO attendance (practice_id) SELECT id FROM schedule WHERE away_team = ''")
    database.rows(
        "CREATE TABLE bookings (id serial PRIMARY KEY, club_id int, grade int REFERENCES series ON DELETE SET NULL,"
        " player_id int REFERENCES players)"
    )
    database.rows(
        "INSERT INTO bookings (club_id, grade, player_id) SELECT t.club_id, t.series_id, p.id FROM teams t"
        " JOIN players p ON p.team_id = t.id"
    )
    database.rows("CREATE TABLE visits (team_id int); INSERT INTO visits SELECT id FROM teams")
    return database


def everybodys(database: ScratchDatabase) -> list[tuple[object, ...]]:
    """Whose each row is, by names."""
    return sorted(
        database.rows(
            "SELECT 'carpool', c.driver, t.team_name FROM carpools c LEFT JOIN teams t ON t.id = c.team_id"
            " UNION ALL SELECT 'wish', w.text, concat(t.team_name, ' ', l.league_id) FROM wishes w"
            " LEFT JOIN teams t ON t.id = w.team_id LEFT JOIN leagues l ON l.id = w.league_id"
            " UNION ALL SELECT 'attendance', concat(s.match_date, s.match_time), t.team_name FROM attendance a"
            " LEFT JOIN schedule s ON s.id = a.practice_id LEFT JOIN teams t ON t.id = s.home_team_id"
            " UNION ALL SELECT 'booking', c.name, concat(s.name, ' ', p.tenniscores_player_id) FROM bookings b"
            " LEFT JOIN clubs c ON c.id = b.club_id LEFT JOIN series s ON s.id = b.grade"
            " LEFT JOIN players p ON p.id = b.player_id"
        )
    )


def test_one_command_protects_what_nobody_protects(season: ScratchDatabase, guard: Guard, tmp_path: Path) -> None:
    before = everybodys(season)
    assert guard("backup").status == 0
    named = {"attendance.practice_id", "carpools.team_id", "visits.team_id", "wishes.league_id", "wishes.team_id"}
    named |= {"bookings.club_id", "bookings.grade", "bookings.player_id"}
    assert set(guard("health", "--json").json["result"]["not_followed"]) == named

    written = guard("protected", "--write", "practice_guard.toml", "--json")

    assert written.status == 0, written
    assert written.json["result"]["written"] == ["attendance", "bookings", "carpools", "wishes", "wishes_2"]
    assert list(written.json["result"]["not_protectable"]) == ["visits"]
    assert season.count("carpools") == 2
    assert guard("backup", "--json").json["result"]["protected"]["attendance"]["rows"] == 6
    health = guard("health", "--json")
    assert (health.status, health.json["result"]["not_followed"]) == (0, ["visits.team_id"])
    builders.the_etl_recreates_everything(season)
    assert everybodys(season) != before
    restored = guard("restore", "--json")
    assert restored.status == 0, restored
    assert everybodys(season) == before


def test_written_twice_it_is_written_once(season: ScratchDatabase, guard: Guard, tmp_path: Path) -> None:
    file = tmp_path / "practice_guard.toml"
    assert guard("protected", "--write", file.name).status == 0
    once, when = file.read_bytes(), file.stat()
    again = guard("protected", "--write", file.name)
    assert again.status == 0, again
    assert "Nothing was written to practice_guard.toml" in " ".join(again.stdout.split())
    assert file.read_bytes() == once
    assert (file.stat().st_mtime_ns, file.stat().st_ino) == (when.st_mtime_ns, when.st_ino)


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_what_a_person_wrote_stays_with_its_rights_and_line_ends(
    season: ScratchDatabase, guard: Guard, tmp_path: Path, end: str
) -> None:
    file = tmp_path / "practice_guard.toml"
    file.write_bytes(MINE.replace("\n", end).encode())
    file.chmod(0o640)
    written = guard("protected", "--write", file.name, "--json")
    assert written.status == 0, written
    text = file.read_bytes().decode()
    assert text.startswith(MINE.replace("\n", end) + end + end)
    assert text.count("\n") == text.count(end)
    assert text.count("[[protected]]") == 1 + 4, "carpools were there; attendance, bookings and wishes were not"
    assert 'table = "polls"' not in text
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert guard("protected", "--json").json["result"]["protected"].keys() >= {"rides", "attendance", "wishes_2"}
    assert not list(tmp_path.glob(".practice-guard-*"))


def test_another_file_than_the_one_in_force_is_read_and_written_as_it_is(
    season: ScratchDatabase, guard: Guard, tmp_path: Path
) -> None:
    (tmp_path / "practice_guard.toml").write_text(MINE, encoding="utf-8")
    written = guard("protected", "--write", "rides.toml", "--json")
    assert "carpools" in written.json["result"]["written"], "this one says nothing of carpools yet"
    assert (tmp_path / "practice_guard.toml").read_text(encoding="utf-8") == MINE
    assert guard("health", env={"PRACTICE_GUARD_CONFIG": "rides.toml"}).status in (0, 12)


def test_typed_at_a_pipe_it_says_what_it_wrote(season: ScratchDatabase, tmp_path: Path) -> None:
    line = f"echo y | {sys.executable} -m practice_guard protected --write practice_guard.toml -v | cat"
    env = clean_environment({"PRACTICE_GUARD_LOCAL_URL": season.url})
    done = subprocess.run(["sh", "-c", line], cwd=tmp_path, env=env, capture_output=True, text=True, check=True)
    assert "5 sections written to practice_guard.toml: attendance, bookings, carpools, wishes, wishes_2." in " ".join(
        done.stdout.split()
    )
    shown = (tmp_path / "practice_guard.toml").read_text(encoding="utf-8")
    assert all(each in done.stdout for each in shown.splitlines())


def test_shown_it_fits_into_80_columns(season: ScratchDatabase, guard: Guard) -> None:
    shown = guard("protected", env={"COLUMNS": "80"})
    tables = [
        each for each in shown.stdout.splitlines() if each.startswith(("  attend", "  book", "  wish", "  not prot"))
    ]
    assert len(tables) == 7
    assert max(map(len, tables)) <= 80
    assert "attendance.practice_id" in shown.stdout
    assert "practice-guard protected --write practice_guard.toml --env local" in shown.stdout
    assert "[[protected]]" not in shown.stdout
    assert "[[protected]]" in guard("protected", "-v").stdout


def test_one_finding_a_table_leads_to_one_command(season: ScratchDatabase, guard: Guard, tmp_path: Path) -> None:
    said = guard("validate-safety", "--json").json
    found = {
        each["what"].split(" of ")[1].split()[0]: each
        for each in said["findings"]
        if each["code"] == "unprotected-table"
    }
    assert found.keys() == {"attendance", "bookings", "carpools", "visits", "wishes"}
    command = "practice-guard protected --write practice_guard.toml --env local"
    assert {name for name, each in found.items() if each["fix"] == command} == found.keys() - {"visits"}
    assert "deleted" in found["attendance"]["what"]
    assert "It cannot be protected: public.visits has no primary key of one column" in found["visits"]["why"]
    assert found["bookings"]["why"] == (
        "It points at clubs, series and players and nobody protects it: at an import club_id keeps the old ids; grade "
        "becomes NULL; player_id stops it, or keeps the old ids where it turns foreign keys off."
    )
    (tmp_path / "rides.toml").touch()
    named = guard("validate-safety", "--json", env={"PRACTICE_GUARD_CONFIG": "rides.toml"}).json
    assert command.replace("practice_guard.toml", "rides.toml") in {each["fix"] for each in named["findings"]}


@pytest.mark.parametrize("text", ["protected = []\n", "[[protected]]\nname = 1\n", "[[protected\n"])
def test_a_file_that_cannot_be_added_to_stays_as_it_is(
    season: ScratchDatabase, guard: Guard, tmp_path: Path, text: str
) -> None:
    file = tmp_path / "practice_guard.toml"
    file.write_text(text, encoding="utf-8")
    refused = guard("protected", "--write", file.name)
    assert refused.status == 2, refused
    assert "Traceback" not in refused.stderr
    assert file.read_text(encoding="utf-8") == text


@pytest.mark.parametrize("kind", ["directory", "link", "pipe", "nowhere"])
def test_what_is_no_file_of_a_persons_is_refused(
    season: ScratchDatabase, guard: Guard, tmp_path: Path, kind: str
) -> None:
    file = tmp_path / "here" / "practice_guard.toml"
    if kind != "nowhere":
        file.parent.mkdir()
    if kind == "directory":
        file.mkdir()
    if kind == "link":
        (file.parent / "other.toml").touch()
        file.symlink_to("other.toml")
    if kind == "pipe":
        os.mkfifo(file)
    refused = guard("protected", "--write", str(file))
    assert refused.status == 2, refused
    assert str(file) in refused.stderr.replace("\n", "")
    assert not (file.parent / "other.toml").exists() or (file.parent / "other.toml").read_bytes() == b""

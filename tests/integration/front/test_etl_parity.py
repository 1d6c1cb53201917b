"""Inside the ETL and as commands: the same histories, the same answers, the same rows (issue "Inside the ETL")."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, cast

import pytest
from typer.testing import CliRunner

from practice_guard import etl
from practice_guard.cli import app
from practice_guard.core.model import Finding, Severity
from practice_guard.demo.source import Source
from tests.world import builders
from tests.world.builders import League, ScratchDatabase, practices_by_natural_key
from tests.world.callers import caller, the_etl_imports

pytestmark = pytest.mark.usefixtures("nothing_set")

HISTORIES: dict[str, tuple[str, ...]] = {
    "recreates everything": (),
    "recycles ids": ("recycle",),
    "keeps ids": ("upsert",),
    "renames teams in place": ("upsert", "rename-teams"),
    "renames series in place": ("rename-series",),
    "relabels the season": ("relabel",),
    "leaves practices without team": ("set-null",),
    "leaves practices on old ids": ("dangling",),
    "lacks a series": ("drop-series=Chicago 22",),
    "lacks a league": ("drop-league=CNSWPL",),
    "lacks a team": ("drop-team=Tennaqua - 22",),
    "empties everything": ("empty",),
}


@dataclass
class Answers:
    """What one night came to, in words that both sides have."""

    backup: int = 0
    refused: set[str] = field(default_factory=set)
    preservation: dict[str, Any] = field(default_factory=dict)
    planned: dict[str, Any] = field(default_factory=dict)
    restored: dict[str, Any] = field(default_factory=dict)
    damage: dict[str, Any] = field(default_factory=dict)
    health: dict[str, Any] = field(default_factory=dict)
    removed: int = 0
    safe: bool = False
    tables: Any = None


def a_season(database: ScratchDatabase) -> None:
    """The same in each database, ids and all."""
    league = League(database)
    places = [
        ("Tennaqua", "Chicago 22", "APTA_CHICAGO", "Tennaqua - 22", 3),
        ("Tennaqua", "Chicago 11", "APTA_CHICAGO", "Tennaqua - 11", 2),
        ("Tennaqua", "Division 11", "APTA_CHICAGO", "Tennaqua - 11 (Division 11)", 1),
        ("Hinsdale PC", "Chicago 13 SW", "APTA_CHICAGO", "Hinsdale PC I - 13 SW", 2),
        ("Wilmette", "Chicago 22", "APTA_CHICAGO", "Wilmette - 22", 2),
        ("Wilmette", "Series H(2)", "CNSWPL", "Wilmette H(2)", 4),
        ("Midtown", "3.0 & Under Thur", "CITA", "Midtown - Chicago", 1),
    ]
    teams = []
    for club, series, code, name, practices in places:
        players = [f"{name}-{number}" for number in range(6)]
        teams.append(league.has_team(club=club, series=series, league=code, name=name, players=players))
        league.captain_schedules_practices(teams[-1], practices)
        league.captain_sets_practice_time(teams[-1])
    league.has_match(teams[0], teams[1])
    league.has_match(teams[3], teams[4])
    league.captain_writes_message(teams[0])
    league.captain_asks(teams[5])
    league.has_user(league="APTA_CHICAGO")


def as_commands(database: ScratchDatabase, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    monkeypatch.setenv("PRACTICE_GUARD_LOCAL_URL", database.url)

    def run(*arguments: str) -> Any:
        done = CliRunner().invoke(app, [*arguments, "--env", "local", "--json"])
        document = json.loads(done.stdout)
        assert document["result"] is not None, document["verdict"]
        return document["result"] | {"errors": {f["code"] for f in document["findings"] if f["severity"] == "error"}}

    return run


def a_night_of_commands(run: Callable[..., Any], database: ScratchDatabase, website: Source, *variant: str) -> Answers:
    night, backup = Answers(safe=run("validate-safety")["safe"]), run("backup")
    night.backup, night.refused = backup["rows"], backup["errors"]
    if night.refused:
        return night
    builders.the_etl_runs(database, *variant, source=website)
    night.preservation = run("check-preservation")
    night.damage = run("health")
    night.planned = run("restore", "--dry-run")
    night.restored = run("restore")
    night.health = run("health")
    night.removed = len(run("cleanup")["removed"])
    night.tables = content_of(database)
    return night


def a_night_inside(database: ScratchDatabase, website: Source, *variant: str) -> Answers:
    with caller(database) as cursor:
        night = Answers(safe=etl.validate_etl_safety_preconditions(cursor)[0])
        try:
            night.backup = etl.create_enhanced_practice_time_backup(cursor)
        except etl.HealthError as error:
            findings = cast("tuple[Finding, ...]", error.data["findings"])
            night.refused = {each.code for each in findings if each.severity is Severity.ERROR}
            return night
        the_etl_imports(cursor, website, *variant)
        success, night.preservation = etl.validate_team_id_preservation_post_etl(cursor)
        night.preservation["success"] = success
        night.damage = etl.validate_practice_time_health(cursor, night.backup)
        night.planned = etl.restore_practice_times_with_fallback(cursor, dry_run=True)
        night.restored = etl.restore_practice_times_with_fallback(cursor)
        night.health = etl.validate_practice_time_health(cursor, night.backup)
        night.removed = len(etl.cleanup_enhanced_backup_tables(cursor))
        cursor.connection.commit()
    night.tables = content_of(database)
    return night


def content_of(database: ScratchDatabase) -> Any:
    """What users own, to the last id; and the practices by natural keys."""
    rows = {
        "schedule": "SELECT id, match_date, home_team, home_team_id, away_team_id, league_id FROM schedule"
        " WHERE home_team ILIKE '%practice%' ORDER BY id",
        "practice_times": "SELECT id, team_id, league_id FROM practice_times ORDER BY id",
        "captain_messages": "SELECT id, team_id FROM captain_messages ORDER BY id",
        "polls": "SELECT id, team_id FROM polls ORDER BY id",
        "users": "SELECT id, league_context FROM users ORDER BY id",
    }
    return {name: database.rows(text) for name, text in rows.items()} | {"where": practices_by_natural_key(database)}


def agree(commands: Answers, inside: Answers) -> None:
    assert (inside.safe, inside.backup, inside.removed) == (commands.safe, commands.backup, commands.removed)
    assert inside.refused == commands.refused
    if inside.refused:
        return
    command, own = commands.preservation, inside.preservation
    assert (own["total"], own["preserved"]) == (command["rows"]["total"], command["rows"]["kept"])
    assert (own["success"], own["preservation_rate"]) == (command["preserved"], command["rate"])
    assert own["teams"] == command["teams"]
    for theirs, ours in ((commands.planned, inside.planned), (commands.restored, inside.restored)):
        assert {name: ours[name] for name in ("total", "pending", "deleted", "given_up")} == {
            name: theirs["rows"][name] for name in ("total", "pending", "deleted", "given_up")
        }
        assert ours["written"] == theirs["rows"]["relink"] + theirs["rows"]["insert"]
        found = sum(rows for kind, rows in theirs["evidence"].items() if kind != "same-id")
        assert ours["fallback"] == found
        assert ours["direct"] + ours["fallback"] + ours["pending"] + ours["deleted"] + ours["given_up"] == ours["total"]
    for theirs, ours in ((commands.damage, inside.damage), (commands.health, inside.health)):
        same = ("score", "lost", "wrong_team", "duplicated", "added", "deleted", "pending")
        assert {name: ours[name] for name in same} == {name: theirs[name] for name in same}
        assert (ours["is_healthy"], ours["orphaned_count"]) == (theirs["healthy"], theirs["orphaned"])
        assert (ours["pre_etl_count"], ours["post_etl_count"]) == (theirs["before"], theirs["after"])
    assert inside.tables == commands.tables


@pytest.mark.parametrize("history", HISTORIES)
def test_both_say_and_do_the_same(
    make_database: Callable[[], ScratchDatabase], monkeypatch: pytest.MonkeyPatch, history: str
) -> None:
    by_command, inside = make_database(), make_database()
    a_season(by_command)
    a_season(inside)
    website = builders.the_website_now(inside)
    run = as_commands(by_command, monkeypatch)
    variant = HISTORIES[history]
    something_was_missing = history.startswith(("lacks", "empties"))
    for night in (variant, ()) if something_was_missing else (variant,):  # it comes back the night after
        agree(a_night_of_commands(run, by_command, website, *night), a_night_inside(inside, website, *night))

"""`rollback`, and `run --rollback auto`: the ETL's tables and the protected rows as they were."""

from __future__ import annotations

import pytest

from tests.world import builders
from tests.world.builders import League, ScratchDatabase
from tests.world.nights import Night
from tests.world.program import Guard


@pytest.fixture
def kept(guard: Guard, database: ScratchDatabase, league: League) -> ScratchDatabase:
    """A league of two teams with matches and practices, backed up in full, and an import that recreated the teams."""
    tennaqua, wilmette = league.has_team(players=["P1", "P2"]), league.has_team(club="Wilmette", players=["P3"])
    league.has_match(tennaqua, wilmette)
    for team in (tennaqua, wilmette):
        league.captain_schedules_practices(team, 3)
        league.captain_writes_message(team)
    taken = guard("backup", "--full")
    assert "and 11 tables of the ETL's with 13 rows" in " ".join(taken.stdout.split()), taken
    return database


def test_the_whole_way_back(guard: Guard, kept: ScratchDatabase) -> None:
    before = kept.all_rows("public")
    builders.the_etl_relabels_the_season(kept)
    assert guard("restore").status == 0
    after = kept.all_rows("public")
    shown = guard("rollback", "--dry-run", "--json")
    assert (shown.status, kept.all_rows("public")) == (0, after)
    assert (shown.json["result"]["ledger"], shown.json["result"]["safety_copy"]) == (None, None)
    done = guard("rollback", "--json")
    result = done.json["result"]
    assert (done.status, kept.all_rows("public")) == (0, before)
    assert result["proven"] is True
    assert result["tables"]["teams"] == {"removed": 2, "put_back": 2, "kept": 0}
    assert result["tables"]["players"] == {"removed": 3, "put_back": 3, "kept": 0}
    assert result["tables"] == shown.json["result"]["tables"]
    assert (result["rows"]["total"], result["rows"]["pending"]) == (8, 0)
    assert guard("health").status == 0
    history = guard("history").stdout
    assert f"what was there before is in snapshot {result['safety_copy']}" in " ".join(history.split())
    assert guard("rollback", "--snapshot", result["safety_copy"]).status == 0
    assert kept.all_rows("public") == after


def test_which_snapshots_are_full_is_told(guard: Guard, kept: ScratchDatabase) -> None:
    assert guard("backup").status == 0
    plain, full = guard("snapshots", "--json").json["result"]["snapshots"]
    assert (plain["tables"], full["tables"]["players"]) == ({}, 3)
    assert [line.split()[-1] for line in guard("snapshots").stdout.splitlines() if "verified" in line][-1] == "full"
    shown = guard("snapshots", "show", full["snapshot"]).stdout
    assert "public.match_scores" in shown
    assert "public.match_scores" not in guard("snapshots", "show", "latest").stdout


def test_it_reads_in_eighty_columns(guard: Guard, kept: ScratchDatabase) -> None:
    builders.the_etl_recreates_everything(kept)
    done = guard("rollback")
    drawn = [line for line in done.stdout.splitlines() if line.startswith("  ") and "practice-guard" not in line]
    assert max(map(len, drawn)) <= 80
    assert "Proven by digest" in done.stdout
    assert "practice-guard health" in done.stdout


def test_what_was_not_kept_in_full_is_no_way_back(guard: Guard, database: ScratchDatabase, league: League) -> None:
    league.captain_schedules_practice(league.has_team())
    assert guard("backup").status == 0
    refused = guard("rollback", "--json")
    assert (refused.status, refused.json["result"]) == (12, None)
    assert any("backup --full" in step for step in refused.json["next_steps"])


def test_a_protected_environment_wants_its_name(guard: Guard, database: ScratchDatabase, league: League) -> None:
    """A dry run too: it holds up who writes to these tables."""
    league.captain_schedules_practice(league.has_team())
    env = {"PRACTICE_GUARD_RAILWAY_URL": database.url}
    assert guard("backup", "--full", "--env", "railway", env=env).status == 0
    for options in ((), ("--dry-run",)):
        assert guard("rollback", "--env", "railway", "--yes", *options, env=env).status == 2
        assert guard("rollback", "--env", "railway", "--confirm", "railway", *options, env=env).status == 0


AUTO = ("--rollback", "auto")


def rows(night: Night) -> object:
    return night.database.all_rows("public")


@pytest.mark.parametrize("variant", [("fail-half-way", "--commit-every", "1"), ("drop-league=NSTF",), ("empty",)])
def test_a_night_that_ended_badly_is_rolled_back(night: Night, variant: tuple[str, ...]) -> None:
    night.begins()
    before = rows(night)
    etl = night.etl("--variant", *variant)
    outcome = night.runs(etl, "--json", *AUTO)
    document = outcome.json
    assert (outcome.status, rows(night)) == (3, before)
    assert "Rolled back to snapshot" in document["verdict"]
    assert document["result"]["rolled_back"] is True
    assert document["result"]["etl_exit_code"] == (1 if variant[0] == "fail-half-way" else 0)
    assert document["result"]["rollback"]["proven"] is True
    assert [each["name"] for each in document["result"]["phases"]][-1] == "rollback"
    assert night.asks("health").status == 0


def test_it_is_not_where_nobody_asked(night: Night) -> None:
    night.begins()
    before = rows(night)
    outcome = night.runs(night.etl("--variant", "drop-league=NSTF"), "--json", "--full")
    assert (outcome.json["result"]["rolled_back"], rows(night) == before) == (False, False)


def test_a_good_night_is_not_rolled_back(night: Night) -> None:
    night.begins()
    outcome = night.runs(night.etl(), "--json", *AUTO)
    assert (outcome.status, outcome.json["result"]["rolled_back"]) == (0, False)
    assert night.every_practice_is_in_place()


@pytest.mark.parametrize("moment", ["begin", "end"])
def test_a_run_that_was_killed_while_it_rolled_back_knows_which(night: Night, moment: str) -> None:
    night.begins()
    before = rows(night)
    night.is_killed("roll_back", moment, night.etl("--variant", "empty"), *AUTO)
    assert (night.record["phase"], rows(night) == before) == ("rollback", moment == "end")
    resumed = night.resumes("--json", *AUTO)
    assert (resumed.status, resumed.json["result"]["rolled_back"], rows(night)) == (3, True, before)

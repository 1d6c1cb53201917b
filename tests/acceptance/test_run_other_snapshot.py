"""A run whose own snapshot is damaged or gone is finished with another one, which a person names."""

from __future__ import annotations

import pytest

from practice_guard.core.steps import IMPORT_AN_EXPORT
from tests.world.nights import Night
from tests.world.tampering import tampered_with

_WAY_OUT = "practice-guard run --resume --snapshot latest --env local"
_GONE = "all of it"


def spoil(night: Night, what: str, snapshot: str) -> None:
    if what == _GONE:
        night.database.rows("DELETE FROM practice_guard.snapshots WHERE id = %(id)s", id=snapshot)
    else:
        tampered_with(night.database, snapshot, what)


def backed_up(night: Night) -> str:
    taken = night.asks("backup", "--json")
    assert taken.status == 0, taken
    return str(taken.json["result"]["snapshot"])


@pytest.fixture
def stuck(night: Night, request: pytest.FixtureRequest) -> tuple[Night, str]:
    """A night that was killed before anything was put back, its own snapshot being spoilt; and the one before it."""
    before = backed_up(night)
    night.is_killed("put_back", "begin", night.etl())
    spoil(night, getattr(request, "param", "the practices taken away"), night.record["snapshot"])
    return night, before


@pytest.mark.parametrize("stuck", ["the practices taken away", "a row changed", _GONE], indirect=True)
def test_its_own_snapshot_being_spoilt_the_way_out_is_named(stuck: tuple[Night, str]) -> None:
    night, before = stuck
    own = night.record["snapshot"]
    assert night.runs(night.etl()).status == 3, "an unfinished run holds the next one up"
    resumed = night.resumes("--json")
    assert resumed.status == 12, resumed
    assert resumed.json["next_steps"][0] == _WAY_OUT
    assert "practice-guard run --resume --env local" not in resumed.json["next_steps"], "that would fail for ever"
    assert not night.every_practice_is_in_place()

    finished = night.asks(*_WAY_OUT.split()[1:], "--json")
    assert finished.status == 0, finished
    night.assert_recorded(finished)
    assert finished.json["result"]["finished_with"] == finished.json["result"]["snapshot"] == before
    assert night.every_practice_is_in_place()
    assert night.record["finished"]
    assert f"snapshot {before}" in night.record["says"]
    assert night.record["snapshot"] == own, "which one it took is not forgotten"
    (event,) = [each for each in night.asks("history", "--json").json["result"]["events"] if "run" in each]
    assert (event["snapshot"], event["finished_with"]) == (own, before)
    (then,) = finished.json["next_steps"]
    assert night.asks(*then.partition("#")[0].split()[1:]).status == 0
    assert night.runs(night.etl()).status == 0


def test_after_a_restore_from_another_snapshot_it_is_finished_too(stuck: tuple[Night, str]) -> None:
    night, before = stuck
    assert night.asks("restore", "--snapshot", before).status == 0
    assert night.resumes().status == 12
    assert night.resumes("--snapshot", before).status == 0
    assert night.asks("backup").status == 0
    assert night.runs(night.etl()).status == 0
    assert night.every_practice_is_in_place()


def test_latest_is_the_newest_that_is_verified_and_whole(night: Night) -> None:
    good, unverified, damaged = backed_up(night), backed_up(night), backed_up(night)
    night.is_killed("put_back", "begin", night.etl())
    night.database.rows("UPDATE practice_guard.snapshots SET verified_at = NULL WHERE id = %(id)s", id=unverified)
    for each in (damaged, night.record["snapshot"]):
        tampered_with(night.database, each, "a row changed")
    finished = night.resumes("--snapshot", "latest", "--json")
    assert (finished.status, finished.json["result"]["finished_with"]) == (0, good)
    assert night.every_practice_is_in_place()


def test_a_named_one_that_is_no_better_is_refused_and_nothing_is_put_back(stuck: tuple[Night, str]) -> None:
    night, before = stuck
    tampered_with(night.database, before, "a row changed")
    for wanted in (before, "20200101-000000-abc", "latest"):
        refused = night.resumes("--snapshot", wanted, "--json")
        assert refused.status == 12, refused
        assert _WAY_OUT in refused.json["next_steps"]
    assert not night.every_practice_is_in_place()
    assert IMPORT_AN_EXPORT in refused.json["next_steps"], "there is a way out even then"


def test_of_its_own_snapshot_that_is_gone_nobody_says_that_it_has_the_rows(stuck: tuple[Night, str]) -> None:
    night, _ = stuck
    own = night.record["snapshot"]
    spoil(night, _GONE, own)
    (told,) = [each for each in night.asks("health", "--json").json["findings"] if each["code"] == "run-unfinished"]
    assert f"Its snapshot {own} is gone" in told["why"]
    assert told["fix"] == _WAY_OUT


def test_its_own_snapshot_named_is_nothing_special(night: Night) -> None:
    night.is_killed("put_back", "begin", night.etl())
    finished = night.resumes("--snapshot", night.record["snapshot"], "--json")
    assert (finished.status, finished.json["result"]["finished_with"]) == (0, None)


def test_a_snapshot_is_named_for_a_resumed_run_only(night: Night) -> None:
    before = night.database.everything()
    refused = night.asks("run", "--snapshot", "latest", "--json", "--", *night.etl())
    assert refused.status == 2, refused
    assert "--resume" in refused.json["verdict"]
    assert night.database.everything() == before


def test_what_a_named_snapshot_could_not_finish_is_taken_up_with_it_again(stuck: tuple[Night, str]) -> None:
    night, before = stuck
    blocker = night.database.connect()
    blocker.execute("BEGIN")
    blocker.execute("LOCK TABLE practice_times IN ROW EXCLUSIVE MODE")
    outcome = night.resumes("--snapshot", "latest", "--lock-timeout", "1", "--json")
    assert outcome.status == 11, outcome
    assert outcome.json["next_steps"][-1] == f"practice-guard run --resume --snapshot {before} --env local"
    blocker.execute("ROLLBACK")

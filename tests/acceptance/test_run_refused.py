"""`run` where the database refuses rows: the night ends with 4, and says of which set and why."""

from __future__ import annotations

import pytest

from tests.world.nights import Night

OF_LONG_AGO = "UPDATE schedule SET match_date = '2023-01-02' WHERE id IN (SELECT id FROM schedule ORDER BY id LIMIT {})"
RULE = "ALTER TABLE schedule ADD CONSTRAINT only_now CHECK (match_date > '2025-01-01') NOT VALID"


@pytest.fixture
def ruled(night: Night) -> Night:
    """A night on which two practices of twelve are older than the database lets in."""
    night.database.rows(OF_LONG_AGO.format(2))
    night.begins()
    night.database.rows(RULE)
    return night


def test_says_in_its_last_line_which_set_and_in_a_finding_why(ruled: Night) -> None:
    outcome = ruled.runs(ruled.etl())
    assert outcome.status == 4, outcome
    said = " ".join(outcome.stdout.split())
    assert said.endswith("2 of 15 protected rows wait, since the database refuses them in practices."), outcome
    assert "2 rows of practices wait because the database has a rule against that. [rows-refused]" in said
    assert 'violates check constraint "only_now" (SQLSTATE 23514). They keep none of the other 10 off.' in said
    assert ruled.database.count("schedule") == 10


def test_says_the_same_as_a_document_and_leads_to_no_decision(ruled: Night) -> None:
    document = ruled.runs(ruled.etl(), "--json").json
    assert (document["exit_code"], document["ok"]) == (4, False)
    assert document["result"]["restore"]["rows"]["pending"] == 2
    assert {each["reason"] for each in document["result"]["restore"]["pending"]} == {"refused"}
    (found,) = (each for each in document["findings"] if each["code"] == "rows-refused")
    assert found["rows"] == 2
    (step,) = document["next_steps"]
    assert "restore --dry-run --try" in step
    assert "--write-decisions" not in step


def test_leads_to_a_decision_where_other_rows_wait_for_their_team(ruled: Night) -> None:
    team = ruled.database.value("SELECT team_name FROM teams ORDER BY id DESC LIMIT 1")
    document = ruled.runs(ruled.etl("--variant", f"drop-team={team}"), "--json").json
    assert document["exit_code"] == 4
    assert "5 for their team or a person, 2 since the database refuses them in practices" in document["verdict"]
    assert any("--write-decisions" in step for step in document["next_steps"])
    assert any("--dry-run --try" in step for step in document["next_steps"])


def test_the_next_night_carries_them_on_and_one_without_the_rule_brings_them_back(ruled: Night) -> None:
    assert ruled.runs(ruled.etl()).status == 4
    again = ruled.runs(ruled.etl(), "--json")
    assert again.status == 4, again
    assert again.json["result"]["backup"]["carried"] == 2
    ruled.database.rows("ALTER TABLE schedule DROP CONSTRAINT only_now")
    assert ruled.runs(ruled.etl()).status == 0
    assert ruled.every_practice_is_in_place()


def test_may_be_allowed(ruled: Night) -> None:
    outcome = ruled.runs(ruled.etl(), "--allow-pending")
    assert outcome.status == 0, outcome
    assert "since the database refuses them in practices, which is allowed" in " ".join(outcome.stdout.split())


def test_when_all_of_a_set_are_refused_nothing_is_said_of_others(night: Night) -> None:
    night.database.rows(OF_LONG_AGO.format(12))
    night.begins()
    night.database.rows(RULE)
    outcome = night.runs(night.etl(), "--json")
    assert outcome.status == 4, outcome
    (found,) = (each for each in outcome.json["findings"] if each["code"] == "rows-refused")
    assert found["why"].startswith("For all of them: the database refuses it: new row")
    assert "other" not in found["why"]

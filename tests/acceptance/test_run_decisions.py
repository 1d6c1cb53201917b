"""`run --decisions`: what a person has decided before the night, as far as the night lets it be followed."""

from __future__ import annotations

from tests.world.nights import Night, shell

HEIR = """
[[team]]
league = "NSTF"
club = "Midtown"
series = "Series 2B"
team = "Midtown - 2B"
heir = { club = "Midton Racquet", team = "Midton Racquet - 2B" }
"""


def is_given(night: Night) -> tuple[str, str]:
    night.wrote("decisions.toml").write_text(HEIR)
    return "--decisions", "decisions.toml"


def test_decisions_that_do_not_fit_the_night_hold_no_other_row_up(night: Night) -> None:
    given = is_given(night)
    night.source.write_text(night.source.read_text().replace("Midtown", "Midland Court"))
    outcome = night.runs(night.etl(), "--json", *given)
    assert outcome.status == 4, outcome
    (found,) = (each for each in outcome.json["findings"] if each["code"] == "decision-not-followed")
    assert "line 2 of decisions.toml" in found["why"]
    assert outcome.json["result"]["health"]["pending"] == 5
    assert outcome.json["result"]["restore"]["rows"]["insert"] > 0


def test_no_decision_is_followed_after_an_etl_that_failed(night: Night) -> None:
    outcome = night.runs(shell("exit 3"), "--json", *is_given(night))
    assert (outcome.status, outcome.json["result"]["etl_exit_code"]) == (3, 3)
    assert [each["code"] for each in outcome.json["findings"]] == ["decision-not-followed"]
    assert night.every_practice_is_in_place()


def test_decisions_that_cannot_be_read_start_no_etl(night: Night) -> None:
    night.wrote("decisions.toml").write_text("[[teams]]\n")
    outcome = night.asks("run", "--decisions", "decisions.toml", "--", "touch", str(night.wrote("done.txt")))
    assert outcome.status == 2, outcome
    assert "decisions.toml" in outcome.stderr
    assert not night.wrote("done.txt").exists()

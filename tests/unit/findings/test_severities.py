"""What the settings may change of a finding's weight, and what not."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from practice_guard.core.checks.safety import CHECKS
from practice_guard.core.errors import UsageError
from practice_guard.core.findings.severities import FIRM, SEVERITIES, found, unseen, validate, weigh, worst_first
from practice_guard.core.model import Severity

LOWER = dict.fromkeys(SEVERITIES, Severity.INFO)
README = (Path(__file__).parents[3] / "README.md").read_text(encoding="utf-8")
RAISE = dict.fromkeys(SEVERITIES, Severity.ERROR)


@pytest.mark.parametrize("code", SEVERITIES)
def test_settings_raise_every_finding_and_lower_all_but_what_says_that_rows_are_lost(code: str) -> None:
    finding = found(code, "1 row.", "Because.")
    assert weigh(finding, {}) == finding
    assert weigh(finding, RAISE).severity is Severity.ERROR
    assert weigh(finding, LOWER).severity is (Severity.ERROR if code in FIRM else Severity.INFO)


@pytest.mark.parametrize("code", SEVERITIES)
def test_what_could_not_be_looked_at_is_never_less_than_a_warning(code: str) -> None:
    finding = unseen(code, "1 check could not be made.", "No rights.")
    assert finding.severity is (Severity.ERROR if SEVERITIES[code] is Severity.ERROR else Severity.WARNING)
    assert weigh(finding, LOWER, firm=True) == finding


def test_what_says_that_rows_are_lost_or_on_a_wrong_team_is_firm() -> None:
    assert {"rows-lost", "rows-on-wrong-team", "rows-on-vanished-team", "label-names-another-team"} <= FIRM


def test_a_setting_about_an_unknown_finding_is_answered_with_the_nearest() -> None:
    with pytest.raises(UsageError, match="nearest name there is snapshot-old"):
        validate({"snapshots-old": Severity.INFO})
    with pytest.raises(UsageError, match="stays an error"):
        validate({"rows-lost": Severity.WARNING})
    validate({"rows-lost": Severity.ERROR, "snapshot-old": Severity.ERROR})


def test_errors_outweigh_warnings_and_warnings_what_is_only_told() -> None:
    assert Severity.ERROR.weight > Severity.WARNING.weight > Severity.INFO.weight


def test_findings_are_ordered_by_weight_and_otherwise_left_as_they_came() -> None:
    came = [found(code, "1", "") for code in ("rows-added", "no-snapshot", "rows-lost", "rows-pending", "row-security")]
    ordered = [each.code for each in worst_first(came)]
    assert ordered == ["rows-lost", "row-security", "no-snapshot", "rows-pending", "rows-added"]


def test_at_most_three_examples_are_kept() -> None:
    assert found("rows-lost", "4 rows.", "", examples=("a", "b", "c", "d")).examples == ("a", "b", "c")


@pytest.mark.parametrize("severity", Severity)
def test_the_readme_gives_every_check_its_severity_and_marks_what_is_firm(severity: Severity) -> None:
    (row,) = re.findall(rf"^\| {severity} \| (`.+) \|$", README, re.MULTILINE)
    named = re.findall(r"`([a-z-]+)`(\\\*)?", row)
    wanted = [(code, "\\*" if code in FIRM else "") for code in CHECKS if SEVERITIES[code] is severity]
    assert sorted(named) == sorted(wanted)


def test_the_readme_names_what_else_is_firm() -> None:
    (sentence,) = re.findall(r"^(`rows-lost`.*) of `health` are firm too\.", README, re.MULTILINE)
    assert set(re.findall(r"`([a-z-]+)`\\\*", sentence)) == FIRM - set(CHECKS)

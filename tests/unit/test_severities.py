"""What the settings may change of a finding's weight, and what not."""

from __future__ import annotations

import pytest

from practice_guard.core.errors import UsageError
from practice_guard.core.model import Severity
from practice_guard.core.severities import FIRM, SEVERITIES, found, unseen, validate, weigh

LOWER = dict.fromkeys(SEVERITIES, Severity.INFO)
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
    with pytest.raises(UsageError, match="did you mean snapshot-old"):
        validate({"snapshots-old": Severity.INFO})
    with pytest.raises(UsageError, match="stays an error"):
        validate({"rows-lost": Severity.WARNING})
    validate({"rows-lost": Severity.ERROR, "snapshot-old": Severity.ERROR})


def test_at_most_three_examples_are_kept() -> None:
    assert found("rows-lost", "4 rows.", "", examples=("a", "b", "c", "d")).examples == ("a", "b", "c")

"""Every default stands once in the code; where a text for people names one, it names that one."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest

from practice_guard import etl
from practice_guard.core import findings
from practice_guard.core.application import SCHEMA
from practice_guard.core.checks.before.obstacles import NEARLY_USED
from practice_guard.core.database import LOCK_TIMEOUT, STATEMENT_TIMEOUT
from practice_guard.core.guarding import MAX_AGE
from practice_guard.core.identity import ROSTER_AT_LEAST, ROSTER_PERCENT
from practice_guard.core.model import BULK_PERCENT, BULK_ROWS, KEEP_LAST, MIN_RATE, SLOW_PERCENT, SLOW_SECONDS
from practice_guard.core.running import NIGHTS_BEFORE
from practice_guard.settings import Settings

ROOT = Path(__file__).parents[3]
HOURS = MAX_AGE / timedelta(hours=1)
EXAMPLE = (ROOT / ".env.example").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")
TOLD = [
    (etl.cleanup_enhanced_backup_tables.__doc__, r"the newest (\S+) stay", KEEP_LAST),
    (etl.validate_team_id_preservation_post_etl.__doc__, r"at least (\S+) %", MIN_RATE),
    (README, r"the snapshots removed; the newest (\S+) stay", KEEP_LAST),
    (README, r"at least (\S+) % of them on one team", ROSTER_PERCENT),
    (findings.page("snapshot-old").text, r"allowed are (\S+) hours", HOURS),
    (findings.page("rosters-moved").text, r"at least (\S+) players", ROSTER_AT_LEAST),
    (findings.page("rosters-moved").text, r"players of a team, and (\S+) %", ROSTER_PERCENT),
    (findings.page("ids-not-preserved").text, r"`--min-rate`, (\S+) %", MIN_RATE),
    (findings.page("ids-running-out").text, r"more than (\S+) % used", NEARLY_USED),
    (EXAMPLE, r"PRACTICE_GUARD_SCHEMA=(\S+)", SCHEMA),
    (EXAMPLE, r"PRACTICE_GUARD_LOCK_TIMEOUT=(\S+)", LOCK_TIMEOUT),
    (EXAMPLE, r"PRACTICE_GUARD_STATEMENT_TIMEOUT=(\S+)", STATEMENT_TIMEOUT),
    (EXAMPLE, r"PRACTICE_GUARD_MAX_SNAPSHOT_AGE_HOURS=(\S+)", HOURS),
    (EXAMPLE, r"PRACTICE_GUARD_BULK_ROWS=(\S+)", BULK_ROWS),
    (EXAMPLE, r"PRACTICE_GUARD_BULK_PERCENT=(\S+)", BULK_PERCENT),
    (findings.page("deleted-in-bulk").text, r"more than (\S+), more than", BULK_ROWS),
    (findings.page("moved-in-bulk").text, r"and more than (\S+) %", BULK_PERCENT),
    (EXAMPLE, r"PRACTICE_GUARD_SLOW_SECONDS=(\S+)", SLOW_SECONDS),
    (EXAMPLE, r"PRACTICE_GUARD_SLOW_PERCENT=(\S+)", SLOW_PERCENT),
    (findings.page("guard-slow").text, r"more than (\S+) % and", SLOW_PERCENT),
    (findings.page("guard-slow").text, r"more than (\S+) seconds", SLOW_SECONDS),
    (findings.page("guard-slow").text, r"\(up to (\S+), at least", NIGHTS_BEFORE),
    (README, r"more than (\S+) s and more than \S+ %", SLOW_SECONDS),
    (README, r"more than \S+ s and more than (\S+) %", SLOW_PERCENT),
    (EXAMPLE, r"PRACTICE_GUARD_ROSTER_AT_LEAST=(\S+)", ROSTER_AT_LEAST),
    (EXAMPLE, r"PRACTICE_GUARD_ROSTER_PERCENT=(\S+)", ROSTER_PERCENT),
]


@pytest.mark.parametrize(("text", "pattern", "value"), [pytest.param(*each, id=each[1]) for each in TOLD])
def test_a_text_names_the_default_that_there_is(text: str | None, pattern: str, value: float | str) -> None:
    (said,) = re.findall(pattern, text or "")
    assert said == (value if isinstance(value, str) else f"{value:g}")


def test_settings_that_say_nothing_are_the_cores_own() -> None:
    settings = Settings(_env_file=None)
    assert settings.database_schema == SCHEMA
    assert (settings.lock_timeout, settings.statement_timeout) == (LOCK_TIMEOUT, STATEMENT_TIMEOUT)
    assert timedelta(hours=settings.max_snapshot_age_hours) == MAX_AGE
    assert (settings.bulk_rows, settings.bulk_percent) == (BULK_ROWS, BULK_PERCENT)
    assert (settings.slow_seconds, settings.slow_percent) == (SLOW_SECONDS, SLOW_PERCENT)
    assert (settings.roster_at_least, settings.roster_percent) == (ROSTER_AT_LEAST, ROSTER_PERCENT)

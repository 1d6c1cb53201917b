"""How much each finding weighs: one table for all commands, and what the settings may change of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType

from practice_guard.core import errors
from practice_guard.core.model import Finding, Severity
from practice_guard.core.steps import Advice
from practice_guard.core.words import near

_ERRORS = (
    # the database before the ETL
    "wrong-environment", "copied-database", "read-only-server", "backup-privileges", "restore-privileges",
    "row-security", "upsert-key-missing", "upsert-key-nulls", "upsert-key-duplicates", "foreign-key-cascades",
    "writes-swallowed", "rows-without-team", "rows-on-vanished-team", "rows-on-vanished-league",
    "label-names-another-team",
    # snapshots and restores
    "snapshot-damaged", "import-not-restored", "nothing-left", "nothing-to-protect", "run-unfinished", "etl-at-work",
    "deleted-in-bulk", "moved-in-bulk", "edited-in-bulk", "import-not-seen", "rows-already-orphaned",
    # after the ETL
    "nothing-to-compare", "ids-not-preserved", "rows-lost", "rows-orphaned", "rows-on-wrong-team",
    "rows-duplicated", "table-grown",
)  # fmt: skip

_WARNINGS = (
    # a run
    "etl-outcome-unknown", "retention-failed", "guard-slow",
    "pooler-in-the-way", "name-key-missing", "name-key-nulls", "name-key-duplicates", "foreign-key-missing",
    "foreign-key-not-valid", "foreign-key-disabled", "foreign-key-sets-null", "replication-role", "unprotected-table",
    "user-triggers", "rows-without-league", "long-transactions", "locks-in-the-way", "ids-running-out",
    "snapshots-large", "no-snapshot", "snapshot-old", "rows-pending", "rows-refused", "rows-not-taken-back",
    "league-vanished", "series-vanished", "club-renamed", "ids-reused", "league-disagrees", "decision-not-followed",
    "rosters-moved", "reference-unresolved", "snapshot-passed-over", "set-gone", "columns-changed",
    "rows-on-vanished-parent", "rows-older-than-team", "rows-absent", "rows-moved", "additions-unknown", "set-left-out",
    "outside-ids-renumbered", "names-not-unique",
    # a rehearsal
    "original-written",
)  # fmt: skip

_INFORMATION = ("set-skipped", "run-in-progress", "rows-added", "rows-deleted", "rows-edited")

SEVERITIES: Mapping[str, Severity] = MappingProxyType(
    {
        **dict.fromkeys(_ERRORS, Severity.ERROR),
        **dict.fromkeys(_WARNINGS, Severity.WARNING),
        **dict.fromkeys(_INFORMATION, Severity.INFO),
    }
)
"""Every code that any command can emit, with its weight when no setting says otherwise.

Before an ETL an error is only what the ETL would make worse, or what would keep the guard from mending it.
"""

FIRM = frozenset(
    {
        "rows-lost", "rows-orphaned", "rows-on-wrong-team", "rows-on-vanished-team", "label-names-another-team",
        "import-not-restored", "nothing-left", "deleted-in-bulk", "moved-in-bulk", "edited-in-bulk",
    }
)  # fmt: skip
"""What says that rows were lost or are on a wrong team: no setting makes it weigh less."""

Overrides = Mapping[str, Severity]
"""Code → the severity that the settings ask for."""

NOTHING: Overrides = MappingProxyType({})
"""No setting asks for anything."""


def found(
    code: str,
    what: str,
    why: str,
    fix: Advice | tuple[Advice, ...] = "",
    *,
    rows: int = 0,
    examples: Iterable[str] = (),
) -> Finding:
    """Make a finding with the severity that the table gives its code, and at most three examples."""
    return Finding(code, SEVERITIES[code], what, why, fix, rows, tuple(examples)[:3])


def unseen(code: str, what: str, why: str, fix: Advice = "") -> Finding:
    """Make the finding that a check could not look: as severe as what it looks for, and at least a warning."""
    severity = max(SEVERITIES[code], Severity.WARNING, key=lambda each: each.weight)
    return Finding(code, severity, what, why, fix)


def worst_first(findings: Iterable[Finding]) -> list[Finding]:
    """Order findings by their severity, and leave the order of those alone that weigh the same."""
    return sorted(findings, key=lambda each: -each.severity.weight)


def weigh(finding: Finding, overrides: Overrides, *, firm: bool = False) -> Finding:
    """Give a finding the severity that the settings ask for.

    Args:
        finding: what a check found.
        overrides: what the settings ask for.
        firm: it may only be raised, as those in `FIRM` always are.
    """
    wanted = overrides.get(finding.code, finding.severity)
    if wanted.weight < finding.severity.weight and (firm or finding.code in FIRM):
        return finding
    return replace(finding, severity=wanted)


def validate(overrides: Overrides) -> None:
    """Refuse settings about findings that do not exist or may not be lowered.

    Raises:
        errors.UsageError: names the code, and the nearest one there is.
    """
    for code, wanted in overrides.items():
        if code not in SEVERITIES:
            raise errors.UsageError(f"There is no finding {code!r}{near(code, SEVERITIES)}.")
        if code in FIRM and wanted is not SEVERITIES[code]:
            raise errors.UsageError(f"{code} says that rows were lost or are on a wrong team; it stays an error.")

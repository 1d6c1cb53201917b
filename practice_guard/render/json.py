"""An outcome as one JSON document on standard output, in plain writes and never through Rich (contract, "JSON")."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import asdict

from practice_guard.core.errors import GuardError
from practice_guard.core.model import Finding
from practice_guard.render.outcome import Heading, Outcome

SCHEMA_VERSION = 1


def show(heading: Heading, outcome: Outcome, status: int) -> None:
    """Write an outcome."""
    _write(
        {
            **_envelope(heading, status),
            "verdict": outcome.sentence,
            "findings": [_finding(heading, finding) for finding in outcome.findings],
            "next_steps": heading.lines(outcome.next_steps),
            "result": outcome.result,
        }
    )


def show_error(heading: Heading, error: BaseException, status: int) -> None:
    """Write an error in the same envelope, with `result` null."""
    steps = error.next_steps if isinstance(error, GuardError) else ()
    _write(
        {
            **_envelope(heading, status),
            "verdict": str(error) or type(error).__name__,
            "findings": [],
            "next_steps": heading.lines(steps),
            "result": None,
        }
    )


def _finding(heading: Heading, finding: Finding) -> dict[str, object]:
    return {**asdict(finding), "fix": "\n".join(heading.lines(finding.fix))}


def _envelope(heading: Heading, status: int) -> dict[str, object]:
    return {
        "schema_version": SCHEMA_VERSION,
        "command": heading.command,
        "environment": heading.environment,
        "database": heading.database,
        "ok": status == 0,
        "exit_code": status,
    }


def _write(document: Mapping[str, object]) -> None:
    sys.stdout.write(json.dumps(document, indent=2, default=str) + "\n")
    sys.stdout.flush()

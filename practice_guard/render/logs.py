"""An outcome as log lines for Railway: one JSON object a line on standard output, with `message` and `level`.

Railway parses such lines and makes the other keys searchable; it shows standard error as errors and drops what goes
over 500 lines a second, so lines are few (source: Railway, "Logs").
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping

from practice_guard.core.errors import GuardError
from practice_guard.core.model import Severity, Verdict
from practice_guard.core.words import counted
from practice_guard.render.outcome import Heading, Outcome, safe

_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warn", Severity.INFO: "info"}
_MOST = 40


def show(heading: Heading, outcome: Outcome, status: int) -> None:
    """Write a line for each finding and next step, and last the verdict with the figures of the result."""
    for finding in outcome.findings[:_MOST]:
        message = " ".join(part for part in (finding.what, finding.why) if part)
        fields = {"code": finding.code, "rows": finding.rows, "fix": "\n".join(heading.lines(finding.fix))}
        say(heading, message, _LEVELS[finding.severity], **fields)
    if len(outcome.findings) > _MOST:
        more = counted(len(outcome.findings) - _MOST, "more finding")
        say(heading, f"… and {more}; --json lists them all.")
    for step in heading.lines(outcome.next_steps):
        say(heading, f"next: {step}")
    figures = {name: value for name, value in outcome.result.items() if isinstance(value, (str, int, float))}
    level = "info" if status == 0 else "error"
    if outcome.verdict is Verdict.WAITING and not outcome.failed:
        level = "warn"
    say(heading, outcome.sentence, level, **{**figures, "exit_code": status})


def show_error(heading: Heading, error: BaseException, status: int) -> None:
    """Write what to do, and last what went wrong."""
    for step in heading.lines(error.next_steps if isinstance(error, GuardError) else ()):
        say(heading, f"next: {step}")
    say(heading, str(error) or type(error).__name__, "error", exit_code=status)


def say(heading: Heading, message: str, level: str = "info", **fields: object) -> None:
    """Write one line."""
    line: Mapping[str, object] = {
        "message": safe(message).replace("\n", " "),
        "level": level,
        "command": heading.command,
        "environment": heading.environment,
        **fields,
    }
    sys.stdout.write(json.dumps(line, default=str) + "\n")
    sys.stdout.flush()

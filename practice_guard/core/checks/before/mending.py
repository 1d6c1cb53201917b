"""Statements for a person to copy, each with what must be filled in already filled in."""

from __future__ import annotations

from practice_guard.core.checks.before.scene import shown
from practice_guard.core.database import statement


def mending(name: str, /, **parts: str) -> str:
    """Return a statement of `mending.sql` for a person to copy, without its description."""
    lines = statement(__name__, name, **parts).splitlines()
    return shown("\n".join(line for place, line in enumerate(lines) if place or not line.startswith("--")))

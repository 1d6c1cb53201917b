"""The settings file in which users declare what else is protected: where it is, and its text."""

from __future__ import annotations

import os
from pathlib import Path

from practice_guard.core.application import Declared, declared
from practice_guard.core.errors import UsageError
from practice_guard.settings import Settings

USUAL = Path("practice_guard.toml")
"""Where the file is looked for when PRACTICE_GUARD_CONFIG says nothing."""


def load(settings: Settings) -> Declared:
    """Read the file that PRACTICE_GUARD_CONFIG names, else the usual one; nothing is declared where there is none.

    Raises:
        UsageError: the named file is not there, or one cannot be read or understood.
    """
    path = settings.config or USUAL
    if settings.config is None and not os.path.lexists(path):
        return Declared()
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        named = "PRACTICE_GUARD_CONFIG names" if settings.config else "There is"
        raise UsageError(f"{named} {path}, which cannot be read: {reason}. Nothing was done.") from None
    return declared.parse(text, str(path))

"""An ETL's own way of logging, whatever it is: `logging`, any object like it, or a `log(message, level)` of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from practice_guard.core.errors import UsageError
from practice_guard.core.model import Severity
from practice_guard.render.outcome import safe

Voice = Callable[[Severity, str], None]
"""Says one line with its weight."""

_METHODS = {Severity.INFO: "info", Severity.WARNING: "warning", Severity.ERROR: "error"}


def voice(logger: Any) -> Voice:
    """Return the way to log through `logger`.

    Args:
        logger: a `logging.Logger`; any object with `info`, `warning` and `error`; an object with `log(message, level)`,
            which gets the levels INFO, WARNING and ERROR; or None, which is silent.

    Raises:
        UsageError: it is none of these.
    """
    if logger is None:
        return lambda _severity, _message: None
    methods = {severity: getattr(logger, name, None) for severity, name in _METHODS.items()}
    # First these: a logging.Logger has a log too, with the level first.
    if all(callable(method) for method in methods.values()):
        return lambda severity, message: methods[severity](safe(message))  # type: ignore[misc]  # callable, see above
    log = getattr(logger, "log", None)
    if callable(log):
        return lambda severity, message: log(safe(message), _METHODS[severity].upper())
    raise UsageError(f"A logger has info, warning and error, or log(message, level); {type(logger).__name__} has not.")

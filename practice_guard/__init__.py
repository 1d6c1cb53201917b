"""practice-guard: keeps what users own on its right team when an ETL recreates every team."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from practice_guard.etl import HealthError, protect

__all__ = ["HealthError", "__version__", "protect"]

__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    """Import what an ETL uses when it is first asked for, so that the package itself stays light."""
    if name in ("HealthError", "protect"):
        from practice_guard import etl  # noqa: PLC0415

        return getattr(etl, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

"""What holds of every plan: the properties, of whatever pairs (see `pair`)."""

from __future__ import annotations

from tests.oracle.properties import *  # noqa: F403

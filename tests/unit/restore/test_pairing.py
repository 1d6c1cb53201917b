"""Which live row is which row of the snapshot: the examples, of whatever pairs (see `pair`)."""

from __future__ import annotations

from tests.oracle.examples import *  # noqa: F403

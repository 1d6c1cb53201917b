"""What pairs: examples and properties hold of the judge, with which the program's statements must agree."""

from __future__ import annotations

import pytest

from tests.oracle import pairing
from tests.oracle.rules import Pair


@pytest.fixture(scope="module")
def pair() -> Pair:
    """The judge's."""
    return pairing.plan

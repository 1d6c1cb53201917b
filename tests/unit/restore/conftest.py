"""What pairs: the examples and properties of pairing hold of the judge and of the program."""

from __future__ import annotations

from typing import cast

import pytest

from practice_guard.core.restore import pairing as programs
from tests.oracle import pairing
from tests.oracle.pairing import Pair


@pytest.fixture(scope="module", params=["judge", "program"])
def pair(request: pytest.FixtureRequest) -> Pair:
    """The program's rows are other classes of the same shape."""
    return pairing.plan if request.param == "judge" else cast("Pair", programs.plan)

"""The shop whose tables are in several schemas."""

from __future__ import annotations

import pytest

from tests.world.builders import ScratchDatabase
from tests.world.market import Market


@pytest.fixture
def market(database: ScratchDatabase) -> Market:
    """With customers, before any night."""
    market = Market(database)
    market.opens()
    return market

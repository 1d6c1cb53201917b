"""A shop's products, with uuids and texts for ids, put back along with what hangs on them."""

from __future__ import annotations

import pytest

from practice_guard.core import errors
from tests.world.bookshop import Bookshop
from tests.world.builders import League, ScratchDatabase
from tests.world.rolling_back import Season


@pytest.mark.parametrize("recycling", [False, True], ids=["new ids", "recycled ids"])
def test_products_and_all_that_hangs_on_them_are_as_they_were(database: ScratchDatabase, recycling: bool) -> None:
    shop = Bookshop(database)
    season = Season(database, shop.opens(), League(database), [])
    season.is_kept_in_full()
    before = season.rows
    shop.imports(recycling=recycling, keyed=False)
    season.goes_back()
    assert season.rows == before


def test_a_cart_of_a_book_that_came_since_is_not_taken_along(database: ScratchDatabase) -> None:
    shop = Bookshop(database)
    season = Season(database, shop.opens(), League(database), [])
    season.is_kept_in_full()
    shop.books["Book 77"] = "Press 7"
    shop.imports(keyed=False)
    season.guard.restores()
    season.runs("INSERT INTO carts (customer, book_id) SELECT 'customer 7', id FROM books WHERE title = 'Book 77'")
    before = season.rows
    with pytest.raises(errors.RestoreError, match="1 row that users wrote since points at what"):
        season.goes_back()
    assert season.rows == before

"""What is in other schemas than the application's, kept and brought back over imports."""

from __future__ import annotations

import pytest

from practice_guard.core import errors
from practice_guard.core.model import Verdict
from practice_guard.core.upkeep import Rule, cleanup
from tests.world.guarding import Guard
from tests.world.market import PLACES, Market, has_path, settings
from tests.world.shop import guard_of


@pytest.fixture
def guard(market: Market) -> Guard:
    return guard_of(market.database, settings())


def test_sets_and_parents_are_found_where_the_settings_say(guard: Guard) -> None:
    app = guard.reads(lambda connection: guard.at(connection).look())
    assert {each.name: each.table.qualified for each in app.sets} == {
        "carts": "sales.carts",
        "reviews": "sales.reviews",
        "answers": "sales.answers",
        "order_notes": "public.order_notes",
        "wishes": "public.wishes",
    }
    assert [each.table.qualified for each in app.followed] == [
        "public.categories", "catalog.products", "catalog.variants",
    ]  # fmt: skip
    assert app.catalog.tables["sales.carts"].quoted == '"sales"."carts"'


@pytest.mark.parametrize("recycling", [False, True], ids=["new ids", "recycled ids"])
def test_every_row_is_as_before_after_an_import(guard: Guard, market: Market, recycling: bool) -> None:
    before = market.whose()
    guard.has_backed_up()
    assert guard.judges_health().verdict is Verdict.FINE

    market.imports(recycling=recycling)
    assert market.whose() != before, "the import must do harm"
    assert guard.judges_health().verdict is Verdict.REFUSED

    shown = guard.plans()
    applied = guard.restores()
    assert applied.plan.digest == shown.digest, "a dry run shows what a restore does"
    assert market.whose() == before
    assert guard.judges_health().verdict is Verdict.FINE
    assert "ids-not-preserved" in {each.code for each in guard.checks_preservation().findings}
    assert guard.plans().writes() == 0

    guard.takes_back(applied.ledger)
    guard.restores()
    assert market.whose() == before
    guard.later(days=1).has_backed_up()
    market.imports(recycling=recycling)
    guard.later(days=1).restores()
    assert market.whose() == before


def test_rows_of_a_restore_go_from_the_ledger_with_the_snapshots_before_it(guard: Guard, market: Market) -> None:
    for night in range(3):
        guard.later(days=night).has_backed_up()
        market.imports()
        guard.later(days=night + 0.04).restores()
    rule = Rule(keep_last=1)
    a_month_later = guard.later(days=30)
    guard.with_connection(lambda found: cleanup.apply(a_month_later.at(found), rule, overrule=True))
    left = market.database.rows("SELECT DISTINCT ledger FROM practice_guard.ledger_rows WHERE set_name = 'carts'")
    assert left == [(3,)]


def test_what_a_customer_deletes_stays_deleted(guard: Guard, market: Market) -> None:
    guard.has_backed_up()
    market.database.rows("DELETE FROM sales.carts WHERE id = 1")
    before = market.whose()
    guard.restores()
    assert market.whose() == before


def test_a_snapshot_goes_back_into_no_table_of_the_same_name(guard: Guard, market: Market) -> None:
    guard.has_backed_up()
    market.database.rows("CREATE TABLE public.carts (LIKE sales.carts INCLUDING ALL)")
    other = guard_of(market.database, settings().replace('"sales.carts"', '"carts"'))
    with pytest.raises(errors.SchemaError, match=r"sales\.carts is gone, or is not the table of carts any more"):
        other.plans()
    assert market.database.rows("SELECT count(*) FROM public.carts") == [(0,)]


def test_a_table_of_the_same_name_is_left_alone(guard: Guard, market: Market) -> None:
    database = market.database
    database.rows("CREATE TABLE public.carts (LIKE sales.carts INCLUDING DEFAULTS)")
    database.rows("INSERT INTO public.carts SELECT id, 'of ' || customer, variant_id, pieces FROM sales.carts")
    theirs, ours = "SELECT * FROM public.carts ORDER BY id", "SELECT customer, pieces FROM sales.carts ORDER BY 1, 2"
    before, kept = database.rows(theirs), database.rows(ours)
    guard.has_backed_up()
    market.imports(recycling=True)
    database.rows("DELETE FROM sales.carts")
    guard.restores()
    assert (database.rows(theirs), database.rows(ours)) == (before, kept)


def test_both_tables_of_a_name_may_be_protected(market: Market) -> None:
    database = market.database
    database.rows("CREATE TABLE public.carts (id serial PRIMARY KEY, product_id int NOT NULL, buyer text)")
    database.rows("INSERT INTO public.carts (product_id, buyer) SELECT id, 'buyer of ' || sku FROM products")
    more = '[[protected]]\nname = "old_carts"\ntable = "public.carts"\npoints_at = { product_id = "products" }\n'
    guard = guard_of(database, f"{settings()}\n{more}")
    read = "SELECT c.buyer, p.sku FROM public.carts c LEFT JOIN products p ON p.id = c.product_id ORDER BY 1"
    new = (
        "SELECT c.customer, v.size, p.sku FROM sales.carts c JOIN variants v ON v.id = c.variant_id"
        " JOIN products p ON p.id = v.product_id ORDER BY 1, 2, 3"
    )
    before, others = database.rows(read), database.rows(new)
    guard.has_backed_up()
    market.imports(recycling=True)
    assert database.rows(read) != before
    guard.restores()
    assert (database.rows(read), database.rows(new)) == (before, others)


def test_a_table_whose_own_name_has_a_dot_goes_before(market: Market) -> None:
    market.database.rows('CREATE TABLE public."sales.carts" (LIKE sales.carts INCLUDING ALL)')
    guard = guard_of(market.database, settings())
    app = guard.reads(lambda connection: guard.at(connection).look())
    found = app.catalog.tables["sales.carts"]
    assert (found.schema, found.relation, found.quoted) == ("public", "sales.carts", '"public"."sales.carts"')


def test_a_search_path_may_lead_to_what_the_settings_name(guard: Guard, market: Market) -> None:
    market.database.rows("CREATE TABLE public.carts (LIKE sales.carts INCLUDING ALL)")
    has_path(market.database, *PLACES, "public")
    before = market.whose()
    guard.has_backed_up()
    market.imports(recycling=True)
    guard.restores()
    assert market.whose() == before


def test_a_search_path_that_hides_a_protected_table_is_refused(market: Market) -> None:
    market.database.rows("CREATE TABLE public.carts (LIKE sales.carts INCLUDING ALL)")
    more = '[[protected]]\nname = "old_carts"\ntable = "carts"\nparent = "variants"\nparent_column = "variant_id"\n'
    both = guard_of(market.database, f"{settings()}\n{more}")
    both.has_backed_up()
    has_path(market.database, *PLACES, "public")
    with pytest.raises(errors.SchemaError, match=r"sales\.carts stands before public\.carts"):
        both.has_backed_up()


def test_a_snapshot_is_the_guards_whose_schema_it_was_kept_for(guard: Guard, market: Market) -> None:
    taken = guard.has_backed_up()
    of = "SELECT DISTINCT definition ->> 'schema' FROM practice_guard.snapshot_sets WHERE name IN ('carts', 'answers')"
    assert market.database.rows(of) == [("public",)]
    assert guard.finds().id == taken.id
    market.database.rows('UPDATE practice_guard.snapshot_sets SET definition = definition || \'{"schema": "other"}\'')
    with pytest.raises(errors.GuardError):
        guard.finds()

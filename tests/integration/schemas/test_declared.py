"""What settings name in other schemas is held against the database before it is used."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from practice_guard.core.application import check_declared, declared
from practice_guard.core.errors import AccessError, UsageError
from tests.conftest import Cluster
from tests.world.builders import ScratchDatabase
from tests.world.guarding import Guard
from tests.world.market import Market, settings
from tests.world.roles import a_role
from tests.world.shop import SETTINGS

Holds = Callable[[str], declared.Declared]


@pytest.fixture
def holds(market: Market) -> Holds:
    return lambda text: held(market.database, text)


def held(database: ScratchDatabase, text: str) -> declared.Declared:
    said = declared.parse(text, "practice_guard.toml")
    Guard(database).with_connection(lambda connection: check_declared(connection, said))
    return said


def test_what_is_there_is_accepted(holds: Holds) -> None:
    said = holds(settings())
    assert {each.table for each in said.sets} == {
        "sales.carts", "sales.reviews", "sales.answers", "order_notes", "wishes",
    }  # fmt: skip


def test_a_table_of_the_application_may_be_written_with_its_schema(holds: Holds) -> None:
    text = settings().replace('table = "wishes"', 'table = "public.wishes"')
    assert holds(text.replace('table = "categories"', 'table = "public.categories"')) == holds(settings())


def test_one_table_is_no_parent_twice_however_it_is_written(holds: Holds) -> None:
    more = '[[parent]]\nname = "shelves"\ntable = "public.categories"\nsame = ["path"]\n'
    with pytest.raises(UsageError, match="the table categories is the parent categories already"):
        holds(settings() + more)


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("sales.carts", "sales.cart", r"there is no table sales\.cart \(the nearest name there is sales\.carts\)"),
        ("sales.carts", "sale.carts", r"there is no schema sale.* \(the nearest name there is sales\)"),
        ("catalog.products", "catalog.product", r"no table catalog\.product \(the nearest .* catalog\.products\)"),
        ("sales.carts", "practice_guard.carts", "the schema practice_guard is the guard's own"),
        ("sales.carts", "pg_catalog.pg_class", "the schema pg_catalog is PostgreSQL's own"),
    ],
)
def test_what_is_not_there_is_refused_with_the_nearest_name(holds: Holds, right: str, wrong: str, said: str) -> None:
    text = settings()
    line = text[: text.index(f'"{right}"')].count("\n") + 1
    with pytest.raises(UsageError, match=rf"practice_guard\.toml, line {line}: .*{said}"):
        holds(text.replace(f'"{right}"', f'"{wrong}"'))


def test_a_column_that_is_not_there_is_refused_by_the_tables_own_name(holds: Holds) -> None:
    text = settings().replace('same = ["customer", "pieces"]', 'same = ["customers", "pieces"]')
    with pytest.raises(UsageError, match=r"the table sales\.carts has no column customers .*nearest.* customer\)"):
        holds(text)


def test_a_view_is_no_table(holds: Holds, market: Market) -> None:
    market.database.rows("CREATE VIEW sales.full_carts AS SELECT * FROM sales.carts")
    with pytest.raises(UsageError, match=r"sales\.full_carts is a view, not a table"):
        holds(settings().replace('"sales.carts"', '"sales.full_carts"'))


def test_a_parent_that_a_key_of_another_schema_leads_to_is_asked_for(holds: Holds) -> None:
    text = settings().replace('product_id = "products"\n\n[[protected]]', "\n[[protected]]")
    with pytest.raises(UsageError, match=r'sales\.|catalog\.variants\.product_id .*write product_id = "products"'):
        holds(text)


@pytest.mark.parametrize(
    ("lacking", "granted", "said"),
    [
        ("USAGE ON SCHEMA sales", "GRANT USAGE ON SCHEMA sales TO", "USAGE on SCHEMA sales"),
        ("SELECT ON sales.carts", "GRANT SELECT ON sales.carts TO", "SELECT on sales.carts"),
    ],
)
def test_rights_that_are_missing_are_named_with_what_grants_them(
    market: Market, cluster: Cluster, lacking: str, granted: str, said: str
) -> None:
    with a_role(cluster) as role:
        database = market.database
        for schema in ("public", "sales", "catalog"):
            database.rows(f"GRANT USAGE ON SCHEMA {schema} TO {role}")
            database.rows(f"GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO {role}")
        seen = ScratchDatabase(database.url_of(f"{role}:secret"), database.name)
        held(seen, settings())
        database.rows(f"REVOKE {lacking} FROM {role}")
        with pytest.raises(AccessError) as caught:
            held(seen, settings())
        assert said in caught.value.message
        assert any(str(step).startswith(granted) for step in caught.value.next_steps), caught.value.next_steps
        database.rows(f"DROP OWNED BY {role}")


def test_the_shop_of_one_schema_is_as_it_was(database: ScratchDatabase) -> None:
    Market(database).opens()
    with pytest.raises(UsageError, match=r"The table public\.products does not exist"):
        held(database, SETTINGS)

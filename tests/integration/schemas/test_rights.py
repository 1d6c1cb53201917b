"""What a role needs for protected rows in other schemas, and what is said where it lacks some of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from practice_guard.core.application import declared
from practice_guard.core.checks import safety
from practice_guard.core.errors import AccessError
from tests.conftest import Cluster
from tests.world.builders import ScratchDatabase
from tests.world.guarding import Guard
from tests.world.market import PLACES, Market, settings
from tests.world.roles import a_role, lock_right

OWNED = "sales.carts, sales.reviews, sales.answers, public.order_notes, public.wishes"
PARENTS = "public.categories, catalog.products, catalog.variants"


@pytest.fixture
def role(market: Market, cluster: Cluster) -> Iterator[str]:
    """A role that may do what a guard of the market does, and nothing else."""
    with a_role(cluster) as name:
        database = market.database
        grants = [
            f"CREATE SCHEMA practice_guard AUTHORIZATION {name}",
            f"GRANT USAGE ON SCHEMA public, {', '.join(PLACES)} TO {name}",
            f"GRANT SELECT, {lock_right(database)} ON {PARENTS} TO {name}",
            f"GRANT SELECT, INSERT, UPDATE ON {OWNED} TO {name}",
            f"GRANT SELECT, UPDATE ON ALL SEQUENCES IN SCHEMA public, {', '.join(PLACES)} TO {name}",
        ]
        for grant in grants:
            database.rows(grant)
        yield name
        database.rows(f"DROP OWNED BY {name} CASCADE")


@pytest.fixture
def guard(market: Market, role: str) -> Guard:
    said = declared.parse(settings(), "practice_guard.toml")
    seen = ScratchDatabase(market.database.url_of(f"{role}:secret"), market.database.name)
    return Guard(seen, said.everything, parents=said.every_parent)


def test_a_role_with_these_rights_does_all_of_it(guard: Guard, market: Market) -> None:
    before = market.whose()
    guard.has_backed_up()
    market.imports(recycling=True)
    guard.restores()
    assert market.whose() == before


@pytest.mark.parametrize(
    ("lacking", "said"),
    [
        ("USAGE ON SCHEMA sales", "USAGE on SCHEMA sales"),
        ("INSERT ON sales.carts", "INSERT on sales.carts"),
        ("UPDATE ON SEQUENCE sales.carts_id_seq", "UPDATE on SEQUENCE sales.carts_id_seq"),
        ("SELECT ON catalog.products", "SELECT on catalog.products"),
    ],
)
def test_the_right_that_is_missing_is_named_with_its_grant(
    guard: Guard, market: Market, role: str, lacking: str, said: str
) -> None:
    guard.has_backed_up()
    market.imports(recycling=True)
    market.database.rows("DELETE FROM sales.carts")
    damaged = market.whose()
    market.database.rows(f"REVOKE {lacking} FROM {role}")
    found = guard.reads(lambda connection: safety.examine(guard.at(connection)))
    missing = [each for each in found.findings if each.code in ("backup-privileges", "restore-privileges")]
    assert any(said in each.what for each in missing), found.findings
    assert any(f"GRANT {lacking} TO {role};" in str(each.fix) for each in missing), missing
    with pytest.raises(AccessError):
        guard.restores()
    assert market.whose() == damaged


def test_a_table_that_nobody_protects_and_this_role_may_not_read_is_named_with_all_it_takes(
    guard: Guard, market: Market, role: str
) -> None:
    guard.has_backed_up()
    market.database.rows("CREATE SCHEMA stock")
    market.database.rows(
        "CREATE TABLE stock.shelves (id serial PRIMARY KEY, product_id int REFERENCES catalog.products)"
    )
    found = guard.reads(lambda connection: safety.examine(guard.at(connection)))
    (shelves,) = [each for each in found.findings if each.code == "unprotected-table"]
    assert str(shelves.fix).splitlines() == [
        f"GRANT USAGE ON SCHEMA stock TO {role};",
        f"GRANT SELECT ON stock.shelves TO {role};",
    ]

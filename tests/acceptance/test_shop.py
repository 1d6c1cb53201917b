"""An application that is no league: a shop whose products are imported anew each night, guarded by settings alone."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from tests.world.builders import ScratchDatabase
from tests.world.program import Guard
from tests.world.shop import SETTINGS, Owned, Shop


@pytest.fixture
def shop(database: ScratchDatabase, tmp_path: Path) -> Shop:
    """A shop with customers; its settings are where the program is run."""
    (tmp_path / "practice_guard.toml").write_text(SETTINGS)
    shop = Shop(database)
    shop.opens()
    return shop


@pytest.mark.parametrize("recycling", [False, True], ids=["new ids", "recycled ids"])
def test_a_night_step_by_step(shop: Shop, guard: Guard, recycling: bool) -> None:
    before = shop.whose()
    rows = sum(sum(each.values()) for each in before.values())
    safe = guard("validate-safety", "--json")
    assert (safe.status, safe.json["result"]["safe"]) == (0, True), safe
    backup = guard("backup", "--json")
    assert (backup.status, backup.json["result"]["rows"]) == (0, rows), backup

    shop.imports(recycling=recycling)
    assert shop.whose() != before

    assert guard("health").status == 3
    preserved = guard("check-preservation", "--json")
    assert preserved.status == 3, preserved
    planned = guard("restore", "--dry-run", "--json")
    assert planned.status == 0, planned
    assert planned.json["result"]["rows"]["total"] == rows
    assert planned.json["result"]["rows"]["pending"] == 0
    assert shop.whose() != before, "a dry run writes nothing"
    restored = guard("restore", "--yes", "--json")
    assert restored.status == 0, restored
    assert shop.whose() == before
    assert guard("health").status == 0
    assert guard("restore", "--yes", "--json").json["result"]["rows"]["intact"] == rows
    assert guard("cleanup", "--yes").status == 0


@pytest.mark.parametrize("recycling", [False, True], ids=["new ids", "recycled ids"])
def test_a_night_in_one_process(shop: Shop, guard: Guard, tmp_path: Path, recycling: bool) -> None:
    before = shop.whose()
    for _ in range(2):
        outcome = guard("run", "--json", "--", *shop.program(tmp_path, recycling=recycling))
        assert outcome.status == 0, outcome
        assert shop.whose() == before


def test_a_night_on_which_nothing_changes_is_no_import(shop: Shop, guard: Guard) -> None:
    assert guard("backup").status == 0
    assert guard("check-preservation").status == 0
    health = guard("health")
    assert health.status == 0, health
    assert guard("backup").status == 0


def test_a_backup_after_an_import_that_nobody_restored_is_refused(shop: Shop, guard: Guard) -> None:
    assert guard("backup").status == 0
    shop.imports(recycling=True)
    assert guard("backup").status == 3
    assert guard("restore", "--yes").status == 0
    assert guard("backup").status == 0


def test_what_hangs_on_a_product_that_the_feed_left_out_waits_for_it(shop: Shop, guard: Guard) -> None:
    before = shop.whose()
    assert guard("backup").status == 0
    path = shop.feed.pop("SKU-007")
    shop.imports()
    assert guard("restore", "--yes").status == 4
    now = without("SKU-007", shop.whose())
    assert all(rows <= now[name] for name, rows in without("SKU-007", before).items()), "the rest is in place"
    assert guard("backup").status == 0
    shop.feed["SKU-007"] = path
    shop.imports(recycling=True)
    assert guard("restore", "--yes").status == 0
    assert shop.whose() == before


def test_what_a_product_is_called_now_is_a_line_to_uncomment(shop: Shop, guard: Guard, tmp_path: Path) -> None:
    before = shop.whose()
    assert guard("backup").status == 0
    shop.feed["SKU-007-B"] = shop.feed.pop("SKU-007")
    shop.imports(recycling=True)
    assert guard("restore", "--yes").status == 4
    shown = guard("restore", "--dry-run", "--json")
    (advice,) = (each for each in shown.json["next_steps"] if "--write-decisions" in each)
    drafted = guard(*advice.removeprefix("practice-guard ").partition("  #")[0].split())
    assert drafted.status == 4
    assert "--write-decisions" not in str(drafted), "it is there"
    file = tmp_path / "decisions.toml"
    text = file.read_text(encoding="utf-8")
    assert text.count("[[parent]]") == 1
    assert guard("restore", "--dry-run", "--decisions", "decisions.toml").status == 4, "unedited it decides nothing"
    file.write_text(text.replace('# heir = {sku = "SKU-007-B"}', 'heir = {sku = "SKU-007-B"}'), encoding="utf-8")
    assert guard("restore", "--yes", "--decisions", "decisions.toml").status == 0
    renamed = {
        name: Counter({tuple("SKU-007-B" if said == "SKU-007" else said for said in row): n for row, n in rows.items()})
        for name, rows in before.items()
    }
    assert shop.whose() == renamed
    assert guard("health").status == 0


def without(sku: str, owned: Owned) -> Owned:
    """What customers own that has nothing to do with one product."""
    return {
        name: Counter({row: n for row, n in rows.items() if not any(sku in str(said) for said in row)})
        for name, rows in owned.items()
    }


def test_a_first_look_at_a_shop_says_what_is_protected(shop: Shop, guard: Guard) -> None:
    outcome = guard("protected", "--json")
    assert outcome.status == 0, outcome
    assert set(outcome.json["result"]["protected"]) == {"carts", "reviews", "answers", "order_notes", "wishes"}
    assert outcome.json["result"]["skipped"] == [], "nobody looks for practices here"


def test_reviews_that_hang_on_no_product_are_told(shop: Shop, guard: Guard, database: ScratchDatabase) -> None:
    assert guard("backup").status == 0
    database.rows("INSERT INTO reviews (product_id, author) SELECT 0, 'nobody ' || n FROM generate_series(1, 3) AS n")
    outcome = guard("validate-safety")
    assert "3 rows of reviews on a row of products that is not there" in outcome.stdout, outcome


def test_a_database_without_teams_is_refused_where_no_parent_is_declared(
    shop: Shop, guard: Guard, tmp_path: Path
) -> None:
    (tmp_path / "practice_guard.toml").unlink()
    outcome = guard("validate-safety")
    assert outcome.status == 13
    assert "The table public.leagues does not exist in this database" in outcome.stderr


@pytest.mark.parametrize("recycling", [False, True], ids=["new ids", "recycled ids"])
def test_a_table_that_only_two_columns_tell_apart_is_guarded_once_its_rows_have_numbers(
    shop: Shop, guard: Guard, database: ScratchDatabase, recycling: bool
) -> None:
    """Which customer likes which product: the key holds what an import renumbers, so nobody can be known by it."""
    database.rows("CREATE TABLE likes (customer text, product_id int, since date, PRIMARY KEY (customer, product_id))")
    database.rows(
        "INSERT INTO likes SELECT 'customer ' || n, id, '2026-01-01'::date + id FROM products, generate_series(1, 9) n"
        " WHERE (id + n) % 5 > 0"
    )

    def liked() -> Counter[tuple[object, ...]]:
        return Counter(database.rows("SELECT customer, sku, since FROM likes JOIN products p ON p.id = product_id"))

    def nobody() -> dict[str, str]:
        found = guard("validate-safety", "--json").json["findings"]
        return next(each for each in found if each["code"] == "unprotected-table" and " of likes" in each["what"])

    before, said = liked(), nobody()["why"]
    database.rows(re.search(r"ALTER TABLE [^)]* UNIQUE", said)[0])  # type: ignore[index]
    written = nobody()["fix"].removeprefix("practice-guard ").split()
    assert guard(*written).status == 0
    assert guard("backup").status == 0
    shop.imports(recycling=recycling)
    assert liked() != before
    assert guard("restore", "--yes").status == 0
    assert liked() == before
    assert guard("health").status == 0
    assert guard("restore", "--undo", "1", "--yes").status == 0
    assert liked() != before
    assert guard("restore", "--yes").status == 0
    assert liked() == before

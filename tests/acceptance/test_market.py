"""A shop whose tables are in several schemas, guarded by settings that name them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.world.builders import ScratchDatabase
from tests.world.market import Market, settings
from tests.world.program import Guard


@pytest.fixture
def market(database: ScratchDatabase, tmp_path: Path) -> Market:
    """A market with customers; its settings are where the program is run."""
    (tmp_path / "practice_guard.toml").write_text(settings())
    market = Market(database)
    market.opens()
    return market


@pytest.mark.parametrize("recycling", [False, True], ids=["new ids", "recycled ids"])
def test_a_night_step_by_step(market: Market, guard: Guard, recycling: bool) -> None:
    before = market.whose()
    rows = sum(sum(each.values()) for each in before.values())
    safe = guard("validate-safety", "--json")
    assert (safe.status, safe.json["result"]["safe"]) == (0, True), safe
    backup = guard("backup", "--json")
    assert (backup.status, backup.json["result"]["rows"]) == (0, rows), backup
    assert guard("snapshots", "verify").status == 0

    market.imports(recycling=recycling)
    damaged = market.whose()
    assert damaged != before
    assert guard("health").status == 3
    assert guard("check-preservation").status == 3
    for trying in ((), ("--try",)):
        planned = guard("restore", "--dry-run", *trying, "--json")
        assert planned.status == 0, planned
        assert planned.json["result"]["rows"]["total"] == rows
        assert market.whose() == damaged, "a dry run writes nothing"
    restored = guard("restore", "--yes", "--json")
    assert restored.status == 0, restored
    assert market.whose() == before
    assert guard("health").status == 0

    undone = guard("restore", "--undo", str(restored.json["result"]["ledger"]), "--yes")
    assert undone.status == 0, undone
    assert market.whose() != before
    assert guard("restore", "--yes").status == 0
    assert market.whose() == before
    assert guard("cleanup", "--yes").status == 0


@pytest.mark.parametrize("recycling", [False, True], ids=["new ids", "recycled ids"])
def test_a_night_in_one_process(market: Market, guard: Guard, tmp_path: Path, recycling: bool) -> None:
    before = market.whose()
    for _ in range(2):
        outcome = guard("run", "--json", "--", *market.program(tmp_path, recycling=recycling))
        assert outcome.status == 0, outcome
        assert market.whose() == before


def test_a_snapshot_of_other_schemas_comes_back_from_a_file(market: Market, guard: Guard, tmp_path: Path) -> None:
    before = market.whose()
    assert guard("backup").status == 0
    exported = guard("snapshots", "export", "latest", str(tmp_path / "snapshot.pgs"))
    assert exported.status == 0, exported
    market.database.rows("DROP SCHEMA practice_guard CASCADE")
    market.imports(recycling=True)
    imported = guard("snapshots", "import", str(tmp_path / "snapshot.pgs"))
    assert imported.status == 0, imported
    assert guard("restore", "--yes").status == 0
    assert market.whose() == before


def test_what_nobody_protects_is_written_into_the_settings(market: Market, guard: Guard, tmp_path: Path) -> None:
    market.database.rows(
        "CREATE TABLE sales.stock (id serial PRIMARY KEY, product_id int REFERENCES catalog.products ON DELETE CASCADE,"
        " pieces int)"
    )
    market.database.rows("INSERT INTO sales.stock (product_id, pieces) SELECT id, id % 7 FROM catalog.products")
    file = tmp_path / "practice_guard.toml"
    written = guard("protected", "--write", str(file))
    assert written.status == 0, written
    assert 'table = "sales.stock"' in file.read_text()

    whose = "SELECT p.sku, s.pieces FROM stock s JOIN products p ON p.id = s.product_id ORDER BY 1, 2"
    before, owned = market.database.rows(whose), market.whose()
    unsafe = guard("validate-safety")
    assert unsafe.status == 3, unsafe
    assert 'ALTER TABLE "sales"."stock" DROP CONSTRAINT "stock_product_id_fkey"' in unsafe.stdout, (
        "the import takes rows"
    )
    assert guard("backup").status == 0
    market.imports(recycling=True)
    assert guard("restore", "--yes").status == 0
    assert (market.database.rows(whose), market.whose()) == (before, owned)


def test_a_mistyped_schema_is_refused(market: Market, guard: Guard, tmp_path: Path) -> None:
    (tmp_path / "practice_guard.toml").write_text(settings().replace('"sales.carts"', '"sales.cart"'))
    outcome = guard("validate-safety")
    assert outcome.status == 2, outcome
    assert "the nearest name there is sales.carts" in outcome.stderr


def test_a_backup_names_its_tables_with_their_schemas_and_an_export_of_it_is_alike(
    market: Market, guard: Guard, tmp_path: Path
) -> None:
    assert "sales.carts" in guard("backup").stdout
    assert "sales.carts" in guard("snapshots", "show", "latest").stdout
    assert guard("snapshots", "export", "latest", "market.pgs").status == 0
    alike = guard("compare", "local", "market.pgs", "--json")
    assert (alike.status, alike.json["result"]["differences"]) == (0, []), alike
    market.database.rows("ALTER TABLE sales.carts ALTER pieces TYPE bigint")
    other = guard("compare", "local", "market.pgs", "--json")
    assert [each["name"] for each in other.json["result"]["differences"]] == ["sales.carts.pieces"]

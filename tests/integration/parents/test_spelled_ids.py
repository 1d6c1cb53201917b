"""Parents whose ids are uuids or texts: what hangs on them follows them, whatever ids an import gives."""

from __future__ import annotations

from collections import Counter

import pytest

from practice_guard.core import errors, restore, snapshots
from practice_guard.core.application import numbers
from practice_guard.core.database import Access, Connection
from practice_guard.core.model import Verdict
from tests.world.bookshop import SETTINGS, Bookshop
from tests.world.builders import ScratchDatabase
from tests.world.guarding import Guard
from tests.world.keeping import exports, imports, the_guards_schema_is_lost, verifies
from tests.world.shop import guard_of


@pytest.fixture
def shop(database: ScratchDatabase) -> Bookshop:
    return Bookshop(database)


@pytest.fixture
def guard(shop: Bookshop) -> Guard:
    return shop.opens()


@pytest.mark.parametrize("recycling", [False, True], ids=["new ids", "recycled ids"])
def test_every_row_is_as_before_after_an_import_and_an_undo_gives_back_what_was(
    guard: Guard, shop: Bookshop, recycling: bool
) -> None:
    before = shop.whose()
    guard.has_backed_up()
    assert guard.judges_health().verdict is Verdict.FINE

    shop.imports(recycling=recycling)
    damaged = shop.rows()
    assert shop.whose() != before, "the import must do harm"
    assert guard.judges_health().verdict is Verdict.REFUSED
    assert guard.backs_up().snapshot is None

    shown = guard.plans()
    applied = guard.restores()
    assert applied.plan.digest == shown.digest, "a dry run shows what a restore does"
    assert shop.whose() == before
    assert guard.judges_health().verdict is Verdict.FINE
    assert guard.plans().writes() == 0

    guard.takes_back(applied.ledger)
    assert shop.rows() == damaged
    guard.restores()
    assert shop.whose() == before
    guard.later(days=1).has_backed_up()
    shop.imports(recycling=recycling)
    guard.later(days=1).restores()
    assert shop.whose() == before


def test_what_hangs_on_a_book_that_was_left_out_waits_for_it(guard: Guard, shop: Bookshop) -> None:
    before = shop.whose()
    guard.has_backed_up()
    house = shop.books.pop("Book 04")
    shop.imports()
    guard.restores()
    there = {
        name: Counter({row: n for row, n in rows.items() if "Book 04" not in row}) for name, rows in before.items()
    }
    now = shop.whose()
    assert all(rows <= now[name] for name, rows in there.items())
    later = guard.later(days=1)
    later.has_backed_up()
    shop.books["Book 04"] = house
    shop.imports(recycling=True)
    later.restores()
    assert shop.whose() == before


@pytest.mark.parametrize("recycling", [False, True], ids=["new ids", "recycled ids"])
def test_rows_left_on_ids_that_are_gone_or_another_books_are_put_right(
    guard: Guard, shop: Bookshop, recycling: bool
) -> None:
    before = shop.whose()
    guard.has_backed_up()
    shop.imports(recycling=recycling, keyed=False)
    damaged = shop.rows()
    applied = guard.restores()
    assert shop.whose() == before
    guard.takes_back(applied.ledger)
    if recycling:
        assert shop.rows() == damaged
    else:
        assert {name: shop.rows()[name] for name in ("carts", "follows")} == {
            name: damaged[name] for name in ("carts", "follows")
        }
    guard.restores()
    assert shop.whose() == before


def test_a_standby_plans_the_same_in_one_question(guard: Guard, shop: Bookshop) -> None:
    guard.has_backed_up()
    shop.imports(recycling=True)

    def digest(connection: Connection) -> str:
        app = guard.at(connection).look()
        return restore.work_out(connection, snapshots.find(connection), app).plan.digest

    assert guard.reads(digest, Access.READ) == guard.reads(digest, Access.PLAN)


def test_ids_of_one_number_are_refused_and_nothing_is_written(
    guard: Guard, shop: Bookshop, database: ScratchDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(numbers, "of_text", lambda value: f"length({value}::text)::bigint")
        with pytest.raises(errors.SchemaError, match="known by one number"):
            guard.backs_up()
    assert database.value("SELECT to_regclass('practice_guard.snapshots')") is None or not database.rows(
        "SELECT FROM practice_guard.snapshots"
    )
    guard.has_backed_up()
    shop.imports()
    damaged = shop.rows()
    monkeypatch.setattr(numbers, "of_text", lambda value: f"abs(hashtext({value}::text) %% 5)::bigint")
    for work in (guard.plans, guard.restores):
        with pytest.raises(errors.SchemaError, match="cannot be told apart"):
            work()
    assert shop.rows() == damaged


def test_an_export_brings_everything_back_where_the_guards_schema_was_lost(
    guard: Guard, shop: Bookshop, database: ScratchDatabase
) -> None:
    before = shop.whose()
    guard.has_backed_up()
    data = exports(guard)
    shop.imports(recycling=True)
    the_guards_schema_is_lost(database)
    imports(guard, data)
    verifies(guard)
    guard.restores()
    assert shop.whose() == before


def test_rows_declared_after_an_import_are_adopted_and_told_by_their_real_ids(
    guard: Guard, shop: Bookshop, database: ScratchDatabase
) -> None:
    before, carts = shop.whose(), SETTINGS.index('[[protected]]\nname = "carts"')
    without = SETTINGS[:carts] + SETTINGS[SETTINGS.index('[[protected]]\nname = "reviews"') :]
    kept = guard_of(database, without).has_backed_up()
    shop.imports(keyed=False)
    guard_of(database, without).restores()
    database.rows("INSERT INTO carts (customer, book_id) VALUES ('nobody', '00000000-0000-4000-8000-000000000001')")
    later = guard.later(days=1)
    taken = later.adopts(kept.id)
    assert taken.adoption is not None
    assert taken.adoption.rows == sum(before["carts"].values())
    assert [each.spelled for each in taken.adoption.unknown] == ["00000000-0000-4000-8000-000000000001"]
    now = str(database.value("SELECT id FROM books WHERE title = 'Book 04'"))
    assert any(each.today.endswith(f"id {now}") for each in taken.adoption.adopted)
    later.restores()
    database.rows("DELETE FROM carts WHERE customer = 'nobody'")
    assert shop.whose() == before


def test_what_became_of_a_book_is_told_by_its_real_ids(guard: Guard, shop: Bookshop, database: ScratchDatabase) -> None:
    title = "SELECT b.id::text, b.house_id FROM books AS b WHERE title = 'Book 04'"
    ((old, house),) = database.rows(title)
    guard.has_backed_up()
    shop.imports()
    ((new, other),) = database.rows(title)
    plan = guard.plans()
    (said,) = (each for each in restore.asked_parents(plan, ["books"]) if "Book 04" in each)
    assert said == (
        f"books: title Book 04, house_id {house}, id {old}, is now id {new}, title Book 04, house_id {other}: "
        "evidence exact."
    )

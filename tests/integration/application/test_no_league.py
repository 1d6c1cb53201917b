"""A database without teams, whose import makes the rows of declared parents anew."""

from __future__ import annotations

import pytest

from practice_guard.core import errors
from practice_guard.core.restore import Bucket
from tests.world import builders
from tests.world.builders import League, ScratchDatabase
from tests.world.guarding import Guard
from tests.world.shop import Shop, guard_of


@pytest.fixture
def shop(database: ScratchDatabase) -> Shop:
    shop = Shop(database)
    shop.opens()
    return shop


@pytest.fixture
def guarded(shop: Shop) -> Guard:
    guard = guard_of(shop.database)
    guard.has_backed_up()
    return guard


def absent(guard: Guard) -> set[Bucket]:
    """What becomes of rows that are not there."""
    return {row.bucket for row in guard.plans_rows() if row.live_key is None}


def test_there_are_no_teams_and_the_rest_is_there(guarded: Guard) -> None:
    app = guarded.reads(lambda connection: guarded.at(connection).look())
    assert (app.now.teams, app.now.leagues, app.missed) == ((), {}, [])
    assert [each.name for each in app.followed] == ["categories", "products", "variants"]
    assert app.catalog.etl_tables == {"categories", "products", "variants"}


def test_what_users_delete_stays_deleted_where_no_import_ran(guarded: Guard, database: ScratchDatabase) -> None:
    database.rows("DELETE FROM carts WHERE id = 1")
    database.rows("UPDATE products SET title = 'On sale' WHERE sku = 'SKU-001'")
    assert absent(guarded) == {Bucket.DELETED}, "a new title of one product is no import"


@pytest.mark.parametrize("table", ["products", "variants", "categories"])
def test_parents_that_are_imported_anew_are_an_import(guarded: Guard, database: ScratchDatabase, table: str) -> None:
    database.rows("DELETE FROM carts WHERE id = 1")
    column = {"products": "title", "variants": "size", "categories": "path"}[table]
    database.rows(f"UPDATE {table} SET {column} = {column}")
    assert absent(guarded) == {Bucket.INSERT}


def test_after_a_restore_what_is_gone_was_deleted_by_a_user(guarded: Guard, shop: Shop) -> None:
    before = shop.whose()
    shop.imports()
    guarded.restores()
    assert shop.whose() == before
    shop.database.rows("DELETE FROM carts WHERE id = 1")
    assert absent(guarded) == {Bucket.DELETED}


@pytest.mark.parametrize("recycling", [False, True], ids=["new ids", "recycled ids"])
def test_night_after_night_everything_stays_where_it_was(guarded: Guard, shop: Shop, recycling: bool) -> None:
    before = shop.whose()
    for _ in range(3):
        shop.imports(recycling=recycling)
        guarded.restores()
        assert shop.whose() == before
        guarded.has_backed_up()


def test_two_products_that_came_to_be_alike_keep_only_their_own_rows_waiting(guarded: Guard, shop: Shop) -> None:
    before = shop.whose()
    shop.imports()
    shop.database.rows("INSERT INTO products (sku, title, category_id) SELECT sku, title, 0 FROM products LIMIT 1")
    guarded.restores()
    assert before["wishes"] == shop.whose()["wishes"]
    assert sum((before["reviews"] - shop.whose()["reviews"]).values()) <= 3


def test_without_a_declared_parent_teams_must_be_there(shop: Shop) -> None:
    guard = Guard(shop.database)
    with pytest.raises(errors.SchemaError, match=r"public\.\w+ does not exist"):
        guard.has_backed_up()


def test_a_league_whose_teams_are_gone_is_no_shop(league: League, database: ScratchDatabase) -> None:
    database.rows("CREATE TABLE products (id serial PRIMARY KEY, sku text)")
    database.rows("DROP TABLE teams CASCADE")
    with pytest.raises(errors.SchemaError, match=r"public\.teams does not exist"):
        guard_of(database).has_backed_up()


BALLS = """
[[parent]]
name = "balls"
table = "balls"
same = ["model"]

[[protected]]
name = "loans"
table = "loans"
points_at = { ball_id = "balls" }
"""


def test_in_a_league_an_import_of_declared_parents_is_seen_too(league: League, database: ScratchDatabase) -> None:
    league.captain_schedules_practices(league.has_team(), 3)
    database.rows("CREATE TABLE balls (id serial PRIMARY KEY, model text)")
    database.rows("INSERT INTO balls (model) SELECT 'Model ' || n FROM generate_series(1, 30) AS n")
    database.rows("CREATE TABLE loans (id serial PRIMARY KEY, ball_id int, captain text)")
    database.rows("INSERT INTO loans (ball_id, captain) SELECT id, 'Captain ' || id FROM balls")
    guard = guard_of(database, BALLS)
    guard.has_backed_up()
    database.rows("DELETE FROM loans WHERE id = 1")
    assert absent(guard) == {Bucket.DELETED}
    database.rows("DELETE FROM balls")
    database.rows("INSERT INTO balls (model) SELECT 'Model ' || n FROM generate_series(30, 1, -1) AS n")
    assert absent(guard) == {Bucket.INSERT}
    guard.restores()
    whose = database.rows("SELECT captain, model FROM loans LEFT JOIN balls ON balls.id = ball_id")
    assert sorted(whose) == sorted((f"Captain {n}", f"Model {n}") for n in range(1, 31))


def test_a_league_and_a_declared_parent_follow_the_same_import(league: League, database: ScratchDatabase) -> None:
    team = league.has_team()
    database.rows("CREATE TABLE courts (id serial PRIMARY KEY, club_id int REFERENCES clubs, number int)")
    database.rows("INSERT INTO courts (club_id, number) SELECT id, n FROM clubs, generate_series(1, 4) AS n")
    database.rows("CREATE TABLE bookings (id serial PRIMARY KEY, court_id int, team_id int, hour int)")
    database.rows("INSERT INTO bookings (court_id, team_id, hour) SELECT id, %(team)s, id FROM courts", team=team.id)
    text = """
[[parent]]
name = "courts"
table = "courts"
same = ["club_id", "number"]
club_id = "clubs"

[[protected]]
name = "bookings"
table = "bookings"
parent = "courts"
parent_column = "court_id"
teams = ["team_id"]
"""
    guard = guard_of(database, text)
    guard.has_backed_up()
    asked = (
        "SELECT b.hour, c.number, k.name, t.team_name FROM bookings b LEFT JOIN courts c ON c.id = b.court_id"
        " LEFT JOIN clubs k ON k.id = c.club_id LEFT JOIN teams t ON t.id = b.team_id"
    )
    before = sorted(database.rows(asked))
    names: list[str] = [name for (name,) in database.rows("SELECT name FROM clubs")]
    database.rows("ALTER TABLE courts DROP CONSTRAINT courts_club_id_fkey")
    builders.the_etl_recreates_everything(database)
    now = {name: number for number, name in database.rows("SELECT id, name FROM clubs")}
    database.rows("DELETE FROM courts")
    for club in names:
        for number in (4, 3, 2, 1):
            database.rows("INSERT INTO courts (club_id, number) VALUES (%(c)s, %(n)s)", c=now[club], n=number)
    guard.restores()
    assert sorted(database.rows(asked)) == before

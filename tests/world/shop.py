"""A shop: its products are imported anew each night, and what customers own hangs on them. It has no teams at all."""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import dedent

from practice_guard.core.application import declared
from tests.world.builders import ScratchDatabase
from tests.world.guarding import Guard

_DDL = """
DROP SCHEMA public CASCADE;
CREATE SCHEMA public;
CREATE TABLE categories (id serial PRIMARY KEY, path text NOT NULL UNIQUE);
CREATE TABLE products (id serial PRIMARY KEY, sku text NOT NULL, title text NOT NULL, category_id int NOT NULL);
CREATE TABLE variants (id bigserial PRIMARY KEY, product_id int NOT NULL REFERENCES products, size text);
CREATE TABLE carts (
    id serial PRIMARY KEY, customer text NOT NULL, variant_id bigint NOT NULL, pieces int, UNIQUE (customer, variant_id)
);
CREATE TABLE reviews (
    id serial PRIMARY KEY, product_id int, author text NOT NULL, words text, compared_with int,
    created_at timestamptz DEFAULT now()
);
CREATE TABLE answers (id serial PRIMARY KEY, review_id int NOT NULL REFERENCES reviews ON DELETE CASCADE, words text);
CREATE TABLE order_notes (id serial PRIMARY KEY, product_id int NOT NULL, note text);
CREATE TABLE wishes (id serial PRIMARY KEY, category_id int NOT NULL, customer text)
"""
_CUSTOMERS = """
INSERT INTO carts (customer, variant_id, pieces)
SELECT 'customer ' || id % 7, id, 1 + id % 3 FROM variants WHERE id % 3 = 0;
INSERT INTO reviews (product_id, author, words, compared_with)
SELECT id, 'author ' || id, 'Good ' || sku, CASE WHEN id % 2 = 0 THEN id - 1 END FROM products;
INSERT INTO answers (review_id, words) SELECT id, 'Thank you, ' || author FROM reviews WHERE id % 4 = 0;
INSERT INTO order_notes (product_id, note)
SELECT id, 'Gift wrap ' || n FROM products, generate_series(1, 2) AS n WHERE id % 5 = 0;
INSERT INTO wishes (category_id, customer) SELECT id, 'customer ' || id FROM categories
"""
_IMPORT = """
DELETE FROM order_notes;
DELETE FROM variants;
DELETE FROM products;
DELETE FROM categories;
{restart}
INSERT INTO categories (path) SELECT path FROM (VALUES {products}) AS f (sku, path) GROUP BY path ORDER BY min({order});
INSERT INTO products (sku, title, category_id)
SELECT f.sku, 'Ball ' || f.sku, c.id FROM (VALUES {products}) AS f (sku, path) JOIN categories c USING (path)
 ORDER BY {order};
INSERT INTO variants (product_id, size)
SELECT p.id, s FROM products p, unnest(ARRAY['S', 'M', 'L']) AS s ORDER BY s, p.id
"""
"""All rows of the feed go, what hangs on products with them, and they come again in another order than before."""

SETTINGS = """\
[[parent]]
name = "categories"
table = "categories"
same = ["path"]

[[parent]]
name = "products"
table = "products"
same = ["sku"]

[[parent]]
name = "variants"
table = "variants"
same = ["product_id", "size"]
product_id = "products"

[[protected]]
name = "carts"
table = "carts"
parent = "variants"
parent_column = "variant_id"
same = ["customer", "pieces"]

[[protected]]
name = "reviews"
table = "reviews"
points_at = { product_id = "products", compared_with = "products" }

[[protected]]
name = "answers"
table = "answers"
parent = "reviews"
parent_column = "review_id"

[[protected]]
name = "order_notes"
table = "order_notes"
parent = "products"
parent_column = "product_id"
same = ["note"]

[[protected]]
name = "wishes"
table = "wishes"
parent = "categories"
parent_column = "category_id"
"""

WHOSE = {
    "carts": "SELECT c.customer, c.pieces, p.sku, v.size FROM carts c LEFT JOIN variants v ON v.id = c.variant_id"
    " LEFT JOIN products p ON p.id = v.product_id",
    "reviews": "SELECT r.author, r.words, p.sku, o.sku FROM reviews r LEFT JOIN products p ON p.id = r.product_id"
    " LEFT JOIN products o ON o.id = r.compared_with",
    "answers": "SELECT a.words, r.author FROM answers a LEFT JOIN reviews r ON r.id = a.review_id",
    "order_notes": "SELECT n.note, p.sku FROM order_notes n LEFT JOIN products p ON p.id = n.product_id",
    "wishes": "SELECT w.customer, c.path FROM wishes w LEFT JOIN categories c ON c.id = w.category_id",
}
"""What customers own, each row with the natural keys of all that it points at."""


def guard_of(database: ScratchDatabase, text: str = SETTINGS) -> Guard:
    """The guard that settings make."""
    said = declared.parse(text, "practice_guard.toml")
    return Guard(database, said.everything, parents=said.every_parent)


Owned = dict[str, Counter[tuple[object, ...]]]


@dataclass
class Shop:
    """A shop in a database of its own, the feed that its products are imported from, and how often that was done."""

    database: ScratchDatabase
    feed: dict[str, str] = field(default_factory=lambda: {f"SKU-{n:03}": f"sport/{n % 4}" for n in range(40)})
    nights: int = 0

    def opens(self) -> None:
        """Makes the tables, imports the feed once, and lets customers come."""
        self._runs(_DDL)
        self.imports()
        self._runs(_CUSTOMERS)

    def imports(self, *, recycling: bool = False) -> None:
        """Imports the feed: everything gets a new id, or one that another had where ids are recycled."""
        self._runs(self.script(recycling=recycling))

    def script(self, *, recycling: bool) -> str:
        """Returns the statements of the next night's import."""
        self.nights += 1
        names = ("categories", "products", "variants")
        return _IMPORT.format(
            restart="\n".join(f"ALTER SEQUENCE {name}_id_seq RESTART;" for name in names) if recycling else "",
            products=", ".join(f"('{sku}', '{path}')" for sku, path in self.feed.items()),
            order=f"md5(f.sku || '{self.nights}')",
        )

    def program(self, directory: Path, *, recycling: bool) -> list[str]:
        """Returns the command line of a program that does the next night's import."""
        program = directory / "import_feed.py"
        program.write_text(
            dedent(f"""\
                import psycopg

                with psycopg.connect({self.database.url!r}) as connection:
                    connection.execute({self.script(recycling=recycling)!r})
                """)
        )
        return [sys.executable, str(program)]

    def whose(self) -> Owned:
        """What customers own, by natural keys."""
        return {name: Counter(self.database.rows(text)) for name, text in WHOSE.items()}

    def _runs(self, texts: str) -> None:
        for text in texts.split(";"):
            if text.strip():
                self.database.rows(text)

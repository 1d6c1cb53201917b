"""A shop whose books have uuids for ids, and whose houses have texts: both are made anew by each night's import."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from tests.world.builders import ScratchDatabase
from tests.world.guarding import Guard
from tests.world.shop import guard_of

_DDL = """
DROP SCHEMA public CASCADE;
CREATE SCHEMA public;
CREATE SEQUENCE houses_id_seq;
CREATE SEQUENCE books_id_seq;
CREATE DOMAIN isbn_id AS uuid;
CREATE TABLE houses (
    id varchar(20) PRIMARY KEY DEFAULT 'House ' || nextval('houses_id_seq'), name text NOT NULL UNIQUE
);
CREATE TABLE books (
    id uuid PRIMARY KEY DEFAULT md5('book ' || nextval('books_id_seq'))::uuid,
    title text NOT NULL, house_id varchar(20) NOT NULL, UNIQUE (title, house_id)
);
CREATE TABLE carts (
    id serial PRIMARY KEY, customer text NOT NULL, book_id uuid NOT NULL, pieces int, UNIQUE (customer, book_id)
);
CREATE TABLE reviews (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(), book_id isbn_id, author text NOT NULL,
    compared_with uuid REFERENCES books ON DELETE SET NULL, house_id text, created_at timestamptz DEFAULT now()
);
CREATE TABLE notes (id serial PRIMARY KEY, book_id uuid NOT NULL REFERENCES books ON DELETE CASCADE, note text);
CREATE TABLE shelves (id serial PRIMARY KEY, book_id uuid NOT NULL UNIQUE REFERENCES books, place text NOT NULL);
CREATE TABLE follows (id serial PRIMARY KEY, house_id text, customer text)
"""
_CUSTOMERS = """
INSERT INTO carts (customer, book_id, pieces)
SELECT 'customer ' || n % 3, id, 1 + n % 2 FROM (SELECT *, row_number() OVER (ORDER BY title) AS n FROM books) AS b;
INSERT INTO reviews (book_id, author, compared_with, house_id)
SELECT id, 'author ' || n, CASE WHEN n % 2 = 0 THEN lag(id) OVER (ORDER BY title) END, house_id
  FROM (SELECT *, row_number() OVER (ORDER BY title) AS n FROM books) AS b;
INSERT INTO notes (book_id, note) SELECT id, 'Gift wrap ' || n FROM books, generate_series(1, 2) AS n;
INSERT INTO shelves (book_id, place) SELECT id, 'of ' || title FROM books;
INSERT INTO follows (house_id, customer) SELECT id, 'customer of ' || name FROM houses
"""
_IMPORT = """
{keys}
DELETE FROM shelves WHERE {keyed};
DELETE FROM books;
DELETE FROM houses;
{restart}
INSERT INTO houses (name) SELECT DISTINCT ON (house, {order}) house FROM (VALUES {books}) AS f (title, house)
 ORDER BY {order} ON CONFLICT DO NOTHING;
INSERT INTO books (title, house_id)
SELECT f.title, h.id FROM (VALUES {books}) AS f (title, house) JOIN houses AS h ON h.name = f.house
 ORDER BY md5(f.title || '{night}')
"""
_RESTART = "ALTER SEQUENCE books_id_seq RESTART;\nALTER SEQUENCE houses_id_seq RESTART;"

SETTINGS = """\
[[parent]]
name = "houses"
table = "houses"
same = ["name"]

[[parent]]
name = "books"
table = "books"
same = ["title", "house_id"]
house_id = "houses"

[[protected]]
name = "carts"
table = "carts"
parent = "books"
parent_column = "book_id"
same = ["customer", "pieces"]

[[protected]]
name = "reviews"
table = "reviews"
points_at = { book_id = "books", compared_with = "books", house_id = "houses" }

[[protected]]
name = "notes"
table = "notes"
parent = "books"
parent_column = "book_id"
same = ["note"]

[[protected]]
name = "shelves"
table = "shelves"
parent = "books"
parent_column = "book_id"
same = ["place"]

[[protected]]
name = "follows"
table = "follows"
parent = "houses"
parent_column = "house_id"
"""

_WHOSE = {
    "carts": "SELECT c.customer, c.pieces, b.title, h.name FROM carts c LEFT JOIN books b ON b.id = c.book_id"
    " LEFT JOIN houses h ON h.id = b.house_id",
    "reviews": "SELECT r.author, b.title, o.title, h.name FROM reviews r LEFT JOIN books b ON b.id = r.book_id"
    " LEFT JOIN books o ON o.id = r.compared_with LEFT JOIN houses h ON h.id = r.house_id",
    "notes": "SELECT n.note, b.title FROM notes n LEFT JOIN books b ON b.id = n.book_id",
    "shelves": "SELECT s.place, b.title FROM shelves s LEFT JOIN books b ON b.id = s.book_id",
    "follows": "SELECT f.customer, h.name FROM follows f LEFT JOIN houses h ON h.id = f.house_id",
}

Owned = dict[str, Counter[tuple[object, ...]]]


@dataclass
class Bookshop:
    """A bookshop in a database of its own, and the list that its books are imported from."""

    database: ScratchDatabase
    books: dict[str, str] = field(default_factory=lambda: {f"Book {n:02}": f"Press {n % 3}" for n in range(9)})
    nights: int = 0

    def opens(self) -> Guard:
        """Makes the tables, imports the list once, lets customers come, and returns the guard of it all."""
        self._runs(_DDL)
        self.imports()
        self._runs(_CUSTOMERS)
        return guard_of(self.database, SETTINGS)

    def imports(self, *, recycling: bool = False, keyed: bool = True) -> None:
        """Imports the list: everything gets a new id, or one that another had where ids are recycled.

        Args:
            recycling: whether they are.
            keyed: whether foreign keys are held meanwhile; else rows stay on ids that are gone, or of another book.
        """
        self.nights += 1
        listed = ", ".join(f"('{title}', '{house}')" for title, house in self.books.items())
        script = _IMPORT.format(
            restart=_RESTART if recycling else "",
            books=listed,
            order=f"md5(house || '{self.nights}')",
            night=self.nights,
            keys="" if keyed else "SET session_replication_role = replica;",
            keyed=str(keyed).lower(),
        )
        self._runs(f"{script};RESET session_replication_role")

    def whose(self) -> Owned:
        """What customers own, by natural keys."""
        return {name: Counter(self.database.rows(text)) for name, text in _WHOSE.items()}

    def rows(self) -> dict[str, list[tuple[object, ...]]]:
        """What customers own, to the letter."""
        return {name: self.database.rows(f"SELECT t.* FROM {name} AS t ORDER BY t.id") for name in _WHOSE}

    def _runs(self, texts: str) -> None:
        for text in texts.split(";"):
            if text.strip():
                self.database.rows(text)

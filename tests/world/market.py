"""The shop again, whose customers and products have schemas of their own beside the application's."""

from __future__ import annotations

from tests.world.builders import ScratchDatabase
from tests.world.shop import SETTINGS, Shop

PLACES = {
    "sales": ("carts", "reviews", "answers"),
    "catalog": ("products", "variants"),
}
"""The tables of each schema; notes, wishes and categories stay where the application has its own."""


def settings(text: str = SETTINGS) -> str:
    """The shop's settings with each table where the market has it."""
    for schema, tables in PLACES.items():
        for table in tables:
            text = text.replace(f'table = "{table}"', f'table = "{schema}.{table}"')
    return text


class Market(Shop):
    """A shop whose tables are in several schemas; the application finds them all by its search path."""

    def opens(self) -> None:
        super().opens()
        for schema, tables in PLACES.items():
            self.database.rows(f"CREATE SCHEMA {schema}")
            for table in tables:
                self.database.rows(f"ALTER TABLE {table} SET SCHEMA {schema}")
        has_path(self.database, "public", *PLACES)


def has_path(database: ScratchDatabase, *schemas: str) -> None:
    """Lets names without a schema be looked for in these, from now on."""
    database.rows(f'ALTER DATABASE "{database.name}" SET search_path = {", ".join(schemas)}')
    database.rows(f"SET search_path = {', '.join(schemas)}")

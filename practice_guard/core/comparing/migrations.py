"""How far a database was migrated, as the records of usual tools say it."""

from __future__ import annotations

from collections.abc import Iterator

from practice_guard.core.application import Catalog
from practice_guard.core.comparing.kinds import Item
from practice_guard.core.database import Database, Query, ask_each, identifier, statement

_RECORDS = (
    ("alembic_version", "version_num", "version_num", ""),
    ("django_migrations", "name", "id", "app"),
    ("schema_migrations", "version", "version", ""),
    ("_prisma_migrations", "migration_name", "started_at", ""),
    ("flyway_schema_history", "version", "installed_rank", ""),
    ("databasechangelog", "id", "orderexecuted", ""),
    ("knex_migrations", "name", "id", ""),
    ("SequelizeMeta", "name", "name", ""),
    ("pgmigrations", "name", "id", ""),
    ("goose_db_version", "version_id", "id", ""),
)
"""Tables in which tools keep what they have done: the entry, what orders entries, and what parts them, if anything."""


def migrations(database: Database, catalog: Catalog) -> Iterator[Item]:
    """Yield the newest entry of each record that this role may read, and how many there are."""
    found = [each for each in _RECORDS if _is_readable(catalog, *each)]
    asked = [
        Query(
            statement(
                __name__,
                "newest",
                part=f"t.{identifier(part)}::text" if part else "NULL::text",
                entry=identifier(entry),
                by=identifier(by),
                table=catalog.tables[table].quoted,
            )
        )
        for table, entry, by, part in found
    ]
    for (table, *_), rows in zip(found, ask_each(database, asked), strict=True):
        for part, newest, count in rows:
            yield Item(f"{table}, {part}" if part else table, f"{newest}, {count} in all")


def _is_readable(catalog: Catalog, table: str, *columns: str) -> bool:
    there = catalog.has(table, *(name for name in columns if name))
    return there and "SELECT" in catalog.tables[table].rights

"""What an import leaves behind in a database, whatever it changes (design, "Restore")."""

from __future__ import annotations

from collections.abc import Sequence

from practice_guard.core.application.bound import BoundSet
from practice_guard.core.application.catalog import Catalog
from practice_guard.core.database import Database, columns, condition, statement


def take(database: Database, catalog: Catalog, sets: Sequence[BoundSet]) -> str:
    """Return what every import changes; two equal imprints prove that none ran between them (design, "Restore")."""
    parts = [_part(catalog, name, "id", "") for name in ("teams", "leagues")]
    for bound in sets:
        if bound.set.etl_deletes and bound.set.condition:
            own = f"({bound.set.condition}) IS NOT TRUE"
            parts.append(_part(catalog, bound.table.name, bound.key.name, own))
    text = statement(__name__, "mark", parts=" UNION ALL ".join(parts))
    return str(database.execute(text)[0][0])


def _part(catalog: Catalog, name: str, key: str, only: str) -> str:
    """Mark a table by its rows' keys and times, and by their versions, which even an update to the same values changes.

    An ETL that updates in place with triggers off leaves keys and times as they were. A table that was truncated or
    made anew has another file, also where it had none of the ETL's rows.
    """
    table = catalog.table(name)
    present = [key, "xmin", *(column for column in ("created_at", "updated_at") if column in table.columns)]
    return statement(
        __name__,
        "mark_part",
        name=name.replace("'", "''").replace("%", "%%"),
        oid=str(table.oid),
        columns=columns(present, of="t", cast="::text"),
        table=table.quoted,
        condition=condition(only),
    )

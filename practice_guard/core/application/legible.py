"""Whether texts can be read where a database does not say in which encoding they are (SQL_ASCII)."""

from __future__ import annotations

from collections.abc import Iterable

from practice_guard.core import errors
from practice_guard.core.application.catalog import Column, Table
from practice_guard.core.database import Database, Query, ask_each, identifier, literal, piece, statement

_ASCII_ONLY = (
    "smallint", "integer", "bigint", "numeric", "real", "double precision", "boolean", "date", "uuid", "bytea",
    "time without time zone", "timestamp without time zone", "timestamp with time zone", "interval",
)  # fmt: skip
"""Types whose texts have no other letters, and need not be read."""

_UTF8 = (
    r"^(?:[\x01-\x7f]|[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}"
    r"|\xed[\x80-\x9f][\x80-\xbf]|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2})*$"
)
"""What bytes are UTF-8: in SQL_ASCII each of them is a letter."""


def check_legible(database: Database, tables: Iterable[Table]) -> None:
    """Find out whether all texts of tables are UTF-8, in a database that takes any bytes; else there is nothing to ask.

    Raises:
        errors.SchemaError: some are not; says of which columns.
    """
    if database.encoding != "SQL_ASCII":
        return
    asked = {table.quoted: table for table in tables if _texts(table)}
    found = ask_each(database, [_illegible(table) for table in asked.values()])
    wrong = [
        f"{table.qualified}.{name} ({table.columns[name].type})"
        for table, rows in zip(asked.values(), found, strict=True)
        for (names,) in rows
        for name in names
    ]
    if wrong:
        raise errors.SchemaError(
            f"There are texts that are not UTF-8 in {', '.join(wrong)}, and the database, whose encoding is SQL_ASCII, "
            "does not say what they are: names could not be told from one another.",
            next_steps=("Write those texts in UTF-8, or move the database into one with an encoding.",),
        )


def _texts(table: Table) -> list[Column]:
    return [column for column in table.columns.values() if column.type not in _ASCII_ONLY]


def _illegible(table: Table) -> Query:
    columns = ", ".join(
        piece(__name__, "column", name=literal(each.name), column=identifier(each.name)) for each in _texts(table)
    )
    return Query(statement(__name__, "illegible", columns=columns, table=table.quoted), {"utf8": _UTF8})

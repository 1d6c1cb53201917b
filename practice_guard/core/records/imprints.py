"""The database's imprint with what the guard has watched itself; see `application.imprint`."""

from __future__ import annotations

from collections.abc import Sequence

from practice_guard.core.application import Application, exposed, imprint
from practice_guard.core.application.imprint import Imprint, Since
from practice_guard.core.database import Database, ask_each, statement
from practice_guard.core.model import Bulk
from practice_guard.core.records import runs


def take(database: Database, app: Application) -> Imprint:
    """Take the database's imprint as it is now."""
    return compare(database, app, (), Bulk())[0]


def compare(
    database: Database, app: Application, earlier: Sequence[Imprint | None], bulk: Bulk
) -> tuple[Imprint, list[Since]]:
    """Take the database's imprint, and compare each of some earlier moments with how it looks now.

    Args:
        database: where.
        app: what there is.
        earlier: the database at those moments; None where nobody knows.
        bulk: how many rows are many.
    """
    run = runs.newest_begun(database)
    asked = [imprint.query(app.catalog, app.sets, run, each) for each in (None, *filter(None, earlier))]
    now, *looks = (imprint.read(rows, app.catalog) for rows in ask_each(database, asked))
    again = iter(looks)
    return now, [imprint.since(each, next(again) if each else None, now.run, bulk) for each in earlier]


def is_stirred(database: Database, app: Application, earlier: Imprint | None, bulk: Bulk) -> bool:
    """Whether anything of the ETL's own is another than at an earlier moment; true where nobody can tell.

    Rows of all its tables are looked at only where nothing else shows: an upsert that changes nothing and numbers
    nothing leaves no other trace. What users wrote meanwhile into a table that they share with it is none.
    """
    _, (since,) = compare(database, app, (earlier,), bulk)
    return is_written(database, app, earlier, since)


def is_written(database: Database, app: Application, earlier: Imprint | None, since: Since) -> bool:
    """Whether anything of the ETL's own is another than at a moment since which this is what can be told."""
    if earlier is None or not since.known or since.stirred:
        return True
    readable = exposed.readable(database, tables := imprint.etl_tables(app.catalog))
    asked = [imprint.any_newer(each, earlier, app.sets) for each in tables if each.name in readable]
    return any(found for ((found,),) in ask_each(database, asked))


def is_of_this_transaction(database: Database, earlier: Imprint | None) -> bool:
    """Whether a moment is one of the transaction that is open, by the server's clock."""
    ((began,),) = database.execute(statement(__name__, "began"))
    return earlier is not None and earlier.at >= began

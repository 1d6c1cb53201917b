"""A database that is made for a copy, and removed with it."""

from __future__ import annotations

import secrets

from practice_guard.core.database import Database, identifier, literal, piece, statement
from practice_guard.core.errors import AccessError, DatabaseError
from practice_guard.core.rehearsing.original import Original

PREFIX = "practice_guard_rehearsal_"
"""How databases on somebody's server are called, so that one that was left there is known for what it is."""

_PLAIN = "C"


def new_name() -> str:
    """Return a name that no other rehearsal has."""
    return f"{PREFIX}{secrets.token_hex(4)}"


def check_right(facts: Original, source: str) -> None:
    """Refuse where the role may make no database.

    Args:
        facts: of the server where it is to be made.
        source: the variable that names the server.

    Raises:
        AccessError: it may not; prints the statement that lets it.
    """
    if not facts.may_create:
        raise AccessError(
            f"The role {facts.role} of {source} may not create databases there. Nothing was done.",
            next_steps=(f"ALTER ROLE {_shown(facts.role)} CREATEDB;   -- as an administrator",),
        )


def may_read(facts: Original) -> str:
    """Return the statement that lets a role read everything, as a dump does."""
    return f"GRANT pg_read_all_data TO {_shown(facts.role)};   -- as an administrator"


def _shown(role: str) -> str:
    return identifier(role).replace("%%", "%")


def create(database: Database, name: str, like: Original) -> bool:
    """Make an empty database, outside any transaction.

    Args:
        database: of the server, in no transaction.
        name: what it is to be called.
        like: whose encoding and sorting it is to have.

    Returns:
        whether it sorts like the original; a server that does not know how sorts by bytes.
    """
    try:
        database.execute(_create(name, like.encoding, like.collation, like.ctype, _locale(like)))
    except AccessError:
        raise
    except DatabaseError:
        database.execute(_create(name, like.encoding, _PLAIN, _PLAIN, ""))
        return False
    return True


def _create(name: str, encoding: str, collation: str, ctype: str, locale: str) -> str:
    return statement(
        __name__,
        "create",
        name=identifier(name),
        encoding=literal(encoding),
        collation=literal(collation),
        ctype=literal(ctype),
        locale=locale,
    )


def _locale(like: Original) -> str:
    if like.provider == "i" and like.locale:
        return piece(__name__, "by_icu", locale=literal(like.locale))
    if like.provider == "b" and like.locale:
        return piece(__name__, "by_postgres", locale=literal(like.locale))
    return ""


def add_roles(database: Database, like: Original) -> None:
    """Make the roles that are named in the original, on a server of our own, outside any transaction."""
    there = {row[0] for row in database.execute(statement(__name__, "roles"), {"names": list(like.roles)})}
    for name in like.roles:
        if name not in there:
            database.execute(statement(__name__, "create_role", name=identifier(name)))


def close_ways_out(database: Database) -> tuple[str, ...]:
    """Take the logins to foreign servers out of a copy, outside any transaction: what is behind them is no copy.

    Returns:
        the foreign servers that there were logins for.
    """
    found = database.execute(statement(__name__, "logins"))
    for role, server in found:
        named = "PUBLIC" if role == "public" else identifier(role)
        database.execute(statement(__name__, "drop_login", role=named, server=identifier(server)))
    return tuple(sorted({server for _, server in found}))


def learn(database: Database) -> None:
    """Have the server find out what is in a copy, outside any transaction."""
    database.execute(statement(__name__, "analyze"))


def drop(database: Database, name: str) -> None:
    """Remove a database with whoever is in it, outside any transaction."""
    database.execute(statement(__name__, "drop", name=identifier(name)))

"""Where a database is: its URL, taken apart and led to another database, without a connection."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, urlsplit

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict, make_conninfo

_SECRETS = ("password", "sslpassword")


@dataclass(frozen=True)
class Address:
    """A database's URL. Neither it nor a password in it is ever shown.

    Attributes:
        url: as libpq takes it.
        parts: what libpq reads in it, by libpq's names; nothing of the environment's PG variables.
    """

    url: str = field(repr=False)
    parts: Mapping[str, str] = field(repr=False)

    @property
    def password(self) -> str:
        """The password; empty where the URL has none."""
        return self.parts.get("password", "")

    @property
    def secrets(self) -> tuple[str, ...]:
        """All that must not be in a command line."""
        return tuple(self.parts[name] for name in _SECRETS if self.parts.get(name))

    @property
    def plain(self) -> str:
        """The same as libpq's words and values, without what is secret: fit for another program's arguments."""
        return make_conninfo(**{name: value for name, value in self.parts.items() if name not in _SECRETS})

    @property
    def place(self) -> tuple[str, str, str]:
        """Host or socket directory, port, and the database's name."""
        host = self.parts.get("host") or self.parts.get("hostaddr") or ""
        return host.lower(), self.parts.get("port") or "5432", self.parts.get("dbname") or ""

    def of(self, database: str) -> Address:
        """Return the address of another database of the same server."""
        found = urlsplit(self.url)
        query = "&".join(each for each in found.query.split("&") if each and not each.startswith("dbname="))
        return address(f"{found.scheme}://{found.netloc}/{quote(database, safe='')}{'?' if query else ''}{query}")


def address(url: str) -> Address:
    """Take a URL apart that was found to be one."""
    parts = conninfo_to_dict(url)
    return Address(url, {name: str(value) for name, value in parts.items() if value is not None})


def of(url: str) -> Address | None:
    """Take apart what may be no URL of a database; None where it is none."""
    try:
        return address(url) if "://" in url else None
    except ProgrammingError:
        return None

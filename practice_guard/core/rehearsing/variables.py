"""The environment of an ETL that is rehearsed: it leads to the copy, and has nothing that opens what was copied."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import parse_qs, quote, quote_plus, unquote, urlsplit

from practice_guard.core.database.addresses import Address

LIBPQ = frozenset(
    {
        "PGHOST", "PGHOSTADDR", "PGPORT", "PGDATABASE", "PGUSER", "PGPASSWORD", "PGPASSFILE", "PGSERVICE",
        "PGSERVICEFILE", "PGSSLMODE", "PGSSLCERT", "PGSSLKEY", "PGSSLROOTCERT", "PGSSLCRL", "PGSSLNEGOTIATION",
        "PGREQUIREPEER", "PGREQUIREAUTH", "PGREQUIRESSL", "PGCHANNELBINDING", "PGTARGETSESSIONATTRS", "PGKRBSRVNAME",
        "PGGSSENCMODE", "PGLOADBALANCEHOSTS",
    }
)  # fmt: skip
"""The variables by which libpq finds a server and opens it; what else it reads leads nowhere."""

_OF_PARTS = {
    "host": "PGHOST",
    "port": "PGPORT",
    "dbname": "PGDATABASE",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "sslmode": "PGSSLMODE",
}
_URL = re.compile(r"(?<![A-Za-z0-9+.-])postgres[a-z0-9+.]*://[^\s'\"<>]+", re.IGNORECASE)
_NAMED = re.compile(r"PASS|PWD|SECRET|TOKEN|KEY", re.IGNORECASE)
_STRONG = 8
"""How long a password must be to be told from an ordinary word wherever it stands."""
_USUAL = frozenset({"postgres", "postgresql", "password", "practice", "localhost"})


@dataclass(frozen=True)
class Environment:
    """What the ETL is started with.

    Attributes:
        variables: all of it.
        led: the names of those that lead to the copy now.
        taken: the names of those that were taken out, for they would open what was copied.
    """

    variables: Mapping[str, str] = field(repr=False)
    led: tuple[str, ...]
    taken: tuple[str, ...]


def rehearsed(
    given: Mapping[str, str],
    originals: Sequence[Address],
    copy: Address,
    names: Iterable[str],
    more: Iterable[str] = (),
) -> Environment:
    """Lead an environment to the copy.

    A variable that is a whole URL of an original leads to the copy, under the scheme that it has; one that has such a
    URL or an original's password in it otherwise is taken out. PG variables lead to the copy, or are taken out.

    Args:
        given: the environment as it is.
        originals: every address that must not be reached, with its password.
        copy: where to lead.
        names: the variables that must lead to the copy, whether they are there or not: those of a file like .env would
            else count.
        more: other passwords that open an original.
    """
    names = tuple(dict.fromkeys(names))
    known = _Originals(originals, tuple({*more} - {""}))
    variables: dict[str, str] = {}
    led, taken = list(names), []
    for name, value in given.items():
        if name in names:
            continue
        if name in LIBPQ:
            taken.append(name)
        elif (scheme := known.scheme_of(value)) is not None:
            variables[name] = f"{scheme}{copy.url[copy.url.index('://') :]}"
            led.append(name)
        elif known.told_by(name, value):
            taken.append(name)
        else:
            variables[name] = value
    own = {variable: copy.parts[part] for part, variable in _OF_PARTS.items() if copy.parts.get(part)}
    variables |= {**dict.fromkeys(names, copy.url), **own}
    led += [name for name in own if name in taken]
    return Environment(variables, tuple(sorted(led)), tuple(sorted(set(taken) - own.keys())))


def leads(word: str, originals: Sequence[Address], more: Iterable[str] = ()) -> bool:
    """Whether a word of a command line leads to an original, or has in it what opens one."""
    return _Originals(originals, tuple({*more} - {""})).told_by("", word)


@dataclass(frozen=True)
class _Originals:
    """What must not be reached, and what opens it."""

    addresses: Sequence[Address]
    more: Sequence[str]

    @property
    def places(self) -> frozenset[tuple[str, str, str]]:
        return frozenset(each.place for each in self.addresses)

    def scheme_of(self, value: str) -> str | None:
        """Return the scheme of a value that is nothing but the URL of an original; None for any other."""
        whole = value.strip()
        if _URL.fullmatch(whole) and self._leads(whole):
            return whole.partition("://")[0]
        return None

    def told_by(self, name: str, value: str) -> bool:
        """Whether a variable tells where an original is with what opens it, or a password of one."""
        if any(each.url in value for each in self.addresses) or any(map(self._leads, _URL.findall(value))):
            return True
        words = {word for each in self.addresses for word in (each.parts.get("user"), each.place[2]) if word}
        secrets = {secret for each in self.addresses for secret in each.secrets} | {*self.more}
        return any(_tells(secret, name, value, words | _USUAL) for secret in secrets)

    def _leads(self, url: str) -> bool:
        """Whether a URL, of any driver, is one of an original, by host, port and database, or has its password."""
        try:
            found = urlsplit(url)
            asked = {key: values[-1] for key, values in parse_qs(found.query).items()}
            host = (unquote(found.hostname or "") or asked.get("host") or "").lower()
            port = str(found.port or asked.get("port") or "5432")
            database = unquote(found.path.lstrip("/")) or asked.get("dbname", "")
            password = unquote(found.password or "") or asked.get("password", "")
        except ValueError:
            return False
        strong = {each.password for each in self.addresses if len(each.password) >= _STRONG} - _USUAL
        return (host, port, database) in self.places or password in strong


def _tells(secret: str, name: str, value: str, words: Iterable[str]) -> bool:
    """Whether a value has a password in it; one that is an ordinary word counts only where it stands as a password."""
    forms = {secret, quote(secret, safe=""), quote_plus(secret)}
    if len(secret) >= _STRONG and secret.lower() not in {word.lower() for word in words}:
        return any(form in value for form in forms)
    if value in forms:
        return bool(_NAMED.search(name))
    stands = "|".join(re.escape(form) for form in forms)
    return bool(re.search(rf":(?:{stands})@|\bpassword\s*[=:]\s*['\"]?(?:{stands})(?![^'\"\s,;&}}])", value))

"""The statements, each named and described, beside the module that sends them and under its name.

A block starts with `-- name --` and a comment; the text goes on to the next block. `{part}` stands for an identifier
or a composed piece, `%(value)s` for a parameter; a literal per cent sign is doubled, since every statement is sent
with parameters. The same text serves psycopg and psycopg2.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache, lru_cache
from importlib.resources import files

from psycopg import sql

_BLOCK = re.compile(r"^-- (\w+) --$", re.MULTILINE)


@cache
def _statements(module: str) -> dict[str, str]:
    package, _, file = module.rpartition(".")
    parts = _BLOCK.split(files(package).joinpath(f"{file}.sql").read_text(encoding="utf-8"))
    return {name: body.strip() for name, body in zip(parts[1::2], parts[2::2], strict=True)}


def statement(module: str, name: str, /, **parts: str) -> str:
    """Return the statement `name` of a module, its own, with its identifiers in place.

    Args:
        module: `__name__` of the module that sends it; the file beside it has the statements.
        name: the block's name.
        parts: composed pieces, made by `identifier`, `columns` or `condition`.

    Raises:
        KeyError: there is no such statement, or a part is missing.
    """
    return _statements(module)[name].format(**parts)


def piece(module: str, name: str, /, **parts: str) -> str:
    """Return the block `name` of a module as a part of other statements: without its comment, else as `statement`."""
    text = statement(module, name, **parts)
    while text.startswith("--"):
        text = text.partition("\n")[2]
    return text


@lru_cache(maxsize=4096)
def identifier(*names: str) -> str:
    """Quote a possibly qualified name, with per cent signs doubled for the parameter style."""
    return sql.Identifier(*names).as_string(None).replace("%", "%%")


def literal(value: object) -> str:
    """Quote a value for the few statements that take no parameters (SET, DDL)."""
    return sql.Literal(value).as_string(None).replace("%", "%%")


def columns(names: Iterable[str], *, of: str = "", cast: str = "") -> str:
    """List columns, each qualified by the alias `of` and cast if asked: `s."a"::text, s."b"::text`."""
    prefix = f"{of}." if of else ""
    return ", ".join(f"{prefix}{identifier(name)}{cast}" for name in names)


def condition(text: str) -> str:
    """Put a trusted condition (a protected set's) into a statement; an empty one is true."""
    return f"({text.replace('%', '%%')})" if text else "true"

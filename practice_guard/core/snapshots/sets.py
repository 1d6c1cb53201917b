"""What a snapshot knows of one protected set: its definition, its columns, and the table with its rows."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import cast

from practice_guard.core.application import Column
from practice_guard.core.database import columns, identifier, literal, statement

GUARD_COLUMNS = (("guard_row", "bigint"), ("guard_carried", "boolean"), ("guard_from", "jsonb"))
"""What a copy has beside the table's own columns."""


LONGEST_NAME = 63
"""Bytes of a name in PostgreSQL, which cuts longer ones, so that two of them become one."""


_KEPT_BY_NAME = frozenset(
    {
        "regclass", "regcollation", "regconfig", "regdictionary", "regnamespace", "regoper", "regoperator", "regproc",
        "regprocedure", "regrole", "regtype", "aclitem",
    }
)  # fmt: skip
"""Built-in types whose values name things that can be renamed or dropped: kept as text, as types not built in are."""


@dataclass(frozen=True, slots=True)
class StoredColumn:
    """A column of a protected table as it was, and the type under which the snapshot keeps its values."""

    name: str
    type: str
    stored_as: str


@dataclass(frozen=True, slots=True)
class StoredSet:
    """What a snapshot holds of one protected set. `rows` counts the carried ones too; `teams` counts distinct ids."""

    name: str
    definition: Mapping[str, object]
    columns: tuple[StoredColumn, ...]
    rows_table: str
    rows: int
    carried: int
    teams: int
    digest: str

    @property
    def key(self) -> str:
        """The primary key column."""
        return str(self.definition["key"])

    @property
    def types(self) -> dict[str, str]:
        """The columns' types in the protected table, by name."""
        return {column.name: column.type for column in self.columns}

    @property
    def companion(self) -> bool:
        """Whether the rows are the ETL's own and count as nobody's: older programs kept players so."""
        return self.definition.get("witness") is True

    @property
    def references(self) -> frozenset[str]:
        """The columns that point at teams and leagues."""
        return frozenset(cast("Mapping[str, str]", self.definition["references"]))

    @property
    def table(self) -> str:
        """The protected table, with its schema."""
        return str(self.definition["table"])

    @property
    def is_whole(self) -> bool:
        """Whether it is one of the ETL's own tables as a whole, and no protected set (`whole`)."""
        return self.definition.get("whole") is True

    @property
    def relation(self) -> str:
        """What the guard calls that table: without the schema where that is the application's."""
        return self.table if "schema" in self.definition else self.table.partition(".")[2]


def rows_table(snapshot: str, name: str) -> str:
    """Return the name of the table that keeps a snapshot's rows of one set."""
    return f"s{snapshot.replace('-', '_')}_{name}"


def stored_as(column: Column) -> str:
    """Return the type under which a snapshot keeps a column's values: its own, or text where that may change."""
    by_name = column.type.removesuffix("[]") in _KEPT_BY_NAME
    return column.type if column.built_in and not by_name else "text"


def as_text(column: StoredColumn) -> str:
    """Return the expression for the canonical text of a column of `t`, a copy or the table that it is a copy of."""
    name = f"t.{identifier(column.name)}"
    if column.stored_as == "bpchar":
        # The cast would take the blanks at the end away; format() writes what the type itself writes.
        return f"CASE WHEN {name} IS NOT NULL THEN format('%%s', {name}) END"
    return f"{name}::text"


def read_by_people(stored: StoredSet, snapshot: str) -> str:
    """Return the statement with which a person reads a set's rows, each with the team or league that it hung on."""
    references = cast("Mapping[str, str]", stored.definition["references"])
    column = str(stored.definition.get("hangs_on") or next(iter(references)))
    target = references[column]
    lists = {"teams": "team_lists", "leagues": "league_lists"}
    rows = identifier(stored.rows_table)
    if target not in lists:
        return f"SELECT * FROM practice_guard.{rows} ORDER BY guard_row;".replace("%%", "%")  # noqa: S608  (quoted)
    names = {"teams": ("league", "club", "series", "name"), "leagues": ("code",)}[target]
    text = statement(
        __name__,
        "read_by_people",
        names=columns(names, of="t"),
        rows=rows,
        lists=identifier(lists[target]),
        column=literal(column),
        snapshot=literal(snapshot),
        reference=identifier(column),
    )
    return "\n".join(line for line in text.splitlines() if not line.startswith("--")).replace("%%", "%")


def values(stored: StoredSet) -> dict[str, object]:
    """Return what the guard's tables keep of a set, by column."""
    return {
        "name": stored.name,
        "definition": json.dumps(dict(stored.definition), sort_keys=True, ensure_ascii=False),
        "columns": json.dumps([asdict(column) for column in stored.columns], sort_keys=True, ensure_ascii=False),
        "rows_table": stored.rows_table,
        "rows": stored.rows,
        "carried": stored.carried,
        "teams": stored.teams,
        "digest": stored.digest,
    }

"""A protected set as it is in one database: the pieces that statements ask for."""

from __future__ import annotations

import pytest

from practice_guard.core.application import LEAGUES, TEAMS, Catalog, Column, ProtectedSet, Reference, Table, bind

TYPES = {"the id": "bigint", "team%id": "integer", "league_id": "smallint", "note": "text"}


def bound_over(table: str = 'gear"s', condition: str = "note LIKE '5%'") -> dict[str, str]:
    columns = {name: Column(name, type_, False, False, "", False, True) for name, type_ in TYPES.items()}
    parents = {name: Table("public", name, 2, "r", False, ("id",), {}) for name in ("teams", "leagues")}
    catalog = Catalog("public", {table: Table("public", table, 1, "r", False, ("the id",), columns), **parents})
    references = (Reference("team%id", TEAMS), Reference("league_id", LEAGUES))
    (bound,), _ = bind([ProtectedSet("gear", table, references, condition=condition)], catalog)
    assert bound.parts is bound.parts, "quoted once"
    return dict(bound.parts)


@pytest.mark.parametrize(
    ("piece", "text"),
    [
        ("table", '"public"."gear""s"'),
        ("key", '"the id"'),
        ("key_type", "bigint"),
        ("condition", "(note LIKE '5%%')"),
        ("reference", '"team%%id"'),
        ("references", 't."team%%id", t."league_id"'),
    ],
)
def test_a_piece_is_quoted_for_a_statement_with_parameters(piece: str, text: str) -> None:
    assert bound_over()[piece] == text


def test_a_set_without_a_condition_has_all_rows() -> None:
    assert bound_over(condition="")["condition"] == "true"

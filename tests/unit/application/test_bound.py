"""A protected set as it is in one database: the pieces that statements ask for."""

from __future__ import annotations

import pytest

from practice_guard.core.application import (
    BUILT_IN,
    LEAGUES,
    TEAMS,
    Catalog,
    Column,
    ForeignKey,
    ProtectedSet,
    Reference,
    Table,
    bind,
)

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


def followed_by_pickup_games(*keys: ForeignKey, kind: str = "integer") -> list[str]:
    def table(name: str, *columns: str, foreign_keys: tuple[ForeignKey, ...] = ()) -> Table:
        found = {
            each: Column(each, kind if each != "id" else "integer", False, False, "", False, True) for each in columns
        }
        return Table("public", name, 1, "r", False, ("id",), found, foreign_keys)

    parents = {name: table(name, "id", "name", "league_id") for name in ("leagues", "clubs", "series", "teams")}
    games = table("pickup_games", "id", "club_id", "series_low", foreign_keys=keys)
    sets, skipped = bind(
        [each for each in BUILT_IN if each.name == "pickup_games"],
        Catalog("public", {**parents, "pickup_games": games}),
    )
    assert skipped == []
    return [each.column for bound in sets for each in bound.references]


def test_a_column_that_nobody_declared_is_followed_by_its_name_unless_its_key_leads_elsewhere() -> None:
    to_series = ForeignKey("low", "pickup_games", ("series_low",), "series", "a", True, True, ("id",))
    elsewhere = ForeignKey("low", "pickup_games", ("series_low",), "courses", "a", True, True, ("id",))
    assert followed_by_pickup_games() == ["club_id", "series_low"]
    assert followed_by_pickup_games(to_series) == ["club_id", "series_low"]
    assert followed_by_pickup_games(elsewhere) == ["club_id"]
    assert followed_by_pickup_games(kind="text") == []

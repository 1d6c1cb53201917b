"""A settings file that declares what an import renumbers is read strictly, and a mistake is told with its line."""

from __future__ import annotations

import pytest

from practice_guard.core.application import BUILT_IN_PARENTS, CLUBS, LEAGUES, PLAYERS, SERIES, TEAMS, Parent
from practice_guard.core.application.declared import parse
from practice_guard.core.application.protected import Reference
from practice_guard.core.errors import UsageError

FILE = "practice_guard.toml"
PRODUCTS = '[[parent]]\nname = "products"\ntable = "goods"\nsame = ["sku"]\n'
SIZES = '[[parent]]\nname = "sizes"\ntable = "sizes"\nsame = ["product_id", "size"]\nproduct_id = "products"\n'
CARTS = '[[protected]]\nname = "carts"\ntable = "carts"\n'


def complaint(text: str) -> str:
    """What is said of a file that is not taken."""
    with pytest.raises(UsageError) as caught:
        parse(text, FILE)
    return caught.value.message


def references(text: str) -> tuple[Reference, ...]:
    """What the last set of a file points at."""
    return parse(text, FILE).sets[-1].references


class TestAParent:
    def test_is_known_by_the_columns_that_say_what_a_row_is(self) -> None:
        declared = parse(f"\n{PRODUCTS}", FILE)
        assert declared.parents == (Parent("products", "goods", ("sku",), source=f"{FILE}:2"),)
        assert declared.every_parent == (*BUILT_IN_PARENTS, *declared.parents)

    def test_may_lead_to_another_wherever_that_stands(self) -> None:
        declared = parse(SIZES + PRODUCTS, FILE)
        sizes, products = declared.parents
        assert sizes.leads == (("product_id", "products"),)
        assert sizes.parents == ("products",)
        assert declared.every_parent[-2:] == (products, sizes)

    def test_may_say_so_in_points_at_too(self) -> None:
        named = PRODUCTS.replace('["sku"]', '["sku", "name", "league_id"]')
        (products,) = parse(named + 'points_at = { name = "clubs", league_id = "leagues" }\n', FILE).parents
        assert products.leads == (("name", "clubs"), ("league_id", "leagues"))

    def test_that_is_built_in_may_be_known_by_other_columns(self) -> None:
        declared = parse('[[parent]]\nname = "players"\nsame = ["first_name", "last_name", "team_id"]\n', FILE)
        (players,) = declared.parents
        assert players.same == ("first_name", "last_name", "team_id")
        assert (players.table, players.leads, players.loose) == ("players", PLAYERS.leads, PLAYERS.loose)
        assert players.one == "player"
        assert [each.name for each in declared.every_parent] == [each.name for each in BUILT_IN_PARENTS]

    def test_that_is_built_in_leads_on_only_by_columns_that_it_still_has(self) -> None:
        (series,) = parse('[[parent]]\nname = "series"\nsame = ["name"]\n', FILE).parents
        assert (series.leads, series.optional) == ((), frozenset())


class TestASet:
    def test_names_columns_by_parent_and_the_first_of_them_decides(self) -> None:
        text = CARTS + 'players = ["p"]\nseries = ["s"]\nclubs = ["c"]\nleagues = ["l"]\nteams = ["t"]\n'
        targets = [TEAMS, LEAGUES, CLUBS, SERIES, PLAYERS]
        assert references(text) == tuple(map(Reference, "tlcsp", targets))

    def test_hangs_on_a_declared_parent(self) -> None:
        said = references(PRODUCTS + CARTS + 'parent = "products"\nparent_column = "product_id"\nteams = ["team_id"]\n')
        (products,) = parse(PRODUCTS, FILE).parents
        assert said == (Reference("product_id", products), Reference("team_id", TEAMS))

    def test_points_at_parents_and_sets_by_column(self) -> None:
        numbers = 'points_at = { product_id = "products", answers = "carts", club_id = "clubs" }\n'
        (carts,) = parse(CARTS + 'teams = ["team_id"]\n' + numbers + PRODUCTS, FILE).sets
        assert [str(each.target) for each in carts.references] == ["teams", "products", "clubs"]
        assert carts.points_at == {"answers": "carts"}

    def test_may_hang_on_nothing_but_what_points_at_says(self) -> None:
        assert (
            references(PRODUCTS + CARTS + '[protected.points_at]\nproduct_id = "products"\n')[0].column == "product_id"
        )

    def test_that_is_built_in_takes_further_columns_and_keeps_its_own(self) -> None:
        said = references('[[protected]]\nname = "practices"\nclubs = ["club_id"]\n')
        own = {
            str(each.target)
            for each in parse('[[protected]]\nname = "practices"\netl_deletes = true\n', FILE).sets[0].references
        }
        assert {"teams", "leagues"} <= own
        assert {str(each.target) for each in said} == own | {"clubs"}
        assert str(said[0].target) == "teams"

    def test_that_is_built_in_points_at_a_parent_as_the_file_has_it(self) -> None:
        own = '[[parent]]\nname = "players"\nsame = ["email"]\n'
        (players,) = parse(own, FILE).parents
        assert references(own + CARTS + 'players = ["player_id"]\n') == (Reference("player_id", players),)

    def test_gives_up_values_that_point_at_a_parent(self) -> None:
        (carts,) = parse(PRODUCTS + CARTS + 'clubs = ["club_id"]\ngive_up = { club_id = [0] }\n', FILE).sets
        assert carts.given_up == {"club_id": frozenset({0})}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[parent]\n", "line 1: parents are written as [[parent]]"),
        (
            PRODUCTS + 'sames = ["x"]\n',
            "line 5: a parent has no 'sames' (the nearest name there is same); it has name, t",
        ),
        (PRODUCTS.replace("name", "nam"), "line 2: a parent has no 'nam' (the nearest name there is name)"),
        ('[[parent]]\ntable = "goods"\nsame = ["sku"]\n', "line 1: this parent has no name"),
        ('[[parent]]\nname = "products"\nsame = ["sku"]\n', "line 1: this parent has no table"),
        ('[[parent]]\nname = "products"\ntable = "goods"\n', "line 1: this parent has no same"),
        ('[[parent]]\nname = "clubs"\n', "line 1: this parent has no same"),
        (PRODUCTS.replace('["sku"]', "[]"), "line 1: this parent has no same"),
        (PRODUCTS.replace('["sku"]', '"sku"'), "line 4: same is a list of columns, those that say what a row is"),
        (PRODUCTS.replace('["sku"]', "[3]"), "line 4: same is a list of columns"),
        (PRODUCTS.replace('["sku"]', '["sku", "sku"]'), "line 4: same names a column twice"),
        (PRODUCTS.replace('"goods"', "3"), "line 3: table is text"),
        (PRODUCTS.replace('"products"', '"my products"'), "line 2: 'my products' cannot be a parent's name: up to 40"),
        (PRODUCTS.replace('"products"', f'"{"g" * 41}"'), "cannot be a parent's name"),
        (
            PRODUCTS + PRODUCTS,
            "line 6: there is a parent 'products' already; it is declared in practice_guard.toml, line",
        ),
        (PRODUCTS + PRODUCTS.replace("products", "items"), "line 7: the table goods is the parent products already"),
        (PRODUCTS.replace("goods", "clubs"), "line 3: the table clubs is the parent clubs already"),
        (
            '[[parent]]\nname = "teams"\nsame = ["name"]\n',
            "line 2: what says who a row of teams is cannot be set: teams",
        ),
        (
            '[[parent]]\nname = "leagues"\nsame = ["x"]\n',
            "line 2: what says who a row of leagues is cannot be set: leagu",
        ),
        (
            '[[parent]]\nname = "clubs"\ntable = "venues"\nsame = ["name"]\n',
            "line 3: clubs are the rows of clubs; another table is a parent of another name",
        ),
        (SIZES, "line 5: there is no parent 'products'; there are teams, leagues, clubs, series, players, sizes"),
        (SIZES + PRODUCTS.replace('"products"', '"product"'), "'products' (the nearest name there is product); there"),
        (SIZES.replace('"products"', "3") + PRODUCTS, "line 5: product_id has the name of the parent that it leads to"),
        (PRODUCTS + "points_at = { sku = 3 }\n", "line 5: points_at has the name of a parent for each column"),
        (
            PRODUCTS + 'points_at = { skus = "clubs" }\n',
            "line 5: skus is no column of same (the nearest name there is sku)",
        ),
        (PRODUCTS + 'sku = "clubs"\npoints_at = { sku = "series" }\n', "line 6: sku is said to lead to two parents"),
        (
            PRODUCTS + 'sku = "products"\n',
            "line 1: parents lead to each other, so that none can be known first: products",
        ),
        (
            PRODUCTS.replace('["sku"]', '["size_id"]\nsize_id = "sizes"') + SIZES,
            "line 1: parents lead to each other, so that none can be known first: products, sizes",
        ),
        (
            PRODUCTS + CARTS.replace('"carts"', '"products"', 1) + 'teams = ["team_id"]\n',
            "line 6: there is a set 'products' already; it is a parent, declared in practice_guard.toml, line 1",
        ),
        (
            '[[parent]]\nname = "polls"\ntable = "goods"\nsame = ["sku"]\n',
            "line 2: there is a set 'polls' already; it is built in",
        ),
        (
            PRODUCTS + CARTS + 'teams = ["t"]\npoints_at = { p = "product" }\n',
            "line 9: there is no protected set or parent 'product' (the",
        ),
        (CARTS + 'clubs = "club_id"\n', "line 4: clubs is a list of columns"),
        (
            CARTS + 'clubs = ["at"]\npoints_at = { at = "series" }\n',
            "line 1: carts has a column that points at two things",
        ),
        (
            CARTS + 'club = ["at"]\n',
            "line 4: a protected set has no 'club' (the nearest name there is clubs); it has name,",
        ),
    ],
)
def test_a_mistake_is_told_with_its_line_and_what_there_is(text: str, said: str) -> None:
    message = complaint(text)
    assert message.startswith(FILE)
    assert said in message
    assert message.endswith("Nothing was done.")


def test_a_built_in_set_that_is_not_wanted_leaves_its_name_to_a_parent() -> None:
    polls = '[[parent]]\nname = "polls"\ntable = "goods"\nsame = ["sku"]\n'
    assert parse(f'not_protected = ["polls"]\n{polls}', FILE).parents[0].name == "polls"

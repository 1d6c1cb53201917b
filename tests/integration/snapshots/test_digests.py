"""The digest of rows: exact to the letter, the same in every database, and whatever order the rows are in."""

from __future__ import annotations

import gzip
import json
import sys

import pytest

from practice_guard.core import errors
from practice_guard.core.database import Access, Query, connect
from practice_guard.core.snapshots import StoredColumn, StoredSet, digests
from tests.integration.conftest import Makes
from tests.world import builders
from tests.world.builders import League, ScratchDatabase
from tests.world.guarding import Guard
from tests.world.keeping import exports, imports, the_guards_schema_is_lost, verifies

TYPES = {"a": "text", "b": "text", "n": "numeric", "f": "double precision", "c": "bpchar", "j": "json", "x": "text[]"}
THINGS = StoredSet("things", {}, tuple(StoredColumn(*each, each[1]) for each in TYPES.items()), "things", 0, 0, 0, "")
ROWS = [
    (1, False, None, "one", "two", "1.0", "0", "ends ", '{"k": 1}', "{x,NULL}"),
    (2, False, None, "two", "three", "2", "1e-5", "", "[]", "{}"),
    (
        3,
        True,
        '{"team_id": {"id": 3, "list": "then"}}',
        "Ünïcödé",
        "a,b)\"'\\",
        "NaN",
        "Infinity",
        "x",
        '"é"',
        '{"é, }"}',
    ),
    (4, True, None, None, "", None, None, None, None, None),
]
GOLDEN = "3685012a15b64e186615a6899ff787ba4e59df1510577e112ad6acd180cbcc90"
"""The digest of the rows with the guard's columns: as long as snapshots of version 2 are about, it may not change."""

CHANGES = {
    "a letter": "SET a = 'One' WHERE guard_row = 1",
    "a blank at the end": "SET a = a || ' ' WHERE guard_row = 1",
    "a blank that the type calls none": "SET c = 'ends  ' WHERE guard_row = 1",
    "a NULL that was an empty text": "SET b = NULL WHERE guard_row = 4",
    "an empty text that was NULL": "SET a = '' WHERE guard_row = 4",
    "a nought": "SET n = 1.00 WHERE guard_row = 1",
    "the sign of nought": "SET f = '-0' WHERE guard_row = 1",
    "the last bit": "SET f = 1.0000000000000002e-5 WHERE guard_row = 2",
    "a blank in JSON": """SET j = '{"k":1}' WHERE guard_row = 1""",
    "a NULL in an array that was its name": """SET x = '{x,"NULL"}' WHERE guard_row = 1""",
    "values exchanged in a row": "SET (a, b) = (b, a) WHERE guard_row = 1",
    "values exchanged between rows": "AS t SET a = o.a FROM things AS o WHERE t.guard_row + o.guard_row = 3",
    "text moved to the next column": "SET a = 'on', b = 'etwo' WHERE guard_row = 1",
    "another number": "SET guard_row = 5 WHERE guard_row = 4",
    "numbers exchanged": "SET guard_row = 3 - guard_row WHERE guard_row < 3",
    "a mark": "SET guard_carried = NOT guard_carried WHERE guard_row = 4",
    "marks exchanged": "SET guard_carried = NOT guard_carried WHERE guard_row IN (2, 4)",
    "an origin": "SET guard_from = NULL WHERE guard_row = 3",
    "an origin moved": "SET guard_from = CASE guard_row WHEN 4 THEN '{}'::jsonb END WHERE guard_row > 2",
}
OF_THE_GUARD = ["another number", "numbers exchanged", "an origin", "an origin moved"]
OF_A_CARRIED_ROW = ["a NULL that was an empty text", "an empty text that was NULL"]


@pytest.fixture
def things(database: ScratchDatabase) -> ScratchDatabase:
    """A copy with values that are easily taken for others."""
    has_things(database)
    return database


def has_things(database: ScratchDatabase) -> None:
    columns = ", ".join(f"{name} {kind}" for name, kind in TYPES.items())
    database.rows("CREATE SCHEMA practice_guard")
    database.rows(
        f"CREATE TABLE practice_guard.things (guard_row bigint, guard_carried boolean, guard_from jsonb, {columns})"
    )
    for row in ROWS:
        values = dict(zip("rwoabnfcjx", row, strict=True))
        casts = ", ".join(f"%({name})s::text::{kind}" for name, kind in TYPES.items())
        text = f"INSERT INTO practice_guard.things SELECT %(r)s, %(w)s, %(o)s::jsonb, {casts}"
        database.rows(text, **values)


def asks(database: ScratchDatabase, query: Query) -> builders.Row:
    with connect(database.url, application="test") as connection, connection.transaction(Access.READ):
        return connection.execute(query.text, query.parameters)[0]


def digest(database: ScratchDatabase, version: int = 2) -> str:
    return str(asks(database, digests.of_copy(THINGS, version))[1])


def changes(database: ScratchDatabase, change: str) -> None:
    database.rows("SET search_path = practice_guard, pg_catalog")
    database.rows(f"UPDATE things {CHANGES[change]}")


@pytest.mark.parametrize("change", CHANGES)
def test_it_is_exact_to_the_letter(things: ScratchDatabase, change: str) -> None:
    _, before, _, whole = asks(things, digests.of_both(THINGS, 2))
    changes(things, change)
    _, own, _, after = asks(things, digests.of_both(THINGS, 2))
    assert after != whole
    assert digest(things) == after
    assert (own == before) == (change in (*OF_THE_GUARD, *OF_A_CARRIED_ROW))


@pytest.mark.parametrize("version", [1, 2])
def test_the_order_of_the_rows_does_not_matter_and_how_often_one_is_there_does(
    things: ScratchDatabase, version: int
) -> None:
    before = digest(things, version)
    things.rows("CREATE TABLE upside_down AS SELECT * FROM practice_guard.things ORDER BY guard_row DESC")
    things.rows("TRUNCATE practice_guard.things")
    assert asks(things, digests.of_copy(THINGS, version))[0] == 0
    things.rows("INSERT INTO practice_guard.things SELECT * FROM upside_down")
    assert digest(things, version) == before
    seen = {before}
    for times in range(1, 4):
        things.rows("INSERT INTO practice_guard.things SELECT * FROM upside_down WHERE guard_row = 1")
        seen.add(digest(things, version))
        assert len(seen) == 1 + times


@pytest.mark.parametrize("version", [1, 2])
def test_a_copys_own_rows_have_the_digest_of_their_table(things: ScratchDatabase, version: int) -> None:
    things.rows("CREATE TABLE elsewhere AS SELECT * FROM practice_guard.things")
    own_rows, own, rows, whole = asks(things, digests.of_both(THINGS, version))
    assert (own_rows, rows) == (2, 4)
    assert whole == digest(things, version)
    things.rows("DELETE FROM practice_guard.things WHERE guard_carried")
    assert asks(things, digests.of_both(THINGS, version))[:2] == (2, own)
    things.rows("UPDATE practice_guard.things SET guard_row = 7 * guard_row, guard_from = '{}'")
    assert asks(things, digests.of_both(THINGS, version))[:2] == (2, own)


@pytest.mark.parametrize("order", ["", "ORDER BY random()"])
def test_parallel_workers_may_add_it_up(things: ScratchDatabase, order: str) -> None:
    things.rows(
        "INSERT INTO practice_guard.things (guard_row, guard_carried, a)"
        f" SELECT n, false, 'row ' || n FROM generate_series(5, 20000) AS n {order}"
    )
    alone = digest(things)
    for setting in ("parallel_setup_cost = 0", "parallel_tuple_cost = 0", "min_parallel_table_scan_size = 0"):
        things.rows(f"ALTER DATABASE {things.name} SET {setting}")
    query = digests.of_copy(THINGS, 2)
    with connect(things.url, application="test") as connection, connection.transaction(Access.READ):
        plan = "\n".join(line for (line,) in connection.execute(f"EXPLAIN VERBOSE {query.text}"))
    assert "Partial Aggregate" in plan
    assert plan.count("ARRAY[") == 1, "each row's texts are made once"
    assert digest(things) == alone


# Team lists

ODD = (
    "INSERT INTO practice_guard.team_lists (list, id, league, club, series, name, alias, players) VALUES"
    " ('odd', 1, 'LAKE', 'Tennaqua', 'Series 2', 'Tennaqua 2', NULL, '{P1,P2}'),"
    " ('odd', 2, NULL, NULL, '', 'Ünïcödé', 'T', '{}')"
)
GOLDEN_LIST = "de0ff39dd9045f421553197e8678bb67653b85b6187e66cd1f7e2ffc0c834ac4"
"""The digest of that list's teams by version 2, which may not change either."""

CHANGES_OF_A_LIST = {
    "an outside id": "SET outside_id = 'T1' WHERE id = 1",
    "a team that played no more": "SET active = false WHERE id = 1",
    "a team that played": "SET active = true WHERE id = 2",
}


@pytest.fixture
def odd(database: ScratchDatabase) -> ScratchDatabase:
    """A kept list of two teams, of which nothing is known besides their names."""
    Guard(database).has_backed_up_nothing()
    database.rows(ODD)
    return database


def digest_of_the_list(database: ScratchDatabase, version: int) -> str:
    return str(asks(database, digests.of_list("odd", version)[0])[1])


@pytest.mark.skipif(sys.byteorder != "little", reason="hashes of another byte order are others")
def test_lists_of_version_2_have_the_digest_that_they_had(odd: ScratchDatabase) -> None:
    assert digest_of_the_list(odd, 2) == GOLDEN_LIST
    odd.rows("ALTER TABLE practice_guard.team_lists DROP outside_id, DROP active")
    assert digest_of_the_list(odd, 2) == GOLDEN_LIST, "in the tables of that time too"


@pytest.mark.parametrize("version", [2, 3])
@pytest.mark.parametrize("change", CHANGES_OF_A_LIST)
def test_what_a_team_has_besides_names_is_part_of_it(odd: ScratchDatabase, version: int, change: str) -> None:
    before = digest_of_the_list(odd, version)
    odd.rows(f"UPDATE practice_guard.team_lists {CHANGES_OF_A_LIST[change]}")
    assert digest_of_the_list(odd, version) != before


def test_what_is_exchanged_between_teams_is_noticed(odd: ScratchDatabase) -> None:
    odd.rows("UPDATE practice_guard.team_lists SET (outside_id, active) = ('T' || id, id = 1)")
    seen = {digest_of_the_list(odd, 3)}
    for number, exchange in enumerate(("outside_id = 'T' || 3 - id", "active = (id = 2)"), 2):
        odd.rows(f"UPDATE practice_guard.team_lists SET {exchange}")
        seen.add(digest_of_the_list(odd, 3))
        assert len(seen) == number


def test_snapshots_of_the_version_before_are_exported_and_imported(
    league: League, database: ScratchDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They were taken when nothing was known of a team besides its names."""
    league.captain_schedules_practice(league.has_team(players=["P1"]))
    database.rows("UPDATE teams SET is_active = NULL")
    guard = Guard(database)
    with monkeypatch.context() as before:
        before.setattr(digests, "NEWEST", 2)
        taken = guard.has_backed_up()
    assert verifies(guard).digest_version == 2

    data = exports(guard)
    assert b"outside_id" not in gzip.decompress(data)
    the_guards_schema_is_lost(database)
    imports(guard, data)
    assert verifies(guard, taken.id).digest == taken.digest
    database.rows("UPDATE teams SET is_active = true, external_team_id = 'T1'")
    assert (guard.has_backed_up().digest_version, verifies(guard, taken.id).digest_version) == (4, 2)
    database.rows("UPDATE practice_guard.team_lists SET outside_id = 'T1' WHERE list = %(list)s", list=taken.id)
    with pytest.raises(errors.DamagedSnapshotError, match="its team list or its description was changed"):
        verifies(guard, taken.id)


# Databases of other encodings


@pytest.mark.skipif(sys.byteorder != "little", reason="hashes of another byte order are others")
@pytest.mark.parametrize("encoding", ["UTF8", "LATIN1", "LATIN9", "WIN1252", "SQL_ASCII"])
def test_it_is_the_same_on_every_server_and_in_every_encoding(encoded: Makes, encoding: str) -> None:
    database = encoded(encoding)
    has_things(database)
    assert digest(database) == GOLDEN


def a_practice_at(database: ScratchDatabase, place: str) -> Guard:
    league = League(database)
    team = league.has_team(players=[place])
    database.rows("UPDATE teams SET external_team_id = %(place)s", place=place)
    league.captain_schedules_practices(team, 2)
    database.rows("UPDATE schedule SET location = %(place)s", place=place)
    guard = Guard(database)
    guard.has_backed_up()
    return guard


def version_in(data: bytes) -> int:
    return int(json.loads(gzip.decompress(data).splitlines()[0])["snapshot"]["digest_version"])


@pytest.mark.parametrize(
    ("of", "into", "place", "version"),
    [
        ("UTF8", "LATIN1", "Münster", 4),
        ("LATIN1", "UTF8", "Münster", 4),
        ("SQL_ASCII", "WIN1252", "Münster", 4),
        ("EUC_JP", "UTF8", "テニス", 5),
        ("UTF8", "EUC_JP", "Tennis", 4),
    ],
)
def test_an_export_is_good_in_a_database_of_another_encoding(
    encoded: Makes, of: str, into: str, place: str, version: int
) -> None:
    data = exports(a_practice_at(encoded(of), place))
    assert version_in(data) == version
    there = Guard(encoded(into))
    imports(there, data, into_other=True)
    assert verifies(there).digest_version == version
    again = exports(there)
    assert version_in(again) == version, "what was taken by one definition stays with it"


@pytest.mark.parametrize("change", ["outside_id = 'T1'", "outside_id = NULL", "active = false", "active = NULL"])
def test_what_a_team_has_besides_names_is_kept_safe_by_the_first_digest_too(encoded: Makes, change: str) -> None:
    database = encoded("EUC_JP")
    guard = a_practice_at(database, "テニス")
    assert verifies(guard).digest_version == 5
    database.rows(f"UPDATE practice_guard.team_lists SET {change}")
    with pytest.raises(errors.DamagedSnapshotError, match="its team list or its description was changed"):
        verifies(guard)


def test_letters_that_an_encoding_has_no_room_for_are_said_to_be_the_reason(encoded: Makes) -> None:
    data = exports(a_practice_at(encoded("UTF8"), "テニス"))
    with pytest.raises(errors.DamagedSnapshotError, match=r"PostgreSQL does not take what is in it\. .*EUC_JP"):
        imports(Guard(encoded("EUC_JP")), data, into_other=True)

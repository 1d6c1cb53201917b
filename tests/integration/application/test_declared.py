"""What users declare is held against the database before it is used, and protected as what is built in is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import pytest

from practice_guard.core.application import declared_check
from practice_guard.core.application.declared import Declared, parse
from practice_guard.core.database import Connection
from practice_guard.core.errors import AccessError, UsageError
from practice_guard.core.model import Verdict
from tests.world import builders
from tests.world.builders import League, ScratchDatabase
from tests.world.guarding import Guard

FILE = "practice_guard.toml"
GEAR = """
[[protected]]
name = "gear"
table = "lent gear"
teams = ["Team"]
leagues = ["league_id"]
condition = "kind <> 'ball'"
same = ["kind"]
"""


@pytest.fixture
def gear(league: League, database: ScratchDatabase) -> League:
    """A table that the program has never heard of, with names that must be quoted."""
    database.rows(
        'CREATE TABLE "lent gear" (id serial PRIMARY KEY, "Team" int, league_id bigint, kind text, note text,'
        " at timestamptz DEFAULT now())"
    )
    for club in ("Tennaqua", "Wilmette"):
        team = league.has_team(club=club)
        league.captain_schedules_practice(team)
        database.rows(
            'INSERT INTO "lent gear" ("Team", league_id, kind) SELECT id, league_id, kind'
            " FROM teams, unnest(ARRAY['net', 'ball']) AS kind WHERE id = %(team)s",
            team=team.id,
        )
    return league


def whose_gear(database: ScratchDatabase, kind: str) -> Counter[tuple[str, ...]]:
    return Counter(
        database.rows(
            "SELECT coalesce(t.team_name, 'nobody'), coalesce(l.league_id, 'none') FROM \"lent gear\" g"
            ' LEFT JOIN teams t ON t.id = g."Team" LEFT JOIN leagues l ON l.id = g.league_id WHERE kind = %(kind)s',
            kind=kind,
        )
    )


def holds(database: ScratchDatabase, text: str) -> Declared:
    """Declares what a file says, once it has been held against the database."""
    declared = parse(text, FILE)

    def work(connection: Connection) -> None:
        declared_check.check_declared(connection, declared)
        assert connection.execute("SELECT 1") == [(1,)], "the connection must be left usable"

    Guard(database).with_connection(work)
    return declared


def refusal(database: ScratchDatabase, text: str) -> str:
    before = database.everything()
    with pytest.raises(UsageError) as caught:
        holds(database, text)
    assert database.everything() == before
    return caught.value.message


def guarded(database: ScratchDatabase, text: str) -> Guard:
    return Guard(database, holds(database, text).everything)


@pytest.mark.parametrize("variant", ["recreate", "recycle", "upsert"])
def test_a_declared_table_is_protected_as_what_is_built_in(
    gear: League, database: ScratchDatabase, variant: str
) -> None:
    guard, before = guarded(database, GEAR), whose_gear(database, "net")
    assert guard.has_backed_up().sets["gear"].rows == 2
    builders.the_etl_runs(database, variant)

    guard.restores()

    assert whose_gear(database, "net") == before
    assert guard.judges_health().verdict is Verdict.FINE


def test_rows_outside_the_condition_are_left_alone(gear: League, database: ScratchDatabase) -> None:
    guard = guarded(database, GEAR)
    guard.has_backed_up()
    builders.the_etl_recreates_everything(database)
    guard.restores()
    assert whose_gear(database, "ball") == Counter({("nobody", "none"): 2})


def test_rows_that_the_etl_deletes_are_put_back(gear: League, database: ScratchDatabase) -> None:
    guard, before = guarded(database, GEAR + "etl_deletes = true\n"), whose_gear(database, "net")
    guard.has_backed_up()
    database.rows("DELETE FROM \"lent gear\" WHERE kind = 'net'")
    builders.the_etl_recreates_everything(database)
    guard.restores()
    assert whose_gear(database, "net") == before


_BROKEN = "line 7: the condition of gear does not work"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (
            {'"lent gear"': '"lent_gear"'},
            "line 4: The table public.lent_gear does not exist in this database (the near",
        ),
        (
            {'"Team"': '"team"'},
            "line 5: the table public.lent gear has no column team (the nearest name there is Team)",
        ),
        ({'"league_id"': '"leagueid"'}, "line 6: the table public.lent gear has no column leagueid (the nearest name"),
        (
            {'["kind"]': '["kinds"]'},
            "line 8: the table public.lent gear has no column kinds (the nearest name there is",
        ),
        ({'["Team"]': '["note"]'}, "line 5: lent gear.note is text; what points at teams is a whole number"),
        ({'["league_id"]': '["at"]'}, "line 6: lent gear.at is timestamp with time zone; what points at leagues is"),
        ({"kind <>": "kinds <>"}, f"{_BROKEN} (the nearest name there is kind)"),
        ({"kind <> 'ball'": "kind <>"}, f"{_BROKEN}: The database says: syntax error"),
        ({"kind <> 'ball'": "kind"}, f"{_BROKEN}: The database says: argument of WHERE must be type boolean"),
        ({"kind <> 'ball'": "count(*) > 1"}, f"{_BROKEN}: The database says: aggregate functions"),
        ({"kind <> 'ball'": "1 / (id - id) = 1"}, f"{_BROKEN}: The database says: division by zero"),
        (
            {"kind <> 'ball'": "nextval('public.teams_id_seq') > 0"},
            "cannot execute nextval() in a read-only transaction",
        ),
        ({"kind <> 'ball'": "true -- ')"}, f"{_BROKEN}: The database says: syntax error"),
    ],
)
def test_what_is_not_there_or_does_not_work_is_refused_with_its_line(
    gear: League, database: ScratchDatabase, wrong: Mapping[str, str], said: str
) -> None:
    ((right, instead),) = wrong.items()
    assert said in refusal(database, GEAR.replace(right, instead))


def test_a_condition_that_fails_only_on_a_later_row_is_refused_too(gear: League, database: ScratchDatabase) -> None:
    last = database.value('SELECT max(id) FROM "lent gear"')
    said = refusal(database, GEAR.replace("kind <> 'ball'", f"1 / (id - {last}) < 5"))
    assert f"{_BROKEN}: The database says: division by zero" in said


def test_a_view_is_no_table(gear: League, database: ScratchDatabase) -> None:
    database.rows('CREATE VIEW seen AS SELECT * FROM "lent gear"')
    assert "line 4: public.seen is a view" in refusal(database, GEAR.replace("lent gear", "seen"))


def test_a_table_without_a_primary_key_is_refused(gear: League, database: ScratchDatabase) -> None:
    database.rows('ALTER TABLE "lent gear" DROP CONSTRAINT "lent gear_pkey"')
    assert "line 4: public.lent gear has no primary key of one column" in refusal(database, GEAR)


def test_a_condition_runs_in_a_transaction_of_its_own_that_does_not_abort_the_next(
    gear: League, database: ScratchDatabase
) -> None:
    refusal(database, GEAR.replace("kind <>", "kinds <>"))
    assert holds(database, GEAR).sets


def test_a_name_that_would_be_an_injection_is_only_a_name(gear: League, database: ScratchDatabase) -> None:
    hostile = 'lent gear\\" WHERE true; DROP TABLE teams; --'
    assert "line 4: The table public.lent gear" in refusal(database, GEAR.replace("lent gear", hostile))
    assert "line 5: the table public.lent gear has no column" in refusal(database, GEAR.replace("Team", hostile))
    assert database.count("teams") == 2


def test_a_table_of_a_hostile_name_is_protected_like_any_other(gear: League, database: ScratchDatabase) -> None:
    database.rows('ALTER TABLE "lent gear" RENAME TO "ge""ar; % -- %s {0}"')
    database.rows('ALTER TABLE "ge""ar; % -- %s {0}" RENAME "Team" TO "te""am %(x)s {key}"')
    named = GEAR.replace("lent gear", 'ge\\"ar; % -- %s {0}').replace("Team", 'te\\"am %(x)s {key}')
    guard = guarded(database, named)
    guard.has_backed_up()
    builders.the_etl_recreates_everything(database)
    guard.restores()
    assert guard.judges_health().verdict is Verdict.FINE
    assert guard.restores().written == 0


def test_two_sets_may_not_have_the_same_rows(gear: League, database: ScratchDatabase) -> None:
    second = GEAR.replace('"gear"', '"more"').replace("kind <> 'ball'", "true")
    said = refusal(database, GEAR + second)
    assert f"{FILE}, line 15: 2 rows of lent gear are in gear and in more" in said
    assert holds(database, GEAR + second.replace('"true"', "\"kind = 'ball'\"")).sets


def test_not_even_where_they_mend_different_columns(gear: League, database: ScratchDatabase) -> None:
    """After a TRUNCATE each of them would put the rows back, and what the other mends would be as it was."""
    one = GEAR.replace('leagues = ["league_id"]\n', "etl_deletes = false\n")
    other = GEAR.replace('teams = ["Team"]\n', "etl_deletes = false\n").replace('"gear"', '"gear-leagues"')
    assert "2 rows of lent gear are in gear and in gear-leagues" in refusal(database, one + other)
    apart = other.replace("kind <> 'ball'", "kind = 'ball'")
    assert holds(database, one + apart).sets


def test_a_missing_privilege_is_told_as_such(gear: League, database: ScratchDatabase) -> None:
    declared = parse(GEAR, FILE)

    def work(connection: Connection) -> None:
        connection.execute("SET SESSION ROLE nobody_much")
        declared_check.check_declared(connection, declared)

    database.rows("DROP ROLE IF EXISTS nobody_much")
    database.rows("CREATE ROLE nobody_much")
    try:
        with pytest.raises(AccessError):
            Guard(database).with_connection(work)
    finally:
        database.rows("DROP ROLE nobody_much")


def test_a_declared_chain_follows_its_parent(gear: League, database: ScratchDatabase) -> None:
    database.rows('CREATE TABLE marks (id serial PRIMARY KEY, of int, "text" text)')
    database.rows('INSERT INTO marks (of, "text") SELECT id, kind FROM "lent gear"')
    marks = '[[protected]]\nname = "marks"\ntable = "marks"\nparent = "gear"\nparent_column = "of"\n'
    guard = guarded(database, marks + GEAR.replace("condition = \"kind <> 'ball'\"", "etl_deletes = true"))
    seen = (
        'SELECT m.text, g.kind, t.team_name FROM marks m JOIN "lent gear" g ON g.id = m.of'
        ' JOIN teams t ON t.id = "Team"'
    )
    before = sorted(database.rows(seen))
    guard.has_backed_up()
    database.rows('DELETE FROM "lent gear"')
    builders.the_etl_recreates_everything(database)
    database.rows('ALTER SEQUENCE "lent gear_id_seq" RESTART')
    database.rows("INSERT INTO \"lent gear\" (kind) VALUES ('racket')")

    guard.restores()

    assert sorted(database.rows(seen)) == before


def test_a_declared_parent_column_must_be_a_number(gear: League, database: ScratchDatabase) -> None:
    database.rows("CREATE TABLE marks (id serial PRIMARY KEY, of text)")
    marks = '[[protected]]\nname = "marks"\ntable = "marks"\nparent = "gear"\nparent_column = "of"\n'
    assert "line 5: marks.of is text; what points at other rows is a whole number" in refusal(database, marks + GEAR)

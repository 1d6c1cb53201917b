"""What a file says that an import renumbers is held against the database, and so is what points at it."""

from __future__ import annotations

import pytest

from practice_guard.core.application import declared_check
from practice_guard.core.application.declared import Declared, parse
from practice_guard.core.database import Connection
from practice_guard.core.errors import UsageError
from tests.world.builders import League, ScratchDatabase
from tests.world.guarding import Guard

FILE = "practice_guard.toml"
BALLS = """
[[parent]]
name = "balls"
table = "balls"
same = ["brand", "model"]
"""
CASES = """
[[parent]]
name = "cases"
table = "cases"
same = ["ball_id", "size"]
ball_id = "balls"
"""
LOANS = """
[[protected]]
name = "loans"
table = "loans"
teams = ["team_id"]
points_at = { ball_id = "balls", renews = "loans" }
"""


@pytest.fixture
def loans(league: League, database: ScratchDatabase) -> League:
    """Balls that captains lend each other; balls and the cases that they are sold in are imported anew each night."""
    for text in (
        "CREATE TABLE balls (id serial PRIMARY KEY, brand text, model text)",
        "ALTER TABLE balls ADD hue text GENERATED ALWAYS AS (brand) STORED",
        "CREATE TABLE cases (id serial PRIMARY KEY, ball_id int REFERENCES balls, size int, note text)",
        "CREATE TABLE loans (id serial PRIMARY KEY, team_id int REFERENCES teams, ball_id int REFERENCES balls)",
        "ALTER TABLE loans ADD renews int REFERENCES loans, ADD club_id int REFERENCES clubs, ADD spare int",
        "INSERT INTO balls (brand, model) VALUES ('Viking', 'Extreme'), ('Viking', 'Oz'), (NULL, NULL), (NULL, NULL)",
        "INSERT INTO cases (ball_id, size) SELECT id, size FROM balls, unnest(ARRAY[12, 24]) AS size",
    ):
        database.rows(text)
    league.has_team()
    return league


def holds(database: ScratchDatabase, text: str, *, apart: bool = True) -> Declared:
    """Declares what a file says, once it has been held against the database."""
    declared = parse(text, FILE)

    def work(connection: Connection) -> None:
        declared_check.check_declared(connection, declared, apart=apart)
        assert connection.execute("SELECT 1") == [(1,)], "the connection must be left usable"

    Guard(database).with_connection(work)
    return declared


def refusal(database: ScratchDatabase, text: str) -> str:
    before = database.everything()
    with pytest.raises(UsageError) as caught:
        holds(database, text)
    assert database.everything() == before
    assert caught.value.message.startswith(FILE)
    assert caught.value.message.endswith("Nothing was done.")
    return caught.value.message


def test_what_fits_is_taken(loans: League, database: ScratchDatabase) -> None:
    declared = holds(database, LOANS + CASES + BALLS)
    assert [each.name for each in declared.every_parent[-2:]] == ["balls", "cases"]


def test_a_built_in_parent_may_be_known_otherwise(loans: League, database: ScratchDatabase) -> None:
    assert holds(database, '[[parent]]\nname = "players"\nsame = ["first_name", "last_name", "team_id"]\n').parents


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        (
            'table = "balls"',
            'table = "ball"',
            "line 4: The table public.ball does not exist in this database (the neare",
        ),
        (
            '"model"]',
            '"modell"]',
            "line 5: the table public.balls has no column modell (the nearest name there is model)",
        ),
        ('"model"]', '"modell"]', "; it has id, brand, model, hue"),
        (
            '"model"]',
            '"hue"]',
            "line 5: balls.hue (text) is generated, so that no snapshot keeps it; name the column",
        ),
        ('"model"]', '"id"]', "line 5: balls.id is the primary key, which an import makes anew"),
        (
            '"brand", "model"',
            '"brand"',
            "line 5: the columns brand do not tell the rows of balls apart: 2 rows have brand",
        ),
    ],
)
def test_a_parent_that_does_not_fit_is_refused_with_its_line(
    loans: League, database: ScratchDatabase, right: str, wrong: str, said: str
) -> None:
    assert right in BALLS
    assert said in refusal(database, BALLS.replace(right, wrong))


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        (
            '"size"]',
            '"note"]',
            "line 5: the columns ball_id, note do not tell the rows of cases apart: 2 rows have ball_",
        ),
        ('"size"]', '"note"]', "and note NULL; name more columns"),
        (
            'ball_id = "balls"',
            "",
            "cases.ball_id has a foreign key to balls, which an import renumbers too: write ball_id",
        ),
        (
            'ball_id = "balls"',
            'ball_id = "clubs"',
            "line 6: cases.ball_id has a foreign key to balls, which an import re",
        ),
        (
            'ball_id = "balls"',
            'points_at = { size = "balls", ball_id = "balls", note = "clubs" }',
            "note is no column o",
        ),
    ],
)
def test_what_leads_to_another_parent_is_said_to(
    loans: League, database: ScratchDatabase, right: str, wrong: str, said: str
) -> None:
    assert right in CASES
    assert said in refusal_of(database, CASES.replace(right, wrong) + BALLS)


def refusal_of(database: ScratchDatabase, text: str) -> str:
    """What is said of a file, by its text alone or by the database."""
    try:
        parse(text, FILE)
    except UsageError as error:
        return error.message
    return refusal(database, text)


def test_what_leads_to_another_parent_is_a_whole_number(loans: League, database: ScratchDatabase) -> None:
    text = CASES.replace('"size"]', '"size", "note"]') + 'note = "clubs"\n'
    assert "line 7: cases.note is text; what leads to clubs is a whole number" in refusal(database, text + BALLS)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            "DROP CONSTRAINT balls_pkey CASCADE",
            "line 4: what points at rows of balls cannot be followed: it has no prima",
        ),
        (
            "DROP CONSTRAINT balls_pkey CASCADE, ADD PRIMARY KEY (id, code)",
            "its primary key is id (integer), code (text); a parent needs one of one column, a whole number",
        ),
        (
            "DROP CONSTRAINT balls_pkey CASCADE, ALTER code TYPE bytea USING code::bytea, ADD PRIMARY KEY (code)",
            "its primary key is code (bytea); a parent needs one of one column, a whole number, a uuid or a text",
        ),
    ],
)
def test_a_parent_has_a_key_that_is_a_whole_number_a_uuid_or_a_text(
    loans: League, database: ScratchDatabase, change: str, said: str
) -> None:
    database.rows("ALTER TABLE balls ADD code text NOT NULL DEFAULT gen_random_uuid()::text")
    database.rows("ALTER TABLE balls ALTER code DROP DEFAULT")
    database.rows(f"ALTER TABLE balls {change}")
    assert said in refusal(database, BALLS)


def test_a_view_is_no_parent(loans: League, database: ScratchDatabase) -> None:
    database.rows("CREATE VIEW seen AS SELECT * FROM balls")
    assert "line 4: public.seen is a view" in refusal(database, BALLS.replace('table = "balls"', 'table = "seen"'))


def test_rows_that_an_import_has_made_alike_stop_nothing_after_it(loans: League, database: ScratchDatabase) -> None:
    database.rows("INSERT INTO balls (brand, model) VALUES ('Viking', 'Oz')")
    assert "2 rows have brand 'Viking' and model 'Oz'" in refusal(database, BALLS)
    assert holds(database, BALLS, apart=False).parents


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ('["team_id"]', '["club_id"]', 'line 5: loans.club_id has a foreign key to clubs: write clubs = ["club_id"]'),
        (
            '["team_id"]',
            '["ball_id"]',
            "line 5: loans.ball_id has a foreign key to balls: write points_at = { ball_id =",
        ),
        (
            '["team_id"]',
            '["renews"]',
            'line 5: loans.renews has a foreign key to loans: write points_at = { renews = "l',
        ),
        ('ball_id = "balls"', 'ball_id = "clubs"', "line 6: loans.ball_id has a foreign key to balls: write points_at"),
        ('renews = "loans"', 'renews = "polls"', "line 6: loans.renews has a foreign key to loans: write points_at"),
        (
            'renews = "loans"',
            'renew = "loans"',
            "line 6: the table public.loans has no column renew (the nearest name th",
        ),
        (
            'renews = "loans"',
            'club_id = "loans"',
            'line 6: loans.club_id has a foreign key to clubs: write clubs = ["cl',
        ),
    ],
)
def test_a_column_that_leads_elsewhere_is_refused_with_the_right_word(
    loans: League, database: ScratchDatabase, right: str, wrong: str, said: str
) -> None:
    text = LOANS.replace(right, wrong).replace(', ball_id = "balls", renews', ", renews")
    if '"ball_id"]' in text:
        text = text.replace('ball_id = "balls", ', "")
    if '"renews"]' in text:
        text = text.replace(', renews = "loans"', "")
    assert said in refusal(database, text + BALLS)


def test_a_column_that_leads_to_what_nobody_declares_is_refused_too(loans: League, database: ScratchDatabase) -> None:
    text = LOANS.replace('points_at = { ball_id = "balls", renews = "loans" }\n', 'clubs = ["ball_id"]\n')
    said = refusal(database, text)
    assert "line 6: loans.ball_id has a foreign key to balls: declare balls as a [[parent]]" in said


def test_a_column_without_a_foreign_key_is_believed(loans: League, database: ScratchDatabase) -> None:
    assert holds(database, LOANS + 'clubs = ["spare"]\n' + BALLS).sets

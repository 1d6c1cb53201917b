"""Numbers of other protected rows that no foreign key holds, as a person declares them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from practice_guard.core.application import BUILT_IN, TEAMS, ProtectedSet, Reference, declared
from practice_guard.core.errors import UsageError
from practice_guard.core.model import Team
from practice_guard.render.restoring import waiting
from tests.world import builders
from tests.world.builders import League, ScratchDatabase, team_now
from tests.world.guarding import Guard

NOTES = ProtectedSet(
    "notes", "notes", (Reference("team_id", TEAMS),), content=("body",), etl_deletes=True,
    points_at={"answers": "notes"},
)  # fmt: skip


@pytest.fixture
def guard(database: ScratchDatabase) -> Guard:
    database.rows(
        "CREATE TABLE notes (id serial PRIMARY KEY, team_id int REFERENCES teams ON DELETE CASCADE, body text,"
        " answers int)"
    )
    return Guard(database, sets=[*BUILT_IN, NOTES])


def has_note(database: ScratchDatabase, team: Team, body: str, answers: int | None = None) -> int:
    text = "INSERT INTO notes (team_id, body, answers) VALUES (%(team)s, %(body)s, %(answers)s) RETURNING id"
    return int(database.value(text, team=team.id, body=body, answers=answers))


def answers(database: ScratchDatabase) -> dict[str, str | None]:
    """Which note each one answers, in words."""
    return dict(database.rows("SELECT n.body, o.body FROM notes AS n LEFT JOIN notes AS o ON o.id = n.answers"))


def the_keys_are_taken(database: ScratchDatabase, by: Team, count: int) -> None:
    """All notes go, and others get their numbers."""
    builders.the_etl_recreates_everything(database)
    database.rows("DELETE FROM notes; ALTER SEQUENCE notes_id_seq RESTART")
    for number in range(count):
        has_note(database, team_now(database, by.identity), f"new {number}")


class TestAnAnswerByAPlainNumber:
    def test_follows_its_question_to_a_new_key(
        self, league: League, database: ScratchDatabase, guard: Guard, tennaqua: Team
    ) -> None:
        other = league.has_team(series="Chicago 23")
        first = has_note(database, tennaqua, "Who has balls?")
        second = has_note(database, tennaqua, "I do", first)
        has_note(database, tennaqua, "Thanks", second)
        before = answers(database)
        guard.has_backed_up()
        the_keys_are_taken(database, other, 2)
        done = guard.restores()
        assert (done.written, done.plan.counts()["pending"]) == (3, 0)
        assert answers(database) == {**before, "new 0": None, "new 1": None}

    def test_comes_back_with_one_that_is_younger_and_with_itself(
        self, database: ScratchDatabase, guard: Guard, tennaqua: Team
    ) -> None:
        first = has_note(database, tennaqua, "Which court?")
        late = has_note(database, tennaqua, "Any")
        database.rows("UPDATE notes SET answers = %(late)s WHERE id = %(first)s", late=late, first=first)
        database.rows("UPDATE notes SET answers = id WHERE id = %(late)s", late=late)
        before = answers(database)
        guard.has_backed_up()
        the_keys_are_taken(database, tennaqua, 2)
        assert guard.restores().written == 2
        assert answers(database) == {**before, "new 0": None, "new 1": None}

    def test_waits_with_a_question_that_is_refused(
        self, database: ScratchDatabase, guard: Guard, tennaqua: Team
    ) -> None:
        first = has_note(database, tennaqua, "Who has balls?")
        has_note(database, tennaqua, "I do", first)
        has_note(database, tennaqua, "Court 4")
        guard.has_backed_up()
        the_keys_are_taken(database, tennaqua, 0)
        database.rows("ALTER TABLE notes ADD CHECK (body <> 'Who has balls?') NOT VALID")
        done = guard.restores()
        assert (done.written, done.plan.counts()["pending"]) == (1, 2)
        assert any("what its answers points at is not there" in str(each["because"]) for each in waiting(done.plan))

    def test_of_nothing_is_put_back_as_it_was(self, database: ScratchDatabase, guard: Guard, tennaqua: Team) -> None:
        has_note(database, tennaqua, "A root", 0)
        guard.has_backed_up()
        the_keys_are_taken(database, tennaqua, 0)
        assert guard.restores().written == 1
        assert database.rows("SELECT body, answers FROM notes") == [("A root", 0)]

    def test_that_nobody_declares_stays_a_number(
        self, league: League, database: ScratchDatabase, guard: Guard, tennaqua: Team
    ) -> None:
        guard = replace(guard, sets=[*BUILT_IN, replace(NOTES, points_at={})])
        other = league.has_team(series="Chicago 23")
        first = has_note(database, tennaqua, "Who has balls?")
        has_note(database, tennaqua, "I do", first)
        guard.has_backed_up()
        the_keys_are_taken(database, other, 1)
        assert guard.restores().written == 2
        assert answers(database)["I do"] == "new 0"


HEAD = '[[protected]]\nname = "notes"\ntable = "notes"\nteams = ["team_id"]\n'


def test_it_is_declared_by_column() -> None:
    (notes,) = declared.parse(f'{HEAD}points_at = {{ answers = "notes" }}\n', "practice_guard.toml").sets
    assert notes.points_at == {"answers": "notes"}


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (
            'points_at = { answers = "note" }',
            "line 5: there is no protected set or parent 'note' (the nearest name there is notes)",
        ),
        ("points_at = { answers = 1 }", "line 5: points_at has the name of a protected set or parent for each"),
        ('points_at = { team_id = "notes" }', "has a column that points at two things"),
    ],
)
def test_what_is_declared_wrongly_is_refused_with_its_line(line: str, says: str) -> None:
    with pytest.raises(UsageError) as caught:
        declared.parse(f"{HEAD}{line}\n", "practice_guard.toml")
    assert says in caught.value.message

"""What protected rows point at by foreign keys of their own is no part of what they say: it is followed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from practice_guard.core.application import BUILT_IN, TEAMS, ProtectedSet, Reference
from practice_guard.core.guarding import Request
from practice_guard.core.model import Team
from tests.world import builders
from tests.world.builders import League, ScratchDatabase, team_now
from tests.world.guarding import Guard

NOTES = ProtectedSet("notes", "notes", (Reference("team_id", TEAMS),), etl_deletes=True)
CHAIN = ("Who has balls?", "I do", "Thanks", "Any time")
DELETED_TOO = Request(include_deleted=True)


@pytest.fixture
def guard(database: ScratchDatabase) -> Guard:
    """Guards notes that answer notes, of which only their text says what they are."""
    database.rows(
        "CREATE TABLE notes (id serial PRIMARY KEY, team_id int REFERENCES teams, body text,"
        " answers int REFERENCES notes)"
    )
    return Guard(database, sets=[*BUILT_IN, NOTES])


@pytest.fixture
def other(league: League) -> Team:
    """A team that writes before anybody has restored."""
    return league.has_team(series="Chicago 1")


def a_chain_is_backed_up(database: ScratchDatabase, guard: Guard, team: Team) -> None:
    last = None
    for body in CHAIN:
        text = "INSERT INTO notes (team_id, body, answers) VALUES (%(team)s, %(body)s, %(last)s) RETURNING id"
        last = database.value(text, team=team.id, body=body, last=last)
    guard.has_backed_up()


def the_etl_takes_it_along(database: ScratchDatabase, other: Team, *, taken: int = 2) -> None:
    """The numbers begin anew, and another team writes before the restore."""
    database.rows("DELETE FROM notes")
    builders.the_etl_recreates_everything(database)
    database.rows("ALTER SEQUENCE notes_id_seq RESTART")
    for _ in range(taken):
        database.rows("INSERT INTO notes (team_id, body) VALUES (%(team)s, 'Hello')", team=now(database, other))


def now(database: ScratchDatabase, team: Team) -> int:
    return team_now(database, team.identity).id


def the_etl_leaves_them(database: ScratchDatabase) -> None:
    database.rows("ALTER TABLE notes DROP CONSTRAINT notes_team_id_fkey")
    builders.the_etl_recreates_everything(database)


def chain(database: ScratchDatabase, team: Team) -> list[tuple[str, str]]:
    """Which note each one answers, in words; all of them hang on their team."""
    text = "SELECT n.body, coalesce(o.body, ''), n.team_id FROM notes AS n LEFT JOIN notes AS o ON o.id = n.answers"
    found = [row for row in database.rows(text) if row[0] != "Hello"]
    assert {row[2] for row in found} == {now(database, team)}
    return sorted((body, answered) for body, answered, _ in found)


WHOLE = sorted(zip(CHAIN, ("", *CHAIN[:-1]), strict=True))


class TestNotesThatCameBackUnderOtherKeys:
    def test_are_in_place(self, database: ScratchDatabase, guard: Guard, tennaqua: Team, other: Team) -> None:
        a_chain_is_backed_up(database, guard, tennaqua)
        the_etl_takes_it_along(database, other)
        guard.restores()
        assert chain(database, tennaqua) == WHOLE
        counts = guard.plans().counts("notes")
        assert (counts["intact"], counts["deleted"]) == (4, 0)
        guard.restores(request=DELETED_TOO)
        assert chain(database, tennaqua) == WHOLE

    def test_are_put_back_once_whatever_the_next_import_leaves(
        self, database: ScratchDatabase, guard: Guard, tennaqua: Team, other: Team
    ) -> None:
        a_chain_is_backed_up(database, guard, tennaqua)
        the_etl_takes_it_along(database, other)
        guard.restores()
        the_etl_leaves_them(database)
        guard.restores()
        assert chain(database, tennaqua) == WHOLE

    def test_stay_where_a_user_points_them(
        self, database: ScratchDatabase, guard: Guard, tennaqua: Team, other: Team
    ) -> None:
        a_chain_is_backed_up(database, guard, tennaqua)
        the_etl_takes_it_along(database, other)
        guard.restores()
        database.rows("UPDATE notes SET answers = (SELECT id FROM notes WHERE body = 'I do') WHERE body = 'Any time'")
        wanted = sorted([*(each for each in WHOLE if each[0] != "Any time"), ("Any time", "I do")])
        guard.restores(request=DELETED_TOO)
        assert chain(database, tennaqua) == wanted
        the_etl_leaves_them(database)
        guard.restores()
        assert chain(database, tennaqua) == wanted


def test_messages_that_came_back_under_other_keys_are_not_edited(
    database: ScratchDatabase, guard: Guard, league: League, tennaqua: Team, other: Team
) -> None:
    database.rows("ALTER TABLE captain_messages ADD answers int REFERENCES captain_messages")
    for number in range(3):
        message = league.captain_writes_message(tennaqua, f"Message {number}")
        database.rows(
            "UPDATE captain_messages SET answers = (SELECT max(id) FROM captain_messages WHERE id < %(id)s)"
            " WHERE id = %(id)s",
            id=message,
        )
    guard.has_backed_up()
    database.rows("DELETE FROM captain_messages")
    builders.the_etl_recreates_everything(database)
    database.rows("ALTER SEQUENCE captain_messages_id_seq RESTART")
    league.captain_writes_message(team_now(database, other.identity), "Another team's")
    guard.restores()
    counts = guard.plans().counts("captain_messages")
    assert (counts["intact"], counts["edited"]) == (3, 0)


class TestANoteThatAnswersANoteOfItsTeam:
    """By a foreign key of both columns."""

    @pytest.fixture
    def guard(self, database: ScratchDatabase) -> Guard:
        database.rows(
            "CREATE TABLE notes (id serial PRIMARY KEY, team_id int REFERENCES teams, body text, answers int,"
            " UNIQUE (team_id, id), FOREIGN KEY (team_id, answers) REFERENCES notes (team_id, id))"
        )
        return Guard(database, sets=[*BUILT_IN, NOTES])

    @pytest.mark.parametrize("of_its_own_team", [False, True], ids=["of another team", "of its own team"])
    def test_follows_it_past_a_note(
        self, database: ScratchDatabase, guard: Guard, tennaqua: Team, other: Team, of_its_own_team: bool
    ) -> None:
        a_chain_is_backed_up(database, guard, tennaqua)
        the_etl_takes_it_along(database, tennaqua if of_its_own_team else other)
        assert guard.restores().plan.counts("notes")["pending"] == 0
        assert chain(database, tennaqua) == WHOLE
        assert guard.plans().counts("notes")["intact"] == 4


@pytest.mark.parametrize("taken", [0, 2], ids=["keys free", "keys taken"])
class TestANoteThatIsFoundByItsCode:
    @pytest.mark.parametrize("kind", ["text", "int", "varchar(9)"])
    def test_comes_back_with_all_that_answer_it(
        self, database: ScratchDatabase, guard: Guard, tennaqua: Team, other: Team, kind: str, taken: int
    ) -> None:
        """The codes are the numbers of other notes, lest they be taken for these."""
        database.rows(
            f"DROP TABLE notes; CREATE TABLE notes (id serial PRIMARY KEY, team_id int REFERENCES teams, body text,"
            f" code {kind} UNIQUE, answers {kind} REFERENCES notes (code))"
        )
        insert = "INSERT INTO notes (team_id, body, code, answers) VALUES (%(team)s, %(body)s, %(code)s, %(last)s)"
        codes = ("2", "3", "4", "1")
        for body, code, last in zip(CHAIN, codes, (None, *codes), strict=False):
            database.rows(insert, team=tennaqua.id, body=body, code=code, last=last)
        guard.has_backed_up()
        the_etl_takes_it_along(database, other, taken=taken)
        done = guard.restores()
        assert done.plan.counts("notes")["insert"] == 4
        text = "SELECT n.body, coalesce(o.body, '') FROM notes AS n LEFT JOIN notes AS o ON o.code = n.answers"
        assert sorted(row for row in database.rows(text) if row[0] != "Hello") == WHOLE
        assert guard.plans().counts("notes")["intact"] == 4

    def test_waits_with_one_that_does_not_come(
        self, database: ScratchDatabase, guard: Guard, tennaqua: Team, other: Team, taken: int
    ) -> None:
        database.rows("ALTER TABLE notes ADD code int UNIQUE, ADD also int REFERENCES notes (code)")
        a_chain_is_backed_up_with_codes(database, guard, tennaqua)
        the_etl_takes_it_along(database, other, taken=taken)
        database.rows("ALTER TABLE notes ADD CHECK (body NOT LIKE 'Who%%')")
        assert guard.restores().plan.counts("notes")["pending"] == 4
        assert database.count("notes", "body <> 'Hello'") == 0


def a_chain_is_backed_up_with_codes(database: ScratchDatabase, guard: Guard, team: Team) -> None:
    for number, body in enumerate(CHAIN):
        database.rows(
            "INSERT INTO notes (team_id, body, code, also) VALUES (%(team)s, %(body)s, %(code)s, %(last)s)",
            team=team.id, body=body, code=number, last=number - 1 if number else None,
        )  # fmt: skip
    guard.has_backed_up()


def test_notes_numbered_by_letters_come_back_in_one_go(
    database: ScratchDatabase, guard: Guard, tennaqua: Team, other: Team
) -> None:
    database.rows(
        "DROP TABLE notes; CREATE TABLE notes (id uuid PRIMARY KEY DEFAULT gen_random_uuid(),"
        " team_id int REFERENCES teams, body text, answers uuid REFERENCES notes)"
    )
    a_chain_is_backed_up(database, guard, tennaqua)
    database.rows("DELETE FROM notes")
    builders.the_etl_recreates_everything(database)
    assert guard.restores().plan.counts("notes")["insert"] == 4
    assert chain(database, tennaqua) == WHOLE


def test_what_must_point_at_a_row_goes_in_after_it(
    database: ScratchDatabase, guard: Guard, tennaqua: Team, other: Team
) -> None:
    """However the sets are named: nothing is put in without it, nor is the key checked in the end."""
    database.rows(
        "CREATE TABLE marks (id serial PRIMARY KEY, team_id int REFERENCES teams, word text,"
        " note int NOT NULL REFERENCES notes)"
    )
    marks = ProtectedSet("marks", "marks", (Reference("team_id", TEAMS),), etl_deletes=True)
    guard = replace(guard, sets=[*BUILT_IN, marks, NOTES])
    a_note_is_marked = "INSERT INTO marks (team_id, word, note) SELECT team_id, body, id FROM notes"
    a_chain_is_backed_up(database, guard, tennaqua)
    database.rows(a_note_is_marked)
    guard.has_backed_up()
    database.rows("DELETE FROM marks")
    the_etl_takes_it_along(database, other)
    done = guard.restores()
    assert (done.plan.counts("marks")["insert"], done.plan.counts()["pending"]) == (4, 0)
    assert database.count("marks JOIN notes ON notes.id = note AND body = word") == 4
    guard.takes_back(done.ledger)
    assert (database.count("marks"), database.count("notes")) == (0, 2)

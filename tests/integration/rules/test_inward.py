"""Protected rows that point at one another by foreign keys which no set has among its references."""

from __future__ import annotations

import pytest

from practice_guard.core.application import BUILT_IN, TEAMS, ProtectedSet, Reference
from practice_guard.core.model import Team
from practice_guard.render.restoring import waiting
from tests.world import builders
from tests.world.builders import ScratchDatabase, team_now
from tests.world.guarding import Guard

NOTES = ProtectedSet("notes", "notes", (Reference("team_id", TEAMS),), content=("body",), etl_deletes=True)
VOTES = ProtectedSet("votes", "votes", (Reference("team_id", TEAMS),), content=("question",), etl_deletes=True)
WAYS = ProtectedSet("ways", "ways", (Reference("vote_id", "votes"),), content=("text",), etl_deletes=True)


@pytest.fixture
def guard(database: ScratchDatabase) -> Guard:
    """Guards notes that answer notes, and votes of which one way has won."""
    database.rows(
        "CREATE TABLE notes (id serial PRIMARY KEY, team_id int REFERENCES teams ON DELETE CASCADE,"
        " body text, answers int REFERENCES notes)"
    )
    database.rows(
        "CREATE TABLE votes (id serial PRIMARY KEY, team_id int REFERENCES teams ON DELETE CASCADE, question text,"
        " won int)"
    )
    database.rows(
        "CREATE TABLE ways (id serial PRIMARY KEY, vote_id int NOT NULL REFERENCES votes ON DELETE CASCADE, text text)"
    )
    return Guard(database, sets=[*BUILT_IN, NOTES, VOTES, WAYS])


def the_etl_takes_everything_along(database: ScratchDatabase) -> None:
    database.rows("UPDATE votes SET won = NULL; DELETE FROM votes; DELETE FROM notes")
    builders.the_etl_recreates_everything(database)


def has_note(database: ScratchDatabase, team: Team, body: str, answers: int | None = None) -> int:
    text = "INSERT INTO notes (team_id, body, answers) VALUES (%(team)s, %(body)s, %(answers)s) RETURNING id"
    return int(database.value(text, team=team.id, body=body, answers=answers))


def answers(database: ScratchDatabase) -> dict[str, str | None]:
    """Which note each one answers, in words."""
    return dict(database.rows("SELECT n.body, o.body FROM notes AS n LEFT JOIN notes AS o ON o.id = n.answers"))


class TestANoteThatAnswersANote:
    def test_comes_back_with_it_whichever_is_older(
        self, database: ScratchDatabase, guard: Guard, tennaqua: Team
    ) -> None:
        first = has_note(database, tennaqua, "Who has balls?")
        second = has_note(database, tennaqua, "I do", first)
        has_note(database, tennaqua, "Thanks", second)
        late = has_note(database, tennaqua, "Which court?")
        database.rows("UPDATE notes SET answers = %(late)s WHERE id = %(first)s", late=late, first=first)
        before = answers(database)
        guard.has_backed_up()
        the_etl_takes_everything_along(database)
        assert guard.restores().plan.counts("notes")["insert"] == 4
        assert answers(database) == before

    def test_follows_it_to_another_key(self, database: ScratchDatabase, guard: Guard, tennaqua: Team) -> None:
        """The import took all, the numbers began anew, and somebody wrote before the restore."""
        first = has_note(database, tennaqua, "Who has balls?")
        has_note(database, tennaqua, "I do", first)
        before = answers(database)
        guard.has_backed_up()
        the_etl_takes_everything_along(database)
        database.rows("ALTER SEQUENCE notes_id_seq RESTART")
        has_note(database, team_now(database, tennaqua.identity), "Anybody there?")
        guard.restores()
        assert answers(database) == {**before, "Anybody there?": None}

    def test_waits_with_one_that_is_refused(self, database: ScratchDatabase, guard: Guard, tennaqua: Team) -> None:
        first = has_note(database, tennaqua, "Bad words")
        has_note(database, tennaqua, "Indeed", first)
        has_note(database, tennaqua, "Bring balls")
        guard.has_backed_up()
        the_etl_takes_everything_along(database)
        database.rows("ALTER TABLE notes ADD CONSTRAINT polite CHECK (body NOT LIKE 'Bad%%')")
        done = guard.restores()
        assert answers(database) == {"Bring balls": None}
        assert done.plan.counts("notes")["pending"] == 2
        assert {str(each["reason"]) for each in waiting(done.plan)} == {"refused", "missing"}
        database.rows("ALTER TABLE notes DROP CONSTRAINT polite")
        guard.restores()
        assert answers(database) == {"Bad words": None, "Indeed": "Bad words", "Bring balls": None}


@pytest.mark.parametrize("how", ["", "DEFERRABLE INITIALLY DEFERRED", "DEFERRABLE"])
@pytest.mark.parametrize("taken", [False, True], ids=["own keys", "keys taken"])
def test_a_vote_and_the_way_that_won_come_back_together(
    database: ScratchDatabase, guard: Guard, tennaqua: Team, how: str, taken: bool
) -> None:
    database.rows(f"ALTER TABLE votes ADD FOREIGN KEY (won) REFERENCES ways {how}")
    for question in ("When?", "Where?"):
        vote = database.value(
            "INSERT INTO votes (team_id, question) VALUES (%(team)s, %(question)s) RETURNING id",
            team=tennaqua.id, question=question,
        )  # fmt: skip
        ways = [
            database.value(
                "INSERT INTO ways (vote_id, text) VALUES (%(vote)s, %(said)s) RETURNING id", vote=vote, said=t
            )
            for t in (f"{question} A", f"{question} B")
        ]
        database.rows("UPDATE votes SET won = %(way)s WHERE id = %(vote)s", way=ways[1], vote=vote)
    asked = "SELECT question, text FROM votes LEFT JOIN ways ON ways.id = won ORDER BY 1"
    before = database.rows(asked)
    guard.has_backed_up()
    the_etl_takes_everything_along(database)
    if taken:
        database.rows("ALTER SEQUENCE ways_id_seq RESTART; ALTER SEQUENCE votes_id_seq RESTART")
        vote = database.value("INSERT INTO votes (question) VALUES ('Why?') RETURNING id")
        for _ in range(4):
            database.rows("INSERT INTO ways (vote_id, text) VALUES (%(vote)s, 'So')", vote=vote)
    damaged = database.all_rows("public")
    done = guard.restores()
    assert done.plan.counts()["pending"] == 0
    assert [row for row in database.rows(asked) if row[0] != "Why?"] == before
    undone = guard.takes_back(done.ledger)
    assert (undone.removed["votes"], undone.removed["ways"], undone.leaves) == (2, 4, 0)
    assert database.all_rows("public") == damaged
    guard.restores()
    assert [row for row in database.rows(asked) if row[0] != "Why?"] == before

"""Rows that hang on protected rows come back whole, after what they hang on, and under the key that it gets."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from practice_guard.core.application import BUILT_IN, TEAMS, ProtectedSet, Reference
from practice_guard.core.errors import SchemaError, UsageError
from practice_guard.core.guarding import Request, Scope
from practice_guard.core.model import Verdict
from tests.world import builders
from tests.world.builders import League, ScratchDatabase
from tests.world.guarding import Guard
from tests.world.polling import (
    a_team_with_players,
    an_answered_poll,
    polls_by_natural_key,
    polls_go_with_their_team,
    strays,
    the_etl_takes_the_polls_along,
)


@pytest.fixture
def polled(league: League) -> League:
    """Two teams with a poll each, answered by three players, and practices beside them."""
    for club in ("Tennaqua", "Wilmette"):
        team = a_team_with_players(league, club)
        an_answered_poll(league, team, f"{club}: which day suits you?")
        league.captain_schedules_practices(team, 3)
    return league


@pytest.mark.parametrize("variant", ["recreate", "recycle", "upsert"])
def test_polls_are_whole_where_they_stayed(polled: League, database: ScratchDatabase, variant: str) -> None:
    guard, before = Guard(database), polls_by_natural_key(database)
    guard.has_backed_up()
    builders.the_etl_runs(database, variant)

    guard.restores()

    assert polls_by_natural_key(database) == before
    assert guard.judges_health().verdict is Verdict.FINE


@pytest.mark.parametrize("variant", ["recreate", "recycle", "upsert"])
def test_polls_are_whole_where_an_import_took_them_along(
    polled: League, database: ScratchDatabase, variant: str
) -> None:
    polls_go_with_their_team(database)
    guard, before = Guard(database), polls_by_natural_key(database)
    guard.has_backed_up()
    the_etl_takes_the_polls_along(database, variant)
    assert not polls_by_natural_key(database)

    made = guard.restores().plan

    assert made.counts("polls")["insert"] == 2
    assert made.counts("poll_choices")["insert"] == 6
    assert made.counts("poll_responses")["insert"] == 6
    assert polls_by_natural_key(database) == before
    assert guard.judges_health().score == 100
    assert guard.restores().written == 0


def test_what_hangs_on_a_poll_follows_it_to_its_new_key(polled: League, database: ScratchDatabase) -> None:
    polls_go_with_their_team(database)
    guard, before = Guard(database), polls_by_natural_key(database)
    guard.has_backed_up()
    the_etl_takes_the_polls_along(database)
    for sequence in ("polls", "poll_choices", "poll_responses"):
        database.rows(f"ALTER SEQUENCE {sequence}_id_seq RESTART")
    newcomer = builders.teams_now(database)[0]
    # It takes the keys that were the old poll's, and so do its choices, which even say the same.
    polled.captain_asks(newcomer, "When shall we three meet again?", ("Monday", "Tuesday"))
    new = polls_by_natural_key(database)

    guard.restores()

    assert polls_by_natural_key(database) == before + new
    assert strays(database) == 0
    assert guard.judges_health().verdict is Verdict.FINE
    assert guard.restores().written == 0


def test_two_players_who_change_ids_keep_their_own_answers(polled: League, database: ScratchDatabase) -> None:
    """One may answer a poll once: neither response can take its new player while the other one still has him."""
    guard, before = Guard(database), polls_by_natural_key(database)
    guard.has_backed_up()
    session = database.connect()
    session.execute("SET session_replication_role = replica")
    one, two = (
        database.value("SELECT id FROM players WHERE tenniscores_player_id = %(who)s", who=f"Tennaqua {number}")
        for number in (1, 2)
    )
    for old, new in ((one, -1), (two, one), (-1, two)):
        session.execute("UPDATE players SET id = %s WHERE id = %s", (new, old))
    assert polls_by_natural_key(database) != before

    assert guard.restores().written == 2

    assert polls_by_natural_key(database) == before
    assert guard.restores().written == 0


def test_a_response_whose_player_is_gone_stays_and_finds_him_when_he_is_back(
    polled: League, database: ScratchDatabase
) -> None:
    guard, before = Guard(database), polls_by_natural_key(database)
    website = builders.the_website_now(database)
    guard.has_backed_up()
    left = replace(website, players=tuple(each for each in website.players if each.id != "Tennaqua 1"))
    for source in (left, left):
        builders.the_etl_runs(database, source=source)
        guard.restores()
        assert database.count("poll_responses") == 6
        guard.has_backed_up()
    assert polls_by_natural_key(database) != before

    builders.the_etl_runs(database, source=website)
    guard.restores()

    assert polls_by_natural_key(database) == before


def test_what_hangs_on_a_waiting_poll_waits_with_it_and_comes_back(polled: League, database: ScratchDatabase) -> None:
    polls_go_with_their_team(database)
    guard, before = Guard(database), polls_by_natural_key(database)
    website = builders.the_website_now(database)
    guard.has_backed_up()
    database.rows("DELETE FROM polls")
    builders.the_etl_runs(database, "drop-team=Tennaqua - 22", source=website)

    made = guard.restores().plan
    assert {name: made.counts(name)["pending"] for name in made.sets if made.counts(name)["pending"]} == {
        "practices": 3,
        "polls": 1,
        "poll_choices": 3,
        "poll_responses": 3,
    }
    assert {str(match.old.name) for each in made.sums if (match := made.match(each))} == {
        "Tennaqua - 22",
        "Wilmette - 22",
    }
    for _ in range(2):  # carried from one night to the next
        assert guard.has_backed_up().carried == 3 + 1 + 3 + 3
        builders.the_etl_recreates_everything(database)
        assert guard.restores().plan.counts()["pending"] == 10
        assert guard.judges_health().verdict is Verdict.WAITING
    assert guard.has_backed_up().carried == 10

    builders.the_etl_runs(database, source=website)
    guard.restores()

    assert polls_by_natural_key(database) == before
    assert guard.judges_health().verdict is Verdict.FINE


def test_what_hangs_on_a_poll_that_waits_in_its_table_waits_in_its_own(
    polled: League, database: ScratchDatabase
) -> None:
    guard, before = Guard(database), polls_by_natural_key(database)
    website = builders.the_website_now(database)
    guard.has_backed_up()
    builders.the_etl_runs(database, "drop-team=Tennaqua - 22")
    waiting = guard.restores().plan
    assert [waiting.counts(name)["pending"] for name in ("polls", "poll_choices")] == [1, 3]
    assert not [each for each in waiting.of("poll_choices") if each.writes]
    guard.has_backed_up()

    builders.the_etl_runs(database, source=website)
    guard.restores()

    assert polls_by_natural_key(database) == before
    assert guard.judges_health().verdict is Verdict.FINE


def test_a_poll_that_a_user_deleted_stays_deleted_with_all_that_hung_on_it(
    polled: League, database: ScratchDatabase
) -> None:
    guard = Guard(database, sets=[replace(each, etl_deletes=each.name == "practices") for each in BUILT_IN])
    guard.has_backed_up()
    database.rows("DELETE FROM polls WHERE question LIKE 'Tennaqua%%'")
    remaining = polls_by_natural_key(database)
    builders.the_etl_recreates_everything(database)

    made = guard.restores().plan

    assert {name: made.counts(name)["deleted"] for name in made.sets if made.counts(name)["deleted"]} == {
        "polls": 1,
        "poll_choices": 3,
        "poll_responses": 3,
    }
    assert polls_by_natural_key(database) == remaining

    guard.restores(request=Request(include_deleted=True))
    assert sum(polls_by_natural_key(database).values()) == 2
    assert strays(database) == 0


def test_a_poll_that_nobody_says_who_deleted_comes_back_with_all_that_hung_on_it(
    polled: League, database: ScratchDatabase
) -> None:
    guard, before = Guard(database), polls_by_natural_key(database)
    guard.has_backed_up()
    database.rows("DELETE FROM polls WHERE question LIKE 'Tennaqua%%'")
    builders.the_etl_recreates_everything(database)

    made = guard.restores().plan

    assert not any(made.counts(name)["deleted"] for name in made.sets)
    assert polls_by_natural_key(database) == before
    assert strays(database) == 0


def test_a_part_of_a_restore_brings_what_it_hangs_on(polled: League, database: ScratchDatabase) -> None:
    polls_go_with_their_team(database)
    guard = Guard(database)
    guard.has_backed_up()
    the_etl_takes_the_polls_along(database)

    made = guard.restores(request=Request(Scope(protected=frozenset({"poll_choices"})))).plan

    assert (made.counts("polls")["insert"], made.counts("poll_choices")["insert"]) == (2, 6)
    assert not made.counts("practices")["total"]
    assert database.count("poll_responses") == 0


def test_one_team_comes_back_with_all_that_hangs_on_its_polls(polled: League, database: ScratchDatabase) -> None:
    polls_go_with_their_team(database)
    guard = Guard(database)
    guard.has_backed_up()
    the_etl_takes_the_polls_along(database)

    guard.restores(request=Request(Scope(teams=frozenset({"Tennaqua - 22"}))))

    (poll,) = polls_by_natural_key(database)
    assert (poll.question, len(poll.choices), len(poll.responses)) == ("Tennaqua: which day suits you?", 3, 3)


def test_the_rate_counts_what_hangs_on_polls_with_their_team(polled: League, database: ScratchDatabase) -> None:
    guard = Guard(database)
    guard.has_backed_up()
    assert guard.checks_preservation().rows["total"] == 6 + 2 + 6 + 6
    builders.the_etl_recreates_everything(database)
    checked = guard.checks_preservation()
    assert checked.rows["renumbered"] == checked.rows["total"] == 20
    assert checked.protected["poll_responses"]["renumbered"] == 6


def test_an_undo_takes_children_out_before_their_parents(polled: League, database: ScratchDatabase) -> None:
    polls_go_with_their_team(database)
    guard = Guard(database)
    guard.has_backed_up()
    the_etl_takes_the_polls_along(database)
    before = database.everything()
    done = guard.restores()

    guard.takes_back(done.ledger)

    tables = [f"public.{name}" for name in ("polls", "poll_choices", "poll_responses", "schedule")]
    assert [database.everything()[name] for name in tables] == [before[name] for name in tables]


def test_an_undo_does_not_take_along_what_users_hung_on_a_row_since(polled: League, database: ScratchDatabase) -> None:
    polls_go_with_their_team(database)
    guard = Guard(database)
    guard.has_backed_up()
    the_etl_takes_the_polls_along(database)
    done = guard.restores()
    database.rows("INSERT INTO poll_choices (poll_id, choice_text) SELECT id, 'Later' FROM polls")
    polls = database.rows("SELECT * FROM polls ORDER BY id")
    choices = database.count("poll_choices")

    undone = guard.takes_back(done.ledger)

    assert undone.refused["polls"] == {"rows of poll_choices hang on it": 2}
    assert database.rows("SELECT * FROM polls ORDER BY id") == polls
    assert database.count("poll_choices") == choices - undone.removed["poll_choices"]
    assert database.count("poll_choices", "choice_text = 'Later'") == 2


GEAR = ProtectedSet("gear", "gear", (Reference("team_id", TEAMS),), content=("name",), etl_deletes=True)
PARTS = ProtectedSet("parts", "parts", (Reference("gear_id", "gear"),), content=("label",))


@pytest.fixture
def geared(league: League, database: ScratchDatabase) -> League:
    """A table that imports empty, and one that hangs on it without a foreign key."""
    database.rows("CREATE TABLE gear (id serial PRIMARY KEY, team_id int, name text)")
    database.rows("CREATE TABLE parts (id serial PRIMARY KEY, gear_id bigint, label text)")
    for club in ("Tennaqua", "Wilmette"):
        team = league.has_team(club=club)
        league.captain_schedules_practice(team)
        database.rows("INSERT INTO gear (team_id, name) VALUES (%(team)s, 'Balls'), (%(team)s, 'Net')", team=team.id)
    database.rows("INSERT INTO parts (gear_id, label) SELECT g.id, g.name || g.team_id FROM gear g")
    return league


def gear_by_natural_key(database: ScratchDatabase) -> Counter[tuple[str, ...]]:
    return Counter(
        database.rows(
            "SELECT coalesce(t.team_name, 'none'), g.name, coalesce(p.label, 'none') FROM gear g"
            " LEFT JOIN teams t ON t.id = g.team_id FULL JOIN parts p ON p.gear_id = g.id"
        )
    )


def test_rows_without_a_foreign_key_follow_their_parent_to_its_new_key(
    geared: League, database: ScratchDatabase
) -> None:
    guard, before = Guard(database, (PARTS, *BUILT_IN, GEAR)), gear_by_natural_key(database)
    guard.has_backed_up()
    database.rows("DELETE FROM gear")
    builders.the_etl_recreates_everything(database)
    database.rows("ALTER SEQUENCE gear_id_seq RESTART")
    team = builders.teams_now(database)[0].id
    database.rows(
        "INSERT INTO gear (team_id, name) SELECT %(team)s, 'Cones ' || n FROM generate_series(1, 3) n", team=team
    )

    made = guard.restores().plan

    assert made.counts("gear")["insert"] == 4
    assert made.counts("parts")["relink"] == 3
    cones = Counter({("Tennaqua - 22", f"Cones {number}", "none"): 1 for number in (1, 2, 3)})
    assert gear_by_natural_key(database) == before + cones
    assert guard.restores().written == 0


def test_a_plan_file_with_keys_that_are_yet_to_come_is_applied_as_shown(
    geared: League, database: ScratchDatabase
) -> None:
    guard, before = Guard(database, (*BUILT_IN, GEAR, PARTS)), gear_by_natural_key(database)
    guard.has_backed_up()
    database.rows("DELETE FROM gear")
    builders.the_etl_recreates_everything(database)
    database.rows("ALTER SEQUENCE gear_id_seq RESTART")
    database.rows("INSERT INTO gear (name) VALUES ('Nobody''s')")

    guard.restores(saved=guard.saves())

    assert gear_by_natural_key(database) - before == Counter({("none", "Nobody's", "none"): 1})


def test_sets_that_hang_on_each_other_are_refused(geared: League, database: ScratchDatabase) -> None:
    circle = ProtectedSet("gear", "gear", (Reference("team_id", "parts"),))
    with pytest.raises(UsageError, match="none can be first: gear, parts"):
        Guard(database, (circle, PARTS)).has_backed_up()


def test_a_parent_that_is_no_protected_set_is_refused(geared: League, database: ScratchDatabase) -> None:
    with pytest.raises(UsageError, match="parts hangs on gear, which is no protected set"):
        Guard(database, (*BUILT_IN, PARTS)).has_backed_up()


def test_a_parent_whose_key_is_no_number_is_refused(geared: League, database: ScratchDatabase) -> None:
    database.rows("ALTER TABLE gear ALTER id DROP DEFAULT, ALTER id TYPE text")
    with pytest.raises(SchemaError, match="primary key id is text"):
        Guard(database, (*BUILT_IN, GEAR, PARTS)).has_backed_up()


def test_a_set_whose_parents_table_is_not_there_is_skipped_with_it(polled: League, database: ScratchDatabase) -> None:
    database.rows("DROP TABLE poll_responses, poll_choices, polls")
    assert Guard(database).backs_up().skipped == ("polls", "poll_choices", "poll_responses")


def test_a_row_whose_other_foreign_key_lets_it_not_in_waits_and_stops_no_other(
    polled: League, database: ScratchDatabase
) -> None:
    guard = Guard(database)
    team = builders.teams_now(database)[0]
    polled.captain_writes_message(team, "Bring balls")
    database.rows("ALTER TABLE captain_messages DROP CONSTRAINT captain_messages_team_id_fkey")
    database.rows("ALTER TABLE captain_messages ADD FOREIGN KEY (team_id) REFERENCES teams (id) ON DELETE CASCADE")
    guard.has_backed_up()
    author = database.value("DELETE FROM captain_messages RETURNING captain_user_id")
    database.rows("UPDATE polls SET created_by = NULL WHERE created_by = %(author)s", author=author)
    database.rows("DELETE FROM users WHERE id = %(author)s", author=author)
    builders.the_etl_recreates_everything(database)

    made = guard.restores().plan

    assert made.counts("captain_messages")["pending"] == 1
    assert [each.note for each in made.sums if each.note] == ["what its captain_user_id points at is not there"]
    assert database.count("schedule", "home_team ILIKE '%practice%'") == 6

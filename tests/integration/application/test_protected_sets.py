"""Each built-in set through the whole cycle, with the figures of what once happened to it (rally-database)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import pytest

from practice_guard.core.application import BUILT_IN, LEAGUES, TEAMS, coverage
from practice_guard.core.application.coverage import Coverage
from practice_guard.core.application.state import look
from practice_guard.core.database import Connection
from practice_guard.core.model import Team, Verdict
from tests.world import builders
from tests.world.builders import MONDAY, SEVEN, League, Row, ScratchDatabase, practices_by_natural_key
from tests.world.guarding import Guard
from tests.world.polling import a_team_with_players, an_answered_poll, polls_by_natural_key

Etl = Callable[[ScratchDatabase], None]


@pytest.fixture
def incident(league: League) -> League:
    """27 practices of one captain's teams, 13 messages, 2 polls, 2 recurring practices of two leagues, 3 users.

    The two recurring practices are at one time and place: nothing but their league says whose they are. A third team,
    with a name of its own, is first in every list, so that whoever takes the first team he meets takes a wrong one.
    """
    stranger = league.has_team(club="Birchwood", series="Chicago 1")
    day = a_team_with_players(league, "Tennaqua", "Chicago 22")
    sunday = league.has_team(club="Tennaqua", series="Series 2B", league="NSTF", name="Tennaqua S2B")
    league.has_match(stranger, day)
    league.captain_schedules_practices(day, 14)
    league.captain_schedules_practices(sunday, 13)
    for number in range(13):
        league.captain_writes_message((day, sunday)[number % 2], f"Message {number}")
    an_answered_poll(league, day, "Which day suits you?")
    league.captain_asks(sunday, "Who brings balls?", ("Me", "You"))
    for team in (day, sunday):
        league.captain_sets_practice_time(team, "Wednesday")
    for code in ("APTA_CHICAGO", "NSTF", None):
        league.has_user(league=code)
    return league


def messages(database: ScratchDatabase) -> Counter[Row]:
    return Counter(
        database.rows(
            "SELECT m.message, t.team_name, l.league_id FROM captain_messages m LEFT JOIN teams t ON t.id = m.team_id"
            " LEFT JOIN leagues l ON l.id = t.league_id"
        )
    )


def practice_times(database: ScratchDatabase) -> Counter[Row]:
    return Counter(
        database.rows(
            "SELECT x.day_of_week, x.start_time, x.location, t.team_name, l.league_id, own.league_id"
            " FROM practice_times x LEFT JOIN teams t ON t.id = x.team_id LEFT JOIN leagues l ON l.id = x.league_id"
            " LEFT JOIN leagues own ON own.id = t.league_id"
        )
    )


def league_contexts(database: ScratchDatabase) -> Counter[Row]:
    return Counter(
        database.rows(
            "SELECT u.email, l.league_id FROM users u LEFT JOIN leagues l ON l.id = u.league_context"
            " WHERE u.league_context IS NOT NULL"
        )
    )


def everything_seen(database: ScratchDatabase) -> dict[str, Counter[object]]:
    """All that users see of what they own, by natural keys."""
    return {
        "practices": Counter(practices_by_natural_key(database)),
        "practice_times": Counter(practice_times(database)),
        "captain_messages": Counter(messages(database)),
        "polls": Counter(polls_by_natural_key(database)),
        "league_contexts": Counter(league_contexts(database)),
    }


NOBODYS = dict.fromkeys(("pickup_games", "player_availability", "user_instructions"), 0)
"""Sets of tables that the incident had no rows in."""


def test_the_figures_of_the_incident(incident: League, database: ScratchDatabase) -> None:
    rows = {name: stored.rows for name, stored in Guard(database).has_backed_up().sets.items()}
    assert rows == {
        "practices": 27,
        "practice_times": 2,
        "captain_messages": 13,
        "polls": 2,
        "poll_choices": 5,
        "poll_responses": 3,
        "league_contexts": 2,
        **NOBODYS,
    }


@pytest.mark.parametrize("etl", builders.ETLS)
def test_everything_that_users_own_is_back_where_it_was(incident: League, database: ScratchDatabase, etl: Etl) -> None:
    guard, before = Guard(database), everything_seen(database)
    users = database.count("users", "league_context IS NOT NULL")
    guard.has_backed_up()
    etl(database)

    done = guard.restores()

    assert everything_seen(database) == before
    assert database.count("users", "league_context IS NOT NULL") == users
    health = guard.judges_health()
    assert (health.verdict, health.score) == (Verdict.FINE, 100)
    assert {name: counts.before for name, counts in health.sets.items()} == {
        name: done.plan.counts(name)["total"] for name in done.plan.sets
    }
    assert done.plan.counts()["pending"] == 0
    assert guard.restores().written == 0
    assert guard.backs_up().snapshot is not None


@pytest.mark.parametrize("etl", builders.ETLS)
def test_two_recurring_practices_at_one_time_and_place_stay_with_their_own_league(
    incident: League, database: ScratchDatabase, etl: Etl
) -> None:
    guard = Guard(database)
    guard.has_backed_up()
    etl(database)
    guard.restores()
    assert practice_times(database) == Counter(
        {
            ("Wednesday", SEVEN, "Tennaqua", "Tennaqua - 22", "APTA_CHICAGO", "APTA_CHICAGO"): 1,
            ("Wednesday", SEVEN, "Tennaqua", "Tennaqua S2B", "NSTF", "NSTF"): 1,
        }
    )


@pytest.mark.parametrize("etl", builders.ETLS)
def test_rows_that_the_etl_leaves_alone_are_re_linked_in_place(
    incident: League, database: ScratchDatabase, etl: Etl
) -> None:
    guard = Guard(database)
    untouched = {
        "practice_times": "SELECT id, day_of_week, start_time, created_at FROM practice_times",
        "captain_messages": "SELECT id, captain_user_id, message, created_at FROM captain_messages",
        "polls": "SELECT id, created_by, question, created_at FROM polls",
        "poll_choices": "SELECT * FROM poll_choices",
        "poll_responses": "SELECT id, poll_id, choice_id, responded_at FROM poll_responses",
        "users": "SELECT id, email, password_hash FROM users",
    }
    before = {name: sorted(database.rows(query)) for name, query in untouched.items()}
    guard.has_backed_up()
    etl(database)

    made = guard.restores().plan

    assert {name: sorted(database.rows(query)) for name, query in untouched.items()} == before
    assert {name for name in made.sets if made.counts(name)["insert"]} <= {"practices"}


def test_thirteen_messages_and_two_polls_on_vanished_teams_are_seen_before_the_restore(
    incident: League, database: ScratchDatabase
) -> None:
    guard = Guard(database)
    guard.has_backed_up()
    builders.the_etl_recreates_everything(database)
    found = guard.judges_health()
    assert {name: counts.bad for name, counts in found.sets.items()} == {
        "practices": 27,
        "practice_times": 2,
        "captain_messages": 13,
        "polls": 2,
        "poll_choices": 0,  # their polls are there, under their own keys
        "poll_responses": 3,  # their players are there under new ones
        "league_contexts": 2,
        **NOBODYS,
    }
    assert found.verdict is Verdict.REFUSED


def test_a_message_gone_before_the_import_is_brought_back(incident: League, database: ScratchDatabase) -> None:
    """Nobody can tell whether a captain took it or the import did."""
    guard = Guard(database)
    guard.has_backed_up()
    database.rows("DELETE FROM captain_messages WHERE message = 'Message 3'")
    builders.the_etl_recreates_everything(database)
    made = guard.restores().plan
    assert made.counts("captain_messages")["deleted"] == 0
    assert database.count("captain_messages") == 13


def test_where_the_etl_never_deletes_messages_one_that_a_user_deleted_stays_deleted(
    incident: League, database: ScratchDatabase
) -> None:
    told = [replace(each, etl_deletes=False) if each.name == "captain_messages" else each for each in BUILT_IN]
    guard = Guard(database, sets=told)
    guard.has_backed_up()
    database.rows("DELETE FROM captain_messages WHERE message = 'Message 3'")
    builders.the_etl_recreates_everything(database)
    made = guard.restores().plan
    assert made.counts("captain_messages")["deleted"] == 1
    assert database.count("captain_messages") == 12


def test_a_table_that_truncate_cascade_emptied_is_filled_again(incident: League, database: ScratchDatabase) -> None:
    """TRUNCATE … CASCADE follows every foreign key, whatever it does on deletion; no user deletes all there is."""
    guard, before = Guard(database), everything_seen(database)
    website = builders.the_website_now(database)
    guard.has_backed_up()
    database.rows("TRUNCATE teams, players RESTART IDENTITY CASCADE")
    assert not database.count("captain_messages")
    assert not database.count("poll_responses")
    builders.the_etl_runs(database, source=website)

    made = guard.restores().plan

    assert made.counts("captain_messages")["insert"] == 13
    assert everything_seen(database) == before
    assert guard.restores().written == 0


def test_a_new_row_under_a_freed_key_is_not_taken_for_the_old_one(incident: League, database: ScratchDatabase) -> None:
    guard, before = Guard(database), messages(database)
    website = builders.the_website_now(database)
    guard.has_backed_up()
    database.rows("TRUNCATE teams RESTART IDENTITY CASCADE")
    builders.the_etl_runs(database, source=website)
    incident.captain_writes_message(builders.teams_now(database)[0], "The first after the import")  # gets id 1

    guard.restores()

    new = Counter({("The first after the import", "Birchwood - 1", "APTA_CHICAGO"): 1})
    assert messages(database) == before + new
    assert guard.judges_health().verdict is Verdict.FINE


def test_nothing_of_a_league_that_an_import_lacks_lands_on_another_one(
    incident: League, database: ScratchDatabase
) -> None:
    guard, before = Guard(database), everything_seen(database)
    website = builders.the_website_now(database)
    guard.has_backed_up()
    builders.the_etl_lacks_league(database, "NSTF")

    made = guard.restores().plan

    pending = {name: made.counts(name)["pending"] for name in made.sets}
    assert pending == {
        "practices": 13,
        "practice_times": 1,
        "captain_messages": 6,
        "polls": 1,
        "poll_choices": 2,
        "poll_responses": 0,
        "league_contexts": 1,
        **NOBODYS,
    }
    for name, seen in everything_seen(database).items():
        assert not [row for row in seen - before[name] if "Tennaqua S2B" in str(row)], name
    guard.has_backed_up()
    builders.the_etl_runs(database, source=website)
    guard.restores()
    assert everything_seen(database) == before


def survey(database: ScratchDatabase) -> Coverage:
    def work(connection: Connection) -> Coverage:
        return coverage.survey(connection, look(connection, Guard(database).sets))

    return Guard(database).reads(work)


def test_a_survey_counts_rows_and_the_teams_they_hang_on_up_the_chain(
    incident: League, database: ScratchDatabase
) -> None:
    found = {each.bound.name: (each.rows, each.of, each.owners) for each in survey(database).covered}
    assert found["practices"] == (27, TEAMS, 2)
    assert found["poll_responses"] == (3, TEAMS, 1)
    assert found["poll_choices"] == (5, TEAMS, 2)
    assert found["league_contexts"][1:] == (LEAGUES, 2)


def test_a_survey_names_what_points_at_teams_and_is_not_protected(incident: League, database: ScratchDatabase) -> None:
    database.rows("CREATE TABLE badges (id serial, guest_team_id bigint)")
    database.rows("INSERT INTO badges (guest_team_id) VALUES (1), (NULL)")
    (found,) = survey(database).exposed
    assert [(each.table, each.column, each.target) for each in found.pointers] == [("badges", "guest_team_id", TEAMS)]
    assert found.counts is not None
    assert (found.counts.pointing, found.counts.here, found.counts.gone, found.counts.nothing) == ((1,), 1, 0, 1)


def test_a_team_is_the_one_of_today_and_not_the_one_met_first(incident: League, database: ScratchDatabase) -> None:
    guard = Guard(database)
    guard.has_backed_up()
    builders.the_etl_recycles_ids(database)
    guard.restores()
    first: Team = builders.teams_now(database)[0]
    on_first = {row[1] for row in messages(database)} & {first.name}
    assert on_first <= {"Tennaqua - 22", "Tennaqua S2B"}
    assert not [each for each in practices_by_natural_key(database) if each.team and each.team.club == "Birchwood"]
    assert practices_by_natural_key(database).total() == 27
    assert min(each.date for each in practices_by_natural_key(database) if each.date) == MONDAY

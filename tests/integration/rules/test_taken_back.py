"""What stands in the way of an undo: each row that cannot go back stays, with a word, and keeps no other."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest

from practice_guard.core.application import BUILT_IN, PLAYERS, TEAMS, ProtectedSet, Reference
from practice_guard.core.database import Access
from practice_guard.core.model import Team, Verdict
from practice_guard.core.restore import undo
from practice_guard.core.restore.undo import Undone
from practice_guard.render import undoing
from tests.world import builders
from tests.world.builders import League, ScratchDatabase, practices_by_natural_key, swap_ids
from tests.world.guarding import Guard
from tests.world.polling import a_team_with_players, an_answered_poll, polls_by_natural_key
from tests.world.seasons import teams_in_a_row

SEVEN_ON_MONDAYS = "practice_times_team_id_day_of_week_start_time_end_time_loca_key"


def would_take_back(guard: Guard, entry: int, access: Access = Access.PLAN) -> Undone:
    return guard.reads(lambda connection: undo.plan(guard.at(connection), entry), access)


def takes_back_as_foreseen(guard: Guard, entry: int) -> Undone:
    """An undo that does what its dry run said, with tables of its own and without."""
    foreseen = [would_take_back(guard, entry, access) for access in (Access.PLAN, Access.READ)]
    undone = guard.takes_back(entry)
    for each in foreseen:
        assert each == replace(undone, entry=each.entry, ledger=None)
    return undone


@pytest.mark.parametrize("variant", ["recreate", "recycle"])
def test_responses_stay_on_players_whose_former_rows_are_gone_and_the_rest_goes_back(
    league: League, database: ScratchDatabase, variant: str
) -> None:
    team = a_team_with_players(league)
    an_answered_poll(league, team)
    league.captain_schedules_practices(team, 3)
    guard = Guard(database)
    guard.has_backed_up()
    whole = polls_by_natural_key(database), practices_by_natural_key(database)
    builders.the_etl_recreates_everything(database)
    if variant == "recycle":
        builders.the_etl_recycles_ids(database)
    practices = practices_by_natural_key(database)
    entry = guard.restores().ledger
    responses = database.rows("SELECT * FROM poll_responses ORDER BY id")

    undone = takes_back_as_foreseen(guard, entry)

    assert undone.adrift.get("poll_responses", 0) == (3 if variant == "recreate" else 0)
    if variant == "recreate":
        assert database.rows("SELECT * FROM poll_responses ORDER BY id") == responses
    assert practices_by_natural_key(database) == practices
    guard.restores()
    assert (polls_by_natural_key(database), practices_by_natural_key(database)) == whole


HELPERS = ProtectedSet(
    "helpers", "helpers", (Reference("team_id", TEAMS), Reference("player_id", PLAYERS)), content=("task",)
)


def test_a_reference_to_any_table_is_emptied_where_its_foreign_key_would_not_let_it_back(
    league: League, database: ScratchDatabase
) -> None:
    team = a_team_with_players(league)
    database.rows(
        "CREATE TABLE helpers (id serial PRIMARY KEY, team_id int, player_id int REFERENCES players, task text)"
    )
    database.rows("INSERT INTO helpers (team_id, player_id, task) SELECT team_id, id, 'Grill ' || id FROM players")
    guard = Guard(database, (*BUILT_IN, HELPERS))
    guard.has_backed_up()
    builders.the_etl_recreates_everything(database)
    entry = guard.restores().ledger
    count = database.count("helpers", "player_id IS NOT NULL")

    undone = takes_back_as_foreseen(guard, entry)

    assert undone.adrift["helpers"] == count == 5
    assert database.rows("SELECT DISTINCT team_id, player_id FROM helpers") == [(team.id, None)]
    assert guard.restores().written == 5
    assert database.count("helpers h JOIN players p ON p.id = h.player_id JOIN teams t ON t.id = h.team_id") == 5


@pytest.fixture
def three_teams(league: League) -> list[Team]:
    return teams_in_a_row(league, 3, practices=1)


@pytest.fixture
def restored(three_teams: list[Team], guard: Guard, database: ScratchDatabase) -> int:
    """A restore that found the practice times on the ids of before; returns its entry."""
    guard.has_backed_up()
    builders.the_etl_recreates_everything(database)
    return guard.restores().ledger


def someone_enters_the_old_place_again(database: ScratchDatabase, team: int) -> None:
    database.rows(
        "INSERT INTO practice_times (team_id, league_id, day_of_week, start_time, end_time, location)"
        " SELECT %(team)s, NULL, day_of_week, start_time, end_time, location FROM practice_times LIMIT 1",
        team=team,
    )


def test_a_row_whose_former_place_is_taken_stays_and_the_others_go_back(
    three_teams: list[Team], restored: int, guard: Guard, database: ScratchDatabase
) -> None:
    stays = database.rows("SELECT * FROM practice_times ORDER BY id")[1]
    someone_enters_the_old_place_again(database, three_teams[1].id)

    undone = takes_back_as_foreseen(guard, restored)

    assert dict(undone.staying["practice_times"]) == {SEVEN_ON_MONDAYS: 1}
    assert undone.relinked["practice_times"] == 2
    one, two, three = three_teams
    assert database.rows("SELECT team_id FROM practice_times WHERE id <> %(stays)s ORDER BY id", stays=stays[0]) == [
        (one.id,), (three.id,), (two.id,),
    ]  # fmt: skip
    assert database.rows("SELECT * FROM practice_times WHERE id = %(stays)s", stays=stays[0]) == [stays]
    told = undoing.undo(undone)
    assert (told.verdict, told.sentence.endswith("2 pointed back, 1 stays.")) == (Verdict.WAITING, True)
    (finding,) = told.findings
    assert (finding.code, finding.rows) == ("rows-not-taken-back", 1)
    assert f'by the unique key "{SEVEN_ON_MONDAYS}"' in finding.why
    assert told.result["staying"] == {"practices": {}, "practice_times": {SEVEN_ON_MONDAYS: 1}}


def test_what_stays_keeps_the_next_from_its_place(league: League, guard: Guard, database: ScratchDatabase) -> None:
    """Each of three goes back to where the next one stands, and somebody stands where the last of them was."""
    ids = [team.id for team in teams_in_a_row(league, 3, practices=0)]
    ids.append(league.has_team(series="Chicago 4").id)
    guard.has_backed_up()
    for one, other in itertools.pairwise(ids):
        swap_ids(database, one, other)
    entry = guard.restores().ledger
    assert database.rows("SELECT team_id FROM practice_times ORDER BY id") == [(ids[3],), (ids[0],), (ids[1],)]
    someone_enters_the_old_place_again(database, ids[2])
    before = database.rows("SELECT * FROM practice_times ORDER BY id")

    undone = takes_back_as_foreseen(guard, entry)

    assert dict(undone.staying["practice_times"]) == {SEVEN_ON_MONDAYS: 3}
    assert database.rows("SELECT * FROM practice_times ORDER BY id") == before


NOTES = ProtectedSet("notes", "notes", (Reference("team_id", TEAMS),), content=("note",))


def test_a_row_is_not_taken_along_by_what_it_has_to_stay_on(league: League, database: ScratchDatabase) -> None:
    """The undo would remove a poll, and a foreign key with it a note that the undo itself only points elsewhere."""
    team = a_team_with_players(league)
    poll = league.captain_asks(team, "Which day?", ())
    database.rows("CREATE TABLE notes (id serial PRIMARY KEY, team_id int, poll_id int, note text)")
    database.rows("ALTER TABLE notes ADD FOREIGN KEY (poll_id) REFERENCES polls ON DELETE CASCADE")
    database.rows(
        "INSERT INTO notes (team_id, poll_id, note) VALUES (%(team)s, %(poll)s, 'x')", team=team.id, poll=poll
    )
    guard = Guard(database, (*BUILT_IN, NOTES))
    guard.has_backed_up()
    database.rows("SET session_replication_role = replica")
    database.rows("DELETE FROM polls")
    database.rows("RESET session_replication_role")
    builders.the_etl_recreates_everything(database)
    done = guard.restores()
    assert (done.plan.counts("polls")["insert"], done.plan.counts("notes")["relink"]) == (1, 1)

    undone = takes_back_as_foreseen(guard, done.ledger)

    assert undone.refused["polls"] == {"rows of notes hang on it": 1}
    assert (undone.removed["polls"], undone.relinked["notes"]) == (0, 1)
    assert (database.count("polls"), database.count("notes")) == (1, 1)

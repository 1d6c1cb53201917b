"""Team lists as they are read from the application, kept, and read back."""

from __future__ import annotations

import json
from dataclasses import replace

from practice_guard.core.application import TeamList
from practice_guard.core.database import Access, Connection
from practice_guard.core.model import Team
from practice_guard.core.snapshots import lists
from tests.world.builders import League, ScratchDatabase
from tests.world.guarding import Guard

STRANGE = ("a,b", 'with "quotes"', "back\\slash", "{x}", "NULL", "tab\t\x1f", "\u00dcn\u00efc\u00f6d\u00e9", "'")


def now(guard: Guard) -> TeamList:
    return guard.reads(lambda connection: guard.at(connection).look().now)


def kept(guard: Guard, *names: str) -> dict[str, TeamList]:
    return guard.reads(lambda connection: lists.team_lists(connection, names))


def keep(guard: Guard, name: str, found: TeamList) -> None:
    def work(connection: Connection) -> None:
        with connection.transaction(Access.WRITE):
            lists.store_list(connection, name, found)

    guard.with_connection(work)


def test_a_list_comes_back_to_the_letter(guard: Guard, league: League) -> None:
    team = league.has_team(club="Tennaqua", series="Chicago 22", alias="", players=STRANGE)
    bare = league.has_team(club="Wilmette", series="Chicago 7")
    taken = guard.has_backed_up_nothing()
    read, back = now(guard), kept(guard, taken.id)[taken.id]
    assert read.rosters == back.rosters == {team.id: frozenset(STRANGE)}
    assert bare.id not in back.rosters
    assert (read.teams, read.leagues) == (back.teams, back.leagues)
    assert [each.id for each in read.teams] == sorted(read.ids)


def test_what_is_the_same_in_two_lists_is_held_once(guard: Guard, league: League) -> None:
    team = league.has_team(club="Tennaqua", series="Chicago 22", players=("one", "two"))
    taken = guard.has_backed_up_nothing()
    (before,), (after,) = kept(guard, taken.id)[taken.id].teams, now(guard).teams
    assert before.name is after.name
    assert kept(guard, taken.id)[taken.id].players_of(team.id) is now(guard).players_of(team.id)


def test_several_lists_are_kept_apart(guard: Guard, league: League) -> None:
    league.has_team(club="Tennaqua", series="Chicago 22", players=("one", "two"))
    guard.has_backed_up_nothing()
    found = now(guard)
    other = TeamList(tuple(replace(team, id=team.id + 1) for team in found.teams), {7: "NSTF"}, {})
    keep(guard, "other", other)
    keep(guard, "own", found)
    assert kept(guard, "own", "other", "gone") == {"own": found, "other": other, "gone": TeamList((), {}, {})}


def test_a_long_list_is_kept_whole(guard: Guard, league: League, database: ScratchDatabase) -> None:
    league.has_team()
    guard.has_backed_up_nothing()
    many = TeamList(
        tuple(Team(at, "NSTF", "Tennaqua", f"S{at}", f"Tennaqua S{at}") for at in range(2 * lists.AT_ONCE + 1)),
        {},
        {at: frozenset((f"p{at}", "p")) for at in range(0, 2 * lists.AT_ONCE, 1000)},
    )
    keep(guard, "many", many)
    assert database.count("practice_guard.team_lists", "list = 'many'") == len(many.teams)
    assert kept(guard, "many")["many"] == many


def test_arrays_in_arrays_and_unknown_players_are_read_as_plain_ones(guard: Guard, database: ScratchDatabase) -> None:
    guard.has_backed_up_nothing()
    database.rows(
        "INSERT INTO practice_guard.team_lists (list, id, name, players) VALUES"
        " ('odd', 1, 'A', '{{a,b},{c,NULL}}'), ('odd', 2, 'B', '{}'), ('odd', 3, 'C', '{NULL}')"
    )
    assert kept(guard, "odd")["odd"].rosters == {1: frozenset(("a", "b", "c", "")), 3: frozenset(("",))}


def test_what_a_team_has_besides_names_comes_back(guard: Guard, league: League, database: ScratchDatabase) -> None:
    teams = [league.has_team(club=club) for club in ("Tennaqua", "Wilmette", "Winmere")]
    for team, outside, active in zip(teams, (" T1 ", "", None), (False, True, None), strict=True):
        database.rows(
            "UPDATE teams SET external_team_id = %(outside)s, is_active = %(active)s WHERE id = %(id)s",
            outside=outside,
            active=active,
            id=team.id,
        )
    taken = guard.has_backed_up_nothing()
    read, back = now(guard), kept(guard, taken.id)[taken.id]
    assert read == back
    assert [each.outside_id for each in back.teams] == ["T1", None, None]
    assert back.active == {teams[0].id: False, teams[1].id: True}


def test_a_kept_list_tells_a_team_from_its_successor_as_the_one_it_was_made_of(
    guard: Guard, league: League, database: ScratchDatabase
) -> None:
    database.rows("ALTER TABLE teams DROP CONSTRAINT unique_team_club_series_league")
    database.rows("ALTER TABLE teams DROP CONSTRAINT unique_team_name_per_league")
    gone, heir = league.has_team(), league.has_team()
    database.rows("UPDATE teams SET is_active = false WHERE id = %(id)s", id=gone.id)
    guard.has_backed_up_nothing()
    keep(guard, "own", now(guard))
    assert kept(guard, "own")["own"] == now(guard)
    assert [(each.id, each.inactive) for each in now(guard).teams] == [(gone.id, True), (heir.id, False)]


def test_lists_in_tables_of_an_older_version_are_read(guard: Guard, league: League, database: ScratchDatabase) -> None:
    team = league.has_team(players=("one",))
    database.rows("UPDATE teams SET external_team_id = 'T1'")
    taken = guard.has_backed_up_nothing()
    database.rows("ALTER TABLE practice_guard.team_lists DROP outside_id, DROP active")
    found = kept(guard, taken.id)[taken.id]
    assert (found.teams, found.rosters, found.active) == ((team,), {team.id: frozenset({"one"})}, {})


def digested_first(guard: Guard, *names: str) -> str:
    """What the first version of a digest is made of."""
    return guard.reads(lambda connection: "".join(lists.as_digested(connection, names)))


def first_words(team: Team) -> str:
    """A team as the first program wrote it, to the letter."""
    names = f"league={team.league!r}, club={team.club!r}, series={team.series!r}, name={team.name!r}"
    return f"Team(id={team.id}, {names}, alias={team.alias!r})"


def test_lists_are_digested_as_they_were_by_the_first_program(
    guard: Guard, league: League, database: ScratchDatabase
) -> None:
    """The digests of snapshots that were taken long ago rest on this text, to the letter."""
    for number in (9, 10, 11):
        league.has_team(
            series=f"Chicago {number}", alias="\u00dc" if number > 9 else None, players=STRANGE[number - 9 :]
        )
    database.rows("UPDATE teams SET is_active = NULL")
    taken = guard.has_backed_up_nothing()
    keep(guard, "another", now(guard))
    names = [taken.id, "another", "gone"]
    expected = {
        name: [
            sorted(first_words(team) for team in found.teams),
            sorted(found.leagues.items()),
            sorted((team, sorted(ids)) for team, ids in found.rosters.items()),
        ]
        for name, found in kept(guard, *names).items()
    }
    written = digested_first(guard, *names)
    assert written == json.dumps(expected, sort_keys=True)
    assert "Tennaqua - 9" in written


def test_what_the_first_program_did_not_know_is_digested_where_it_is_known(guard: Guard, league: League) -> None:
    """Where an encoding has no room for a newer digest it still shows whatever was changed."""
    league.has_team()
    guard.has_backed_up_nothing()
    (team,) = now(guard).teams
    digested = set()
    for number, (outside, active) in enumerate(((None, None), ("T1", None), ("T2", None), ("T1", True), ("T1", False))):
        known = {team.id: active} if active is not None else {}
        keep(guard, f"list {number}", TeamList((replace(team, outside_id=outside),), {}, {}, known))
        digested.add(digested_first(guard, f"list {number}").partition(": ")[2])
    assert len(digested) == 5

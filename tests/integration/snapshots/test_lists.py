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


def test_lists_are_digested_as_they_were_by_the_first_program(guard: Guard, league: League) -> None:
    """The digests of snapshots that were taken long ago rest on this text, to the letter."""
    for number in (9, 10, 11):
        league.has_team(
            series=f"Chicago {number}", alias="\u00dc" if number > 9 else None, players=STRANGE[number - 9 :]
        )
    taken = guard.has_backed_up_nothing()
    keep(guard, "another", now(guard))
    names = [taken.id, "another", "gone"]
    expected = {
        name: [
            sorted(repr(team) for team in found.teams),
            sorted(found.leagues.items()),
            sorted((team, sorted(ids)) for team, ids in found.rosters.items()),
        ]
        for name, found in kept(guard, *names).items()
    }
    written = guard.reads(lambda connection: "".join(lists.as_digested(connection, names)))
    assert written == json.dumps(expected, sort_keys=True)
    assert "Tennaqua - 9" in written

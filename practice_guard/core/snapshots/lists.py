"""Team lists, kept under the id of the snapshot that took them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence

from practice_guard.core.application import TeamList
from practice_guard.core.database import Database, Row, statement
from practice_guard.core.model import Team

AT_ONCE = 10_000
"""Teams that are sent in one statement."""


def store_list(database: Database, name: str, found: TeamList) -> None:
    """Keep a team list under the id of the snapshot that took it."""
    for start in range(0, max(1, len(found.teams)), AT_ONCE):
        teams = [
            (
                *(team.id, team.league, team.club, team.series, team.name, team.alias),
                *(found.players_of(team.id), team.outside_id, found.active.get(team.id)),
            )
            for team in found.teams[start : start + AT_ONCE]
        ]
        leagues = found.leagues if start == 0 else {}
        values = {"list": name, "ids": list(leagues), "codes": list(leagues.values())}
        values |= {"teams": json.dumps(teams, ensure_ascii=False)}
        database.execute(statement(__name__, "store_list"), values)


def team_lists(database: Database, names: Sequence[str]) -> dict[str, TeamList]:
    """Read kept team lists, by name; one that is not kept is empty."""
    rows: dict[str, list[Row]] = {name: [] for name in names}
    for name, *row in database.execute(statement(__name__, "stored_lists"), {"lists": list(names)}):
        rows[name].append(tuple(row))
    return {name: TeamList.of(rows.pop(name)) for name in names}


def as_digested(database: Database, names: Sequence[str]) -> Iterator[str]:
    """Yield the JSON of kept team lists from which the first version of a digest is made, a team at a time.

    What a team has besides names is added where it is known, so that lists from before are what they were.
    """
    yield "{"
    for number, name in enumerate(sorted(set(names))):
        found = team_lists(database, [name])[name]
        yield f"{', ' if number else ''}{json.dumps(name)}: ["
        yield from _array(sorted(_first(team, found.active.get(team.id)) for team in found.teams))
        yield f", {json.dumps(sorted(found.leagues.items()))}, "
        yield from _array([team, sorted(found.rosters[team])] for team in sorted(found.rosters))
        yield "]"
    yield "}"


def _first(team: Team, active: bool | None) -> str:
    """Write a team as the first program did, with what that did not know where it is known."""
    parts = ("id", "league", "club", "series", "name", "alias")
    known = {"outside_id": team.outside_id, "active": active}
    said = {part: getattr(team, part) for part in parts}
    said |= {part: value for part, value in known.items() if value is not None}
    return f"Team({', '.join(f'{part}={value!r}' for part, value in said.items())})"


def _array(values: Iterable[object]) -> Iterator[str]:
    yield "["
    for number, value in enumerate(values):
        yield f"{', ' if number else ''}{json.dumps(value)}"
    yield "]"

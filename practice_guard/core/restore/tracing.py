"""What the ids of kept lists were called, and what they are today, in words: for people, before rows are planned."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from practice_guard.core.application import LEAGUES, TEAMS, Application, Parent, TeamList
from practice_guard.core.database import Database
from practice_guard.core.guarding import Request
from practice_guard.core.identity import Entry, Led, Resolution, resolve_leagues
from practice_guard.core.model import Fate
from practice_guard.core.records import precedents
from practice_guard.core.restore import leading
from practice_guard.core.restore.goals import resolved
from practice_guard.core.snapshots import NOW, Snapshot, kept_entries, team_lists


@dataclass(frozen=True, slots=True)
class Traced:
    """An id of a list: what it `was`, what it is `today`, empty where nobody can be sure, and why it `waits` then."""

    was: str
    today: str = ""
    waits: str = ""


Traces = Mapping[tuple[str, str], Mapping[int, Traced]]
"""By list and parent, the ids."""


def trace(database: Database, snapshot: Snapshot, app: Application, request: Request) -> Traces:
    """Find out what the ids of all lists of a snapshot were and are, as its restore would."""
    lists = team_lists(database, snapshot.lists)
    decisions = precedents.find(database, snapshot.id, snapshot.lists).decisions
    known: dict[str, tuple[Resolution, Mapping[int, int]]] = {
        name: (
            resolved(old, app.now, request, decisions[name]),
            resolve_leagues(old.leagues, app.now.leagues, decisions[name], request.habits),
        )
        for name, old in lists.items()
    }
    entries = kept_entries(database, snapshot, [each.name for each in app.followed], app.followed, app.sets)
    led = leading.lead(app, entries, entries.pop(NOW, {}), known, decisions, request)
    found: dict[tuple[str, str], dict[int, Traced]] = {}
    for name, (teams, leagues) in known.items():
        found[name, TEAMS.name] = dict(_teams(teams))
        found[name, LEAGUES.name] = dict(_leagues(lists[name], app.now, leagues))
        for parent, each in led[name].items():
            found[name, parent] = {number: _led(one) for number, one in each.items()}
    return found


def names(database: Database, snapshots: Sequence[Snapshot], parents: Sequence[Parent]) -> Traces:
    """Say what the ids of all lists of some snapshots were, and no more."""
    wanted = [each.name for each in parents if each not in (TEAMS, LEAGUES)]
    found: dict[tuple[str, str], dict[int, Traced]] = {}
    for snapshot in snapshots:
        missing = [name for name in snapshot.lists if (name, TEAMS.name) not in found]
        for name, old in team_lists(database, missing).items() if missing else ():
            found[name, TEAMS.name] = {team.id: Traced(str(team.identity)) for team in old.teams}
            found[name, LEAGUES.name] = {number: Traced(code) for number, code in old.leagues.items()}
        for name, kept in (kept_entries(database, snapshot, wanted) if missing and wanted else {}).items():
            for parent, entries in kept.items():
                found[name, parent] = {each.id: Traced(_said(each)) for each in entries}
    return found


def _teams(resolution: Resolution) -> Iterator[tuple[int, Traced]]:
    for number, match in resolution.matches.items():
        was = str(match.old.identity)
        if match.new:
            yield number, Traced(was, f"{match.new.identity}, id {match.new.id}")
        else:
            yield number, Traced(was, waits=f"{match.fate}: {match.because}")


def _leagues(old: TeamList, now: TeamList, heirs: Mapping[int, int]) -> Iterator[tuple[int, Traced]]:
    for number, code in old.leagues.items():
        heir = heirs.get(number)
        if heir is None:
            yield number, Traced(code, waits=f"{Fate.MISSING}: no league has its code")
        else:
            yield number, Traced(code, f"{now.leagues[heir]}, id {heir}")


def _led(led: Led) -> Traced:
    if led.new is None:
        return Traced(_said(led.old), waits=f"{led.fate}: {led.because}")
    return Traced(_said(led.old), f"{_said(led.new)}, id {led.new.spelled}")


def _said(entry: Entry) -> str:
    return ", ".join(value for value in entry.words.values() if value)

"""Writes decision files: one to edit, with the candidates in it, and one of what was decided."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING

from practice_guard.core.identity import Decisions, Resolution, reasons
from practice_guard.core.later import Later
from practice_guard.core.model import Fate, Match, TeamIdentity

if TYPE_CHECKING:
    import tomlkit
    from tomlkit.items import InlineTable, Table
else:
    tomlkit = Later("tomlkit")

_HEADER = (
    "Teams whose rows wait, for a person to decide. Take the # away from one line of an entry, then restore with it.",
    "An entry without `heir`, `give_up` or `rosters` decides nothing. What an heir leaves out is the team's own.",
    "`merge = true` lets two old teams have one heir; `overrule = true` decides against name and place.",
)


def draft(resolution: Resolution, concerned: Collection[TeamIdentity] | None = None, steps: Sequence[str] = ()) -> str:
    """Return a decision file with an entry for everything that waits; unedited, it decides nothing.

    With `concerned`, the teams whose rows wait, it is about those alone: nobody need decide where nothing hangs.
    A league or series that is gone as a whole, and a league whose rosters have moved, is one entry. The candidates
    of a team stand in it as comments, ready to be taken (`with_candidates` first). `steps`, the commands that make
    use of the file as they are typed, stand at its head.
    """
    unmatched = [match for match in resolution.unmatched() if not match.given_up]
    waiting = [match for match in unmatched if concerned is None or match.old.identity in concerned]
    covering = {about for match in waiting for about in _covering(match)}
    whole = {about: teams for about, teams in _gone_as_a_whole(resolution, unmatched).items() if about in covering}
    document = _document((_HEADER[0], *(f"  {step}" for step in steps), *_HEADER[1:]))
    for about in sorted(whole, key=str):
        kind = "series" if about.series is not None else "league"
        table = _table(about)
        _comment(table, f"{whole[about]} teams, none of them is in the new list")
        _comment(table, _heir_example(kind))
        _comment(table, "give_up = true")
        _append(document, kind, table)
    for league in sorted(resolution.moved & {match.old.league for match in waiting}):
        table = _table(TeamIdentity(league, None, None, None))
        _comment(table, "the players stand on other teams than names and places say")
        _comment(table, 'rosters = "ignore"')
        _append(document, "league", table)
    for match in waiting:
        old = match.old
        by_league = old.league in resolution.moved and match.fate is Fate.CONFLICTING
        if not by_league and (match.candidates or not _covering(match) & whole.keys()):
            _append(document, "team", _entry(match))
    return tomlkit.dumps(document)


def dump(decisions: Decisions) -> str:
    """Return decisions as a file that `parse` reads back as the same decisions."""
    document = tomlkit.document()
    for entry in decisions.entries:
        kind = "team" if entry.names_a_team else "series" if entry.about.series is not None else "league"
        table = _table(entry.about)
        if entry.heir:
            table["heir"] = _inline(entry.heir)
        for flag in ("give_up", "merge", "overrule"):
            if getattr(entry, flag):
                table[flag] = True
        if entry.ignore_rosters:
            table["rosters"] = "ignore"
        _append(document, kind, table)
    for each in decisions.values:
        table = tomlkit.table()
        table.update({"set": each.set, "column": each.column, "value": each.value, "give_up": True})
        _append(document, "value", table)
    return tomlkit.dumps(document)


def _covering(match: Match) -> frozenset[TeamIdentity]:
    """The league and the series of a team, as entries may be about them."""
    old = match.old
    return frozenset(
        (TeamIdentity(old.league, None, None, None), TeamIdentity(old.league, None, old.series, None)),
    )


def _gone_as_a_whole(resolution: Resolution, waiting: Iterable[Match]) -> Counter[TeamIdentity]:
    """Count the waiting teams of each league, else series, of which nothing is left, where there are several."""
    missing = [match.old for match in waiting if match.fate is Fate.MISSING]
    total = Counter(match.old.league for match in resolution.matches.values())
    series = Counter((match.old.league, match.old.series) for match in resolution.matches.values())
    gone = Counter(team.league for team in missing)
    leagues = {league for league, count in gone.items() if league and count == total[league] and count > 1}
    gone_series = Counter((team.league, team.series) for team in missing if team.league not in leagues)
    whole = Counter({TeamIdentity(league, None, None, None): gone[league] for league in leagues})
    for (league, name), count in gone_series.items():
        if league and name and count == series[league, name] and count > 1:
            whole[TeamIdentity(league, None, name, None)] = count
    return whole


def _entry(match: Match) -> Table:
    table = _table(match.old.identity)
    _comment(table, f"{match.fate}: {match.because}")
    for candidate in match.candidates:
        _comment(table, f"heir = {_inline(candidate.team.identity).as_string()}")
        _comment(table, f"  {reasons(candidate)}")
    if not match.candidates:
        _comment(table, _heir_example("team"))
    _comment(table, "give_up = true")
    return table


def _heir_example(kind: str) -> str:
    return f'heir = {{ {kind} = "..." }}'


def _document(header: Iterable[str]) -> tomlkit.TOMLDocument:
    document = tomlkit.document()
    for line in header:
        document.add(tomlkit.comment(_printable(line)))
    document.add(tomlkit.nl())
    return document


def _append(document: tomlkit.TOMLDocument, kind: str, table: Table) -> None:
    if kind not in document:
        document.append(kind, tomlkit.aot())
    table.add(tomlkit.nl())
    document[kind].append(table)


def _parts(identity: TeamIdentity) -> Iterable[tuple[str, str]]:
    named = (("league", identity.league), ("club", identity.club), ("series", identity.series), ("team", identity.name))
    return ((key, value) for key, value in named if value is not None)


def _table(identity: TeamIdentity) -> Table:
    table = tomlkit.table()
    for key, value in _parts(identity):
        table.add(key, value)
    return table


def _inline(identity: TeamIdentity) -> InlineTable:
    table = tomlkit.inline_table()
    for key, value in _parts(identity):
        table.append(key, value)
    return table


def _comment(table: Table, text: str) -> None:
    """Add a comment that stays on one line, whatever a name has in it."""
    table.add(tomlkit.comment(_printable(text)))


def _printable(text: str) -> str:
    return "".join(sign if sign.isprintable() else " " for sign in text)

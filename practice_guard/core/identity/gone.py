"""Leagues and series that an import left out as a whole: one finding each, in place of one a team. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from types import MappingProxyType

from practice_guard.core.findings import found
from practice_guard.core.identity import normalise
from practice_guard.core.model import Fate, Finding, Match, Team
from practice_guard.core.steps import Step
from practice_guard.core.words import counted


def vanished(
    matches: Mapping[int, Match],
    today: Iterable[Team],
    concerned: Collection[int] | None = None,
    rows: Mapping[int, Sequence[str]] = MappingProxyType({}),
) -> list[Finding]:
    """Find leagues and series of which no team is left: the first thing to say about an import.

    Args:
        matches: every team of the old list with its match.
        today: the teams as they are now; a league or series with any of them is there, whoever is missing of it.
        concerned: ids of old teams; only leagues and series with one of these are found. All, where it is None.
        rows: a few rows of old teams in words, by the teams' ids.
    """
    if all(match.fate is not Fate.MISSING for match in matches.values()):
        return []
    there = {_place(team) for team in today}
    places = {league for league, _ in there}
    leagues: dict[str, list[Match]] = {}
    series: dict[tuple[str, str], list[Match]] = {}
    for match in matches.values():
        league = match.old.league or "unknown"
        leagues.setdefault(league, []).append(match)
        series.setdefault((league, match.old.series or "unknown"), []).append(match)
    gone = {league for league, its in leagues.items() if _all_missing(its) and _place(its[0].old)[0] not in places}
    lost = [
        _vanished("league", league, leagues[league], rows)
        for league in sorted(gone)
        if _concerns(leagues[league], concerned)
    ]
    for (league, name), its in sorted(series.items()):
        is_there = _place(its[0].old) in there
        if league not in gone and not is_there and _all_missing(its) and _concerns(its, concerned):
            lost.append(_vanished("series", f"{name} of {league}", its, rows))
    return lost


def _place(team: Team) -> tuple[str, str]:
    return normalise.text(team.league or ""), normalise.series(team.series or "")


def _all_missing(matches: Sequence[Match]) -> bool:
    return all(match.fate is Fate.MISSING for match in matches)


def _concerns(matches: Sequence[Match], concerned: Collection[int] | None) -> bool:
    return concerned is None or any(match.old.id in concerned for match in matches)


def _vanished(what: str, name: str, matches: Sequence[Match], rows: Mapping[int, Sequence[str]]) -> Finding:
    return found(
        f"{what}-vanished",
        f"{counted(len(matches), 'team')}: the whole {what} {name} is not there any more.",
        "The import lacked it; what hangs on its teams waits until a later import brings them back.",
        (f"Import the {what} again.", Step("restore", why="after that")),
        examples=[row for match in matches for row in rows.get(match.old.id, ())],
    )

"""Leagues, clubs and series that are gone as a whole: one finding each, in place of one a team. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from types import MappingProxyType

from practice_guard.core.findings import found
from practice_guard.core.identity.decision import kind_of
from practice_guard.core.identity.habits import Habits
from practice_guard.core.identity.spelling import Spelling
from practice_guard.core.identity.succession import Successor, successors
from practice_guard.core.model import Fate, Finding, Match, Team, TeamIdentity
from practice_guard.core.steps import Step
from practice_guard.core.words import agreeing, counted

_WRITE = ("restore", "--dry-run", "--write-decisions", "decisions.toml")


def vanished(
    matches: Mapping[int, Match],
    today: Iterable[Team],
    concerned: Collection[int] | None = None,
    rows: Mapping[int, Sequence[str]] = MappingProxyType({}),
    habits: Habits | None = None,
) -> list[Finding]:
    """Find leagues and series of which no team is left, and clubs that seem renamed: what to say first of an import.

    A club that is gone is found only where a new club of its league has all its series and most of its teams.

    Args:
        matches: every team of the old list with its match.
        today: the teams as they are now; a league or series with any of them is there, whoever is missing of it.
        concerned: ids of old teams; only leagues and series with one of these are found. All, where it is None.
        rows: a few rows of old teams in words, by the teams' ids.
        habits: how the leagues write their teams.
    """
    if all(match.new for match in matches.values()):
        return []
    now = list(today)
    heirs = successors([match.old for match in matches.values()], now, habits)
    spelling = Spelling([match.old for match in matches.values()], now, habits or Habits())

    def place(team: Team) -> tuple[str, str]:
        return spelling.league(team), spelling.series(team)

    there = {place(team) for team in now}
    places = {league for league, _ in there}
    leagues: dict[str, list[Match]] = {}
    series: dict[tuple[str, str], list[Match]] = {}
    for match in matches.values():
        league = match.old.league or "unknown"
        leagues.setdefault(league, []).append(match)
        series.setdefault((league, match.old.series or "unknown"), []).append(match)
    gone = {league for league, its in leagues.items() if _all_missing(its) and place(its[0].old)[0] not in places}
    lost = [
        _vanished("league", league, leagues[league], rows, heirs.get(TeamIdentity(league, None, None, None), ()))
        for league in sorted(gone)
        if _concerns(leagues[league], concerned)
    ]
    for (league, name), its in sorted(series.items()):
        is_there = place(its[0].old) in there
        if league not in gone and not is_there and _all_missing(its) and _concerns(its, concerned):
            after = heirs.get(TeamIdentity(league, None, name, None), ())
            lost.append(_vanished("series", f"{name} of {league}", its, rows, after))
    waiting = _waiting(matches.values())
    for about, after in sorted(heirs.items(), key=lambda each: str(each[0])):
        if kind_of(about) == "club":
            club = waiting.get((about.league, about.club), ())
            if club and _concerns(club, concerned):
                lost.append(_renamed(about, after, club, rows))
    return lost


def _waiting(matches: Iterable[Match]) -> Mapping[tuple[str | None, str | None], Sequence[Match]]:
    """Return what still waits, by league and club."""
    found: dict[tuple[str | None, str | None], list[Match]] = {}
    for match in matches:
        if match.new is None and not match.given_up:
            found.setdefault((match.old.league, match.old.club), []).append(match)
    return found


def _all_missing(matches: Sequence[Match]) -> bool:
    return all(match.fate is Fate.MISSING for match in matches)


def _concerns(matches: Sequence[Match], concerned: Collection[int] | None) -> bool:
    return concerned is None or any(match.old.id in concerned for match in matches)


def _vanished(
    what: str, name: str, matches: Sequence[Match], rows: Mapping[int, Sequence[str]], heirs: Sequence[Successor]
) -> Finding:
    why = "The import lacked it; what hangs on its teams waits until a later import brings them back."
    again = Step("restore", why="after that")
    if heirs:
        why = f"It may be {heirs[0].label} now: {heirs[0].speaks_for}. Or the import lacked it; its rows wait."
    return found(
        f"{what}-vanished",
        f"{counted(len(matches), 'team')}: the whole {what} {name} is not there any more.",
        why,
        (*([Step(*_WRITE, why=f"where it is: one entry names the heir of the {what}")] if heirs else []),
         f"Import the {what} again.", again),
        examples=_examples(matches, rows),
    )  # fmt: skip


def _renamed(
    club: TeamIdentity, heirs: Sequence[Successor], matches: Sequence[Match], rows: Mapping[int, Sequence[str]]
) -> Finding:
    has = f"{agreeing(len(heirs), 'has', 'have')} {heirs[0].has}"
    return found(
        "club-renamed",
        f"{counted(len(matches), 'team')}: the club {club.club} of {club.league} is gone, and"
        f" {' or '.join(heir.label for heir in heirs)} {has}.",
        f"It may be {heirs[0].label} now: {heirs[0].speaks_for}. What hangs on its teams waits for a person to say so.",
        (Step(*_WRITE, why="one entry names the heir of the club"), Step("restore", why="where it comes back")),
        examples=_examples(matches, rows),
    )


def _examples(matches: Sequence[Match], rows: Mapping[int, Sequence[str]]) -> list[str]:
    return [row for match in matches for row in rows.get(match.old.id, ())]

"""Rows whose label names another team than the one they hang on: somebody, or something, has pointed them elsewhere."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from practice_guard.core.application import LEAGUES, BoundSet, TeamList
from practice_guard.core.checks.before.mending import mending
from practice_guard.core.database import Database, Query, Row, ask_each, columns, identifier, literal, statement
from practice_guard.core.findings import found
from practice_guard.core.identity import Habits, Spelling
from practice_guard.core.model import Finding, Team
from practice_guard.core.words import counted

_LABEL = re.compile(r"\s*(?P<club>.+?)\s+practice\s*[-\u2013\u2014]\s*(?P<series>.+?)\s*", re.IGNORECASE)
"""`Tennaqua Practice - Chicago 22`: how the application labels a practice (rally-database)."""


class _Places:
    """The teams by league and place, as their leagues write them."""

    def __init__(self, now: TeamList, habits: Habits) -> None:
        self._spelling = Spelling(now.teams, (), habits)
        self._teams: defaultdict[str | None, defaultdict[tuple[str, str], list[Team]]]
        self._teams = defaultdict(lambda: defaultdict(list))
        for team in now.teams:
            self._teams[team.league][self._place(team)].append(team)

    def _place(self, team: Team) -> tuple[str, str]:
        return self._spelling.club(team), self._spelling.series(team)

    def of(self, league: str | None, club: str, series: str) -> Sequence[Team]:
        """Return the teams of a league that a club and a series name."""
        place = self._place(Team(0, league, club, series, None))
        return self._teams[league][place] if all(place) else ()


def labelled(sets: Iterable[BoundSet]) -> list[BoundSet]:
    """Return the sets whose rows name their team in words."""
    return [bound for bound in sets if bound.set.label in bound.table.columns]


def misplaced(database: Database, sets: Sequence[BoundSet], now: TeamList, habits: Habits) -> list[Finding]:
    """Find the rows of labelled sets that hang on a team while their label names exactly one other of the league."""
    teams, places = {team.id: team for team in now.teams}, _Places(now, habits)
    answers = ask_each(database, [_labels(bound) for bound in sets])
    every = zip(sets, answers, strict=True)
    return [finding for bound, rows in every if (finding := _misplaced(bound, rows, now, teams, places))]


def words(bound: BoundSet) -> str:
    """Return SQL that says what a row is: its content, or its primary key where that is all there is."""
    if not bound.set.content:
        return f"{literal(bound.table.name + ' ')} || t.{bound.parts['key']}::text"
    return f"pg_catalog.concat_ws(', ', {columns(bound.content, of='t', cast='::text')})"


def placed(bound: BoundSet) -> str:
    """Return SQL that says a row's place behind its content: ` (schedule id 17)`."""
    if not bound.set.content:
        return "''"
    return f"{literal(f' ({bound.table.name} {bound.key.name} ')} || t.{bound.parts['key']}::text || ')'"


def _labels(bound: BoundSet) -> Query:
    league = next((each.column for each in bound.references if each.target == LEAGUES), None)
    text = statement(
        __name__,
        "labels",
        **bound.parts,
        label=identifier(bound.set.label or ""),
        league=f"t.{identifier(league)}::bigint" if league else "NULL::bigint",
        words=f"{words(bound)} || {placed(bound)}",
    )
    return Query(text)


def _misplaced(
    bound: BoundSet, labels: Sequence[Row], now: TeamList, teams: Mapping[int, Team], places: _Places
) -> Finding | None:
    label = identifier(bound.set.label or "")
    count, examples, fixes = 0, [], []
    for said, number, in_league, rows, some_rows in labels:
        own, other = teams.get(number), None
        if own is not None:
            other = _other_team(places, own, said, now.leagues.get(in_league))
        if own is None or other is None:
            continue
        count += rows
        examples += [f"{row}: hangs on {own.identity}, its label names {other.identity}" for row in some_rows]
        fixes.append(
            mending(
                "follow_label",
                **bound.parts,
                label=label,
                says=literal(said),
                own=str(own.id),
                named=str(other.id),
                right=literal(f"{own.club} Practice - {own.series}"),
            )
        )
    if not count:
        return None
    what = f"{counted(count, 'row')} of {bound.name} labelled with the name of another team."
    why = "A practice belongs to the team that it was named for; on another one the wrong captain and players see it."
    return found("label-names-another-team", what, why, "\n".join(fixes), rows=count, examples=examples)


def _other_team(places: _Places, own: Team, label: str, league: str | None) -> Team | None:
    """Return the one team that a label names in the leagues a row is of, unless it may mean the team it hangs on."""
    parts = _LABEL.fullmatch(label)
    if parts is None:
        return None
    candidates = [team for code in {own.league, league} for team in places.of(code, parts["club"], parts["series"])]
    return candidates[0] if len(candidates) == 1 and candidates[0].id != own.id else None

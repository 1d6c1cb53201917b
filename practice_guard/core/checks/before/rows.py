"""Protected rows that hang on nothing, each counted once, and those whose label names another team."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType

from practice_guard.core.application import BoundSet, PointsAt, Reference
from practice_guard.core.checks.before.mending import mending
from practice_guard.core.checks.before.scene import Answer, Scene
from practice_guard.core.checks.before.snapshots import accounted_for
from practice_guard.core.database import Query, Row, ask_each, columns, identifier, literal, piece, statement
from practice_guard.core.findings import found, unseen
from practice_guard.core.identity import normalise
from practice_guard.core.model import Finding, Team
from practice_guard.core.restore import Workings
from practice_guard.core.words import counted

_LABEL = re.compile(r"\s*(?P<club>.+?)\s+practice\s*[-\u2013\u2014]\s*(?P<series>.+?)\s*", re.IGNORECASE)
"""`Tennaqua Practice - Chicago 22`: how the application labels a practice (rally-database)."""


@dataclass(frozen=True, slots=True)
class Adrift:
    """How many rows of a protected set point at nothing by one fault, and which the first ones are, with their words.

    Each row counts once, by its gravest fault.
    """

    rows: int
    keys: Sequence[str]
    words: Sequence[str]


MOST_KEYS = 20
"""How many rows a statement to copy names."""

NO_TEAM, GONE_TEAM, GONE_LEAGUE, NO_LEAGUE = "no team", "gone team", "gone league", "no league"

_MENDED_BY = MappingProxyType(
    {NO_TEAM: "give_team", GONE_TEAM: "give_team", GONE_LEAGUE: "give_league", NO_LEAGUE: "give_league_of_team"}
)
"""The statement for a person to copy."""


@dataclass(frozen=True, slots=True)
class _Trouble:
    """What may be wrong with where a row hangs: which fault it is, in words, and why it matters."""

    fault: str
    what: str
    why: str


def without_team(scene: Scene) -> Answer:
    """Whether protected rows hang on no team, apart from those that wait for theirs."""
    why = "Nobody sees such a row, and what the ETL deletes of them can be put back on no team."
    trouble = _Trouble(NO_TEAM, "without a team", why)
    return _adrift(scene, trouble, partial(found, "rows-without-team"), partial(unseen, "rows-without-team"))


def on_vanished_team(scene: Scene) -> Answer:
    """Whether protected rows point at teams that are not there."""
    why = "An import took the team away under that id, and an id that is handed out anew puts the row on another team."
    trouble = _Trouble(GONE_TEAM, "on a team that is not there", why)
    return _adrift(scene, trouble, partial(found, "rows-on-vanished-team"), partial(unseen, "rows-on-vanished-team"))


def on_vanished_league(scene: Scene) -> Answer:
    """Whether protected rows point at leagues that are not there."""
    why = "An import took the league away under that id, and an id that is handed out anew means another league."
    trouble = _Trouble(GONE_LEAGUE, "of a league that is not there", why)
    report, unlooked = partial(found, "rows-on-vanished-league"), partial(unseen, "rows-on-vanished-league")
    return _adrift(scene, trouble, report, unlooked)


def without_league(scene: Scene) -> Answer:
    """Whether protected rows have a team and no league."""
    why = "The application writes such rows; pages that ask for a league do not show them."
    trouble = _Trouble(NO_LEAGUE, "without a league", why)
    return _adrift(scene, trouble, partial(found, "rows-without-league"), partial(unseen, "rows-without-league"))


def _adrift(
    scene: Scene, trouble: _Trouble, report: Callable[..., Finding], unlooked: Callable[..., Finding]
) -> Answer:
    findings: list[Finding] = []
    everything = scene.once(_survey)
    for bound in scene.app.sets:
        if rows := everything.get((bound.name, trouble.fault)):
            said = f"{counted(rows.rows, 'row')} of {bound.name} {trouble.what}."
            fix = _mending(scene, bound, trouble, rows)
            findings.append(report(said, trouble.why, fix, rows=rows.rows, examples=rows.words))
    findings += unlooked_sets(scene, scene.app.sets, unlooked)
    looked = not any(scene.hidden(bound) for bound in scene.app.sets)
    known = scene.once(_accounted_for)
    besides = f", besides {counted(known, 'row')} that the newest snapshot accounts for" if known else ""
    return Answer(f"0 protected rows {trouble.what}{besides}", tuple(findings), looked)


def _accounted_for(scene: Scene) -> int:
    workings = accounted_for(scene)
    return workings.count_accounted() if workings else 0


def unlooked_sets(scene: Scene, sets: Iterable[BoundSet], unlooked: Callable[..., Finding]) -> list[Finding]:
    """Find the sets whose rows cannot be seen as they are."""
    return [
        unlooked(f"1 protected set could not be looked at: {bound.name}.", f"Because {reason}.")
        for bound in sets
        if (reason := scene.hidden(bound))
    ]


def _mending(scene: Scene, bound: BoundSet, trouble: _Trouble, rows: Adrift) -> str:
    wanted = PointsAt.TEAMS if trouble.fault in (NO_TEAM, GONE_TEAM) else PointsAt.LEAGUES
    first = next((each.column for each in bound.references if each.target is wanted), bound.references[0].column)
    keys = ", ".join(map(literal, rows.keys))
    more = f"\n-- and {counted(rows.rows - MOST_KEYS, 'more row')}" if rows.rows > MOST_KEYS else ""
    parts = {
        **bound.parts,
        "teams": scene.app.catalog.table("teams").quoted,
        "leagues": scene.app.catalog.table("leagues").quoted,
        "column": identifier(first),
    }
    if more and trouble.fault == NO_LEAGUE:
        # It needs no person's choice, so one statement does it for all rows.
        keys = piece(__name__, "all_keys", **bound.parts)
        more = ""
    return mending(_MENDED_BY[trouble.fault], keys=keys, **parts) + more


def _survey(scene: Scene) -> dict[tuple[str, str], Adrift]:
    """Find, by set and fault, the rows that point at nothing and that the newest snapshot does not account for."""
    workings = accounted_for(scene)
    # What hangs on another protected row is where that row is; it is looked at there.
    seen = [bound for bound in scene.app.sets if not scene.hidden(bound) and _outward(bound)]
    asked = [_astray(scene, bound, workings) for bound in seen]
    answers = ask_each(workings.scratch if workings else scene.database, asked)
    return {
        (bound.name, fault): Adrift(rows, keys, said)
        for bound, found_ in zip(seen, answers, strict=True)
        for fault, rows, keys, said in found_
    }


def _outward(bound: BoundSet) -> list[tuple[int, Reference]]:
    return [(place, each) for place, each in enumerate(bound.references) if each.parent is None]


def _astray(scene: Scene, bound: BoundSet, workings: Workings | None) -> Query:
    outward = _outward(bound)
    gone = {
        target: " OR ".join(
            f"(t.{identifier(each.column)} IS NOT NULL AND v{place}.id IS NULL)"
            for place, each in outward
            if each.target is target
        )
        for target in PointsAt
    }
    first = bound.references[0]
    faults = [(NO_TEAM, f"t.{identifier(first.column)} IS NULL" if first.target is PointsAt.TEAMS else "")]
    faults += [(GONE_TEAM, gone[PointsAt.TEAMS]), (GONE_LEAGUE, gone[PointsAt.LEAGUES])]
    leagues = [each for place, each in outward if place == 0 or each.target is PointsAt.LEAGUES]
    faults.append((NO_LEAGUE, " OR ".join(f"t.{identifier(each.column)} IS NULL" for each in leagues)))
    cases = " ".join(f"WHEN {condition} THEN {literal(fault)}" for fault, condition in faults if condition)
    text = statement(
        __name__,
        "adrift",
        **bound.parts,
        words=words(bound),
        fault=f"CASE {cases} END",
        joins="\n".join(_there(scene, place, each) for place, each in outward),
        unknown=f"NOT {workings.accounted(bound.name, 't')}" if workings and bound.name in workings.sheets else "true",
        most=str(MOST_KEYS),
    )
    return Query(text)


def _there(scene: Scene, place: int, reference: Reference) -> str:
    parents = scene.app.catalog.table(str(reference.target)).quoted
    parts = {"parents": parents, "place": str(place), "column": identifier(reference.column)}
    return piece(__name__, "there", **parts)


def words(bound: BoundSet) -> str:
    """Return SQL that says what a row is: its content, or its primary key where that is all there is."""
    if not bound.set.content:
        return f"{literal(bound.table.name + ' ')} || t.{bound.parts['key']}::text"
    return f"pg_catalog.concat_ws(', ', {columns(bound.content, of='t', cast='::text')})"


def misplaced(scene: Scene) -> Answer:
    """Whether rows hang on a team while their label names exactly one other team of the league."""
    labelled = [bound for bound in scene.app.sets if bound.set.label in bound.table.columns]
    readable = [bound for bound in labelled if not scene.hidden(bound)]
    labels = ask_each(scene.database, [_labels(bound) for bound in readable])
    every = zip(readable, labels, strict=True)
    findings = [finding for bound, rows in every if (finding := _misplaced(scene, bound, rows))]
    findings += unlooked_sets(scene, labelled, partial(unseen, "label-names-another-team"))
    return Answer("0 rows labelled with the name of another team", tuple(findings), len(readable) == len(labelled))


def _labels(bound: BoundSet) -> Query:
    league = next((each.column for each in bound.references if each.target is PointsAt.LEAGUES), None)
    text = statement(
        __name__,
        "labels",
        **bound.parts,
        label=identifier(bound.set.label or ""),
        league=f"t.{identifier(league)}::bigint" if league else "NULL::bigint",
        words=words(bound),
    )
    return Query(text)


def _misplaced(scene: Scene, bound: BoundSet, labels: Sequence[Row]) -> Finding | None:
    label = identifier(bound.set.label or "")
    count, examples, fixes = 0, [], []
    for said, number, in_league, rows, some_rows in labels:
        own, other = scene.team(number), None
        if own is not None:
            other = _other_team(scene, own, said, scene.app.now.leagues.get(in_league))
        if own is None or other is None:
            continue
        count += rows
        examples.append(f"{some_rows[0]}: hangs on {own.identity}, its label names {other.identity}")
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


def _other_team(scene: Scene, own: Team, label: str, league: str | None) -> Team | None:
    """Return the one team that a label names in the leagues a row is of, unless it may mean the team it hangs on."""
    parts = _LABEL.fullmatch(label)
    if parts is None:
        return None
    place = (normalise.text(parts["club"]), normalise.series(parts["series"]))
    if not all(place):
        return None
    named = scene.once(_by_place)
    candidates = [team for code in {own.league, league} for team in named.get((code, place), ())]
    return candidates[0] if len(candidates) == 1 and candidates[0].id != own.id else None


def _place(team: Team) -> tuple[str, str]:
    return normalise.text(team.club or ""), normalise.series(team.series or "")


def _by_place(scene: Scene) -> dict[tuple[str | None, tuple[str, str]], list[Team]]:
    places: defaultdict[tuple[str | None, tuple[str, str]], list[Team]] = defaultdict(list)
    for team in scene.app.now.teams:
        places[team.league, _place(team)].append(team)
    return places

"""Protected rows that hang on nothing, each counted once, and those whose label names another team."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType

from practice_guard.core.application import BoundSet, PointsAt, Reference
from practice_guard.core.checks.before.mending import mending
from practice_guard.core.checks.before.scene import Answer, Scene, is_gone
from practice_guard.core.checks.before.snapshots import waiting_keys
from practice_guard.core.database import Query, Row, ask_each, columns, identifier, literal, statement
from practice_guard.core.findings import found, unseen
from practice_guard.core.identity import normalise
from practice_guard.core.model import Finding, Team
from practice_guard.core.words import counted

_LABEL = re.compile(r"\s*(?P<club>.+?)\s+practice\s*[-\u2013\u2014]\s*(?P<series>.+?)\s*", re.IGNORECASE)
"""`Tennaqua Practice - Chicago 22`: how the application labels a practice (rally-database)."""


@dataclass(frozen=True, slots=True)
class Adrift:
    """A protected row that points at nothing, once: by its gravest fault."""

    bound: BoundSet
    key: str
    words: str
    fault: str


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
        rows = [row for row in everything[bound.name] if row.fault == trouble.fault]
        if rows:
            said = f"{counted(len(rows), 'row')} of {bound.name} {trouble.what}."
            fix = _mending(scene, bound, trouble, rows)
            findings.append(report(said, trouble.why, fix, rows=len(rows), examples=[row.words for row in rows]))
    findings += unlooked_sets(scene, scene.app.sets, unlooked)
    looked = not any(scene.hidden(bound) for bound in scene.app.sets)
    known = sum(map(len, waiting_keys(scene).values()))
    besides = f", besides {counted(known, 'row')} that the newest snapshot accounts for" if known else ""
    return Answer(f"0 protected rows {trouble.what}{besides}", tuple(findings), looked)


def unlooked_sets(scene: Scene, sets: Iterable[BoundSet], unlooked: Callable[..., Finding]) -> list[Finding]:
    """Find the sets whose rows cannot be seen as they are."""
    return [
        unlooked(f"1 protected set could not be looked at: {bound.name}.", f"Because {reason}.")
        for bound in sets
        if (reason := scene.hidden(bound))
    ]


def _mending(scene: Scene, bound: BoundSet, trouble: _Trouble, rows: Sequence[Adrift]) -> str:
    wanted = PointsAt.TEAMS if trouble.fault in (NO_TEAM, GONE_TEAM) else PointsAt.LEAGUES
    first = next((each.column for each in bound.references if each.target is wanted), bound.references[0].column)
    keys = ", ".join(literal(row.key) for row in rows[:MOST_KEYS])
    more = f"\n-- and {counted(len(rows) - MOST_KEYS, 'more row')}" if len(rows) > MOST_KEYS else ""
    parts = {
        **bound.parts,
        "teams": scene.app.catalog.table("teams").quoted,
        "leagues": scene.app.catalog.table("leagues").quoted,
        "column": identifier(first),
    }
    if more and trouble.fault == NO_LEAGUE:
        # It needs no person's choice, so one statement does it for all rows.
        keys = statement(__name__, "all_keys", **bound.parts).partition("\n")[2]
        more = ""
    return mending(_MENDED_BY[trouble.fault], keys=keys, **parts) + more


def _survey(scene: Scene) -> dict[str, list[Adrift]]:
    waiting = waiting_keys(scene)
    # What hangs on another protected row is where that row is; it is looked at there.
    seen = [bound for bound in scene.app.sets if not scene.hidden(bound) and _outward(bound)]
    ids = {"teams": sorted(scene.app.now.ids), "leagues": sorted(scene.app.now.leagues)}
    found: dict[str, list[Adrift]] = {bound.name: [] for bound in scene.app.sets}
    for bound, rows in zip(seen, ask_each(scene.database, [_astray(bound, ids) for bound in seen]), strict=True):
        found[bound.name] = [
            Adrift(bound, key, said, _fault(scene, bound, refs))
            for key, refs, said in rows
            if key not in waiting.get(bound.name, ())
        ]
    return found


def _outward(bound: BoundSet) -> list[Reference]:
    return [each for each in bound.references if each.parent is None]


def _astray(bound: BoundSet, ids: Mapping[str, object]) -> Query:
    references, astray = _outward(bound), []
    for place, reference in enumerate(references):
        if place == 0 or reference.target is PointsAt.LEAGUES:
            astray.append(statement(__name__, "is_null", column=identifier(reference.column)))
        astray.append(is_gone(reference.column, reference.target))
    ids_of = columns([each.column for each in references], of="t")
    text = statement(__name__, "adrift", **bound.parts, ids=ids_of, words=words(bound), astray=" OR ".join(astray))
    return Query(text, ids)


def _fault(scene: Scene, bound: BoundSet, refs: Sequence[int | None]) -> str:
    """Return the gravest of what is wrong with a row."""
    targets = [reference.target for reference in bound.references if isinstance(reference.target, PointsAt)]
    if targets[0] is PointsAt.TEAMS and refs[0] is None:
        return NO_TEAM
    valid = scene.once(_valid)
    gone = {
        target
        for target, number in zip(targets, refs, strict=True)
        if number is not None and number not in valid[target]
    }
    if PointsAt.TEAMS in gone:
        return GONE_TEAM
    return GONE_LEAGUE if gone else NO_LEAGUE


def _valid(scene: Scene) -> dict[PointsAt, frozenset[int]]:
    return {PointsAt.TEAMS: scene.app.now.ids, PointsAt.LEAGUES: frozenset(scene.app.now.leagues)}


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

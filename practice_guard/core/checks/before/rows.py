"""Protected rows that hang on nothing, each counted once, and those whose label names another team."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from types import MappingProxyType

from practice_guard.core.application import LEAGUES, TEAMS, BoundSet, Parent, Reference, incidental
from practice_guard.core.checks import drift, labels, orphans
from practice_guard.core.checks.before.mending import mending
from practice_guard.core.checks.before.scene import Answer, Scene
from practice_guard.core.checks.before.snapshots import accounted_for, known, latest
from practice_guard.core.database import Query, ask_each, identifier, literal, piece, statement
from practice_guard.core.findings import found, unseen
from practice_guard.core.model import Finding, Severity
from practice_guard.core.restore import Workings, count_alone
from practice_guard.core.steps import Advice, Step
from practice_guard.core.words import counted


@dataclass(frozen=True, slots=True)
class Adrift:
    """How many rows of a protected set point at nothing by one fault, and which the first ones are, with their words.

    Each row counts once, by its gravest fault. `values` are the first few ids that are gone.
    """

    rows: int
    keys: Sequence[str]
    words: Sequence[str]
    values: Sequence[int] = ()


MOST_KEYS = 20
"""How many rows a statement to copy names."""

NO_TEAM, GONE_TEAM, GONE_LEAGUE, NO_LEAGUE = "no team", "gone team", "gone league", "no league"
GONE_PARENT = "gone parent"

_MENDED_BY = MappingProxyType(
    {
        NO_TEAM: "give_team",
        GONE_TEAM: "give_team",
        GONE_LEAGUE: "give_league",
        NO_LEAGUE: "give_league_of_team",
        GONE_PARENT: "give_parent",
    }
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


def on_vanished_parent(scene: Scene) -> Answer:
    """Whether protected rows point at clubs, series, players or the like that are not there."""
    why = "An import took it away under that id, and an id that is handed out anew means another one."
    trouble = _Trouble(GONE_PARENT, "on something else that is not there", why)
    report, unlooked = partial(found, "rows-on-vanished-parent"), partial(unseen, "rows-on-vanished-parent")
    return _adrift(scene, trouble, report, unlooked)


def without_league(scene: Scene) -> Answer:
    """Whether protected rows have a team and no league."""
    why = "The application writes such rows; pages that ask for a league do not show them."
    trouble = _Trouble(NO_LEAGUE, "without a league", why)
    return _adrift(scene, trouble, partial(found, "rows-without-league"), partial(unseen, "rows-without-league"))


def already_orphaned(scene: Scene) -> Answer:
    """Whether so many rows hang on what is gone that no first snapshot takes them for how things are."""
    if scene.once(latest) is not None:
        return Answer("there is a snapshot from before the next import")
    findings = unlooked_sets(scene, scene.app.sets, partial(unseen, "rows-already-orphaned"))
    if not findings:
        alone = count_alone(scene.database, scene.app)
        judged = drift.first(alone, scene.guard.request.bulk, incidental(scene.app.sets))
        return Answer("a first snapshot may be taken", tuple(each for each in judged if each.rows))
    return Answer("a first snapshot may be taken", tuple(findings), looked=False)


def _adrift(
    scene: Scene, trouble: _Trouble, report: Callable[..., Finding], unlooked: Callable[..., Finding]
) -> Answer:
    findings: list[Finding] = []
    everything = scene.once(_survey)
    for bound in scene.app.sets:
        if rows := everything.get((bound.name, trouble.fault, True)):
            said = f"{counted(rows.rows, 'row')} of {bound.name} {_what(bound, trouble)}."
            fix = _fix(*_adopting(scene, bound, trouble, rows), _mending(scene, bound, trouble, rows))
            findings.append(report(said, trouble.why, fix, rows=rows.rows, examples=rows.words))
        if rows := everything.get((bound.name, trouble.fault, False)):
            said = f"{counted(rows.rows, 'row')} of {bound.name} {_what(bound, trouble)}, {_since_when(scene, bound)}."
            by_hand = filter(None, (_mending(scene, bound, trouble, rows), _giving_up(bound, trouble, rows)))
            fix = _fix(*_adopting(scene, bound, trouble, rows), "\n".join(by_hand))
            found_ = report(said, trouble.why, fix, rows=rows.rows, examples=rows.words)
            findings.append(replace(found_, severity=Severity.WARNING))
    findings += unlooked_sets(scene, scene.app.sets, unlooked)
    looked = not any(scene.hidden(bound) for bound in scene.app.sets)
    known = scene.once(_accounted_for)
    besides = f", besides {counted(known, 'row')} that the newest snapshot accounts for" if known else ""
    return Answer(f"0 protected rows {trouble.what}{besides}", tuple(findings), looked)


def _fix(*advice: Advice) -> Advice | tuple[Advice, ...]:
    return advice[0] if len(advice) == 1 else advice


def _adopting(scene: Scene, bound: BoundSet, trouble: _Trouble, rows: Adrift) -> tuple[Step, ...]:
    """Return the command that adopts rows by a snapshot whose lists know their ids; nothing where none knows any."""
    if not rows.values or scene.once(latest) is None:
        return ()
    column = _columns(bound, trouble.fault)[0]
    parent = next(each.outward for each in bound.references if each.column == column)
    there = [orphans.Vanished(bound.name, column, parent, each, 1) for each in rows.values]
    return tuple(orphans.adopting(scene.database, there, scene.once(known)).values())


def _what(bound: BoundSet, trouble: _Trouble) -> str:
    """Say what is wrong with rows of a set, and by name what is gone where it can be one thing only."""
    gone = {each.target.one for each in bound.references if isinstance(each.target, Parent)}
    if trouble.fault != GONE_PARENT or len(gone) != 1:
        return trouble.what
    return f"on a {gone.pop()} that is not there"


def _since_when(scene: Scene, bound: BoundSet) -> str:
    snapshot = scene.once(latest)
    if snapshot is None:
        return "and no snapshot yet that could tell since when"
    return f"as in snapshot {snapshot.id}" if bound.name in snapshot.sets else "and no snapshot with that set yet"


def _giving_up(bound: BoundSet, trouble: _Trouble, rows: Adrift) -> str:
    """Write the entry of the settings file that lets such values stay as they are."""
    column = next(iter(_columns(bound, trouble.fault)), "")
    if not rows.values or column in bound.spelled:  # a settings file has numbers there only
        return ""
    values = ", ".join(map(str, rows.values))
    return (
        "-- or, where they are to stay as they are, in practice_guard.toml:\n"
        f'-- [[protected]]\n-- name = "{bound.name}"\n-- give_up = {{ {column} = [{values}] }}'
    )


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
    meant = {NO_TEAM: GONE_TEAM, NO_LEAGUE: GONE_LEAGUE}.get(trouble.fault, trouble.fault)
    first = next(iter(_columns(bound, meant)), bound.references[0].column)
    keys = ", ".join(map(literal, rows.keys))
    more = f"\n-- and {counted(rows.rows - MOST_KEYS, 'more row')}" if rows.rows > MOST_KEYS else ""
    parts = {
        **bound.parts,
        **{name: table.quoted for name in ("teams", "leagues") if (table := scene.app.catalog.tables.get(name))},
        "column": identifier(first),
        "parents": _parents_of(scene, bound, first),
    }
    if more and trouble.fault == NO_LEAGUE:
        # It needs no person's choice, so one statement does it for all rows.
        keys = piece(__name__, "all_keys", **bound.parts)
        more = ""
    return mending(_MENDED_BY[trouble.fault], keys=keys, **parts) + more


def _survey(scene: Scene) -> dict[tuple[str, str, bool], Adrift]:
    """Find, by set and fault, the rows that point at nothing and that the newest snapshot does not account for.

    What was so when the snapshot was taken, or may have been so before there was one, is told from what is new.
    """
    workings = accounted_for(scene)
    # What hangs on another protected row is where that row is; it is looked at there.
    seen = [bound for bound in scene.app.sets if not scene.hidden(bound) and _outward(bound)]
    asked = [_astray(scene, bound, workings) for bound in seen]
    answers = ask_each(workings.scratch if workings else scene.database, asked)
    return {
        (bound.name, fault, new): Adrift(rows, keys, said, values or ())
        for bound, found_ in zip(seen, answers, strict=True)
        for fault, new, rows, keys, said, values in found_
    }


def _outward(bound: BoundSet) -> list[tuple[int, Reference]]:
    return [(place, each) for place, each in enumerate(bound.references) if each.parent is None]


def _astray(scene: Scene, bound: BoundSet, workings: Workings | None) -> Query:
    outward = _outward(bound)
    gone = {
        fault: " OR ".join(
            f"(t.{identifier(each.column)} IS NOT NULL AND v{place}.id IS NULL"
            f" AND NOT {bound.is_given_up(each.column)})"
            for place, each in outward
            if _fault_of(each) == fault
        )
        for fault in (GONE_TEAM, GONE_LEAGUE, GONE_PARENT)
    }
    first = bound.references[0]
    must = not bound.may_hang_on_nothing
    faults = [(NO_TEAM, f"t.{identifier(first.column)} IS NULL" if first.target == TEAMS and must else "")]
    faults += gone.items()
    leagues = [each for place, each in outward if must and (place == 0 or each.target == LEAGUES)]
    faults.append((NO_LEAGUE, " OR ".join(f"t.{identifier(each.column)} IS NULL" for each in leagues)))
    cases = " ".join(f"WHEN {condition} THEN {literal(fault)}" for fault, condition in faults if condition)
    text = statement(
        __name__,
        "adrift",
        **bound.parts,
        words=labels.words(bound),
        fault=f"CASE {cases} END",
        joins="\n".join(_there(scene, place, each) for place, each in outward),
        unknown=f"NOT {workings.accounted(bound.name, 't')}" if workings and bound.name in workings.sheets else "true",
        new=_is_new(scene, bound, workings),
        values=_values(bound),
        most=str(MOST_KEYS),
    )
    return Query(text)


def _is_new(scene: Scene, bound: BoundSet, workings: Workings | None) -> str:
    """Return the condition that a row has come since the newest snapshot, or is not as it was."""
    snapshot = scene.once(latest)
    if snapshot is None or bound.name not in snapshot.sets:
        return "false"
    return workings.added(bound.name, "t") if workings and bound.name in workings.sheets else "true"


def _values(bound: BoundSet) -> str:
    """Return the value of a row that points at something gone, as SQL."""
    cases = " ".join(
        f"WHEN {literal(fault)} THEN {bound.id_of(column, 't')}"
        for fault in (GONE_TEAM, GONE_LEAGUE, GONE_PARENT)
        for column in _columns(bound, fault)[:1]
    )
    return f"CASE t.guard_fault {cases} END" if cases else "NULL::bigint"


def _fault_of(reference: Reference) -> str:
    """Return what it is called where what a reference points at is gone."""
    return {TEAMS.name: GONE_TEAM, LEAGUES.name: GONE_LEAGUE}.get(str(reference.target), GONE_PARENT)


def _columns(bound: BoundSet, fault: str) -> list[str]:
    """Return the columns that something can be the matter with in that way."""
    return [each.column for _, each in _outward(bound) if _fault_of(each) == fault]


def _parents_of(scene: Scene, bound: BoundSet, column: str) -> str:
    found = next(each for each in bound.references if each.column == column)
    return scene.app.leads_to(found)[0].quoted


def _there(scene: Scene, place: int, reference: Reference) -> str:
    table, key = scene.app.leads_to(reference)
    parts = {
        "parents": table.quoted,
        "key": identifier(key),
        "place": str(place),
        "column": identifier(reference.column),
    }
    return piece(__name__, "there", **parts)


def misplaced(scene: Scene) -> Answer:
    """Whether rows hang on a team while their label names exactly one other team of the league."""
    labelled = labels.labelled(scene.app.sets)
    readable = [bound for bound in labelled if not scene.hidden(bound)]
    findings = labels.misplaced(scene.database, readable, scene.app.now, scene.app.habits)
    findings += unlooked_sets(scene, labelled, partial(unseen, "label-names-another-team"))
    return Answer("0 rows labelled with the name of another team", tuple(findings), len(readable) == len(labelled))

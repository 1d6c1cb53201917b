"""Where the ids of a snapshot lead today: teams and leagues, resolved in Python, where it can be explained."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from practice_guard.core import decisions, errors
from practice_guard.core.application import LEAGUES, TEAMS, Application, BoundSet, TeamList
from practice_guard.core.guarding import Request, Scope
from practice_guard.core.identity import (
    Decisions,
    Resolution,
    Value,
    Witnesses,
    explain_entry,
    resolve,
    with_candidates,
)
from practice_guard.core.model import Evidence, Fate, Match, Team
from practice_guard.core.records import Proven
from practice_guard.core.restore.laying import Goal
from practice_guard.core.restore.plans import Destination, Plan
from practice_guard.core.snapshots import Snapshot
from practice_guard.core.words import near


def united(
    earlier: Mapping[str, Decisions], request: Request, lists: Mapping[str, TeamList], app: Application
) -> Mapping[str, Decisions]:
    """Unite, by list, what is decided now, which is checked, with what was decided about it with earlier restores."""
    if request.decisions is None:
        return earlier
    columns = {bound.name: [each.column for each in bound.references if each.parent is None] for bound in app.sets}
    teams = [team for old in lists.values() for team in old.teams]
    codes = [code for old in lists.values() for code in old.leagues.values()]
    leagues = codes, app.now.leagues.values()
    decisions.check(request.decisions, teams, app.now.teams, columns, leagues)
    return {name: request.decisions.after(found) for name, found in earlier.items()}


def with_given_up(app: Application, decided: Iterable[Decisions]) -> Application:
    """Return the application with the values given up that people have decided about, beside those of the settings."""
    values = {each for every in decided for each in every.values}
    if not values:
        return app
    return replace(app, sets=[_giving_up(bound, values) for bound in app.sets])


def _giving_up(bound: BoundSet, values: Collection[Value]) -> BoundSet:
    found = {column: set(given) for column, given in bound.set.given_up.items()}
    for each in values:
        if each.set == bound.name:
            found.setdefault(each.column, set()).add(each.value)
    return replace(bound, set=replace(bound.set, given_up={name: frozenset(each) for name, each in found.items()}))


def check_scope(scope: Scope, snapshot: Snapshot, resolutions: Mapping[str, Resolution]) -> None:
    """Refuse a scope that names what the snapshot does not have; says the nearest name."""
    teams_known = {team.name or "": team for each in resolutions.values() for team in _both_sides(each)}
    leagues_known = {team.league or "" for team in teams_known.values()}
    for kind, wanted, known in (
        ("protected set", scope.protected, {name for name, each in snapshot.sets.items() if not each.companion}),
        ("league", scope.leagues, leagues_known),
        ("team", scope.teams, set(teams_known)),
    ):
        folded = {name.casefold() for name in known}
        for name in sorted(wanted):
            if name.casefold() not in folded:
                raise errors.UsageError(f"Snapshot {snapshot.id} has no {kind} {name!r}{near(name, known)}.")


def _both_sides(resolution: Resolution) -> Iterator[Team]:
    for match in resolution.matches.values():
        yield match.old
        if match.new:
            yield match.new


def resolved(old: TeamList, now: TeamList, request: Request, decisions: Decisions) -> Resolution:
    """Find out who the teams of an old list are today, with candidates for those that wait."""
    witnesses = Witnesses(old.rosters, now.rosters, at_least=request.roster_at_least, percent=request.roster_percent)
    found = resolve(
        old.teams,
        now.teams,
        witnesses=witnesses,
        decisions=decisions,
        exact_only=request.exact_only,
        habits=request.habits,
    )
    return with_candidates(found, now.teams, witnesses=witnesses, habits=request.habits)


def with_parents(names: frozenset[str], sets: Sequence[BoundSet]) -> frozenset[str]:
    """Add the sets that the rows of the named ones hang on."""
    wanted = set(names)
    for bound in reversed(sets):
        if bound.name in wanted:
            wanted |= {parent for each in bound.references if (parent := each.parent)}
    return frozenset(wanted)


def team_goals(
    lists: Sequence[str], resolutions: Mapping[str, Resolution], scope: Scope, proven: Proven
) -> Iterator[Goal]:
    """Return where every team of every list leads, whether the scope means it, and since when it is there."""
    leagues = {each.casefold() for each in scope.leagues}
    names = {each.casefold() for each in scope.teams}

    def meant(match: Match) -> bool:
        old, new = match.old, match.new or match.old
        return (not leagues or (old.league or "").casefold() in leagues) and (
            not names or bool(names & {(old.name or "").casefold(), (new.name or "").casefold()})
        )

    for place, name in enumerate(lists, start=1):
        for old, match in resolutions[name].matches.items():
            new = match.new.id if match.new else None
            to = Destination(new, match.evidence, match.fate, match.given_up)
            yield Goal(place, old, to, meant(match), match.old.league, proven.made(new))


def league_goals(
    lists: Mapping[str, TeamList],
    leagues: Mapping[str, Mapping[int, int]],
    now: TeamList,
    decisions: Mapping[str, Decisions],
) -> Iterator[Goal]:
    """Return where every league of every list leads; a scope of teams or leagues means none of what hangs on one."""
    for place, (name, list_) in enumerate(lists.items(), start=1):
        for old, new in leagues[name].items():
            code, fate = list_.leagues[old], Fate.KEPT if new == old else Fate.RENUMBERED
            decided = decisions[name].of_league(code)
            if decided and decided.heir and decided.heir.league == now.leagues[new]:
                evidence = Evidence.DECISION
            else:
                evidence = Evidence.SAME_ID if new == old else Evidence.EXACT
            yield Goal(place, old, Destination(new, evidence, fate), meant=False, league=code)


def asked(plan: Plan, names: Sequence[str]) -> list[Match]:
    """Return the matches of the teams named, as the snapshot or today's list calls them, for an explanation.

    Raises:
        errors.UsageError: no team of the snapshot is called so; says the nearest name.
    """
    matches = [match for resolution in plan.resolutions.values() for match in resolution.matches.values()]
    found: list[Match] = []
    for name in names:
        wanted = name.casefold()
        hits = [
            match
            for match in matches
            if wanted in {(each.name or "").casefold() for each in (match.old, match.new) if each}
        ]
        if not hits:
            hint = near(name, {match.old.name or "" for match in matches})
            raise errors.UsageError(f"No team of snapshot {plan.snapshot} is called {name!r}{hint}.")
        found += hits
    return found


def asked_parents(plan: Plan, names: Sequence[str]) -> list[str]:
    """Explain what became of every row of the parents named, one sentence each, those that wait first.

    Raises:
        errors.UsageError: no protected row of the snapshot leads to a parent of that name; says the nearest.
    """
    own, said = plan.led.get(plan.snapshot, {}), list[str]()
    for name in names:
        if name in (TEAMS.name, LEAGUES.name):
            raise errors.UsageError(f"What became of {name} is counted; a team is explained by its name, with --team.")
        if name not in own:
            raise errors.UsageError(f"No protected row of snapshot {plan.snapshot} leads to {name!r}{near(name, own)}.")
        found = sorted(own[name].values(), key=lambda led: (led.new is not None, led.old.id))
        said += [explain_entry(name, led) for led in found]
    return said

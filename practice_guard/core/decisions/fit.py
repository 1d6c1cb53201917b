"""Whether a person's decisions fit the teams that there are."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from collections.abc import Set as AbstractSet

from practice_guard.core import errors
from practice_guard.core.identity import Decision, Decisions, Value, kind_of, said, wholes
from practice_guard.core.model import Team, TeamIdentity
from practice_guard.core.words import near


def check(
    decisions: Decisions,
    old: Iterable[Team],
    new: Iterable[Team],
    columns: Mapping[str, Collection[str]],
    leagues: tuple[Iterable[str], Iterable[str]] = ((), ()),
) -> None:
    """Check that decisions speak of teams that exist, and that no heir is given twice without `merge`.

    Whether a decision still fits what names and places say, `resolve` tells in its findings.

    Args:
        decisions: What `parse` returned.
        old: Every team of every list that rows come from.
        new: The teams as they are now.
        columns: By protected set, the columns that point at teams or leagues.
        leagues: The codes of both lists' leagues; some may have no teams.

    Raises:
        UsageError: Some do not; the message has one line for each, with its line in the file and the nearest name.
    """
    before, now = _names(old, leagues[0]), _names(new, leagues[1])
    wrong = []
    for entry in decisions.entries:
        if entry.about not in before:
            wrong.append(_unknown(entry, entry.about, before, "the list the rows come from"))
        if entry.heir and entry.heir not in now:
            wrong.append(_unknown(entry, entry.heir, now, "the new list"))
    wrong += filter(None, (_misplaced(each, columns) for each in decisions.values))
    heirs: dict[TeamIdentity, list[Decision]] = {}
    for entry in decisions.entries:
        if entry.heir:
            heirs.setdefault(entry.heir, []).append(entry)
    for heir, entries in heirs.items():
        unsaid = [entry for entry in entries if not entry.merge]
        if len(entries) > 1 and unsaid:
            listed = " and ".join(str(entry.line) for entry in entries)
            wrong.append(
                f"{unsaid[0].where}: lines {listed} give one heir, {said(heir)}, to several; "
                "write `merge = true` in each if that is meant"
            )
    if wrong:
        raise errors.UsageError("The decisions do not fit the teams.\n" + "\n".join(wrong))


def _misplaced(given: Value, columns: Mapping[str, Collection[str]]) -> str:
    if given.set not in columns:
        return f"{given.where}: there is no protected set {given.set!r}{near(given.set, columns)}"
    if given.column not in columns[given.set]:
        hint = near(given.column, columns[given.set])
        return f"{given.where}: {given.set} has no column {given.column!r} that points at teams or leagues{hint}"
    return ""


def _names(teams: Iterable[Team], leagues: Iterable[str]) -> frozenset[TeamIdentity]:
    """All that an entry may be about: every team, every series and every club of a league, every league."""
    without_teams = (TeamIdentity(code, None, None, None) for code in leagues)
    return frozenset((*(name for team in teams for name in (team.identity, *wholes(team))), *without_teams))


def _unknown(entry: Decision, name: TeamIdentity, known: AbstractSet[TeamIdentity], where: str) -> str:
    kind = kind_of(name)
    alike = {said(other) for other in known if kind_of(other) == kind}
    return f"{entry.where}: {said(name)} is not in {where}{near(said(name), alike)}"

"""A person's decisions about teams, keyed by what a team is called, never by id (contract, "Own options").

They are the only way to overrule a resolution. `decisions` reads and writes them as TOML, `following` follows them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from practice_guard.core.identity import normalise
from practice_guard.core.model import Team, TeamIdentity


@dataclass(frozen=True, slots=True)
class Decision:
    """One entry. `about` has None where a league, club or series is decided as a whole, and so has `heir`.

    `merge` allows the heir to have another old team too, `overrule` allows the decision against what name and place
    both say. `where` tells a person where the entry stands: a line of a file, or the ledger that recorded it.
    """

    about: TeamIdentity
    heir: TeamIdentity | None = None
    give_up: bool = False
    ignore_rosters: bool = False
    merge: bool = False
    overrule: bool = False
    line: int = field(default=0, compare=False)
    where: str = field(default="", compare=False)

    @property
    def names_a_team(self) -> bool:
        """Whether the entry is about one team, and not a series, a club or a league as a whole."""
        return kind_of(self.about) == "team"

    def relabelled(self, team: Team, *, renaming: bool) -> Team:
        """Return a team of a relabelled league, club or series as the new list would call it.

        With `renaming`, the old series at the end of its name, or the old club at its head, is written as the new one.
        """
        if self.heir is None:
            return team
        moved = replace(
            team,
            league=self.heir.league or team.league,
            club=self.heir.club or team.club,
            series=self.heir.series or team.series,
        )
        if not renaming or not team.name:
            return moved
        if team.series and self.heir.series:
            return replace(moved, name=normalise.relabelled(team.name, team.series, self.heir.series))
        if team.club and self.heir.club:
            return replace(moved, name=_with_club(team.name, team.club, self.heir.club))
        return moved


@dataclass(frozen=True, slots=True)
class Value:
    """A value of a reference that a person has given up to find a team or league for: it stays as it is.

    Unlike a team's name it means the same in every list: a sentinel for everybody, or a team of long ago.
    """

    set: str
    column: str
    value: int
    line: int = field(default=0, compare=False)
    where: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Renaming:
    """What became of a row of a parent besides teams and leagues, by what it says, as a person has decided.

    Attributes:
        parent: the parent's name.
        said: what the row said of itself, by column.
        heir: what it says now, by the columns that say something else; none where it is given up.
        give_up: what hangs on it stays as it is.
        merge: the heir may be another old row's too.
        line: where the entry stands in its file.
        where: the same for people.
    """

    parent: str
    said: tuple[tuple[str, str], ...]
    heir: tuple[tuple[str, str], ...] = ()
    give_up: bool = False
    merge: bool = False
    line: int = field(default=0, compare=False)
    where: str = field(default="", compare=False)

    def texts(self, columns: Sequence[str]) -> tuple[tuple[str | None, ...], tuple[str | None, ...]]:
        """Return what the row said and what its heir says, in the order of columns."""
        said, heir = dict(self.said), dict(self.said) | dict(self.heir)
        return tuple(said.get(name) for name in columns), tuple(heir.get(name) for name in columns)


@dataclass(frozen=True)
class Decisions:
    """All decisions of one file, or of several united."""

    entries: tuple[Decision, ...] = ()
    values: tuple[Value, ...] = ()
    renamings: tuple[Renaming, ...] = ()

    @cached_property
    def _by_key(self) -> Mapping[TeamIdentity, Decision]:
        return {entry.about: entry for entry in self.entries}

    def of(self, team: Team) -> Decision | None:
        """Return what was decided about a team: by itself, else with its series, its club, at last its league."""
        for key in (team.identity, *wholes(team)):
            found = self._by_key.get(key)
            if found and (found.heir or found.give_up):
                return found
        return None

    def of_league(self, code: str) -> Decision | None:
        """Return the decision about a league as a whole that gives it an heir."""
        found = self._by_key.get(TeamIdentity(code, None, None, None))
        return found if found and found.heir else None

    def ignores_rosters(self, league: str | None) -> bool:
        """Tell whether names and places stand in a league although its rosters have moved as a whole."""
        found = self._by_key.get(TeamIdentity(league, None, None, None))
        return found is not None and found.ignore_rosters

    def recorded(self, where: str) -> Decisions:
        """Return the same decisions as ones that no file of the person's holds any more."""
        values = tuple(replace(each, line=0, where=where) for each in self.values)
        renamings = tuple(replace(each, line=0, where=where) for each in self.renamings)
        return Decisions(tuple(replace(entry, line=0, where=where) for entry in self.entries), values, renamings)

    def after(self, earlier: Decisions) -> Decisions:
        """Unite with earlier decisions; where both speak of the same team, series or league, these win."""
        values = tuple(dict.fromkeys((*earlier.values, *self.values)))
        renamings = {(each.parent, each.said): each for each in (*earlier.renamings, *self.renamings)}
        entries = tuple({**earlier._by_key, **self._by_key}.values())
        return Decisions(entries, values, tuple(renamings.values()))


def kind_of(identity: TeamIdentity) -> str:
    """Return what an entry about an identity is about: `team`, or a `series`, `club` or `league` as a whole."""
    if identity.name is not None or (identity.club is not None and identity.series is not None):
        return "team"
    return "series" if identity.series is not None else "club" if identity.club is not None else "league"


def wholes(team: Team) -> tuple[TeamIdentity, TeamIdentity, TeamIdentity]:
    """Return the series, the club and the league of a team, as entries may be about them; the nearest first."""
    return (
        TeamIdentity(team.league, None, team.series, None),
        TeamIdentity(team.league, team.club, None, None),
        TeamIdentity(team.league, None, None, None),
    )


def said(identity: TeamIdentity) -> str:
    """Write what an entry is about: a team, a series or club of a league, or a league."""
    kind = kind_of(identity)
    if kind == "team":
        return str(identity)
    if kind == "league":
        return f"league {identity.league}"
    return f"{kind} {identity.series if kind == 'series' else identity.club} of {identity.league}"


def _with_club(name: str, old: str, new: str) -> str:
    """Write a team's name with the new club for the old one at its head; one that has not its club there stays."""
    words, own = normalise.text(name).split(), normalise.text(old).split()
    if not own or words[: len(own)] != own:
        return name
    return new + name[len(old) :] if name.startswith(old) else " ".join((new, *words[len(own) :]))

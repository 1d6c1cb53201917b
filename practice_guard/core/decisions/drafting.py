"""Writes decision files: one to edit, with the candidates in it, and one of what was decided."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from practice_guard.core.decisions.file import INACTIVE
from practice_guard.core.decisions.offers import Offer, offers
from practice_guard.core.identity import Decisions, Habits, Renaming, Resolution, Sought, kind_of, reasons, wholes
from practice_guard.core.later import Later
from practice_guard.core.model import Fate, Match, Team, TeamIdentity
from practice_guard.core.words import agreeing, counted

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


def draft(
    resolution: Resolution,
    concerned: Collection[TeamIdentity] | None = None,
    steps: Sequence[str] = (),
    now: Sequence[Team] = (),
    habits: Habits | None = None,
    *,
    leagues_too: bool = False,
) -> str:
    """Return a decision file with an entry for everything that waits; unedited, it decides nothing.

    With `concerned`, the teams whose rows wait, it is about those alone: nobody need decide where nothing hangs.
    A league, club or series that is gone as a whole, and a league whose rosters have moved, is one entry. The
    candidates of a team stand in it as comments, ready to be taken (`with_candidates` first), and so does what such a
    league, club or series may be called in `now`, the new list. `steps`, the commands that make use of the file as
    they are typed, stand at its head. With `leagues_too`, rows wait for leagues themselves, whatever hangs on their
    teams.
    """
    unmatched = [match for match in resolution.unmatched() if not match.given_up]
    waiting = [match for match in unmatched if concerned is None or match.old.identity in concerned]
    document = _document((_HEADER[0], *(f"  {step}" for step in steps), *_HEADER[1:]))
    offered = offers(resolution, now, waiting, habits, leagues_too=leagues_too)
    for offer in offered:
        _append(document, offer.kind, _offered(offer))
    for league in sorted(resolution.moved & {match.old.league for match in waiting}):
        table = _table(TeamIdentity(league, None, None, None))
        _comment(table, "the players stand on other teams than names and places say")
        _comment(table, 'rosters = "ignore"')
        _append(document, "league", table)
    settled = {team for offer in offered for team in offer.settled}
    whole = {offer.about for offer in offered if not offer.heirs}
    for match in waiting:
        old = match.old
        by_league = old.league in resolution.moved and match.fate is Fate.CONFLICTING
        covered = old.identity in settled or (not match.candidates and not whole.isdisjoint(wholes(old)))
        if not by_league and not covered:
            _append(document, "team", _entry(match))
    return tomlkit.dumps(document)


def with_rows(drafted: str, sought: Iterable[Sought]) -> str:
    """Return a draft with an entry for each row of another parent that is waited for.

    Clubs and series that the draft decides about with all their teams are not asked about twice.
    """
    document = tomlkit.parse(drafted)
    asked = {("clubs", each.get("club")) for each in document.get("club", ())}
    asked |= {("series", each.get("series")) for each in document.get("series", ())}
    for row in sought:
        if (row.parent, row.said[0][1]) not in asked:
            _append(document, "parent", _about_row(row))
    return tomlkit.dumps(document)


def dump(decisions: Decisions) -> str:
    """Return decisions as a file that `parse` reads back as the same decisions."""
    document = tomlkit.document()
    for entry in decisions.entries:
        kind = kind_of(entry.about)
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
    for renaming in decisions.renamings:
        _append(document, "parent", _renamed(renaming))
    return tomlkit.dumps(document)


def _renamed(renaming: Renaming) -> Table:
    table = tomlkit.table()
    table.add("parent", renaming.parent)
    for key, said in (("same", renaming.said), ("heir", renaming.heir)):
        if said:
            table.add(key, _row(said))
    for flag in ("give_up", "merge"):
        if getattr(renaming, flag):
            table.add(flag, True)
    return table


def _about_row(sought: Sought) -> Table:
    table = tomlkit.table()
    table.add("parent", sought.parent)
    table.add("same", _row(sought.said))
    _comment(table, sought.because)
    for said in sought.candidates or (tuple((column, "...") for column, _ in sought.said),):
        _comment(table, f"heir = {_row(said).as_string()}")
    _comment(table, "give_up = true")
    return table


def _row(said: Iterable[tuple[str, str]]) -> InlineTable:
    inline = tomlkit.inline_table()
    inline.update(dict(said))
    return inline


def _offered(offer: Offer) -> Table:
    table = _table(offer.about)
    none = agreeing(offer.teams, "which is not", "none of them is")
    _comment(table, f"{counted(offer.teams, 'team')}, {none} in the new list")
    for successor in offer.heirs:
        league = None if successor.heir.league == offer.about.league else successor.heir.league
        _comment(table, f"heir = {_inline(replace(successor.heir, league=league)).as_string()}")
        _comment(table, f"  {successor.speaks_for}")
    if not offer.heirs:
        _comment(table, _heir_example(offer.kind))
    _comment(table, "give_up = true")
    return table


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
    if identity.inactive:
        table.add(INACTIVE, True)
    return table


def _inline(identity: TeamIdentity) -> InlineTable:
    table = tomlkit.inline_table()
    for key, value in _parts(identity):
        table.append(key, value)
    if identity.inactive:
        table.append(INACTIVE, True)
    return table


def _comment(table: Table, text: str) -> None:
    """Add a comment that stays on one line, whatever a name has in it."""
    table.add(tomlkit.comment(_printable(text)))


def _printable(text: str) -> str:
    return "".join(sign if sign.isprintable() else " " for sign in text)

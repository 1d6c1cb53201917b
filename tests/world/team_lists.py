"""Team lists written as a person reads them, and what came of resolving them."""

from __future__ import annotations

from collections.abc import Iterable

from practice_guard.core import decisions, identity
from practice_guard.core.model import Fate, Match, Team

APTA, NSTF = "APTA_CHICAGO", "NSTF"


def teams(text: str, *, league: str | None = APTA, first_id: int | None = None) -> list[Team]:
    """One team a line: `id: name | club | series`, then perhaps `| league` and `| alias`; `?` is unknown."""
    found = []
    for number, line in enumerate(line for line in text.splitlines() if line.strip()):
        id_, _, rest = line.partition(":")
        parts = [None if part.strip() == "?" else part.strip(" ") for part in rest.split("|")]
        name, club, series = parts[:3]
        code = parts[3] if len(parts) > 3 else league
        alias = parts[4] if len(parts) > 4 else None
        found.append(Team(int(id_) if first_id is None else first_id + number, code, club, series, name, alias))
    return found


def players(*ids: int | str) -> frozenset[str]:
    """A roster of outside ids."""
    return frozenset(f"player-{id_}" for id_ in ids)


def roster(first: int, count: int = 10) -> frozenset[str]:
    """A roster of `count` players, numbered from `first`."""
    return players(*range(first, first + count))


def resolving(
    old: str | list[Team],
    new: str | list[Team],
    *,
    rosters: tuple[dict[int, frozenset[str]], dict[int, frozenset[str]]] | None = None,
    deciding: str = "",
    exact_only: bool = False,
) -> identity.Resolution:
    """Resolve two lists, with rosters and a decision file if given."""
    return identity.resolve(
        teams(old) if isinstance(old, str) else old,
        teams(new) if isinstance(new, str) else new,
        witnesses=identity.Witnesses(*rosters) if rosters else None,
        decisions=decisions.parse(deciding) if deciding else None,
        exact_only=exact_only,
    )


def outcome(resolution: identity.Resolution) -> dict[int, int | str]:
    """Old id → new id, or the reason for none."""
    return {old: _word(match) for old, match in resolution.matches.items()}


def _word(match: Match) -> int | str:
    return match.new.id if match.new else str(match.fate)


def fates(matches: Iterable[Match]) -> list[Fate]:
    return [match.fate for match in matches]

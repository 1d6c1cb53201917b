"""Who clubs, series, players and the like are today, by their natural keys, as plainly as can be."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from practice_guard.core.application import Application
from practice_guard.core.database import Database
from practice_guard.core.identity import Resolution
from practice_guard.core.model import Evidence, Fate
from tests.oracle.plans import Destination, Origin

Said = Mapping[str, str | None]


@dataclass(frozen=True)
class Parents:
    """Where the rows of one parent are today, and the ids that there are now."""

    found: Mapping[Origin, Destination]
    now: frozenset[int]

    def destination(self, origin: Origin, *, beside: str) -> Destination:
        """Return where a row is; what led nowhere in the list `beside` the row stays, unless somebody has that id."""
        if origin in self.found:
            return self.found[origin]
        if origin[0] == beside and origin[1] not in self.now:
            return Destination(origin[1], Evidence.SAME_ID, Fate.KEPT)
        return Destination(None, fate=Fate.MISSING)


Destinations = Mapping[str, Parents]

_LOOSE = {"players": "team_id"}
"""What only tells rows apart that are alike."""


def destinations(
    database: Database,
    app: Application,
    resolutions: Mapping[str, Resolution],
    leagues: Mapping[str, Mapping[int, int]],
) -> Destinations:
    """Find out, by parent, where each row of each kept list is today."""
    found: dict[str, Parents] = {}
    rows = database.execute("SELECT list, parent, id, said::text FROM practice_guard.parent_lists")
    for bound in app.followed:
        now: dict[int, Said] = {}
        for key, said in database.execute(
            f"SELECT t.{bound.key}::bigint, to_jsonb(t)::text FROM {bound.table.quoted} AS t"
        ):
            whole = json.loads(said)
            now[key] = {name: None if whole[name] is None else str(whole[name]) for name in bound.same}
        led = {
            (list_, key): _leads(json.loads(said), key, now, _LOOSE.get(bound.name), _moved(said, resolutions[list_]))
            for list_, parent, key, said in rows
            if parent == bound.name and list_ in resolutions
        }
        found[bound.name] = Parents(led, frozenset(now))
    return found


def _moved(said: str, resolution: Resolution) -> str | None:
    """Return the id of today's of the team that a row says it is of."""
    team = json.loads(said).get("team_id")
    match = resolution.matches.get(int(team)) if team is not None else None
    return str(match.new.id) if match and match.new else None


def _leads(old: Said, key: int, now: Mapping[int, Said], loose: str | None, team: str | None) -> Destination:
    own = {name: value for name, value in old.items() if name != loose}
    alike = [id_ for id_, said in now.items() if all(said[name] == value for name, value in own.items())]
    if len(alike) > 1 and loose is not None:
        alike = [id_ for id_ in alike if team is not None and now[id_][loose] == team] or alike
    if len(alike) != 1:
        return Destination(None, fate=Fate.AMBIGUOUS if alike else Fate.MISSING)
    same = alike[0] == key
    return Destination(alike[0], Evidence.SAME_ID if same else Evidence.EXACT, Fate.KEPT if same else Fate.RENUMBERED)

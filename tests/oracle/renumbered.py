"""Who clubs, series, players and the like are today, by their natural keys, as plainly as can be."""

from __future__ import annotations

import json
from collections.abc import Mapping

from practice_guard.core.application import Application
from practice_guard.core.database import Database
from practice_guard.core.identity import Resolution
from practice_guard.core.model import Evidence, Fate
from tests.oracle.plans import NOWHERE, Destination, Origin

Said = Mapping[str, str | None]
Destinations = Mapping[str, Mapping[Origin, Destination]]

_LOOSE = {"players": "team_id"}
"""What only tells rows apart that are alike."""


def destinations(
    database: Database,
    app: Application,
    resolutions: Mapping[str, Resolution],
    leagues: Mapping[str, Mapping[int, int]],
) -> Destinations:
    """Return, by parent, where each row of each kept list is today."""
    found: dict[str, dict[Origin, Destination]] = {}
    rows = database.execute("SELECT list, parent, id, said::text FROM practice_guard.parent_lists")
    for bound in app.followed:
        now: dict[int, Said] = {}
        for key, said in database.execute(
            f"SELECT t.{bound.key}::bigint, to_jsonb(t)::text FROM {bound.table.quoted} AS t"
        ):
            whole = json.loads(said)
            now[key] = {name: None if whole[name] is None else str(whole[name]) for name in bound.same}
        found[bound.name] = {
            (list_, key): _leads(json.loads(said), key, now, _LOOSE.get(bound.name), _moved(said, resolutions[list_]))
            for list_, parent, key, said in rows
            if parent == bound.name and list_ in resolutions
        }
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
        return Destination(None, fate=Fate.AMBIGUOUS) if alike else NOWHERE
    same = alike[0] == key
    return Destination(alike[0], Evidence.SAME_ID if same else Evidence.EXACT, Fate.KEPT if same else Fate.RENUMBERED)

"""A plan as a file: shown, kept, and applied only if it is still true."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from practice_guard.core import decisions, errors
from practice_guard.core.guarding import Request, Scope
from practice_guard.core.restore.plans import Plan, PlannedRow
from practice_guard.core.restore.summing import Workings
from practice_guard.core.steps import Step

FORMAT = "practice-guard plan"
VERSION = 1
_LISTED = 20

AGAIN = Step("restore", "--dry-run", "--out", "plan.json", why="a fresh one, with the options that this was made with")
"""What is to be done about a plan that cannot be applied any more."""


@dataclass(frozen=True, slots=True)
class SavedPlan:
    """A plan read from a file.

    Attributes:
        id: its own, by which the ledger knows that it was used.
        made_at: when.
        snapshot: the snapshot's id.
        database: the fingerprint of the database it was made for.
        digest: of what applying it does.
        request: what was asked of it.
        rows: by set and number in the snapshot, what is to become of each row.
    """

    id: str
    made_at: datetime
    snapshot: str
    database: Mapping[str, object]
    digest: str
    request: Request
    rows: Mapping[tuple[str, int], Mapping[str, object]]


def dump(workings: Workings, request: Request, now: datetime) -> str:
    """Return a plan as a JSON document that people can read and `load` reads back."""
    plan = workings.plan
    document = {
        "format": FORMAT,
        "version": VERSION,
        "id": secrets.token_hex(8),
        "made_at": now.isoformat(),
        "snapshot": plan.snapshot,
        "database": dict(plan.database),
        "digest": plan.digest,
        "request": {
            "protected": sorted(request.scope.protected),
            "leagues": sorted(request.scope.leagues),
            "teams": sorted(request.scope.teams),
            "include_deleted": request.include_deleted,
            "exact_only": request.exact_only,
            "decisions": decisions.dump(request.decisions) if request.decisions else None,
            "roster_at_least": request.roster_at_least,
            "roster_percent": request.roster_percent,
        },
        "counts": {name: plan.counts(name) for name in plan.sets},
        "rows": [_described(plan, row) for name in plan.sets for row in workings.rows(name)],
    }
    return json.dumps({**document, "checksum": _checksum(document)}, indent=1) + "\n"


def _checksum(document: Mapping[str, object]) -> str:
    """Return the digest of a plan's document: what a person read in it must be what is applied."""
    parts = {name: part for name, part in document.items() if name != "checksum"}
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def _described(plan: Plan, row: PlannedRow) -> dict[str, object]:
    match = plan.match(row)
    heir = match.new if match else None
    return {
        "set": row.set,
        "row": row.row,
        "key": row.key,
        "bucket": row.bucket,
        "was": str(match.old.identity) if match else None,
        "team": str(heir.identity) if heir else None,
        "evidence": row.evidence,
        "because": match.because if match else row.note,
        "note": row.note,
        "live_key": row.live_key,
        "before": row.before,
        "after": row.after,
        "new_key": row.new_key,
    }


def load(text: str) -> SavedPlan:
    """Read a plan back.

    Raises:
        errors.UsageError: it is no plan, or one of another version, or was edited.
    """
    try:
        found = json.loads(text)
        if found["format"] != FORMAT:
            raise errors.UsageError("This file is not a plan of practice-guard.")
        if type(found["version"]) is not int or found["version"] != VERSION:
            raise errors.UsageError(f"This plan has version {found['version']}; this program reads {VERSION}.")
        if found["checksum"] != _checksum(found):
            raise errors.UsageError(
                "This plan's file was changed since it was written. Nothing was done.",
                next_steps=(AGAIN,),
            )
        asked = found["request"]
        scope = Scope(*(frozenset(map(str, asked[part])) for part in ("protected", "leagues", "teams")))
        request = Request(
            scope,
            bool(asked["include_deleted"]),
            bool(asked["exact_only"]),
            decisions.parse(asked["decisions"]).recorded("the plan") if asked["decisions"] else None,
            int(asked["roster_at_least"]),
            float(asked["roster_percent"]),
        )
        return SavedPlan(
            str(found["id"]),
            datetime.fromisoformat(found["made_at"]),
            str(found["snapshot"]),
            dict(found["database"]),
            str(found["digest"]),
            request,
            {(str(row["set"]), int(row["row"])): dict(row) for row in found["rows"]},
        )
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise errors.UsageError(
            f"This file is not a plan of practice-guard, or it was changed ({type(error).__name__}: {error})."
        ) from error


def moved(saved: SavedPlan, workings: Workings) -> list[str]:
    """Say what differs between a saved plan and the one that the database asks for now, in people's words."""
    changes: list[str] = []
    plan = workings.plan
    if dict(saved.database) != dict(plan.database):
        changes.append("it was made for another database")
    if saved.snapshot != plan.snapshot:
        changes.append(f"it was made for snapshot {saved.snapshot}, not {plan.snapshot}")
    now = {(row.set, row.row): _described(plan, row) for name in plan.sets for row in workings.rows(name)}
    compared = ("bucket", "live_key", "before", "after", "new_key")
    for key in sorted(saved.rows.keys() | now.keys()):
        then, today = saved.rows.get(key), now.get(key)
        if then is None or today is None:
            changes.append(f"{key[0]} row {key[1]}: {'gone from' if today is None else 'new in'} the plan")
            continue
        differing = [part for part in compared if _plain(then.get(part)) != _plain(today[part])]
        if differing:
            was = ", ".join(f"{part} {_plain(then.get(part))} is now {_plain(today[part])}" for part in differing)
            changes.append(f"{key[0]} row {key[1]} ({today['was'] or 'no team'}): {was}")
    if not changes:
        changes.append("the plan's file was changed")
    more = len(changes) - _LISTED
    return [*changes[:_LISTED], *([f"… and {more} more"] if more > 0 else [])]


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple) else str(value) if isinstance(value, str) else value

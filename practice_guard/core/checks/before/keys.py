"""The unique keys of `teams`: the one that the ETL's upsert needs, and the one that makes a name mean one team."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from practice_guard.core.application import UniqueKey
from practice_guard.core.checks.before.mending import mending
from practice_guard.core.checks.before.scene import Answer, Scene
from practice_guard.core.database import Query, Row, ask_each, columns, identifier, literal, statement
from practice_guard.core.findings import found
from practice_guard.core.model import Finding
from practice_guard.core.words import counted


@dataclass(frozen=True, slots=True)
class Key:
    """A key that `teams` should have: its columns, its usual name, and what it is for."""

    columns: tuple[str, ...]
    name: str
    why: str

    @property
    def listed(self) -> str:
        """The columns as people write them."""
        return ", ".join(self.columns)


UPSERT = Key(
    ("club_id", "series_id", "league_id"),
    "unique_team_club_series_league",
    "The ETL's INSERT … ON CONFLICT (club_id, series_id, league_id) needs it: without it the import fails, or makes "
    "every team a second time.",
)
NAME = Key(
    ("team_name", "league_id"),
    "unique_team_name_per_league",
    "A name that two teams of a league share is no evidence any more: rows of such a team may have to wait.",
)
_KEYS = (UPSERT, NAME)
_NO_TEAMS = Answer("there are no teams here that could have keys")


def upsert_key(scene: Scene) -> Answer:
    """Whether the ETL's upsert has a unique key over exactly club, series and league, by columns and not by name."""
    return _key(scene, UPSERT, partial(found, "upsert-key-missing"))


def name_key(scene: Scene) -> Answer:
    """Whether a team's name is unique in its league."""
    return _key(scene, NAME, partial(found, "name-key-missing"))


def upsert_nulls(scene: Scene) -> Answer:
    """Whether teams lack a club, series or league, so that no upsert ever meets them."""
    return _nulls(scene, UPSERT, partial(found, "upsert-key-nulls"))


def name_nulls(scene: Scene) -> Answer:
    """Whether teams lack a name or a league."""
    return _nulls(scene, NAME, partial(found, "name-key-nulls"))


def upsert_duplicates(scene: Scene) -> Answer:
    """Whether teams share club, series and league already."""
    return _duplicates(scene, UPSERT, partial(found, "upsert-key-duplicates"), "club, series and league")


def name_duplicates(scene: Scene) -> Answer:
    """Whether teams of a league share a name already."""
    return _duplicates(scene, NAME, partial(found, "name-key-duplicates"), "league and name")


def _key(scene: Scene, key: Key, report: partial[Finding]) -> Answer:
    if not scene.app.catalog.has("teams"):
        return _NO_TEAMS
    table = scene.app.catalog.table("teams")
    alike = [each for each in table.unique_keys if sorted(map(str, each.columns)) == sorted(key.columns)]
    usable = [each.name for each in alike if each.usable]
    if usable:
        return Answer(f"teams has the unique key {usable[0]} over {key.listed}")
    add = mending("add_unique_key", table=table.quoted, name=key.name, columns=key.listed)
    if not alike:
        what = f"0 unique keys of teams are over exactly {key.listed}."
        return Answer(what, (report(what, key.why, add),))
    faults = "; ".join(f"{each.name} is {_fault(each)}" for each in alike)
    what = f"0 of {counted(len(alike), 'unique key')} of teams over {key.listed} can be relied on: {faults}."
    drops = [
        mending(
            "drop_unique_key",
            table=table.quoted,
            name=identifier(each.name),
            index=identifier(table.schema, each.name),
        )
        for each in alike
    ]
    return Answer(what, (report(what, key.why, "\n".join([*drops, add])),))


def _fault(key: UniqueKey) -> str:
    faults = {
        "not valid (it was not built to the end)": not key.valid,
        "deferrable": not key.immediate,
        "partial": key.partial,
    }
    return " and ".join(fault for fault, there in faults.items() if there)


def _nulls(scene: Scene, key: Key, report: partial[Finding]) -> Answer:
    if not scene.app.catalog.has("teams"):
        return _NO_TEAMS
    teams = scene.app.catalog.table("teams").quoted
    rows = scene.once(_incomplete)[key]
    if not rows:
        return Answer(f"every team has its {key.listed}")
    lacking = " or ".join(sorted({name for _, missing in rows for name in missing}))
    what = f"{counted(len(rows), 'team')} without {lacking}."
    why = "A unique key never stops a NULL: each import adds such a team once more, and nobody can tell them apart."
    ids = ", ".join(str(number) for number, _ in rows)
    fix = mending("look_at_teams", teams=teams, ids=ids) + "  -- complete each row, or remove it"
    examples = [f"{scene.named(number)}, id {number}" for number, _ in rows]
    return Answer(what, (report(what, why, fix, rows=len(rows), examples=examples),))


def _incomplete(scene: Scene) -> dict[Key, list[Row]]:
    """Return the teams that lack a column of each key, and which."""

    def asked(key: Key) -> Query:
        nulls = (statement(__name__, "null_name", column=identifier(name), name=literal(name)) for name in key.columns)
        return _of_teams("incomplete", scene, key, nulls=", ".join(nulls))

    return dict(zip(_KEYS, ask_each(scene.database, [asked(key) for key in _KEYS]), strict=True))


def _repeated(scene: Scene) -> dict[Key, list[Row]]:
    """Return the teams that share each key, in groups."""
    asked = [_of_teams("repeated", scene, key) for key in _KEYS]
    return dict(zip(_KEYS, ask_each(scene.database, asked), strict=True))


def _of_teams(name: str, scene: Scene, key: Key, **parts: str) -> Query:
    teams = scene.app.catalog.table("teams").quoted
    return Query(statement(__name__, name, teams=teams, columns=columns(key.columns, of="t"), **parts))


def _duplicates(scene: Scene, key: Key, report: partial[Finding], facet: str) -> Answer:
    if not scene.app.catalog.has("teams"):
        return _NO_TEAMS
    teams = scene.app.catalog.table("teams").quoted
    groups = scene.once(_repeated)[key]
    if not groups:
        return Answer(f"no two teams share {facet}")
    count = sum(len(ids) for (ids,) in groups)
    what = f"{counted(count, 'team')} share {facet} with another one, in {counted(len(groups), 'group')}."
    why = "The unique key cannot be made while they are there, and which of them a row belongs to cannot be known."
    every = ", ".join(str(number) for (ids,) in groups for number in ids)
    fix = mending("look_at_teams", teams=teams, ids=every) + "  -- rename or remove all but one of each group"
    examples = [" and ".join(f"{scene.named(number)}, id {number}" for number in ids) for (ids,) in groups]
    return Answer(what, (report(what, why, fix, rows=count, examples=examples),))

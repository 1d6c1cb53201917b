"""In which ways an import is not the nightly one (database document, "What has happened there")."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from practice_guard.demo import source as sources
from practice_guard.demo.source import Source

VARIANTS = {
    "recreate": "all teams under new ids; practices gone (default)",
    "recycle": "identities restarted and another order: old ids belong to other teams",
    "upsert": "ids kept, rows updated in place; practices gone",
    "rename-teams": "team names changed: `Tennaqua - 22` to `Tennaqua 22` (with upsert: in place)",
    "rename-series": "series rows renamed in place, team ids kept; practices gone",
    "relabel": "a season's relabelling: team names and series at once",
    "set-null": "new ids; practices kept, their team and league NULL",
    "dangling": "new ids; practices kept with the old ones",
    "drop-league": "drop-league=CODE: the source lacks a league",
    "drop-series": "drop-series=NAME: the source lacks a series",
    "drop-team": "drop-team=NAME: the source lacks a team",
    "fail-half-way": "fails with half of the teams imported",
    "empty": "empties the tables, imports nothing, and says it went well",
    "hang": "stops for ever in the midst of the import",
}
"""What the ETL can do, besides what it does nightly. Several may be combined."""

_DROPS = {"drop-league": "league", "drop-series": "series", "drop-team": "name"}


@dataclass(frozen=True)
class Variant:
    """The ways in which this import is not the nightly one; see `VARIANTS`."""

    names: frozenset[str] = frozenset()
    values: tuple[tuple[str, str], ...] = ()

    @classmethod
    def parse(cls, words: Iterable[str]) -> Variant:
        """Returns the variant for words such as `recycle` or `drop-series=Chicago 22`.

        Raises:
            ValueError: no such variant, a value is missing or too much, or two exclude each other.
        """
        names, values = set(), []
        for word in words:
            name, equals, value = word.partition("=")
            if name not in VARIANTS:
                raise ValueError(f"no such variant: {name}. There are: {', '.join(VARIANTS)}")
            if name.startswith("drop-") != bool(equals and value):
                raise ValueError(f"{VARIANTS[name].split(':')[0]}; got: {word}")
            names.add(name)
            if value:
                values.append((name, value))
        if {"upsert", "relabel"} <= names:
            raise ValueError("relabel moves teams to other series, which upsert cannot do in place; use rename-series")
        return cls(frozenset(names), tuple(values))

    def __contains__(self, name: str) -> bool:
        return name in self.names

    def of(self, source: Source) -> Source:
        """Returns what the website has in this variant."""
        if "empty" in self:
            return Source({}, ())
        for name, value in self.values:
            source = sources.without(source, _DROPS[name], value)
        if "relabel" in self:
            source = sources.relabelled_source(source)
        if "rename-teams" in self:
            source = sources.renamed_source(source)
        return source

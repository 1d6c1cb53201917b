"""Parents: what an import gives new ids to, each with the columns that say what a row of it is (design)."""

from __future__ import annotations

from dataclasses import dataclass

_OURS = ("teams", "leagues", "clubs", "series", "players")
"""The built-in ones, which people call by a word of their own."""


@dataclass(frozen=True, slots=True)
class Parent:
    """A table of which an import makes every row anew, so that an id of it says nothing.

    Attributes:
        name: how references name it.
        table: its table, in the application's schema; in another one, `schema.table`.
        same: the columns that say what a row is; teams are known by more than columns, and have none.
        leads: of these columns, those that lead to another parent, each with its name: what they say is that one's row.
        optional: the columns among them that count where the table has them.
        loose: the columns among them that tell rows apart which are alike, and say no more than that: a player of two
            teams is one person, and a player who has changed teams is the same one.
        source: where the definition comes from: `built in`, or the file and line.
    """

    name: str
    table: str
    same: tuple[str, ...] = ()
    leads: tuple[tuple[str, str], ...] = ()
    optional: frozenset[str] = frozenset()
    loose: frozenset[str] = frozenset()
    source: str = "built in"

    def __str__(self) -> str:
        """Its name."""
        return self.name

    @property
    def one(self) -> str:
        """One row of it, in words for people."""
        if self.name not in _OURS:
            return f"row of {self.name}"
        return self.name if self.name == "series" else self.name.removesuffix("s")

    @property
    def parents(self) -> tuple[str, ...]:
        """The parents that its rows lead to, by name."""
        return tuple(name for _, name in self.leads)


TEAMS = Parent("teams", "teams")
"""Known by name and place (see `core.identity`)."""

LEAGUES = Parent("leagues", "leagues", ("league_id",))
"""Known by code."""

CLUBS = Parent("clubs", "clubs", ("name",))
"""Known by name."""

SERIES = Parent(
    "series", "series", ("name", "league_id"), (("league_id", "leagues"),), optional=frozenset({"league_id"})
)
"""Known by designation, within a league where the table has one."""

PLAYERS = Parent(
    "players",
    "players",
    ("tenniscores_player_id", "team_id"),
    (("team_id", "teams"),),
    loose=frozenset({"team_id"}),
)
"""Known by the id in the world outside; of several rows of one person the team tells which."""

BUILT_IN_PARENTS = (TEAMS, LEAGUES, CLUBS, SERIES, PLAYERS)
"""What the application's import renumbers."""

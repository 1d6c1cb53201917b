"""The hidden record: each row, where it belongs, and who has done what to it since the last look."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from tests.world.damage.country import Country, Spot

Key = tuple[str, str]
"""A row: its table, and its label."""


class Hand(Enum):
    """Whose doing it was."""

    NOBODY = "nobody"
    IMPORT = "import"
    OPERATOR = "operator"
    USER = "user"
    MIXED = "a user and somebody else"


@dataclass
class Record:
    """Where each row belongs, and whose hand was on it.

    Attributes:
        belongs: by row, where it is to be; None where a user deleted it.
        hands: whose doing what happened to a row was; of others it was nobody's.
    """

    belongs: dict[Key, Spot | None] = field(default_factory=dict)
    hands: dict[Key, Hand] = field(default_factory=dict)

    def begins(self, country: Country) -> None:
        """What is there now is how it should be."""
        self.belongs = {key: spots[0] for key, spots in country.looks().items()}
        self.hands = {}

    def of_league(self, code: str, table: str = "") -> list[Key]:
        return [key for key in self.there() if key[1].startswith(f"{code} ") and table in ("", key[0])]

    def there(self) -> list[Key]:
        return [key for key, spot in self.belongs.items() if spot is not None]

    def hand(self, key: Key) -> Hand:
        return self.hands.get(key, Hand.NOBODY)

    def touches(self, key: Key, hand: Hand) -> None:
        """Note that somebody has touched a row; of what a user and somebody else did in one day, nobody knows whose."""
        before = self.hand(key)
        mixed = before in (Hand.USER, Hand.MIXED) and hand is not Hand.USER
        self.hands[key] = Hand.MIXED if mixed else hand

    def settles(self, country: Country) -> None:
        """After the day: of what users did while an import ran, what is there is how it is."""
        now = country.looks()
        for key, hand in self.hands.items():
            if hand is Hand.MIXED:
                self.belongs[key] = now[key][0] if key in now else None
        self.belongs = {key: spot for key, spot in self.belongs.items() if spot is not None}
        self.hands = {}

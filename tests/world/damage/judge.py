"""Whether what the program says of a day is true, by the hidden record and the rows alone."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from practice_guard.core.checks import Health
from practice_guard.core.model import Verdict
from tests.world.damage.country import PLACES, Country
from tests.world.damage.record import Hand, Key, Record


@dataclass
class Judgement:
    """What was counted, and every lie with its day."""

    counted: Counter[str] = field(default_factory=Counter)
    lies: list[str] = field(default_factory=list)

    def says(self, country: Country, record: Record, health: Health, when: str) -> None:
        """Hold a verdict against the rows: what is away, and by no user's wish, makes it anything but green."""
        away = self._away(country, record)
        self.counted["verdicts"] += 1
        self.counted["green verdicts"] += health.verdict is Verdict.FINE and not health.besides
        if not away:
            return
        self.counted["verdicts over rows that were away"] += 1
        if health.verdict is Verdict.FINE:
            self.lies.append(f"{when}: green over {len(away)} rows, {away[:3]}")
            return
        for name in {PLACES[table][0] for table, _ in away}:
            counts = health.sets[name]
            told = counts.bad + counts.pending + counts.deleted + counts.moved
            if not told and not any(name in finding.what for finding in health.findings):
                self.lies.append(f"{when}: {name} has rows away and is not named")

    def stands(self, country: Country, record: Record, when: str) -> None:
        """After a restore: each row once on its team, a user's deletion stays, and nothing else moved."""
        now = country.looks()
        for key, spot in record.belongs.items():
            hand, spots = record.hand(key), now.get(key, [])
            if hand is Hand.MIXED:
                continue
            if spot is None:
                self.counted["deletions by users that stayed"] += not spots
                _expect(not spots, self.lies, f"{when}: {key} was deleted by a user and came back")
            else:
                self.counted["rows of imports that came back"] += hand is Hand.IMPORT and spots == [spot]
                _expect(spots == [spot], self.lies, f"{when}: {key} of {hand.value} belongs on {spot}, is on {spots}")
        strangers = [key for key in now if key not in record.belongs]
        _expect(not strangers, self.lies, f"{when}: nobody wrote {strangers[:3]}")

    def _away(self, country: Country, record: Record) -> list[Key]:
        now = country.looks()
        return [
            key
            for key, spot in record.belongs.items()
            if record.hand(key) is not Hand.MIXED and spot is not None and now.get(key, []) != [spot]
        ]


def _expect(true: bool, lies: list[str], what: str) -> None:
    if not true:
        lies.append(what)

"""Days of a country: with and without an import, with a guard before and after, and a judge who knows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from random import Random

from practice_guard.core.database import Timeouts, connect
from practice_guard.core.guarding import Request
from tests.world.around import A_WATCHED_RUN
from tests.world.builders import ScratchDatabase
from tests.world.damage import deeds
from tests.world.damage.country import PLACES, SETS, Country
from tests.world.damage.judge import Judgement
from tests.world.damage.record import Hand, Record
from tests.world.guarding import Guard
from tests.world.hostile.arena import Held

_OPERATORS = ("", "deletes", "moves")
"""What operators do on a day without an import, in turn."""


class Days:
    """One country, its guard, the record and the judge."""

    def __init__(self, country: Country, guard: Guard, seed: int) -> None:
        """Begin with a first backup of a country in which all is well."""
        self.country, self.guard = country, guard
        self.chance, self.record, self.judgement = Random(seed), Record(), Judgement()
        self.day = 0
        self.busy: set[str] = set()
        self.record.begins(country)
        self.guard.has_backed_up()

    def pass_by(self, count: int) -> Judgement:
        """Live that many days; each is a day of every league."""
        for self.day in range(1, count + 1):
            self.guard = self.guard.later(days=1)
            if self.day % 3:
                self._with_import()
            elif operator := _OPERATORS[self.day // 3 % len(_OPERATORS)]:
                self._without_import(operator)
            else:
                self._between_backups()
            self.country.tidies_up()
            self.record.settles(self.country)
            self.judgement.counted["days of a league"] += len(self.country.leagues)
        return self.judgement

    def _users(self, share: float) -> None:
        """On some days they do nothing."""
        if self.chance.random() < 0.4:
            return
        for code in self.country.leagues:
            if self.chance.random() < share:
                self.busy.add(code)
                self._notes(deeds.a_user(self.country, self.record, self.chance, code, self.day))

    def _notes(self, deed: str) -> None:
        self.judgement.counted[deed] += 1

    def _between_backups(self) -> None:
        """Nobody has backed up since the last restore, and single teams are made anew."""
        self._users(0.15)
        self._single_teams(0.2)
        self._health_is_asked("between two backups")
        self.guard.restores()
        self.judgement.stands(self.country, self.record, f"day {self.day}, after a second restore")
        self._backs_up("after a day without a backup")
        self._health_is_asked("after a backup")

    def _single_teams(self, share: float) -> None:
        """In leagues of which the snapshot has all that there is."""
        for code in self.country.leagues:
            if code not in self.busy and self.chance.random() < share:
                self._notes(deeds.an_import_of_one_team(self.country, self.record, self.chance, code))

    def _without_import(self, operator: str) -> None:
        self._backs_up("before a day without an import")
        self._users(0.15)
        many = self.chance.sample(self.country.leagues, 2 * len(self.country.leagues) // 3)
        self._notes(deeds.an_operator(self.country, self.record, self.chance, operator, many))
        self._health_is_asked("without an import")
        if self.guard.backs_up().snapshot is None:
            self.judgement.counted["bulk that a backup refused"] += 1
            self._operator_mends()
        else:
            self.judgement.lies.append(f"day {self.day}: what an operator did in bulk became the truth")

    def _operator_mends(self) -> None:
        """Back what was deleted, also what users deleted that day; and by hand what was moved."""
        self.guard.restores(request=Request(include_deleted=True))
        for key, hand in list(self.record.hands.items()):
            spot = self.record.belongs[key]
            table, label = key
            if hand is Hand.USER:
                self.record.touches(key, Hand.IMPORT)
            elif hand in (Hand.OPERATOR, Hand.MIXED) and spot and spot.team:
                _, column, team, _ = PLACES[table]
                text = f"UPDATE {table} SET {team} = %s WHERE {column} = %s AND {team} IS DISTINCT FROM %s"
                number = self.country.team(*spot.team)
                self.country.does(text, number, label, number)
        self.judgement.stands(self.country, self.record, f"day {self.day}, after an operator")

    def _with_import(self) -> None:
        self._backs_up("before an import")
        self._users(0.1)
        for code in self.country.leagues:
            if self.chance.random() < 0.4:
                self.busy.add(code)
                habit = self.chance.choice(deeds.HABITS)
                self._notes(deeds.an_import(self.country, self.record, code, habit))
        self._single_teams(0.05)
        if self.chance.random() < 0.15:
            table = self.chance.choice(sorted(PLACES))
            self._notes(deeds.the_import_empties(self.country, self.record, table))
        if self.chance.random() < 0.15:
            self._notes(deeds.the_import_overwrites(self.country, self.record))
        self._users(0.05)
        if self.chance.random() < 0.3:
            self._watched()
        self._health_is_asked("after an import")
        self.guard.restores()
        self.judgement.stands(self.country, self.record, f"day {self.day}, after an import")
        self._health_is_asked("after a restore")

    def _watched(self) -> None:
        """The guard has watched the import: whose doing it was that a row is away, nobody can tell then."""
        self.country.does(A_WATCHED_RUN)
        self._notes("a watched import")
        for key, hand in self.record.hands.items():
            if hand is Hand.USER:
                self.record.hands[key] = Hand.MIXED

    def _backs_up(self, when: str) -> None:
        self.busy = set()
        taken = self.guard.backs_up()
        if taken.snapshot is None:
            self.judgement.lies.append(f"day {self.day}: {when} refused: {[each.what for each in taken.findings]}")
            self.guard.backs_up(accept_current=True)

    def _health_is_asked(self, when: str) -> None:
        self.judgement.says(self.country, self.record, self.guard.judges_health(), f"day {self.day}, {when}")


@contextmanager
def days_of(database: ScratchDatabase, seed: int, leagues: int) -> Iterator[Days]:
    """A new country in a database with the application's schema and no rows."""
    with connect(database.url, application="test", timeouts=Timeouts(lock=2.0)) as connection:
        yield Days(Country(database, leagues), Held(database, SETS, connection=connection), seed)

"""Rollbacks in a test's database, in the words of the domain."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

from practice_guard.core import guarding, rollback
from practice_guard.core.database import Database
from practice_guard.core.model import Team
from practice_guard.core.rollback import RolledBack
from practice_guard.core.snapshots import Snapshot
from practice_guard.core.upkeep import Wish, backup
from tests.world.builders import League, ScratchDatabase
from tests.world.guarding import Guard


@dataclass
class Season:
    """A league with matches and players, practices, messages and polls, and a guard that has kept all of it."""

    database: ScratchDatabase
    guard: Guard
    league: League
    teams: list[Team]
    etl_tables: frozenset[str] = frozenset()

    def writes_too(self, *tables: str) -> None:
        """From now on the settings say that the import writes these tables besides."""
        self.etl_tables = frozenset(tables)

    def at(self, database: Database) -> guarding.Guard:
        return replace(self.guard.at(database), etl_tables=self.etl_tables)

    def runs(self, statements: str) -> None:
        """Statements of the application's, by its owner."""
        self.database.rows(statements)

    @property
    def placed(self) -> Counter[tuple[str, ...]]:
        """What users made, by what it says and whose it is: no ids."""
        team = "concat_ws('/', l.league_id, c.name, s.name, t.team_name)"
        joins = (
            " JOIN clubs c ON c.id = t.club_id JOIN series s ON s.id = t.series_id JOIN leagues l ON l.id = t.league_id"
        )
        made = {
            "practices": ("schedule", "home_team_id", "concat_ws('/', x.match_date, x.match_time, x.home_team)"),
            "practice_times": ("practice_times", "team_id", "concat_ws('/', x.day_of_week, x.start_time)"),
            "messages": ("captain_messages", "team_id", "x.message"),
            "polls": ("polls", "team_id", "x.question"),
        }
        return Counter(
            (name, *row)
            for name, (table, column, says) in made.items()
            for row in self.database.rows(
                f"SELECT {says}, {team} FROM {table} x LEFT JOIN (teams t{joins}) ON t.id = x.{column}"
                + (" WHERE x.home_team ILIKE '%practice%'" if table == "schedule" else "")
            )
        )

    @property
    def rules(self) -> list[tuple[object, ...]]:
        """Foreign keys, what people said of them, and triggers with how they are set."""
        return self.database.rows(
            "SELECT conrelid::regclass::text, conname::text, pg_get_constraintdef(oid),"
            " obj_description(oid, 'pg_constraint')"
            " FROM pg_constraint WHERE contype = 'f' UNION ALL SELECT tgrelid::regclass::text, tgname::text,"
            " tgenabled::text, '' FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1, 2"
        )

    def is_kept_in_full(self) -> Snapshot:
        wish = Wish(full=True)
        taken = self.guard.with_connection(lambda connection: backup.take_as(self.at(connection), wish))
        assert taken.snapshot is not None, taken.findings
        return taken.snapshot

    def goes_back(self, wanted: str = "latest", *, safety_copy: bool = True) -> RolledBack:
        wish = rollback.Wish(wanted, safety_copy)
        return self.guard.with_connection(lambda connection: rollback.apply(self.at(connection), wish))

    def tries(self, wanted: str = "latest") -> RolledBack:
        wish = rollback.Wish(wanted)
        return self.guard.with_connection(lambda connection: rollback.attempt(self.at(connection), wish))

    @property
    def rows(self) -> dict[str, Counter[str]]:
        """All rows of the application's tables, to the letter."""
        return self.database.all_rows("public")

    def is_seen_by(self, role: str) -> None:
        """From now on the guard is an ordinary role that owns the application's tables."""
        self.database.rows(
            f"DO $$ DECLARE t regclass; BEGIN FOR t IN SELECT oid FROM pg_class WHERE relkind IN ('r', 'p')"
            f" AND relnamespace = 'public'::regnamespace LOOP EXECUTE format('ALTER TABLE %s OWNER TO {role}', t);"
            f" END LOOP; EXECUTE 'GRANT CREATE ON DATABASE ' || quote_ident(current_database()) || ' TO {role}'; END $$"
        )
        self.database.rows(f"GRANT USAGE, CREATE ON SCHEMA public TO {role}")
        self.guard = replace(self.guard, database=ScratchDatabase(self.database.url_of(role), self.database.name))


def a_season(database: ScratchDatabase, league: League, guard: Guard) -> Season:
    """Two leagues of some teams, each with what its captain and its players have made."""
    teams = [
        league.has_team(club=club, series=series, players=[f"{club}-{series}-{number}" for number in range(2)])
        for club in ("Tennaqua", "Wilmette", "Glen View")
        for series in ("Chicago 22", "Chicago 11")
    ]
    teams.append(league.has_team(club="Tennaqua", series="S2B", league="NSTF", name="Tennaqua S2B"))
    for one, other in zip(teams, teams[2:], strict=False):
        league.has_match(one, other)
    for team in teams:
        league.captain_schedules_practices(team, 2)
        league.captain_sets_practice_time(team)
        league.captain_writes_message(team)
        league.captain_asks(team)
    return Season(database, guard, league, teams)

"""What might be said of leagues in the settings, so that fewer teams of a snapshot wait. Nothing of it is done."""

from __future__ import annotations

from dataclasses import dataclass

from practice_guard.core.application import Application
from practice_guard.core.database import Database
from practice_guard.core.guarding import Request
from practice_guard.core.identity import Suggestion, Witnesses, suggest
from practice_guard.core.model import Evidence
from practice_guard.core.restore import Plan
from practice_guard.core.snapshots import team_lists


@dataclass(frozen=True, slots=True)
class Suggested:
    """What might be said of leagues.

    Attributes:
        waiting: the teams of the snapshot's own list that wait, of all leagues.
        suggestions: one for each league with such teams, where something would settle some of them.
    """

    waiting: int
    suggestions: tuple[Suggestion, ...]


def suggested(database: Database, plan: Plan, app: Application, request: Request) -> Suggested:
    """Hold the snapshot's own list against today's, and find what would settle the teams that wait.

    Args:
        database: in the transaction that is open.
        plan: the plan of the snapshot's restore, which holds the matches.
        app: the database as it is now.
        request: what is asked, with what is said of the leagues now.
    """
    matches = plan.resolutions[plan.snapshot].matches
    waiting = sum(not match.new and not match.given_up for match in matches.values())
    if not waiting:
        return Suggested(0, ())
    old = team_lists(database, [plan.snapshot])[plan.snapshot]
    decided = {at for at, match in matches.items() if match.given_up or match.evidence is Evidence.DECISION}
    witnesses = Witnesses(
        old.rosters, app.now.rosters, at_least=request.roster_at_least, percent=request.roster_percent
    )
    return Suggested(waiting, suggest(old.teams, app.now.teams, request.habits, witnesses, decided))

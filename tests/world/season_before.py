"""What the version before left behind, and an oracle that reads no table of the guard: rows name their teams."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

from tests.world.builders import ScratchDatabase
from tests.world.program import Outcome

LEFT = Path(__file__).parent.parent / "fixtures" / "version_before"

BUCKETS = ("intact", "relink", "insert", "pending", "edited", "deleted", "given_up")
BY_SET = {
    "practices": (0, 0, 14, 2, 0, 0, 0),
    "practice_times": (3, 3, 0, 1, 1, 0, 1),
    "captain_messages": (1, 4, 1, 0, 0, 0, 1),
    "polls": (0, 4, 0, 0, 0, 0, 0),
    "poll_choices": (8, 0, 0, 0, 0, 0, 0),
    "poll_responses": (0, 12, 0, 0, 0, 0, 0),
    "league_contexts": (0, 3, 0, 0, 0, 0, 0),
}
"""The plan of a restore of the newest snapshot: rows by bucket."""

_HEIRS = {
    "LAKE_LEAGUE / Old Quarry / Series 3": "LAKE_LEAGUE / Old Quarry / Series 4",
    "LAKE_LEAGUE / Birchholt / Series 1": "LAKE_LEAGUE / Birchholt / Series 5",
}
"""Teams whose place is another one now."""

_TEAMS = (
    "LAKE_LEAGUE / Larkmoor / Series 1",
    "LAKE_LEAGUE / Birchholt / Series 1",
    "LAKE_LEAGUE / Old Quarry / Series 1",
    "LAKE_LEAGUE / Old Quarry / Series 3",
    "HILL_LEAGUE / Larkmoor / Division 7",
    "HILL_LEAGUE / Fernside / Division 7",
    "HILL_LEAGUE / Fernside / Division 9",
)
_GIVEN_UP, _WAITING = "LAKE_LEAGUE / Larkmoor / Series 2", "HILL_LEAGUE / Fernside / Division 8"
_WITH_MESSAGE = (*_TEAMS[:6], _GIVEN_UP)
_WITH_POLL = (*_TEAMS[:3], _TEAMS[6])
_ADDED = _TEAMS[0]

_HANGING = """
WITH labelled (kind, label, team, league) AS (
    SELECT 'practice', location, home_team_id, league_id FROM schedule WHERE home_team ILIKE '%practice%'
    UNION ALL SELECT 'practice time', location, team_id, league_id FROM practice_times
    UNION ALL SELECT 'message', message, team_id, NULL FROM captain_messages
    UNION ALL SELECT 'poll', question, team_id, NULL FROM polls
)
SELECT kind, label, concat_ws(' / ', o.league_id, c.name, s.name), t.id IS NULL OR x.league IS NULL OR l.id = o.id
  FROM labelled x
       LEFT JOIN teams t ON t.id = x.team LEFT JOIN leagues o ON o.id = t.league_id
       LEFT JOIN clubs c ON c.id = t.club_id LEFT JOIN series s ON s.id = t.series_id
       LEFT JOIN leagues l ON l.id = x.league
"""
_DATES = """
SELECT location, string_agg(to_char(match_date, 'MM-DD'), ' ' ORDER BY match_date) FROM schedule
 WHERE home_team = split_part(location, ' / ', 2) || ' Practice - ' || split_part(location, ' / ', 3)
       AND away_team = '' AND away_team_id IS NULL AND match_time = '19:00'
       AND created_at AT TIME ZONE 'UTC' = match_date - interval '30 days'
 GROUP BY location
"""
_RESPONSES = """
SELECT q.question, p.tenniscores_player_id, c.choice_text
  FROM poll_responses r JOIN polls q ON q.id = r.poll_id JOIN players p ON p.id = r.player_id
       JOIN poll_choices c ON c.id = r.choice_id AND c.poll_id = r.poll_id
"""
_CONTEXTS = "SELECT u.first_name, l.league_id FROM users u JOIN leagues l ON l.id = u.league_context"


def is_as_the_version_before_left_it(database: ScratchDatabase) -> None:
    """Loads the dump, whose tables are all its own; but for a name that has no word of its club's any more.

    It was taken for the same team's by its place and players, and would wait now as another team of the club might.
    """
    database.rows("DROP SCHEMA public CASCADE")
    database.rows("CREATE SCHEMA public")
    dump = (LEFT / "database.sql").read_bytes()
    database.session().execute(dump.replace(b"Quarry Foxes", b"Hill Foxes"))


def where_rows_hang(database: ScratchDatabase) -> Counter[tuple[str, str, str, bool]]:
    """Each row's kind, the team that it names, the one that it is on, and whether its league is that one's."""
    return Counter((kind, label, place, agrees) for kind, label, place, agrees in database.rows(_HANGING))


def where_rows_belong() -> Counter[tuple[str, str, str, bool]]:
    """The same as it must be: on no team where the team is given up or waited for, whose practices are not there."""
    found: Counter[tuple[str, str, str, bool]] = Counter()
    for label in (*_TEAMS, _GIVEN_UP, _WAITING):
        place = _HEIRS.get(label, label) if label in _TEAMS else ""
        found["practice", label, place, True] += 2 * (label in _TEAMS) + (label == _ADDED)
        found["practice time", label, place, True] += 1
        found["message", label, place, True] += label in _WITH_MESSAGE
        found["poll", label, place, True] += label in _WITH_POLL
    return +found


def assert_every_row_is_right(database: ScratchDatabase) -> None:
    """Every row is there once, on its team, as its users wrote it; players with odd numbers took Monday."""
    assert where_rows_hang(database) == where_rows_belong()
    dates = {label: "01-05 01-12" + " 01-19" * (label == _ADDED) for label in _TEAMS}
    assert dict(database.rows(_DATES)) == dates
    took = ((1, "Monday"), (2, "Tuesday"), (3, "Monday"))
    answers = [(label, f"{label} / {number}", day) for label in _WITH_POLL for number, day in took]
    assert sorted(database.rows(_RESPONSES)) == sorted(answers)
    assert database.count("poll_choices") == 2 * len(_WITH_POLL)
    leagues = [("HILL_LEAGUE", "HILL_LEAGUE"), ("LAKE_LEAGUE", "LAKE_LEAGUE"), ("LAKE_LEAGUE", "LAKE_LEAGUE")]
    assert sorted(database.rows(_CONTEXTS)) == leagues
    changed_by_its_user = "start_time = '18:00'"
    assert database.count("practice_times", f"{changed_by_its_user} AND location = '{_ADDED}'") == 1
    assert database.count("practice_times", changed_by_its_user) == 1


def result(done: Outcome, status: int = 0) -> Any:
    assert done.status == status, done
    return done.json["result"]


def counts(done: Outcome, status: int = 4) -> tuple[int, ...]:
    """The rows of a plan by bucket."""
    rows = result(done, status)["rows"]
    return tuple(rows[bucket] for bucket in BUCKETS)


def totals() -> tuple[int, ...]:
    return tuple(map(sum, zip(*BY_SET.values(), strict=True)))

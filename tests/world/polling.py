"""Polls with their choices and responses, by what people see of them and never by ids; and how imports take them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from practice_guard.core.model import Team, TeamIdentity
from tests.world import builders
from tests.world.builders import League, ScratchDatabase, teams_now


@dataclass(frozen=True)
class SeenPoll:
    """A poll as its team sees it; `team` is None where it hangs on none that exists, `player` where nobody is there."""

    question: str
    team: TeamIdentity | None
    choices: tuple[str, ...]
    responses: tuple[tuple[str, str | None], ...]


def polls_by_natural_key(database: ScratchDatabase) -> Counter[SeenPoll]:
    """All polls, each with its choices and who took which, and the number of times it is there."""
    teams = {team.id: team.identity for team in teams_now(database)}
    players: dict[int, str] = dict(database.rows("SELECT id, tenniscores_player_id FROM players"))
    choices = database.rows("SELECT poll_id, id, choice_text FROM poll_choices")
    texts = {number: (poll, text) for poll, number, text in choices}
    responses = database.rows("SELECT poll_id, choice_id, player_id FROM poll_responses")
    seen: Counter[SeenPoll] = Counter()
    for poll, team, question in database.rows("SELECT id, team_id, question FROM polls"):
        own = tuple(sorted(text for number, _, text in choices if number == poll))
        answers = [
            (
                texts[choice][1] if texts.get(choice, (None,))[0] == poll else "no choice of this poll",
                players.get(player),
            )
            for number, choice, player in responses
            if number == poll
        ]
        seen[SeenPoll(question, teams.get(team), own, tuple(sorted(answers, key=str)))] += 1
    return seen


def strays(database: ScratchDatabase) -> int:
    """Choices and responses that hang on no poll."""
    return sum(
        database.count(table, f"NOT EXISTS (SELECT FROM polls WHERE polls.id = {table}.poll_id)")
        for table in ("poll_choices", "poll_responses")
    )


def players_answer(database: ScratchDatabase, poll: int, answers: Iterable[tuple[str, str]]) -> None:
    """Players of the poll's team, by their outside ids, take choices by their text."""
    for player, text in answers:
        database.rows(
            "INSERT INTO poll_responses (poll_id, choice_id, player_id) SELECT q.id, c.id, p.id FROM polls q"
            " JOIN poll_choices c ON c.poll_id = q.id AND c.choice_text = %(choice)s"
            " JOIN players p ON p.team_id = q.team_id AND p.tenniscores_player_id = %(player)s"
            " WHERE q.id = %(poll)s",
            poll=poll,
            choice=text,
            player=player,
        )


def an_answered_poll(league: League, team: Team, question: str = "Which day suits you?") -> int:
    """A poll of a team whose players `<club> 1` to `<club> 3` have answered; returns its id."""
    poll = league.captain_asks(team, question, ("Monday", "Tuesday", "Never"))
    club = team.club
    answers = [(f"{club} 1", "Monday"), (f"{club} 2", "Tuesday"), (f"{club} 3", "Monday")]
    players_answer(league.database, poll, answers)
    return poll


def a_team_with_players(league: League, club: str = "Tennaqua", series: str = "Chicago 22") -> Team:
    return league.has_team(club=club, series=series, players=[f"{club} {number}" for number in range(1, 6)])


def polls_go_with_their_team(database: ScratchDatabase) -> None:
    """The foreign key that some databases have."""
    database.rows(
        "ALTER TABLE polls ADD CONSTRAINT polls_go FOREIGN KEY (team_id) REFERENCES teams (id) ON DELETE CASCADE"
    )


def the_etl_takes_the_polls_along(database: ScratchDatabase, *variant: str) -> None:
    """An import whose DELETE cascades from the teams to polls, and from there to all that hangs on them."""
    website = builders.the_website_now(database)
    database.rows("DELETE FROM polls")
    assert not database.count("poll_choices")
    assert not database.count("poll_responses")
    builders.the_etl_runs(database, *variant, source=website)

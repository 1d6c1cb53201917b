"""A person's decisions: the only way to overrule, checked, and followed only while they are true."""

from __future__ import annotations

import pytest

from practice_guard.core import decisions
from practice_guard.core.errors import UsageError
from practice_guard.core.identity import resolve, with_candidates
from practice_guard.core.model import Evidence, Team, TeamIdentity
from tests.world.team_lists import outcome, resolving, roster, teams

OLD = """1: Tennaqua - 22 | Tennaqua | Chicago 22
2: Wilmette - 22 | Wilmette | Chicago 22
3: Tennaqua - 7 | Tennaqua | Chicago 7"""
NEW = """8: Blue Wave | Tennaqua | Chicago 5
9: Wilmette - 22 | Wilmette | Chicago 22
7: Red | Ashbury | Chicago 3"""


def entry(team: str, club: str, series: str, then: str, league: str = "APTA_CHICAGO") -> str:
    """One [[team]] entry."""
    return f'[[team]]\nleague = "{league}"\nclub = "{club}"\nseries = "{series}"\nteam = "{team}"\n{then}\n'


def heir(team: str, club: str, series: str) -> str:
    return f'heir = {{ club = "{club}", series = "{series}", team = "{team}" }}'


BLUE_WAVE = heir("Blue Wave", "Tennaqua", "Chicago 5")


def test_an_heir_that_a_person_named_is_followed() -> None:
    resolution = resolving(OLD, NEW, deciding=entry("Tennaqua - 22", "Tennaqua", "Chicago 22", BLUE_WAVE))
    assert outcome(resolution) == {1: 8, 2: 9, 3: "missing"}
    assert resolution.matches[1].evidence is Evidence.DECISION
    assert not resolution.findings


def test_parts_that_an_heir_leaves_out_are_the_teams_own() -> None:
    found = decisions.parse(entry("Tennaqua - 22", "Tennaqua", "Chicago 22", 'heir = { series = "Series 21" }'))
    assert found.entries[0].heir == TeamIdentity("APTA_CHICAGO", "Tennaqua", "Series 21", "Tennaqua - 22")


def test_a_team_given_up_has_no_heir_and_waits_no_longer() -> None:
    match = resolving(OLD, NEW, deciding=entry("Tennaqua - 22", "Tennaqua", "Chicago 22", "give_up = true")).matches[1]
    assert match.given_up
    assert match.new is None
    assert match.fate == "missing"


def test_a_decision_about_a_team_that_is_back_is_reported_and_not_followed() -> None:
    for then in ("give_up = true", BLUE_WAVE):
        resolution = resolving(OLD, NEW, deciding=entry("Wilmette - 22", "Wilmette", "Chicago 22", then))
        assert outcome(resolution)[2] == 9
        assert not resolution.matches[2].given_up
        assert [finding.code for finding in resolution.findings] == ["decision-not-followed"]
        assert "line 1" in resolution.findings[0].why


def test_a_person_overrules_name_and_place_only_expressly() -> None:
    then = BLUE_WAVE + "\noverrule = true"
    resolution = resolving(OLD, NEW, deciding=entry("Wilmette - 22", "Wilmette", "Chicago 22", then))
    assert outcome(resolution)[2] == 8
    then = "give_up = true\noverrule = true"
    match = resolving(OLD, NEW, deciding=entry("Wilmette - 22", "Wilmette", "Chicago 22", then)).matches[2]
    assert (match.new, match.given_up) == (None, True)


def test_an_heir_that_is_gone_is_reported_and_the_team_waits() -> None:
    deciding = entry("Tennaqua - 22", "Tennaqua", "Chicago 22", heir("Blue Wave", "Tennaqua", "Chicago 6"))
    resolution = resolving(OLD, NEW, deciding=deciding)
    assert outcome(resolution)[1] == "missing"
    assert "is not in the new list" in resolution.findings[0].why
    assert "not followed" in resolution.matches[1].because


def test_another_teams_heir_is_not_given_away_without_saying_so() -> None:
    to_wilmette = heir("Wilmette - 22", "Wilmette", "Chicago 22")
    deciding = entry("Tennaqua - 22", "Tennaqua", "Chicago 22", to_wilmette)
    resolution = resolving(OLD, NEW, deciding=deciding)
    assert outcome(resolution) == {1: "missing", 2: 9, 3: "missing"}
    assert "merge = true" in resolution.findings[0].why
    merged = resolving(OLD, NEW, deciding=deciding + "merge = true\n")
    assert outcome(merged) == {1: 9, 2: 9, 3: "missing"}


def test_two_old_teams_get_one_heir_only_when_both_say_so() -> None:
    one = entry("Tennaqua - 22", "Tennaqua", "Chicago 22", BLUE_WAVE)
    two = entry("Tennaqua - 7", "Tennaqua", "Chicago 7", BLUE_WAVE)
    for deciding in (one + two, one + "merge = true\n" + two):
        assert outcome(resolving(OLD, NEW, deciding=deciding)) == {1: "missing", 2: 9, 3: "missing"}
        with pytest.raises(UsageError, match=r"lines 1 and [78] give one heir"):
            decisions.check(decisions.parse(deciding), teams(OLD), teams(NEW), {})
    both = one + "merge = true\n" + two + "merge = true\n"
    decisions.check(decisions.parse(both), teams(OLD), teams(NEW), {})
    assert outcome(resolving(OLD, NEW, deciding=both)) == {1: 8, 2: 9, 3: 8}


def test_an_exchange_seen_by_players_is_settled_by_a_person() -> None:
    old = "1: Blue | Tennaqua | S7\n2: Red | Wilmette | S7"
    new = "8: Blue | Tennaqua | S7\n9: Red | Wilmette | S7"
    rosters = ({1: roster(1), 2: roster(20)}, {8: roster(20), 9: roster(1)})
    crossed = entry("Blue", "Tennaqua", "S7", heir("Red", "Wilmette", "S7")) + entry(
        "Red", "Wilmette", "S7", heir("Blue", "Tennaqua", "S7")
    )
    assert outcome(resolving(old, new, rosters=rosters, deciding=crossed)) == {1: 9, 2: 8}
    straight = entry("Blue", "Tennaqua", "S7", 'heir = { team = "Blue" }')
    assert outcome(resolving(old, new, rosters=rosters, deciding=straight)) == {1: 8, 2: "conflicting"}


def test_a_whole_series_and_a_whole_league_are_given_up() -> None:
    text = '[[series]]\nleague = "APTA_CHICAGO"\nseries = "Chicago 7"\ngive_up = true\n'
    resolution = resolving(OLD, NEW, deciding=text)
    assert [match.given_up for match in resolution.matches.values()] == [False, False, True]
    text = '[[league]]\nleague = "APTA_CHICAGO"\ngive_up = true\n'
    resolution = resolving(OLD, NEW, deciding=text)
    assert [match.given_up for match in resolution.matches.values()] == [True, False, True]
    assert outcome(resolution)[2] == 9
    assert "not followed" not in resolution.matches[1].because


def test_the_nearest_decision_counts() -> None:
    text = '[[series]]\nleague = "APTA_CHICAGO"\nseries = "Chicago 22"\ngive_up = true\n'
    text += entry("Tennaqua - 22", "Tennaqua", "Chicago 22", BLUE_WAVE)
    assert outcome(resolving(OLD, NEW, deciding=text))[1] == 8


RELABELLED = '[[series]]\nleague = "NSTF"\nseries = "S2B"\nheir = { series = "Sunday 2" }\n'
SERIES_OLD = "1: Tennaqua S2B | Tennaqua | S2B | NSTF\n2: Wilmette S2B | Wilmette | S2B | NSTF"


def test_a_series_that_was_relabelled_is_found_with_both_facets() -> None:
    new = "8: Wilmette Sunday 2 | Wilmette | Sunday 2 | NSTF\n9: Tennaqua S2B | Tennaqua | Sunday 2 | NSTF"
    assert outcome(resolving(SERIES_OLD, new)) == {1: "missing", 2: "missing"}
    resolution = resolving(SERIES_OLD, new, deciding=RELABELLED)
    assert outcome(resolution) == {1: 9, 2: 8}
    assert resolution.matches[1].evidence is Evidence.DECISION


def test_a_relabelling_that_normalising_knows_anyway_is_no_trouble() -> None:
    new = "8: Wilmette 2B | Wilmette | Series 2B | NSTF\n9: Tennaqua S2B | Tennaqua | Series 2B | NSTF"
    text = RELABELLED.replace("Sunday 2", "Series 2B")
    resolution = resolving(SERIES_OLD, new, deciding=text)
    assert outcome(resolution) == {1: 9, 2: 8}
    assert not resolution.findings


def test_a_relabelled_series_gives_its_teams_no_strangers() -> None:
    new = "8: Wolves | Wilmette | Sunday 2 | NSTF\n9: Tennaqua Sunday 2 | Tennaqua | Sunday 2 | NSTF"
    resolution = resolving(SERIES_OLD, new, deciding=RELABELLED)
    assert outcome(resolution) == {1: 9, 2: "missing"}
    assert "not both in the new list" in resolution.matches[2].because


def test_players_still_contradict_a_relabelling() -> None:
    new = "8: Wilmette Sunday 2 | Wilmette | Sunday 2 | NSTF\n9: Tennaqua Sunday 2 | Tennaqua | Sunday 2 | NSTF"
    resolution = resolving(SERIES_OLD, new, deciding=RELABELLED, rosters=({1: roster(1)}, {8: roster(1)}))
    assert outcome(resolution) == {1: "missing", 2: "missing"}


def test_two_series_exchange_their_labels() -> None:
    old = "1: Tennaqua - 7 | Tennaqua | Chicago 7\n2: Tennaqua - 9 | Tennaqua | Chicago 9"
    new = "8: Tennaqua - 9 | Tennaqua | Chicago 9\n9: Tennaqua - 7 | Tennaqua | Chicago 7"
    exchange = "".join(
        f'[[series]]\nleague = "APTA_CHICAGO"\nseries = "Chicago {one}"\nheir = {{ series = "Chicago {other}" }}\n'
        "overrule = true\n"
        for one, other in ((7, 9), (9, 7))
    )
    assert outcome(resolving(old, new)) == {1: 9, 2: 8}
    assert outcome(resolving(old, new, deciding=exchange)) == {1: 8, 2: 9}
    expressly_not = exchange.replace("overrule = true\n", "")
    resolution = resolving(old, new, deciding=expressly_not)
    assert outcome(resolution) == {1: 9, 2: 8}
    assert len(resolution.findings) == 2


def test_a_league_that_was_relabelled() -> None:
    new = "8: Wilmette 2B | Wilmette | Series 2B | NSTF_2026\n9: Tennaqua 2B | Tennaqua | Series 2B | NSTF_2026"
    text = '[[league]]\nleague = "NSTF"\nheir = { league = "NSTF_2026" }\n'
    assert outcome(resolving(SERIES_OLD, new, deciding=text)) == {1: 9, 2: 8}
    gone = resolving(SERIES_OLD, "5: A | A | A", deciding=text)
    assert outcome(gone) == {1: "missing", 2: "missing"}
    assert len(gone.findings) == 1


def test_after_a_failed_etl_named_heirs_count_and_nothing_else_does() -> None:
    deciding = entry("Tennaqua - 22", "Tennaqua", "Chicago 22", BLUE_WAVE)
    deciding += entry("Tennaqua - 7", "Tennaqua", "Chicago 7", "give_up = true")
    resolution = resolving(OLD, NEW, deciding=deciding, exact_only=True)
    assert outcome(resolution)[1] == 8
    assert not resolution.matches[3].given_up
    new = "9: Tennaqua S2B | Tennaqua | Sunday 2 | NSTF"
    assert outcome(resolving(SERIES_OLD, new, deciding=RELABELLED, exact_only=True))[1] == "missing"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("team = [", "Decisions, line 1: this is not TOML: "),
        ('[[teams]]\nteam = "x"', "line 1: the file has no key `teams` (the nearest name there is team)"),
        ('[team]\nteam = "x"', "line 1: write each entry as [[team]]"),
        (
            '\n[[team]]\nteam = "x"\nhair = { team = "y" }',
            "line 4: [[team]] has no key `hair` (the nearest name there is heir)",
        ),
        ("[[team]]\nteam = 7", "line 2: `team` must be a text in quotes"),
        ('[[team]]\nleague = "x"', "line 1: [[team]] needs league, club, series, team"),
        ('[[series]]\nleague = "x"\ngive_up = true', "line 1: [[series]] needs league, series"),
        ("[[league]]\ngive_up = true", "line 1: [[league]] needs league"),
        ('[[team]]\nteam = "x"\ngive_up = "yes"', "line 3: `give_up` must be true or false"),
        ('[[team]]\nteam = "x"\nheir = "y"', "line 3: write the heir as"),
        ('[[team]]\nteam = "x"\nheir = { naem = "y" }', "line 3: an heir has no key `naem`"),
        ('[[team]]\nteam = "x"\nheir = { team = "y" }\ngive_up = true', "line 4: has an heir and is given up"),
        ('[[league]]\nleague = "x"\nrosters = "follow"', 'line 3: `rosters` can only be "ignore"'),
        ('[[league]]\nleague = "x"\nheir = { league = "x" }', "line 3: is its own heir"),
        ('[[team]]\nteam = "x"\nrosters = "ignore"', "line 3: [[team]] has no key `rosters`"),
        (
            '[[team]]\nteam = "x"\ngive_up = true\n\n[[team]]\nteam = "x"\nheir = { team = "y" }',
            "lines 1 and 5: x (unknown, unknown, unknown) is decided twice",
        ),
    ],
)
def test_a_faulty_file_is_refused_with_its_line(text: str, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        decisions.parse(text)
    assert said in str(caught.value)


def test_a_team_that_does_not_exist_is_refused_with_the_nearest_name() -> None:
    deciding = entry("Tennaqua - 2", "Tennaqua", "Chicago 22", heir("Blue Waves", "Tennaqua", "Chicago 5"))
    deciding += '[[series]]\nleague = "APTA_CHICAGO"\nseries = "Chicago 77"\ngive_up = true\n'
    with pytest.raises(UsageError) as caught:
        decisions.check(decisions.parse(deciding), teams(OLD), teams(NEW), {})
    message = str(caught.value)
    assert "line 1: Tennaqua - 2 (Tennaqua, Chicago 22, APTA_CHICAGO) is not in the list the rows come from" in message
    assert "nearest name there is Tennaqua - 22 (Tennaqua, Chicago 22, APTA_CHICAGO)" in message
    assert (
        "Blue Waves (Tennaqua, Chicago 5, APTA_CHICAGO) is not in the new list (the nearest name there is Blue Wave"
        in message
    )
    assert "line 7: series Chicago 77 of APTA_CHICAGO is not in the list the rows come from" in message
    assert "nearest name there is series Chicago 7 of APTA_CHICAGO" in message


def test_decisions_are_keyed_by_name_and_survive_new_ids() -> None:
    deciding = entry("Tennaqua - 22", "Tennaqua", "Chicago 22", BLUE_WAVE)
    old = [Team(team.id + 500, team.league, team.club, team.series, team.name) for team in teams(OLD)]
    assert outcome(resolving(old, teams(NEW), deciding=deciding))[501] == 8


def test_a_decision_does_not_settle_an_id_that_two_teams_had() -> None:
    twice = teams(OLD) + teams("1: Wolves | Ashbury | S3")
    deciding = entry("Tennaqua - 22", "Tennaqua", "Chicago 22", BLUE_WAVE)
    assert outcome(resolving(twice, teams(NEW), deciding=deciding))[1] == "ambiguous"


def test_later_decisions_win_over_earlier_ones() -> None:
    earlier = decisions.parse(
        entry("Tennaqua - 22", "Tennaqua", "Chicago 22", "give_up = true")
        + entry("Tennaqua - 7", "Tennaqua", "Chicago 7", "give_up = true")
    )
    later = decisions.parse(entry("Tennaqua - 22", "Tennaqua", "Chicago 22", BLUE_WAVE))
    resolution = resolve(teams(OLD), teams(NEW), decisions=later.after(earlier))
    assert outcome(resolution)[1] == 8
    assert resolution.matches[3].given_up


def drafted(old: list[Team], new: list[Team]) -> str:
    return decisions.draft(with_candidates(resolve(old, new), new))


def test_a_draft_decides_nothing_until_a_person_edits_it() -> None:
    draft = drafted(teams(OLD), teams(NEW))
    assert not decisions.parse(draft).entries
    wanted = '# heir = {league = "APTA_CHICAGO", club = "Tennaqua", series = "Chicago 5", team = "Blue Wave"}'
    new = teams(NEW) + teams("5: Tennaqua - 22 | Tennaqua | Chicago 21")
    draft = drafted(teams(OLD), new)
    wanted = '# heir = {league = "APTA_CHICAGO", club = "Tennaqua", series = "Chicago 21", team = "Tennaqua - 22"}'
    assert draft.count(wanted) >= 1
    edited = decisions.parse(draft.replace(wanted, wanted.removeprefix("# "), 1))
    decisions.check(edited, teams(OLD), new, {})
    assert outcome(resolve(teams(OLD), new, decisions=edited))[1] == 5


def test_a_draft_names_a_vanished_league_and_series_once() -> None:
    old = [Team(at, "NSTF", f"Club {at}", "S1", f"Club {at} S1") for at in range(50)]
    old += [Team(at + 100, "CITA", f"Club {at}", "3.0", f"Club {at}") for at in range(9)]
    old += [Team(at + 200, "CITA", f"Club {at}", "4.5", f"Club {at} (4.5)") for at in range(9)]
    draft = drafted(old, old[-9:])
    assert draft.count("[[league]]") == draft.count("[[series]]") == 1
    assert "# 50 teams, none of them is in the new list" in draft
    assert draft.count("[[team]]") == 0
    edited = decisions.parse(draft.replace("# give_up", "give_up"))
    assert sum(match.given_up for match in resolve(old, old[-9:], decisions=edited).matches.values()) == 59


def test_a_draft_survives_names_that_look_like_toml() -> None:
    old = [Team(1, "NSTF", 'Cl"ub', "S1\n[[team]]", "A\n[[league]]\ngive_up = true\n#"), *teams("2: B | B | S1")]
    new = [Team(9, "NSTF", 'Cl"ub', "S1\n[[team]]", "C\n[[team]]\ngive_up = true"), *teams("2: B | B | S1")]
    draft = drafted(old, new)
    assert not decisions.parse(draft).entries
    (line,) = [line for line in draft.splitlines() if line.startswith("# heir")]
    edited = decisions.parse(draft.replace(line, line.removeprefix("# ")))
    assert outcome(resolve(old, new, decisions=edited))[1] == 9


def test_what_was_decided_is_written_and_read_back() -> None:
    text = entry("Tennaqua - 22", "Tennaqua", "Chicago 22", BLUE_WAVE + "\nmerge = true\noverrule = true")
    text += RELABELLED + '[[series]]\nleague = "NSTF"\nseries = "S3"\ngive_up = true\n'
    text += '[[league]]\nleague = "CITA"\nrosters = "ignore"\n'
    found = decisions.parse(text)
    assert len(found.entries) == 4
    assert decisions.parse(decisions.dump(found)) == found

"""What may happen to a website between two imports.

`ORDINARY` can all be told from names, places and players together, or leave a team waiting. `UNSEEN` cannot: they
move a name and a place together from one team to another, or make two teams of one or one of two.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from random import Random

from tests.world.website import Entry, Website

Operation = Callable[[Website, Random], None]


def _of_one_league(site: Website, chance: Random, count: int) -> list[Entry]:
    league = chance.choice(sorted({entry.league for entry in site.entries}))
    there = [entry for entry in site.entries if entry.league == league]
    return chance.sample(there, min(count, len(there)))


# Ordinary: the lists


def leave_out_series(site: Website, chance: Random) -> None:
    """Another random set of series is missing from the source."""
    series = sorted({(entry.league, entry.place.series) for entry in site.entries})
    site.unlisted_series = set(chance.sample(series, chance.randint(0, len(series) // 2)))


def leave_out_league(site: Website, chance: Random) -> None:
    """A league is missing from the source."""
    site.unlisted_leagues = {chance.choice(site.entries).league}


def leave_out_teams(site: Website, chance: Random) -> None:
    """Another random few teams are missing from the source."""
    site.unlisted_tags = {entry.tag for entry in chance.sample(site.entries, min(3, len(site.entries)))}


def bring_everything_back(site: Website, chance: Random) -> None:
    """Whatever was left out is there again."""
    site.unlisted_leagues, site.unlisted_series, site.unlisted_tags = set(), set(), set()


def list_in_another_order(site: Website, chance: Random) -> None:
    """Another of two teams of one name, or of one place, comes first."""
    chance.shuffle(site.entries)


def recreate(site: Website, chance: Random) -> None:
    """Nothing happens but the import itself."""


# Ordinary: the same teams under other labels


def relabel_a_season(site: Website, chance: Random) -> None:
    """A whole league at once: `Tennaqua - 22` of `Chicago 22` becomes `Tennaqua 22` of `Series 22`."""
    site.tell("relabelled", site.entries)
    for entry in site.entries:
        if entry.league == "APTA_CHICAGO":
            entry.name.text = re.sub(r" - (?=\d)", " ", entry.name.text)
            entry.place.series = re.sub(r"^Chicago (?=\d)", "Series ", entry.place.series)


def relabel_one_series(site: Website, chance: Random) -> None:
    """A series' label changes under all its teams: `Series 13 SW`, `Chicago 13 SW`, `S10`, `Series 10`."""
    one = chance.choice(site.entries)
    bare = re.sub(r"^(Chicago |Series |S(?=\d))", "", one.place.series)
    if one.place.series.startswith("Division") or one.league == "CITA":
        return
    label = chance.choice([f"Series {bare}", f"Chicago {bare}", f"S{bare}" if bare[0].isdigit() else f"Series {bare}"])
    before = one.place.series
    for entry in site.entries:
        if entry.league == one.league and entry.place.series == before:
            entry.place.series = label
            site.tell("relabelled", [entry])


def respell_a_name(site: Website, chance: Random) -> None:
    """One team's name is written with another case, form or blanks."""
    one = chance.choice(site.entries)
    one.name.text = _respelt(one.name.text, chance)
    site.tell("respelt", [one])


def respell_a_club(site: Website, chance: Random) -> None:
    """A club is written otherwise in all of a league."""
    one = chance.choice(site.entries)
    before, after = one.place.club, _respelt(one.place.club, chance)
    for entry in site.entries:
        if entry.league == one.league and entry.place.club == before:
            entry.place.club = after
            site.tell("respelt", [entry])


def _respelt(text: str, chance: Random) -> str:
    respell: Callable[[str], str] = chance.choice(
        [
            str.upper,
            str.swapcase,
            lambda text: text.replace(" ", "  ", 1),
            lambda text: text.replace(" ", "\u00a0"),
            lambda text: text.replace(" - ", " \u2013 "),
            lambda text: unicodedata.normalize("NFD", text),
            lambda text: text[:1] + "\u200b" + text[1:],
            lambda text: text.replace("2", "\uff12"),
        ]
    )
    return respell(text)


# Ordinary: one facet moves, or a team comes or goes


def rename(site: Website, chance: Random) -> None:
    """A team gets a name that nobody ever had."""
    entry = chance.choice(site.entries)
    number = next(site.fresh)
    entry.name = type(entry.name)(f"Wolves {letters(number)}", next(site.fresh), f"wolves {number}")
    site.tell("renamed", [entry])


def move(site: Website, chance: Random) -> None:
    """A team plays in a series where its club never played."""
    entry = chance.choice(site.entries)
    entry.place = type(entry.place)(entry.place.club, f"Series {100 + next(site.fresh)}", next(site.fresh))
    site.tell("moved", [entry])


def swap_names(site: Website, chance: Random) -> None:
    """Two teams exchange their names and keep their places."""
    pair = _of_one_league(site, chance, 2)
    if len(pair) == 2:
        pair[0].name, pair[1].name = pair[1].name, pair[0].name
        site.tell("names exchanged", pair)


def swap_places(site: Website, chance: Random) -> None:
    """Two teams exchange their places and keep their names."""
    pair = _of_one_league(site, chance, 2)
    if len(pair) == 2:
        pair[0].place, pair[1].place = pair[1].place, pair[0].place
        site.tell("places exchanged", pair)


def fold(site: Website, chance: Random) -> None:
    """A team is no more."""
    site.lose(chance.choice(site.entries))


def found(site: Website, chance: Random) -> None:
    """A team is new, in a series of its own."""
    league = chance.choice(site.entries).league
    number = next(site.fresh)
    site.add(league, f"Foxes {letters(number)}", f"Fox Run {letters(number)}", f"Series {100 + number}")


def found_a_twin(site: Website, chance: Random) -> None:
    """A team is new whose name differs from another's by its spelling alone."""
    one = chance.choice(site.entries)
    text = _respelt(one.name.text, chance)
    site.add(one.league, text, one.place.club, f"Series {100 + next(site.fresh)}", like=one.name.kin)
    site.tell("got a twin", [one])


def found_a_second(site: Website, chance: Random) -> None:
    """A club has a second team in a series, of which the import keeps one."""
    one = chance.choice(site.entries)
    text = f"{one.name.text} {chance.choice('BCDEFGHJKLMN')}"
    site.add(one.league, text, one.place.club, one.place.series, beside=one.place.kin)
    site.tell("got a second team in its place", [one])


def transfer_players(site: Website, chance: Random) -> None:
    """A player changes the team."""
    pair = _of_one_league(site, chance, 2)
    if len(pair) == 2 and pair[0].players:
        player = chance.choice(sorted(pair[0].players))
        pair[0].players.remove(player)
        pair[1].players.add(player)


def replace_a_leagues_players(site: Website, chance: Random) -> None:
    """A season's import keeps none of a league's outside ids."""
    league = chance.choice(site.entries).league
    new: dict[str, str] = {}
    for entry in site.entries:
        if entry.league == league:
            entry.players = {new.setdefault(player, f"p{next(site.fresh)}") for player in sorted(entry.players)}


def letters(number: int) -> str:
    """A number in letters, so that no made-up name has a digit in common with a series."""
    return "".join(chr(ord("A") + int(digit)) for digit in str(number))


# Unseen


def swap_both(site: Website, chance: Random) -> None:
    """Two teams exchange name and place."""
    _rotate(_of_one_league(site, chance, 2))


def shift(site: Website, chance: Random) -> None:
    """Every team of several gets name and place of the next."""
    _rotate(_of_one_league(site, chance, 4))


def rename_onto_vacated(site: Website, chance: Random) -> None:
    """A team folds, and another takes over its name and its place."""
    pair = _of_one_league(site, chance, 2)
    if len(pair) == 2:
        site.entries.remove(pair[0])
        pair[1].name, pair[1].place = pair[0].name, pair[0].place


def merge(site: Website, chance: Random) -> None:
    """Two teams become a third, which has the name and place of the first and the players of both."""
    pair = _of_one_league(site, chance, 2)
    if len(pair) == 2:
        one, other = pair
        site.entries.remove(other)
        site.entries[site.entries.index(one)] = Entry(
            next(site.fresh), one.league, one.name, one.place, one.players | other.players
        )


def split(site: Website, chance: Random) -> None:
    """A team becomes two, of which one has its name and place; the players are shared out."""
    (one,) = _of_one_league(site, chance, 1)
    site.entries[site.entries.index(one)] = Entry(
        next(site.fresh), one.league, one.name, one.place, set(sorted(one.players)[::2])
    )
    other = site.add(one.league, f"{one.name.text} B{letters(one.tag)}", one.place.club, f"Series {100 + one.tag}")
    other.players = set(sorted(one.players)[1::2])


def replace_by_a_twin(site: Website, chance: Random) -> None:
    """A club's other team, whose name differs by its spelling alone, takes the place of one that folds."""
    one = chance.choice(site.entries)
    twin = site.add(one.league, _respelt(one.name.text, chance), one.place.club, one.place.series, like=one.name.kin)
    twin.place.kin = one.place.kin
    site.entries.remove(one)


def _rotate(entries: list[Entry]) -> None:
    held = [(entry.name, entry.place) for entry in entries]
    for entry, (name, place) in zip(entries, [*held[1:], *held[:1]], strict=True):
        entry.name, entry.place = name, place


ORDINARY: tuple[Operation, ...] = (
    leave_out_series,
    leave_out_league,
    leave_out_teams,
    bring_everything_back,
    list_in_another_order,
    recreate,
    relabel_a_season,
    relabel_one_series,
    respell_a_name,
    respell_a_club,
    rename,
    move,
    swap_names,
    swap_places,
    fold,
    found,
    found_a_twin,
    found_a_second,
    transfer_players,
    replace_a_leagues_players,
)
LABELS_ONLY: tuple[Operation, ...] = (
    bring_everything_back,
    recreate,
    relabel_a_season,
    relabel_one_series,
    respell_a_name,
    respell_a_club,
    transfer_players,
)
LISTS_ONLY: tuple[Operation, ...] = (
    leave_out_series,
    leave_out_league,
    leave_out_teams,
    bring_everything_back,
    recreate,
)
UNSEEN: tuple[Operation, ...] = (swap_both, shift, rename_onto_vacated, merge, split, replace_by_a_twin)

"""Made-up lists of clubs, series, players and declared parents over some imports, and who is truly who.

What a list says is all that the program is given. The tags are the truth, and the program never sees them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from random import Random

from practice_guard.core.identity import Entry

PARENTS = ("clubs", "series", "players", "balls", "cases")
LEAGUES = (1, 2, 3)
TEAMS = tuple(range(1, 9))
"""Their tags; a team's league is told by its tag."""

_CLUBS = (
    "Tennaqua", "Wilmette", "Winnetka", "Lake Forest", "PraIrie Club", "Hinsdale PC", "Park Ridge CC", "Glen View",
    "Birchwood", "Skokie", "Onwentsia", "Indian Hill", "Exmoor", "Sunset Ridge", "Valley Lo", "North Shore",
)  # fmt: skip
_BRANDS = ("Viking", "Wilson", "Xenon", "Pro Penn", "Dunlop", "Head", "Sauce", "Evo")
_WORDS = ("Series {}", "Chicago {}", "S{}", "{}", "S {}")
ID_HABITS = ("new", "recycled", "kept", "shuffled")

Tag = int


@dataclass
class Thing:
    """What is truly one thing: how it is written today, and where it truly belongs."""

    tag: Tag
    text: str
    above: Tag | None = None
    second: str = ""
    there: bool = True


@dataclass(frozen=True)
class Imported:
    """A database's lists after an import: by parent the rows, and by parent and id which thing each is.

    `plays` says of a player's tag on which team.
    """

    lists: dict[str, list[Entry]]
    truth: dict[str, dict[int, Tag]]
    leagues: dict[Tag, int]
    teams: dict[Tag, int]
    plays: dict[Tag, Tag | None]

    def id_of(self, parent: str, tag: Tag) -> int | None:
        """The id that a thing has here; None where it is not there."""
        return next((id_ for id_, other in self.truth[parent].items() if other == tag), None)

    def tags(self, parent: str) -> frozenset[Tag]:
        return frozenset(self.truth[parent].values())


@dataclass
class World:
    """All that there is, which nobody sees as a whole.

    Attributes:
        chance: what happens.
        with_leagues: whether the table of series says in which league each is.
        things: by parent.
        people: by a player's tag, the person.
        gone_leagues, gone_teams: what the next import lacks.
    """

    chance: Random
    with_leagues: bool = False
    things: dict[str, list[Thing]] = field(default_factory=dict)
    people: dict[Tag, int] = field(default_factory=dict)
    gone_leagues: set[Tag] = field(default_factory=set)
    gone_teams: set[Tag] = field(default_factory=set)
    happened: list[str] = field(default_factory=list)
    _next: int = 1

    def new(self, parent: str, text: str, above: Tag | None = None, second: str = "") -> Thing:
        """Something that was not there before."""
        thing = Thing(self._next, text, above, second)
        self._next += 1
        self.things.setdefault(parent, []).append(thing)
        return thing

    def some(self, parent: str, count: int = 2) -> list[Thing]:
        """Some of the things of a parent that are there."""
        there = [each for each in self.things[parent] if each.there]
        return self.chance.sample(there, min(count, len(there)))

    def imports(self, before: Imported | None, habit: str) -> Imported:
        """Give ids to all that is there."""
        leagues = self._numbered(set(LEAGUES) - self.gone_leagues, before.leagues if before else {}, habit)
        teams = self._numbered(set(TEAMS) - self.gone_teams, before.teams if before else {}, habit)
        lists: dict[str, list[Entry]] = {}
        truth: dict[str, dict[int, Tag]] = {}
        ids: dict[str, dict[Tag, int]] = {}
        for parent in PARENTS:
            there = [each for each in self.things[parent] if each.there]
            if parent == "series" and self.with_leagues:
                there = [each for each in there if each.above in leagues]
            if parent == "players":  # a team that the website lacks has no players there
                there = [each for each in there if each.above is None or each.above in teams]
            if parent == "cases":
                there = [each for each in there if each.above in ids["balls"]]
            old = {tag: id_ for id_, tag in before.truth[parent].items()} if before else {}
            ids[parent] = self._numbered({each.tag for each in there}, old, habit)
            truth[parent] = {id_: tag for tag, id_ in ids[parent].items()}
            above = {"series": leagues, "players": teams, "cases": ids.get("balls", {})}.get(parent, {})
            lists[parent] = [self._row(parent, each, ids[parent][each.tag], above) for each in there]
            self.chance.shuffle(lists[parent])
        plays = {each.tag: each.above for each in self.things["players"]}
        return Imported(lists, truth, leagues, teams, plays)

    def _row(self, parent: str, thing: Thing, id_: int, above: dict[Tag, int]) -> Entry:
        lead = str(above[thing.above]) if thing.above in above and thing.above is not None else None
        said: dict[str, dict[str, str | None]] = {
            "clubs": {"name": thing.text},
            "series": {"name": thing.text, **({"league_id": lead} if self.with_leagues else {})},
            "players": {"tenniscores_player_id": thing.text, "team_id": lead},
            "balls": {"brand": thing.text, "model": thing.second or None},
            "cases": {"ball_id": lead, "size": thing.text},
        }
        return Entry(id_, said[parent])

    def _numbered(self, tags: Iterable[Tag], before: dict[Tag, int], habit: str) -> dict[Tag, int]:
        fresh = iter(range(max([*before.values(), 0]) + 1, 10_000))
        order = sorted(tags)
        self.chance.shuffle(order)
        used = sorted(before.values())
        if habit == "kept":
            return {tag: before.get(tag) or next(fresh) for tag in order}
        if habit == "recycled":
            fresh = iter(range(1, 10_000))
        elif habit == "shuffled":
            self.chance.shuffle(used)
            return {tag: used.pop() if used else next(fresh) for tag in order}
        return {tag: next(fresh) for tag in order}


def build(chance: Random) -> World:
    """Clubs, series of three leagues, players of one or several teams, and balls in cases of several sizes."""
    world = World(chance, with_leagues=chance.random() < 0.5)
    for name in chance.sample(_CLUBS, 6):
        world.new("clubs", name)
    numbers = chance.sample(range(1, 40), 8)
    for at, number in enumerate(numbers):
        word = chance.choice(_WORDS[:3])
        world.new("series", word.format(number), LEAGUES[at % 3] if world.with_leagues else None)
        if world.with_leagues and chance.random() < 0.5:
            world.new("series", chance.choice(_WORDS).format(number), LEAGUES[(at + 1) % 3])
    for person in range(1, 9):
        for team in chance.sample((None, *TEAMS), chance.choice((1, 1, 2, 3))):
            world.people[world.new("players", f"nndz-{person:04}", team).tag] = person
    for brand in chance.sample(_BRANDS, 4):
        ball = world.new("balls", brand, second=chance.choice(("", "Extreme", "Oz")))
        for size in chance.sample(("12", "24", "48"), 2):
            world.new("cases", size, ball.tag)
    return world


# What happens between two imports


def respell(world: World) -> None:
    """Another case, more blanks, a comma: the same to everybody who reads it."""
    for parent in ("clubs", "balls", "series"):
        for thing in world.some(parent):
            other = world.chance.choice((str.upper, str.lower, lambda text: f" {text} ", lambda text: f"{text},"))
            thing.text = other(thing.text.strip(" ,"))


def relabel(world: World) -> None:
    """A season's other word for its series; of a league, where they are told apart."""
    word = world.chance.choice(_WORDS)
    league = world.chance.choice(LEAGUES)
    for thing in world.things["series"]:
        if thing.above in (None, league):
            thing.text = word.format(_number(thing.text))


def _number(text: str) -> str:
    return "".join(sign for sign in text if sign.isdigit())


def leave_out(world: World) -> None:
    for parent in PARENTS:
        for thing in world.some(parent, world.chance.choice((0, 1, 2))):
            thing.there = False


def come_back(world: World) -> None:
    for parent in PARENTS:
        for thing in world.things[parent]:
            thing.there = thing.there or world.chance.random() < 0.5


def leave_out_leagues_and_teams(world: World) -> None:
    world.gone_leagues = set(world.chance.sample(LEAGUES, world.chance.choice((0, 1))))
    world.gone_teams = set(world.chance.sample(TEAMS, world.chance.choice((0, 1, 2))))


def add_namesake(world: World) -> None:
    """Another thing in another spelling of a name, in the same league where leagues are told."""
    parent = world.chance.choice(("clubs", "series"))
    for thing in world.some(parent, 1):
        text = f"{thing.text.strip(' ,').swapcase()}"
        if parent == "series":
            text = world.chance.choice(_WORDS).format(_number(thing.text))
        if any(text == each.text and thing.above == each.above for each in world.things[parent]):
            continue
        world.new(parent, text, thing.above)


def merge(world: World) -> None:
    """The import makes one of what is alike to a reader."""
    for parent in ("clubs", "series"):
        seen = set()
        for thing in world.things[parent]:
            plain = (_number(thing.text) or thing.text.strip(" ,").casefold(), thing.above)
            thing.there = thing.there and plain not in seen
            seen.add(plain)


def swap_names(world: World) -> None:
    """Which no list can show."""
    parent = world.chance.choice(("clubs", "balls", "players"))
    pair = world.some(parent, 2)
    if len(pair) < 2:
        return
    one, other = pair
    if parent == "players":
        first, second = one.text, other.text
        for each in world.things["players"]:
            each.text = {first: second, second: first}.get(each.text, each.text)
        return
    (one.text, one.second), (other.text, other.second) = (other.text, other.second), (one.text, one.second)


def take_a_name(world: World) -> None:
    """One thing goes, and another is called so from now on, which no list can show."""
    pair = world.some(world.chance.choice(("clubs", "balls")), 2)
    if len(pair) == 2:
        gone, heir = pair
        gone.there = False
        heir.text, heir.second = gone.text, gone.second


def rename(world: World) -> None:
    """Something is called as nothing ever was."""
    for parent in ("clubs", "balls"):
        for thing in world.some(parent, 1):
            thing.text = f"The {thing.text.strip(' ,')} of {world.chance.randrange(10**6)}"


def change_teams(world: World) -> None:
    for thing in world.some("players", 3):
        free = set(TEAMS) - {each.above for each in world.things["players"] if each.text == thing.text}
        if free:
            thing.above = world.chance.choice(sorted(free))


def replace_ids_of_a_league(world: World) -> None:
    """Every player of some teams has another outside id."""
    teams = set(world.chance.sample(TEAMS, 4))
    for thing in world.things["players"]:
        if thing.above in teams:
            thing.text = f"cnsw-{thing.text.rsplit('-', 1)[-1]}-{world.chance.randrange(10**6)}"


def add(world: World) -> None:
    world.new("clubs", f"Club {world.chance.randrange(10**6)}")
    world.new("series", f"Division {world.chance.randrange(10**6)}", LEAGUES[0] if world.with_leagues else None)
    person = world.chance.randrange(10**6)
    world.people[world.new("players", f"nndz-{person}", world.chance.choice(TEAMS)).tag] = person
    world.new("cases", "96", world.new("balls", f"Ball {world.chance.randrange(10**6)}").tag)


HAPPENING = (
    respell, respell, relabel, relabel, leave_out, leave_out, come_back, leave_out_leagues_and_teams, add_namesake,
    merge, swap_names, take_a_name, rename, change_teams, replace_ids_of_a_league, add,
)  # fmt: skip


def history(chance: Random) -> tuple[World, Sequence[Imported]]:
    """A world, and its lists after two to five imports."""
    world = build(chance)
    imports = [world.imports(None, "new")]
    for _ in range(chance.randint(1, 4)):
        for step in chance.sample(HAPPENING, chance.randint(1, 3)):
            step(world)
            world.happened.append(step.__name__)
        habit = chance.choice(ID_HABITS)
        imports.append(world.imports(imports[-1], habit))
        world.happened.append(f"import with {habit} ids")
    return world, imports

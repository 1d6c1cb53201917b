"""Never a reference at a wrong club, series, player or declared row, counted over histories of imports."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from random import Random
from types import SimpleNamespace
from typing import Any, cast

import pytest

from practice_guard.core.application import BUILT_IN_PARENTS, Parent
from practice_guard.core.application.catalog import Table
from practice_guard.core.application.renumbered import BoundParent
from practice_guard.core.guarding import Request
from practice_guard.core.identity import Decisions, Entry, Led, entries
from practice_guard.core.model import Fate
from practice_guard.core.restore import leading
from tests.world.parents import PARENTS, Imported, World, history
from tests.world.planting import Bug, notices

HISTORIES = 10_000
PARTS = 4
DECLARED = (
    Parent("balls", "balls", ("brand", "model")),
    Parent("cases", "cases", ("ball_id", "size"), (("ball_id", "balls"),)),
)


def resolved(world: World, old: Imported, new: Imported) -> dict[str, dict[int, Led]]:
    """What the program makes of two lists; of teams and leagues it is told the truth."""
    known = {each.name: each for each in (*BUILT_IN_PARENTS, *DECLARED)}
    followed = []
    for name in PARENTS:
        parent = known[name]
        same = tuple(column for column in parent.same if column != "league_id" or world.with_leagues)
        followed.append(BoundParent(parent, cast("Table", None), "id", same))
    teams = {id_: _match(new.teams.get(tag)) for tag, id_ in old.teams.items()}
    leagues = {id_: new.leagues[tag] for tag, id_ in old.leagues.items() if tag in new.leagues}
    app: Any = SimpleNamespace(followed=followed)
    resolution: Any = SimpleNamespace(matches=teams)
    found = leading.lead(
        app, {"then": old.lists}, new.lists, {"then": (resolution, leagues)}, {"then": Decisions(())}, Request()
    )
    return found["then"]


def _match(id_: int | None) -> SimpleNamespace:
    return SimpleNamespace(new=None if id_ is None else SimpleNamespace(id=id_))


class Judge:
    """Holds what the program found against what is true."""

    def __init__(self, world: World, old: Imported, new: Imported) -> None:
        self.world, self.old, self.new = world, old, new
        self.counted: Counter[str] = Counter()
        self.wrong: list[str] = []
        self.needless: list[str] = []
        self._unseen: set[tuple[str, int]] = set()

    def judge(self, found: Mapping[str, Mapping[int, Led]]) -> None:
        """Judge every row of the old lists, each parent after those that it leads to."""
        for parent in PARENTS:
            assert found[parent].keys() == self.old.truth[parent].keys()
            for id_, led in found[parent].items():
                self._judge(parent, self.old.truth[parent][id_], led)

    def _judge(self, parent: str, tag: int, led: Led) -> None:
        if led.new is None:
            assert led.fate in (Fate.MISSING, Fate.AMBIGUOUS), "what waits is said to wait"
            assert led.because, "and why"
            self.counted[f"{parent} waiting"] += 1
            if self._must_be_found(parent, tag, led.old):
                self.needless.append(f"{parent} {led}")
            return
        heir = self.new.truth[parent][led.new.id]
        if heir == tag or (parent == "players" and self._is_the_person(tag, heir, led.new)):
            self.counted[f"{parent} right"] += 1
        elif self._is_unseen(parent, tag, heir, led):
            self._unseen.add((parent, tag))
            self.counted[f"{parent} exchanged, as no list shows"] += 1
        else:
            self.wrong.append(f"{parent} {tag} onto {heir}: {led}")

    def _is_the_person(self, tag: int, heir: int, new: Entry) -> bool:
        """Whether it is the same person, on the same team or with no other row."""
        if self.world.people[tag] != self.world.people[heir]:
            return False
        called = new.said["tenniscores_player_id"]
        rows = [each for each in self.new.lists["players"] if each.said["tenniscores_player_id"] == called]
        return len(rows) == 1 or self.old.plays[tag] == self.new.plays[heir]

    def _is_unseen(self, parent: str, tag: int, heir: int, led: Led) -> bool:
        """Whether the one was called so then and the other is now, and never both at a time: no list can show that."""
        if parent == "cases":
            same = led.new is not None and led.old.said["size"] == led.new.said["size"]
            return same and ("balls", self._above(tag)) in self._unseen
        if parent == "players":
            called = led.new is not None and led.old.said["tenniscores_player_id"]
            return self.world.people[tag] != self.world.people[heir] and called == (
                led.new and led.new.said["tenniscores_player_id"]
            )
        above = {each.tag: each.above for each in self.world.things[parent]}
        then, now = self._written(parent, self.old), self._written(parent, self.new)
        return above[tag] == above[heir] and any(
            read(then[tag]) == read(now[heir]) not in (read(then.get(heir)), read(now.get(tag))) for read in READINGS
        )

    @staticmethod
    def _written(parent: str, of: Imported) -> dict[int, Entry]:
        return {of.truth[parent][row.id]: row for row in of.lists[parent]}

    def _above(self, tag: int) -> int:
        return next(each.above or 0 for each in self.world.things["cases"] if each.tag == tag)

    def _must_be_found(self, parent: str, tag: int, old: Entry) -> bool:
        """Whether it is there under a name that nothing else has or had, in a place of which all is known."""
        id_ = self.new.id_of(parent, tag)
        if id_ is None or parent in ("players", "cases"):
            return False
        now = next(each for each in self.new.lists[parent] if each.id == id_)
        alone = all(
            Counter(map(_plainly, of.lists[parent]))[_plainly(row)] == 1
            for of, row in ((self.old, old), (self.new, now))
        )
        return alone and _plainly(old)[:2] == _plainly(now)[:2]


def _plainly(row: Entry) -> tuple[str, str | None, str | None]:
    """What a person reads in a row; of a label the number, and whether it is of a division."""
    text = str(row.said.get("name", row.said.get("brand"))).strip(" ,").casefold()
    number = "".join(sign for sign in text if sign.isdigit())
    is_label = number and text.replace(number, "").strip() in ("series", "chicago", "s", "")
    return number if is_label else text, row.said.get("model"), row.said.get("league_id")


def _letter(row: Entry | None) -> str | None:
    return None if row is None else row.said.get("name", row.said.get("brand"))


def _folded(row: Entry | None) -> str | None:
    return None if row is None else str(_letter(row)).strip(" ,").casefold()


def _as_read(row: Entry | None) -> tuple[str | None, ...] | None:
    return None if row is None else _plainly(row)[:2]


READINGS: tuple[Callable[[Entry | None], object], ...] = (_letter, _folded, _as_read)
"""As a name is written, without its case, and as a person reads it."""


def nothing_is_wrong(seeds: range) -> Counter[str]:
    """Judge lists of some histories against the next and against the last ones; return what was counted."""
    counted: Counter[str] = Counter()
    for seed in seeds:
        world, imports = history(Random(seed))
        for at, old in enumerate(imports[:-1]):
            for new in [imports[at + 1], imports[-1]][: len(imports) - at - 1]:
                judge = Judge(world, old, new)
                judge.judge(resolved(world, old, new))
                assert not judge.wrong, (seed, world.happened, judge.wrong)
                assert not judge.needless, (seed, world.happened, judge.needless)
                counted += judge.counted
        counted["histories"] += 1
    return counted


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("part", range(PARTS))
def test_ten_thousand_histories_have_no_reference_at_a_wrong_parent(part: int) -> None:
    """In four parts, so that they run beside each other."""
    counted = nothing_is_wrong(range(part, HISTORIES, PARTS))
    print(f"\nhistories of parents, part {part + 1} of {PARTS}, wrong: 0")
    print("\n".join(f"  {count:8,} {what}" for what, count in counted.most_common()))
    assert counted["histories"] == HISTORIES // PARTS
    for parent in PARENTS:
        assert counted[f"{parent} right"] > counted[f"{parent} waiting"] > 0
        assert counted[f"{parent} exchanged, as no list shows"] < 0.08 * counted[f"{parent} right"]


BUGS = [
    Bug(
        "same id, same row",
        entries,
        "        candidates = new.get(key, [])\n",
        "        candidates = new.get(key, []) or [other for other in now if other.entry.id == each.entry.id]\n",
        lambda: nothing_is_wrong(range(40)),
    ),
    Bug(
        "the league of a series is not asked",
        entries,
        "strict = tuple(value for column, value in places.items() if column not in ways.loose)",
        "strict: tuple[Place, ...] = ()",
        lambda: nothing_is_wrong(range(40)),
    ),
    Bug(
        "a player's team tells nothing",
        entries,
        "if each.loose and other.loose == each.loose]",
        "][:1]",
        lambda: nothing_is_wrong(range(40)),
    ),
    Bug(
        "an old row that is found already is alike to nobody",
        entries,
        "    old, new = _grouped(before, form), _grouped(now, form)\n",
        "    old, new = _grouped(left, form), _grouped(now, form)\n",
        lambda: nothing_is_wrong(range(100)),
    ),
    Bug(
        "nothing but the letter counts",
        entries,
        "*(() if exact_only else ways.forms)",
        "*()",
        lambda: nothing_is_wrong(range(40)),
    ),
]


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.name)
def test_histories_notice_a_planted_bug(bug: Bug) -> None:
    assert notices(bug)

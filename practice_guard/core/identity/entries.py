"""Rows of a parent matched by what they say they are: clubs, series, players, and what settings declare. Pure.

Teams have more than that (see `resolution`), and leagues their codes (see `leagues`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from practice_guard.core.model import Evidence, Fate

Text = str | None
Texts = tuple[Text, ...]
Form = Callable[[str], Hashable]
Place = int | str | None
"""An id of today that a row leads to; None where it leads nowhere, and a word where nobody knows where."""

_UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of a parent as one list has it: its id, and by column what says which row it is."""

    id: int
    said: Mapping[str, Text]

    @property
    def spelled(self) -> str:
        """Its id as people know it; the list has that under no name where it is known by a number made of it."""
        return self.said.get("") or str(self.id)

    @property
    def words(self) -> Mapping[str, Text]:
        """What it says besides its id: of what it leads to, as people know that."""
        own = ((column, value) for column, value in self.said.items() if column.strip("\n") == column != "")
        return {column: self.said.get(f"\n{column}", value) for column, value in own}


@dataclass(frozen=True, slots=True)
class Ways:
    """By what the rows of a parent are compared.

    Attributes:
        texts: the columns that are compared as they are written.
        leads: by column that leads to another parent, where that one's old ids lead today; None for nowhere.
        loose: the columns among those that only tell apart rows which are alike otherwise.
        forms: how texts are written where they differ, the strictest first.
        heirs: by what an old row says, what the one says that a person has decided for.
        merging: what those say whose heir may be another's too.
        given_up: what those say that a person has given up.
    """

    texts: tuple[str, ...]
    leads: Mapping[str, Mapping[int, int | None]] = field(default_factory=dict)
    loose: frozenset[str] = frozenset()
    forms: tuple[Form, ...] = ()
    heirs: Mapping[Texts, Texts] = field(default_factory=dict)
    merging: frozenset[Texts] = frozenset()
    given_up: frozenset[Texts] = frozenset()


@dataclass(frozen=True, slots=True)
class Led:
    """What became of one old row: its new id with the evidence, or none, with the reason in `because`.

    `given_up` is a person's decision that what hangs on it is to wait no longer.
    """

    old: Entry
    fate: Fate
    new: Entry | None = None
    evidence: Evidence | None = None
    because: str = ""
    given_up: bool = False


@dataclass(frozen=True, slots=True)
class _Written:
    """A row as it is compared, with the ids of today that it leads to."""

    entry: Entry
    texts: tuple[Text, ...]
    place: tuple[Place, ...]
    loose: tuple[Place, ...]


def resolve_entries(
    old: Iterable[Entry], new: Iterable[Entry], ways: Ways, *, exact_only: bool = False
) -> dict[int, Led]:
    """Match the rows of a parent one to one: by what they say to the letter, then in each form, then as was decided.

    A form counts only where neither list has two rows that it makes alike. A row that leads to something of which
    nobody knows what it is today waits, save where that only tells it from others.

    Args:
        old: the rows in the list that ids come from.
        new: the rows now.
        ways: by what they are compared.
        exact_only: whether only what is the same to the letter is taken (after an ETL that failed half-way).

    Returns:
        by old id what became of the row.
    """
    found: dict[int, Led] = {}
    before: list[_Written] = []
    for each in old:
        written = _before(each, ways)
        if isinstance(written, Led):
            found[each.id] = written
        else:
            before.append(written)
    now = [_now(each, ways) for each in new]
    left = before
    for form in (None, *(() if exact_only else ways.forms)):
        left = _step(left, before, now, form, found)
    _decide(left, now, ways, found)
    for other in left:
        found.setdefault(other.entry.id, Led(other.entry, Fate.MISSING, because="none is called so now"))
    return {old: _given_up(led, ways) for old, led in found.items()}


def _given_up(led: Led, ways: Ways) -> Led:
    said = tuple(led.old.said.get(column) for column in ways.texts)
    return replace(led, given_up=True) if led.new is None and said in ways.given_up else led


def explain_entry(parent: str, led: Led) -> str:
    """Say in one sentence what became of a row of a parent, and by which evidence."""
    became = led.because or "it is not there"
    if led.new is not None:
        same = f"is kept as id {led.new.spelled}" if led.fate is Fate.KEPT else f"is now id {led.new.spelled}"
        other = "" if led.new.words == led.old.words else f", {_said(led.new)}"
        became = f"{same}{other}: evidence {led.evidence}."
    else:
        waits = "a person gave it up" if led.given_up else "what hangs on it waits"
        became = f"is {led.fate}: {became}; {waits}."
    text = f"{parent}: {_said(led.old)}, id {led.old.spelled}, {became}"
    return re.sub(r"[\r\n\t\v\f]", " ", text)


def _said(entry: Entry) -> str:
    return ", ".join(f"{column} {value}" for column, value in entry.words.items() if value) or "says nothing"


def _before(entry: Entry, ways: Ways) -> _Written | Led:
    """Write an old row, with where it leads today; one that leads to what nobody knows is decided already."""
    places: dict[str, Place] = {}
    for column, leads in ways.leads.items():
        value = _number(entry.said.get(column))
        today = leads.get(value) if isinstance(value, int) else None
        places[column] = _UNKNOWN if value is not None and today is None else today
        if places[column] == _UNKNOWN and column not in ways.loose:
            return Led(entry, Fate.MISSING, because=f"what its {column} leads to is not known")
    return _written(entry, ways, places)


def _now(entry: Entry, ways: Ways) -> _Written:
    return _written(entry, ways, {column: _number(entry.said.get(column)) for column in ways.leads})


def _written(entry: Entry, ways: Ways, places: Mapping[str, Place]) -> _Written:
    texts = tuple(entry.said.get(column) for column in ways.texts)
    strict = tuple(value for column, value in places.items() if column not in ways.loose)
    return _Written(entry, texts, strict, tuple(value for column, value in places.items() if column in ways.loose))


def _number(value: Text) -> Place:
    """Read an id; a column that was of another type when a list was kept, or is now, leads nobody knows where."""
    try:
        return None if value is None else int(value)
    except ValueError:
        return value


Key = tuple[tuple[Hashable, ...], tuple[Place, ...]]


def _key(each: _Written, form: Form | None) -> Key:
    if form is None:
        return each.texts, each.place
    return tuple(None if text is None else form(text) for text in each.texts), each.place


def _grouped(rows: Iterable[_Written], form: Form | None) -> dict[Key, list[_Written]]:
    groups: dict[Key, list[_Written]] = {}
    for each in rows:
        groups.setdefault(_key(each, form), []).append(each)
    return groups


def _step(
    left: Sequence[_Written],
    before: Sequence[_Written],
    now: Sequence[_Written],
    form: Form | None,
    found: dict[int, Led],
) -> list[_Written]:
    """Match what is left by one form; return what then still is. `before` and `now` are all rows of both lists."""
    if not left:
        return []
    old, new = _grouped(before, form), _grouped(now, form)
    still: list[_Written] = []
    for each in left:
        key = _key(each, form)
        candidates = new.get(key, [])
        if not candidates or not _says(key):
            still.append(each)
        elif form is not None and (_spellings(old[key]) > 1 or _spellings(candidates) > 1):
            found[each.entry.id] = Led(each.entry, Fate.AMBIGUOUS, because="several are called nearly so")
            still.append(each)
        else:
            found[each.entry.id] = _one_of(each, old[key], candidates, form)
    return still


def _says(key: Key) -> bool:
    """Whether anything is said: a row that has texts says who it is by them, another by what it leads to."""
    texts, place = key
    return any(texts) if texts else any(each is not None for each in place)


def _spellings(rows: Iterable[_Written]) -> int:
    return len({each.texts for each in rows})


def _one_of(each: _Written, alike: Sequence[_Written], candidates: Sequence[_Written], form: Form | None) -> Led:
    """Take the one that says the same; of several, and of one that several old rows say, the loose columns tell."""
    chosen = list(candidates)
    if len(chosen) > 1:
        chosen = [other for other in chosen if each.loose and other.loose == each.loose]
    elif len(alike) > 1 and not each.loose:
        chosen = []
    if len(chosen) != 1:
        return Led(each.entry, Fate.AMBIGUOUS, because="several say the same")
    evidence = Evidence.EXACT if form is None else Evidence.NORMALISED
    return _led(each.entry, chosen[0].entry, evidence)


def _led(old: Entry, new: Entry, evidence: Evidence) -> Led:
    same = old.id == new.id
    if same and evidence is Evidence.EXACT:
        evidence = Evidence.SAME_ID
    return Led(old, Fate.KEPT if same else Fate.RENUMBERED, new, evidence)


def _decide(left: Sequence[_Written], now: Sequence[_Written], ways: Ways, found: dict[int, Led]) -> None:
    """Follow a person's decisions about rows that nothing else matches; an heir of two is nobody's, unless merged."""
    if not ways.heirs:
        return
    by_text = _grouped(now, None)
    taken = {led.new.id for led in found.values() if led.new is not None}
    wanted: dict[int, list[_Written]] = {}
    for each in left:
        heir = ways.heirs.get(each.texts)
        candidates = by_text.get((heir, each.place), []) if heir else []
        if len(candidates) == 1:
            wanted.setdefault(candidates[0].entry.id, []).append(each)
    heirs = {each.entry.id: each.entry for each in now}
    for id_, olds in wanted.items():
        alone = len(olds) == 1 and id_ not in taken
        for each in olds:
            if alone or each.texts in ways.merging:
                found[each.entry.id] = _led(each.entry, heirs[id_], Evidence.DECISION)

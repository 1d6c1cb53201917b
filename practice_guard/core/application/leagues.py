"""How leagues write their teams, as users declare it in `[[league]]`; read strictly, and pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NoReturn

from practice_guard.core import toml
from practice_guard.core.identity import EVERY_OTHER, ORDINALS, Habits, League
from practice_guard.core.identity.normalise import text
from practice_guard.core.words import near

_TEXTS = ("code",)
_WORDS = ("series_words", "club_words", "code_aliases")
_SINGLE = ("series_words", "club_words", "ordinals")
"""What has single words in it: others would never be found in a name."""
_COLUMNS = ("outside_id", "active")
_NAMES = ("place", "unique")
FIELDS = (
    "code", "series_words", "ordinals", "club_words", "club_aliases", "code_aliases", "names", "outside_id",
    "outside_id_confirms", "active",
)  # fmt: skip
"""All that a section can say."""


@dataclass(frozen=True, slots=True)
class NamedColumn:
    """A column of `teams` that a section names: in which field, and where that stands, as `file, line n`."""

    name: str
    of: str
    place: str


@dataclass(frozen=True, slots=True)
class Leagues:
    """What the sections say, and the columns that must be there for it."""

    habits: Habits
    columns: tuple[NamedColumn, ...]


def read(file: str, places: toml.Lines, given: object) -> Leagues:
    """Read all sections. What one leaves out is as the section `*` has it, else as `League` has it.

    Args:
        file: its name in messages.
        places: its lines.
        given: what stands under `league`.

    Raises:
        errors.UsageError: a field is unknown or of the wrong kind, a code is missing or declared twice, or an alias
            leads nowhere; says the line, and the nearest field there is.
    """
    if not isinstance(given, list) or not all(isinstance(each, dict) for each in given):
        toml.refuse(file, places.of("league"), "leagues are written as [[league]]")
    reader = _Reader(file, places)
    sections = [reader.section(number, each) for number, each in enumerate(given)]
    for number, section in enumerate(sections):
        reader.take_codes(number, section)
    common = {
        key: value
        for section in sections
        if section["code"] == EVERY_OTHER
        for key, value in section.items()
        if key not in ("code", "code_aliases")
    }
    leagues = tuple(League(**{**common, **section}) for section in sections)
    for number, league in enumerate(leagues):
        if wrong := _aliases_without_forms(league):
            reader.refuse(number, "club_aliases", wrong)
    return Leagues(Habits(leagues), tuple(reader.columns))


@dataclass
class _Reader:
    """The sections of a file, and what was said in those before.

    Attributes:
        file: its name in messages.
        places: its lines.
        codes: by a code or another spelling of one, normalised, what it is, and where.
        columns: the columns that were named.
    """

    file: str
    places: toml.Lines
    codes: dict[str, str] = field(default_factory=dict)
    columns: list[NamedColumn] = field(default_factory=list)

    def refuse(self, number: int, key: str, what: str) -> NoReturn:
        toml.refuse(self.file, self.places.of("league", number, key), what)

    def section(self, number: int, given: Mapping[str, Any]) -> dict[str, Any]:
        """Read what one section says of itself, as the fields of `League`."""
        for key, value in given.items():
            if key not in FIELDS:
                self.refuse(number, key, f"a league has no {key!r}{near(key, FIELDS)}; it has {', '.join(FIELDS)}")
            if wrong := _wrong_kind(key, value):
                self.refuse(number, key, wrong)
            if wrong := _wrong(key, value):
                self.refuse(number, key, wrong)
        if "code" not in given:
            self.refuse(number, "", f"this league has no code; {EVERY_OTHER!r} is the code for all others")
        if given["code"] == EVERY_OTHER and "code_aliases" in given:
            self.refuse(number, "code_aliases", f"{EVERY_OTHER!r} is all other leagues, and has no aliases")
        for key in _COLUMNS:
            if key in given:
                place = f"{self.file}, line {self.places.of('league', number, key)}"
                self.columns.append(NamedColumn(given[key], key, place))
        return {_ATTRIBUTES.get(key, key): _READ.get(key, _as_it_is)(value) for key, value in given.items()}

    def take_codes(self, number: int, section: Mapping[str, Any]) -> None:
        """Refuse codes and other spellings of codes that mean a league already."""
        code = section["code"]
        self._take(number, "code", code, f"the code of a league in {self.file}, line {{line}}")
        for alias in section.get("code_aliases", ()):
            self._take(number, "code_aliases", alias, f"another spelling of {code!r} in {self.file}, line {{line}}")

    def _take(self, number: int, key: str, code: str, what: str) -> None:
        same = EVERY_OTHER if code == EVERY_OTHER else text(code)
        if same in self.codes:
            self.refuse(number, key, f"{code!r} is {self.codes[same]} already")
        self.codes[same] = what.format(line=self.places.of("league", number, key))


def _wrong_kind(key: str, value: object) -> str:
    """Say what kind of value a field takes, if this is another one."""
    if key in (*_TEXTS, *_COLUMNS):
        kind = "text" if key in _TEXTS else "the name of a column of teams"
        return "" if _is_text(value) else f"{key} is {kind}"
    if key in _WORDS:
        return "" if _are_texts(value) else f"{key} is a list of texts"
    if key == "outside_id_confirms":
        return "" if isinstance(value, bool) else f"{key} is true or false"
    if key == "names":
        return "" if value in _NAMES else f"{key} is {' or '.join(map(repr, _NAMES))}"
    if key == "club_aliases":
        table = isinstance(value, dict) and all(map(_is_text, (*value, *value.values())))
        return "" if table else f'{key} has a name for each alias: {{ "Tennaqua SC" = "Tennaqua" }}'
    groups = isinstance(value, bool) or (isinstance(value, list) and all(map(_are_texts, value)))
    return "" if groups else f'{key} is true, false, or a list of lists of words: [["2", "II"], ["3", "III"]]'


def _is_text(value: object) -> bool:
    return isinstance(value, str) and "\0" not in value


def _are_texts(value: object) -> bool:
    return isinstance(value, list) and all(map(_is_text, value))


def _wrong(key: str, value: Any) -> str:
    """Say what is wrong with a value of the right kind; nothing of a sound one."""
    if key in _COLUMNS:
        return "" if value else f"{key} is empty"
    if key in _TEXTS and value == EVERY_OTHER:
        return ""
    for word in _words(key, value):
        if not text(word):
            return f"{word!r} in {key} says nothing: there is no letter, number or sign in it"
        if key in _SINGLE and " " in text(word):
            return f"{word!r} in {key} is not one word"
        if key in _SINGLE and not text(word)[-1].isalnum():
            return f"{word!r} in {key} ends with a mark, which no word does that is looked for"
    if key == "ordinals" and value is not True:
        return _wrong_groups(value or [])
    return _wrong_aliases(value) if key == "club_aliases" else ""


def _words(key: str, value: Any) -> Iterable[str]:
    if key in _TEXTS:
        return [value]
    if key == "ordinals":
        return [] if isinstance(value, bool) else [word for group in value for word in group]
    if key == "club_aliases":
        return [*value, *value.values()]
    return value if key in _WORDS else []


def _wrong_groups(groups: Sequence[Sequence[str]]) -> str:
    taken: set[str] = set()
    for group in groups:
        words = {text(word) for word in group}
        if len(words) <= 1:
            return f"ordinals has a group in which no two words differ: {[*group]}"
        if twice := sorted(words & taken):
            return f"ordinals has {twice[0]!r} in two groups"
        taken |= words
    return ""


def _wrong_aliases(aliases: Mapping[str, str]) -> str:
    names: dict[str, str] = {}
    for alias, name in aliases.items():
        if text(alias) in names:
            return f"club_aliases has {alias!r} twice"
        if text(alias) == text(name):
            return f"club_aliases has {alias!r} as an alias of itself"
        names[text(alias)] = name
    for alias, name in aliases.items():
        if text(name) in names:
            return f"club_aliases leads from {alias!r} to {name!r}, an alias too; give the club's own name"
    return ""


def _aliases_without_forms(league: League) -> str:
    """Say what is wrong with a league's aliases of clubs once its forms of clubs are dropped from them."""
    forms = frozenset(map(text, league.club_words))

    def bare(name: str) -> str:
        return " ".join(word for word in text(name).split() if word not in forms) or text(name)

    names: dict[str, str] = {}
    for alias, name in league.club_aliases:
        if names.setdefault(bare(alias), bare(name)) != bare(name):
            return f"club_aliases has {alias!r} twice, since club_words say nothing"
    for alias, name in league.club_aliases:
        if bare(name) != bare(alias) and names.get(bare(name), bare(name)) != bare(name):
            return f"club_aliases leads from {alias!r} to {name!r}, an alias too, since club_words say nothing"
    return ""


def _as_it_is(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _ordinals(value: Any) -> tuple[tuple[str, ...], ...]:
    return ORDINALS if value is True else tuple(map(tuple, value or ()))


def _pairs(value: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(value.items())


def _is_unique(value: str) -> bool:
    return value == "unique"


_ATTRIBUTES = {"names": "unique_names"}
_READ: dict[str, Callable[[Any], Any]] = {"ordinals": _ordinals, "club_aliases": _pairs, "names": _is_unique}

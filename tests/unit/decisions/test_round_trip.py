"""Whatever is decided is written as a file that says the same."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from practice_guard.core import decisions
from practice_guard.core.identity import Decision, Decisions, Value, kind_of
from practice_guard.core.model import TeamIdentity

NAMES = st.sampled_from(["Midton", "Series 3", 'Cl"ub', "ü", "A\nB", "[[club]]", "#", "名", " ", "\\", "true"])
KINDS = {
    "team": st.builds(TeamIdentity, NAMES, NAMES, NAMES, NAMES, st.booleans()),
    "series": st.builds(TeamIdentity, NAMES, st.none(), NAMES, st.none()),
    "club": st.builds(TeamIdentity, NAMES, NAMES, st.none(), st.none()),
    "league": st.builds(TeamIdentity, NAMES, st.none(), st.none(), st.none()),
}


@st.composite
def entries(draw: st.DrawFn) -> Decision:
    """An entry that decides something."""
    kind = draw(st.sampled_from(sorted(KINDS)))
    about, heir = draw(KINDS[kind]), draw(st.none() | KINDS[kind])
    if heir == about and kind != "team":
        heir = None
    ignore = kind == "league" and draw(st.booleans())
    return Decision(about, heir, heir is None and not ignore, ignore, draw(st.booleans()), draw(st.booleans()))


@st.composite
def files(draw: st.DrawFn) -> Decisions:
    """Entries about different things, in the order of a file."""
    found = draw(st.lists(entries(), unique_by=lambda entry: entry.about, max_size=6))
    order = ["team", "series", "club", "league"]
    values = draw(st.lists(st.builds(Value, NAMES, NAMES, st.integers(0, 9)), max_size=2))
    return Decisions(tuple(sorted(found, key=lambda entry: order.index(kind_of(entry.about)))), tuple(values))


@given(files())
def test_what_is_written_is_read_back(decided: Decisions) -> None:
    assert decisions.parse(decisions.dump(decided)) == decided

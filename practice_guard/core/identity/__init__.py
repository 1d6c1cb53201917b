"""Who a team is. Pure: asks no database."""

from practice_guard.core.identity import normalise as normalise
from practice_guard.core.identity.candidates import with_candidates as with_candidates
from practice_guard.core.identity.decision import Decision as Decision
from practice_guard.core.identity.decision import Decisions as Decisions
from practice_guard.core.identity.decision import Value as Value
from practice_guard.core.identity.decision import kind_of as kind_of
from practice_guard.core.identity.decision import said as said
from practice_guard.core.identity.decision import wholes as wholes
from practice_guard.core.identity.explanation import explain as explain
from practice_guard.core.identity.explanation import reasons as reasons
from practice_guard.core.identity.gone import vanished as vanished
from practice_guard.core.identity.habits import EVERY_OTHER as EVERY_OTHER
from practice_guard.core.identity.habits import ORDINALS as ORDINALS
from practice_guard.core.identity.habits import Habits as Habits
from practice_guard.core.identity.habits import League as League
from practice_guard.core.identity.leagues import resolve_leagues as resolve_leagues
from practice_guard.core.identity.resolution import Resolution as Resolution
from practice_guard.core.identity.resolution import resolve as resolve
from practice_guard.core.identity.roster import ROSTER_AT_LEAST as ROSTER_AT_LEAST
from practice_guard.core.identity.roster import ROSTER_PERCENT as ROSTER_PERCENT
from practice_guard.core.identity.roster import Witnesses as Witnesses
from practice_guard.core.identity.spelling import Spelling as Spelling
from practice_guard.core.identity.succession import Successor as Successor
from practice_guard.core.identity.succession import successors as successors
from practice_guard.core.identity.suggestion import Suggestion as Suggestion
from practice_guard.core.identity.suggestion import suggest as suggest

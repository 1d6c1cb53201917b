"""Everything that looks and judges, and writes nothing."""

from practice_guard.core.checks import changes as changes
from practice_guard.core.checks import drift as drift
from practice_guard.core.checks import health as health
from practice_guard.core.checks import orphans as orphans
from practice_guard.core.checks import preservation as preservation
from practice_guard.core.checks import safety as safety
from practice_guard.core.checks import suggesting as suggesting
from practice_guard.core.checks.preservation import Preservation as Preservation
from practice_guard.core.checks.safety import Safety as Safety
from practice_guard.core.checks.states import Amiss as Amiss
from practice_guard.core.checks.states import Counts as Counts
from practice_guard.core.checks.states import Health as Health
from practice_guard.core.checks.suggesting import Suggested as Suggested

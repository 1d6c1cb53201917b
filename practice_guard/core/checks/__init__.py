"""Everything that looks and judges, and writes nothing."""

from practice_guard.core.checks import drift as drift
from practice_guard.core.checks import health as health
from practice_guard.core.checks import preservation as preservation
from practice_guard.core.checks import safety as safety
from practice_guard.core.checks.health import Health as Health
from practice_guard.core.checks.preservation import Preservation as Preservation
from practice_guard.core.checks.safety import Safety as Safety

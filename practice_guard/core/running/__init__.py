"""One process around the ETL."""

from practice_guard.core.running.cost import BETWEEN as BETWEEN
from practice_guard.core.running.cost import NIGHTS_BEFORE as NIGHTS_BEFORE
from practice_guard.core.running.cost import Night as Night
from practice_guard.core.running.cost import Part as Part
from practice_guard.core.running.cost import guard_slow as guard_slow
from practice_guard.core.running.cost import nights as nights
from practice_guard.core.running.cost import said_to_have_grown as said_to_have_grown
from practice_guard.core.running.cycle import resume as resume
from practice_guard.core.running.cycle import run as run
from practice_guard.core.running.phases import Ends as Ends
from practice_guard.core.running.phases import Job as Job
from practice_guard.core.running.phases import Statuses as Statuses
from practice_guard.core.running.process import Ended as Ended
from practice_guard.core.running.process import Etl as Etl
from practice_guard.core.running.process import signal_in as signal_in
from practice_guard.core.running.report import PhaseDone as PhaseDone
from practice_guard.core.running.report import PhaseResult as PhaseResult
from practice_guard.core.running.report import Report as Report
from practice_guard.core.running.report import overhead as overhead

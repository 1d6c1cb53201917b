"""A throw-away copy of a database, on which a night is rehearsed."""

from practice_guard.core.rehearsing import copying as copying
from practice_guard.core.rehearsing import estimate as estimate
from practice_guard.core.rehearsing import original as original
from practice_guard.core.rehearsing import plans as plans
from practice_guard.core.rehearsing import scratch as scratch
from practice_guard.core.rehearsing import tools as tools
from practice_guard.core.rehearsing import variables as variables

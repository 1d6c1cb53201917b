"""What can be found, with its weight and its page."""

from practice_guard.core.findings.pages import Page as Page
from practice_guard.core.findings.pages import codes as codes
from practice_guard.core.findings.pages import page as page
from practice_guard.core.findings.severities import NOTHING as NOTHING
from practice_guard.core.findings.severities import Overrides as Overrides
from practice_guard.core.findings.severities import found as found
from practice_guard.core.findings.severities import unseen as unseen
from practice_guard.core.findings.severities import validate as validate
from practice_guard.core.findings.severities import weigh as weigh
from practice_guard.core.findings.severities import worst_first as worst_first

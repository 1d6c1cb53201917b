"""The ETL's tables and the protected rows put back as they were when a snapshot was taken in full."""

from practice_guard.core.rollback import critical as critical
from practice_guard.core.rollback.tables import Change as Change
from practice_guard.core.rollback.transaction import RolledBack as RolledBack
from practice_guard.core.rollback.transaction import Wish as Wish
from practice_guard.core.rollback.transaction import apply as apply
from practice_guard.core.rollback.transaction import attempt as attempt

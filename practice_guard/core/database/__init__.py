"""How PostgreSQL is spoken to; the only wing that imports a driver."""

from practice_guard.core.database import locks as locks
from practice_guard.core.database import watchdog as watchdog
from practice_guard.core.database.borrowed import Borrowed as Borrowed
from practice_guard.core.database.connection import Connection as Connection
from practice_guard.core.database.connection import connect as connect
from practice_guard.core.database.cursors import stream as stream
from practice_guard.core.database.port import LOCK_TIMEOUT as LOCK_TIMEOUT
from practice_guard.core.database.port import STATEMENT_TIMEOUT as STATEMENT_TIMEOUT
from practice_guard.core.database.port import Access as Access
from practice_guard.core.database.port import Database as Database
from practice_guard.core.database.port import Query as Query
from practice_guard.core.database.port import Row as Row
from practice_guard.core.database.port import Timeouts as Timeouts
from practice_guard.core.database.statements import columns as columns
from practice_guard.core.database.statements import condition as condition
from practice_guard.core.database.statements import identifier as identifier
from practice_guard.core.database.statements import literal as literal
from practice_guard.core.database.statements import statement as statement
from practice_guard.core.database.unions import ask_each as ask_each
from practice_guard.core.database.unions import union as union

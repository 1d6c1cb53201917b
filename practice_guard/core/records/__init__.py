"""What the guard has on record: its mark, the ledger, the runs."""

from practice_guard.core.records import imprints as imprints
from practice_guard.core.records import installation as installation
from practice_guard.core.records import ledger as ledger
from practice_guard.core.records import marking as marking
from practice_guard.core.records import precedents as precedents
from practice_guard.core.records import runs as runs
from practice_guard.core.records.installation import Place as Place
from practice_guard.core.records.ledger import About as About
from practice_guard.core.records.ledger import Entry as Entry
from practice_guard.core.records.ledger import Kept as Kept
from practice_guard.core.records.marking import Marking as Marking
from practice_guard.core.records.precedents import Precedents as Precedents
from practice_guard.core.records.precedents import Proof as Proof
from practice_guard.core.records.precedents import Proven as Proven
from practice_guard.core.records.runs import Holder as Holder
from practice_guard.core.records.runs import Phase as Phase
from practice_guard.core.records.runs import Run as Run

"""Rows put back: planned, written, proven, taken back."""

from practice_guard.core.restore import planfile as planfile
from practice_guard.core.restore import undo as undo
from practice_guard.core.restore.goals import asked as asked
from practice_guard.core.restore.planfile import SavedPlan as SavedPlan
from practice_guard.core.restore.planning import plan as plan
from practice_guard.core.restore.planning import work_out as work_out
from practice_guard.core.restore.plans import NOT_IN_PLACE as NOT_IN_PLACE
from practice_guard.core.restore.plans import Bucket as Bucket
from practice_guard.core.restore.plans import Plan as Plan
from practice_guard.core.restore.plans import PlannedRow as PlannedRow
from practice_guard.core.restore.plans import SetFacts as SetFacts
from practice_guard.core.restore.plans import Sum as Sum
from practice_guard.core.restore.plans import count as count
from practice_guard.core.restore.rows import count_alone as count_alone
from practice_guard.core.restore.rows import count_rows as count_rows
from practice_guard.core.restore.sheets import Sheet as Sheet
from practice_guard.core.restore.summing import Workings as Workings
from practice_guard.core.restore.tasks import check_fits as check_fits
from practice_guard.core.restore.transaction import Applied as Applied
from practice_guard.core.restore.transaction import apply as apply
from practice_guard.core.restore.transaction import check_saved as check_saved
from practice_guard.core.restore.undo import Undone as Undone

"""Rows put back: planned, written, proven, taken back."""

from practice_guard.core.restore import planfile as planfile
from practice_guard.core.restore import undo as undo
from practice_guard.core.restore.goals import asked as asked
from practice_guard.core.restore.goals import origin_of as origin_of
from practice_guard.core.restore.goals import valid_ids as valid_ids
from practice_guard.core.restore.planfile import SavedPlan as SavedPlan
from practice_guard.core.restore.planning import Prepared as Prepared
from practice_guard.core.restore.planning import plan as plan
from practice_guard.core.restore.planning import plan_from as plan_from
from practice_guard.core.restore.planning import prepare as prepare
from practice_guard.core.restore.plans import Bucket as Bucket
from practice_guard.core.restore.plans import Kept as Kept
from practice_guard.core.restore.plans import Live as Live
from practice_guard.core.restore.plans import Origin as Origin
from practice_guard.core.restore.plans import Plan as Plan
from practice_guard.core.restore.plans import PlannedRow as PlannedRow
from practice_guard.core.restore.plans import SetPlan as SetPlan
from practice_guard.core.restore.rows import count_rows as count_rows
from practice_guard.core.restore.rows import live_rows as live_rows
from practice_guard.core.restore.transaction import Applied as Applied
from practice_guard.core.restore.transaction import apply as apply
from practice_guard.core.restore.transaction import check_fits as check_fits
from practice_guard.core.restore.transaction import check_saved as check_saved
from practice_guard.core.restore.undo import Undone as Undone

"""The rows as they were, in the database and as a file."""

from practice_guard.core.snapshots import archive as archive
from practice_guard.core.snapshots.copies import Carry as Carry
from practice_guard.core.snapshots.lists import team_lists as team_lists
from practice_guard.core.snapshots.sets import StoredColumn as StoredColumn
from practice_guard.core.snapshots.sets import StoredSet as StoredSet
from practice_guard.core.snapshots.sets import read_by_people as read_by_people
from practice_guard.core.snapshots.snapshot import Snapshot as Snapshot
from practice_guard.core.snapshots.snapshot import check_tables as check_tables
from practice_guard.core.snapshots.snapshot import find as find
from practice_guard.core.snapshots.snapshot import gone as gone
from practice_guard.core.snapshots.snapshot import listing as listing
from practice_guard.core.snapshots.snapshot import named as named
from practice_guard.core.snapshots.snapshot import newest as newest
from practice_guard.core.snapshots.snapshot import none_yet as none_yet
from practice_guard.core.snapshots.snapshot import sizes as sizes
from practice_guard.core.snapshots.snapshot import unverified as unverified
from practice_guard.core.snapshots.snapshot import without as without
from practice_guard.core.snapshots.verification import fault as fault
from practice_guard.core.snapshots.verification import newest_whole as newest_whole
from practice_guard.core.snapshots.verification import verify as verify
from practice_guard.core.snapshots.writing import Header as Header
from practice_guard.core.snapshots.writing import Inheritance as Inheritance
from practice_guard.core.snapshots.writing import confirm as confirm
from practice_guard.core.snapshots.writing import new_id as new_id
from practice_guard.core.snapshots.writing import remove as remove
from practice_guard.core.snapshots.writing import write as write

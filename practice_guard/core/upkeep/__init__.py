"""New snapshots taken, old ones let go."""

from practice_guard.core.upkeep import backup as backup
from practice_guard.core.upkeep import cleanup as cleanup
from practice_guard.core.upkeep.adoption import Adopted as Adopted
from practice_guard.core.upkeep.adoption import Adoptions as Adoptions
from practice_guard.core.upkeep.backup import Backup as Backup
from practice_guard.core.upkeep.backup import Wish as Wish
from practice_guard.core.upkeep.retention import Rule as Rule
from practice_guard.core.upkeep.retention import Ruling as Ruling

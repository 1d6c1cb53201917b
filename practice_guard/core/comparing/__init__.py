"""Whether two environments have what the guard relies on, alike."""

from practice_guard.core.comparing import differences as differences
from practice_guard.core.comparing import exported as exported
from practice_guard.core.comparing import facts as facts
from practice_guard.core.comparing.differences import Comparison as Comparison
from practice_guard.core.comparing.differences import Difference as Difference
from practice_guard.core.comparing.kinds import Facts as Facts
from practice_guard.core.comparing.kinds import Item as Item
from practice_guard.core.comparing.kinds import Kind as Kind

"""A person's decisions: `parse` a file, `check` it against the teams, `draft` one to edit, `dump` what was decided.

They are TOML, keyed by league, club, series and team name, never by id, which changes nightly; `file` shows the format.
A decision is the only way to overrule a resolution.
"""

from practice_guard.core.decisions.drafting import draft as draft
from practice_guard.core.decisions.drafting import dump as dump
from practice_guard.core.decisions.drafting import with_rows as with_rows
from practice_guard.core.decisions.file import parse as parse
from practice_guard.core.decisions.fit import check as check
from practice_guard.core.decisions.renamings import check_renamings as check_renamings

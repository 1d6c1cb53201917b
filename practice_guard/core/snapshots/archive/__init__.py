"""A snapshot out of the database and in again, as a file."""

from practice_guard.core.snapshots.archive.exports import Exported as Exported
from practice_guard.core.snapshots.archive.exports import Size as Size
from practice_guard.core.snapshots.archive.exports import confirm as confirm
from practice_guard.core.snapshots.archive.exports import export as export
from practice_guard.core.snapshots.archive.file import read as read
from practice_guard.core.snapshots.archive.imports import IMPORT as IMPORT
from practice_guard.core.snapshots.archive.imports import Imported as Imported
from practice_guard.core.snapshots.archive.imports import load as load
from practice_guard.core.snapshots.archive.writer import Archive as Archive

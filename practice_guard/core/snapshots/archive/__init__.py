"""A snapshot out of the database and in again, as a file."""

from practice_guard.core.snapshots.archive.transfer import IMPORT as IMPORT
from practice_guard.core.snapshots.archive.transfer import Imported as Imported
from practice_guard.core.snapshots.archive.transfer import export as export
from practice_guard.core.snapshots.archive.transfer import load as load
from practice_guard.core.snapshots.archive.transfer import read as read

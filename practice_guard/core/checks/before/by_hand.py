"""What was done by hand since the newest snapshot, and what nobody can explain (design, "Much is not little")."""

from __future__ import annotations

from practice_guard.core.checks import changes
from practice_guard.core.checks.before.scene import Answer, Scene
from practice_guard.core.checks.before.snapshots import comparison
from practice_guard.core.findings import unseen
from practice_guard.core.model import Finding
from practice_guard.core.restore import Workings


def deleted_in_bulk(scene: Scene) -> Answer:
    """Whether more rows were deleted since the newest snapshot than people delete on an ordinary day."""
    return _by_hand(scene, "deleted-in-bulk", "no more rows were deleted than on an ordinary day")


def moved_in_bulk(scene: Scene) -> Answer:
    """Whether more rows were pointed at other teams since the newest snapshot than on an ordinary day."""
    return _by_hand(scene, "moved-in-bulk", "no more rows were pointed at other teams than on an ordinary day")


def edited_in_bulk(scene: Scene) -> Answer:
    """Whether more rows say something else since the newest snapshot than on an ordinary day."""
    return _by_hand(scene, "edited-in-bulk", "no more rows were written over than on an ordinary day")


def moved(scene: Scene) -> Answer:
    """Whether some rows were pointed at other teams since the newest snapshot."""
    return _by_hand(scene, "rows-moved", "no row was pointed at another team by hand")


def absent(scene: Scene) -> Answer:
    """Whether a few rows are gone and nobody can explain it."""
    return _by_hand(scene, "rows-absent", "no row is gone of which nobody knows who took it")


def _by_hand(scene: Scene, code: str, says: str) -> Answer:
    workings = scene.once(comparison)
    if workings is None:
        return Answer("there is no snapshot to compare with", measured=True)
    if isinstance(workings, str):
        what = "1 comparison could not be made: what was done by hand since the newest snapshot is not known."
        return Answer(what, (unseen(code, what, workings),), looked=False)
    every = scene.once(_changes)
    return Answer(says, tuple(each for each in every if each.code == code))


def _changes(scene: Scene) -> list[Finding]:
    workings = scene.once(comparison)
    if not isinstance(workings, Workings):
        return []
    return [*changes.by_hand(workings), *changes.absent(workings)]

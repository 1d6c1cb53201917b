"""Runs and ETLs: one that was ended before it was finished, and one that is at work at this moment."""

from __future__ import annotations

from practice_guard.core.checks.before.mending import mending
from practice_guard.core.checks.before.scene import Answer, Scene
from practice_guard.core.database import locks
from practice_guard.core.findings import found
from practice_guard.core.records import Run, runs
from practice_guard.core.words import counted


def unfinished_run(scene: Scene) -> Answer:
    """Whether a `run` was ended after its ETL had begun and before its rows were proven in place."""
    run = scene.once(_unfinished)
    if run is None:
        return Answer("every recorded run was finished")
    if scene.once(_sessions):
        return Answer(f"run {run.id} is not finished, and may still be at work", measured=True)
    if not run.touched:
        return Answer(f"run {run.id} was ended before its ETL was started; it changed nothing", measured=True)
    finding = runs.finding(scene.database, run)
    return Answer(finding.what, (finding,))


def at_work(scene: Scene) -> Answer:
    """Whether a run, its ETL or another guard is at work. Inside an ETL that a run started, that is as it should be."""
    sessions = scene.once(_sessions)
    if not sessions:
        return Answer("no other guard and no ETL of a run is at work")
    names = list(sessions.values())
    if scene.inside_etl:
        return Answer(f"{counted(len(names), 'session')} of a run at work around this ETL", measured=True)
    what = f"{counted(len(names), 'session')} of a guard or its ETL at work: {'; '.join(names[:3])}."
    why = "A second ETL would delete what the first one imports, and neither could be put right by its own snapshot."
    fix = "\n".join(mending("end_session", pid=str(pid)) for pid in sessions)
    return Answer(what, (found("etl-at-work", what, why, f"-- wait for it, or end it:\n{fix}", examples=names),))


def _unfinished(scene: Scene) -> Run | None:
    return runs.unfinished(scene.database)


def _sessions(scene: Scene) -> dict[int, str]:
    """Return, by process, who else holds the guard's lock or is an ETL that a run started."""
    own, holders = scene.role.process, locks.holders(scene.database)
    found_ = {
        pid: f"process {pid} ({name or 'unnamed'}, since {since or 'an unknown time'})" for pid, name, since in holders
    }
    found_ |= {
        each.pid: f"process {each.pid} ({each.name})" for each in runs.etl_sessions(scene.database) if each.living
    }
    found_.pop(own, None)
    return found_

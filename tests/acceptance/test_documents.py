"""The contract of --json: what the version before had in its documents is in them still, and of the same type."""

from __future__ import annotations

import pytest

from tests.world.builders import ScratchDatabase
from tests.world.documents import COMMANDS, documents, shape
from tests.world.program import Guard
from tests.world.season_before import LEFT


@pytest.fixture
def database(left_before: ScratchDatabase) -> ScratchDatabase:
    # A document shows what it says of a table that nobody protects only where one has rows.
    left_before.rows("INSERT INTO activity_log (team_id, action_type) SELECT min(id), 'login' FROM teams")
    return left_before


def kept(name: str) -> dict[str, str]:
    """The shape that a document had."""
    lines = (LEFT / "documents" / f"{name}.txt").read_text().splitlines()
    return dict(line.rsplit(": ", 1) for line in lines)


def test_no_key_of_any_document_is_gone_or_of_another_type(database: ScratchDatabase, guard: Guard) -> None:
    assert {path.stem for path in (LEFT / "documents").iterdir()} == COMMANDS.keys()
    missing = []
    for name, document in documents(guard):
        now = shape(document)
        missing += [
            f"{name}: {path} was {types}, is {now.get(path, 'gone')}"
            for path, types in kept(name).items()
            if now.get(path) != types
        ]
    assert not missing, "\n".join(missing)

"""What somebody could do to a snapshot in the guard's tables, and what must be said of it."""

from __future__ import annotations

from tests.world.builders import ScratchDatabase

PRACTICES = "SELECT rows_table FROM practice_guard.snapshot_sets WHERE snapshot = %(id)s AND name = 'practices'"

SET_OF_PRACTICES = "UPDATE practice_guard.snapshot_sets SET "
WHERE = " WHERE snapshot = '{s}' AND name = 'practices'"

TAMPERING: dict[str, tuple[str, str]] = {
    "a row changed": ("UPDATE practice_guard.{t} SET location = 'Elsewhere' WHERE guard_row = 1", "rows of practices"),
    "blanks added": ("UPDATE practice_guard.{t} SET location = location || ' '", "rows of practices were changed"),
    "a row lost": ("DELETE FROM practice_guard.{t} WHERE guard_row = 1", "1 of 3 rows of practices is lost"),
    "all rows lost": ("TRUNCATE practice_guard.{t}", "3 of 3 rows of practices are lost"),
    "a row added": (
        "INSERT INTO practice_guard.{t} (guard_row, guard_carried, id) VALUES (99, false, 1)",
        "1 row was added to the 3 of practices",
    ),
    "a row renumbered": ("UPDATE practice_guard.{t} SET guard_row = 99 WHERE guard_row = 1", "rows of practices were"),
    "rows exchanged": (
        "UPDATE practice_guard.{t} SET home_team_id = CASE home_team_id WHEN 1 THEN 2 ELSE 1 END",
        "rows of practices were changed",
    ),
    "a row marked as carried": ("UPDATE practice_guard.{t} SET guard_carried = NOT guard_carried", "rows of practices"),
    "an origin taken away": ("UPDATE practice_guard.{t} SET guard_from = NULL", "rows of practices were changed"),
    "dates exchanged": (
        "UPDATE practice_guard.{t} SET match_date = match_date + 7 * (3 - 2 * guard_row)::int WHERE guard_row < 3",
        "rows of practices were changed",
    ),
    "a column dropped": ("ALTER TABLE practice_guard.{t} DROP location", "the columns of {t} were changed"),
    "a column added": ("ALTER TABLE practice_guard.{t} ADD more text", "the columns of {t} were changed"),
    "a column retyped": ("ALTER TABLE practice_guard.{t} ALTER id TYPE bigint", "the columns of {t} were changed"),
    "the table dropped": ("DROP TABLE practice_guard.{t}", "its table {t} is gone"),
    "the table renamed": ("ALTER TABLE practice_guard.{t} RENAME TO other", "its table {t} is gone"),
    "a label changed": ("UPDATE practice_guard.snapshots SET label = 'x' WHERE id = '{s}'", "its description was"),
    "an environment changed": (
        "UPDATE practice_guard.snapshots SET environment = 'x' WHERE id = '{s}'",
        "its description was changed",
    ),
    "a digest changed": ("UPDATE practice_guard.snapshots SET digest = 'x' WHERE id = '{s}'", "its description was"),
    "a digest of a newer kind": (
        "UPDATE practice_guard.snapshots SET digest_version = 6 WHERE id = '{s}'",
        "Snapshot {s} is not readable: its digest has version 6, and this program knows 5",
    ),
    "a digest of the older kind": (
        "UPDATE practice_guard.snapshots SET digest_version = 1 WHERE id = '{s}'",
        "were changed",
    ),
    "a digest of the kind before": (
        "UPDATE practice_guard.snapshots SET digest_version = 2 WHERE id = '{s}'",
        "its team list or its description was changed",
    ),
    "a digest of no kind": (
        "UPDATE practice_guard.snapshots SET digest_version = 0 WHERE id = '{s}'",
        "its description was changed",
    ),
    "a count changed": ("UPDATE practice_guard.snapshots SET rows = 1 WHERE id = '{s}'", "its description was changed"),
    "a fingerprint changed": (
        "UPDATE practice_guard.snapshots SET fingerprint = jsonb_set(fingerprint, '{{oid}}', '1') WHERE id = '{s}'",
        "its description was changed",
    ),
    "a fingerprint that is no object": (
        "UPDATE practice_guard.snapshots SET fingerprint = '[1]' WHERE id = '{s}'",
        "its fingerprint is not an object",
    ),
    "a time that no clock shows": (
        "UPDATE practice_guard.snapshots SET taken_at = 'infinity' WHERE id = '{s}'",
        "its description was changed",
    ),
    "a time before any other": (
        "UPDATE practice_guard.snapshots SET taken_at = '0044-03-15 BC' WHERE id = '{s}'",
        "its description was changed",
    ),
    "lists in lists": (
        "UPDATE practice_guard.snapshots SET lists = '{{{{a,b}},{{c,d}}}}' WHERE id = '{s}'",
        "the team list a is gone",
    ),
    "a list that is NULL": (
        "UPDATE practice_guard.snapshots SET lists = lists || NULL::text WHERE id = '{s}'",
        "the team list NULL is gone",
    ),
    "a set taken away": (
        "DELETE FROM practice_guard.snapshot_sets WHERE snapshot = '{s}' AND name = 'captain_messages'",
        "its description was changed",
    ),
    "the practices taken away": ("DELETE FROM practice_guard.snapshot_sets" + WHERE, "its description was changed"),
    "a set's count changed": (
        SET_OF_PRACTICES + "rows = 2" + WHERE,
        "1 row was added to the 2 of practices",
    ),
    "a set's table changed": (
        SET_OF_PRACTICES + "rows_table = 'ledger'" + WHERE,
        "its rows of practices are said to be in ledger",
    ),
    "columns that are no list": (
        SET_OF_PRACTICES + "columns = '1'" + WHERE,
        "its description of practices: columns is not a list",
    ),
    "columns without a type": (
        SET_OF_PRACTICES + "columns = columns #- '{{0,type}}'" + WHERE,
        "column 1: type is missing",
    ),
    "a definition without a key": (
        SET_OF_PRACTICES + "definition = definition - 'key'" + WHERE,
        "definition: key is missing",
    ),
    "a reference to a list": (
        SET_OF_PRACTICES + "definition = jsonb_set(definition, '{{references,home_team_id}}', '[]')" + WHERE,
        "home_team_id points at []",
    ),
    "a type that is more": (
        SET_OF_PRACTICES
        + 'columns = jsonb_set(columns, \'{{0}}\', \'{{"name": "id", "type": "a); B", "stored_as": "a); B"}}\')'
        + WHERE,
        "which is no built-in type",
    ),
    "a team renamed": ("UPDATE practice_guard.team_lists SET name = 'x' WHERE list = '{s}'", "its team list or its"),
    "a team added": (
        "INSERT INTO practice_guard.team_lists (list, id, name, players) VALUES ('{s}', 99, 'Tennaqua - 2', '{{}}')",
        "its team list or its description was changed",
    ),
    "a player taken away": (
        "UPDATE practice_guard.team_lists SET players = '{{}}' WHERE list = '{s}'",
        "its team list or its description was changed",
    ),
    "players in lists": (
        "UPDATE practice_guard.team_lists SET players = '{{{{a,b}},{{c,d}}}}' WHERE list = '{s}'",
        "its team list or its description was changed",
    ),
    "a player that is NULL": (
        "UPDATE practice_guard.team_lists SET players = players || NULL::text WHERE list = '{s}'",
        "its team list or its description was changed",
    ),
    "an outside id changed": (
        "UPDATE practice_guard.team_lists SET outside_id = coalesce(outside_id, '') || '7' WHERE list = '{s}'",
        "its team list or its description was changed",
    ),
    "outside ids taken away": (
        "UPDATE practice_guard.team_lists SET outside_id = NULL WHERE list = '{s}'",
        "its team list or its description was changed",
    ),
    "a team that played no more": (
        "UPDATE practice_guard.team_lists SET active = NOT active WHERE list = '{s}'",
        "its team list or its description was changed",
    ),
    "nobody knows who played": (
        "UPDATE practice_guard.team_lists SET active = NULL WHERE list = '{s}'",
        "its team list or its description was changed",
    ),
    "the team list gone": ("DELETE FROM practice_guard.team_lists WHERE list = '{s}'", "the team list {s} is gone"),
    "an older list gone": ("DELETE FROM practice_guard.team_lists WHERE list <> '{s}'", " is gone"),
    "a league's code changed": (
        "UPDATE practice_guard.league_lists SET code = 'x' || id WHERE list = '{s}'",
        "its team list or its description was changed",
    ),
}


def tampered_with(database: ScratchDatabase, snapshot: str, case: str) -> str:
    """Does it to the snapshot of that id; returns what the message must contain."""
    statement, message = TAMPERING[case]
    table = database.value(PRACTICES, id=snapshot)
    database.rows(statement.format(t=table, s=snapshot))
    return message.format(t=table, s=snapshot)

-- id_is_taken --
-- Whether a snapshot has this id, or a list that a snapshot needs after the one that took it was removed.
SELECT EXISTS (SELECT FROM practice_guard.snapshots WHERE id = %(id)s::text OR %(id)s::text = ANY (lists))

-- insert_snapshot --
-- The snapshot's own row, and what it holds of each protected set.
WITH snapshot AS (INSERT INTO practice_guard.snapshots
       (id, label, taken_at, taken_by, environment, fingerprint, tool_version, server_version, accepted_current, lists,
        rows, carried, mark, digest, digest_version, imported_at, keeps)
VALUES (%(id)s::text, %(label)s::text, %(taken_at)s::timestamptz, %(taken_by)s::text, %(environment)s::text,
        %(fingerprint)s::jsonb, %(tool_version)s::text, %(server_version)s::text, %(accepted_current)s::boolean,
        %(lists)s::text[], %(rows)s::bigint, %(carried)s::bigint, %(mark)s::text, %(digest)s::text,
        %(digest_version)s::int, %(imported_at)s::timestamptz, %(keeps)s::text[]))
INSERT INTO practice_guard.snapshot_sets
       (snapshot, name, definition, columns, rows_table, rows, carried, teams, digest)
SELECT %(id)s::text, e ->> 'name', (e ->> 'definition')::jsonb, (e ->> 'columns')::jsonb, e ->> 'rows_table',
       (e ->> 'rows')::bigint, (e ->> 'carried')::bigint, (e ->> 'teams')::bigint, e ->> 'digest'
  FROM json_array_elements(%(sets)s::json) AS e

-- set_verified --
-- Notes that the snapshot was read back and found whole.
UPDATE practice_guard.snapshots SET verified_at = %(now)s::timestamptz WHERE id = %(id)s::text AND verified_at IS NULL

-- set_names --
-- The sets that a snapshot says it holds.
SELECT name FROM practice_guard.snapshot_sets WHERE snapshot = %(id)s::text ORDER BY name

-- drop_rows --
-- Removes a snapshot's tables.
DROP TABLE IF EXISTS {tables}

-- delete_sets --
-- Removes what is known of a snapshot's sets; inside an ETL that turns foreign keys off, ON DELETE CASCADE does not.
DELETE FROM practice_guard.snapshot_sets WHERE snapshot = %(id)s::text

-- delete_snapshot --
-- Removes a snapshot's own row.
DELETE FROM practice_guard.snapshots WHERE id = %(id)s::text

-- delete_unused_teams --
-- Removes the team lists that no snapshot needs any more.
DELETE FROM practice_guard.team_lists AS t
 WHERE NOT EXISTS (SELECT FROM practice_guard.snapshots AS s WHERE t.list = ANY (s.lists))

-- delete_unused_leagues --
-- Removes the league lists that no snapshot needs any more.
DELETE FROM practice_guard.league_lists AS t
 WHERE NOT EXISTS (SELECT FROM practice_guard.snapshots AS s WHERE t.list = ANY (s.lists))

-- delete_unused_entries --
-- Removes the lists of parents that no snapshot needs any more.
DELETE FROM practice_guard.parent_lists AS t
 WHERE NOT EXISTS (SELECT FROM practice_guard.snapshots AS s WHERE t.list = ANY (s.lists))

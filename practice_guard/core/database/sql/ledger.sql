-- last_restore --
-- The newest restore of a snapshot that was not taken back: what the database's mark was, and which rows waited.
SELECT mark, result::text FROM practice_guard.ledger AS l
 WHERE kind = 'restore' AND snapshot = %(snapshot)s::text
   AND NOT EXISTS (SELECT FROM practice_guard.ledger AS u WHERE u.kind = 'undo' AND u.result->>'undoes' = l.id::text)
 ORDER BY id DESC LIMIT 1

-- taken_back --
-- Rows that an undo took back and no restore has moved since, by the keys they had and got.
WITH undone AS (SELECT (result->>'undoes')::bigint AS id FROM practice_guard.ledger WHERE kind = 'undo')
SELECT r.set_name, k.key
  FROM practice_guard.ledger_rows AS r
 CROSS JOIN LATERAL (VALUES (r.old_key), (r.new_key)) AS k (key)
  LEFT JOIN undone AS u ON u.id = r.ledger
 WHERE EXISTS (SELECT FROM undone)
 GROUP BY r.set_name, k.key
HAVING max(r.ledger) FILTER (WHERE u.id IS NOT NULL) > coalesce(max(r.ledger) FILTER (WHERE u.id IS NULL), 0)

-- last_put --
-- Where restores have last put rows since a time, by set and primary key: what their first reference then was.
SELECT DISTINCT ON (r.set_name, r.new_key) r.set_name, r.new_key, (r.after->'refs'->>0)::bigint
  FROM practice_guard.ledger_rows AS r
  JOIN practice_guard.ledger AS l ON l.id = r.ledger
 WHERE l.kind = 'restore' AND l.at >= %(since)s::timestamptz
   AND NOT EXISTS (SELECT FROM practice_guard.ledger AS u WHERE u.kind = 'undo' AND u.result->>'undoes' = l.id::text)
 ORDER BY r.set_name, r.new_key, r.ledger DESC

-- renumbered --
-- Under which primary keys the newest restore that put a snapshot's row back under a new one has put it.
SELECT DISTINCT ON (r.set_name, r.snapshot_row) r.set_name, r.snapshot_row, r.new_key
  FROM practice_guard.ledger_rows AS r
  JOIN practice_guard.ledger AS l ON l.id = r.ledger
 WHERE l.kind = 'restore' AND l.snapshot = %(snapshot)s::text AND r.action = 'insert' AND r.new_key <> r.old_key
   AND NOT EXISTS (SELECT FROM practice_guard.ledger AS u WHERE u.kind = 'undo' AND u.result->>'undoes' = l.id::text)
 ORDER BY r.set_name, r.snapshot_row, r.ledger DESC

-- write --
-- One row for what was applied.
INSERT INTO practice_guard.ledger (kind, at, by, tool_version, environment, snapshot, plan_digest, mark, result)
VALUES (%(kind)s::text, %(now)s::timestamptz, %(by)s::text, %(tool_version)s::text, %(environment)s::text,
        %(snapshot)s::text, %(plan_digest)s::text, %(mark)s::text, %(result)s::jsonb)
RETURNING id

-- write_rows --
-- The rows that were written, with what they pointed at before and after, and the sum of what they are now.
INSERT INTO practice_guard.ledger_rows (ledger, set_name, action, snapshot_row, old_key, new_key, before, after)
SELECT %(ledger)s::bigint, %(set)s::text, u.action, u.row, u.old_key, u.new_key, u.before::jsonb,
       jsonb_build_object('refs', u.after::jsonb, 'sum', encode(sha256(convert_to(t::text, 'UTF8')), 'hex'))
  FROM unnest(%(actions)s::text[], %(rows)s::bigint[], %(old_keys)s::text[], %(new_keys)s::text[], %(before)s::text[],
              %(after)s::text[]) AS u (action, row, old_key, new_key, before, after)
  JOIN {table} AS t ON t.{key} = u.new_key::{key_type}

-- entries --
-- The ledger, newest first, with what took an entry back.
SELECT id, kind, at, by, tool_version, environment, snapshot, plan_digest, result::text,
       (SELECT min(u.id) FROM practice_guard.ledger AS u WHERE u.kind = 'undo' AND u.result->>'undoes' = l.id::text)
  FROM practice_guard.ledger AS l
 ORDER BY id DESC

-- rows --
-- What an entry wrote.
SELECT set_name, action, snapshot_row, old_key, new_key, before::text, after::text
  FROM practice_guard.ledger_rows WHERE ledger = %(ledger)s::bigint
 ORDER BY set_name, snapshot_row

-- count --
-- Whether a ledger row is there, read back after the commit.
SELECT count(*) FROM practice_guard.ledger WHERE id = %(id)s::bigint AND plan_digest = %(plan_digest)s::text

-- sums --
-- What rows are now, to compare with what an entry left.
SELECT u.key, encode(sha256(convert_to(t::text, 'UTF8')), 'hex')
  FROM unnest(%(keys)s::text[]) AS u (key)
  JOIN {table} AS t ON t.{key} = u.key::{key_type}

-- hanging --
-- How many rows point at some that are to go, and are not taken back themselves.
SELECT count(*) FROM {table} AS t
 WHERE t.{column}::text = ANY (%(keys)s::text[]) AND ({own} = ANY (%(leaving)s::text[])) IS NOT TRUE

-- take_out --
-- Removes rows that a restore put in.
DELETE FROM {table} AS t USING unnest(%(keys)s::text[]) AS u (key)
 WHERE t.{key} = u.key::{key_type}
RETURNING t.{key}::text

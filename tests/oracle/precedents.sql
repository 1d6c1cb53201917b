-- last_restore --
-- The newest restore of a snapshot that was not taken back: what the database's imprint was, and which rows waited.
SELECT id, mark, result ->> 'waited' FROM practice_guard.ledger AS l
 WHERE kind = 'restore' AND snapshot = %(snapshot)s::text
   AND NOT EXISTS (SELECT FROM practice_guard.ledger AS u WHERE u.kind = 'undo' AND u.result->>'undoes' = l.id::text)
 ORDER BY id DESC LIMIT 1

-- decided --
-- What people decided with restores that were not taken back, oldest first, and the team lists that each resolved;
-- earlier versions noted only the snapshot.
SELECT id, result ->> 'decisions',
       (CASE WHEN jsonb_typeof(result -> 'lists') = 'array' THEN result -> 'lists'
             ELSE jsonb_build_array(snapshot) END)::text
  FROM practice_guard.ledger AS l
 WHERE result ->> 'decisions' <> ''
   AND NOT EXISTS (SELECT FROM practice_guard.ledger AS u WHERE u.kind = 'undo' AND u.result->>'undoes' = l.id::text)
 ORDER BY id

-- taken_back --
-- Rows that an undo took back and no restore has moved since, by the keys they had and got.
WITH undone AS (SELECT (result->>'undoes')::bigint AS id FROM practice_guard.ledger WHERE kind = 'undo')
SELECT r.set_name, k.key, NULL::bigint
  FROM practice_guard.ledger_rows AS r
 CROSS JOIN LATERAL (VALUES (r.old_key), (r.new_key)) AS k (key)
  LEFT JOIN undone AS u ON u.id = r.ledger
 WHERE EXISTS (SELECT FROM undone)
 GROUP BY r.set_name, k.key
HAVING max(r.ledger) FILTER (WHERE u.id IS NOT NULL) > coalesce(max(r.ledger) FILTER (WHERE u.id IS NULL), 0)

-- last_put --
-- Where restores have last put rows since a time, by set and primary key: what their first reference then was. One
-- that they left where it was they have put nowhere.
SELECT DISTINCT ON (r.set_name, r.new_key) r.set_name, r.new_key, (r.after->'refs'->>0)::bigint
  FROM practice_guard.ledger_rows AS r
  JOIN practice_guard.ledger AS l ON l.id = r.ledger
 WHERE l.kind IN ('restore', 'undo') AND l.at >= %(since)s::timestamptz
   AND (r.action = 'insert' OR r.before->0 <> r.after->'refs'->0)
   AND NOT EXISTS (SELECT FROM practice_guard.ledger AS u WHERE u.kind = 'undo' AND u.result->>'undoes' = l.id::text)
 ORDER BY r.set_name, r.new_key, r.ledger DESC

-- renumbered --
-- Under which primary keys the newest restore that put a snapshot's row back under a new one has put it.
SELECT DISTINCT ON (r.set_name, r.snapshot_row) r.set_name, r.new_key, r.snapshot_row
  FROM practice_guard.ledger_rows AS r
  JOIN practice_guard.ledger AS l ON l.id = r.ledger
 WHERE l.kind IN ('restore', 'undo') AND l.snapshot = %(snapshot)s::text AND r.action = 'insert' AND r.new_key <> r.old_key
   AND NOT EXISTS (SELECT FROM practice_guard.ledger AS u WHERE u.kind = 'undo' AND u.result->>'undoes' = l.id::text)
 ORDER BY r.set_name, r.snapshot_row, r.ledger DESC

-- placed --
-- Which rows a restore has put on which team, by set and primary key.
SELECT set_name, new_key, (coalesce(after -> 'refs', after) ->> 0)::bigint
  FROM practice_guard.ledger_rows

-- last_restore --
-- The newest restore of a snapshot that was not taken back: what the database's imprint was, and its entry; and the most
-- rows that any of them put back.
SELECT id, mark, (max((result -> 'rows' ->> 'insert')::bigint) OVER ())::text FROM practice_guard.ledger AS l
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
 WHERE result ->> 'decisions' <> '' AND {of_schema}
   AND NOT EXISTS (SELECT FROM practice_guard.ledger AS u WHERE u.kind = 'undo' AND u.result->>'undoes' = l.id::text)
 ORDER BY id

-- taken_back --
-- Rows that an undo took back and no restore has moved since, by the keys they had and got.
WITH undone AS (SELECT (result->>'undoes')::bigint AS id FROM practice_guard.ledger AS l
                 WHERE kind = 'undo' AND {of_schema})
SELECT r.set_name, k.key
  FROM practice_guard.ledger_rows AS r
  JOIN practice_guard.ledger AS l ON l.id = r.ledger AND {of_schema}
 CROSS JOIN LATERAL (VALUES (r.old_key), (r.new_key)) AS k (key)
  LEFT JOIN undone AS u ON u.id = r.ledger
 WHERE EXISTS (SELECT FROM undone)
 GROUP BY r.set_name, k.key
HAVING max(r.ledger) FILTER (WHERE u.id IS NOT NULL) > coalesce(max(r.ledger) FILTER (WHERE u.id IS NULL), 0)

-- last_put --
-- Where restores have last put some rows of a set since a time, by primary key: what their first reference then was.
SELECT DISTINCT ON (r.new_key) r.new_key AS key, {first} AS first
  FROM practice_guard.ledger_rows AS r
  JOIN practice_guard.ledger AS l ON l.id = r.ledger
 WHERE l.kind IN ('restore', 'undo') AND l.at >= %(since)s::timestamptz AND r.set_name = {set} AND r.new_key IN ({keys})
   AND {of_schema} AND {moved}
   AND NOT EXISTS (SELECT FROM practice_guard.ledger AS u WHERE u.kind = 'undo' AND u.result->>'undoes' = l.id::text)
 ORDER BY r.new_key, r.ledger DESC

-- moved --
-- Whether a restore put a row on what its first reference then was; it may have corrected another one, and no more.
coalesce(r.before -> 'refs', r.before) ->> 0 IS DISTINCT FROM coalesce(r.after -> 'refs', r.after) ->> 0

-- waited --
-- Which rows were not in place when a restore was done.
SELECT w.name, r.row::bigint
  FROM practice_guard.ledger AS l
 CROSS JOIN LATERAL jsonb_each(CASE WHEN jsonb_typeof(l.result -> 'waited') = 'object' THEN l.result -> 'waited'
                                    ELSE '{{}}' END) AS w (name, rows)
 CROSS JOIN LATERAL jsonb_array_elements_text(w.rows) AS r (row)
 WHERE l.id = %(entry)s::bigint

-- renumbered --
-- Under which primary keys the newest restore that put a snapshot's row back under a new one has put it.
SELECT DISTINCT ON (r.set_name, r.snapshot_row) r.set_name, r.snapshot_row, r.new_key
  FROM practice_guard.ledger_rows AS r
  JOIN practice_guard.ledger AS l ON l.id = r.ledger
 WHERE l.kind IN ('restore', 'undo') AND l.snapshot = %(snapshot)s::text AND r.action = 'insert' AND r.new_key <> r.old_key
   AND NOT EXISTS (SELECT FROM practice_guard.ledger AS u WHERE u.kind = 'undo' AND u.result->>'undoes' = l.id::text)
 ORDER BY r.set_name, r.snapshot_row, r.ledger DESC

-- placed --
-- Whether a restore has put a row on a team.
EXISTS (SELECT FROM practice_guard.ledger_rows AS r
          JOIN practice_guard.ledger AS l ON l.id = r.ledger AND {of_schema}
         WHERE r.set_name = {set} AND r.new_key = {key}::text AND {moved}
           AND (coalesce(r.after -> 'refs', r.after) ->> 0)::bigint = {team})

-- newest --
-- The newest restore of any snapshot that was not taken back: what it says of the rows that the database refused.
SELECT CASE WHEN jsonb_typeof(l.result -> 'refused') = 'array' THEN l.result -> 'refused' ELSE '[]' END AS refused
  FROM practice_guard.ledger AS l
 WHERE l.kind = 'restore' AND {of_schema}
   AND NOT EXISTS (SELECT FROM practice_guard.ledger AS u WHERE u.kind = 'undo' AND u.result->>'undoes' = l.id::text)
 ORDER BY l.id DESC LIMIT 1

-- count_refused --
-- How many rows the database refused in that restore.
SELECT NULL::bigint, NULL::text, coalesce(max(jsonb_array_length(n.refused)), 0)::text FROM ({newest}) AS n

-- refused --
-- Those rows, as far as they can be the snapshot's.
SELECT r.value ->> 'set', NULL::bigint, r.value ->> 'key',
       array_position(%(lists)s::text[], r.value ->> 'list')::smallint, (r.value ->> 'old')::bigint, 'yield',
       r.value ->> 'note'
  FROM ({newest}) AS n
 CROSS JOIN LATERAL jsonb_array_elements(n.refused) AS r
 WHERE r.value ->> 'list' IS NULL OR r.value ->> 'list' = ANY (%(lists)s::text[])

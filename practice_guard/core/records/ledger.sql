-- write --
-- One row for what was applied.
INSERT INTO practice_guard.ledger (kind, at, by, tool_version, environment, snapshot, plan_digest, mark, result)
VALUES (%(kind)s::text, %(now)s::timestamptz, session_user::text, %(tool_version)s::text, %(environment)s::text,
        %(snapshot)s::text, %(plan_digest)s::text, %(mark)s::text, %(result)s::jsonb{waited})
RETURNING id

-- write_rows --
-- The rows of one set that were written.
INSERT INTO practice_guard.ledger_rows (ledger, set_name, action, snapshot_row, old_key, new_key, before, after)
SELECT {entry}::bigint, w.* FROM (
{written}
) AS w

-- waited --
-- Which rows were not in place when the entry was written, by set; a set has no word where all were.
 || jsonb_build_object('waited', coalesce((SELECT jsonb_object_agg(w.name, w.rows) FROM (
{waiting}
        ) AS w WHERE w.rows IS NOT NULL), '{{}}'))

-- waited_of --
-- The same of one set.
SELECT {name} AS name, jsonb_agg(x.row ORDER BY x.row) AS rows FROM (
{waiting}
) AS x (row)

-- entries --
-- The ledger of a schema, newest first, or one entry of it, with what took an entry back, but for how many rows.
SELECT l.id, l.kind, l.at, l.by, l.tool_version, l.environment, l.snapshot, l.plan_digest, l.result::text, o.id, o.rows
  FROM practice_guard.ledger AS l
 CROSS JOIN LATERAL (SELECT min(u.id), coalesce(max((u.result->>'left')::bigint), 0)
                       FROM practice_guard.ledger AS u
                      WHERE u.kind = 'undo' AND u.result->>'undoes' = l.id::text) AS o (id, rows)
 WHERE (%(id)s::bigint IS NULL OR l.id = %(id)s::bigint)
   AND {of_schema}
 ORDER BY l.id DESC

-- applying --
-- The restore that applied a saved plan.
SELECT id FROM practice_guard.ledger WHERE result ->> 'plan' = %(plan)s::text ORDER BY id DESC LIMIT 1

-- kept --
-- How many rows an entry wrote to each set, those of them that it put back, and how many references are noted of each.
SELECT set_name, count(*), count(*) FILTER (WHERE before = 'null'),
       min(jsonb_array_length(after -> 'refs')), max(jsonb_array_length(after -> 'refs'))
  FROM practice_guard.ledger_rows WHERE ledger = %(ledger)s::bigint
 GROUP BY set_name
 ORDER BY set_name

-- rows --
-- What an entry wrote to a set.
SELECT snapshot_row AS row, new_key AS key, before, after -> 'refs' AS after, after ->> 'sum' AS sum
  FROM practice_guard.ledger_rows WHERE ledger = %(ledger)s::bigint AND set_name = %(set)s::text

-- count --
-- Whether a ledger row is there, read back after the commit.
SELECT count(*) FROM practice_guard.ledger WHERE id = %(id)s::bigint AND plan_digest = %(plan_digest)s::text

-- old_entries --
-- Restores, rollbacks, and undos that left rows as they are, that were written before the oldest snapshot that is left was taken, and
-- that still have rows. None that follows one which a snapshot that is left may ask for, whatever their clocks said.
WITH oldest AS (SELECT min(s.taken_at) AS taken_at FROM practice_guard.snapshots AS s WHERE {is_ours})
SELECT l.id, EXISTS (SELECT FROM practice_guard.ledger AS u WHERE u.kind = 'undo' AND u.result->>'undoes' = l.id::text)
  FROM practice_guard.ledger AS l
 CROSS JOIN oldest AS o
 WHERE l.kind IN ('restore', 'undo', 'rollback') AND l.at < o.taken_at AND {of_schema}
   AND NOT EXISTS (SELECT FROM practice_guard.ledger AS e
                    WHERE e.kind = 'restore' AND e.id <= l.id
                      AND (e.at >= o.taken_at OR e.snapshot IN (SELECT s.id FROM practice_guard.snapshots AS s)))
   AND EXISTS (SELECT FROM practice_guard.ledger_rows AS r WHERE r.ledger = l.id)
 ORDER BY l.id

-- sets_of --
-- The sets to which entries wrote.
SELECT DISTINCT set_name FROM practice_guard.ledger_rows WHERE ledger = ANY (%(entries)s::bigint[])

-- remove_rows --
-- Removes rows of entries that were all taken back, or of such as were not. A row that was taken back stays until a later
-- restore has moved what has its keys, and one that was not as long as an older row of its key would then count as taken
-- back (`taken_back` asks for the newest). The newest that says who put a row where it stands always stays (`placed`).
-- Windows and sorts and no joins: these tables are seldom analysed, and a wrong guess would cost minutes.
WITH undone AS (SELECT (result->>'undoes')::bigint AS id FROM practice_guard.ledger WHERE kind = 'undo'),
     found AS (SELECT r.ctid AS place, r.ledger, r.old_key, r.new_key, r.ledger IN (SELECT id FROM undone) AS undone
                 FROM practice_guard.ledger_rows AS r
                WHERE r.set_name = %(set)s::text),
     keyed AS (SELECT f.place, f.ledger, f.undone,
                      max(f.ledger) FILTER (WHERE NOT f.undone) OVER same AS moved,
                      min(f.ledger) FILTER (WHERE f.undone) OVER same AS taken
                 FROM found AS f
                CROSS JOIN LATERAL (VALUES (f.old_key), (f.new_key)) AS k (key)
                WHERE %(undone)s::boolean OR f.undone OR f.ledger = ANY (%(entries)s::bigint[])
               WINDOW same AS (PARTITION BY k.key)),
     spare AS (SELECT place
                 FROM keyed
                WHERE ledger = ANY (%(entries)s::bigint[])
                GROUP BY place
               HAVING bool_and(CASE WHEN undone THEN coalesce(moved > ledger, false)
                                    ELSE coalesce(taken > ledger, true) END)),
     standing AS (SELECT r.ctid AS place, r.ledger, max(r.ledger) OVER (PARTITION BY r.new_key) AS newest
                    FROM practice_guard.ledger_rows AS r
                    JOIN {table} AS t
                      ON t.{key}::text = r.new_key
                     AND t.{reference}::text = coalesce(r.after -> 'refs', r.after) ->> 0
                   WHERE r.set_name = %(set)s::text)
DELETE FROM practice_guard.ledger_rows
 WHERE ctid = ANY (ARRAY(SELECT place FROM spare EXCEPT SELECT place FROM standing WHERE ledger = newest))
RETURNING 1

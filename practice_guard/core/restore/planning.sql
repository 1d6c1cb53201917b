-- live_alike --
-- The ETL's own rows that say of themselves what some of the snapshot's do.
SELECT t.{key}::text, ROW({content})::text, ARRAY[{references}]::bigint[]
  FROM {table} AS t
 WHERE ROW({content})::text IN (SELECT ROW({kept})::text FROM practice_guard.{rows} AS s)
 ORDER BY t.{key}

-- blocked --
-- Rows to be put back with a value in a column that points at nothing, by a foreign key that is none of ours.
SELECT s.guard_row
  FROM practice_guard.{rows} AS s
 WHERE s.guard_row = ANY (%(rows)s::bigint[]) AND s.{column} IS NOT NULL
   AND NOT EXISTS (SELECT FROM {parent} AS p WHERE p.{parent_column}::text = s.{column}::text)

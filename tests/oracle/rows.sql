-- kept_rows --
-- A snapshot's rows of one set, as pairing needs them.
SELECT t.guard_row, t.guard_carried, t.guard_from::text, t.{key}::text, ROW({content})::text, {created},
       ARRAY[{references}]::bigint[]
  FROM practice_guard.{rows} AS t
 ORDER BY t.guard_row

-- live_rows --
-- The table's rows that are protected now, or have a primary key of the snapshot's.
SELECT t.{key}::text, ROW({content})::text, {created}, ARRAY[{references}]::bigint[], {condition} IS TRUE
  FROM {table} AS t
 WHERE {condition} OR t.{key}::text IN (SELECT s.{key}::text FROM practice_guard.{rows} AS s)
 ORDER BY t.{key}

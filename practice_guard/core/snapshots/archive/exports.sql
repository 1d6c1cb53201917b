-- read_rows --
-- A snapshot's rows of one set as canonical text.
SELECT t.guard_row, t.guard_carried, t.guard_from::text, ARRAY[{values}]::text[]
  FROM practice_guard.{rows} AS t
 ORDER BY t.guard_row

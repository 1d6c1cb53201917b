-- empty --
-- How many rows to be put back have no value for references, and for other columns, that must have one now.
SELECT ARRAY[{counts}]::bigint[]
  FROM {whole} AS p
  JOIN practice_guard.{rows} AS s ON s.guard_row = p.row
 WHERE p.meant AND p.bucket = 'insert'

-- nulls --
-- How many rows have no value.
count(*) FILTER (WHERE {value} IS NULL)

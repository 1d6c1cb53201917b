-- would_be_null --
-- How many of the rows to be put back have no value for columns that must have one now.
SELECT ARRAY[{counts}]::bigint[] FROM practice_guard.{rows} AS s WHERE s.guard_row = ANY (%(rows)s::bigint[])

-- nulls --
-- How many rows have no value in a column.
count(*) FILTER (WHERE s.{column} IS NULL)

-- blocked --
-- Rows to be put back with a value in a column that points at nothing, by a foreign key that is none of ours.
SELECT s.guard_row
  FROM practice_guard.{rows} AS s
 WHERE s.guard_row = ANY (%(rows)s::bigint[]) AND s.{column} IS NOT NULL
   AND NOT EXISTS (SELECT FROM {parent} AS p WHERE p.{parent_column}::text = s.{column}::text)

-- keys --
-- The primary keys of a table whose rows others hang on.
SELECT t.{key}::bigint FROM {table} AS t

-- keys --
-- The primary keys of a table whose rows others hang on.
SELECT t.{key}::bigint FROM {table} AS t

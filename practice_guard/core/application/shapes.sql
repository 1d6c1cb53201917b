-- doubled --
-- A key that stands in more than one row.
SELECT t.{key}::text FROM {table} AS t GROUP BY t.{key} HAVING count(*) > 1 LIMIT 1

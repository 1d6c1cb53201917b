-- newest --
-- The newest entry of a record of migrations, part by part where it has parts, and how many there are.
SELECT {part}, (array_agg(t.{entry}::text ORDER BY t.{by} DESC NULLS LAST))[1], count(*)
  FROM {table} AS t
 GROUP BY 1

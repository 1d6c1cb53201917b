-- labels --
-- Labels by the team and league they hang on: how many rows, and up to three of them in words.
SELECT t.{label}::text, t.{reference}::bigint, {league}, count(*), (array_agg({words} ORDER BY t.{key}))[1:3]
  FROM {table} AS t
 WHERE {condition} AND t.{label} IS NOT NULL AND t.{reference} IS NOT NULL
 GROUP BY 1, 2, 3
 ORDER BY 1, 2, 3

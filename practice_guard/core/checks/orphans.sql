-- vanished --
-- Which ids that are gone the rows of a set hang on by one column, and how many rows on each.
SELECT {number}, count(*), {text}
  FROM (SELECT * FROM {table} AS t WHERE {condition}) AS t
  LEFT JOIN (SELECT DISTINCT p.{parent_key} AS id FROM {parents} AS p) AS p ON p.id = t.{column}
 WHERE t.{column} IS NOT NULL AND p.id IS NULL AND NOT {given_up}
 GROUP BY 1

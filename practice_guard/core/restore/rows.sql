-- count_rows --
-- How many rows of a table are protected now.
SELECT count(*) FROM {table} AS t WHERE {condition}

-- count_alone --
-- The same, with how many of them hang on nothing.
SELECT count(*), count(*) FILTER (WHERE p.id IS NULL)
  FROM (SELECT * FROM {table} AS t WHERE {condition}) AS t
  LEFT JOIN (SELECT DISTINCT p.{parent_key} AS id FROM {parents} AS p) AS p ON p.id = t.{reference}

-- count_rows --
-- How many rows of a table are protected now.
SELECT count(*) FROM {table} AS t WHERE {condition}

-- count_labelled --
-- The rows that are called a practice, matches of a team whose name has the word among them.
SELECT count(*) FROM {table} AS t WHERE t.home_team ILIKE '%%practice%%'

-- count_alone --
-- The same, with how many of them hang on nothing, and how many of these on something that is gone.
SELECT count(*), count(*) FILTER (WHERE p.id IS NULL AND NOT {given_up}),
       count(*) FILTER (WHERE p.id IS NULL AND t.{reference} IS NOT NULL AND NOT {given_up})
  FROM (SELECT * FROM {table} AS t WHERE {condition}) AS t
  LEFT JOIN (SELECT DISTINCT p.{parent_key} AS id FROM {parents} AS p) AS p ON p.id = t.{reference}

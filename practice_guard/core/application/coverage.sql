-- count --
-- A set's rows, and how many teams or leagues they hang on.
SELECT count(*), count(DISTINCT {owner})
  FROM (SELECT t.* FROM {table} AS t WHERE {condition}) AS t
{joins}

-- above --
-- The rows that a set's rows hang on.
  LEFT JOIN {table} AS {alias} ON {alias}.{key} = {below}.{column}

-- adrift --
-- Protected rows that point at nothing, by what is gravest: how many, and which the first ones are, in words too.
SELECT x.fault, count(*), array_agg(x.key ORDER BY x.nth) FILTER (WHERE x.nth <= {most}),
       array_agg(x.words ORDER BY x.nth) FILTER (WHERE x.nth <= {most})
  FROM (SELECT y.*, row_number() OVER (PARTITION BY y.fault ORDER BY y.place) AS nth
          FROM (SELECT t.{key} AS place, t.{key}::text AS key, {words} AS words, {fault} AS fault
                  FROM {table} AS t
{joins}
                 WHERE {condition} AND {unknown}) AS y
         WHERE y.fault IS NOT NULL) AS x
 GROUP BY x.fault

-- there --
-- What a reference may point at.
  LEFT JOIN (SELECT DISTINCT p.id FROM {parents} AS p) AS v{place} ON v{place}.id = t.{column}

-- labels --
-- Labels by the team and league they hang on: how many rows, and up to three of them in words.
SELECT t.{label}::text, t.{reference}::bigint, {league}, count(*), (array_agg({words} ORDER BY t.{key}))[1:3]
  FROM {table} AS t
 WHERE {condition} AND t.{label} IS NOT NULL AND t.{reference} IS NOT NULL
 GROUP BY 1, 2, 3
 ORDER BY 1, 2, 3

-- all_keys --
-- The primary keys of all rows of a set.
SELECT t.{key} FROM {table} AS t WHERE {condition}

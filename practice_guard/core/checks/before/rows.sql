-- adrift --
-- Protected rows that point at nothing, by what is gravest: how many, and which the first ones are, in words too.
SELECT x.fault, x.new, count(*), array_agg(x.key ORDER BY x.nth) FILTER (WHERE x.nth <= {most}),
       array_agg(x.words ORDER BY x.nth) FILTER (WHERE x.nth <= {most}),
       (array_agg(DISTINCT x.value) FILTER (WHERE x.value IS NOT NULL))[1:{most}]
  FROM (SELECT y.*, row_number() OVER (PARTITION BY y.fault, y.new ORDER BY y.place) AS nth
          FROM (SELECT t.{key} AS place, t.{key}::text AS key, {words} AS words, t.guard_fault AS fault, {values} AS value,
                       {new} AS new
                  FROM (SELECT t.*, {fault} AS guard_fault
                          FROM (SELECT * FROM {table} AS t WHERE {condition}) AS t
{joins}
                         WHERE {unknown}) AS t
                 WHERE t.guard_fault IS NOT NULL) AS y) AS x
 GROUP BY x.fault, x.new

-- there --
-- What a reference may point at.
  LEFT JOIN (SELECT DISTINCT p.{key} AS id FROM {parents} AS p) AS v{place} ON v{place}.id = t.{column}

-- all_keys --
-- The primary keys of all rows of a set.
SELECT t.{key} FROM {table} AS t WHERE {condition}

-- lines --
-- How many rows of a table are not as the copy has them, how many the copy has that are not there, and how many are as
-- they were. Of a table without a primary key either all rows are, or none counts as such.
SELECT (SELECT count(*) FROM {table} AS t WHERE {condition} AND NOT {kept}),
       (SELECT count(*) FROM practice_guard.{rows} AS s WHERE NOT {there}),
       (SELECT count(*) FROM {table} AS t WHERE {condition} AND {kept})

-- count --
-- How many rows a table has besides those of protected sets.
SELECT count(*) FROM {table} AS t WHERE {condition}

-- same_row --
-- Whether the copy has the row `t` of the table to the letter.
EXISTS (SELECT FROM practice_guard.{rows} AS s WHERE {same_key} AND ROW({live}) IS NOT DISTINCT FROM ROW({was}))

-- is_there --
-- Whether the table has the row `s` of the copy to the letter.
EXISTS (SELECT FROM {table} AS t WHERE {condition} AND {same_key} AND ROW({live}) IS NOT DISTINCT FROM ROW({was}))

-- taken --
-- Primary keys that rows of the copy had and rows of protected sets have now, three of them at most, and how many.
SELECT count(*), (array_agg(concat_ws(', ', {keys}) ORDER BY s.guard_row))[1:3]
  FROM practice_guard.{rows} AS s
  JOIN (SELECT t.* FROM {table} AS t WHERE NOT ({condition})) AS t ON {same_key}

-- take_out --
-- Removes the rows that are not as the copy has them.
DELETE FROM {table} AS t WHERE {condition} AND NOT {kept}

-- put_in --
-- Puts in the rows of the copy that are not there, in the order in which they were copied.
INSERT INTO {table} ({columns}) OVERRIDING SYSTEM VALUE
SELECT {values}
  FROM practice_guard.{rows} AS s
 WHERE NOT {there}
 ORDER BY s.guard_row

-- behind --
-- The greatest value that a table has in a column, where the sequence that numbers it would give it again.
SELECT m.greatest
  FROM (SELECT max(t.{column})::bigint AS greatest FROM {table} AS t) AS m
 CROSS JOIN {sequence} AS s
  JOIN pg_sequence AS q ON q.seqrelid = %(sequence)s::text::regclass
 WHERE q.seqincrement > 0 AND NOT q.seqcycle AND m.greatest <= q.seqmax
   AND m.greatest > s.last_value - CASE WHEN s.is_called THEN 0 ELSE 1 END

-- advance --
-- Moves a sequence on. It is not rolled back with the transaction, which does no harm in this direction.
SELECT setval(%(sequence)s::text::regclass, %(value)s::bigint)

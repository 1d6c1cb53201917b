-- beside --
-- Count and sums over the rows of a table that nobody is to write.
SELECT count(*), coalesce(sum(hashtextextended(line, 1)), 0)::text, coalesce(sum(hashtextextended(line, 2)), 0)::text
  FROM (SELECT ROW({columns})::text COLLATE "C" AS line FROM {table} AS t WHERE {others}) AS lines

-- written_by --
-- Whether a row is written.
EXISTS (SELECT FROM {lines} AS p WHERE {writes} AND p.put = t.{key}::{key_type})

-- moved_by --
-- Whether a row is pointed elsewhere.
EXISTS (SELECT FROM {lines} AS p WHERE {writes} AND p.live_key = t.{key}::{key_type})

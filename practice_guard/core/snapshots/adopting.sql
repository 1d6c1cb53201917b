-- pair --
-- Of which list the id is that a kept row has in a reference, and the id.
coalesce(t.guard_from -> {column} ->> 'list', %(own)s::text) AS list,
               coalesce((t.guard_from -> {column} ->> 'id')::bigint, {number}) AS id, {text} AS text

-- pairs --
-- Which ids of which lists the rows of a set hang on by one reference, and how many rows on each.
SELECT x.list, x.id, count(*), min(x.text)
  FROM (SELECT {pair}
          FROM practice_guard.{rows} AS t) AS x
 WHERE x.id IS NOT NULL
 GROUP BY x.list, x.id

-- give --
-- Has rows say of which older list such an id is.
UPDATE practice_guard.{rows} AS r
   SET guard_from = coalesce(r.guard_from, '{{}}') || jsonb_build_object({column}, jsonb_build_object('list', u.heir, 'id', u.id))
  FROM (SELECT t.guard_row, {pair}
          FROM practice_guard.{rows} AS t) AS x
  JOIN unnest(%(lists)s::text[], %(ids)s::bigint[], %(heirs)s::text[]) AS u (list, id, heir)
    ON u.list = x.list AND u.id = x.id
 WHERE r.guard_row = x.guard_row

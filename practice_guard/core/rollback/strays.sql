-- unsettled --
-- Of these rows of a set, by key, those that still hold what they did in a column, or nothing, although that is nobody's or
-- another's now, and that are not so in the snapshot either.
SELECT u.key
  FROM unnest(%(keys)s::text[], %(values)s::bigint[], %(vanished)s::boolean[]) AS u (key, value, vanished)
  JOIN {table} AS t ON t.{key}::text = u.key
 WHERE (t.{reference} IS NULL
        OR ({points_at} = u.value
            AND (NOT u.vanished OR EXISTS (SELECT FROM {parent} AS p WHERE {number} = u.value))))
   AND NOT {in_snapshot}
 ORDER BY 1

-- as_it_was --
-- Whether the snapshot has the row with the same in that column.
EXISTS (SELECT FROM practice_guard.{rows} AS s
         WHERE s.{key}::text = u.key AND s.{reference}::text IS NOT DISTINCT FROM t.{reference}::text)

-- counts --
-- How many rows are pointed elsewhere, are removed, cannot be pointed where they were, and are left alone for that; and how
-- many stay by which unique key, and by which words.
SELECT count(*) FILTER (WHERE p.live_key IS NOT NULL AND {writes}), count(*) FILTER (WHERE p.live_key IS NULL),
       count(*) FILTER (WHERE p.adrift), count(*) FILTER (WHERE p.adrift AND NOT {writes}),
       (SELECT coalesce(json_object_agg(k.stays, k.rows), '{{}}')::text
          FROM (SELECT p.stays, count(*) AS rows FROM {lines} AS p WHERE p.stays IS NOT NULL GROUP BY 1) AS k),
       (SELECT coalesce(json_object_agg(k.refused, k.rows), '{{}}')::text
          FROM (SELECT p.refused, count(*) AS rows FROM {lines} AS p WHERE p.refused IS NOT NULL GROUP BY 1) AS k)
  FROM {lines} AS p

-- changed --
-- How many rows are not as the entry left them, and the first of their primary keys.
SELECT count(*), array_agg(x.put ORDER BY x.row) FILTER (WHERE x.nth <= {shown})
  FROM (SELECT p.put::text AS put, p.row, row_number() OVER (ORDER BY p.row) AS nth
          FROM {lines} AS p
          LEFT JOIN {table} AS t ON p.put = t.{key}{live_cast}
         WHERE t.{key} IS NULL OR encode(sha256(convert_to(ROW(t.*)::text, 'UTF8')), 'hex') IS DISTINCT FROM p.sum) AS x

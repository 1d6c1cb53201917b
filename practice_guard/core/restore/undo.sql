-- counts --
-- How many rows are pointed elsewhere, how many cannot be pointed where they were, and how many stay by which key.
SELECT count(*) FILTER (WHERE p.live_key IS NOT NULL AND {writes}), count(*) FILTER (WHERE p.adrift),
       (SELECT coalesce(json_object_agg(k.stays, k.rows), '{{}}')::text
          FROM (SELECT p.stays, count(*) AS rows FROM {lines} AS p WHERE p.stays IS NOT NULL GROUP BY 1) AS k)
  FROM {lines} AS p

-- changed --
-- How many rows are not as the entry left them, and the first of their primary keys.
SELECT count(*), array_agg(x.put ORDER BY x.row) FILTER (WHERE x.nth <= {shown})
  FROM (SELECT p.put::text AS put, p.row, row_number() OVER (ORDER BY p.row) AS nth
          FROM {lines} AS p
          LEFT JOIN {table} AS t ON p.put = t.{key}{live_cast}
         WHERE t.{key} IS NULL OR encode(sha256(convert_to(ROW(t.*)::text, 'UTF8')), 'hex') IS DISTINCT FROM p.sum) AS x

-- hanging --
-- How many rows point at some that are to go, and neither go themselves nor are pointed elsewhere.
SELECT count(*)
  FROM {child} AS t
 WHERE EXISTS (SELECT FROM {lines} AS p WHERE p.live_key IS NULL AND p.put{cast} = t.{column}::{compared}){staying}

-- staying --
-- That a row is none of those that are taken back from there.

   AND NOT EXISTS (SELECT FROM {lines} AS o WHERE o.put = t.{key}{live_cast} AND {leaves})

-- take_out --
-- Removes rows that a restore put in.
DELETE FROM {table} AS t USING {lines} AS p
 WHERE p.live_key IS NULL AND p.put = t.{key}{live_cast}

-- standing --
-- How many of those are still there.
SELECT count(*)
  FROM {lines} AS p
  JOIN {table} AS t ON p.put = t.{key}{live_cast}
 WHERE p.live_key IS NULL

-- lines --
-- The rows that an entry wrote to a set, with the sum of what it left, whether one cannot be pointed where it was, and what
-- its references are and shall be again. What was put back, and goes, has no `live_key`.
SELECT x.row, x.put, x.live_key, x.sum,
       x.live_key IS NOT NULL AND ROW({was_list}) IS DISTINCT FROM ROW({back_list}), {now_list}, {back_list}
  FROM (SELECT r.row, r.key::{key_type} AS put, CASE WHEN r.before <> 'null' THEN r.key::{key_type} END AS live_key, r.sum,
               {was}, {now}, {back}
          FROM (
{rows}
               ) AS r) AS x

-- way_back --
-- What a reference can be again where a foreign key lets it be nothing else; no join, since ledgers are seldom analysed.
CASE WHEN (r.before ->> {place})::bigint IN (SELECT o.id::bigint FROM {target} AS o) THEN r.before ->> {place}
     WHEN r.before ->> {place} IS NOT NULL THEN {otherwise} END

-- writes --
-- Whether a row is removed or pointed elsewhere.
(p.live_key IS NULL OR ROW({before_list}) IS DISTINCT FROM ROW({after_list}))

-- counts --
-- How many rows are pointed elsewhere, and how many cannot be pointed where they were.
SELECT count(*) FILTER (WHERE p.live_key IS NOT NULL AND {writes}), count(*) FILTER (WHERE p.adrift)
  FROM {lines} AS p

-- changed --
-- How many rows are not as the entry left them, and the first of their primary keys.
SELECT count(*), array_agg(x.put ORDER BY x.row) FILTER (WHERE x.nth <= {shown})
  FROM (SELECT p.put::text AS put, p.row, row_number() OVER (ORDER BY p.row) AS nth
          FROM {lines} AS p
          LEFT JOIN {table} AS t ON p.put = t.{key}{live_cast}
         WHERE t.{key} IS NULL OR encode(sha256(convert_to(ROW(t.*)::text, 'UTF8')), 'hex') IS DISTINCT FROM p.sum) AS x

-- hanging --
-- How many rows point at some that are to go, and are not taken back themselves.
SELECT count(*)
  FROM {child} AS t
 WHERE EXISTS (SELECT FROM {lines} AS p WHERE p.live_key IS NULL AND p.put{cast} = t.{column}::{compared}){staying}

-- staying --
-- That a row is none of those that are taken back.

   AND NOT EXISTS (SELECT FROM {lines} AS o WHERE o.put = t.{key}{live_cast})

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

-- lines --
-- The rows that an entry wrote to a set, with the sum of what it left, whether one cannot be pointed where it was, and what
-- its references are and shall be again. What was put back, and goes, has no `live_key`.
SELECT x.row, x.put, x.live_key, x.sum,
       x.live_key IS NOT NULL AND ROW({was_list}) IS DISTINCT FROM ROW({back_list}), NULL::text, {now_list}, {back_list}
  FROM (SELECT r.row, r.key::{key_type} AS put, CASE WHEN r.before <> 'null' THEN r.key::{key_type} END AS live_key, r.sum,
               {was}, {now}, {back}
          FROM (
{rows}
               ) AS r) AS x

-- way_back --
-- What a reference can be again where a foreign key lets it be nothing else; no join, since ledgers are seldom analysed.
CASE WHEN {allowed} THEN r.before ->> {place}
     WHEN r.before ->> {place} IS NOT NULL THEN {otherwise} END

-- is_there --
-- Whether a foreign key finds what a reference was.
(r.before ->> {place})::bigint IN (SELECT o.{column}::bigint FROM {target} AS o)

-- and_stays --
-- Whether that is none of what goes.
(r.before ->> {place})::bigint NOT IN (SELECT o.put FROM {lines} AS o WHERE o.live_key IS NULL)

-- writes --
-- Whether a row is removed or pointed elsewhere.
(p.live_key IS NULL OR ROW({before_list}) IS DISTINCT FROM ROW({after_list}))

-- taken --
-- Rows that would go back to where, by one unique key, a row stands that is neither removed nor pointed elsewhere.
SELECT n.row, {name} AS name
  FROM (SELECT p.row, {values}
          FROM {lines} AS p
          JOIN {table} AS t ON p.live_key = t.{key}{live_cast}
         WHERE {writes}) AS n
 WHERE EXISTS (SELECT FROM {table} AS t
                WHERE {meets}
                  AND NOT EXISTS (SELECT FROM {lines} AS p WHERE p.put = t.{key}{live_cast} AND {writes}))

-- stays --
-- Each of them once, with the first key that keeps it.
SELECT x.row, min(x.name) FROM (
{taken}
) AS x GROUP BY x.row

-- count --
-- How many they are.
SELECT count(*) FROM {stays} AS s

-- staying --
-- Lets those rows be what they are.
SELECT p.row, p.put, p.live_key, p.sum, p.adrift AND s.row IS NULL, coalesce(p.stays, s.name), {before_list}, {after_list}
  FROM {former} AS p
  LEFT JOIN {stays} AS s ON s.row = p.row

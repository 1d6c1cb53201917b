-- taken --
-- Rows that would go back to where, by one unique key, a row stands that is neither removed nor pointed elsewhere.
SELECT n.row, {name} AS name, NULL::text AS note
  FROM (SELECT p.row, {values}
          FROM {lines} AS p
          JOIN {table} AS t ON p.live_key = t.{key}{live_cast}{spelled}
         WHERE {writes}) AS n
 WHERE EXISTS (SELECT FROM {table} AS t
                WHERE {meets}
                  AND NOT EXISTS (SELECT FROM {lines} AS p WHERE p.put = t.{key}{live_cast} AND {writes}))

-- hanging --
-- Rows that would go on which others hang that neither go themselves nor are pointed elsewhere.
SELECT p.row, NULL::text, {note}
  FROM {lines} AS p
 WHERE p.live_key IS NULL
   AND p.put{cast} IN (SELECT t.{column}::{compared} FROM {child} AS t WHERE t.{column} IS NOT NULL{leaving})

-- leaving --
-- That a row is none of those that are taken back from there.

   AND NOT EXISTS (SELECT FROM {lines} AS o WHERE o.put = t.{key}{live_cast} AND {leaves})

-- stays --
-- Each of them once, with the first key that keeps it, or the first word on it.
SELECT x.row, min(x.name), CASE WHEN min(x.name) IS NULL THEN min(x.note) END FROM (
{found}
) AS x (row, name, note) GROUP BY x.row

-- count --
-- How many they are.
SELECT count(*) FROM {stays} AS s

-- staying --
-- Lets those rows be what they are.
SELECT p.row, p.put, CASE WHEN s.row IS NULL THEN p.live_key ELSE p.put END, p.sum, p.adrift AND s.row IS NULL,
       coalesce(p.stays, s.name), coalesce(p.refused, s.note), {before_list}, {after_list}{text_list}
  FROM {former} AS p
  LEFT JOIN {stays} AS s ON s.row = p.row

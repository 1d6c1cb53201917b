-- would_collide --
-- Rows to be written whose values of a unique key a row that stays where it is has (its primary key), or two of them.
WITH new AS (
    SELECT u.row, {new_columns}
      FROM unnest(%(rows)s::bigint[], %(keys)s::text[], {arrays}) AS u (row, key, {names})
      LEFT JOIN practice_guard.{rows} AS s ON s.guard_row = u.row AND u.key IS NULL
      LEFT JOIN {table} AS t ON t.{key} = u.key::{key_type}),
     standing AS (
    SELECT t.{key}::text AS key, {live_columns} FROM {table} AS t
     WHERE NOT EXISTS (SELECT FROM unnest(%(keys)s::text[]) AS u (key) WHERE u.key = t.{key}::text)),
     shared AS (
    SELECT row, array_agg(row) OVER (PARTITION BY {key_columns}) AS mates FROM new WHERE ROW({key_columns}) IS NOT NULL)
SELECT new.row, min(standing.key), max(shared.mates)
  FROM new
  LEFT JOIN standing ON ({standing_columns}) = ({key_columns})
  LEFT JOIN shared ON shared.row = new.row
 WHERE standing.key IS NOT NULL OR cardinality(shared.mates) > 1
 GROUP BY new.row
 ORDER BY new.row
